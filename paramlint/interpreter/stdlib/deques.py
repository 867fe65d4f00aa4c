"""``collections.deque``: a list that is also used from its left end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers, in_place, iteration, operators, slots, texts
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

DEQUE = Table()


def deque(it: Interpreter) -> ClassValue:
    cls = ClassValue("deque", (it.classes["object"],), dict(DEQUE), module="collections")
    cls.make = lambda it, args, kwargs: it.instance(args[0], {"maxlen": None}, it.made([]))
    cls.attrs["__hash__"] = None
    cls.facts[slots.FACT] = frozenset({"__weakref__"})
    return cls


def _trim(it: Interpreter, self: Instance, *, left: bool) -> None:
    most = self.attrs.get("maxlen")
    if most is None:
        return
    known(it, most)
    while len(self.payload) > most:
        del self.payload[0 if left else -1]


@DEQUE.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, iterable: Any = (), maxlen: Any = None) -> None:
    it.write(self.attrs)
    if isinstance(maxlen, int) and maxlen < 0:
        it.throw("ValueError", "maxlen must be non-negative")
    self.attrs["maxlen"] = maxlen
    it.call(it.get(self.payload, "clear"))
    _extend(it, self, iterable)


@DEQUE.raw("append", binds=True)
def _append(it: Interpreter, self: Instance, item: Any, /) -> None:
    it.call(it.get(self.payload, "append"), [item])
    _trim(it, self, left=True)


@DEQUE.raw("extend", binds=True)
def _extend(it: Interpreter, self: Instance, iterable: Any, /) -> None:
    it.call(it.get(self.payload, "extend"), [iterable])
    _trim(it, self, left=True)


@DEQUE.raw("appendleft", binds=True)
def _append_left(it: Interpreter, self: Instance, item: Any, /) -> None:
    it.call(it.get(self.payload, "insert"), [0, item])
    _trim(it, self, left=False)


@DEQUE.raw("extendleft", binds=True)
def _extend_left(it: Interpreter, self: Instance, iterable: Any, /) -> None:
    for item in it.elements(iterable):
        _append_left(it, self, item)


@DEQUE.raw("popleft", binds=True)
def _pop_left(it: Interpreter, self: Instance, /) -> Any:
    return _taken(it, self, 0)


@DEQUE.raw("pop", binds=True)
def _pop(it: Interpreter, self: Instance, /) -> Any:
    return _taken(it, self)


def _taken(it: Interpreter, self: Instance, *at: Any) -> Any:
    if not self.payload and it.state.open_reason(self.payload) is None:
        it.throw("IndexError", "pop from an empty deque")
    return it.call(it.get(self.payload, "pop"), at)


@DEQUE.raw("insert", binds=True)
def _insert(it: Interpreter, self: Instance, index: Any, item: Any, /) -> None:
    most = self.attrs.get("maxlen")
    if most is not None:
        known(it, most)
        if len(self.payload) >= most:
            it.call(it.get(it.made([]), "insert"), [index, item])  # refuses what is no index first
            it.throw("IndexError", "deque already at its maximum size")
    it.call(it.get(self.payload, "insert"), [index, item])


def _search(name: str) -> None:
    @DEQUE.raw(name, binds=True)
    def method(it: Interpreter, self: Instance, item: Any, /, *bounds: Any) -> Any:
        try:
            return it.call(it.get(self.payload, name), [item, *bounds])
        except Raised as raised:
            text = texts.representation(it, item)
            if not iteration.is_error(it, raised, "ValueError"):
                raise
            raise it.error("ValueError", f"{text} is not in deque" if isinstance(text, str) else text) from None


for _name in ("index", "remove"):
    _search(_name)


@DEQUE.raw("rotate", binds=True)
def _rotate(it: Interpreter, self: Instance, n: Any = 1, /) -> None:
    if isinstance(n, Unknown) or it.state.open_reason(self.payload) is not None:
        obscure(it, self.payload, n.reason if isinstance(n, Unknown) else it.state.open_reason(self.payload))  # type: ignore[arg-type]
        raise NeedsValue(n if isinstance(n, Unknown) else Unknown(it.state.open_reason(self.payload)))  # type: ignore[arg-type]
    it.write(self.payload)
    if self.payload:
        n %= len(self.payload)
        it.charge(len(self.payload) // ELEMENTS)
        self.payload[:] = self.payload[-n:] + self.payload[:-n] if n else self.payload


@DEQUE.raw("copy", "__copy__", binds=True)
def _copy(it: Interpreter, self: Instance, /) -> Any:
    return it.instance(self.cls, self.attrs.copy(), it.call(it.get(self.payload, "copy")))


@DEQUE.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    inside = texts.representation(it, self.payload)
    most = self.attrs.get("maxlen")
    return inside if not isinstance(inside, str) else f"deque({inside})" if most is None else f"deque({inside}, maxlen={most})"


# As sequences ---------------------------------------------------------------------------------------------------------------


def _is_deque(value: Any) -> bool:
    return isinstance(value, Instance) and any(base.name == "deque" and base.module == "collections" for base in value.cls.mro)


@DEQUE.raw("__getitem__", binds=True)
def _item(it: Interpreter, self: Instance, index: Any, /) -> Any:
    if isinstance(index, slice | str | float | list | tuple | dict | None):
        it.throw("TypeError", f"sequence index must be integer, not '{operators.type_name(index)}'")
    try:
        return containers.get_item(it, self.payload, index)
    except Raised as raised:
        raise _out_of_range(it, raised) from None


@DEQUE.raw("__setitem__", binds=True)
def _set_item(it: Interpreter, self: Instance, index: Any, value: Any, /) -> None:
    if isinstance(index, slice | str | float | list | tuple | dict | None):
        it.throw("TypeError", f"sequence index must be integer, not '{operators.type_name(index)}'")
    try:
        containers.set_item(it, self.payload, index, value)
    except Raised as raised:
        raise _out_of_range(it, raised) from None


@DEQUE.raw("__delitem__", binds=True)
def _delete_item(it: Interpreter, self: Instance, index: Any, /) -> None:
    try:
        containers.delete_item(it, self.payload, index)
    except Raised as raised:
        raise _out_of_range(it, raised) from None


def _out_of_range(it: Interpreter, raised: Raised) -> Raised:
    return it.error("IndexError", "deque index out of range") if iteration.is_error(it, raised, "IndexError") else raised


@DEQUE.raw("__add__", binds=True)
def _add(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if not _is_deque(other):
        if isinstance(other, Unknown):
            return other
        if operators.method_of(other, "__radd__") is not ABSENT:
            return NotImplemented
        it.throw("TypeError", f'can only concatenate deque (not "{operators.type_name(other)}") to deque')
    made = it.call(it.get(self, "copy"))
    _extend(it, made, other)
    return made


@DEQUE.raw("__iadd__", binds=True)
def _in_place_add(it: Interpreter, self: Instance, other: Any, /) -> Any:
    _extend(it, self, other)
    return self


@DEQUE.raw("__mul__", "__rmul__", binds=True)
def _multiply(it: Interpreter, self: Instance, count: Any, /) -> Any:
    items = operators.binary(it, "*", self.payload, count)
    return it.call(self.cls, [items, self.attrs.get("maxlen")])


@DEQUE.raw("__imul__", binds=True)
def _in_place_multiply(it: Interpreter, self: Instance, count: Any, /) -> Any:
    in_place.in_place(it, "*", self.payload, count)
    _trim(it, self, left=True)
    return self


def _define(name: str, op: str) -> None:
    @DEQUE.raw(name, binds=True)
    def compare(it: Interpreter, self: Instance, other: Any, /) -> Any:
        return comparison.compare(it, op, self.payload, other.payload) if _is_deque(other) else NotImplemented


for _name, _op in (("__eq__", "=="), ("__ne__", "!="), ("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
    _define(_name, _op)
