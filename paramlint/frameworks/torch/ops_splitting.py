"""Operations of torch that take tensors apart, and grids.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape, check_parts, check_rank
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_axes import cut
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    both,
    decided,
    function,
    integer,
    made,
    method,
    promoted,
    shape_of,
    size_list,
)
from paramlint.frameworks.torch.ops_joining import (
    parts,
    sequence,
)
from paramlint.frameworks.torch.ops_repeating import expanded_to
from paramlint.frameworks.torch.ops_shaping import same_elements
from paramlint.schema.conditions import certainly
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class _Parts(Op):
    SHARES = True
    RAISES = "RuntimeError"

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class Chunk(_Parts):
    """At most ``chunks`` parts of equal size, the last one smaller."""

    NAMES = both("chunk")
    input: Value
    chunks: Value
    dim: Value = 0

    def result(self) -> Any:
        shape = shape_of(self.input)
        unfit(not shape, "a scalar cannot be taken apart")
        at, chunks = at_axis(self.dim, shape.rank), decided(integer(self.chunks))
        unfit(chunks <= 0, f"`chunks` must be positive, got {chunks}")
        size = shape[at]
        if not isinstance(size, int):
            if certainly(lambda: size % chunks == 0):
                check_parts(chunks)
                return (cut(self.input, at, 0, size // chunks),) * chunks
            raise NeedsValue(size if isinstance(size, Unknown) else Unknown.because(Why.INPUT, f"a part of a dimension of size `{size}`"))
        length = max(-(-size // chunks), 1)
        check_parts(-(-size // length))
        return divided(self.input, at, [min(length, size - start) for start in range(0, max(size, 1), length)])


def divided(given: Any, at: int, lengths: list[Any]) -> tuple[Tensor, ...]:
    check_parts(len(lengths))
    start: Size = 0
    result = []
    for length in lengths:
        result.append(cut(given, at, start, length))
        start = start + length
    return tuple(result)


class Split(_Parts):
    """Parts of a given size, or of given sizes."""

    NAMES = (*both("split", "split_with_sizes"), *method("unsafe_split"), "torch.functional.split")
    tensor: Value
    split_size_or_sections: Value
    dim: Value = 0
    ALIASES: ClassVar[dict[str, str]] = {"split_size": "split_size_or_sections", "split_sizes": "split_size_or_sections"}

    def result(self) -> Any:
        shape = shape_of(self.tensor, "tensor")
        unfit(not shape, "a scalar cannot be taken apart")
        at, given = at_axis(self.dim, shape.rank), self.split_size_or_sections
        size = shape[at]
        if isinstance(given, list | tuple):
            lengths = list(size_list(tuple(given) if len(given) != 1 else given, "split_size_or_sections"))
            unfit(lambda: sum(lengths) != size, f"parts of {Shape(lengths).text} do not add up to dimension {at}: {shape.text}")
            return divided(self.tensor, at, lengths)
        step = integer(given)
        if isinstance(size, int) and isinstance(step, int):
            unfit(step < 0 or (step == 0 and size != 0), f"a part cannot have the size {step}")
            check_parts(-(-size // max(step, 1)))
            return divided(self.tensor, at, [min(step, size - start) for start in range(0, size, step)] if size else [0])
        count = size // step if not isinstance(size, Unknown) and not isinstance(step, Unknown) else size
        if isinstance(count, int) and count >= 1:  # `dim` split into parts of `dim // n`
            check_parts(count)
            return divided(self.tensor, at, [step] * count)
        raise NeedsValue(Unknown.because(Why.INPUT, f"how many parts of {step} a dimension of size `{size}` has"))


class TensorSplit(_Parts):
    """``n`` parts, the first ones one larger, or parts between the indices given."""

    NAMES = both("tensor_split")
    input: Value
    indices_or_sections: Value
    dim: Value = 0
    ALIASES: ClassVar[dict[str, str]] = {"indices": "indices_or_sections", "sections": "indices_or_sections"}

    def result(self) -> Any:
        shape = shape_of(self.input)
        at, given = at_axis(self.dim, shape.rank), decided(self.indices_or_sections)
        size = decided(shape[at])
        if isinstance(given, list | tuple):
            edges = [0, *(min(max(decided(one) + (size if one < 0 else 0), 0), size) for one in given), size]
            return divided(self.input, at, [max(after - before, 0) for before, after in pairwise(edges)])
        unfit(given <= 0, f"the number of parts must be positive, got {given}")
        check_parts(given)
        return divided(self.input, at, [size // given + (part < size % given) for part in range(given)])


class Unbind(_Parts):
    """The elements along an axis, each without it."""

    NAMES = both("unbind")
    input: Value
    dim: Value = 0

    def result(self) -> Any:
        shape = shape_of(self.input)
        unfit(not shape, "a scalar cannot be taken apart")
        return parts(self.input, at_axis(self.dim, shape.rank))


class Meshgrid(_Parts):
    """The coordinates of a grid: of each tensor an array that varies along one axis."""

    NAMES = function("meshgrid")
    REST = "tensors"
    EXTRA = "options"
    tensors: Value
    options: Value

    def result(self) -> Any:
        given = sequence(self.tensors[0]) if len(self.tensors) == 1 and isinstance(self.tensors[0], list | tuple | Unknown) else self.tensors
        lengths = []
        for one in given:
            shape = shape_of(one, "tensors")
            unfit(shape.rank > 1, f"meshgrid() takes tensors of one dimension, got {shape.text}")
            lengths.append(shape.numel)
        check_rank(len(lengths))
        indexing = decided(self.options.get("indexing", "ij"))
        swapped = indexing == "xy" and len(lengths) > 1
        whole = Shape((lengths[1], lengths[0], *lengths[2:]) if swapped else lengths)
        result = []
        for at, one in enumerate(given):
            place = 1 - at if swapped and at < 2 else at
            column = same_elements(one, [lengths[at] if axis == place else 1 for axis in range(len(lengths))])
            result.append(expanded_to(column, whole))
        return tuple(result)


class CartesianProduct(Op):
    """Every combination of the elements of several vectors, one a row."""

    NAMES = function("cartesian_prod")
    REST = "tensors"
    tensors: Value

    def result(self) -> Tensor:
        count = product(shape_of(one).numel for one in self.tensors)
        return made((count, len(self.tensors)) if len(self.tensors) > 1 else (count,), promoted(*self.tensors))
