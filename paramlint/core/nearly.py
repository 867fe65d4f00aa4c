"""Numbers that are known up to a small error.

Logarithms and powers differ in their last digit between machines. What code makes of them is mostly certain all the same: rounded to
a whole number, or compared with something far away. A ``Nearly`` is an interval that the true number lies in; asking it for more
than the interval says raises Unsure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any


class Unsure(ArithmeticError):
    """The interval does not decide."""


class Nearly:
    """A number between ``low`` and ``high``, both included."""

    __slots__ = ("high", "low")

    def __init__(self, low: float, high: float) -> None:
        if not (math.isfinite(low) and math.isfinite(high)):
            raise Unsure
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Nearly({self.low}, {self.high})"

    def _corners(self, other: Any, compute: Callable[[float, float], float]) -> Nearly:
        low, high = bounds(other)
        values = [compute(one, two) for one in (self.low, self.high) for two in (low, high)]
        return widened(min(values), max(values), 1e-15)

    def __add__(self, other: Any) -> Nearly:
        return self._corners(other, lambda one, two: one + two)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Nearly:
        return self._corners(other, lambda one, two: one - two)

    def __rsub__(self, other: Any) -> Nearly:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Nearly:
        return self._corners(other, lambda one, two: one * two)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Nearly:
        low, high = bounds(other)
        if low <= 0 <= high:
            raise Unsure
        return self._corners(other, lambda one, two: one / two)

    def __rtruediv__(self, other: Any) -> Nearly:
        return Nearly(*bounds(other)) / self

    def __neg__(self) -> Nearly:
        return Nearly(-self.high, -self.low)

    def __abs__(self) -> Nearly:
        if self.low <= 0 <= self.high:
            return Nearly(0.0, max(-self.low, self.high))
        return self if self.low > 0 else -self

    def _agreed(self, compute: Callable[[float], Any]) -> Any:
        """What a function that never falls gives at both ends, if that is the same."""
        low, high = compute(self.low), compute(self.high)
        if low != high:
            raise Unsure
        return low

    def __round__(self, digits: int | None = None) -> Any:
        return self._agreed(lambda value: round(value, digits))

    def __floor__(self) -> int:
        return int(self._agreed(math.floor))

    def __ceil__(self) -> int:
        return int(self._agreed(math.ceil))

    def __trunc__(self) -> int:
        return int(self._agreed(math.trunc))

    __int__ = __trunc__

    def _compared(self, other: Any, test: Callable[[float, float], bool]) -> bool:
        low, high = bounds(other)
        found = {test(one, two) for one in (self.low, self.high) for two in (low, high)}
        if len(found) > 1:
            raise Unsure
        return found.pop()

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, lambda one, two: one < two)

    def __le__(self, other: Any) -> bool:
        return self._compared(other, lambda one, two: one <= two)

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, lambda one, two: one > two)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, lambda one, two: one >= two)

    def __eq__(self, other: object) -> bool:
        low, high = bounds(other)
        if high < self.low or low > self.high:
            return False
        raise Unsure

    def __bool__(self) -> bool:
        return bool(self != 0)

    __hash__ = None  # type: ignore[assignment]


def bounds(value: Any) -> tuple[float, float]:
    if isinstance(value, Nearly):
        return value.low, value.high
    if isinstance(value, int | float):
        return float(value), float(value)
    raise Unsure


def widened(low: float, high: float, relative: float) -> Nearly:
    """The interval with a relative error on both ends, and the smallest absolute one."""
    return Nearly(low - abs(low) * relative - 1e-300, high + abs(high) * relative + 1e-300)


def computed(compute: Callable[[float], float], value: Any, relative: float) -> Nearly:
    """A rising function of a number, correct up to a relative error."""
    low, high = bounds(value)
    return widened(compute(low), compute(high), relative)


def power(base: Any, exponent: Any, relative: float, digits: int) -> Any:
    """``base ** exponent`` for a positive base, correct up to a relative error.

    A result that has an exact stand-in of ``digits`` binary digits is that: powers are computed with more digits and rounded once.
    """
    low, high = bounds(base)
    if low <= 0:
        raise Unsure
    if isinstance(base, int | float) and isinstance(exponent, int | float) and exponent == int(exponent) and abs(exponent) <= 64:
        exact = Fraction(base) ** int(exponent)
        if _fits(exact, digits):
            return float(exact)
    values = [one ** two for one in (low, high) for two in bounds(exponent)]
    return widened(min(values), max(values), relative)


def _fits(value: Fraction, digits: int) -> bool:
    """Whether a number is a fraction of a power of two with so many binary digits."""
    bottom = value.denominator
    return bottom & (bottom - 1) == 0 and value.numerator.bit_length() <= digits
