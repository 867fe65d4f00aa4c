"""``enum.Flag``: members that are combined with ``|``, ``&``, ``^`` and ``~``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FLAG = Table()


def composite(it: Interpreter, cls: ClassValue, value: int) -> Instance:
    """The member of a value that may have several bits; one object a value."""
    kept = cls.facts.setdefault("composites", {})
    for member in (*cls.fact("members").values(), *kept.values()):
        if member.attrs["_value_"] == value:
            return member  # type: ignore[no-any-return]
    parts = [name for name, member in cls.fact("members").items() if _single(member.attrs["_value_"]) and member.attrs["_value_"] & value]
    name = "|".join(parts) or None
    member = Instance(cls, {"_name_": name, "name": name, "_value_": value, "value": value})
    if any(base.python is int for base in cls.mro):
        member.payload = value
    kept[value] = member
    return member


def _single(value: Any) -> bool:
    return isinstance(value, int) and value > 0 and value & (value - 1) == 0


def _bits(value: Any) -> Any:
    return value.attrs.get("_value_") if isinstance(value, Instance) else value


def _operation(name: str, compute: Any) -> None:
    @FLAG.raw(f"__{name}__", f"__r{name}__", binds=True)
    def apply(it: Interpreter, self: Instance, other: Any, /) -> Any:
        if not isinstance(_bits(other), int):
            return NotImplemented
        return composite(it, self.cls, compute(_bits(self), _bits(other)))


_operation("or", lambda a, b: a | b)
_operation("and", lambda a, b: a & b)
_operation("xor", lambda a, b: a ^ b)


@FLAG.raw("__invert__", binds=True)
def _invert(it: Interpreter, self: Instance, /) -> Any:
    every = 0
    for member in self.cls.fact("members").values():
        every |= member.attrs["_value_"] if _single(member.attrs["_value_"]) else 0
    return composite(it, self.cls, every & ~_bits(self))


@FLAG.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _bits(other) & _bits(self) == _bits(other)


@FLAG.raw("__bool__", binds=True)
def _bool(it: Interpreter, self: Instance, /) -> Any:
    return bool(_bits(self))


@FLAG.raw("__iter__", binds=True)
def _iter(it: Interpreter, self: Instance, /) -> Any:
    members = self.cls.fact("members").values()
    return it.call(it.builtins["iter"], [[member for member in members if _single(_bits(member)) and _bits(member) & _bits(self)]])


@FLAG.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    name = self.attrs.get("_name_")
    return f"<{self.cls.name}: {_bits(self)}>" if name is None else f"<{self.cls.name}.{name}: {_bits(self)}>"


@FLAG.raw("__str__", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    name = self.attrs.get("_name_")
    return f"{self.cls.name}({_bits(self)})" if name is None else f"{self.cls.name}.{name}"
