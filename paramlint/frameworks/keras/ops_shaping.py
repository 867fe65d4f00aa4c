"""Operations that move elements to other axes and shapes."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import exact_quotient, is_unsized, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, axes, backend, dtype_of, flat, ops, shape_of, sizes, tf
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Reshape(Op):
    """The same elements in another shape; one size may be -1, the one that is left."""

    NAMES = (*ops("reshape"), *tf("reshape"), *backend("reshape"), "keras.KerasTensor.reshape")
    ALIASES = {"tensor": "x", "shape": "newshape"}

    x: Value
    newshape: Value
    name: Value = None

    def result(self) -> Any:
        shape, wanted = shape_of(self.x), list(sizes(self.newshape))
        wanted = [unsized(str(axis) if axis else "batch") if size is None else size for axis, size in enumerate(wanted)]
        free = [axis for axis, size in enumerate(wanted) if isinstance(size, int) and size == -1]
        if len(free) > 1:
            raise ShapeMismatch(f"only one size of a shape may be -1, got {shown(self.newshape)}")
        if self.drawn and any(map(is_unsized, (*shape, *wanted))):  # a graph computes nothing from sizes that are open
            return Tensor(Shape(unsized("rest") if axis in free else size for axis, size in enumerate(wanted)), dtype_of(self.x))
        rest = product(size for axis, size in enumerate(wanted) if axis not in free)
        if free:
            wanted[free[0]] = _left(shape.numel, rest, shape)
        elif isinstance(rest, int) and isinstance(shape.numel, int) and rest != shape.numel:
            raise ShapeMismatch(f"cannot reshape {shape.text} to {Shape(wanted).text}")
        return Tensor(Shape(wanted), dtype_of(self.x))


def _left(total: Any, rest: Any, shape: Shape) -> Any:
    if isinstance(total, int) and isinstance(rest, int):
        if rest == 0 or total % rest:
            raise ShapeMismatch(f"cannot reshape {shape.text}: {total} elements do not divide by {rest}")
        return total // rest
    if isinstance(total, Unknown) or isinstance(rest, Unknown):
        return total if isinstance(total, Unknown) else rest
    found = exact_quotient(total, rest)
    if found is not None:
        return found
    return unsized("rest") if is_unsized(total) else total // rest


class Transpose(Op):
    """Axes in another order; without one, reversed."""

    NAMES = (*ops("transpose"), *tf("transpose"), *backend("permute_dimensions", "transpose"))
    ALIASES = {"a": "x", "perm": "axes", "pattern": "axes"}

    x: Value
    axes: Value = None
    conjugate: Value = False
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        order = tuple(range(shape.rank))[::-1] if self.axes is None else axes(list(sizes(self.axes)), shape.rank)
        if sorted(order) != list(range(shape.rank)):
            raise ShapeMismatch(f"{shown(self.axes)} is no order of the axes of {shape.text}")
        return Tensor(Shape(shape[axis] for axis in order), dtype_of(self.x))


class SwapAxes(Op):
    """Two axes exchanged."""

    NAMES = ops("swapaxes")

    x: Value
    axis1: Value
    axis2: Value

    def result(self) -> Any:
        shape = list(shape_of(self.x))
        a, b = at_axis(self.axis1, len(shape)), at_axis(self.axis2, len(shape))
        shape[a], shape[b] = shape[b], shape[a]
        return Tensor(Shape(shape), dtype_of(self.x))


class MoveAxis(Op):
    """Axes moved to other places, the rest in their order."""

    NAMES = ops("moveaxis")

    x: Value
    source: Value
    destination: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        moved, places = axes(self.source, shape.rank), axes(self.destination, shape.rank)
        rest = [axis for axis in range(shape.rank) if axis not in moved]
        for place, axis in sorted(zip(places, moved, strict=True)):
            rest.insert(place, axis)
        return Tensor(Shape(shape[axis] for axis in rest), dtype_of(self.x))


class ExpandDims(Op):
    """New axes of size 1."""

    NAMES = (*ops("expand_dims"), *tf("expand_dims"), *backend("expand_dims"))
    ALIASES = {"input": "x"}

    x: Value
    axis: Value = -1
    name: Value = None

    def result(self) -> Any:
        shape = list(shape_of(self.x))
        wanted = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        places = {at_axis(one, len(shape) + len(wanted)) for one in wanted}
        if len(places) < len(wanted):
            raise ShapeMismatch(f"an axis is named twice: {shown(self.axis)}")
        for axis in sorted(places):
            shape.insert(axis, 1)
        return Tensor(Shape(shape), dtype_of(self.x))


class Squeeze(Op):
    """Axes of size 1 left out."""

    NAMES = (*ops("squeeze"), *tf("squeeze"), *backend("squeeze"), "keras.KerasTensor.squeeze")
    ALIASES = {"input": "x"}

    x: Value
    axis: Value = None
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.axis is None or self.axis == []:
            if any(not isinstance(size, int) and not is_unsized(size) for size in shape):
                raise NeedsValue(Unknown.because(Why.INPUT, f"which sizes of {shape.text} are 1"))
            return Tensor(Shape(size for size in shape if is_unsized(size) or size != 1), dtype_of(self.x))
        gone = axes(self.axis, shape.rank)
        for axis in gone:
            if (self.drawn and is_unsized(shape[axis])) or (isinstance(shape[axis], int) and shape[axis] != 1):
                raise ShapeMismatch(f"cannot squeeze axis {axis} of {shape.text}")
        return Tensor(Shape(size for axis, size in enumerate(shape) if axis not in gone), dtype_of(self.x))


class Flatten(Op):
    """All axes as one."""

    NAMES = (*ops("ravel"), *backend("flatten"))

    x: Value

    def result(self) -> Any:
        return Tensor(Shape((flat(shape_of(self.x)),)), dtype_of(self.x))


class BatchFlatten(Op):
    """All axes but the first as one."""

    NAMES = backend("batch_flatten")

    x: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        return Tensor(Shape((shape[0], product(shape[1:]))), dtype_of(self.x))
