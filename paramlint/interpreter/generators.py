"""Generators: statements that can stop at a ``yield``.

The same statements as elsewhere, executed by Python generators. Only statements that hold a ``yield`` take this way; the lowering has moved every
``yield`` to where a statement starts.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import evaluation, execution, iteration, patterns, targets, tries
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.unrun import lost
from paramlint.interpreter.values import ABSENT, FunctionValue, GeneratorValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Steps = Generator[Any, Any, Any]


def run(it: Interpreter, code: ir.Function, frame: Frame) -> Steps:
    """The values that a generator function yields; its frame is the running one only between a ``next`` and a ``yield``."""
    frame.resumable = True
    steps = _execute(it, code.body, frame)
    sent: Any = None
    thrown: Raised | None = None
    while True:
        frame.caller, it.frame = it.frame, frame
        it.depth += 1
        if it.depth > it.limits.depth:
            it.depth -= 1
            it.limit(f"calls nested more than {it.limits.depth} deep")
        try:
            item = steps.send(sent) if thrown is None else steps.throw(thrown)
        except StopIteration:
            return frame.result
        except Raised as raised:
            if iteration.is_error(it, raised, "StopIteration"):
                error = it.error("RuntimeError", "generator raised StopIteration")
                tries.chain(it, error.value, raised.value)
                error.value.attrs["__cause__"] = raised.value
                raise error from None
            raise
        finally:
            it.depth -= 1
            it.frame = frame.caller
        sent = thrown = None
        try:
            sent = yield item
        except Raised as raised:  # thrown in, by a context manager's exit too
            thrown = raised


def _has_yield(node: Any) -> bool:
    """Whether a statement can stop; kept for each node, as every turn of a loop asks."""
    cached = _YIELDS.get(id(node))
    if cached is not None and cached[0] is node:
        return cached[1]
    found = _search(node)
    if len(_YIELDS) > 50_000:
        _YIELDS.clear()
    _YIELDS[id(node)] = (node, found)
    return found


_YIELDS: dict[int, tuple[Any, bool]] = {}


def _search(node: Any) -> bool:
    if isinstance(node, ir.Yield | ir.YieldFrom):
        return True
    if isinstance(node, ir.FunctionDef | ir.ClassDef | ir.Lambda):
        return False
    if isinstance(node, tuple):
        return any(_search(part) for part in node)
    if isinstance(node, ir.Node):
        return any(_search(getattr(node, name)) for name in node.__struct_fields__ if name != "at")
    return False


def _execute(it: Interpreter, body: Sequence[ir.Stmt], frame: Frame) -> Any:
    for position, statement in enumerate(body):
        it.step()
        try:
            if not _has_yield(statement):
                signal = execution.EXECUTE[statement.__class__](it, statement, frame)
            else:
                signal = yield from _STOPPABLE[statement.__class__](it, statement, frame)
            if signal is None and frame.doubt is not None:  # it may have been left: what comes after may not come
                it.skipped(frame.doubt.reason, None)
                raise NeedsValue(Unknown(frame.doubt.reason))
        except NeedsValue as error:
            for rest in body[position:]:
                lost(it, rest, frame, error.unknown)
            raise
        if signal is not None:
            return signal
    return None


def forget(it: Interpreter, code: ir.Function, frame: Frame, unknown: Unknown) -> None:
    """A generator is moved, and it is not known from where or how far."""
    for statement in code.body:
        lost(it, statement, frame, unknown)


def _value(it: Interpreter, node: ir.Expr | None, frame: Frame) -> Any:
    """Evaluate what a statement starts with: a ``yield``, or an expression without one."""
    if isinstance(node, ir.Yield):
        return (yield None if node.value is None else it.evaluate(node.value, frame))
    if isinstance(node, ir.YieldFrom):
        source = it.evaluate(node.value, frame)
        frame.site = node.at
        if isinstance(source, Instance) and isinstance(source.cls.find("__iter__"), FunctionValue):
            source = it.call(it.get(source, "__iter__"))
            if isinstance(source, Instance) and source.cls.find("__next__") is not ABSENT:
                return (yield from _delegated(it, source))
        if isinstance(source, GeneratorValue):
            if it.replay is not None:
                it.replay.moved(source.serial)
            iteration.moves(it, source)
            source.started = True
            return (yield from source.steps)
        yield from iteration.iterate(it, source)
        return None
    return None if node is None else it.evaluate(node, frame)


def _delegated(it: Interpreter, iterator: Instance) -> Any:
    """``yield from`` an iterator of a class: what is sent or thrown in goes to its methods, and its StopIteration has the value."""
    method, args = it.get(iterator, "__next__"), list[Any]()
    for _ in range(it.limits.items):
        try:
            item = it.call(method, args)
        except Raised as raised:
            if iteration.is_error(it, raised, "StopIteration"):
                return it.get(raised.value, "value")
            raise
        if isinstance(item, Unknown):
            raise NeedsValue(item)
        try:
            sent = yield item
            method, args = (it.get(iterator, "__next__"), []) if sent is None else (it.get(iterator, "send"), [sent])
        except Raised as thrown:
            leaves = iteration.is_error(it, thrown, "GeneratorExit")
            method, args = it.get_or(iterator, "close" if leaves else "throw", ABSENT), [thrown.value]
            if leaves and method is not ABSENT:
                it.call(method)
            if leaves or method is ABSENT:
                raise
    it.limit(f"more than {it.limits.items:,} elements from an iterator")
    return None


def _evaluate(it: Interpreter, node: ir.Evaluate, frame: Frame) -> Any:
    yield from _value(it, node.value, frame)


def _assign(it: Interpreter, node: ir.Assign, frame: Frame) -> Any:
    value = yield from _value(it, node.value, frame)
    for target in node.targets:
        targets.assign(it, target, value, frame)


def _annotated(it: Interpreter, node: ir.AnnAssign, frame: Frame) -> Any:
    value = yield from _value(it, node.value, frame)
    targets.assign(it, node.target, value, frame)


def _augmented(it: Interpreter, node: ir.AugAssign, frame: Frame) -> Any:
    value = yield from _value(it, node.value, frame)
    execution.EXECUTE[ir.AugAssign](it, ir.AugAssign(node.at, node.op, node.target, _Held(node.at, value)), frame)


class _Held(ir.Expr, frozen=True):
    """A value that is known already, in the place of an expression."""

    value: Any


def _held(it: Interpreter, node: _Held, frame: Frame) -> Any:
    return node.value


def _return(it: Interpreter, node: ir.Return, frame: Frame) -> Any:
    frame.result = yield from _value(it, node.value, frame)
    return Signal.RETURN


def _if(it: Interpreter, node: ir.If, frame: Frame) -> Any:
    for test, body in node.branches:
        truth = it.truth(it.evaluate(test, frame))
        if isinstance(truth, Unknown):
            raise NeedsValue(truth)  # the sequence of values is not known
        if truth:
            return (yield from _execute(it, body, frame))
    return (yield from _execute(it, node.orelse, frame))


def _while(it: Interpreter, node: ir.While, frame: Frame) -> Any:
    while True:
        it.step()
        truth = it.truth(it.evaluate(node.test, frame))
        if isinstance(truth, Unknown):
            raise NeedsValue(truth)
        if not truth:
            return (yield from _execute(it, node.orelse, frame))
        signal = yield from _execute(it, node.body, frame)
        if signal is Signal.BREAK:
            return None
        if signal is Signal.RETURN:
            return signal


def _for(it: Interpreter, node: ir.For, frame: Frame) -> Any:
    for item in iteration.iterate(it, it.evaluate(node.iterable, frame)):
        it.step()
        targets.assign(it, node.target, item, frame)
        signal = yield from _execute(it, node.body, frame)
        if signal is Signal.BREAK:
            return None
        if signal is Signal.RETURN:
            return signal
    return (yield from _execute(it, node.orelse, frame))


def _try(it: Interpreter, node: ir.Try, frame: Frame) -> Any:
    if node.is_star:
        raise it.not_followed("`except*` around a `yield`")
    try:
        try:
            signal = yield from _execute(it, node.body, frame)
        except Raised as raised:
            handler = tries.matching(it, node.handlers, raised, frame)
            if handler is None:
                raise
            if _has_yield(handler.body):
                signal = yield from _handle(it, handler, raised, frame)
            else:
                signal = tries.handle(it, handler, raised, frame)
        else:
            if signal is None:
                signal = yield from _execute(it, node.orelse, frame)
    except Raised as raised:
        try:
            final = yield from _execute(it, node.final, frame)
        except Raised as error:
            tries.chain(it, error.value, raised.value)
            raise
        if final is not None:
            return final
        raise
    result = frame.result
    final = yield from _execute(it, node.final, frame)
    if final is not None:
        return final
    frame.result = result
    return signal


def _handle(it: Interpreter, handler: ir.Handler, raised: Raised, frame: Frame) -> Any:
    """A handler that can stop at a ``yield``."""
    tries.caught(it, raised.value, frame)
    if handler.name is not None:
        targets.bind_name(it, handler.name, raised.value, frame)
    before = frame.vars.get("<handled>", ABSENT)
    it.write(frame.vars)
    frame.vars["<handled>"] = raised.value
    try:
        return (yield from _execute(it, handler.body, frame))
    except Raised as error:
        tries.chain(it, error.value, raised.value)
        raise
    finally:
        frame.vars.pop("<handled>", None)
        if before is not ABSENT:
            frame.vars["<handled>"] = before
        if handler.name is not None:
            targets.unbind_name(it, handler.name, frame)


def _with(it: Interpreter, node: ir.With, frame: Frame) -> Any:
    return (yield from _with_at(it, node, 0, frame))


def _with_at(it: Interpreter, node: ir.With, position: int, frame: Frame) -> Any:
    if position == len(node.items):
        return (yield from _execute(it, node.body, frame))
    expression, target = node.items[position]
    manager = it.evaluate(expression, frame)
    frame.site = node.at
    if isinstance(manager, Unknown):
        if target is not None:
            targets.assign(it, target, manager, frame)
        try:
            return (yield from _with_at(it, node, position + 1, frame))
        except Raised as raised:
            tries.perhaps_swallowed(it, raised, manager.reason)
            return None
    enter, leave = tries.manager_methods(it, manager)
    value = it.call(enter)
    try:
        if target is not None:
            targets.assign(it, target, value, frame)
        signal = yield from _with_at(it, node, position + 1, frame)
    except Raised as raised:
        if tries.swallows(it, leave, raised, frame):
            return None
        raise
    result = frame.result
    it.call(leave, [None, None, None])
    frame.result = result
    return signal


def _match(it: Interpreter, node: ir.Match, frame: Frame) -> Any:
    subject = it.evaluate(node.subject, frame)
    for case in node.cases:
        bound: dict[str, Any] = {}
        verdict = patterns.matches(it, case.pattern, subject, bound, frame)
        if isinstance(verdict, Unknown):
            raise NeedsValue(verdict)
        if not verdict:
            continue
        for name, value in bound.items():
            targets.bind_name(it, name, value, frame)
        if case.guard is None or it.truth(it.evaluate(case.guard, frame)) is True:
            return (yield from _execute(it, case.body, frame))
    return None


_STOPPABLE: dict[type, Any] = {
    ir.Evaluate: _evaluate, ir.Assign: _assign, ir.AnnAssign: _annotated, ir.AugAssign: _augmented, ir.Return: _return, ir.If: _if,
    ir.While: _while, ir.For: _for, ir.Try: _try, ir.With: _with, ir.Match: _match,
}
evaluation.EVALUATE[_Held] = _held
