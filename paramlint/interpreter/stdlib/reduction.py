"""How objects say what a copy of them is made of: ``__reduce_ex__`` and the methods around it. Source: copyreg.py, copy.py of CPython 3.11."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import attributes, containers, slots
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

COPYREG = Table()
_PROTOCOL = 4
_HOOKS = ("__reduce_ex__", "__reduce__", "__getstate__", "__setstate__", "__getnewargs__", "__getnewargs_ex__", "__new__")
_OF_CONTAINERS = {list: ("append", "__iter__"), dict: ("__setitem__", "__iter__", "items")}
_MADE_ANEW = (set, frozenset)  # whose copies are made by a call of the class
_SIMPLE = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset)
_PYTHON = ("builtins", "abc", "typing", "enum")
_OF_ERRORS = ("args", "__cause__", "__context__", "__traceback__", "__suppress_context__")


def registered(it: Interpreter) -> dict[Any, Any]:
    """``copyreg.dispatch_table``."""
    from paramlint.interpreter import stdlib

    table: dict[Any, Any] = stdlib.namespace(it, "copyreg")["dispatch_table"]
    return table


def names(it: Interpreter) -> dict[str, Any]:
    return {**COPYREG, "dispatch_table": {}}


@COPYREG.raw("pickle")
def _register(it: Interpreter, ob_type: Any, pickle_function: Any, constructor_ob: Any = None) -> None:
    containers.set_item(it, registered(it), ob_type, pickle_function)


@COPYREG.raw("constructor")
def _constructor(it: Interpreter, object: Any) -> None:
    return None


@COPYREG.raw("__newobj__")
def new_object(it: Interpreter, cls: Any, /, *args: Any) -> Any:
    return it.call(it.get(cls, "__new__"), [cls, *args])


def is_customised(it: Interpreter, x: Instance) -> bool:
    """Whether the analysed code has a say in what a copy of an object is made of."""
    cls = x.cls
    names = (*_HOOKS, *next((found for kind, found in _OF_CONTAINERS.items() if isinstance(x.payload, kind)), ()))
    if isinstance(x.payload, _MADE_ANEW) or it.classes["BaseException"] in cls.mro:
        names = (*names, "__init__")
    if any(_is_own(cls.find(name)) for name in names):
        return True
    if x.payload is None and _is_own(cls.find("__getattr__")) and not _of_library(cls):  # which is asked for ``__setstate__``
        return True
    return "reduction" in it.modules.standard and cls in registered(it)


def hook(it: Interpreter, x: Instance, name: str) -> Any:
    """What ``getattr(x, name, None)`` finds."""
    if x.cls.find(name) is ABSENT and name not in x.attrs and not _is_own(x.cls.find("__getattr__")):
        return None
    return attributes.get_or(it, x, name, None)


def _is_own(found: Any) -> bool:
    function = found.func if isinstance(found, StaticMethod) else found
    return function is not ABSENT and not isinstance(function, Native)


def _of_library(cls: ClassValue) -> bool:
    return any(base.site is None and base.module not in _PYTHON for base in cls.mro)


def reduced(it: Interpreter, x: Instance) -> Any:
    """What ``copy`` and ``pickle`` get of an object: a text, or a function and what it is to be given."""
    reductor = registered(it).get(x.cls, ABSENT)
    if reductor is not ABSENT:
        return it.call(reductor, [x])
    if _is_own(x.cls.find("__reduce_ex__")):
        return it.call(it.get(x, "__reduce_ex__"), [_PROTOCOL])
    return reduce_ex(it, x)


def reduce_ex(it: Interpreter, x: Instance, protocol: Any = _PROTOCOL, /) -> Any:
    cls = x.cls
    if _is_own(cls.find("__reduce__")):
        return it.call(it.get(x, "__reduce__"))
    if _of_library(cls) or protocol != _PROTOCOL:
        raise it.not_followed("how a library's class is stored")
    if it.classes["BaseException"] in cls.mro:
        rest = {name: value for name, value in x.attrs.items() if name not in _OF_ERRORS}
        return (cls, x.attrs.get("args", ()), it.made(rest)) if rest else (cls, x.attrs.get("args", ()))
    if isinstance(x.payload, _MADE_ANEW):
        return cls, (it.made(list(x.payload)),), x.attrs or None
    if x.payload is not None and not isinstance(x.payload, _SIMPLE):
        raise it.not_followed("how such an object is stored")
    args, keywords = _new_arguments(it, x)
    items = it.iterate(x) if isinstance(x.payload, list) else None
    pairs = it.iterate(it.call(it.get(x, "items"))) if isinstance(x.payload, dict) else None
    state = it.call(it.get(x, "__getstate__"))
    if keywords:
        made = Native("__newobj_ex__", lambda it, given, named: it.call(it.get(cls, "__new__"), [cls, *args], keywords))
        return made, (), state, items, pairs
    return COPYREG["__newobj__"], (cls, *args), state, items, pairs


@COPYREG.raw("_reconstructor")
def _reconstructor(it: Interpreter, cls: Any, base: Any, state: Any, /) -> Any:
    return it.instance(cls)


def reduce(it: Interpreter, x: Instance, /) -> Any:
    """``object.__reduce__``, which makes the copy without ``__new__``."""
    if x.payload is not None or any("own slots" in base.facts or (base.site is None and base.name != "object") for base in x.cls.mro):
        raise it.not_followed("how such an object is stored")
    state = it.call(it.get(x, "__getstate__"))
    args = (x.cls, it.classes["object"], None)
    return (COPYREG["_reconstructor"], args, state) if it.truth(state) is not False else (COPYREG["_reconstructor"], args)


def _new_arguments(it: Interpreter, x: Instance) -> tuple[list[Any], dict[str, Any]]:
    if x.cls.find("__getnewargs_ex__") is not ABSENT:
        args, keywords = it.elements(it.call(it.get(x, "__getnewargs_ex__")))
        return list(it.elements(args)), dict(keywords)
    if x.cls.find("__getnewargs__") is not ABSENT:
        return list(it.elements(it.call(it.get(x, "__getnewargs__")))), {}
    return ([x.payload] if isinstance(x.payload, int | float | complex | str | bytes | tuple) else []), {}


def state_of(it: Interpreter, x: Instance, /) -> Any:
    """``object.__getstate__``: the attributes, and those that have slots apart."""
    named = any("own slots" in base.facts for base in x.cls.mro)
    if not named:
        return x.attrs or None
    in_slots = {name: value for name, value in x.attrs.items() if slots.has(x.cls, name)}
    rest = it.made({name: value for name, value in x.attrs.items() if name not in in_slots}) or None
    return (rest, it.made(in_slots)) if in_slots else rest


def reconstructed(it: Interpreter, x: Instance, reduction: Any, remember: Callable[[Any], None], part: Callable[[Any], Any]) -> Any:
    """The object that a reduction describes; ``part`` copies what it is made of, ``remember`` is told the object as soon as there is one."""
    if isinstance(reduction, str):
        return x
    if isinstance(reduction, Either):
        return it.each(reduction, lambda item: reconstructed(it, x, item, remember, part))
    parts = [*it.elements(reduction), None, None, None]
    function, args, state, items, pairs = parts[:5]
    made = it.call(function, [part(item) for item in it.elements(args)])
    remember(made)
    if isinstance(made, Unknown | Either) or isinstance(state, Either):
        raise it.not_followed("a copy that is one of several")
    if state is not None:
        _set_state(it, made, part(state))
    for item in it.elements(items) if items is not None else ():
        it.call(it.get(made, "append"), [part(item)])
    for pair in it.elements(pairs) if pairs is not None else ():
        key, value = it.elements(pair)
        containers.set_item(it, made, part(key), part(value))
    return made


def _set_state(it: Interpreter, made: Any, state: Any) -> None:
    setter = hook(it, made, "__setstate__") if isinstance(made, Instance) else None
    if setter is not None:
        it.call(setter, [state])
        return
    own, in_slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if own is not None:
        it.call(it.get(it.get(made, "__dict__"), "update"), [own])
    if in_slots is not None:
        for key, value in it.elements(it.call(it.get(in_slots, "items"))):
            it.set(made, key, value)

