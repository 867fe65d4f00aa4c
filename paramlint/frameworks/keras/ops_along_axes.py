"""Operations that keep the shape of their tensor and go along axes of it: sums, orders, turns.

Source: compute_output_spec in keras/src/ops/numpy.py and nn.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.frameworks.keras.ops_common import at_axis, axes, broadcast, dtype_of, flat, integer, ops, shape_of, tensors_only
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Cumulative(Op):
    """Elements put together one after the other along an axis; without one, as a vector."""

    NAMES = ops("cumsum", "cumprod")

    x: Value
    axis: Value = None
    dtype: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        kind = self.dtype if isinstance(self.dtype, str) else dtype_of(self.x)
        if self.axis is None:
            return Tensor(Shape((flat(shape),)), kind)
        self.checked(shape)
        return Tensor(shape, kind)

    def checked(self, shape: Shape) -> None:
        at_axis(self.axis, shape.rank)


class NanCumulative(Cumulative):
    """The same but for elements that are no numbers; a graph does not look at the axis."""

    NAMES = ops("nancumsum", "nancumprod")

    def checked(self, shape: Shape) -> None:
        if isinstance(self.axis, Unknown):
            raise NeedsValue(self.axis)
        if not self.drawn:
            super().checked(shape)


class Sorted(Op):
    """Elements in order along an axis, the last one if none is given; with None, as a vector."""

    NAMES = ops("sort")

    x: Value
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.axis is None:
            return Tensor(Shape((flat(shape),)), self.kind())
        at_axis(self.axis, shape.rank)
        return Tensor(shape, self.kind())

    def kind(self) -> str:
        return dtype_of(self.x)


class Order(Sorted):
    """The places of the elements in order."""

    NAMES = ops("argsort")

    def kind(self) -> str:
        return "int32"


class Partition(Op):
    """The places of the elements, those below the k-th first."""

    NAMES = ops("argpartition")

    x: Value
    kth: Value
    axis: Value = -1

    def result(self) -> Any:
        integer(self.kth, "kth")
        if isinstance(self.axis, Unknown):
            raise NeedsValue(self.axis)
        shape = shape_of(self.x)
        return Tensor(Shape((flat(shape),)) if self.axis is None else shape, "int32")


class AlongAxes(Op):
    """A function along one axis or several, which must be there."""

    NAMES = (*ops("softmax", "log_softmax"), "keras.activations.softmax", "keras.activations.log_softmax")

    x: Value
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.axis is not None:
            axes(self.axis, shape.rank)
        return Tensor(shape, dtype_of(self.x))


class SparseMax(Op):
    """Softmax that gives zeros, along one axis."""

    NAMES = (*ops("sparsemax"), "keras.activations.sparsemax")

    x: Value
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.x)
        at_axis(self.axis, shape.rank)
        return Tensor(shape, dtype_of(self.x))


class Flip(AlongAxes):
    """Elements in reverse order."""

    NAMES = ops("flip")

    axis = None


class Roll(Op):
    """Elements moved along axes, those at the end to the front."""

    NAMES = ops("roll")

    x: Value
    shift: Value
    axis: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.axis is not None:
            axes(self.axis, shape.rank)
        return Tensor(shape, dtype_of(self.x))


class Normalize(AlongAxes):
    """A tensor divided by its norm along axes."""

    NAMES = ops("normalize")

    order: Value = 2
    epsilon: Value = None

    def result(self) -> Any:
        if isinstance(self.order, Unknown):
            raise NeedsValue(self.order)
        if self.drawn and isinstance(self.order, int):  # it is looked at when there is data
            return super().result()
        if not isinstance(self.order, int) or self.order < 1:
            raise Refused(f"`order` must be at least 1, got {shown(self.order)}", field="order")
        return super().result()


class FlipRows(Op):
    """The second axis in reverse order."""

    NAMES = ops("fliplr")
    LEAST = 2

    x: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        if shape.rank < self.LEAST:
            raise ShapeMismatch(f"expected at least {self.LEAST} dimensions, got {shape.rank}: {shape.text}")
        return Tensor(shape, dtype_of(self.x))


class FlipColumns(FlipRows):
    """The first axis in reverse order."""

    NAMES = ops("flipud")
    LEAST = 1


class Quarter(Op):
    """A tensor turned by quarters in the plane of two axes."""

    NAMES = ops("rot90")

    array: Value
    k: Value = 1
    axes: Value = (0, 1)

    def result(self) -> Any:
        shape = shape_of(self.array)
        if shape.rank < 2:
            raise ShapeMismatch(f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
        plane = self.axes
        if isinstance(plane, Unknown) or isinstance(self.k, Unknown):
            raise NeedsValue(plane if isinstance(plane, Unknown) else self.k)
        if not isinstance(plane, list | tuple) or len(plane) != 2 or plane[0] == plane[1]:
            raise ShapeMismatch(f"`axes` must be two axes, got {shown(plane)}")
        one, two = (_index(axis, shape.rank) for axis in plane)
        turned = list(shape)
        if self.drawn or integer(self.k, "k") % 2:  # the rules of a graph take any number of turns for one
            turned[one], turned[two] = shape[two], shape[one]
        return Tensor(Shape(turned), dtype_of(self.array))


def _index(axis: Any, rank: int) -> int:
    return at_axis(axis, rank, "axes")


class Difference(Op):
    """Differences of neighbours along an axis, ``n`` times."""

    NAMES = ops("diff")

    a: Value
    n: Value = 1
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.a)
        axis = at_axis(self.axis, shape.rank)
        size = shape[axis]
        left = size - integer(self.n, "n")
        return Tensor(shape.replace(axis, size if is_unsized(size) else max(left, 0) if isinstance(left, int) else left), dtype_of(self.a))


class Trapezoid(Op):
    """The area under a curve along an axis."""

    NAMES = ops("trapezoid")

    y: Value
    x: Value = None
    dx: Value = 1.0
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.y)
        if self.axis is None or not shape.rank:
            return Tensor(shape, dtype_of(self.y))
        gone = integer(self.axis) % shape.rank
        return Tensor(Shape(size for at, size in enumerate(shape) if at != gone), dtype_of(self.y))


class Bitwise(Op):
    """A function of the bits of two tensors. In a graph the first one's shape is taken."""

    NAMES = ops("bitwise_and", "bitwise_or", "bitwise_xor")
    SHIFTS = False

    x: Value
    y: Value

    def result(self) -> Any:
        one, two = shape_of(self.x), shape_of(self.y, "y")
        tensors_only(self.drawn, x=self.x, y=None if self.SHIFTS and isinstance(self.y, int) else self.y)
        if not self.drawn and (len(one) != len(two) or any(map(differs, one, two))):
            return Tensor(broadcast([one, two]), dtype_of(self.x, self.y))
        return Tensor(one, dtype_of(self.x, self.y))


class Shift(Bitwise):
    """Bits moved by so many places."""

    NAMES = ops("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
    SHIFTS = True
