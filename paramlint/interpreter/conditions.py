"""Expressions that decide: comparisons, ``and`` and ``or``, conditional expressions; and what a condition says of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import comparison
from paramlint.interpreter.evaluation import EVALUATE, handles
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.values import Either
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Boolean)
def boolean(it: Interpreter, node: ir.Boolean, frame: Frame) -> Any:
    return _boolean(it, node, 0, frame)


def _boolean(it: Interpreter, node: ir.Boolean, start: int, frame: Frame) -> Any:
    stops_on = node.op == "or"
    for position in range(start, len(node.values)):
        part = node.values[position]
        value = EVALUATE[part.__class__](it, part, frame)
        if position == len(node.values) - 1:
            return value
        truth = value if value.__class__ is bool else it.truth(value)
        if isinstance(truth, Unknown):
            settled = _settled(it, value, stops_on)
            return it.fork([lambda: settled, lambda at=position + 1: _boolean(it, node, at, frame)],  # type: ignore[misc]
                           branch(it, truth, node, frame))
        if truth is stops_on:
            return value
    return None


def _settled(it: Interpreter, value: Any, truth: bool) -> Any:
    """What a value is, once its truth is known."""
    if isinstance(value, Either):
        kept = tuple(v for v in value.alternatives if it.truth(v) is not (not truth))
        return kept[0] if len(kept) == 1 else Either(kept, value.reason)
    return value


@handles(ir.Compare)
def compare(it: Interpreter, node: ir.Compare, frame: Frame) -> Any:
    left = EVALUATE[node.left.__class__](it, node.left, frame)
    if len(node.ops) == 1:
        (operand,) = node.right
        right = EVALUATE[operand.__class__](it, operand, frame)
        frame.site = node.at
        return comparison.compare(it, node.ops[0], left, right)
    result: Any = True
    last = len(node.ops) - 1
    for position, (op, operand) in enumerate(zip(node.ops, node.right, strict=True)):
        right = it.evaluate(operand, frame)
        frame.site = node.at
        result = comparison.compare(it, op, left, right)
        if position < last:
            truth = it.truth(result)
            if truth is not True:
                return result
        left = right
    return result


@handles(ir.Conditional)
def conditional(it: Interpreter, node: ir.Conditional, frame: Frame) -> Any:
    truth = it.truth(it.evaluate(node.test, frame))
    if truth is True:
        return it.evaluate(node.then, frame)
    if truth is False:
        return it.evaluate(node.otherwise, frame)
    return it.fork([lambda: narrowed(it, node.test, True, frame, lambda: it.evaluate(node.then, frame)),
                    lambda: narrowed(it, node.test, False, frame, lambda: it.evaluate(node.otherwise, frame))],
                   branch(it, truth, node, frame))


def branch(it: Interpreter, truth: Unknown, node: Any, frame: Frame) -> Reason:
    """Why a branch is not decided."""
    frame.site = node.at
    reason = truth.reason
    if reason.kind is Why.BRANCH:
        return reason
    return Reason(Why.BRANCH if reason.site is None else reason.kind, reason.message, reason.site or it.site())


def narrowed(it: Interpreter, test: ir.Expr, outcome: bool, frame: Frame, way: Callable[[], Any]) -> Any:
    """Run one way of a branch with what its condition tells of a variable that is one of several values."""
    subject = test.operand if isinstance(test, ir.Unary) and test.op == "not" else test
    node = subject.left if isinstance(subject, ir.Compare) and len(subject.ops) == 1 else subject
    if isinstance(node, ir.Name) and isinstance(frame.vars.get(node.id), Either):
        either: Either = frame.vars[node.id]
        kept = []
        for value in either.alternatives:
            frame.vars[node.id] = value
            try:
                if it.truth(it.evaluate(test, frame)) is not (not outcome):
                    kept.append(value)
            finally:
                frame.vars[node.id] = either
        if kept and len(kept) < len(either.alternatives):
            it.write(frame.vars)
            frame.vars[node.id] = kept[0] if len(kept) == 1 else Either(tuple(kept), either.reason)
    return way()
