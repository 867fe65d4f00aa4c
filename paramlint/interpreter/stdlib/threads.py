"""``threading``: locks do nothing in code that runs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import inert
from paramlint.interpreter.stdlib.silent import maker
from paramlint.interpreter.values import ClassValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    locks = {
        name: maker(name, acquire=inert("acquire", True), locked=inert("locked", False))
        for name in ("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore")
    }
    return {**locks, "local": ClassValue("local", (it.classes["object"],), {}, module="threading")}
