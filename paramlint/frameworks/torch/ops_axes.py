"""Operations of torch that order or cut axes: transpose, permute, flip, roll, narrow, diagonals, windows.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from paramlint.core.contents import flat, places, strides
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    changing,
    dtype_of,
    function,
    integer,
    made,
    method,
    shape_of,
    size_list,
)
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


def ordered(given: Any, order: Sequence[int]) -> Tensor:
    """The axes of a tensor in another order."""
    shape = shape_of(given)
    result = Shape(shape[at] for at in order)

    def values() -> list[Any]:
        items, steps = flat(given), strides(shape)
        return [items[place] for place in places(result, [steps[at] for at in order])]

    return made(result, dtype_of(given), values)


class Permute(Op):
    """The axes in the order given."""

    NAMES = method("permute")
    REST = "order"
    SHARES = True
    input: Value
    order: Value
    _: KEYWORD_ONLY
    dims: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        given = size_list(self.order if self.dims is None else self.dims, "dims")
        order = [at_axis(one, shape.rank, "dims") for one in given] if len(given) == shape.rank else []
        if sorted(order) != list(range(shape.rank)):
            raise ShapeMismatch(f"{Shape(given).text} does not name every dimension of {shape.text} once")
        return ordered(self.input, order)


class PermuteFunction(Permute):
    """The axes in the order given, as one argument."""

    NAMES = function("permute")


class Transpose(Op):
    """Two axes exchanged."""

    NAMES = changing("transpose", "swapaxes", "swapdims")
    SHARES = RESHAPES = True
    input: Value
    dim0: Value
    dim1: Value
    ALIASES: ClassVar[dict[str, str]] = {"axis0": "dim0", "axis1": "dim1"}

    def result(self) -> Tensor:
        rank = shape_of(self.input).rank
        one, other = at_axis(self.dim0, rank, "dim0"), at_axis(self.dim1, rank, "dim1")
        order = list(range(rank))
        if order:
            order[one], order[other] = other, one
        return ordered(self.input, order)


class MatrixTranspose(Op):
    """The axes of a matrix exchanged."""

    NAMES = changing("t")
    SHARES = RESHAPES = True
    input: Value

    def result(self) -> Tensor:
        rank = shape_of(self.input).rank
        unfit(rank > 2, f"t() takes at most 2 dimensions, got {rank}: {shape_of(self.input).text}")
        return ordered(self.input, list(reversed(range(rank))))


class Reversed(Op):
    """All axes in reverse order."""

    NAMES = method("T", "H")
    SHARES = ATTRIBUTE = True
    input: Value

    def result(self) -> Tensor:
        return ordered(self.input, list(reversed(range(shape_of(self.input).rank))))


class LastTwo(Op):
    """The last two axes exchanged."""

    NAMES = (*method("mT", "mH"),)
    SHARES = ATTRIBUTE = True
    input: Value

    def result(self) -> Tensor:
        rank = shape_of(self.input).rank
        unfit(rank < 2, "a matrix needs at least 2 dimensions")
        return ordered(self.input, [*range(rank - 2), rank - 1, rank - 2])


class Adjoint(LastTwo):
    """The last two axes exchanged, complex numbers conjugated."""

    NAMES = both("adjoint")
    ATTRIBUTE = False


class Movedim(Op):
    """Some axes moved to other places, the rest kept in order."""

    NAMES = both("movedim", "moveaxis")
    SHARES = True
    input: Value
    source: Value
    destination: Value

    def result(self) -> Tensor:
        rank = shape_of(self.input).rank
        source, target = axes_of(self.source, rank, "source"), axes_of(self.destination, rank, "destination")
        unfit(len(source) != len(target), "`source` and `destination` need the same number of dimensions")
        rest = iter(at for at in range(rank) if at not in source)
        order = [source[target.index(at)] if at in target else next(rest) for at in range(rank)]
        return ordered(self.input, order)


class Flip(Op):
    """The elements along some axes in reverse order."""

    NAMES = both("flip")
    REST = "axes"
    input: Value
    axes: Value
    _: KEYWORD_ONLY
    dims: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        named = axes_of(size_list(self.axes if self.dims is None else self.dims, "dims"), shape.rank, "dims")

        def values() -> list[Any]:
            items, steps = flat(self.input), strides(shape)
            start = sum(steps[at] * (shape[at] - 1) for at in named)
            return [items[place] for place in places(shape, [-step if at in named else step for at, step in enumerate(steps)], start)]

        return made(shape, dtype_of(self.input), values)


class Narrow(Op):
    """``length`` elements of an axis from ``start`` on."""

    NAMES = both("narrow", "narrow_copy")
    SHARES = True
    input: Value
    dim: Value
    start: Value
    length: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at, start, length = at_axis(self.dim, shape.rank), integer(self.start), integer(self.length)
        unfit(lambda: length < 0, f"`length` must not be negative, got {length}")
        unfit(lambda: (start + shape[at] if start < 0 else start) + length > shape[at],
              f"{length} elements from {start} on reach past the end of dimension {at}: {shape.text}")
        return cut(self.input, at, start, length)


def cut(given: Any, at: int, start: Any, length: Any, step: int = 1) -> Tensor:
    """``length`` elements of the axis ``at``, every ``step``-th from ``start`` on."""
    shape = shape_of(given)
    result = shape.replace(at, length)

    def values() -> list[Any]:
        items, steps = flat(given), strides(shape)
        first = steps[at] * (start + shape[at] if start < 0 else start)
        return [items[place] for place in places(result, [*steps[:at], steps[at] * step, *steps[at + 1:]], first)]

    return made(result, dtype_of(given), values)


class Select(Op):
    """One element of an axis, which is gone afterwards."""

    NAMES = (*both("select"), *function("select_copy"))
    SHARES = True
    input: Value
    dim: Value
    index: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(not shape, "a scalar has no dimension to select from")
        at, index = at_axis(self.dim, shape.rank), integer(self.index)
        unfit(lambda: index >= shape[at] or index < -shape[at], f"index {index} is out of range for dimension {at}: {shape.text}")
        return dropped(cut(self.input, at, index, 1), at)


def dropped(given: Tensor, at: int) -> Tensor:
    """Without an axis of size 1."""
    shape = shape_of(given)
    return made((*shape[:at], *shape[at + 1:]), given.dtype, lambda: flat(given))
