"""Loops of many turns, which are followed for a while and then closed.

A training loop does the same in each turn. Once a loop has taken its share of the steps, the rest is taken for any number of turns, where
those build no module and raise nothing. What they may change is not known afterwards; at the limit of steps, nothing would be that stands
behind the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue
from paramlint.interpreter.frames import RETURNED, Frame
from paramlint.interpreter.signals import Raised, Signal

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_SHARE = 50  # of the steps of an evaluation, after which a loop is long: one fiftieth
_LEAST = 6  # turns, about as many as are rehearsed where each brings something new


class Turns:
    """How far a loop has come, and whether it is time to close it."""

    def __init__(self, it: Interpreter, frame: Frame, node: Any, source: Any = None) -> None:
        self.it = it
        self.frame = frame
        self.node = node
        self.count = 0
        self._began = it.steps
        self._constructed = it.constructed
        self._length = len(source) if isinstance(source, Sized) else None
        self._next = it.steps + it.limits.steps // _SHARE

    @property
    def known(self) -> bool:
        """Whether the same loop has been closed before, so that few of its turns tell all."""
        return id(self.node) in self.it.closed and not (self._length is not None and self._length <= _LEAST) and self._may_close()

    def due(self) -> bool:
        """Whether the turns to come are many, and those that have been are enough; to be asked after each."""
        self.count += 1
        it = self.it
        if not self._may_close():
            return False
        if it.steps < self._next and not (self.count <= 1 and self.known):
            return False
        taken = it.steps - self._began
        if it.constructed != self._constructed:  # its turns are what is counted
            self._next = it.limits.steps
            return False
        if self._length is not None and self._ends_soon(taken):
            self._next = it.limits.steps
            return False
        self._next = it.steps + taken
        return not it.counting()

    def _may_close(self) -> bool:
        """Whether what runs is a script, and no constructor: what the loops of those change is the answer."""
        if not (self.it.modules.running or self.it.is_script):
            return False
        frame = self.it.frame
        while frame is not None:
            if frame.function is not None and frame.function.code.name == "__init__":
                return False
            frame = frame.caller
        return True

    def _ends_soon(self, taken: int) -> bool:
        """Whether the turns that are left cost less than to find out what any number of turns does."""
        assert self._length is not None
        left = self._length - self.count
        return left <= _LEAST or left * taken < self.count * (self.it.limits.steps // _SHARE)

    def closes(self, rest: Callable[[], Signal | None]) -> bool:
        """Run what stands for the turns to come; whether it builds no module, raises nothing and does not return. If not, it is undone."""
        it, frame = self.it, self.frame
        before, doubt, leftovers = (it.constructed, it.raising), frame.doubt, frame.leftovers
        try:
            with it.unheard():
                _, after, log = it.state.run(rest)
        except (Raised, NeedsValue):
            after = None
        left = frame.doubt is not None and frame.doubt.level >= RETURNED
        if after is None or left or before != (it.constructed, it.raising):
            frame.doubt, frame.leftovers = doubt, leftovers
            return False
        it.state.apply(after, log)
        it.closed[id(self.node)] = self.node
        return True
