"""Reductions of torch: sums, means, extremes, norms, sorting, and what runs along an axis.

Source: the documentation of torch ("reduction ops", "comparison ops"), torch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from paramlint.core.contents import Lost, flat
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, broadcast
from paramlint.core.tensor import Results, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_axes import ordered
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    changing,
    chosen,
    decided,
    dtype_of,
    function,
    integer,
    is_whole,
    made,
    method,
    promoted,
    real_type,
    shape_of,
    tensor,
)
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op

_AXIS = {"axis": "dim", "keepdims": "keepdim", "self": "input"}


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
    ALIASES = _AXIS
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


class CountNonzero(_Reduction):
    """How many elements are not zero."""

    NAMES = both("count_nonzero")
    COMPUTE = staticmethod(lambda values: sum(map(bool, values)))

    def kind(self) -> str:
        return "int64"


class LogSumExp(_Reduction):
    """The logarithm of the sum of exponentials."""

    NAMES = both("logsumexp")


class Extreme(_Reduction):
    """The largest or smallest element over axes."""

    NAMES = both("amax")
    COMPUTE = max

    def axes(self, rank: int) -> tuple[int, ...]:
        return axes_of(self.dim if self.dim != () else None, rank)


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

    def kind(self) -> str:
        return "int64"


class Norm(Op):
    """The norm over axes, or over all elements."""

    NAMES = both("norm")
    RAISES = "IndexError"
    ALIASES = _AXIS
    input: Value
    p: Value = "fro"
    dim: Value = None
    keepdim: Value = False
    dtype: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        return made(reduced(shape, axes_of(self.dim, shape.rank), self.keepdim), chosen(self.dtype, real_type(dtype_of(self.input))))


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
    ALIASES = _AXIS
    input: Value
    dim: Value = None
    unbiased: Value = True
    keepdim: Value = False
    _: KEYWORD_ONLY
    correction: Value = None

    def result(self) -> Any:
        shape = shape_of(self.input)
        dim = None if isinstance(self.dim, bool) or self.dim in ((), []) else self.dim
        return made(reduced(shape, axes_of(dim, shape.rank), self.keepdim), real_type(dtype_of(self.input)))


class SpreadAndMean(Spread):
    """The standard deviation or the variance, and the mean."""

    NAMES = function("std_mean", "var_mean")

    def result(self) -> Any:
        found = super().result()
        return found, found


# Along one axis, with places ----------------------------------------------------------------------------------------------


class Largest(Op):
    """The largest element of all, or of an axis with its place; of two tensors the larger elements."""

    NAMES = both("max")
    RAISES = "IndexError"
    ALIASES: ClassVar[dict[str, str]] = {**_AXIS, "other": "dim"}
    COMPUTE: ClassVar[Any] = max
    input: Value
    dim: Value = None
    keepdim: Value = False

    def result(self) -> Any:
        shape, compute = shape_of(tensor(self.input)), type(self).COMPUTE
        if isinstance(self.dim, Tensor):
            return made(broadcast(shape, shape_of(self.dim)), promoted(self.input, self.dim))
        axes = tuple(range(shape.rank)) if self.dim is None else (at_axis(self.dim, shape.rank),)
        values = made(reduced(shape, axes, self.keepdim), dtype_of(self.input),
                      None if compute is None else lambda: map(compute, grouped(self.input, axes)))
        if self.dim is None:
            return values
        return Results.named(values=values, indices=made(shape_of(values), "int64"))

    def undecided(self, unknown: Unknown) -> Any:
        if self.dim is None or isinstance(self.dim, Tensor):
            return Tensor(unknown, dtype_of(self.input))
        if isinstance(self.dim, Unknown):
            return unknown
        return Results.named(values=Tensor(unknown, dtype_of(self.input)), indices=Tensor(unknown, "int64"))


class Smallest(Largest):
    """The smallest element of all, or of an axis with its place; of two tensors the smaller elements."""

    NAMES = both("min")
    COMPUTE = min


class Median(Largest):
    """The median of all elements, or of an axis with its place."""

    NAMES = both("median", "nanmedian")
    COMPUTE = None


class Extremes(Op):
    """The smallest and the largest element of all, or of an axis."""

    NAMES = both("aminmax")
    RAISES = "IndexError"
    ALIASES = _AXIS
    input: Value
    _: KEYWORD_ONLY
    dim: Value = None
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        axes = tuple(range(shape.rank)) if self.dim is None else (at_axis(self.dim, shape.rank),)
        found = made(reduced(shape, axes, self.keepdim), dtype_of(self.input))
        return Results.named(min=found, max=found)


class _Pair(Op):
    """Values and their places."""

    RAISES = "IndexError"
    ALIASES = _AXIS
    input: Value

    def pair(self, shape: Any) -> Results:
        return Results.named(values=made(shape, dtype_of(self.input)), indices=made(shape, "int64"))

    def undecided(self, unknown: Unknown) -> Any:
        return Results.named(values=Tensor(unknown, dtype_of(self.input)), indices=Tensor(unknown, "int64"))


class Mode(_Pair):
    """The most frequent element of an axis."""

    NAMES = both("mode")
    dim: Value = -1
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        return self.pair(reduced(shape, (at_axis(self.dim, shape.rank),), self.keepdim))


class KthValue(_Pair):
    """The ``k``-th smallest element of an axis."""

    NAMES = both("kthvalue")
    k: Value
    dim: Value = -1
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        return self.pair(reduced(shape, (at_axis(self.dim, shape.rank),), self.keepdim))


class TopK(_Pair):
    """The ``k`` largest elements of an axis."""

    NAMES = both("topk")
    RAISES = "RuntimeError"
    k: Value
    dim: Value = -1
    largest: Value = True
    sorted: Value = True

    def result(self) -> Any:
        shape, k = shape_of(self.input), integer(self.k)
        at = at_axis(self.dim, shape.rank)
        unfit(lambda: k < 0 or k > (shape[at] if shape else 1), f"`k` is {k}, but dimension {at} has no so many elements: {shape.text}")
        return self.pair(shape.replace(at, k) if shape else shape)


class Sort(_Pair):
    """The elements of an axis in order."""

    NAMES = both("sort", "msort", "cummax", "cummin")
    dim: Value = -1
    descending: Value = False
    _: KEYWORD_ONLY
    stable: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        at_axis(self.dim, shape.rank)
        return self.pair(shape)


class ArgSort(Op):
    """The places of the elements of an axis in order."""

    NAMES = both("argsort")
    RAISES = "IndexError"
    ALIASES = _AXIS
    input: Value
    dim: Value = -1
    descending: Value = False
    stable: Value = False

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at_axis(self.dim, shape.rank)
        return made(shape, "int64")


class Running(Op):
    """Sums, products … up to each element of an axis."""

    NAMES = changing("cumsum")
    RAISES = "IndexError"
    ALIASES = _AXIS
    input: Value
    dim: Value
    _: KEYWORD_ONLY
    dtype: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at_axis(self.dim, shape.rank)
        own = dtype_of(self.input)
        return made(shape, chosen(self.dtype, "int64" if is_whole(own) else own), self._values)

    def _values(self) -> list[Any]:
        items = flat(self.input)
        if shape_of(self.input).rank != 1 or any(isinstance(item, float) for item in items):
            raise Lost
        return [sum(items[:at + 1]) for at in range(len(items))]


class RunningProduct(Running):
    """Products (or logarithms of sums) up to each element of an axis."""

    NAMES = (*changing("cumprod"), *both("logcumsumexp"))

    def _values(self) -> list[Any]:
        raise Lost


class Unique(Op):
    """The different elements, or slices along an axis; with their places and counts if asked."""

    NAMES = both("unique")
    input: Value
    sorted: Value = True
    return_inverse: Value = False
    return_counts: Value = False
    dim: Value = None

    def result(self) -> Any:
        shape = shape_of(self.input)
        count = Unknown.because(Why.INPUT, "how many different elements there are")
        found = [made((count,) if self.dim is None else shape.replace(at_axis(self.dim, shape.rank), count), dtype_of(self.input))]
        if decided(self.return_inverse):
            found.append(made(shape if self.dim is None else (shape[at_axis(self.dim, shape.rank)],), "int64"))
        if decided(self.return_counts):
            found.append(made((count,), "int64"))
        return found[0] if len(found) == 1 else tuple(found)


class UniqueConsecutive(Unique):
    """The elements without those that are equal to the one before."""

    NAMES = both("unique_consecutive")
    sorted = True
    DROPS = ("sorted",)


class Quantile(Op):
    """Quantiles of an axis or of all elements; those of several ``q`` along a new first axis."""

    NAMES = both("quantile", "nanquantile")
    input: Value
    q: Value
    dim: Value = None
    keepdim: Value = False
    interpolation: Value = "linear"

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        axes = tuple(range(shape.rank)) if self.dim is None else (at_axis(self.dim, shape.rank),)
        return made((*shape_of(self.q), *reduced(shape, axes, self.keepdim)), dtype_of(self.input))


class Counts(Op):
    """How often each number occurs."""

    NAMES = both("bincount")
    input: Value
    weights: Value = None
    minlength: Value = 0

    def result(self) -> Tensor:
        return made((Unknown.because(Why.INPUT, "a size that depends on a tensor's contents"),), "int64" if self.weights is None else "float64")


class Histogram(Op):
    """How many elements lie in each of ``bins`` intervals."""

    NAMES = both("histc")
    input: Value
    bins: Value = 100
    min: Value = 0
    max: Value = 0

    def result(self) -> Tensor:
        return made((integer(self.bins),), dtype_of(self.input))


class Differences(Op):
    """Differences between neighbours along an axis."""

    NAMES = both("diff")
    input: Value
    n: Value = 1
    dim: Value = -1
    prepend: Value = None
    append: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at = at_axis(self.dim, shape.rank)
        if self.prepend is not None or self.append is not None or not isinstance(self.n, int):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "differences with elements before or after"))
        size = shape[at] - self.n
        return made(shape.replace(at, max(size, 0) if isinstance(size, int) else size), dtype_of(self.input))


__all__ = ["method", "reduced"]
