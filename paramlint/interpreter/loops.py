"""Loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import permutations
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import conditions, iteration, set_order
from paramlint.interpreter.execution import execute, handles
from paramlint.interpreter.frames import BROKEN, CONTINUED, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.long_loops import Turns
from paramlint.interpreter.natives import only_data
from paramlint.interpreter.nodes import walk
from paramlint.interpreter.repetition import maybe_repeated, plain
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.targets import assign
from paramlint.interpreter.values import ABSENT, GeneratorValue
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.While)
def while_(it: Interpreter, node: ir.While, frame: Frame) -> Signal | None:
    turns = Turns(it, frame, node)
    while True:
        it.step()
        truth = it.truth(it.evaluate(node.test, frame))
        if truth is False:
            return execute(it, node.orelse, frame)
        if truth is not True:
            reason = conditions.branch(it, truth, node, frame)
            _any_turns(it, node, frame, reason)
            return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))
        parked = len(frame.parked or ())
        signal = execute(it, node.body, frame)
        if signal is Signal.BREAK:
            return None
        if signal is Signal.RETURN:
            return signal
        if frame.parked and len(frame.parked) > parked:
            return _endless(it, node, frame, frame.parked[-1][3])
        doubt = _after_turn(frame)
        if doubt is not None:
            _any_turns(it, node, frame, doubt.reason)
            return _after_loop(it, node.orelse, frame, doubt)
        if turns.due():
            reason = _many_turns(it)
            if turns.closes(lambda reason=reason: _any_turns(it, node, frame, reason)):  # type: ignore[misc]
                return _closed(it, node, frame, reason)


def _closed(it: Interpreter, node: ir.While, frame: Frame, reason: Reason) -> Signal | None:
    """What follows a loop of many turns."""
    if isinstance(node.test, ir.Constant) and node.test.value and not any(isinstance(part, ir.Break) for part in walk(node.body)):
        it.limit("a loop without end")
    return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))


def _turn(it: Interpreter, node: ir.While, frame: Frame) -> Signal | None:
    signal = execute(it, node.body, frame)
    if signal is None or signal is Signal.CONTINUE:
        it.evaluate(node.test, frame)  # for what it does
    return signal


def _any_turns(it: Interpreter, node: ir.While, frame: Frame, reason: Reason) -> None:
    maybe_repeated(it, frame, node.body, reason, lambda: _turn(it, node, frame))


def _endless(it: Interpreter, node: ir.While, frame: Frame, reason: Reason) -> Signal | None:
    """Go on in a loop that some way has left by ``return``: how often it turns is not known."""
    _any_turns(it, node, frame, reason)
    if isinstance(node.test, ir.Constant) and node.test.value:  # nothing but a return leaves it
        frame.result = Unknown(reason)
        return Signal.RETURN
    return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))


@handles(ir.For)
def for_(it: Interpreter, node: ir.For, frame: Frame) -> Signal | None:
    source = it.evaluate(node.iterable, frame)
    frame.site = node.at
    items = iteration.iterate_or_unknown(it, source)
    if isinstance(items, Unknown):
        return _unknown_loop(it, node, frame, items)
    if it.inertness is not None and it.inertness.skips_loop(node, frame):
        return _skipped_loop(it, node, frame, items)
    if source.__class__ in _UNORDERED and set_order.is_shuffled(it, source) and not any(isinstance(part, _LEAVING) for part in walk(node.body)):
        members = set_order.certain_members(it, source)
        if len(members) <= _FEW:
            return _in_every_order(it, node, frame, source, members)
    turns = Turns(it, frame, node, source)
    if turns.known and it.loop_reason is not None and _closes(it, turns, node, frame, ABSENT):
        return _after_closing(it, node, frame)
    while True:
        try:
            item = next(items)
        except StopIteration:
            return execute(it, node.orelse, frame)
        except NeedsValue as error:
            return _unknown_loop(it, node, frame, error.unknown)
        it.step()
        assign(it, node.target, item, frame)
        signal = execute(it, node.body, frame)
        if signal is Signal.BREAK or signal is Signal.RETURN:
            if source.__class__ is GeneratorValue and _is_own(node.iterable, source):
                with suppress(Raised):  # which CPython only reports
                    iteration.close(it, source)  # nobody else has it
            return None if signal is Signal.BREAK else signal
        doubt = _after_turn(frame)
        if doubt is not None:
            return _doubtful_rest(it, node, frame, items, doubt)
        if turns.due() and _closes(it, turns, node, frame, item):
            return _after_closing(it, node, frame)


def _closes(it: Interpreter, turns: Turns, node: ir.For, frame: Frame, item: Any) -> bool:
    """Whether the rest of a loop can be taken for any number of turns; ``item`` is an element."""
    rest = Unknown(_many_turns(it), data=item is not ABSENT and only_data((item,)))
    return turns.closes(lambda: _any_elements(it, node, frame, rest))


def _after_closing(it: Interpreter, node: ir.For, frame: Frame) -> Signal | None:
    return _after_loop(it, node.orelse, frame, Doubt(_many_turns(it), BROKEN))


def _many_turns(it: Interpreter) -> Reason:
    return it.unknown_reason("a loop of many turns", Why.LIMIT)


def _any_elements(it: Interpreter, node: ir.For, frame: Frame, element: Unknown) -> None:
    """Any number of turns for elements that are not known."""
    def turn() -> Signal | None:
        assign(it, node.target, element, frame)
        return execute(it, node.body, frame)

    maybe_repeated(it, frame, node.body, element.reason, turn, node.target)


def _is_own(node: ir.Expr, source: GeneratorValue) -> bool:
    """Whether a generator is what a call of a generator function has just made."""
    if not isinstance(node, ir.Call) or not source.is_generator:
        return False
    return source.name == (node.func.id if isinstance(node.func, ir.Name) else node.func.attr if isinstance(node.func, ir.Attribute) else "")


_UNORDERED = frozenset({set, frozenset, list, GeneratorValue})
_LEAVING = (ir.Break, ir.Return, ir.Yield, ir.YieldFrom)
_FEW = 3  # elements whose orders are all tried


def _in_every_order(it: Interpreter, node: ir.For, frame: Frame, source: Any, members: list[Any]) -> Signal | None:
    """A loop over elements whose order is not known: what it leaves in one order it may not leave in another."""
    reason = it.unknown_reason(set_order.MESSAGE, Why.EFFECT)
    size = len(source) if isinstance(source, set) else 0

    def turns(order: Sequence[Any]) -> None:
        for item in order:
            it.step()
            assign(it, node.target, item, frame)
            try:
                execute(it, node.body, frame)
            except Raised as raised:
                raise NeedsValue(Unknown(reason)) from raised
            if _after_turn(frame) is not None or (size and len(source) != size):
                raise NeedsValue(Unknown(reason))

    it.fork([lambda order=order: turns(order) for order in permutations(members)], reason)  # type: ignore[misc]
    return execute(it, node.orelse, frame)


def _skipped_loop(it: Interpreter, node: ir.For, frame: Frame, items: Iterator[Any]) -> Signal | None:
    """A loop whose turns do nothing that matters: only its target is left behind."""
    last: Any = ABSENT
    try:
        for item in items:
            it.step()
            last = item
    except NeedsValue as error:
        return _unknown_loop(it, node, frame, error.unknown)
    if last is not ABSENT:
        assign(it, node.target, last, frame)
    return None


def _after_turn(frame: Frame) -> Doubt | None:
    """A ``continue`` that may have happened is over with the turn; the doubt that is left is about the turns to come."""
    doubt, frame.doubt = frame.doubt, None
    return doubt if doubt is not None and doubt.level > CONTINUED else None


def _after_loop(it: Interpreter, orelse: Sequence[ir.Stmt], frame: Frame, doubt: Doubt) -> Signal | None:
    """The ``else`` of a loop that may have been left; a function that may have been left goes on being that."""
    doubt = stronger(doubt, frame.doubt) or doubt
    frame.doubt = None
    signal = either_way(it, frame, doubt.reason, lambda: execute(it, orelse, frame), lambda: None) if orelse else None
    if doubt.level >= RETURNED:
        frame.doubt = stronger(frame.doubt, doubt)
    return signal


def _doubtful_rest(it: Interpreter, node: ir.For, frame: Frame, items: Any, doubt: Doubt) -> Signal | None:
    """A turn may have left the loop: each further turn may not happen."""
    for item in items:
        def turn(item: Any = item) -> Signal | None:
            assign(it, node.target, item, frame)
            return plain(execute(it, node.body, frame))

        signal = either_way(it, frame, doubt.reason, turn, lambda: None)
        doubt = stronger(doubt, frame.doubt) or doubt
        frame.doubt = None
        if signal is not None:
            return signal
    return _after_loop(it, node.orelse, frame, doubt)


def _unknown_loop(it: Interpreter, node: ir.For, frame: Frame, source: Unknown) -> Signal | None:
    reason = source.reason if source.reason.site is not None else Reason(source.reason.kind, source.reason.message, it.site())

    _any_elements(it, node, frame, Unknown(reason, source.held, data=source.data))
    return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))
