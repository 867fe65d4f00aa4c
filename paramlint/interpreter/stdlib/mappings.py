"""``OrderedDict``, ``defaultdict`` and the ``User…`` classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import containers, equality, hashing, texts
from paramlint.interpreter.natives import Table, copied_openness
from paramlint.interpreter.values import ABSENT, ClassValue, Instance, Native, Property

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

ORDERED = Table()
DEFAULT = Table()


def ordered_dict(it: Interpreter) -> ClassValue:
    return ClassValue("OrderedDict", (it.classes["dict"],), dict(ORDERED), module="collections")


def default_dict(it: Interpreter) -> ClassValue:
    return ClassValue("defaultdict", (it.classes["dict"],), dict(DEFAULT), module="collections")


def user_class(it: Interpreter, name: str, base: str) -> ClassValue:
    """``UserDict`` and ``UserList``: the class that they wrap, with ``data`` for its contents."""
    table = Table()
    table.raw("data", binds=True)(lambda it, self: self.payload)

    def start(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """None stands for nothing, unlike in the class that is wrapped."""
        self, *given = args
        return it.call(it.classes[base].find("__init__"), [self, *(given[1:] if given and given[0] is None else given)], kwargs)

    methods = {"data": Property(table["data"]), "__init__": Native("__init__", start, binds=True)}
    return ClassValue(name, (it.classes[base],), methods, module="collections")


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


@ORDERED.raw("copy", "__copy__", binds=True)
def _ordered_copy(it: Interpreter, self: Instance, /) -> Any:
    return _copy(it, self)


@ORDERED.raw("__eq__", binds=True)
def _ordered_equal(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if isinstance(other, Instance) and other.cls.find("move_to_end") is not ABSENT:
        same = it.truth(equality.equal(it, self.payload, other.payload))
        return same if same is not True else equality.equal(it, list(self.payload), list(other.payload))
    return equality.equal(it, self.payload, other.payload if isinstance(other, Instance) else other)


@ORDERED.raw("move_to_end", binds=True)
def move_to_end(it: Interpreter, self: Instance, key: Any, last: Any = True) -> None:
    value = containers.get_item(it, self.payload, key)
    entry = hashing.key_of(it, key)
    rest = {k: v for k, v in self.payload.items() if k != entry}
    it.write(self.payload)
    self.payload.clear()
    self.payload.update({**rest, entry: value} if it.truth(last) is True else {entry: value, **rest})


@ORDERED.raw("popitem", binds=True)
def popitem(it: Interpreter, self: Instance, last: Any = True) -> Any:
    reason = it.state.open_reason(self.payload)
    if reason is not None or not self.payload or it.truth(last) is True:
        return it.call(it.get(self.payload, "popitem"))
    key = next(iter(self.payload))
    it.write(self.payload)
    return key, self.payload.pop(key)


# defaultdict --------------------------------------------------------------------------------------------------------------


@DEFAULT.raw("__init__", binds=True)
def _default_init(it: Interpreter, self: Instance, default_factory: Any = None, /, *args: Any, **kwargs: Any) -> None:
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


@DEFAULT.raw("copy", "__copy__", binds=True)
def _default_copy(it: Interpreter, self: Instance, /) -> Any:
    return _copy(it, self)
