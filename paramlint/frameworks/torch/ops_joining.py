"""Operations of torch that put tensors together or take them apart.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from paramlint.core.contents import flat
from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_axes import cut, dropped
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
from paramlint.frameworks.torch.ops_shaping import AtLeast, AtLeast2d, AtLeast3d, expanded_to, same_elements
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Value
from paramlint.schema.op import Op

_MANY = 100_000  # parts that a tensor is taken into


def sequence(value: Any, name: str = "tensors") -> list[Any]:
    """A list of tensors, or a tensor taken along its first axis."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Tensor):
        return list(parts(value, 0))
    if not isinstance(value, list | tuple):
        raise Refused(f"`{name}` must be a list or tuple of Tensors", field=name)
    return list(value)


def parts(given: Tensor, at: int) -> tuple[Tensor, ...]:
    """The elements along an axis, each without it."""
    shape = shape_of(given)
    count = decided(shape[at])
    if count > _MANY:
        raise NeedsValue(Unknown.because(Why.LIMIT, f"{count:,} parts of a tensor"))
    if given.data is None:
        return tuple([made((*shape[:at], *shape[at + 1:]), given.dtype)] * count)
    return tuple(dropped(cut(given, at, index, 1), at) for index in range(count))


def joined(given: list[Any], dim: Any) -> Tensor:
    """Tensors one after the other along an axis. An empty one of a single axis fits everywhere."""
    unfit(not given, "no tensors to join")
    shapes = [shape_of(one, "tensors") for one in given]
    counted = [shape for shape in shapes if not (shape.rank == 1 and shape[0] == 0)] if any(shape.rank != 1 for shape in shapes) else shapes
    first = counted[0] if counted else shapes[0]
    unfit(not first, "a scalar cannot be joined")
    at = at_axis(dim, first.rank)
    sizes = list(first)
    for shape in counted[1:]:
        unfit(shape.rank != first.rank, f"tensors of different ranks cannot be joined: {first.text} and {shape.text}")
        for axis, size in enumerate(shape):
            if axis == at:
                sizes[axis] = sizes[axis] + size
            elif differs(sizes[axis], size):
                raise ShapeMismatch(f"tensors joined along dimension {at} must agree elsewhere: {first.text} and {shape.text}")
            elif isinstance(size, int):
                sizes[axis] = size
    dtype = promoted(*given)
    return made(sizes, dtype, lambda: _joined_values(given, at, Shape(sizes)))


def _joined_values(given: list[Tensor], at: int, shape: Shape) -> list[Any]:
    outer = product(shape[:at])
    rows: list[list[Any]] = [[] for _ in range(outer)]
    for one in given:
        values = flat(one)
        block = len(values) // outer if outer else 0
        for row in range(outer):
            rows[row].extend(values[row * block:(row + 1) * block])
    return [item for row in rows for item in row]


class Concatenate(Op):
    """Tensors one after the other along an axis."""

    NAMES = function("cat", "concat", "concatenate")
    tensors: Value
    dim: Value = 0
    ALIASES: ClassVar[dict[str, str]] = {"axis": "dim"}

    def result(self) -> Tensor:
        return joined(sequence(self.tensors), self.dim)


class Stack(Op):
    """Tensors of one shape along a new axis."""

    NAMES = function("stack")
    tensors: Value
    dim: Value = 0
    ALIASES: ClassVar[dict[str, str]] = {"axis": "dim"}

    def result(self) -> Tensor:
        return stacked(sequence(self.tensors), self.dim)


def stacked(given: list[Any], dim: Any) -> Tensor:
    unfit(not given, "no tensors to stack")
    first = shape_of(given[0], "tensors")
    for one in given[1:]:
        shape = shape_of(one, "tensors")
        if shape.rank != first.rank or any(map(differs, shape, first)):
            raise ShapeMismatch(f"tensors of different shapes cannot be stacked: {first.text} and {shape.text}")
    at = at_axis(dim, first.rank + 1)
    return joined([same_elements(one, (*shape_of(one)[:at], 1, *shape_of(one)[at:])) for one in given], at)


class HorizontalStack(Op):
    """Tensors beside each other: along the second axis, or the only one."""

    NAMES = function("hstack", "column_stack")
    tensors: Value

    def result(self) -> Tensor:
        given = [same_elements(one, shape_of(one) or (1,)) for one in sequence(self.tensors)]
        return joined(given, 0 if given and shape_of(given[0]).rank == 1 else 1)


class VerticalStack(Op):
    """Tensors below each other: along the first axis of at least two."""

    NAMES = function("vstack", "row_stack")
    tensors: Value
    GROWN: ClassVar[type[AtLeast]] = AtLeast2d
    DIM: ClassVar[int] = 0

    def result(self) -> Tensor:
        grown = [self.GROWN.build([one]).result() for one in sequence(self.tensors)]
        return joined(grown, self.DIM)


class DepthStack(VerticalStack):
    """Tensors behind each other: along the third axis of at least three."""

    NAMES = function("dstack")
    GROWN = AtLeast3d
    DIM = 2


class BlockDiagonal(Op):
    """A matrix with other matrices along its diagonal."""

    NAMES = function("block_diag")
    REST = "tensors"
    tensors: Value

    def result(self) -> Tensor:
        shapes = [shape_of(AtLeast2d.build([one]).result()) for one in self.tensors]
        rows: Size = sum((shape[0] for shape in shapes), 0)
        return made((rows, sum((shape[1] for shape in shapes), 0)), promoted(*self.tensors))


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
                return (cut(self.input, at, 0, size // chunks),) * chunks
            raise NeedsValue(size if isinstance(size, Unknown) else Unknown.because(Why.INPUT, f"a part of a dimension of size `{size}`"))
        length = max(-(-size // chunks), 1)
        return divided(self.input, at, [min(length, size - start) for start in range(0, max(size, 1), length)])


def divided(given: Any, at: int, lengths: list[Any]) -> tuple[Tensor, ...]:
    if len(lengths) > _MANY:
        raise NeedsValue(Unknown.because(Why.LIMIT, f"{len(lengths):,} parts of a tensor"))
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
            return divided(self.tensor, at, [min(step, size - start) for start in range(0, size, step)] if size else [0])
        count = size // step if not isinstance(size, Unknown) and not isinstance(step, Unknown) else size
        if isinstance(count, int) and count >= 1:  # `dim` split into parts of `dim // n`
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
