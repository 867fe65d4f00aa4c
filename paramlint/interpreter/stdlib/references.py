"""``weakref``: what certainly lives is found; whether anything else still does is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import slots
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.natives import Table
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.stdlib.silent import Silent
from paramlint.interpreter.values import REFERS, BoundMethod, ClassValue, Either, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


_MANY = 2_000  # objects that are looked through for one that a weak reference is to


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, "WeakMethod": FUNCTIONS["ref"], "ReferenceType": FUNCTIONS["ref"]}


@FUNCTIONS.raw("ref")
def ref(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    _refuse(it, obj)
    callbacks(it, [callback], "an object may be freed")

    def look(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return obj if not isinstance(obj, Instance) or _lives(it, obj) else Either((obj, None), it.unknown_reason("whether an object is still used"))

    made = Native("weakref", look)
    made.attrs[REFERS] = (obj,)
    return made


def _refuse(it: Interpreter, obj: Any) -> None:
    """Raise the analysed code's TypeError for an object that has no room for weak references."""
    plain = obj is None or isinstance(obj, int | float | complex | str | bytes | list | tuple | dict)
    fixed = obj.cls.facts.get(slots.FACT) if isinstance(obj, Instance) else None
    if plain or (fixed is not None and not any("__weakref__" in base.facts.get("own slots", ()) for base in obj.cls.mro)):
        it.throw("TypeError", f"cannot create weak reference to '{type_name(obj)}' object")


def _lives(it: Interpreter, obj: Instance) -> bool:
    """Whether something that runs, or a module, certainly holds an object."""
    seen: dict[int, Any] = {}
    pending: list[Any] = list(_roots(it))
    while pending and len(seen) < _MANY:
        value = pending.pop()
        if value is obj:
            return True
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if isinstance(value, Instance):
            pending += [*value.attrs.values(), value.payload]
        elif isinstance(value, ClassValue):
            pending += value.attrs.values()
        elif isinstance(value, list | tuple | set | frozenset | dict) and it.state.open_reason(value) is None:
            pending += value
            pending += value.values() if isinstance(value, dict) else ()
        elif isinstance(value, BoundMethod):
            pending += [value.func, value.self]
    return False


def _roots(it: Interpreter) -> Iterator[Any]:
    frame = it.frame
    while frame is not None:
        yield from (value for name, value in frame.vars.items() if not name.startswith("<"))
        frame = frame.caller
    for module in it.modules.loaded.values():
        if module is not None:
            yield from module.vars.values()


@FUNCTIONS.raw("proxy")
def proxy(it: Interpreter, obj: Any, callback: Any = None, /) -> Any:
    _refuse(it, obj)
    callbacks(it, [callback], "an object may be freed")
    return obj if not isinstance(obj, Instance) or _lives(it, obj) else it.unknown(Why.UNSUPPORTED, "an object that is perhaps no longer used")


@FUNCTIONS.raw("finalize")
def finalize(it: Interpreter, obj: Any, func: Any, /, *args: Any, **kwargs: Any) -> Any:
    callbacks(it, [func], "an object may be freed")
    return Silent("finalize")
