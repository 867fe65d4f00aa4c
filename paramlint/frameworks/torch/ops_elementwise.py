"""Operations of torch on every element by itself: one tensor in, one of the same shape out.

Source: the documentation of torch ("pointwise ops") and torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from paramlint.core.contents import ERROR, Lost, flat, number
from paramlint.core.nearly import computed
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.ops_common import (
    both,
    changing,
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
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Unary(Op):
    """Options that do not change the shape are taken as they come."""

    REST = "rest"
    EXTRA = "options"
    COMPUTE: ClassVar[Any] = None
    ALONE: ClassVar[bool] = False  # whether nothing is taken besides the tensor

    input: Value
    rest: Value
    options: Value
    ALIASES: ClassVar[dict[str, str]] = {"self": "input", "x": "input"}

    def dtype(self) -> str:
        return dtype_of(self.input)

    def result(self) -> Tensor:
        given, compute = tensor(self.input), type(self).COMPUTE
        self.require_alone()
        return made(shape_of(given), self.dtype(), None if compute is None else lambda: map(compute, flat(given)))


    def require_alone(self) -> None:
        """Refuse what is not taken besides the tensor."""
        if self.ALONE and (self.rest or self.options):
            raise Refused(f"a tensor and nothing else is taken, got {shown([*self.rest, *self.options][0])}", error="TypeError")


class _Fraction(Unary):
    """What gives fractions for whole numbers."""

    def dtype(self) -> str:
        return floating(dtype_of(self.input))


class _Question(Unary):
    """What is true or false of each element."""

    def dtype(self) -> str:
        return "bool"


class Negative(Unary):
    """``-x``."""

    ALONE = True
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


class Positive(Unary):
    """``+x``."""

    ALONE = True
    NAMES = (*both("positive"), *method("__pos__"))
    SHARES = True
    COMPUTE = staticmethod(_not_bool)


class Absolute(Unary):
    """``|x|``; the magnitude of a complex number."""

    ALONE = True
    NAMES = (*changing("abs", "absolute"), *method("__abs__"))
    COMPUTE = abs

    def dtype(self) -> str:
        return real_type(dtype_of(self.input))


class Floor(Unary):
    """The next whole number below."""

    ALONE = True
    NAMES = changing("floor")
    COMPUTE = math.floor


class Ceil(Unary):
    """The next whole number above."""

    ALONE = True
    NAMES = changing("ceil")
    COMPUTE = math.ceil


class Truncate(Unary):
    """The whole part."""

    ALONE = True
    NAMES = changing("trunc", "fix")
    COMPUTE = math.trunc


class Round(Unary):
    """The nearest whole number, the even one of two, or that many ``decimals``."""

    NAMES = changing("round")
    COMPUTE = round

    def result(self) -> Tensor:
        found = super().result()
        return Tensor(found.shape, found.dtype) if self.rest or self.options else found


class Square(Unary):
    """``x * x``."""

    ALONE = True
    NAMES = changing("square")
    COMPUTE = staticmethod(lambda x: x * x)


class SquareRoot(_Fraction):
    """The square root; it is rounded once on every machine."""

    ALONE = True
    NAMES = changing("sqrt")
    COMPUTE = math.sqrt


class Same(Unary):
    """Functions that keep the type."""

    ALONE = True
    NAMES = (*changing("sign", "sgn", "frac", "conj_physical"), *both("conj", "resolve_conj", "resolve_neg"))


class Replaced(Unary):
    """Functions that keep the type and take numbers besides."""

    NAMES = (*changing("nan_to_num"), *both("hardshrink"))

    def result(self) -> Tensor:
        _require_numbers(self.rest, self.options)
        return super().result()


def _require_numbers(rest: Any, options: Any) -> None:
    """Refuse texts and lists where numbers are taken."""
    wrong = next((value for value in (*rest, *options.values()) if isinstance(value, str | list | tuple | dict)), None)
    if wrong is not None:
        raise Refused(f"a number is taken, got {shown(wrong)}", error="TypeError")


class _Rising(_Fraction):
    """Functions whose last digit differs between machines."""

    ALONE = True
    CURVE: ClassVar[Callable[[float], float]]

    def result(self) -> Tensor:
        self.require_alone()
        given, dtype, curve = tensor(self.input), self.dtype(), type(self).CURVE
        return made(shape_of(given), dtype, lambda: [computed(curve, number(item, dtype), ERROR[dtype]) for item in flat(given)])


class Exponential(_Rising):
    """``e ** x``."""

    NAMES = changing("exp")
    CURVE = math.exp


class Logarithm(_Rising):
    """The natural logarithm."""

    NAMES = changing("log")
    CURVE = math.log


class BinaryLogarithm(_Rising):
    """The logarithm to base 2."""

    NAMES = changing("log2")
    CURVE = math.log2


class DecimalLogarithm(_Rising):
    """The logarithm to base 10."""

    NAMES = changing("log10")
    CURVE = math.log10


class Transcendental(_Fraction):
    """Functions whose values are fractions. Their last digit differs between machines, so contents are not kept."""

    ALONE = True
    NAMES = (
        *changing("exp2", "expm1", "log1p", "rsqrt", "reciprocal", "sin", "cos", "tan", "sinh", "cosh",
                  "asin", "acos", "atan", "asinh", "acosh", "atanh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh",
                  "erf", "erfc", "erfinv", "digamma", "lgamma", "i0", "sinc", "deg2rad", "rad2deg"),
        "torch.special.expm1", "torch.special.expit", "torch.special.erf", "torch.special.i0",
        "torch.special.i1", "torch.special.gammaln",
    )

    def dtype(self) -> str:
        return floating(dtype_of(self.input))


class Logit(Unary):
    """Functions whose values are fractions, and that take a number besides."""

    NAMES = (*changing("logit", "mvlgamma"), "torch.special.logit")

    def dtype(self) -> str:
        return floating(dtype_of(self.input))

    def result(self) -> Tensor:
        _require_numbers(self.rest, self.options)
        return super().result()


class Refilled(Unary):
    """Methods that fill a tensor with numbers drawn at random, given, or copied."""

    NAMES = method("normal_", "uniform_", "bernoulli_", "random_", "exponential_", "geometric_", "cauchy_", "log_normal_", "zero_", "fill_",
                   "fill_diagonal_")

    def result(self) -> Tensor:
        _require_numbers(self.rest, self.options)
        return made(shape_of(self.input), dtype_of(self.input))


class Copied(Op):
    """Takes the elements of another tensor, whose shape must fit."""

    NAMES = method("copy_")
    input: Value
    src: Value
    non_blocking: Value = False
    ALIASES: ClassVar[dict[str, str]] = {"other": "src"}

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if isinstance(self.src, str | list | tuple | dict | None):
            raise Refused(f"`other` must be a Tensor, got {shown(self.src)}", error="TypeError")
        given = shape_of(self.src) if isinstance(self.src, Tensor) else Shape()
        return made(broadcast(shape, given), dtype_of(self.input))


class Question(_Question):
    """Whether each element is a number of some kind."""

    NAMES = both("isnan", "isinf", "isfinite", "isreal", "isposinf", "isneginf", "signbit") + function("isin")


class LogicalNot(_Question):
    """Whether each element is zero."""

    ALONE = True
    NAMES = changing("logical_not")
    COMPUTE = staticmethod(lambda x: not x)


class BitwiseNot(Unary):
    """Every bit the other way; ``not`` for truth values."""

    ALONE = True
    NAMES = (*changing("bitwise_not"), *method("__invert__"))
    COMPUTE = staticmethod(lambda x: not x if isinstance(x, bool) else ~x)


class Clamp(Op):
    """Elements kept between ``min`` and ``max``, each a number or a tensor."""

    NAMES = changing("clamp", "clip")
    input: Value
    min: Value = None
    max: Value = None

    def result(self) -> Tensor:
        bounds = [bound for bound in (self.min, self.max) if bound is not None]
        if not bounds:
            raise ShapeMismatch("at least one of `min` and `max` must not be None", error="RuntimeError")
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
