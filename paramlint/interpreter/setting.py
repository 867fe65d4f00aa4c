"""Attributes that are set and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.binding import bind
from paramlint.interpreter.handed import is_plain, through
from paramlint.interpreter.held import loose
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import (
    ABSENT,
    ANY,
    BoundMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    Instance,
    Native,
    Property,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def set_(it: Interpreter, value: Any, name: str, new: Any) -> None:
    if isinstance(value, Instance):
        custom = value.cls.find("__setattr__")
        if custom is not ABSENT and custom is not it.classes["object"].attrs.get("__setattr__"):
            it.call(bind(it, custom, value, value.cls), [name, new])
        else:
            set_plain(it, value, name, new)
    elif isinstance(value, ClassValue | FunctionValue | Native):
        it.write(value.attrs)
        value.attrs[name] = new
    elif isinstance(value, ModuleValue):
        value.assign(it, name, new)
    elif isinstance(value, Unknown):
        through(it, value)
        it.escaped(new, value.reason)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_(it, item, name, new))
    elif isinstance(value, BoundMethod):
        set_(it, value.func, name, new)
    elif isinstance(value, Foreign) and value.set(it, name, new) is not NotImplemented:
        return
    elif not isinstance(value, Foreign | Formula):
        it.throw("AttributeError", f"'{type_name(value)}' object has no attribute '{name}'")


def set_plain(it: Interpreter, value: Instance, name: str, new: Any) -> None:
    """``object.__setattr__``: a property's setter or a descriptor, else the instance's own attribute."""
    declared = value.cls.find(name)
    if isinstance(declared, Property) and declared.cached is None:
        if declared.setter is None:
            it.throw("AttributeError", f"property '{name}' of '{value.cls.name}' object has no setter")
        it.call(declared.setter, [value, new])
        return
    if isinstance(declared, Instance) and declared.cls.find("__set__") is not ABSENT:
        it.call(it.get(declared, "__set__"), [value, new])
        return
    if name == "__class__" and isinstance(new, ClassValue):
        value.cls = new
        return
    if name == "__dict__" and declared is ABSENT:
        _set_all(it, value, new)
        return
    it.write(value.attrs)
    value.attrs[name] = new


def _set_all(it: Interpreter, value: Instance, new: Any) -> None:
    """``self.__dict__ = self`` of a dict, or another object's ``__dict__``: from then on both are one, and what changes there changes here."""
    space = new.payload if isinstance(new, Instance) else new
    if isinstance(space, dict) and not (it.state.logs and value.attrs):
        value.attrs = space
        return
    it.write(value.attrs)
    if not isinstance(space, dict):
        it.state.mark_open(value.attrs, new.reason if isinstance(new, Unknown) else it.unknown_reason("an object whose attributes are not a dict"))
        return
    unknown = it.unknown(Why.UNSUPPORTED, "an object that shares its attributes with another")
    value.attrs.update(dict.fromkeys([*value.attrs, *space], unknown))


def holds(value: Any) -> tuple[Any, ...]:
    """What may be found in an object under a name that is not known."""
    if isinstance(value, Instance):
        return (*value.attrs.values(), value.payload)
    return tuple(value.attrs.values()) if isinstance(value, ClassValue) else ()


def set_any(it: Interpreter, value: Any, reason: Reason, new: Any) -> None:
    """An attribute whose name is not known is set, or deleted where ``new`` is absent."""
    if isinstance(value, Unknown):
        through(it, value)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_any(it, item, reason, new))
    elif isinstance(value, Instance | ClassValue | FunctionValue):
        it.write(value.attrs)
        if not isinstance(value, Instance) or is_plain(value):
            for name, old in value.attrs.items():
                if not name.startswith("__"):
                    value.attrs[name] = it.state.join(old, new, reason)
        if new is not ABSENT:
            value.attrs[ANY] = it.state.join(value.attrs.get(ANY, ABSENT), loose(reason, (new,)), reason)
        if isinstance(value, Instance):
            it.changed(value, reason)


def delete(it: Interpreter, value: Any, name: str) -> None:
    if isinstance(value, Instance):
        custom = value.cls.find("__delattr__")
        if custom is not ABSENT and custom is not it.classes["object"].attrs.get("__delattr__"):
            it.call(bind(it, custom, value, value.cls), [name])
            return
        declared = value.cls.find(name)
        if isinstance(declared, Property) and declared.cached is None:
            if declared.deleter is None:
                it.throw("AttributeError", f"property '{name}' of '{value.cls.name}' object has no deleter")
            it.call(declared.deleter, [value])
            return
        if isinstance(declared, Instance) and declared.cls.find("__delete__") is not ABSENT:
            it.call(it.get(declared, "__delete__"), [value])
            return
    if isinstance(value, Unknown):
        through(it, value)
    elif isinstance(value, Either):
        it.each(value, lambda item: delete(it, item, name))
    elif isinstance(value, Instance | ClassValue | FunctionValue):
        it.write(value.attrs)
        if value.attrs.pop(name, ABSENT) is ABSENT:
            it.throw("AttributeError", f"'{type_name(value)}' object has no attribute '{name}'")
