"""Statements that say what runs next: branches, and ways out of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import conditions, evaluation, expressions, patterns
from paramlint.interpreter.execution import execute, handles
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.unrun import lost
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Evaluate)
def evaluate(it: Interpreter, node: ir.Evaluate, frame: Frame) -> Signal | None:
    if node.value.__class__ is ir.Call:
        expressions.call_for_effect(it, node.value, frame)
    else:
        evaluation.EVALUATE[node.value.__class__](it, node.value, frame)
    return None


@handles(ir.Return)
def return_(it: Interpreter, node: ir.Return, frame: Frame) -> Signal | None:
    try:
        frame.result = None if node.value is None else evaluation.EVALUATE[node.value.__class__](it, node.value, frame)
    except NeedsValue as error:
        lost(it, node, frame, error.unknown)
        frame.result = error.unknown
    return Signal.RETURN


@handles(ir.Break)
def break_(it: Interpreter, node: ir.Break, frame: Frame) -> Signal | None:
    return Signal.BREAK


@handles(ir.Continue)
def continue_(it: Interpreter, node: ir.Continue, frame: Frame) -> Signal | None:
    return Signal.CONTINUE


@handles(ir.Assert)
def assert_(it: Interpreter, node: ir.Assert, frame: Frame) -> Signal | None:
    holds = it.truth(it.evaluate(node.test, frame))
    if isinstance(holds, Unknown):
        may_fail(it, holds, "AssertionError")
    if holds is False:
        args = [] if node.message is None else [it.evaluate(node.message, frame)]
        frame.site = node.at
        raise Raised(it.call(it.classes["AssertionError"], args), it.site())
    return None  # a condition that is not known is taken to hold


@handles(ir.Unread)
def unread(it: Interpreter, node: ir.Unread, frame: Frame) -> Signal | None:
    frame.result = it.unknown(Why.UNSUPPORTED, node.message)
    return Signal.RETURN


@handles(ir.If)
def if_(it: Interpreter, node: ir.If, frame: Frame) -> Signal | None:
    return _branches(it, node, 0, frame)


def _branches(it: Interpreter, node: ir.If, position: int, frame: Frame) -> Signal | None:
    while position < len(node.branches):
        test, body = node.branches[position]
        truth = evaluation.EVALUATE[test.__class__](it, test, frame)
        if truth.__class__ is not bool:
            truth = it.truth(truth)
        if truth is True:
            return execute(it, body, frame)
        position += 1
        if truth is False:
            continue
        reason = conditions.branch(it, truth, node, frame)
        rest = position
        return either_way(it, frame, reason,
                          lambda: conditions.narrowed(it, test, True, frame, lambda: execute(it, body, frame)),
                          lambda: conditions.narrowed(it, test, False, frame, lambda: _branches(it, node, rest, frame)))
    return execute(it, node.orelse, frame)


@handles(ir.Match)
def match(it: Interpreter, node: ir.Match, frame: Frame) -> Signal | None:
    return _cases(it, node, it.evaluate(node.subject, frame), 0, frame)


def _cases(it: Interpreter, node: ir.Match, subject: Any, position: int, frame: Frame) -> Signal | None:
    while position < len(node.cases):
        case = node.cases[position]
        position += 1
        bound: dict[str, Any] = {}
        verdict = patterns.matches(it, case.pattern, subject, bound, frame)
        if verdict is False:
            continue

        def body(case: ir.Case = case, bound: dict[str, Any] = bound) -> Signal | None:
            return execute(it, case.body, frame)

        for name, value in bound.items():
            bind_name(it, name, value, frame)
        if verdict is True and case.guard is not None:
            verdict = it.truth(it.evaluate(case.guard, frame))
            if verdict is False:
                continue
        if verdict is True:
            return body()
        rest = position
        return either_way(it, frame, conditions.branch(it, verdict, node, frame), body,
                          lambda: _cases(it, node, subject, rest, frame))
    return None
