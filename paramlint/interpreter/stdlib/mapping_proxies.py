"""``types.MappingProxyType``: a mapping that can be read through it and not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import comparison, equality, texts
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

PROXY = Table()
_OF = "<mapping>"


def proxy_class(it: Interpreter) -> ClassValue:
    found = it.classes.get("mappingproxy")
    if found is None:
        found = it.classes["mappingproxy"] = ClassValue("mappingproxy", (it.classes["object"],), dict(PROXY))
        found.make = lambda it, args, kwargs: proxy(it, *args[1:], **kwargs)
        found.attrs["__hash__"] = None
    return found


def proxy(it: Interpreter, mapping: Any) -> Any:
    if isinstance(mapping, int | float | str | list | tuple | set | None):
        kind = it.class_of(mapping)
        it.throw("TypeError", f"mappingproxy() argument must be a mapping, not {kind.name if isinstance(kind, ClassValue) else kind}")
    return it.instance(proxy_class(it), {_OF: mapping})


def _passed_on(name: str) -> None:
    @PROXY.raw(name, binds=True)
    def method(it: Interpreter, self: Instance, /, *args: Any, **kwargs: Any) -> Any:
        return it.call(it.get(self.attrs[_OF], name), args, kwargs)


for _name in ("get", "keys", "values", "items", "copy"):
    _passed_on(_name)


@PROXY.raw("__getitem__", binds=True)
def _item(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return it.item(self.attrs[_OF], key)


@PROXY.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return comparison.contains(it, self.attrs[_OF], key)


@PROXY.raw("__iter__", binds=True)
def _iter(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["iter"], [self.attrs[_OF]])


@PROXY.raw("__reversed__", binds=True)
def _reversed(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["reversed"], [self.attrs[_OF]])


@PROXY.raw("__len__", binds=True)
def _len(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["len"], [self.attrs[_OF]])


@PROXY.raw("__eq__", binds=True)
def _equal(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return equality.equal(it, self.attrs[_OF], _behind(other))


@PROXY.raw("__or__", binds=True)
def _or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return it.binary("|", self.attrs[_OF], _behind(other))


@PROXY.raw("__ior__", binds=True)
def _in_place_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    it.throw("TypeError", "'|=' is not supported by mappingproxy; use '|' instead")


@PROXY.raw("__ror__", binds=True)
def _reflected_or(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return it.binary("|", other, self.attrs[_OF])


@PROXY.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    inside = texts.representation(it, self.attrs[_OF])
    return f"mappingproxy({inside})" if isinstance(inside, str) else inside


@PROXY.raw("__str__", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    return texts.text(it, self.attrs[_OF])


@PROXY.raw("__setattr__", binds=True)
def _refuse(it: Interpreter, self: Instance, name: Any, value: Any, /) -> None:
    it.throw("AttributeError", f"'mappingproxy' object has no attribute '{name}'")


def _behind(value: Any) -> Any:
    return value.attrs[_OF] if isinstance(value, Instance) and value.cls.name == "mappingproxy" and _OF in value.attrs else value


