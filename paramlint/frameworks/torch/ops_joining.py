"""Operations of torch that put tensors together or take them apart.

Source: the documentation of torch ("indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

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
    decided,
    function,
    made,
    promoted,
    shape_of,
)
from paramlint.frameworks.torch.ops_shaping import AtLeast, AtLeast2d, AtLeast3d, same_elements
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.op import Op

MANY = 100_000  # parts that a tensor is taken into


def sequence(value: Any, name: str = "tensors") -> list[Any]:
    """A list of tensors, or a tensor taken along its first axis."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if not isinstance(value, list | tuple) or any(isinstance(one, int | float | str | None) for one in value):
        raise Refused(f"`{name}` must be a list or tuple of Tensors", field=name)
    return list(value)


def parts(given: Tensor, at: int) -> tuple[Tensor, ...]:
    """The elements along an axis, each without it."""
    shape = shape_of(given)
    count = decided(shape[at])
    if count > MANY:
        raise NeedsValue(Unknown.because(Why.LIMIT, f"{count:,} parts of a tensor"))
    if given.data is None:
        return tuple([made((*shape[:at], *shape[at + 1:]), given.dtype)] * count)
    return tuple(dropped(cut(given, at, index, 1), at) for index in range(count))


def joined(given: list[Any], dim: Any) -> Tensor:
    """Tensors one after the other along an axis. An empty one of a single axis fits everywhere."""
    unfit(not given, "no tensors to join", error="ValueError")
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
