"""Operations of torch on every element by itself: one tensor in, one of the same shape out.

Source: the documentation of torch ("pointwise ops") and torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from paramlint.core.contents import Lost, flat, number
from paramlint.core.shapes import ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.ops_common import (
    both,
    changing,
    complex_type,
    dtype_of,
    floating,
    function,
    made,
    method,
    promoted,
    real_type,
    shape_of,
    tensor,
)
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class _Unary(Op):
    """Options that do not change the shape are taken as they come."""

    REST = "rest"
    EXTRA = "options"
    COMPUTE: ClassVar[Any] = None

    input: Value
    rest: Value
    options: Value
    ALIASES: ClassVar[dict[str, str]] = {"self": "input", "x": "input"}

    def dtype(self) -> str:
        return dtype_of(self.input)

    def result(self) -> Tensor:
        given, compute = tensor(self.input), type(self).COMPUTE
        return made(shape_of(given), self.dtype(), None if compute is None else lambda: map(compute, flat(given)))


class _Fraction(_Unary):
    """What gives fractions for whole numbers."""

    def dtype(self) -> str:
        return floating(dtype_of(self.input))


class _Question(_Unary):
    """What is true or false of each element."""

    def dtype(self) -> str:
        return "bool"


class Negative(_Unary):
    """``-x``."""

    NAMES = (*changing("neg", "negative"), *method("__neg__"))
    COMPUTE = staticmethod(lambda x: -_not_bool(x))

    def result(self) -> Tensor:
        if dtype_of(self.input) == "bool":
            raise ShapeMismatch("truth values have no negative; use `~` or `logical_not`")
        return super().result()


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise Lost
    return value


class Positive(_Unary):
    """``+x``."""

    NAMES = (*both("positive"), *method("__pos__"))
    SHARES = True
    COMPUTE = staticmethod(_not_bool)


class Absolute(_Unary):
    """``|x|``; the magnitude of a complex number."""

    NAMES = (*changing("abs", "absolute"), *method("__abs__"))
    COMPUTE = abs

    def dtype(self) -> str:
        return real_type(dtype_of(self.input))


class Floor(_Unary):
    """The next whole number below."""

    NAMES = changing("floor")
    COMPUTE = math.floor


class Ceil(_Unary):
    """The next whole number above."""

    NAMES = changing("ceil")
    COMPUTE = math.ceil


class Truncate(_Unary):
    """The whole part."""

    NAMES = changing("trunc", "fix")
    COMPUTE = math.trunc


class Round(_Unary):
    """The nearest whole number, the even one of two, or that many ``decimals``."""

    NAMES = changing("round")
    COMPUTE = round

    def result(self) -> Tensor:
        found = super().result()
        return Tensor(found.shape, found.dtype) if self.rest or self.options else found


class Square(_Unary):
    """``x * x``."""

    NAMES = changing("square")
    COMPUTE = staticmethod(lambda x: x * x)


class SquareRoot(_Fraction):
    """The square root; it is rounded once on every machine."""

    NAMES = changing("sqrt")
    COMPUTE = math.sqrt


class Same(_Unary):
    """Functions that keep the type."""

    NAMES = (*changing("sign", "sgn", "frac", "nan_to_num", "conj_physical"), *both("conj", "resolve_conj", "resolve_neg", "hardshrink"))


class Transcendental(_Fraction):
    """Functions whose values are fractions. Their last digit differs between machines, so contents are not kept."""

    NAMES = (
        *changing("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "rsqrt", "reciprocal", "sin", "cos", "tan", "sinh", "cosh",
                  "asin", "acos", "atan", "asinh", "acosh", "atanh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh",
                  "erf", "erfc", "erfinv", "digamma", "lgamma", "i0", "sinc", "logit", "deg2rad", "rad2deg", "mvlgamma"),
        "torch.special.expm1", "torch.special.expit", "torch.special.logit", "torch.special.erf", "torch.special.i0",
        "torch.special.i1", "torch.special.gammaln",
    )

    def dtype(self) -> str:
        return floating(dtype_of(self.input))


class Refilled(_Unary):
    """Methods that fill a tensor with numbers drawn at random, given, or copied."""

    NAMES = method("normal_", "uniform_", "random_", "exponential_", "geometric_", "cauchy_", "log_normal_", "zero_", "fill_", "copy_",
                   "fill_diagonal_")

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Question(_Question):
    """Whether each element is a number of some kind."""

    NAMES = both("isnan", "isinf", "isfinite", "isreal", "isposinf", "isneginf", "signbit") + function("isin")


class LogicalNot(_Question):
    """Whether each element is zero."""

    NAMES = changing("logical_not")
    COMPUTE = staticmethod(lambda x: not x)


class BitwiseNot(_Unary):
    """Every bit the other way; ``not`` for truth values."""

    NAMES = (*changing("bitwise_not"), *method("__invert__"))
    COMPUTE = staticmethod(lambda x: not x if isinstance(x, bool) else ~x)


class Parts(_Unary):
    """The real or the imaginary part."""

    NAMES = function("real", "imag")
    SHARES = True

    def dtype(self) -> str:
        return real_type(dtype_of(self.input))


class PartsAttribute(Parts):
    """The real or the imaginary part."""

    NAMES = method("real", "imag")
    ATTRIBUTE = True


class Angle(_Unary):
    """The angle of a complex number."""

    NAMES = both("angle")

    def dtype(self) -> str:
        return floating(real_type(dtype_of(self.input)))


class Clamp(Op):
    """Elements kept between ``min`` and ``max``, each a number or a tensor."""

    NAMES = changing("clamp", "clip")
    input: Value
    min: Value = None
    max: Value = None

    def result(self) -> Tensor:
        bounds = [bound for bound in (self.min, self.max) if bound is not None]
        shape = broadcast(*(shape_of(value) for value in (self.input, *bounds)))
        dtype = promoted(self.input, *bounds)
        plain = not any(isinstance(bound, Tensor) for bound in bounds)

        def values() -> list[Any]:
            if not plain:
                raise Lost
            result = flat(self.input)
            if self.min is not None:
                result = [max(value, number(self.min, dtype)) for value in result]
            if self.max is not None:
                result = [min(value, number(self.max, dtype)) for value in result]
            return result

        return made(shape, dtype, values)


class ClampMin(Op):
    """Elements kept from going below (or above) a bound."""

    NAMES = changing("clamp_min", "clamp_max")
    input: Value
    bound: Value
    ALIASES: ClassVar[dict[str, str]] = {"min": "bound", "max": "bound"}

    def result(self) -> Tensor:
        return made(broadcast(shape_of(self.input), shape_of(self.bound)), promoted(self.input, self.bound))


class AsComplex(Op):
    """Pairs along the last axis as complex numbers."""

    NAMES = function("view_as_complex")
    SHARES = True
    input: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if not shape:
            raise ShapeMismatch("a scalar has no pairs")
        shape.expect(..., 2)
        return made(shape[:-1], complex_type(dtype_of(self.input)))


class AsReal(Op):
    """Complex numbers as pairs along a new last axis."""

    NAMES = function("view_as_real")
    SHARES = True
    input: Value

    def result(self) -> Tensor:
        return made((*shape_of(self.input), 2), real_type(dtype_of(self.input)))
