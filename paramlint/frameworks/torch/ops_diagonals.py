"""Operations of torch on diagonals, triangles and windows.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import ShapeMismatch
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
    tensor,
)
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


class SameShape(Op):
    """Elements change places; the shape stays."""

    NAMES = both("roll", "fliplr", "flipud")
    REST = "rest"
    EXTRA = "options"
    input: Value
    rest: Value
    options: Value

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Triangle(Op):
    """Elements above or below a diagonal become 0."""

    NAMES = changing("tril", "triu")
    STRICT = True
    input: Value
    diagonal: Value = 0
    _: KEYWORD_ONLY
    out: Value = None

    def result(self) -> Tensor:
        shape = shape_of(tensor(self.input))
        if isinstance(self.diagonal, str | float | list | tuple | None):
            raise Refused(f"`diagonal` must be an integer, got {shown(self.diagonal)}", field="diagonal", error="TypeError")
        if shape.rank < 2:
            raise ShapeMismatch(f"a triangle has two dimensions or more, got {shape.text}", error="RuntimeError")
        return made(shape, dtype_of(self.input))


class Rot90(Op):
    """A quarter turn, ``k`` times."""

    NAMES = both("rot90")
    input: Value
    k: Value = 1
    dims: Value = (0, 1)

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if shape.rank < 2:
            raise ShapeMismatch(f"{shape.text} has no two dimensions to turn in", error="RuntimeError")
        one, other = axes_of(self.dims, shape.rank, "dims")
        turned = shape.replace(one, shape[other]).replace(other, shape[one])
        odd = integer(self.k) % 2
        return made(turned if odd else shape, dtype_of(self.input))


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
