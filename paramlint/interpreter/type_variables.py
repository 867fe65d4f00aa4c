"""What classes that derive from ``typing.Generic`` say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import type_arguments
from paramlint.interpreter.generic_types import OfTyping, Parametrised, of_class, takes_arguments
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

WRITTEN = "__orig_bases__"


class TypeVariable(OfTyping):
    """A ``TypeVar``, ``ParamSpec`` or ``TypeVarTuple``."""

    __slots__ = ("kind", "name")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name

    def __repr__(self) -> str:
        return f"~{self.name}"

    def type_name(self) -> str:
        return self.kind

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__name__":
            return self.name
        if name == "__repr__" and self.kind != "TypeVar":
            return Native(name, lambda it, args, kwargs: self.name)
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a type variable") if hasattr(TypeVar("T"), name) else NotImplemented

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return NotImplemented if op not in ("==", "!=") else (self is other) is (op == "==")


def order_unknown(it: Interpreter, cls: ClassValue) -> Unknown | None:
    """Why it is not known which classes a class derives from, besides those that are counted on."""
    if cls.fact("bases that are shown") is not None:
        return it.not_followed("the bases of a generic typed dict").unknown if any(map(is_generic, cls.mro)) else None
    return next((base.attrs[WRITTEN] for base in cls.mro if base.attrs.get(WRITTEN).__class__ is Unknown), None)


def parameters(it: Interpreter, cls: ClassValue) -> Any:
    """``__parameters__`` of a class that derives from Generic: its type variables."""
    given = cls.attrs.get(WRITTEN, ())
    found: list[Any] = []
    if not isinstance(given, tuple) or not all(_collect(value, found) for value in given):
        return it.not_followed("the type variables of a class").unknown
    listed = next((value.args for value in given if value.__class__ is Parametrised and is_generic(value.origin)), None)
    return tuple(found) if listed is None else listed


def _collect(value: Any, found: list[Any]) -> bool:
    """Add the type variables of a base, or of an argument of one; whether they are known."""
    if value.__class__ is Parametrised:
        return all(_collect(part, found) for part in value.args)
    if isinstance(value, TypeVariable):
        if not any(value is other for other in found):
            found.append(value)
        return value.kind == "TypeVar"
    return value is None or value is ... or value.__class__ is ClassValue


def with_arguments(it: Interpreter, cls: ClassValue, index: Any) -> Parametrised:
    """``cls[index]``."""
    if not takes_arguments(cls):
        it.throw("TypeError", f"type '{cls.name}' is not subscriptable")
    args = index if isinstance(index, tuple) else (index,)
    if cls.site is None:
        type_arguments.refuse_class(it, cls, args)
    elif (taken := _count(it, cls)) == 0:
        it.library_throw("TypeError", f"{cls} is not a generic class")
    elif taken is not None and taken != len(args):
        it.library_throw("TypeError", f"Too {'few' if len(args) < taken else 'many'} arguments for {cls}; actual {len(args)}, expected {taken}")
    return of_class(cls, args, True if cls.site is not None else None)


def _count(it: Interpreter, cls: ClassValue) -> int | None:
    """How many arguments a class of the analysed code takes, None where that is not known."""
    taking = next((base for base in cls.mro if base.site is None and base.name != "Protocol"), None)
    found = parameters(it, cls) if is_generic(taking) and order_unknown(it, cls) is None and cls.fact("unknown_base") is None else None
    known = isinstance(found, tuple) and all(isinstance(part, TypeVariable) and part.kind == "TypeVar" for part in found)
    return len(found) if known else None  # type: ignore[arg-type]


def is_generic(value: Any) -> bool:
    return value.__class__ is ClassValue and value.name == "Generic" and value.module == "typing"
