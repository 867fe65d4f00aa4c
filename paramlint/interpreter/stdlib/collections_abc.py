"""``collections.abc``: kinds of objects, told by their methods, and the methods that a class gets for deriving from one."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import abstract_classes, operators
from paramlint.interpreter.stdlib import abstract_methods
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Foreign, FunctionValue, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Kind → the methods that make an object one of it, whatever its class says.
_METHODS: dict[str, tuple[str, ...]] = {
    "Hashable": ("__hash__",),
    "Sized": ("__len__",),
    "Container": ("__contains__",),
    "Iterable": ("__iter__",),
    "Iterator": ("__iter__", "__next__"),
    "Reversible": ("__iter__", "__reversed__"),
    "Collection": ("__len__", "__iter__", "__contains__"),
    "Callable": ("__call__",),
    "Awaitable": ("__await__",),
    "Coroutine": ("__await__", "send"),
    "AsyncIterable": ("__aiter__",),
    "AsyncIterator": ("__aiter__", "__anext__"),
    "AsyncGenerator": ("__aiter__", "asend"),
    "Generator": ("__iter__", "__next__", "send", "throw", "close"),
}
# Kinds that a class has to derive from, with the kinds that they are themselves.
_NOMINAL: dict[str, tuple[str, ...]] = {
    "Sequence": ("Reversible", "Collection"),
    "MutableSequence": ("Sequence",),
    "Set": ("Collection",),
    "MutableSet": ("Set",),
    "Mapping": ("Collection",),
    "MutableMapping": ("Mapping",),
    "ByteString": ("Sequence",),
    "MappingView": ("Sized",),
    "KeysView": ("MappingView", "Set"),
    "ItemsView": ("MappingView", "Set"),
    "ValuesView": ("MappingView", "Collection"),
}


def names(it: Interpreter) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, methods in _METHODS.items():
        above = ("Sized", "Iterable", "Container") if name == "Collection" else ("Iterable",) if name in ("Iterator", "Reversible") else ()
        result[name] = _make(it, name, tuple(result[base] for base in above), methods)
    for name, bases in _NOMINAL.items():
        result[name] = _make(it, name, tuple(result[base] for base in bases), None)
    for name, mixins in abstract_methods.MIXINS.items():
        result[name].attrs.update(mixins)
    for name, cls in result.items():
        _demand(cls, getattr(getattr(collections.abc, name, None), "__abstractmethods__", frozenset()))
    return result


def _demand(cls: ClassValue, methods: frozenset[str]) -> None:
    """The methods that a class must have which derives from a kind."""
    for name in methods:
        if name not in cls.attrs:
            cls.attrs[name] = Native(name, _not_there, binds=True)
            cls.attrs[name].attrs[abstract_classes.MARK] = True
    cls.attrs["__abstractmethods__"] = methods


def _not_there(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    raise it.not_followed("an abstract method that is called")


def _make(it: Interpreter, name: str, bases: tuple[ClassValue, ...], methods: tuple[str, ...] | None) -> ClassValue:
    from paramlint.interpreter.stdlib import namespace

    cls = ClassValue(name, bases or (it.classes["object"],), {}, module="collections.abc")
    cls.metaclass = namespace(it, "abc")["ABCMeta"]
    cls.facts["instance_check"] = _instance_check(name, methods)
    cls.facts["subclass_check"] = _subclass_check(name, methods)
    return cls


def _instance_check(name: str, methods: tuple[str, ...] | None) -> Callable[..., Any]:
    python = getattr(collections.abc, name, None)

    def check(it: Interpreter, value: Any) -> Any:
        if isinstance(value, Instance):
            found = _subclass_check(name, methods)(it, value.cls)
            return found if found is True or value.payload is None else check(it, value.payload)
        if isinstance(value, GeneratorValue):
            return name in ("Iterable", "Iterator", "Hashable") or (name == "Generator" and value.is_generator)
        if isinstance(value, FunctionValue | Native | BoundMethod):
            return name in ("Callable", "Hashable")
        if isinstance(value, ClassValue):
            return name in ("Callable", "Hashable") or (name in ("Iterable", "Sized", "Container") and value.fact("members") is not None)
        if isinstance(value, Foreign):
            return _foreign_check(it, value, name)
        return python is not None and isinstance(value, python)

    return check


def _foreign_check(it: Interpreter, value: Foreign, name: str) -> Any:
    kind = type(value)
    if name == "Callable":
        return kind.call is not Foreign.call
    if name == "Iterable":
        return kind.iterate is not Foreign.iterate
    if name == "Sized":
        return kind.length is not Foreign.length
    return it.unknown(Why.UNSUPPORTED, f"whether a {operators.type_name(value)} is a `{name}`")


def _has(cls: ClassValue, method: str) -> bool:
    found = cls.find(method)
    return found is not None and found is not ABSENT and not (isinstance(found, Native) and abstract_classes.MARK in found.attrs)


def _subclass_check(name: str, methods: tuple[str, ...] | None) -> Callable[..., Any]:
    python = getattr(collections.abc, name, None)

    def check(it: Interpreter, cls: ClassValue) -> Any:
        for base in cls.mro:
            if base.python is not None and python is not None and issubclass(base.python, python):
                return not (name == "Hashable" and cls.find("__hash__") is None)
        if name == "Hashable":
            return cls.find("__hash__") is not None
        if methods is not None and all(_has(cls, method) for method in methods):
            return True
        unknown = cls.fact("unknown_base")
        return False if unknown is None else Unknown(unknown)

    return check
