"""Operations of torch on the elements of several tensors, broadcast to a common shape: arithmetic, comparison, choice.

Source: the documentation of torch ("pointwise ops", "comparison ops", broadcasting), torch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from paramlint.core.contents import DIGITS, ERROR, Lost, expanded, number
from paramlint.core.nearly import power
from paramlint.core.shapes import ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.ops_common import UNTYPED, both, changing, dtype_of, floating, function, made, method, promoted, shape_of
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class Binary(Op):
    """Two operands, broadcast. ``COMPUTE`` is exact on numbers of the common type once rounded to it."""

    COMPUTE: ClassVar[Any] = None
    WHOLE: ClassVar[bool] = False  # computed for whole numbers only

    input: Value
    other: Value
    ALIASES: ClassVar[dict[str, str]] = {"self": "input", "exponent": "other", "y": "other", "x": "input"}

    def shape(self) -> Any:
        try:
            return broadcast(shape_of(self.input), shape_of(self.other, "other"))
        except ShapeMismatch:
            raise ShapeMismatch(f"shapes {shape_of(self.input).text} and {shape_of(self.other).text} cannot be broadcast") from None

    def common(self) -> str:
        return promoted(self.input, self.other)

    def dtype(self) -> str:
        return self.common()

    def result(self) -> Tensor:
        shape = self.shape()
        return made(shape, self.dtype(), lambda: self._values(shape))

    def _values(self, shape: Any) -> Iterable[Any]:
        compute, common = type(self).COMPUTE, self.common()
        if compute is None or (self.WHOLE and common not in ("int64", "int32", "int16", "uint8", "int8")):
            raise Lost
        return map(compute, operand(self.input, shape, common), operand(self.other, shape, common))


def operand(value: Any, shape: Any, dtype: str) -> list[Any]:
    """The elements of an operand, broadcast and as numbers of the common type."""
    if isinstance(value, Tensor):
        return [number(item, dtype) for item in expanded(value, shape)]
    return [number(value, dtype)] * shape.numel


class _Scaled(Binary):
    alpha: Value = 1

    def _values(self, shape: Any) -> Iterable[Any]:
        if not (isinstance(self.alpha, int) and self.alpha == 1):
            raise Lost
        return super()._values(shape)


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise Lost
    return value


class Add(_Scaled):
    """``x + alpha * y``."""

    NAMES = (*changing("add"), *method("__add__", "__iadd__", "__radd__"))
    COMPUTE = staticmethod(lambda x, y: (x or y) if isinstance(x, bool) else x + y)


class _Difference(_Scaled):
    def result(self) -> Tensor:
        if "bool" in (dtype_of(self.input), dtype_of(self.other)):
            raise ShapeMismatch("truth values cannot be subtracted: `logical_not` and `^` work on them", error="RuntimeError")
        return super().result()


class Subtract(_Difference):
    """``x - alpha * y``."""

    NAMES = (*changing("sub", "subtract"), *method("__sub__", "__isub__"))
    COMPUTE = staticmethod(lambda x, y: _not_bool(x) - y)


class SubtractFrom(_Difference):
    """``alpha * y - x``."""

    NAMES = (*function("rsub"), *method("__rsub__"))
    COMPUTE = staticmethod(lambda x, y: y - _not_bool(x))


class Multiply(Binary):
    """``x * y``."""

    NAMES = (*changing("mul", "multiply"), *method("__mul__", "__imul__", "__rmul__"))
    COMPUTE = staticmethod(lambda x, y: (x and y) if isinstance(x, bool) else x * y)


class Divide(Binary):
    """``x / y``, rounded as ``rounding_mode`` says."""

    NAMES = (*changing("div", "divide", "true_divide"), *method("__truediv__", "__itruediv__", "__div__"))
    COMPUTE = staticmethod(lambda x, y: x / y)
    rounding_mode: Value = None

    def dtype(self) -> str:
        return floating(self.common()) if self.rounding_mode is None else self.common() if isinstance(self.rounding_mode, str) else UNTYPED

    def _values(self, shape: Any) -> Iterable[Any]:
        mode, common = self.rounding_mode, self.common()
        kind = self.dtype()
        left, right = operand(self.input, shape, kind), operand(self.other, shape, kind)
        if mode is None:
            return [x / y for x, y in zip(left, right, strict=True)]
        if common != "int64" or mode not in ("floor", "trunc"):
            raise Lost
        return [x // y if mode == "floor" else int(math.copysign(abs(x) // abs(y), x * y)) for x, y in zip(left, right, strict=True)]


class FloorDivide(Binary):
    """``x // y``."""

    NAMES = (*changing("floor_divide"), *method("__floordiv__", "__ifloordiv__"))
    WHOLE = True
    COMPUTE = staticmethod(lambda x, y: x // y)


class Remainder(Binary):
    """``x % y``, with the sign of ``y``."""

    NAMES = (*changing("remainder"), *method("__mod__", "__imod__"))
    WHOLE = True
    COMPUTE = staticmethod(lambda x, y: x % y)


class TruncatedRemainder(Binary):
    """The remainder with the sign of ``x``."""

    NAMES = changing("fmod")


class Power(Binary):
    """``x ** y``."""

    NAMES = (*changing("pow", "float_power"), *method("__pow__", "__ipow__"))

    def _values(self, shape: Any) -> Iterable[Any]:
        common = self.common()
        bases, exponents = operand(self.input, shape, common), operand(self.other, shape, common)
        if common in ("int64", "int32"):
            return map(_power, bases, exponents)
        if common not in ERROR:
            raise Lost
        return [power(base, exponent, ERROR[common], DIGITS[common]) for base, exponent in zip(bases, exponents, strict=True)]


def _power(base: int, exponent: int) -> int:
    if exponent < 0 or base.bit_length() * exponent > 64:
        raise Lost
    return int(base ** exponent)


class Maximum(Binary):
    """The larger of two elements."""

    NAMES = both("maximum", "fmax")
    COMPUTE = max


class Minimum(Binary):
    """The smaller of two elements."""

    NAMES = both("minimum", "fmin")
    COMPUTE = min


class Fraction(Binary):
    """Functions of two numbers that give fractions."""

    NAMES = (*changing("atan2", "arctan2", "hypot", "copysign", "xlogy", "nextafter"), *both("logaddexp", "logaddexp2"))

    def dtype(self) -> str:
        return floating(self.common())


class Whole(Binary):
    """Functions of two whole numbers."""

    NAMES = (*changing("bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm"), *method("__lshift__", "__rshift__"))


class BitwiseAnd(Binary):
    """``x & y``."""

    NAMES = (*changing("bitwise_and"), *method("__and__", "__iand__"))
    COMPUTE = staticmethod(lambda x, y: x & y)


class BitwiseOr(Binary):
    """``x | y``."""

    NAMES = (*changing("bitwise_or"), *method("__or__", "__ior__"))
    COMPUTE = staticmethod(lambda x, y: x | y)


class BitwiseXor(Binary):
    """``x ^ y``."""

    NAMES = (*changing("bitwise_xor"), *method("__xor__", "__ixor__"))
    COMPUTE = staticmethod(lambda x, y: x ^ y)


class Lerp(Op):
    """``start + weight * (end - start)``."""

    NAMES = changing("lerp")
    input: Value
    end: Value
    weight: Value

    def result(self) -> Tensor:
        return made(broadcast(shape_of(self.input), shape_of(self.end), shape_of(self.weight)), dtype_of(self.input))


class AddProduct(Op):
    """``input + value * tensor1 * tensor2`` (or divided)."""

    NAMES = changing("addcmul", "addcdiv")
    input: Value
    tensor1: Value
    tensor2: Value
    value: Value = 1

    def result(self) -> Tensor:
        shape = broadcast(shape_of(self.input), shape_of(self.tensor1), shape_of(self.tensor2))
        return made(shape, promoted(self.input, self.tensor1, self.tensor2))
