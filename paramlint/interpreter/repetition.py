"""What an unknown number of turns may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.frames import RETURNED, Doubt, Frame
from paramlint.interpreter.signals import LimitReached, Raised, Signal
from paramlint.interpreter.unrun import bound_in
from paramlint.interpreter.values import ABSENT, Either, Instance
from paramlint.interpreter.ways import observe
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

def plain(signal: Signal | None) -> Signal | None:
    return signal if signal is Signal.RETURN else None


def maybe_repeated(it: Interpreter, frame: Frame, body: Sequence[ir.Stmt], reason: Reason, turn: Callable[[], Signal | None]) -> None:
    """A loop that runs an unknown number of times: what one turn changes is open, what it sets is not known."""

    parked = len(frame.parked or ())

    def once() -> tuple[Signal | None, Any]:
        return observe(it, frame, lambda: plain(turn()), parked)

    repeated = Reason(Why.LOOP, f"repeated an unknown number of times ({reason.message})", reason.site)
    before = it.loop_reason
    it.loop_reason = repeated
    try:
        (signal, result), after, log = it.state.run(once)
    except Raised as raised:
        it.not_taken(raised, repeated)
        return  # a turn that raises is one that does not happen
    except LimitReached:
        raise
    finally:
        it.loop_reason = before
    if frame.doubt is not None and frame.doubt.level < RETURNED:
        frame.doubt = None
    for container, contents in after.values():
        it.write(container)
        if container is it.state.open:  # what a turn has left open stays so
            container.update(contents)
            continue
        _loosen(it, container, contents, repeated)
    for name in sorted(bound_in(body)):  # what one turn leaves as it was, the next may not: ``a, b = b, c``
        if name in frame.vars:
            frame.vars[name] = _any_number(it, frame.vars[name], frame.vars[name], repeated)
    it.state.adopt(log)
    if signal is Signal.RETURN:
        frame.leftovers = [*(frame.leftovers or ()), (result, repeated)]
        frame.doubt = Doubt(repeated, RETURNED)


def _loosen(it: Interpreter, container: Any, contents: Any, reason: Reason) -> None:
    """The state of a container after any number of turns, given what one turn made of it."""
    if isinstance(container, dict):
        if container.keys() != contents.keys():
            it.state.mark_open(container, reason)
        for key in dict.fromkeys((*container, *contents)):
            old, new = container.get(key, ABSENT), contents.get(key, ABSENT)
            if old is not new:
                container[key] = _any_number(it, old, new, reason)
    elif isinstance(container, list):
        if len(container) != len(contents) or any(a is not b for a, b in zip(container, contents, strict=False)):
            grown = len(contents) >= len(container) and all(a is b for a, b in zip(container, contents, strict=False))
            container[:] = contents if grown else [Unknown(reason)] * min(len(container), len(contents))
            it.state.mark_open(container, reason)
    else:
        container.update(contents)
        it.state.mark_open(container, reason)


def _any_number(it: Interpreter, old: Any, new: Any, reason: Reason) -> Any:
    if any(isinstance(value, Instance) for value in (*_alternatives(old), *_alternatives(new))):
        return it.state.join(old, new, reason)
    for value in (*_alternatives(old), *_alternatives(new)):  # it may be changed by another name from now on
        if isinstance(value, list | dict | set):
            it.write(value)
            if isinstance(value, list):
                value[:] = [Unknown(reason)] * len(value)
            elif isinstance(value, dict):
                value.update(dict.fromkeys(value, Unknown(reason)))
            it.state.mark_open(value, reason)
    return Unknown(reason)


def _alternatives(value: Any) -> tuple[Any, ...]:
    return value.alternatives if isinstance(value, Either) else (value,)
