"""How a class uses its attributes: an argument that is called or iterated over is no number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, Property, StaticMethod
from paramlint.syntax import ir

_FACT = "attributes used as objects"


def as_objects(cls: ClassValue) -> frozenset[str]:
    """The attributes that methods of a class or its bases call, call something of (``self.inner.encode(x)``), or iterate over."""
    found = cls.facts.get(_FACT)
    if found is None:
        found = frozenset(name for base in cls.mro for function in _functions(base) for name in _of(function.code))
        cls.facts[_FACT] = found
    return found


def _functions(cls: ClassValue) -> Iterator[FunctionValue]:
    for value in cls.attrs.values():
        inner = value.func if isinstance(value, StaticMethod | ClassMethod) else value.getter if isinstance(value, Property) else value
        if isinstance(inner, FunctionValue):
            yield inner


def _of(code: ir.Function) -> Iterator[str]:
    first = next((parameter.name for parameter in (*code.positional_only, *code.parameters)), None)
    stack: list[Any] = [code.body]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(part for part in item if isinstance(part, tuple | ir.Node))
            continue
        if isinstance(item, ir.Call | ir.For):
            name = _attribute(item.func if isinstance(item, ir.Call) else item.iterable, first)
            if name is not None:
                yield name
        stack.extend(part for field in item.__struct_fields__ if isinstance(part := getattr(item, field), tuple | ir.Node))


def _attribute(node: Any, first: str | None) -> str | None:
    """``inner`` of ``self.inner``, ``self.inner[0]``, ``self.inner.encode``; None for what does not start so."""
    while isinstance(node, ir.Attribute | ir.Subscript):
        if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name):
            return node.attr if node.value.id == first else None
        node = node.value
    return None
