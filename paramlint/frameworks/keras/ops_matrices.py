"""Operations that stack, slice and change parts of tensors, and diagonals.

Source: the documentation of keras.ops, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, broadcast, dtype_of, flat, integer, ops, shape_of, sizes, tensors_only, tf
from paramlint.frameworks.keras.ops_joining import Concatenate
from paramlint.schema.fields import Value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


class HorizontalStack(Op):
    """Tensors side by side: along the second axis, vectors along their only one."""

    NAMES = ops("hstack")
    LEAST = 1
    xs: Value

    def axis(self, rank: int) -> int:
        return 1 if rank > 1 else 0

    def widened(self, shape: Shape) -> Shape:
        return shape if shape.rank else Shape((1,))

    def result(self) -> Any:
        if isinstance(self.xs, Unknown):
            raise NeedsValue(self.xs)
        if self.drawn:
            first = len(shape_of(self.xs[0])) if isinstance(self.xs, list | tuple) and self.xs else 2
            if first <= self.LEAST:
                raise ShapeMismatch(f"tensors of {first} dimensions have no axis {self.LEAST} to be joined along")
            joined = Concatenate.build([self.xs, self.LEAST])
            joined.drawn = True
            return joined.result()
        parts = [Tensor(self.widened(shape_of(one)), dtype_of(one)) for one in self.xs]
        rank = max((len(shape_of(part)) for part in parts), default=0)
        return Concatenate.build([parts, self.axis(rank)]).result()


class VerticalStack(HorizontalStack):
    """Tensors under each other: along the first axis, vectors as rows."""

    NAMES = ops("vstack")
    LEAST = 0

    def axis(self, rank: int) -> int:
        return 0

    def widened(self, shape: Shape) -> Shape:
        return Shape((*(1,) * (2 - shape.rank), *shape))


class Append(Op):
    """One tensor after another, along an axis or as vectors."""

    NAMES = ops("append")
    x1: Value
    x2: Value
    axis: Value = None

    def result(self) -> Any:
        tensors_only(self.drawn, x1=self.x1, x2=self.x2)
        if self.axis is None:
            one, two = flat(shape_of(self.x1)), flat(shape_of(self.x2))
            return Tensor(Shape((one if is_unsized(one) else two if is_unsized(two) else one + two,)), dtype_of(self.x1, self.x2))
        op = Concatenate.build([[self.x1, self.x2], self.axis])
        op.drawn = self.drawn
        if self.drawn and any(is_unsized(shape_of(one)[at_axis(self.axis, shape_of(one).rank)]) for one in (self.x1, self.x2)):
            raise ShapeMismatch("the sizes that are joined must be known")
        return op.result()


class Grid(Op):
    """Coordinates of a grid, from those along each of its axes."""

    NAMES = (*ops("meshgrid"), *tf("meshgrid"))
    REST = "x"
    x: Value
    _: KEYWORD_ONLY
    indexing: Value = "xy"

    def result(self) -> Any:
        lengths = [flat(shape_of(one)) for one in self.x]
        if self.indexing not in ("xy", "ij"):
            raise ShapeMismatch(f"`indexing` must be 'xy' or 'ij', got {shown(self.indexing)}")
        if self.drawn and self.indexing == "xy" and len(lengths) < 2:
            raise ShapeMismatch("a grid of one axis")
        if self.indexing == "xy" and len(lengths) > 1:
            lengths[:2] = reversed(lengths[:2])
        return [Tensor(Shape(lengths), dtype_of(one)) for one in self.x]


class Slice(Op):
    """A part of a tensor, of a given shape."""

    NAMES = ops("slice")
    inputs: Value
    start_indices: Value
    shape: Value

    def result(self) -> Any:
        given, found = shape_of(self.inputs), Shape(sizes(self.shape))
        if given.rank == found.rank and any(isinstance(size, int) and size == -1 for size in found):
            found = Shape(self._rest(size, at) if isinstance(wanted, int) and wanted == -1 else wanted
                          for at, (size, wanted) in enumerate(zip(given, found, strict=True)))
        if given.rank != found.rank:
            raise ShapeMismatch(f"a part of {found.rank} dimensions of a tensor of {given.rank}: {given.text}")
        return Tensor(found, dtype_of(self.inputs))

    def _rest(self, size: Any, at: int) -> Any:
        """What is left of an axis from where the part starts."""
        starts = self.start_indices
        if is_unsized(size) or isinstance(starts, Tensor):
            return unsized("rest")
        if isinstance(starts, Unknown):
            return starts
        return size - starts[at] if isinstance(starts, list | tuple) and at < len(starts) else Unknown.because(Why.INPUT, "where a part starts")


class Changed(Op):
    """A tensor with other contents in some places."""

    NAMES = (*ops("slice_update", "scatter_update"), *tf("tensor_scatter_nd_update", "tensor_scatter_nd_add"))
    REST = "rest"
    EXTRA = "options"
    ALIASES = {"tensor": "inputs"}
    inputs: Value
    rest: Value
    options: Value

    def result(self) -> Any:
        return Tensor(shape_of(self.inputs), dtype_of(self.inputs))


class TakeAlongAxis(Op):
    """Elements by their places along an axis; all other axes are broadcast."""

    NAMES = ops("take_along_axis")
    x: Value
    indices: Value
    axis: Value = None

    def result(self) -> Any:
        shape, indices = shape_of(self.x), shape_of(self.indices, "indices")
        if self.axis is None:
            if indices.rank != 1:
                raise ShapeMismatch(f"as many dimensions are needed as of a vector, got {indices.text}")
            return Tensor(Shape((indices.numel,)), dtype_of(self.x))
        if shape.rank != indices.rank:
            raise ShapeMismatch(f"as many dimensions are needed: {shape.text} and {indices.text}")
        at = at_axis(self.axis, shape.rank)
        return Tensor(broadcast([shape.replace(at, indices[at]), indices]), dtype_of(self.x))


class Diagonal(Op):
    """The diagonals over two axes, along a new last axis."""

    NAMES = ops("diagonal")
    x: Value
    offset: Value = 0
    axis1: Value = 0
    axis2: Value = 1

    def result(self) -> Any:
        shape = shape_of(self.x)
        if shape.rank < 2:
            raise ShapeMismatch(f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
        one, two = at_axis(self.axis1, shape.rank), at_axis(self.axis2, shape.rank)
        if one == two:
            raise ShapeMismatch(f"`axis1` and `axis2` are one axis of {shape.text}")
        rest = [size for at, size in enumerate(shape) if at not in (one, two)]
        return Tensor(Shape((*rest, _diagonal(shape[one], shape[two], integer(self.offset, "offset")))), dtype_of(self.x))


def _diagonal(rows: Any, columns: Any, offset: int) -> Any:
    if isinstance(rows, int) and isinstance(columns, int):
        return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    if is_unsized(rows) or is_unsized(columns):
        return unsized("diagonal")
    if offset == 0 and agrees(rows, columns):
        return rows
    return Unknown.because(Why.INPUT, f"the length of the diagonal of a matrix of {rows} by {columns}")


class Trace(Diagonal):
    """The sums of the diagonals over two axes."""

    NAMES = ops("trace")

    def result(self) -> Any:
        found = super().result()
        return Tensor(Shape(found.shape[:-1]), found.dtype)


class Outer(Op):
    """Every element of one tensor times every element of another."""

    NAMES = ops("outer")
    x1: Value
    x2: Value

    def result(self) -> Any:
        return Tensor(Shape((product(shape_of(self.x1)), product(shape_of(self.x2)))), dtype_of(self.x1, self.x2))


class Inner(Op):
    """Sums of products over the last axes of two tensors; all other axes follow one another."""

    NAMES = ops("inner")
    KIND = "matmul"
    x1: Value
    x2: Value

    def result(self) -> Any:
        one, two = shape_of(self.x1), shape_of(self.x2)
        if not one or not two:
            return Tensor(broadcast([one, two]), dtype_of(self.x1, self.x2))
        if differs(one[-1], two[-1]):
            raise ShapeMismatch(f"{one.text} and {two.text}: {one[-1]} and {two[-1]} differ")
        return Tensor(Shape((*one[:-1], *two[:-1])), dtype_of(self.x1, self.x2))

    def macs(self, y: Any) -> Any:
        one = shape_of(self.x1)
        return y.shape.numel * one[-1] if one and shape_of(self.x2) else 0
