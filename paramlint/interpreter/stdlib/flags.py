"""``enum.Flag``: members that are combined with ``|``, ``&``, ``^`` and ``~``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table, plain
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FLAG = Table()


def composite(it: Interpreter, cls: ClassValue, value: int) -> Instance:
    """The member of a value that may have several bits; one object a value. Raises the analysed code's ValueError for bits that no member has."""
    members = cls.fact("members")
    mask = 0
    for member in members.values():
        mask |= member.attrs["_value_"]
    every = (1 << mask.bit_length()) - 1
    if not ~every <= value <= every or value & (every ^ mask):
        if cls.fact("flag") != "keep":
            it.library_throw("ValueError", f"<flag '{cls.name}'> invalid value {value}")
        if value < 0:
            value += max(every + 1, 1 << value.bit_length())
    elif value < 0:
        value += every + 1
    kept = cls.facts.setdefault("composites", {})
    for member in (*members.values(), *kept.values()):
        if member.attrs["_value_"] == value:
            return member  # type: ignore[no-any-return]
    parts = [member.attrs["_name_"] for member in cls.fact("canonical") if member.attrs["_value_"] & value]
    rest = value & ~mask
    name = "|".join(parts + ([str(rest)] if parts and rest else [])) or None
    member = Instance(cls, {"_name_": name, "name": name, "_value_": value, "value": value})
    if any(base.python is int for base in cls.mro):
        member.payload = value
    kept[value] = member
    return member


def single(value: Any) -> bool:
    """Whether a value has exactly one bit."""
    return isinstance(value, int) and value > 0 and value & (value - 1) == 0


def _bits(value: Any) -> Any:
    return value.attrs.get("_value_", value.payload) if isinstance(value, Instance) else value


def _operation(name: str, compute: Any) -> None:
    @FLAG.raw(f"__{name}__", f"__r{name}__", binds=True)
    def apply(it: Interpreter, self: Instance, other: Any, /) -> Any:
        own = isinstance(other, Instance) and self.cls in other.cls.mro
        if not own and not (any(base.python is int for base in self.cls.mro) and isinstance(plain(other), int)):
            return NotImplemented
        return composite(it, self.cls, compute(_bits(self), _bits(other)))


_operation("or", lambda a, b: a | b)
_operation("and", lambda a, b: a & b)
_operation("xor", lambda a, b: a ^ b)


@FLAG.raw("__invert__", binds=True)
def _invert(it: Interpreter, self: Instance, /) -> Any:
    if self.cls.fact("flag") == "keep":
        return composite(it, self.cls, ~_bits(self))
    every = 0
    for member in self.cls.fact("canonical"):
        every |= member.attrs["_value_"]
    return composite(it, self.cls, every & ~_bits(self))


@FLAG.raw("__contains__", binds=True)
def _contains(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if not (isinstance(other, Instance) and self.cls in other.cls.mro):
        it.library_throw("TypeError", "unsupported operand type(s) for 'in'")
    return _bits(other) & _bits(self) == _bits(other)


@FLAG.raw("__bool__", binds=True)
def _bool(it: Interpreter, self: Instance, /) -> Any:
    return bool(_bits(self))


@FLAG.raw("__len__", binds=True)
def _len(it: Interpreter, self: Instance, /) -> Any:
    return int(_bits(self)).bit_count()


@FLAG.raw("__iter__", binds=True)
def _iter(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["iter"], [[member for member in self.cls.fact("canonical") if _bits(member) & _bits(self)]])


@FLAG.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    name = self.attrs.get("_name_")
    return f"<{self.cls.name}: {_bits(self)}>" if name is None else f"<{self.cls.name}.{name}: {_bits(self)}>"


@FLAG.raw("__str__", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    name = self.attrs.get("_name_")
    return f"{self.cls.name}({_bits(self)})" if name is None else f"{self.cls.name}.{name}"
