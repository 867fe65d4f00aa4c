"""Numbers of fixed width, as libraries of arrays have them: Python's own numbers that know their type, and wrap where theirs do."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

_WORD = 1 << 64


class int64(int):  # noqa: N801 - the name of its class in the analysed code
    """A whole number of 64 bits. It is no ``int`` there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"np.int64({int(self)})"

    def __str__(self) -> str:
        return str(int(self))

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if isinstance(other, int) and other < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return _wrapped(operator.pow, int(self), other)

    def __truediv__(self, other: Any) -> Any:
        return _divided(int(self), other)

    def __rtruediv__(self, other: Any) -> Any:
        return _divided(other, int(self))


class float64(float):  # noqa: N801
    """A fraction of 64 bits, which is a ``float`` too."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"np.float64({float(self)!r})"

    def __str__(self) -> str:
        return str(float(self))

    def __truediv__(self, other: Any) -> Any:
        return _divided(float(self), other)

    def __rtruediv__(self, other: Any) -> Any:
        return _divided(other, float(self))


def scalar(value: Any) -> Any:
    """A number as an array gives it; anything else as it is."""
    if value.__class__ is int:
        return int64((value + (_WORD >> 1)) % _WORD - (_WORD >> 1))
    return float64(value) if value.__class__ is float else value


def plain(value: Any) -> Any:
    """The same as Python's own number."""
    return int(value) if isinstance(value, int) else float(value)


def _wrapped(function: Callable[..., Any], *operands: Any) -> Any:
    if not all(isinstance(one, int | float) for one in operands):
        return NotImplemented
    return scalar(function(*(float(one) if isinstance(one, float) else int(one) for one in operands)))


def _divided(left: Any, right: Any) -> Any:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return NotImplemented
    if right == 0:  # a warning there
        return float64(math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1.0, right))
    return float64(float(left) / float(right))


def _forward(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: _wrapped(function, self, other)


def _alone(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: _wrapped(function, self)


def _backward(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: _wrapped(function, other, self)


for _name in ("add", "sub", "mul", "floordiv", "mod", "pow"):
    for _kind in (int64, float64):
        if (_name, _kind) != ("pow", int64):
            setattr(_kind, f"__{_name}__", _forward(getattr(operator, _name)))
        setattr(_kind, f"__r{_name}__", _backward(getattr(operator, _name)))
for _name in ("and_", "or_", "xor", "lshift", "rshift"):
    setattr(int64, f"__{_name.rstrip('_')}__", _forward(getattr(operator, _name)))
    setattr(int64, f"__r{_name.rstrip('_')}__", _backward(getattr(operator, _name)))
for _name in ("neg", "pos", "abs"):
    for _kind in (int64, float64):
        setattr(_kind, f"__{_name}__", _alone(getattr(operator, _name)))
FIXED: frozenset[type[Any]] = frozenset({int64, float64})
