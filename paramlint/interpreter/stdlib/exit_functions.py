"""``atexit``: what runs at the end changes nothing that is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import inert
from paramlint.interpreter.values import Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    return {"register": Native("register", lambda it, args, kwargs: args[0]), "unregister": inert("unregister")}
