"""What stands in a piece of IR: its nodes, the names it has and those it binds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramlint.syntax import ir


def walk(node: Any, *, inside: bool = False, besides: Any = None) -> Iterator[ir.Node]:
    """The nodes of a statement, or of several; those of functions in it only with ``inside``. ``besides`` is left out."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple | list):
            stack.extend(item)
        elif isinstance(item, ir.Node) and item is not besides:
            yield item
            if inside or not isinstance(item, ir.Function):
                stack.extend(getattr(item, name) for name in item.__struct_fields__ if name != "at")


def names_in(node: Any, *, inside: bool = False, besides: Any = None) -> set[str]:
    return {part.id for part in walk(node, inside=inside, besides=besides) if isinstance(part, ir.Name)}


def bound_in(node: Any) -> set[str]:
    """The names that a statement binds, or several."""
    found: set[str] = set()
    for part in walk(node):
        targets: tuple[Any, ...] = ()
        if isinstance(part, ir.Assign | ir.Delete):
            targets = part.targets
        elif isinstance(part, ir.AugAssign | ir.AnnAssign | ir.For | ir.Clause):
            targets = (part.target,)
        elif isinstance(part, ir.With):
            targets = tuple(target for _, target in part.items if target is not None)
        elif isinstance(part, ir.Walrus | ir.ClassDef):
            found.add(part.name)
        elif isinstance(part, ir.FunctionDef):
            found.add(part.function.name)
        for target in targets:
            if not isinstance(target, ir.Attribute | ir.Subscript):
                found |= names_in(target)
    return found

def acts(node: ir.Node) -> bool:
    """Whether the evaluation of an expression may do anything: it calls something, or binds a name."""
    return any(isinstance(part, ir.Call | ir.Walrus) for part in walk(node))
