"""Gathering and scattering of elements by indices and masks.

Source: the documentation of torch ("tensor indexing", "indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    both,
    changing,
    dtype_of,
    function,
    made,
    reaches_out,
    shape_of,
)
from paramlint.frameworks.torch.ops_indexing import (
    uncounted,
)
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class Gather(Op):
    """One element of an axis for each element of ``index``, which has as many axes."""

    NAMES = both("gather")
    input: Value
    dim: Value
    index: Value
    sparse_grad: Value = False
    RAISES: ClassVar[str] = "RuntimeError"

    def result(self) -> Tensor:
        shape, index = shape_of(self.input), shape_of(self.index, "index")
        at = at_axis(self.dim, shape.rank)
        unfit(shape.rank != index.rank and shape.rank > 0 and index.rank > 0,
              f"the index needs as many dimensions as the input: {index.text} and {shape.text}")
        for axis, (size, wanted) in enumerate(zip(shape, index, strict=False)):
            unfit(axis != at and (lambda: wanted > size)(), f"the index {index.text} is larger than {shape.text} at dimension {axis}")
        return made(index, dtype_of(self.input))


class IndexSelect(Op):
    """Those elements of an axis that a vector of indices names."""

    NAMES = both("index_select")
    input: Value
    dim: Value
    index: Value

    def result(self) -> Tensor:
        shape, index = shape_of(self.input), shape_of(self.index, "index")
        unfit(index.rank > 1, f"the index must be a vector, got {index.text}")
        at = at_axis(self.dim, shape.rank)
        if shape and reaches_out(self.index.data, shape[at]):
            raise ShapeMismatch(f"an index is out of range for dimension {at} of {shape.text}", error="Exception")
        return made(shape.replace(at, index.numel) if shape else shape, dtype_of(self.input))


class TakeAlong(Op):
    """Elements along an axis by indices that are broadcast to the rest."""

    NAMES = both("take_along_dim")
    input: Value
    indices: Value
    dim: Value = None

    def result(self) -> Tensor:
        shape, index = shape_of(self.input), shape_of(self.indices, "indices")
        if self.dim is None:
            return made((index.numel,), dtype_of(self.input))
        unfit(shape.rank != index.rank, f"the indices need as many dimensions as the input: {index.text} and {shape.text}")
        at = at_axis(self.dim, shape.rank)
        whole = broadcast(shape.replace(at, 1), index.replace(at, 1))
        return made(whole.replace(at, index[at]), dtype_of(self.input))


class Take(Op):
    """Elements by their place in the flattened tensor."""

    NAMES = both("take")
    input: Value
    index: Value

    def result(self) -> Tensor:
        return made(shape_of(self.index, "index"), dtype_of(self.input))


class MaskedSelect(Op):
    """The elements where a mask holds, as a vector."""

    NAMES = both("masked_select")
    input: Value
    mask: Value

    def result(self) -> Tensor:
        broadcast(shape_of(self.input), shape_of(self.mask, "mask"))
        return made((Unknown.because(Why.INPUT, "how many elements a mask selects"),), dtype_of(self.input))


class Nonzero(Op):
    """The places of the elements other than zero, one a row, or a vector an axis with ``as_tuple``."""

    NAMES = both("nonzero", "argwhere")
    input: Value
    as_tuple: Value = False

    def result(self) -> Any:
        shape = shape_of(self.input)
        count = uncounted(self.input)
        if self.as_tuple is True:
            return tuple(made((count,), "int64") for _ in shape)
        return made((count, shape.rank), "int64")


class Scattered(Op):
    """Elements are written to places that an index names; the shape stays."""

    NAMES = (*changing("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "index_put", "index_reduce", "put"),
             *both("select_scatter", "slice_scatter", "diagonal_scatter"))
    REST = "rest"
    EXTRA = "options"
    input: Value
    rest: Value
    options: Value
    ALIASES: ClassVar[dict[str, str]] = {"self": "input"}

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Bucketize(Op):
    """The place of each element among sorted boundaries."""

    NAMES = function("bucketize")
    input: Value
    boundaries: Value
    out_int32: Value = False
    right: Value = False

    def result(self) -> Tensor:
        return made(shape_of(self.input), "int32" if self.out_int32 is True else "int64")


class SearchSorted(Bucketize):
    """The place of each element in a sorted sequence."""

    NAMES = function("searchsorted")

    def result(self) -> Tensor:
        return made(shape_of(self.boundaries), "int32" if self.out_int32 is True else "int64")
