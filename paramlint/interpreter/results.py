"""What a function returns where it may have returned before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason
from paramlint.interpreter.frames import LEFT, Frame
from paramlint.interpreter.signals import Raised

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def unpark(it: Interpreter, frame: Frame, result: Any, keep: int) -> Any:
    """Join the ways that have returned early with the one that has run on."""
    assert frame.parked is not None
    while len(frame.parked) > keep:
        after, log, value, reason = frame.parked.pop()
        live, live_log = it.state.undo()
        it.state.merge(after, live, reason, log, live_log)
        result = joined(it, value, result, reason)
    return result


def joined(it: Interpreter, left: Any, right: Any, reason: Reason) -> Any:
    """One of two results; a way on which the function has returned before has none of its own."""
    if left is LEFT or right is LEFT:
        return right if left is LEFT else left
    return it.state.join(left, right, reason)


def unpark_after_error(it: Interpreter, frame: Frame) -> Any:
    """The way that ran on raises: it is not taken, so what counts is the way that returned before."""
    import sys

    error = sys.exc_info()[1]
    assert frame.parked is not None
    if not isinstance(error, Raised):
        while frame.parked:
            frame.parked.pop()
            it.state.undo()
        assert error is not None
        raise error
    after, log, value, _reason = frame.parked.pop()
    it.state.undo()
    it.state.apply(after, log)
    return unpark(it, frame, value, 0)
