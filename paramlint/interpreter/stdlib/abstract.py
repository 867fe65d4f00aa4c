"""``abc``: what marks methods as abstract; ``interpreter.abstract_classes`` says what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import abstract_classes, slots, virtual_classes
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, Instance, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_META = Table()


def names(it: Interpreter) -> dict[str, Any]:
    meta = ClassValue("ABCMeta", (it.classes["type"],), dict(_META), module="abc")
    meta.facts[abstract_classes.META] = True
    base = ClassValue("ABC", (it.classes["object"],), {}, module="abc")
    base.metaclass = meta
    base.facts[slots.FACT] = frozenset()
    return {**FUNCTIONS, "ABCMeta": meta, "ABC": base}


@_META.raw("register", binds=True)
def _register(it: Interpreter, cls: Any, subclass: Any, /) -> Any:
    if isinstance(cls, ClassValue):
        if not isinstance(subclass, ClassValue):
            if isinstance(subclass, Unknown):
                raise NeedsValue(subclass)
            it.throw("TypeError", "Can only register classes")
        it.outlives()
        cls.facts.setdefault(virtual_classes.REGISTERED, []).append(subclass)
    return subclass


@FUNCTIONS.raw("abstractmethod")
def _abstractmethod(it: Interpreter, funcobj: Any, /) -> Any:
    return abstractmethod(it, funcobj)


def abstractmethod(it: Interpreter, funcobj: Any) -> Any:
    if isinstance(funcobj, FunctionValue):
        funcobj.attrs[abstract_classes.MARK] = True
    elif isinstance(funcobj, Instance):
        it.set(funcobj, abstract_classes.MARK, True)
    return funcobj


@FUNCTIONS.raw("abstractproperty")
def abstractproperty(it: Interpreter, fget: Any = None, fset: Any = None, fdel: Any = None) -> Any:
    return Property(abstractmethod(it, fget), fset, fdel)


@FUNCTIONS.raw("abstractclassmethod")
def abstractclassmethod(it: Interpreter, callable: Any) -> Any:
    return ClassMethod(abstractmethod(it, callable))


@FUNCTIONS.raw("abstractstaticmethod")
def abstractstaticmethod(it: Interpreter, callable: Any) -> Any:
    return StaticMethod(abstractmethod(it, callable))


@FUNCTIONS.raw("update_abstractmethods")
def update_abstractmethods(it: Interpreter, cls: Any) -> Any:
    if isinstance(cls, ClassValue):
        it.write(cls.attrs)
        abstract_classes.note(cls)
    return cls
