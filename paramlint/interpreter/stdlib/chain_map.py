"""``collections.ChainMap``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers, iteration, texts
from paramlint.interpreter.natives import Table, raw
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Instance, Property

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

CHAIN = Table()


def chain_map(it: Interpreter) -> ClassValue:
    from paramlint.interpreter.stdlib import namespace

    base = namespace(it, "collections.abc")["MutableMapping"]
    cls = ClassValue("ChainMap", (base,), dict(CHAIN), module="collections")
    cls.attrs.update({"parents": Property(raw("parents", _parents)), "fromkeys": ClassMethod(raw("fromkeys", _from_keys)), "__hash__": None})
    return cls


@CHAIN.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, /, *maps: Any) -> None:
    it.write(self.attrs)
    self.attrs["maps"] = it.made(list(maps) or [it.made({})])


@CHAIN.raw("__getitem__", binds=True)
def _item(it: Interpreter, self: Instance, key: Any, /) -> Any:
    for mapping in self.attrs["maps"]:
        found = it.truth(comparison.contains(it, mapping, key))
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        if found:
            return containers.get_item(it, mapping, key)
    if self.cls.find("__missing__") is not ABSENT:
        return it.call(it.get(self, "__missing__"), [key])
    raise it.error("KeyError", key)


@CHAIN.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return comparison.contains(it, it.made(dict.fromkeys(_keys(it, self))), key)


@CHAIN.raw("get", binds=True)
def _get(it: Interpreter, self: Instance, key: Any, default: Any = None) -> Any:
    found = it.truth(comparison.contains(it, self, key))
    return it.item(self, key) if found is True else default if found is False else found


@CHAIN.raw("copy", "__copy__", binds=True)
def _copy(it: Interpreter, self: Instance, /) -> Any:
    first, *rest = self.attrs["maps"]
    return it.call(self.cls, [it.call(it.get(first, "copy")), *rest])


def _parents(it: Interpreter, self: Instance, /) -> Any:
    return it.call(self.cls, self.attrs["maps"][1:])


def _from_keys(it: Interpreter, cls: Any, iterable: Any, value: Any = None, /) -> Any:
    return it.call(cls, [it.call(it.get(it.classes["dict"], "fromkeys"), [iterable, value])])


def _on_first(name: str) -> None:
    @CHAIN.raw(name, binds=True)
    def method(it: Interpreter, self: Instance, /, *args: Any) -> Any:
        try:
            return it.call(it.get(self.attrs["maps"][0], name), args)
        except Raised as raised:
            if iteration.is_error(it, raised, "KeyError"):
                raise it.error("KeyError", _not_first(it, args[0]) if args else "No keys found in the first mapping.") from None
            raise


for _name in ("pop", "popitem", "clear"):
    _on_first(_name)


@CHAIN.raw("__or__", binds=True)
def _or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if it.get_or(other, "keys", ABSENT) is ABSENT:
        return NotImplemented
    made = _copy(it, self)
    it.call(it.get(made.attrs["maps"][0], "update"), [other])
    return made


@CHAIN.raw("__ior__", binds=True)
def _in_place_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    it.call(it.get(self.attrs["maps"][0], "update"), [other])
    return self


@CHAIN.raw("__ror__", binds=True)
def _reflected_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if it.get_or(other, "keys", ABSENT) is ABSENT:
        return NotImplemented
    merged = it.call(it.classes["dict"], [other])
    for mapping in reversed(self.attrs["maps"]):
        it.call(it.get(merged, "update"), [mapping])
    return it.call(self.cls, [merged])


@CHAIN.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    parts = [texts.representation(it, mapping) for mapping in self.attrs["maps"]]
    unknown = next((part for part in parts if not isinstance(part, str)), None)
    return f"{self.cls.name}({', '.join(parts)})" if unknown is None else unknown


@CHAIN.raw("__setitem__", binds=True)
def _set(it: Interpreter, self: Instance, key: Any, value: Any, /) -> None:
    containers.set_item(it, self.attrs["maps"][0], key, value)


@CHAIN.raw("__delitem__", binds=True)
def _delete(it: Interpreter, self: Instance, key: Any, /) -> None:
    try:
        containers.delete_item(it, self.attrs["maps"][0], key)
    except Raised as raised:
        if iteration.is_error(it, raised, "KeyError"):
            raise it.error("KeyError", _not_first(it, key)) from None
        raise


def _not_first(it: Interpreter, key: Any) -> Any:
    text = texts.representation(it, key)
    return f"Key not found in the first mapping: {text}" if isinstance(text, str) else text


def _keys(it: Interpreter, self: Instance) -> list[Any]:
    result: dict[Any, None] = {}
    for mapping in reversed(self.attrs["maps"]):
        result.update(dict.fromkeys(it.elements(mapping)))
    return list(result)


@CHAIN.raw("__iter__", binds=True)
def _iter(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["iter"], [_keys(it, self)])


@CHAIN.raw("__len__", binds=True)
def _len(it: Interpreter, self: Instance, /) -> Any:
    return len(_keys(it, self))


@CHAIN.raw("new_child", binds=True)
def _new_child(it: Interpreter, self: Instance, m: Any = None) -> Any:
    return it.call(self.cls, [it.made({}) if m is None else m, *self.attrs["maps"]])
