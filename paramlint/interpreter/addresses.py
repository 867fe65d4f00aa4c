"""Addresses of objects, which differ from run to run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.equality import identical
from paramlint.interpreter.values import ClassValue, Foreign

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_REASON = "the address of an object, which differs from run to run"


class Address(Foreign):
    """``id(value)``: a number of which it is known only whether it is another object's."""

    __slots__ = ("of",)

    def __init__(self, of: Any) -> None:
        self.of = of

    def type_name(self) -> str:
        return "int"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["int"]

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if not isinstance(other, Address):
            return it.outside(_REASON)
        if op not in ("==", "!="):
            return op in ("<=", ">=") if self.of is other.of else it.outside(_REASON)
        same = identical(it, self.of, other.of)
        if same is False and min(sys.getrefcount(self.of), sys.getrefcount(other.of)) <= _ALONE:
            return it.outside(_REASON)  # an object may stand where one stood that is gone
        return same if op == "==" or isinstance(same, Unknown) else not same

    def truth(self, it: Interpreter) -> Any:
        return True

    def unary(self, it: Interpreter, op: str) -> Any:
        return it.outside(_REASON)

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return it.outside(_REASON)

    def get(self, it: Interpreter, name: str) -> Any:
        return it.outside(_REASON)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.of is other.of

    def __hash__(self) -> int:
        return hash(id(self.of))


def _references() -> int:
    """How many references there are to an object that nothing holds but its address."""
    held = Address(object())
    return sys.getrefcount(held.of)


_ALONE = _references()
