"""Statements that cannot be run for something that is not known: what they may have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.frames import BROKEN, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.handed import forget
from paramlint.interpreter.held import reach
from paramlint.interpreter.nodes import bound_in, names_in, walk
from paramlint.interpreter.purity import looked_up, only_reads
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.values import Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.protocols import Statement


def lost(it: Interpreter, statement: ir.Stmt, frame: Frame, unknown: Unknown) -> None:
    """A statement that could not be run for something that is not known: what it binds is not known, what it names may have changed."""
    reason = unknown.reason
    if reason.site is None:
        reason = Reason(reason.kind, reason.message, it.site())
    it.skipped(reason, None)
    it.unfollowed.add(frame.module.name)
    named = [looked_up(it, frame, name) for name in sorted(names_in(statement))]
    held = reach((unknown, *named))
    for value in () if only_reads(it, statement, frame) else named:
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


def abandoned(it: Interpreter, statement: Statement, body: Sequence[ir.Stmt], frame: Frame, reason: Reason) -> None:
    """A top-level statement that took too long: what it binds is not known, and what it or a function that it names mentions may have changed."""
    unknown = Unknown(reason)
    forks = it.state.suspend()
    it.steps, steps = 0, it.steps
    try:
        for node in body:
            lost(it, node, frame, unknown)
        for name in sorted(_mentioned(frame.module.turns.statements[:statement.index], statement) - statement.mentions):
            value = looked_up(it, frame, name)
            forget(it, value, reason, 2)
            if isinstance(value, Instance):
                it.escaped(value, reason)
                it.changed(value, reason)
    finally:
        it.state.resume(forks)
        it.steps = steps


def _mentioned(statements: Sequence[Statement], first: Statement) -> set[str]:
    """The globals that a statement mentions, and those that the functions and classes among them mention."""
    found: set[str] = set()
    pending = set(first.mentions)
    binders: dict[str, list[Statement]] = {}
    for statement in statements:
        for name in statement.binds:
            binders.setdefault(name, []).append(statement)
    while pending:
        name = pending.pop()
        if name in binders and name not in found:
            found.add(name)
            for statement in binders[name]:
                pending |= statement.mentions if statement.kind in ("def", "class") else set()
    return found
