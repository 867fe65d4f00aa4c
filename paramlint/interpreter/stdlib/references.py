"""``weakref``: references are strong here, as nothing is ever freed while code runs."""

from __future__ import annotations

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
    return Native("weakref", lambda it, args, kwargs: obj)


@FUNCTIONS.raw("proxy")
def proxy(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    return obj
