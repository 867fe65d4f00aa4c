"""``weakref``: references are strong here, as nothing is ever freed while code runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.natives import Table, inert
from paramlint.interpreter.stdlib.silent import Silent
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    kinds = {name: ClassValue(name, (it.classes[base],), {}, module="weakref") for name, base in
             (("WeakKeyDictionary", "dict"), ("WeakValueDictionary", "dict"), ("WeakSet", "set"))}
    return {**FUNCTIONS, **kinds, "WeakMethod": FUNCTIONS["ref"], "ReferenceType": FUNCTIONS["ref"],
            "getweakrefcount": inert("getweakrefcount", 0)}


@FUNCTIONS.raw("ref")
def ref(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    callbacks(it, [callback], "an object may be freed")
    held = [obj]
    return Native("weakref", lambda it, args, kwargs: held[0] if sys.getrefcount(held[0]) > _ALONE else None)


def _references() -> int:
    """How many references there are to an object that nothing but a weak reference to it holds."""
    held = [object()]
    return sys.getrefcount(held[0])


_ALONE = _references()


@FUNCTIONS.raw("proxy")
def proxy(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    callbacks(it, [callback], "an object may be freed")
    return obj


@FUNCTIONS.raw("finalize")
def finalize(it: Interpreter, obj: Any, func: Any, /, *args: Any, **kwargs: Any) -> Any:
    callbacks(it, [func], "an object may be freed")
    return Silent("finalize")
