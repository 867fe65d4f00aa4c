"""Reductions of torch: sums, means, extremes, norms, sorting, and what runs along an axis.

Source: the documentation of torch ("reduction ops", "comparison ops"), torch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from msgspec.structs import replace

from paramlint.core.contents import Lost, flat
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.ops_axes import ordered
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    chosen,
    decided,
    dtype_of,
    function,
    is_whole,
    made,
    real_type,
    shape_of,
    tensor,
)
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op

AXIS = {"axis": "dim", "keepdims": "keepdim", "self": "input"}


def reduced(shape: Shape, axes: tuple[int, ...], keepdim: Any) -> Shape:
    if decided(keepdim):
        return Shape(1 if at in axes else size for at, size in enumerate(shape))
    return Shape(size for at, size in enumerate(shape) if at not in axes)


def grouped(given: Any, axes: tuple[int, ...]) -> list[list[Any]]:
    """For each element of the result the elements it is made of."""
    shape = shape_of(given)
    kept = [at for at in range(shape.rank) if at not in axes]
    items = flat(ordered(given, [*kept, *axes]))
    size = product(shape[at] for at in axes)
    if size == 0:
        raise Lost
    return [items[at:at + size] for at in range(0, len(items), size)]


class _Reduction(Op):
    """Over one axis, several, or all."""

    RAISES = "IndexError"
    ALIASES = AXIS
    COMPUTE: ClassVar[Any] = None

    input: Value
    dim: Value = None
    keepdim: Value = False
    _: KEYWORD_ONLY
    dtype: Value = None

    def kind(self) -> str:
        return chosen(self.dtype, dtype_of(self.input))

    def axes(self, rank: int) -> tuple[int, ...]:
        empty = isinstance(self.dim, list | tuple) and not self.dim
        return tuple(range(rank)) if empty else axes_of(self.dim, rank)

    def result(self) -> Any:
        shape = shape_of(tensor(self.input))
        axes = self.axes(shape.rank)
        compute = type(self).COMPUTE
        return made(reduced(shape, axes, self.keepdim), self.kind(),
                    None if compute is None else lambda: map(compute, grouped(self.input, axes)))


def _exact(compute: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """Only for whole numbers: fractions are added in an order that differs between machines."""

    def run(values: list[Any]) -> Any:
        if any(isinstance(value, float) for value in values):
            raise Lost
        return compute(values)

    return run


def fraction(dtype: str, what: str) -> str:
    """The type of a result that only fractions have. Raises ShapeMismatch for others."""
    if is_whole(dtype):
        raise ShapeMismatch(f"{what} of {dtype} is not defined: convert with `.float()`", error="RuntimeError")
    return dtype


class Sum(_Reduction):
    """The sum; of whole numbers and truth values as 64-bit integers."""

    NAMES = both("sum", "nansum")
    COMPUTE = staticmethod(_exact(sum))

    def kind(self) -> str:
        own = dtype_of(self.input)
        return chosen(self.dtype, "int64" if is_whole(own) else own)


class Product(_Reduction):
    """The product."""

    NAMES = both("prod")
    COMPUTE = staticmethod(_exact(math.prod))

    def kind(self) -> str:
        own = dtype_of(self.input)
        return chosen(self.dtype, "int64" if is_whole(own) else own)


class Mean(_Reduction):
    """The mean."""

    NAMES = both("mean", "nanmean")

    def kind(self) -> str:
        return fraction(super().kind(), "the mean")


class CountNonzero(_Reduction):
    """How many elements are not zero."""

    NAMES = both("count_nonzero")
    COMPUTE = staticmethod(lambda values: sum(map(bool, values)))

    def kind(self) -> str:
        return "int64"


class LogSumExp(_Reduction):
    """The logarithm of the sum of exponentials."""

    NAMES = both("logsumexp")


def require_some(shape: Shape, axes: tuple[int, ...], what: str, of_all: str = "IndexError") -> None:
    """Refuse to look for an element along axes that have none; ``of_all`` is the error where the axes are all."""
    if any(isinstance(shape[at], int) and shape[at] == 0 for at in axes):
        raise ShapeMismatch(f"{what} of no elements is not defined: {shape.text}", error=of_all if len(axes) == shape.rank else "IndexError")


class Extreme(_Reduction):
    """The largest or smallest element over axes."""

    NAMES = both("amax")
    COMPUTE = max

    def axes(self, rank: int) -> tuple[int, ...]:
        return axes_of(self.dim if self.dim != () else None, rank)

    def result(self) -> Any:
        shape = shape_of(tensor(self.input))
        given = self.dim not in (None, (), [])
        require_some(shape, self.axes(shape.rank), "the largest or smallest", "IndexError" if given else "RuntimeError")
        return super().result()


class SmallestExtreme(Extreme):
    """The smallest element over axes."""

    NAMES = both("amin")
    COMPUTE = min


class Truth(_Reduction):
    """Whether all elements hold."""

    NAMES = both("all")
    COMPUTE = all

    def kind(self) -> str:
        return "uint8" if dtype_of(self.input) == "uint8" else "bool"


class AnyTruth(Truth):
    """Whether any element holds."""

    NAMES = both("any")
    COMPUTE = any


class Place(_Reduction):
    """The place of the largest or smallest element."""

    NAMES = both("argmax", "argmin")

    def result(self) -> Any:
        shape = shape_of(self.input)
        size = shape.numel if self.dim is None or not shape else shape[at_axis(self.dim, shape.rank)]
        require_some(Shape((size,)), (0,), "the place of the largest or smallest")
        return replace(super().result(), below=size)

    def kind(self) -> str:
        return "int64"


class Norm(Op):
    """The norm over axes, or over all elements."""

    NAMES = both("norm")
    RAISES = "IndexError"
    ALIASES = AXIS
    input: Value
    p: Value = "fro"
    dim: Value = None
    keepdim: Value = False
    dtype: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        axes = axes_of(self.dim, shape.rank)
        if isinstance(self.p, float) and (self.p < 0 or self.p == math.inf):
            if any(isinstance(shape[at], int) and shape[at] == 0 for at in axes):
                raise ShapeMismatch(f"this norm of no elements is not defined: {shape.text}", error="RuntimeError")
        return made(reduced(shape, axes, self.keepdim), chosen(self.dtype, real_type(dtype_of(self.input))))


class VectorNorm(Norm):
    """The norm over axes, or over all elements."""

    NAMES = ("torch.linalg.norm", "torch.linalg.vector_norm")
    ALIASES: ClassVar[dict[str, str]] = {"x": "input", "A": "input", "ord": "p"}


class MatrixNorm(Norm):
    """The norm of matrices, by default over the last two axes."""

    NAMES = ("torch.linalg.matrix_norm",)
    ALIASES: ClassVar[dict[str, str]] = {"A": "input", "ord": "p"}
    dim = (-2, -1)


class Spread(Op):
    """The standard deviation or the variance. A truth value in place of ``dim`` is ``unbiased``."""

    NAMES = both("std", "var")
    RAISES = "IndexError"
    ALIASES = AXIS
    input: Value
    dim: Value = None
    unbiased: Value = True
    keepdim: Value = False
    _: KEYWORD_ONLY
    correction: Value = None

    def result(self) -> Any:
        shape = shape_of(self.input)
        fraction(dtype_of(self.input), "the standard deviation or variance")
        dim = None if isinstance(self.dim, bool) or self.dim in ((), []) else self.dim
        return made(reduced(shape, axes_of(dim, shape.rank), self.keepdim), real_type(dtype_of(self.input)))


class SpreadAndMean(Spread):
    """The standard deviation or the variance, and the mean."""

    NAMES = function("std_mean", "var_mean")

    def result(self) -> Any:
        found = super().result()
        return found, found


# Along one axis, with places ----------------------------------------------------------------------------------------------
