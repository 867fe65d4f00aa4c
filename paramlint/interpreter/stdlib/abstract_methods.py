"""Methods that ``collections.abc`` gives to classes that derive from its kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers, equality, hashing, iteration
from paramlint.interpreter.natives import Table, lazy, raw
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassMethod, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ITERATOR = Table()
_SEQUENCE = Table()
_MUTABLE_SEQUENCE = Table()
_MAPPING = Table({"__reversed__": None})
_MUTABLE_MAPPING = Table({"__reversed__": None})
_SET = Table()
_MUTABLE_SET = Table()
MIXINS = {
    "Iterator": _ITERATOR,
    "Sequence": _SEQUENCE,
    "MutableSequence": _MUTABLE_SEQUENCE,
    "Mapping": _MAPPING,
    "MutableMapping": _MUTABLE_MAPPING,
    "Set": _SET,
    "MutableSet": _MUTABLE_SET,
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
def _index(it: Interpreter, self: Any, value: Any, start: Any = 0, stop: Any = None) -> Any:
    items = it.elements(self)
    for at in range(*slice(start, stop).indices(len(items))):
        found = equality.matches(it, items[at], value)
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        if found:
            return at
    raise Raised(it.call(it.classes["ValueError"]), it.site())


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


@_MUTABLE_SEQUENCE.raw("reverse", binds=True)
def _reverse(it: Interpreter, self: Any, /) -> None:
    size = _known_length(it, self)
    for at in range(size // 2):
        first, last = it.item(self, at), it.item(self, size - at - 1)
        containers.set_item(it, self, at, last)
        containers.set_item(it, self, size - at - 1, first)


@_MUTABLE_SEQUENCE.raw("remove", binds=True)
def _remove(it: Interpreter, self: Any, value: Any, /) -> None:
    containers.delete_item(it, self, it.call(it.get(self, "index"), [value]))


@_MUTABLE_SEQUENCE.raw("clear", binds=True)
def _clear_sequence(it: Interpreter, self: Any, /) -> None:
    while _known_length(it, self):
        it.step()
        it.call(it.get(self, "pop"))


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


@_MUTABLE_MAPPING.raw("popitem", binds=True)
def _popitem(it: Interpreter, self: Any, /) -> Any:
    keys = it.elements(self)
    if not keys:
        raise Raised(it.call(it.classes["KeyError"]), it.site())
    value = it.item(self, keys[0])
    containers.delete_item(it, self, keys[0])
    return keys[0], value


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


# Sets -------------------------------------------------------------------------------------------------------------------------


def _members(it: Interpreter, value: Any) -> dict[Any, Any]:
    """The elements by their keys, in the order in which the set gives them."""
    return {hashing.key_of(it, item): item for item in it.elements(value)}


def _from(it: Interpreter, self: Any, items: list[Any]) -> Any:
    return it.call(it.get(self, "_from_iterable"), [it.made(items)])


def _set_of(it: Interpreter, cls: Any, iterable: Any, /) -> Any:
    return it.call(cls, [iterable])


_SET["_from_iterable"] = ClassMethod(raw("_from_iterable", _set_of))


def _is_set(it: Interpreter, value: Any) -> bool:
    if isinstance(value, set | frozenset):
        return True
    return isinstance(value, Instance) and any(base.name == "Set" and base.module == "collections.abc" for base in value.cls.mro)


def _define_comparison(name: str, holds: Any) -> None:
    @_SET.raw(name, binds=True)
    def compare(it: Interpreter, self: Any, other: Any, /) -> Any:
        if not _is_set(it, other):
            return NotImplemented
        return holds(_members(it, self).keys(), _members(it, other).keys())


_define_comparison("__eq__", lambda a, b: a == b)
_define_comparison("__le__", lambda a, b: a <= b)
_define_comparison("__lt__", lambda a, b: a < b)
_define_comparison("__ge__", lambda a, b: a >= b)
_define_comparison("__gt__", lambda a, b: a > b)


def _define_operation(name: str, chosen: Any) -> None:
    @_SET.raw(f"__{name}__", binds=True)
    def combine(it: Interpreter, self: Any, other: Any, /) -> Any:
        if it.get_or(other, "__iter__", ABSENT) is ABSENT:
            return NotImplemented
        return _from(it, self, chosen(_members(it, self), _members(it, other)))


_define_operation("and", lambda a, b: [item for key, item in b.items() if key in a])
_define_operation("or", lambda a, b: [*a.values(), *(item for key, item in b.items() if key not in a)])
_define_operation("sub", lambda a, b: [item for key, item in a.items() if key not in b])
_define_operation("xor", lambda a, b: [*(i for k, i in a.items() if k not in b), *(i for k, i in b.items() if k not in a)])


@_SET.raw("isdisjoint", binds=True)
def _disjoint(it: Interpreter, self: Any, other: Any, /) -> Any:
    return _members(it, self).keys().isdisjoint(_members(it, other).keys())


@_MUTABLE_SET.raw("remove", binds=True)
def _remove_member(it: Interpreter, self: Any, value: Any, /) -> None:
    if it.truth(comparison.contains(it, self, value)) is False:
        raise it.error("KeyError", value)
    it.call(it.get(self, "discard"), [value])


@_MUTABLE_SET.raw("pop", binds=True)
def _pop_member(it: Interpreter, self: Any, /) -> Any:
    items = it.elements(self)
    if not items:
        raise Raised(it.call(it.classes["KeyError"]), it.site())
    it.call(it.get(self, "discard"), [items[0]])
    return items[0]


@_MUTABLE_SET.raw("clear", binds=True)
def _clear_set(it: Interpreter, self: Any, /) -> None:
    for item in it.elements(self):
        it.call(it.get(self, "discard"), [item])


@_MUTABLE_SET.raw("__ior__", binds=True)
def _add_all(it: Interpreter, self: Any, other: Any, /) -> Any:
    for item in it.elements(other):
        it.call(it.get(self, "add"), [item])
    return self


@_MUTABLE_SET.raw("__iand__", binds=True)
def _keep_all(it: Interpreter, self: Any, other: Any, /) -> Any:
    kept = _members(it, other)
    for key, item in _members(it, self).items():
        if key not in kept:
            it.call(it.get(self, "discard"), [item])
    return self


@_MUTABLE_SET.raw("__isub__", binds=True)
def _drop_all(it: Interpreter, self: Any, other: Any, /) -> Any:
    for item in it.elements(other):
        it.call(it.get(self, "discard"), [item])
    return self
