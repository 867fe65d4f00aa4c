"""The table of what evaluates each kind of expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.frames import Frame

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Handler = Callable[["Interpreter", Any, Frame], Any]
EVALUATE: dict[type, Handler] = {}


def handles(node: type) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        EVALUATE[node] = handler
        return handler

    return register
