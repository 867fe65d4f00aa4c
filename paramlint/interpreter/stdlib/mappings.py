"""``OrderedDict`` and ``defaultdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import containers, equality, hashing, operators, slots, texts
from paramlint.interpreter.natives import Table, copied_openness, raw
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

ORDERED = Table()
DEFAULT = Table()


def ordered_dict(it: Interpreter) -> ClassValue:
    return ClassValue("OrderedDict", (it.classes["dict"],), dict(ORDERED), module="collections")


def default_dict(it: Interpreter) -> ClassValue:
    cls = ClassValue("defaultdict", (it.classes["dict"],), dict(DEFAULT), module="collections")
    cls.facts[slots.FACT] = frozenset({"default_factory"})
    return cls


def _copy(it: Interpreter, self: Instance) -> Instance:
    return it.instance(self.cls, self.attrs.copy(), copied_openness(it, self.payload, dict(self.payload)))


def _text(it: Interpreter, self: Instance, *before: Any) -> Any:
    parts = [
        *(texts.representation(it, part) for part in before),
        *([texts.representation(it, self.payload)] if self.payload or before else []),
    ]
    unknown = next((part for part in parts if not isinstance(part, str)), None)
    return unknown if unknown is not None else f"{self.cls.name}({', '.join(parts)})"


# OrderedDict --------------------------------------------------------------------------------------------------------------


@ORDERED.raw("__repr__", binds=True)
def _ordered_repr(it: Interpreter, self: Instance, /) -> Any:
    inside = texts.representation(it, it.made(list(self.payload.items())))
    return f"{self.cls.name}({inside if self.payload else ''})" if isinstance(inside, str) else inside


@ORDERED.raw("__init__", binds=True)
def _ordered_init(it: Interpreter, self: Instance, /, *args: Any, **kwargs: Any) -> None:
    if not isinstance(self.cls.find("__setitem__"), FunctionValue):
        it.call(it.classes["dict"].attrs["__init__"], [self, *args], kwargs)
        return
    for key, value in it.call(it.classes["dict"], args, kwargs).items():
        operators.special(it, self, "__setitem__", key, value)


def _view(name: str) -> Native:
    def run(it: Interpreter, self: Instance, /) -> Any:
        it.ordered[id(self.payload)] = self.payload
        return it.call(it.get(self.payload, name))

    return raw(name, run, binds=True)


ORDERED.update({name: _view(name) for name in ("keys", "values", "items")})


@ORDERED.raw("copy", binds=True)
def _ordered_copy(it: Interpreter, self: Instance, /) -> Any:
    return it.instance(self.cls, payload=copied_openness(it, self.payload, dict(self.payload)))  # attributes stay behind


@ORDERED.raw("__copy__", binds=True)
def _ordered_copied(it: Interpreter, self: Instance, /) -> Any:
    return _copy(it, self)


@ORDERED.raw("__eq__", binds=True)
def _ordered_equal(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if isinstance(other, Instance) and other.cls.find("move_to_end") is not ABSENT:
        same = it.truth(equality.equal(it, self.payload, other.payload))
        return same if same is not True else equality.equal(it, list(self.payload), list(other.payload))
    other = other.payload if isinstance(other, Instance) else other
    return equality.equal(it, self.payload, other) if isinstance(other, dict) else NotImplemented


@ORDERED.raw("__or__", binds=True)
def _ordered_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _merged(it, self, self, other)


@ORDERED.raw("__ror__", binds=True)
def _ordered_ror(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _merged(it, self, other, self)


def _merged(it: Interpreter, self: Instance, first: Any, second: Any) -> Any:
    if not all(isinstance(side.payload if isinstance(side, Instance) else side, dict) for side in (first, second)):
        return NotImplemented
    made = it.call(it.get(self, "copy")) if first is self else it.call(self.cls, [first])
    it.call(it.get(made, "update"), [second])
    return made


@ORDERED.raw("__reversed__", binds=True)
def _ordered_reversed(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["reversed"], [self.payload])


@ORDERED.raw("move_to_end", binds=True)
def move_to_end(it: Interpreter, self: Instance, key: Any, last: Any = True) -> None:
    if isinstance(key, Unknown):
        raise NeedsValue(key)
    value = containers.get_item(it, self.payload, key)
    entry = hashing.key_of(it, key)
    rest = {k: v for k, v in self.payload.items() if k != entry}
    it.write(self.payload)
    self.payload.clear()
    self.payload.update({**rest, entry: value} if it.truth(last) is True else {entry: value, **rest})


@ORDERED.raw("popitem", binds=True)
def popitem(it: Interpreter, self: Instance, last: Any = True) -> Any:
    reason = it.state.open_reason(self.payload)
    if not self.payload and reason is None:
        it.throw("KeyError", "dictionary is empty")
    if reason is not None or it.truth(last) is True:
        return it.call(it.get(self.payload, "popitem"))
    key = next(iter(self.payload))
    it.write(self.payload)
    return key, self.payload.pop(key)


# defaultdict --------------------------------------------------------------------------------------------------------------


@DEFAULT.raw("__init__", binds=True)
def _default_init(it: Interpreter, self: Instance, default_factory: Any = None, /, *args: Any, **kwargs: Any) -> None:
    if isinstance(default_factory, int | float | str | list | dict | tuple | set) and default_factory is not None:
        it.throw("TypeError", "first argument must be callable or None")
    it.write(self.attrs)
    self.attrs["default_factory"] = default_factory
    it.call(it.classes["dict"].attrs["__init__"], [self, *args], kwargs)


@DEFAULT.raw("__missing__", binds=True)
def _missing(it: Interpreter, self: Instance, key: Any, /) -> Any:
    factory = self.attrs.get("default_factory")
    if factory is None:
        raise it.error("KeyError", key)
    value = it.call(factory)
    if not isinstance(key, Unknown):
        hashing.put(it, self.payload, key, value)
    return value


@DEFAULT.raw("__repr__", binds=True)
def _default_repr(it: Interpreter, self: Instance, /) -> Any:
    return _text(it, self, self.attrs.get("default_factory"))


@DEFAULT.raw("__or__", binds=True)
def _default_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if not isinstance(other.payload if isinstance(other, Instance) else other, dict):
        return NotImplemented
    made = _copy(it, self)
    it.call(it.get(made, "update"), [other])
    return made


@DEFAULT.raw("__ror__", binds=True)
def _default_ror(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if not isinstance(other.payload if isinstance(other, Instance) else other, dict):
        return NotImplemented
    made = it.call(self.cls, [self.attrs.get("default_factory"), other])
    it.call(it.get(made, "update"), [self])
    return made


@DEFAULT.raw("copy", "__copy__", binds=True)
def _default_copy(it: Interpreter, self: Instance, /) -> Any:
    return _copy(it, self)
