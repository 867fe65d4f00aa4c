"""What stands in a piece of IR: its nodes, the names it has and those it binds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from paramlint.syntax import ir


def walk(node: Any, *, inside: bool = False, besides: Any = None) -> Iterator[ir.Node]:
    """The nodes of a statement, or of several; those of functions in it only with ``inside``. ``besides`` is left out."""
    stack = [node]
    while stack:
        item = stack.pop()
        kind = item.__class__
        if kind is tuple or kind is list:
            stack.extend(item)
            continue
        inner = _INNER.get(kind)
        if inner is None:
            if not isinstance(item, ir.Node):
                continue
            inner = _INNER[kind] = _inner(kind)
        if item is not besides:
            yield item
            if inside or kind is not ir.Function:
                stack.extend(inner(item))


_INNER: dict[type, Callable[[Any], tuple[Any, ...]]] = {}
_NO_NODES = frozenset({"str", "int", "bool", "str | None", "frozenset[str]", "int | None", "tuple[str, ...]"})


def _inner(kind: type[ir.Node]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the fields of such nodes that may hold nodes."""
    annotations: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        annotations.update(base.__dict__.get("__annotations__", {}))
    names = [name for name in kind.__struct_fields__ if annotations[name] not in _NO_NODES]
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda item: (getattr(item, names[0]),)) if names else lambda item: ()


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
