"""Attributes of classes, and of ``super()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Harmless, LeavesAlone, Unknown, Why
from paramlint.interpreter import containers, hints, metaclasses, methods, slots, type_variables
from paramlint.interpreter.binding import bind
from paramlint.interpreter.natives import raw
from paramlint.interpreter.unmodelled import unmodelled
from paramlint.interpreter.values import (
    ABSENT,
    ClassValue,
    Instance,
    Native,
    Property,
    Super,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def of_super(it: Interpreter, value: Super, name: str) -> Any:
    instance = value.object
    if isinstance(instance, ClassValue) and value.cls not in instance.mro and instance.metaclass is not None:
        return bind(it, instance.metaclass.find_after(value.cls, name), instance, instance.metaclass)  # in a method of a metaclass
    cls = instance if isinstance(instance, ClassValue) else it.class_of(instance)
    if isinstance(cls, Unknown):
        return cls
    found = cls.find_after(value.cls, name)
    payload = instance.payload if isinstance(instance, Instance) else None
    if payload is not None and (found is ABSENT or (name in _TEXT_METHODS and found is it.classes["object"].attrs.get(name))):
        if name == "__getitem__":
            return Native(name, lambda it, args, kwargs: containers.payload_item(it, instance, args[0]))
        return methods.find(it, payload, name)
    if found is ABSENT:
        unknown = cls.fact("unknown_base")
        if unknown is not None:
            known = name.startswith("__") or isinstance(unknown, Harmless | LeavesAlone) or not isinstance(instance, Instance)
            return Unknown(unknown) if known else Unknown(unknown, (instance,), name)
        native = methods.unbound(it, it.classes["object"], name)
        return unmodelled(cls, name) if native is ABSENT else bind(it, native, instance, cls)
    if isinstance(instance, ClassValue):
        return found if found.__class__ is Native else bind(it, found, None, instance)
    return bind(it, found, instance, cls)


_TEXT_METHODS = ("__repr__", "__str__", "__format__", "__dir__")


def of_class(it: Interpreter, cls: ClassValue, name: str, *, custom: bool = True) -> Any:
    """The attribute; with ``custom`` as a ``__getattribute__`` of the metaclass gives it, where there is one."""
    if cls.metaclass is not None:
        if custom and "getattribute" in cls.metaclass.facts:
            return it.call(cls.metaclass.facts["getattribute"], [cls, name])
        declared = cls.metaclass.find(name)
        if isinstance(declared, Property):
            return it.call(declared.getter, [cls])
        if isinstance(declared, Instance) and declared.cls.find("__set__") is not ABSENT and declared.cls.find("__get__") is not ABSENT:
            return it.call(it.get(declared, "__get__"), [cls, cls.metaclass])
    if name == hints.NAME:
        return hints.of_class(it, cls)
    if name == "__module__" and cls.module == "builtins" and cls.site is None:
        return "builtins"
    found = cls.find(name) if name != "__doc__" else cls.attrs.get(name, ABSENT)  # which is not inherited
    if found is not ABSENT:
        if it.suspects:
            it.used(cls)
        return bind(it, found, None, cls)
    special = _class_special(it, cls, name)
    if special is not ABSENT:
        return special
    native = methods.unbound(it, cls, name)
    if native is not ABSENT:
        return native
    if cls.metaclass is not None:
        declared = cls.metaclass.find(name)
        if declared is not ABSENT:
            return bind(it, declared, cls, cls.metaclass)
        fallback = cls.metaclass.find("__getattr__")
        if fallback is not ABSENT:
            return it.call(fallback, [cls, name])
    unknown = cls.fact("unknown_base")
    if unknown is None and slots.has(cls, name):
        return it.unknown(Why.UNSUPPORTED, f"the slot `{cls.name}.{name}` itself")
    return unmodelled(cls, name) if unknown is None or name.startswith("__") else Unknown(unknown)


def _class_special(it: Interpreter, cls: ClassValue, name: str) -> Any:
    if name == "__name__":
        return cls.name
    if name == "__qualname__":
        return cls.qualname
    if name == "__module__":
        return it.outside(f"the module that defines `{cls.name}`") if cls.site is None and it.library.covers(cls.module) else cls.module
    if name in _OF_BASES:
        return _bases(it, cls, name)
    if name == "__parameters__" and (unknown := type_variables.order_unknown(it, cls)) is not None:
        return unknown
    if name == "__parameters__" and any(map(type_variables.is_generic, cls.mro[1:])):
        return type_variables.parameters(it, cls)
    if name == "__class_getitem__" and any(map(type_variables.is_generic, cls.mro)):
        return Native(name, lambda it, args, kwargs: it.item(cls, *args))
    if name == "__dict__":
        from paramlint.interpreter import class_namespaces
        from paramlint.interpreter.stdlib.mapping_proxies import proxy

        hints.resolve(it, cls.attrs.get(hints.NAME))
        return proxy(it, it.made(class_namespaces.contents(it, cls)))
    if name == "__doc__":
        return it.unknown(Why.UNSUPPORTED, "what documentation says") if cls.site is None or _writes_documentation(cls) else None
    if name == "__class__":
        return cls.metaclass or it.classes["type"]
    if name == "__subclasses__":
        return raw("__subclasses__", lambda it, /: _subclasses(it, cls))
    return ABSENT


def _writes_documentation(cls: ClassValue) -> bool:
    return "dataclass_options" in cls.facts or any(base.name == "tuple" for base in cls.mro)


_OF_BASES = frozenset({"__mro__", "mro", "__bases__", "__base__"})


def _bases(it: Interpreter, cls: ClassValue, name: str) -> Any:
    unknown = type_variables.order_unknown(it, cls)
    shown = cls.fact("bases that are shown")
    order: Any = unknown or (cls.mro if shown is None else (cls, *(base for first in shown for base in first.mro)))
    if name == "mro":
        return raw("mro", lambda it, /: order if unknown else it.made(list(order)))
    if unknown is not None or name == "__mro__":
        return order
    bases = shown or cls.bases
    if name == "__bases__":
        return bases
    return next((base for base in bases if metaclasses.solid(it, base) is metaclasses.solid(it, cls)), bases[0]) if bases else None


def _subclasses(it: Interpreter, cls: ClassValue) -> Any:
    """The classes that derive from one, also those whose statements have waited; a library's own are not known."""
    it.modules.define_classes()
    if cls.site is None:
        return it.unknown(Why.UNSUPPORTED, f"the classes that derive from `{cls.name}`")
    return it.made(list(cls.subclasses))
