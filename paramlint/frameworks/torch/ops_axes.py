"""Operations of torch that order or cut axes: transpose, permute, flip, roll, narrow, diagonals, windows.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from paramlint.core.contents import flat, places, strides
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    changing,
    decided,
    dtype_of,
    function,
    integer,
    made,
    method,
    shape_of,
    size_list,
)
from paramlint.schema.conditions import certainly
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
        order = [at_axis(one, shape.rank, "dims") for one in given]
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


class SameShape(Op):
    """Elements change places; the shape stays."""

    NAMES = (*both("roll", "fliplr", "flipud"), *changing("tril", "triu"))
    REST = "rest"
    EXTRA = "options"
    input: Value
    rest: Value
    options: Value

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Rot90(Op):
    """A quarter turn, ``k`` times."""

    NAMES = both("rot90")
    input: Value
    k: Value = 1
    dims: Value = (0, 1)

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        one, other = axes_of(self.dims, shape.rank, "dims")
        turned = shape.replace(one, shape[other]).replace(other, shape[one])
        odd = integer(self.k) % 2
        return made(turned if odd else shape, dtype_of(self.input))


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


class Windows(Op):
    """Windows of ``size`` along an axis, every ``step`` elements; they are a new last axis."""

    NAMES = method("unfold")
    SHARES = True
    input: Value
    dimension: Value
    size: Value
    step: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at, size, step = at_axis(self.dimension, shape.rank, "dimension"), integer(self.size), integer(self.step)
        unfit(lambda: step <= 0, f"`step` must be positive, got {step}")
        unfit(lambda: size > (shape[at] if shape else 1), f"a window of {size} does not fit dimension {at}: {shape.text}")
        return made((*shape.replace(at, (shape[at] - size) // step + 1), size) if shape else (size,), dtype_of(self.input))


class AsStrided(Op):
    """Sizes and steps in memory as given."""

    NAMES = changing("as_strided")
    SHARES = RESHAPES = True
    input: Value
    size: Value
    stride: Value
    storage_offset: Value = None

    def result(self) -> Tensor:
        return made(size_list(self.size), dtype_of(self.input))


def diagonal_length(rows: Any, columns: Any, offset: Any) -> Any:
    """Elements on a diagonal ``offset`` places right of the main one."""
    if not all(isinstance(value, int) for value in (rows, columns, offset)):
        if certainly(lambda: rows == columns) and isinstance(offset, int):
            return rows - abs(offset) if offset == 0 else Unknown.because(Why.INPUT, "the length of a diagonal")
        return Unknown.because(Why.INPUT, "the length of a diagonal")
    return max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)


class Diagonal(Op):
    """A diagonal over two axes, as a new last axis."""

    NAMES = (*both("diagonal"), "torch.linalg.diagonal")
    SHARES = True
    input: Value
    offset: Value = 0
    dim1: Value = 0
    dim2: Value = 1

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        one, other = at_axis(self.dim1, shape.rank, "dim1"), at_axis(self.dim2, shape.rank, "dim2")
        unfit(one == other or shape.rank < 2, f"a diagonal needs two dimensions: {shape.text}")
        rest = [size for at, size in enumerate(shape) if at not in (one, other)]
        return made((*rest, diagonal_length(shape[one], shape[other], integer(self.offset))), dtype_of(self.input))


class Diag(Op):
    """The diagonal of a matrix, or the matrix of a diagonal."""

    NAMES = both("diag")
    input: Value
    diagonal: Value = 0

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        offset = decided(integer(self.diagonal))
        if shape.rank == 2:
            return made((diagonal_length(shape[0], shape[1], offset),), dtype_of(self.input))
        unfit(shape.rank != 1, f"diag() takes 1 or 2 dimensions, got {shape.rank}: {shape.text}")
        side = shape[0] + abs(offset)
        return made((side, side), dtype_of(self.input))


class DiagFlat(Op):
    """The matrix whose diagonal holds all elements."""

    NAMES = both("diagflat")
    input: Value
    offset: Value = 0

    def result(self) -> Tensor:
        side = shape_of(self.input).numel + abs(decided(integer(self.offset)))
        return made((side, side), dtype_of(self.input))


class DiagEmbed(Op):
    """Matrices with the last axis as their diagonal."""

    NAMES = both("diag_embed")
    input: Value
    offset: Value = 0
    dim1: Value = -2
    dim2: Value = -1

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        one, other = sorted((at_axis(self.dim1, shape.rank + 1, "dim1"), at_axis(self.dim2, shape.rank + 1, "dim2")))
        unfit(one == other, "`dim1` and `dim2` must differ")
        side, sizes = shape[-1] + abs(decided(integer(self.offset))), list(shape[:-1])
        sizes.insert(one, side)
        sizes.insert(other, side)
        return made(sizes, dtype_of(self.input))


class TriangleIndices(Op):
    """Row and column of every element of a triangle of a matrix, as two rows."""

    NAMES = function("tril_indices", "triu_indices")
    row: Value
    col: Value
    offset: Value = 0
    _: KEYWORD_ONLY
    dtype: Value = None
    device: Value = None
    layout: Value = None

    def result(self) -> Tensor:
        return made((2, Unknown.because(Why.UNSUPPORTED, "the number of elements of a triangle")), "int64")
