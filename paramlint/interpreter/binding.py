"""What an attribute of a class is when it is read from an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    FunctionValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def bind(it: Interpreter, found: Any, value: Any, cls: ClassValue) -> Any:
    """What a class attribute is when it is read from an instance (or, with ``value`` None, from the class)."""
    kind = found.__class__
    if kind is FunctionValue or (kind is Native and found.binds):
        return found if value is None else BoundMethod(found, value)
    if kind is StaticMethod:
        return found.func
    if kind is ClassMethod:
        return BoundMethod(found.func, cls)
    if kind is Property:
        if value is None:
            return found
        result = it.call(found.getter, [value])
        if found.cached is not None and isinstance(value, Instance):
            it.write(value.attrs)
            value.attrs[found.cached] = result
        return result
    if kind is Either:  # one of several, each bound in its own way
        return Either(tuple(item if item is ABSENT else bind(it, item, value, cls) for item in found.alternatives), found.reason)
    if isinstance(found, Instance):
        getter = found.cls.find("__get__")
        if getter is not ABSENT:
            return it.call(bind(it, getter, found, found.cls), [value, cls])
    if kind is Unknown and value.__class__ is Instance and not found.data:
        method = Unknown(found.reason, found.held, found.member)
        method.owner = value
        return method
    return found
