"""Two ways of which one is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason
from paramlint.interpreter import results
from paramlint.interpreter.frames import BROKEN, CONTINUED, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.signals import Raised, Signal

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Outcome = tuple[Any, Any, Any, Any]  # (signal, result, versions, log) of a way


def either_way(it: Interpreter, frame: Frame, reason: Reason, first: Callable[[], Signal | None],
               second: Callable[[], Signal | None]) -> Signal | None:
    """Run two ways of which one is taken, and go on with what either may have left.

    A way that raises is taken to be the one that is not taken. A way that returns is parked until the function ends, and the other goes on.
    """
    outcomes: list[Outcome] = []
    error: Raised | None = None
    before, doubt = frame.doubt, frame.doubt
    for way in (first, second):
        parked = len(frame.parked or ())
        frame.doubt = before
        try:
            (signal, result), after, log = it.state.run(lambda way=way: observe(it, frame, way, parked))  # type: ignore[misc]
        except Raised as raised:
            error = error or raised
            it.not_taken(raised, reason)
            continue
        doubt = stronger(doubt, frame.doubt)
        outcomes.append((signal, result, after, log))
    frame.doubt = doubt
    if not outcomes:
        assert error is not None
        raise error
    if len(outcomes) == 1:
        signal, result, after, log = outcomes[0]
        it.state.apply(after, log)
        frame.result = result
        return signal  # type: ignore[no-any-return]
    return _rejoin(it, frame, reason, outcomes)


def observe(it: Interpreter, frame: Frame, way: Callable[[], Signal | None], parked: int) -> tuple[Signal | None, Any]:
    frame.result = None
    signal = way()
    result = frame.result
    if len(frame.parked or ()) > parked:  # ways that returned inside this way end with it
        if signal is Signal.RETURN:
            result = results.unpark(it, frame, result, parked)
        else:
            return _split(it, frame, signal, parked)
    return signal, result


def _split(it: Interpreter, frame: Frame, signal: Signal | None, parked: int) -> tuple[Signal | None, Any]:
    """A way that has returned in part: what it returned is kept as a value that the function may have."""
    assert frame.parked is not None
    values = []
    while len(frame.parked) > parked:
        after, log, value, reason = frame.parked.pop()
        live, live_log = it.state.undo()
        it.state.merge(after, live, reason, log, live_log)
        values.append((value, reason))
        frame.doubt = stronger(frame.doubt, Doubt(reason, RETURNED))
    frame.leftovers = [*(frame.leftovers or ()), *values]
    return signal, None


def _rejoin(it: Interpreter, frame: Frame, reason: Reason, outcomes: list[Outcome]) -> Signal | None:
    (signal, result, after, log), (signal2, result2, after2, log2) = outcomes
    if signal is signal2:
        it.state.merge(after, after2, reason, log, log2)
        frame.result = results.joined(it, result, result2, reason) if signal is Signal.RETURN else None
        return signal  # type: ignore[no-any-return]
    if Signal.RETURN in (signal, signal2):
        if signal is not Signal.RETURN:
            signal, result, after, log, signal2, after2, log2 = signal2, result2, after2, log2, signal, after, log
        if frame.resumable:
            frame.leftovers = [*(frame.leftovers or ()), (result, reason)]
            it.state.merge(after, after2, reason, log, log2)
            frame.doubt = Doubt(reason, RETURNED)
            return signal2  # type: ignore[no-any-return]
        if frame.parked is None:
            frame.parked = []
        frame.parked.append((after, log, result, reason))
        it.state.begin()  # what goes on is undone and joined when the function ends
        it.state.apply(after2, log2)
        return signal2  # type: ignore[no-any-return]
    # One way leaves the loop's turn, the other does not: go on, and what the rest of the turn or loop does may not happen.
    it.state.merge(after, after2, reason, log, log2)
    frame.doubt = stronger(frame.doubt, Doubt(reason, BROKEN if Signal.BREAK in (signal, signal2) else CONTINUED))
    return None
