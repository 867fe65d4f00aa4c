"""``collections.UserDict`` and ``UserList``: containers in source code that keep their contents in ``data``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import comparison, containers, equality, in_place, texts
from paramlint.interpreter.natives import Table
from paramlint.interpreter.operands import payload_of
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_BOTH = Table()
_DICT = Table()
_LIST = Table()


def user_dict(it: Interpreter) -> ClassValue:
    return _class(it, "UserDict", "MutableMapping", _DICT)


def user_list(it: Interpreter) -> ClassValue:
    return _class(it, "UserList", "MutableSequence", _LIST)


def _class(it: Interpreter, name: str, base: str, table: Table) -> ClassValue:
    from paramlint.interpreter.stdlib import namespace

    cls = ClassValue(name, (namespace(it, "collections.abc")[base],), {**_BOTH, **table}, module="collections")
    if "fromkeys" in cls.attrs:
        cls.attrs["fromkeys"] = ClassMethod(cls.attrs["fromkeys"])
    cls.attrs["__hash__"] = None
    return cls


def _mapping(it: Interpreter) -> Any:
    from paramlint.interpreter.stdlib import namespace

    return namespace(it, "collections.abc")["Mapping"]


def _data(it: Interpreter, self: Any) -> Any:
    return it.get(self, "data")


def _plain(it: Interpreter, value: Any) -> Any:
    """What such a container holds, what is behind an instance of a subclass of dict or list, or the value itself."""
    if isinstance(value, Instance) and any(base.name in ("UserDict", "UserList") for base in value.cls.mro):
        return it.get(value, "data")
    return payload_of(value)


@_BOTH.raw("__len__", binds=True)
def _len(it: Interpreter, self: Any, /) -> Any:
    return it.call(it.builtins["len"], [_data(it, self)])


@_BOTH.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Any, item: Any, /) -> Any:
    return comparison.contains(it, _data(it, self), item)


@_BOTH.raw("__delitem__", binds=True)
def _delete(it: Interpreter, self: Any, key: Any, /) -> None:
    containers.delete_item(it, _data(it, self), key)


@_BOTH.raw("__setitem__", binds=True)
def _set(it: Interpreter, self: Any, key: Any, item: Any, /) -> None:
    containers.set_item(it, _data(it, self), key, item)


@_BOTH.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Any, /) -> Any:
    return texts.representation(it, _data(it, self))


@_BOTH.raw("__iter__", binds=True)
def _iter(it: Interpreter, self: Any, /) -> Any:
    return it.call(it.builtins["iter"], [_data(it, self)])


@_BOTH.raw("__eq__", binds=True)
def _equal(it: Interpreter, self: Any, other: Any, /) -> Any:
    other = _plain(it, other)
    kind = dict if self.cls.find("append") is ABSENT else list
    if kind is dict and isinstance(other, Instance) and it.truth(it.call(it.builtins["isinstance"], [other, _mapping(it)])) is True:
        other = it.call(it.classes["dict"], [it.call(it.get(other, "items"))])
    return equality.equal(it, _data(it, self), other) if isinstance(other, kind) else NotImplemented


@_BOTH.raw("copy", "__copy__", binds=True)
def _copy(it: Interpreter, self: Any, /) -> Any:
    made = it.instance(self.cls, {**self.attrs})
    made.attrs["data"] = it.call(it.get(_data(it, self), "copy"))
    return made


# UserDict -------------------------------------------------------------------------------------------------------------------


@_DICT.raw("__init__", binds=True)
def _dict_init(it: Interpreter, self: Any, dict: Any = None, /, **kwargs: Any) -> None:
    it.set(self, "data", it.made({}))
    for source in ([] if dict is None else [dict]) + ([it.made(kwargs)] if kwargs else []):
        it.call(it.get(self, "update"), [source])


@_DICT.raw("__getitem__", binds=True)
def _dict_item(it: Interpreter, self: Any, key: Any, /) -> Any:
    found = comparison.contains(it, _data(it, self), key)
    if found is False and self.cls.find("__missing__") is not ABSENT:
        return it.call(it.get(self, "__missing__"), [key])
    return it.item(_data(it, self), key)


@_DICT.raw("get", binds=True)
def _dict_get(it: Interpreter, self: Any, key: Any, default: Any = None) -> Any:
    found = it.truth(comparison.contains(it, self, key))
    return it.item(self, key) if found is True else default if found is False else found


@_DICT.raw("__or__", binds=True)
def _or(it: Interpreter, self: Any, other: Any, /) -> Any:
    other = _plain(it, other)
    return it.call(self.cls, [it.binary("|", _data(it, self), other)]) if isinstance(other, dict) else NotImplemented


@_DICT.raw("__ror__", binds=True)
def _reflected_or(it: Interpreter, self: Any, other: Any, /) -> Any:
    other = _plain(it, other)
    return it.call(self.cls, [it.binary("|", other, _data(it, self))]) if isinstance(other, dict) else NotImplemented


@_DICT.raw("__ior__", binds=True)
def _in_place_or(it: Interpreter, self: Any, other: Any, /) -> Any:
    in_place.in_place(it, "|", _data(it, self), _plain(it, other))
    return self


@_DICT.raw("fromkeys")
def _from_keys(it: Interpreter, cls: Any, iterable: Any, value: Any = None, /) -> Any:
    made = it.call(cls)
    for key in it.elements(iterable):
        containers.set_item(it, made, key, value)
    return made


# UserList -------------------------------------------------------------------------------------------------------------------


@_LIST.raw("__init__", binds=True)
def _list_init(it: Interpreter, self: Any, initlist: Any = None) -> None:
    it.set(self, "data", it.call(it.classes["list"], [] if initlist is None else [_plain(it, initlist)]))


@_LIST.raw("__getitem__", binds=True)
def _list_item(it: Interpreter, self: Any, index: Any, /) -> Any:
    found = it.item(_data(it, self), index)
    return it.call(self.cls, [found]) if isinstance(index, slice) else found


def _passed_on(name: str) -> None:
    @_LIST.raw(name, binds=True)
    def method(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return it.call(it.get(_data(it, self), name), [_plain(it, value) for value in args], kwargs)


for _name in ("append", "insert", "pop", "remove", "clear", "count", "index", "reverse", "sort", "extend"):
    _passed_on(_name)


def _operation(name: str, op: str) -> None:
    @_LIST.raw(f"__{name}__", binds=True)
    def forward(it: Interpreter, self: Any, other: Any, /) -> Any:
        return it.call(self.cls, [it.binary(op, _data(it, self), _as_list(it, other, op))])

    @_LIST.raw(f"__r{name}__", binds=True)
    def reflected(it: Interpreter, self: Any, other: Any, /) -> Any:
        return it.call(self.cls, [it.binary(op, _as_list(it, other, op), _data(it, self))])

    @_LIST.raw(f"__i{name}__", binds=True)
    def change(it: Interpreter, self: Any, other: Any, /) -> Any:
        in_place.in_place(it, op, _data(it, self), _as_list(it, other, op))
        return self


def _as_list(it: Interpreter, other: Any, op: str) -> Any:
    other = _plain(it, other)
    return other if op == "*" or isinstance(other, list) else it.call(it.classes["list"], [other])


_operation("add", "+")
_operation("mul", "*")


def _comparison(name: str, op: str) -> None:
    @_LIST.raw(name, binds=True)
    def compare(it: Interpreter, self: Any, other: Any, /) -> Any:
        return comparison.compare(it, op, _data(it, self), _plain(it, other))


for _name, _op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
    _comparison(_name, _op)
