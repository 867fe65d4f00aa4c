"""Running statements one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue
from paramlint.interpreter.frames import LEFT, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.signals import Signal
from paramlint.interpreter.unanswered import not_followed
from paramlint.interpreter.unrun import lost
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Handler = Callable[["Interpreter", Any, Frame], "Signal | None"]
EXECUTE: dict[type, Handler] = {}


def handles(node: type) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        EXECUTE[node] = handler
        return handler

    return register


def execute(it: Interpreter, body: Sequence[ir.Stmt], frame: Frame) -> Signal | None:
    for position, statement in enumerate(body):
        it.steps += 1
        if it.steps > it.limits.steps:
            it.exceeded()
        try:
            signal = EXECUTE[statement.__class__](it, statement, frame)
        except NeedsValue as error:
            not_followed(it, error.unknown)
            lost(it, statement, frame, error.unknown)
            signal = None
        if signal is not None:
            return signal
        if frame.doubt is not None:
            return proceed(it, body[position + 1:], frame)
    return None


def proceed(it: Interpreter, body: Sequence[ir.Stmt], frame: Frame) -> Signal | None:
    """Run what follows in a block; where the block may have been left before, this may not happen."""
    doubt = frame.doubt
    if doubt is None or not body:
        return execute(it, body, frame)
    frame.doubt = None
    signal = either_way(it, frame, doubt.reason, lambda: execute(it, body, frame), lambda: _left(frame, doubt))
    frame.doubt = stronger(frame.doubt, doubt)
    return signal


def _left(frame: Frame, doubt: Doubt) -> Signal | None:
    if doubt.level < RETURNED:
        return None
    frame.result = LEFT  # what was returned is among the frame's leftovers
    return Signal.RETURN
