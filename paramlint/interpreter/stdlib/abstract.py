"""``abc``: abstract methods are ordinary ones here; that a class has some is only reported by ``inspect``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_META = Table()


def names(it: Interpreter) -> dict[str, Any]:
    meta = ClassValue("ABCMeta", (it.classes["type"],), dict(_META), module="abc")
    base = ClassValue("ABC", (it.classes["object"],), {}, module="abc")
    base.metaclass = meta
    return {**FUNCTIONS, "ABCMeta": meta, "ABC": base}


@_META.raw("register", binds=True)
def _register(it: Interpreter, cls: Any, subclass: Any, /) -> Any:
    if isinstance(cls, ClassValue):
        registered = cls.facts.setdefault("registered", [])
        registered.append(subclass)
        cls.facts["instance_check"] = lambda it, value: any(base in it.class_of(value).mro for base in registered)
        cls.facts["subclass_check"] = lambda it, other: any(base in other.mro for base in registered)
    return subclass


@FUNCTIONS.raw("abstractmethod")
def abstractmethod(it: Interpreter, funcobj: Any, /) -> Any:
    if isinstance(funcobj, FunctionValue):
        funcobj.attrs["__isabstractmethod__"] = True
    return funcobj


@FUNCTIONS.raw("abstractproperty")
def abstractproperty(it: Interpreter, fget: Any = None, fset: Any = None, fdel: Any = None) -> Any:
    return Property(fget, fset, fdel)


@FUNCTIONS.raw("abstractclassmethod")
def abstractclassmethod(it: Interpreter, callable: Any) -> Any:
    return ClassMethod(callable)


@FUNCTIONS.raw("abstractstaticmethod")
def abstractstaticmethod(it: Interpreter, callable: Any) -> Any:
    return StaticMethod(callable)


@FUNCTIONS.raw("update_abstractmethods")
def update_abstractmethods(it: Interpreter, cls: Any) -> Any:
    return cls
