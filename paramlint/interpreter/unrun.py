"""Statements that cannot be run for something that is not known: what they may have done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.frames import BROKEN, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.handed import forget
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.values import ABSENT, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def lost(it: Interpreter, statement: ir.Stmt, frame: Frame, unknown: Unknown) -> None:
    """A statement that could not be run for something that is not known: what it binds is not known, what it names may have changed."""
    reason = unknown.reason
    if reason.site is None:
        reason = Reason(reason.kind, reason.message, it.site())
    it.skipped(reason, None)
    for name in sorted(_names_in(statement)):
        value = _looked_up(frame, name)
        forget(it, value, reason, 2)
        if isinstance(value, Instance):
            it.escaped(value, reason)
    for name in bound_in(statement):
        bind_name(it, name, Unknown(reason), frame)
    nodes = {type(node) for node in _walk(statement)}
    if ir.Return in nodes:
        frame.leftovers = [*(frame.leftovers or ()), (Unknown(reason), reason)]
        frame.doubt = Doubt(reason, RETURNED)
    elif ir.Break in nodes or ir.Continue in nodes:
        frame.doubt = stronger(frame.doubt, Doubt(reason, BROKEN))


def _looked_up(frame: Frame, name: str) -> Any:
    scope: Frame | None = frame
    while scope is not None:
        if name in scope.vars:
            return scope.vars[name]
        scope = scope.parent
    return frame.module.vars.get(name, ABSENT)


def _walk(node: Any) -> Iterator[ir.Node]:
    """The nodes of a statement, without the bodies of functions and classes."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, ir.Node):
            yield item
            if not isinstance(item, ir.Function):
                stack.extend(getattr(item, name) for name in item.__struct_fields__ if name != "at")


def acts(node: ir.Node) -> bool:
    """Whether the evaluation of an expression may do anything: it calls something, or binds a name."""
    return any(isinstance(part, ir.Call | ir.Walrus) for part in _walk(node))


def _names_in(statement: ir.Stmt) -> set[str]:
    return {node.id for node in _walk(statement) if isinstance(node, ir.Name)}


def bound_in(statement: ir.Stmt | Sequence[ir.Stmt]) -> set[str]:
    found: set[str] = set()
    for node in _walk(statement):
        targets: tuple[Any, ...] = ()
        if isinstance(node, ir.Assign | ir.Delete):
            targets = node.targets
        elif isinstance(node, ir.AugAssign | ir.AnnAssign | ir.For | ir.Clause):
            targets = (node.target,)
        elif isinstance(node, ir.With):
            targets = tuple(target for _, target in node.items if target is not None)
        elif isinstance(node, ir.Walrus | ir.ClassDef):
            found.add(node.name)
        elif isinstance(node, ir.FunctionDef):
            found.add(node.function.name)
        names = [target for target in targets if not isinstance(target, ir.Attribute | ir.Subscript)]
        found |= {part.id for target in names for part in _walk(target) if isinstance(part, ir.Name)}
    return found
