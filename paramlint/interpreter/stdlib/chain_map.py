"""``collections.ChainMap``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

CHAIN = Table()


def chain_map(it: Interpreter) -> ClassValue:
    from paramlint.interpreter.stdlib import namespace

    base = namespace(it, "collections.abc")["MutableMapping"]
    return ClassValue("ChainMap", (base,), dict(CHAIN), module="collections")


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
    raise it.error("KeyError", key)


@CHAIN.raw("__setitem__", binds=True)
def _set(it: Interpreter, self: Instance, key: Any, value: Any, /) -> None:
    containers.set_item(it, self.attrs["maps"][0], key, value)


@CHAIN.raw("__delitem__", binds=True)
def _delete(it: Interpreter, self: Instance, key: Any, /) -> None:
    containers.delete_item(it, self.attrs["maps"][0], key)


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
