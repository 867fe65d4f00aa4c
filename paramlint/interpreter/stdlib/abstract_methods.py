"""Methods that ``collections.abc`` gives to classes that derive from its kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers, equality, hashing, iteration
from paramlint.interpreter.natives import Table, lazy
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ITERATOR = Table()
_SEQUENCE = Table()
_MUTABLE_SEQUENCE = Table()
_MAPPING = Table()
_MUTABLE_MAPPING = Table()
MIXINS = {
    "Iterator": _ITERATOR,
    "Sequence": _SEQUENCE,
    "MutableSequence": _MUTABLE_SEQUENCE,
    "Mapping": _MAPPING,
    "MutableMapping": _MUTABLE_MAPPING,
}


def _length(it: Interpreter, self: Any) -> Any:
    return it.call(it.builtins["len"], [self])


def _known_length(it: Interpreter, self: Any) -> int:
    length = _length(it, self)
    if isinstance(length, Unknown):
        raise NeedsValue(length)
    return int(length)


@_ITERATOR.raw("__iter__", binds=True)
def _self(it: Interpreter, self: Any, /) -> Any:
    return self


# Sequences --------------------------------------------------------------------------------------------------------------------


@_SEQUENCE.raw("__iter__", binds=True)
def _sequence_iter(it: Interpreter, self: Any, /) -> Any:
    return lazy((it.item(self, index) for index in range(_known_length(it, self))), "iterator")


@_SEQUENCE.raw("__reversed__", binds=True)
def _sequence_reversed(it: Interpreter, self: Any, /) -> Any:
    return lazy((it.item(self, index) for index in reversed(range(_known_length(it, self)))), "iterator")


@_SEQUENCE.raw("__contains__", binds=True)
def _sequence_contains(it: Interpreter, self: Any, value: Any, /) -> Any:
    return comparison.contains(it, it.elements(self), value)


@_SEQUENCE.raw("index", binds=True)
def _index(it: Interpreter, self: Any, value: Any, /) -> Any:
    return it.call(it.get(it.elements(self), "index"), [value])


@_SEQUENCE.raw("count", binds=True)
def _count(it: Interpreter, self: Any, value: Any, /) -> Any:
    return it.call(it.get(it.elements(self), "count"), [value])


@_MUTABLE_SEQUENCE.raw("append", binds=True)
def _append(it: Interpreter, self: Any, value: Any, /) -> None:
    it.call(it.get(self, "insert"), [_length(it, self), value])


@_MUTABLE_SEQUENCE.raw("extend", "__iadd__", binds=True)
def _extend(it: Interpreter, self: Any, values: Any, /) -> Any:
    for value in it.elements(values):
        it.call(it.get(self, "append"), [value])
    return self


@_MUTABLE_SEQUENCE.raw("pop", binds=True)
def _pop(it: Interpreter, self: Any, index: Any = -1, /) -> Any:
    value = it.item(self, index)
    containers.delete_item(it, self, index)
    return value


# Mappings ---------------------------------------------------------------------------------------------------------------------


@_MAPPING.raw("get", binds=True)
def _get(it: Interpreter, self: Any, key: Any, default: Any = None) -> Any:
    try:
        return it.item(self, key)
    except Raised as raised:
        if iteration.is_error(it, raised, "KeyError"):
            return default
        raise


@_MAPPING.raw("__contains__", binds=True)
def _mapping_contains(it: Interpreter, self: Any, key: Any, /) -> Any:
    missing = object()
    return _get(it, self, key, missing) is not missing


@_MAPPING.raw("keys", binds=True)
def _keys(it: Interpreter, self: Any, /) -> Any:
    return it.made(dict.fromkeys(it.elements(self))).keys()


@_MAPPING.raw("values", binds=True)
def _values(it: Interpreter, self: Any, /) -> Any:
    return _as_dict(it, self).values()


@_MAPPING.raw("items", binds=True)
def _items(it: Interpreter, self: Any, /) -> Any:
    return _as_dict(it, self).items()


def _as_dict(it: Interpreter, self: Any) -> Any:
    return it.made({hashing.key_of(it, key): it.item(self, key) for key in it.elements(self)})


@_MAPPING.raw("__eq__", binds=True)
def _equal(it: Interpreter, self: Any, other: Any, /) -> Any:
    other = other if isinstance(other, dict) else _as_dict(it, other) if it.get_or(other, "keys", ABSENT) is not ABSENT else NotImplemented
    return other if other is NotImplemented else equality.equal(it, _as_dict(it, self), other)


@_MUTABLE_MAPPING.raw("pop", binds=True)
def _mapping_pop(it: Interpreter, self: Any, key: Any, default: Any = ABSENT, /) -> Any:
    value = _get(it, self, key, ABSENT)
    if value is ABSENT:
        if default is ABSENT:
            raise it.error("KeyError", key)
        return default
    containers.delete_item(it, self, key)
    return value


@_MUTABLE_MAPPING.raw("update", binds=True)
def _update(it: Interpreter, self: Any, other: Any = (), /, **kwargs: Any) -> None:
    for key, value in it.call(it.classes["dict"], [other], kwargs).items():
        containers.set_item(it, self, key, value)


@_MUTABLE_MAPPING.raw("setdefault", binds=True)
def _setdefault(it: Interpreter, self: Any, key: Any, default: Any = None) -> Any:
    value = _get(it, self, key, ABSENT)
    if value is ABSENT:
        containers.set_item(it, self, key, default)
        return default
    return value


@_MUTABLE_MAPPING.raw("clear", binds=True)
def _clear(it: Interpreter, self: Any, /) -> None:
    for key in it.elements(self):
        containers.delete_item(it, self, key)
