"""Blocks of a ``try`` in which a call may have raised: either the rest of the block runs, or a handler does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from paramlint.core.unknown import Reason
from paramlint.interpreter.exceptions import TOLD
from paramlint.interpreter.execution import execute, proceed
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.state import Log
from paramlint.interpreter.values import Instance
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_MANY = 8  # exceptions of one statement whose handlers are run


class Guarded:
    """The block of one ``try`` with handlers. ``outer`` is what the ``try`` around it is told of."""

    def __init__(self, it: Interpreter, node: ir.Try, frame: Frame, catches: Callable[[Raised], bool],
                 catch: Callable[[Raised], Signal | None], outer: list[tuple[Raised, Reason]] | None, guards: int) -> None:
        self.it = it
        self.node = node
        self.frame = frame
        self.catches = catches  # whether there may be a handler
        self.catch = catch  # runs the handler of an exception; raises it where there is none
        self.outer = outer
        self.guards = guards  # how many a ``try`` around it are prepared for an ImportError

    def run(self, at: int = 0) -> Signal | None:
        """Run the block from a statement on, and what follows it."""
        it, body = self.it, self.node.body
        found: list[tuple[Raised, Reason]] = []
        signal: Signal | None = None
        try:
            for position in range(at, len(body)):
                signal, log = self._followed(body[position:position + 1], execute)
                found = self._dropped() if it.dropped else []
                if found:
                    break
                if signal is None and self.frame.doubt is not None and position + 1 < len(body):
                    signal, log = self._followed(body[position + 1:], proceed)
                    position = len(body)
                    found = self._dropped() if it.dropped else []
                    break
                if signal is not None:
                    return signal
        except Raised as raised:
            return self.catch(raised)
        if found:
            return self._either(found, signal, position + 1, log)
        it.dropped, it.import_guards = self.outer, self.guards
        return signal if signal is not None else proceed(it, self.node.orelse, self.frame)

    def _followed(self, body: Sequence[ir.Stmt], run: Callable[[Interpreter, Sequence[ir.Stmt], Frame], Signal | None]) -> tuple[Signal | None, Log]:
        """Run statements, and keep what there was before them, where a handler may ask for that."""
        log = self.it.state.follow()
        try:
            return run(self.it, body, self.frame), log
        finally:
            self.it.state.stay(log)

    def _dropped(self) -> list[tuple[Raised, Reason]]:
        """The exceptions that may have been raised and that a handler may catch; the others are for the ``try`` around this one."""
        dropped = self.it.dropped or []
        found: list[tuple[Raised, Reason]] = []
        for one in dropped:
            if not self.catches(one[0]):
                if self.outer is not None:
                    self.outer.append(one)
            elif len(found) < _MANY and not any(_alike(one[0], other) for other, _ in found):
                found.append(one)
        dropped.clear()
        return found

    def _either(self, found: list[tuple[Raised, Reason]], signal: Signal | None, after: int, log: Log) -> Signal | None:
        reason = found[0][1]
        result, dropped, guards = self.frame.result, self.it.dropped, self.it.import_guards

        def went_on() -> Signal | None:
            self.frame.result, self.it.dropped, self.it.import_guards = result, dropped, guards
            return signal if signal is not None else self.run(after)

        def left() -> Signal | None:
            self.it.state.perhaps_not(log, reason)
            return self._caught(found)

        return either_way(self.it, self.frame, reason, went_on, left)

    def _caught(self, found: list[tuple[Raised, Reason]]) -> Signal | None:
        """Run the handler of one of these exceptions."""
        (raised, reason), *others = found
        if not others:
            return self.catch(raised)
        return either_way(self.it, self.frame, reason, lambda: self.catch(raised), lambda: self._caught(others))


def _alike(one: Raised, other: Raised) -> bool:
    """Whether two exceptions are of one class of a library, so that a handler does the same for both."""
    return all(isinstance(raised.value, Instance) and TOLD in raised.value.attrs for raised in (one, other)) and one.value.cls is other.value.cls
