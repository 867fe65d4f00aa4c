"""Statements that cannot be run for something that is not known: what they may have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.frames import BROKEN, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.handed import forget
from paramlint.interpreter.held import reach
from paramlint.interpreter.nodes import bound_in, names_in, walk
from paramlint.interpreter.reading import looked_up, only_reads
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.values import Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def lost(it: Interpreter, statement: ir.Stmt, frame: Frame, unknown: Unknown) -> None:
    """A statement that could not be run for something that is not known: what it binds is not known, what it names may have changed."""
    reason = unknown.reason
    if reason.site is None:
        reason = Reason(reason.kind, reason.message, it.site())
    it.skipped(reason, None)
    named = [looked_up(frame, name) for name in sorted(names_in(statement))]
    held = reach((unknown, *named))
    for value in () if only_reads(statement, frame) else named:
        forget(it, value, reason, 2)
        if isinstance(value, Instance):
            it.escaped(value, reason)
            it.changed(value, reason)
    for name in bound_in(statement):
        bind_name(it, name, Unknown(reason, held), frame)
    nodes = {type(node) for node in walk(statement)}
    if ir.Return in nodes:
        frame.leftovers = [*(frame.leftovers or ()), (Unknown(reason, held), reason)]
        frame.doubt = Doubt(reason, RETURNED)
    elif ir.Break in nodes or ir.Continue in nodes:
        frame.doubt = stronger(frame.doubt, Doubt(reason, BROKEN))


def acts(node: ir.Node) -> bool:
    """Whether the evaluation of an expression may do anything: it calls something, or binds a name."""
    return any(isinstance(part, ir.Call | ir.Walrus) for part in walk(node))
