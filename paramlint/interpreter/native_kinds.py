"""Of which class a function is that is not written in Python: ``len``, ``"".join``, ``int.__add__``, ``object().__eq__``."""

from __future__ import annotations

import enum
import typing
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Present, Unknown, Why
from paramlint.interpreter.class_namespaces import DEFINED, contents, real_class
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Instance, Native, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

OWNER = "__objclass__"  # of a native that is found in a built-in class: that class
_BOUND = {"wrapper_descriptor": "method-wrapper", "function": "method"}  # of an object; all others are built-in methods then
_TYPES = (object, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice, type)


def of_native(it: Interpreter, value: Native) -> ClassValue | Unknown:
    if value.binds:
        owner = value.attrs.get(OWNER)
        if owner is None and it.classes["object"].attrs.get(value.name) is value:
            owner = it.classes["object"]
        real = real_class(owner) if owner is not None else None
        found = getattr(real, value.name, None) if real is not None else None
        return _unknown(it, value.name) if found is None else named(it, type(found).__name__)
    if not value.name.startswith("__"):
        return it.classes["builtin_function"]
    kinds = _kinds(value.name)
    return named(it, _BOUND.get(kinds[0], "builtin_function_or_method")) if len(kinds) == 1 else _unknown(it, value.name)


def module_of(it: Interpreter, value: Native | BoundMethod) -> Any:
    if isinstance(value, Native) and it.builtins.get(value.name) is value:
        return "builtins"
    return it.unknown(Why.UNSUPPORTED, "the module of a function that is not in the source")


def of_method(it: Interpreter, value: BoundMethod) -> ClassValue | Unknown:
    func = value.func
    cls = it.class_of(value.self) if func.__class__ is Native else None
    if not isinstance(cls, ClassValue):
        return it.classes["method"]
    owner = func.attrs.get(OWNER) or next((base for base in cls.mro if _is(base.attrs.get(func.name, ABSENT), func)), None)
    real = real_class(owner) if owner is not None else None
    if real is None:
        return it.classes["method"]
    found: Any = getattr(real, func.name, None)
    if found is None:
        return _unknown(it, func.name)
    return it.classes["method"] if isinstance(found, FunctionType) else named(it, _BOUND.get(type(found).__name__, "builtin_function_or_method"))


def _is(found: Any, func: Native) -> bool:
    return found is func or (isinstance(found, StaticMethod) and found.func is func)


@cache
def _kinds(name: str) -> tuple[str, ...]:
    """What the built-in classes have by a name."""
    return tuple({type(vars(cls)[name]).__name__ for cls in _TYPES if name in vars(cls)}) or ("builtin_function_or_method",)


def _unknown(it: Interpreter, name: str) -> Unknown:
    return it.unknown(Why.UNSUPPORTED, f"what kind of function `{name}` is")


def inherited(it: Interpreter, value: Any, name: str) -> Any:
    """A special name that a value has although no class here says so: ``__reduce__`` has every object; ABSENT where it has it not."""
    if name == "__weakref__" and isinstance(value, ClassValue | Instance):
        own = value.mro if isinstance(value, ClassValue) else value.cls.mro
        there = any(name in contents(it, base) for base in own if DEFINED in base.facts)
        return ABSENT if not there else it.unknown(Why.UNSUPPORTED, "a slot") if isinstance(value, ClassValue) else None
    if name in _SAID and name != "__slots__":
        return ABSENT
    cls = value if isinstance(value, ClassValue) else it.class_of(value)
    if not isinstance(cls, ClassValue):
        return ABSENT
    real = next((found for base in cls.mro if (found := real_class(base)) is not None), object)
    if cls.module == "typing" and cls.site is None and hasattr(getattr(typing, cls.name, None), name):  # which is no class in Python
        return Unknown(Present(name, f"`{name}` of a {cls.name}", it.site()))
    if name == "__slots__" or not (name.startswith("__") and name.endswith("__")):
        there = name in _OF_OBJECTS.get(real, ()) and not isinstance(value, ClassValue)
        there = there or hasattr(real, name)
        return Unknown(Present(name, f"`{name}` of a {cls.name}", it.site())) if there else ABSENT
    owner = next((base for base in real.__mro__ if name in vars(base)), None)
    if owner is None and isinstance(value, ClassValue) and hasattr(real, name):
        owner = type(real)
    if owner is None:
        return ABSENT
    if not callable(getattr(owner, name, None)):
        return Unknown(Present(name, f"`{name}` of a {cls.name}", it.site()))
    unbound = isinstance(value, ClassValue) and owner is not type(real)
    native = Native(name, lambda it, args, kwargs: it.unknown(Why.UNSUPPORTED, f"`{cls.name}.{name}()`"), binds=unbound)
    if unbound:
        native.attrs[OWNER] = next(base for base in cls.mro if real_class(base) is not None)
    return native


_OF_OBJECTS: dict[type, tuple[str, ...]] = {enum.auto: ("value",)}  # what objects get when they are made, and their class has not
_SAID = frozenset({"__dict__", "__weakref__", "__slots__", "__class__", "__module__", "__call__", "__await__"})  # classes here say so themselves


def _unmodelled(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return it.unknown(Why.UNSUPPORTED, f"a call of the class `{args[0].name}`")


def named(it: Interpreter, name: str) -> ClassValue:
    """A class of Python's own that has a name only where it is asked for."""
    if name == "builtin_function_or_method":
        return it.classes["builtin_function"]
    found = it.classes.get(name)
    if found is None:
        found = it.classes[name] = ClassValue(name, (it.classes["object"],), {})
        found.make = _unmodelled
    return found
