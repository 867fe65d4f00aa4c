"""What code has done, seen while it ran: whether it wrote to anything that was there before.

Of elements whose order is not known, each of which is dealt with by code that has written to nothing older, the order cannot matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import SERIALS

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Footprint:
    """Tells whether code that runs has changed anything older than its run. ``outer`` is told all of it, too."""

    __slots__ = ("_born", "_outer", "_start", "left")

    def __init__(self, outer: Footprint | None) -> None:
        self._outer = outer
        self._born: dict[int, Any] = {}
        self._start = next(SERIALS)
        self.left = False

    def made(self, *containers: Any) -> None:
        """Containers are new."""
        self._born.update((id(container), container) for container in containers)
        if self._outer is not None:
            self._outer.made(*containers)

    def written(self, container: Any) -> None:
        """A container, or the attributes of an object, are about to be changed."""
        if id(container) not in self._born:
            self.left = True
        if self._outer is not None:
            self._outer.written(container)

    def touched(self, serial: int) -> None:
        """Something has been changed that has this serial number."""
        if serial < self._start:
            self.left = True
        if self._outer is not None:
            self._outer.touched(serial)

    def assigned(self) -> None:
        """A global has been bound again from elsewhere."""
        self.left = True
        if self._outer is not None:
            self._outer.assigned()


def independent(it: Interpreter, items: Callable[[], Iterable[Any]]) -> list[Any] | None:
    """The items, made one after another, if making them changes nothing else; None where it does, which has been undone."""
    outer = it.watch
    it.watch = footprint = Footprint(outer)
    it.state.trials += 1
    found: list[Any]
    try:
        found, after, log = it.state.run(lambda: list(items()))
    finally:
        it.state.trials -= 1
        it.watch = outer
    if footprint.left:
        return None
    it.state.apply(after, log)
    return found
