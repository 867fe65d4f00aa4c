"""Operations of torch that find, order and count elements, and what runs along an axis.

Source: the documentation of torch ("reduction ops", "comparison ops"), torch 2.13.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from paramlint.core.contents import Lost, flat
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast
from paramlint.core.tensor import Results, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    both,
    changing,
    chosen,
    dtype_of,
    integer,
    is_whole,
    made,
    promoted,
    shape_of,
    tensor,
)
from paramlint.frameworks.torch.ops_reductions import (
    AXIS,
    grouped,
    reduced,
    require_some,
)
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


def places(shape: Any, within: Shape, at: int) -> Tensor:
    """Places along an axis of a tensor."""
    return Tensor(Shape(shape), "int64", below=within[at] if within else 1)


def _together(one: Shape, other: Shape) -> Shape:
    """The shape of two tensors that are compared, which is refused otherwise than an axis."""
    try:
        return broadcast(one, other)
    except ShapeMismatch as error:
        raise ShapeMismatch(error.message, error="RuntimeError") from None


class Largest(Op):
    """The largest element of all, or of an axis with its place; of two tensors the larger elements."""

    NAMES = both("max")
    RAISES = "IndexError"
    ALIASES: ClassVar[dict[str, str]] = {**AXIS, "other": "dim"}
    COMPUTE: ClassVar[Any] = max
    OF_NONE: ClassVar[bool] = True  # whether the one of no elements is refused
    input: Value
    dim: Value = None
    keepdim: Value = False

    def result(self) -> Any:
        shape, compute = shape_of(tensor(self.input)), type(self).COMPUTE
        if isinstance(self.dim, Tensor):
            return made(_together(shape, shape_of(self.dim)), promoted(self.input, self.dim))
        axes = tuple(range(shape.rank)) if self.dim is None else (at_axis(self.dim, shape.rank),)
        if self.dim is not None or self.OF_NONE:
            require_some(shape, axes, "the largest or smallest", "RuntimeError" if self.dim is None else "IndexError")
        values = made(reduced(shape, axes, self.keepdim), dtype_of(self.input),
                      None if compute is None else lambda: map(compute, grouped(self.input, axes)))
        if self.dim is None:
            return values
        return Results.named(values=values, indices=places(shape_of(values), shape, axes[0]))

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
    OF_NONE = False  # it is not a number


class Extremes(Op):
    """The smallest and the largest element of all, or of an axis."""

    NAMES = both("aminmax")
    RAISES = "IndexError"
    ALIASES = AXIS
    input: Value
    _: KEYWORD_ONLY
    dim: Value = None
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        axes = tuple(range(shape.rank)) if self.dim is None else (at_axis(self.dim, shape.rank),)
        require_some(shape, axes, "the largest or smallest", "RuntimeError")
        found = made(reduced(shape, axes, self.keepdim), dtype_of(self.input))
        return Results.named(min=found, max=found)


class _Pair(Op):
    """Values and their places."""

    RAISES = "IndexError"
    ALIASES = AXIS
    input: Value

    def pair(self, shape: Any, at: int) -> Results:
        return Results.named(values=made(shape, dtype_of(self.input)), indices=places(shape, shape_of(self.input), at))

    def undecided(self, unknown: Unknown) -> Any:
        return Results.named(values=Tensor(unknown, dtype_of(self.input)), indices=Tensor(unknown, "int64"))


class Mode(_Pair):
    """The most frequent element of an axis."""

    NAMES = both("mode")
    dim: Value = -1
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        at = at_axis(self.dim, shape.rank)
        require_some(Shape(shape[at:at + 1]), (0,), "the most frequent")
        return self.pair(reduced(shape, (at,), self.keepdim), at)


class KthValue(_Pair):
    """The ``k``-th smallest element of an axis."""

    NAMES = both("kthvalue")
    k: Value
    dim: Value = -1
    keepdim: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        at = at_axis(self.dim, shape.rank)
        return self.pair(reduced(shape, (at,), self.keepdim), at)


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
        return self.pair(shape.replace(at, k) if shape else shape, at)


class Sort(_Pair):
    """The elements of an axis in order."""

    NAMES = both("sort", "msort", "cummax", "cummin")
    dim: Value = -1
    descending: Value = False
    _: KEYWORD_ONLY
    stable: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        return self.pair(shape, at_axis(self.dim, shape.rank))


class ArgSort(Op):
    """The places of the elements of an axis in order."""

    NAMES = both("argsort")
    RAISES = "IndexError"
    ALIASES = AXIS
    input: Value
    dim: Value = -1
    descending: Value = False
    stable: Value = False

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        return places(shape, shape, at_axis(self.dim, shape.rank))


class Running(Op):
    """Sums, products … up to each element of an axis."""

    NAMES = changing("cumsum")
    RAISES = "IndexError"
    ALIASES = AXIS
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
        return made(shape.replace(at, max(size, 0) if isinstance(size, int) else size), dtype_of(self.input), self._values)

    def _values(self) -> list[Any]:
        items = flat(self.input)
        if shape_of(self.input).rank != 1 or any(isinstance(item, bool) for item in items):
            raise Lost
        for _ in range(self.n):
            items = [after - before for before, after in pairwise(items)]
        return items
