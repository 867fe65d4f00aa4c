"""``weakref``: references are strong here, as nothing is ever freed while code runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table, inert
from paramlint.interpreter.stdlib.silent import maker
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    kinds = {name: ClassValue(name, (it.classes[base],), {}, module="weakref") for name, base in
             (("WeakKeyDictionary", "dict"), ("WeakValueDictionary", "dict"), ("WeakSet", "set"))}
    return {**FUNCTIONS, **kinds, "WeakMethod": FUNCTIONS["ref"], "ReferenceType": FUNCTIONS["ref"], "finalize": maker("finalize"),
            "getweakrefcount": inert("getweakrefcount", 0)}


@FUNCTIONS.raw("ref")
def ref(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    held = [obj]
    return Native("weakref", lambda it, args, kwargs: held[0] if sys.getrefcount(held[0]) > _ALONE else None)


def _references() -> int:
    """How many references there are to an object that nothing but a weak reference to it holds."""
    held = [object()]
    return sys.getrefcount(held[0])


_ALONE = _references()


@FUNCTIONS.raw("proxy")
def proxy(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    return obj
