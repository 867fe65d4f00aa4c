"""Layers of paddle.nn that only change the shape, and distances.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.arithmetic import merged
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, axis_of, numbers, positive, unfit, window
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer


def flattened(x: Shape, start: Any, stop: Any) -> Shape | Unknown:
    """``paddle.flatten``: the axes from ``start`` to ``stop`` made one."""
    if len(x) == 0:
        return Shape((1,))
    first, last = axis_of(x, start, "start_axis"), axis_of(x, stop, "stop_axis")
    if first is None or last is None:
        return Unknown.because(Why.ARGUMENT, "the axes to flatten are not known")
    unfit(last < first, f"`stop_axis` ({stop}) is before `start_axis` ({start})")
    return Shape((*x[:first], merged(x[first:last + 1]), *x[last + 1:]))


def reshaped(x: Shape, axis: int, sizes: Any) -> Shape | Unknown:
    """The shape with one axis replaced by ``sizes``, of which one may be -1."""
    if open_value(sizes) or not isinstance(sizes, PLAIN):
        return Unknown.because(Why.ARGUMENT, "`shape` is not known")
    if not isinstance(sizes, list | tuple):
        raise ShapeMismatch(f"`shape` must be a list, got {shown(sizes)}")
    for one in sizes:
        unfit(not isinstance(one, int) and isinstance(one, PLAIN), f"`shape` must hold integers, got {shown(sizes)}")
    known = product(one for one in sizes if not (isinstance(one, int) and one == -1))
    free = [i for i, one in enumerate(sizes) if isinstance(one, int) and one == -1]
    unfit(len(free) > 1, f"`shape` may have one -1, got {shown(sizes)}")
    unfit(lambda: x[axis] % known != 0 if free else x[axis] != known, f"`shape` {shown(sizes)} does not fit the axis of size {x[axis]}")
    filled = [x[axis] // known if i in free else one for i, one in enumerate(sizes)]
    return Shape((*x[:axis], *filled, *x[axis + 1:]))


class Identity(Layer):
    """Returns its input; takes any arguments."""

    NAMES = ("paddle.nn.Identity",)
    KIND = "identity"
    REST = "args"
    EXTRA = "kwargs"
    args: Value
    kwargs: Value
    EXAMPLES = (Example("Identity(3, a=4)", params=0, input=(2, 3), output=(2, 3)),)

    def shape(self, input: Any) -> Any:
        return input


class Flatten(Layer):
    """Makes the axes from ``start_axis`` to ``stop_axis`` one."""

    NAMES = ("paddle.nn.Flatten",)
    KIND = "shape"
    start_axis: Value = 1
    stop_axis: Value = -1
    EXAMPLES = (Example("Flatten(start_axis=1, stop_axis=-2)", params=0, input=(2, 3, 4, 5), output=(2, 12, 5)),
                Rejects("Flatten(2, 1)", input=(2, 3, 4), says="before"))

    def shape(self, input: Shape) -> Any:
        return flattened(input, self.start_axis, self.stop_axis)


class Unflatten(Layer):
    """Makes one axis several."""

    NAMES = ("paddle.nn.Unflatten",)
    KIND = "shape"
    axis: Value
    shape_: Value
    name: Text = None
    EXAMPLES = (Example("Unflatten(1, [2, -1])", params=0, input=(2, 6, 4), output=(2, 2, 3, 4)),
                Rejects("Unflatten(1, [2, 4])", input=(2, 6, 4), says="does not fit"))

    def shape(self, input: Shape) -> Any:
        axis = axis_of(input, self.axis)
        return Unknown.because(Why.ARGUMENT, "`axis` is not known") if axis is None else reshaped(input, axis, self.shape_)


def _pair(name: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, int | list | tuple) and isinstance(value, PLAIN):
        raise ShapeMismatch(f"`{name}` must be an integer or two of them, got {shown(value)}")
    return numbers(name, value, 2)


class _Blocks(Layer):
    """What Unfold and Fold share: windows over height and width."""

    KIND = "shape"

    if TYPE_CHECKING:
        kernel_sizes: Any
        dilations: Any
        paddings: Any
        strides: Any

    def _windows(self, height: Any, width: Any) -> tuple[tuple[Any, ...], list[Any]]:
        """The kernel, and how many windows there are along each axis. Paddings are top, left, bottom, right."""
        kernel, steps, gaps = _pair("kernel_sizes", self.kernel_sizes), _pair("strides", self.strides), _pair("dilations", self.dilations)
        pads = self.paddings
        if isinstance(pads, list | tuple) and len(pads) == 4:
            top, left, bottom, right = pads
        else:
            top, left = _pair("paddings", pads)
            bottom, right = top, left
        for name, values in (("kernel_sizes", kernel), ("strides", steps), ("dilations", gaps)):
            positive(name, values)
        counts = []
        for size, pad, kernel_size, step, gap in zip((height, width), ((top, bottom), (left, right)), kernel, steps, gaps, strict=True):
            count = window(size, kernel_size, step, pad, gap)
            unfit(lambda count=count: count <= 0, f"the kernel {shown(kernel)} is larger than the input ({height}, {width})")
            counts.append(count)
        return kernel, counts


class Unfold(_Blocks):
    """Lays the windows of (batch, channels, height, width) out as columns: (batch, channels * kernel, windows)."""

    NAMES = ("paddle.nn.Unfold",)
    RAISES = "AssertionError"
    kernel_sizes: Value
    dilations: Value = 1
    paddings: Value = 0
    strides: Value = 1
    name: Text = None
    EXAMPLES = (Example("Unfold(3, paddings=[1, 2, 3, 4], strides=2)", params=0, input=(1, 4, 8, 8), output=(1, 36, 30)),
                Rejects("Unfold(kernel_size=3)", says="kernel_size"), Rejects("Unfold(9)", input=(1, 4, 8, 8), says="larger"))

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(4)
        kernel, counts = self._windows(input[2], input[3])
        return Shape((input[0], input[1] * product(kernel), product(counts)))


class Fold(_Blocks):
    """Adds columns up into (batch, channels, height, width): the inverse of Unfold."""

    NAMES = ("paddle.nn.Fold",)
    ALIASES: ClassVar = {"output_size": "output_sizes", "kernel_size": "kernel_sizes", "stride": "strides", "padding": "paddings",
                         "dilation": "dilations"}
    EXAMPLES = (Example("Fold([4, 5], [2, 2])", params=0, input=(2, 12, 12), output=(2, 3, 4, 5)),
                Rejects("Fold(4, 2)", input=(2, 12, 10), says="9"))

    output_sizes: Value
    kernel_sizes: Value
    dilations: Value = 1
    paddings: Value = 0
    strides: Value = 1
    name: Text = None

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(3)
        height, width = _pair("output_sizes", self.output_sizes)
        kernel, counts = self._windows(height, width)
        area = product(kernel)
        unfit(lambda: input[1] % area != 0, f"the kernel ({area}) must divide the channels ({input[1]})")
        if differs(input[2], product(counts)):
            raise ShapeMismatch(f"expected {product(counts)} windows, got {input[2]}: {input.text}")
        return Shape((input[0], input[1] // area, height, width))


class CosineSimilarity(Layer):
    """Cosine of the angle between vectors along ``axis``."""

    NAMES = ("paddle.nn.CosineSimilarity",)
    KIND = "distance"
    ALIASES: ClassVar = {"dim": "axis"}
    axis: Value = 1
    eps: Number = 1e-8
    EXAMPLES = (Example("CosineSimilarity()", params=0, input=[(2, 5), (2, 5)], output=(2,)),)

    def shape(self, x1: Shape, x2: Shape) -> Any:
        both = broadcast(x1, x2)
        axis = axis_of(both, self.axis)
        return Unknown.because(Why.ARGUMENT, "`axis` is not known") if axis is None else Shape((*both[:axis], *both[axis + 1:]))


class PairwiseDistance(Layer):
    """p-norm of the differences along the last axis."""

    NAMES = ("paddle.nn.PairwiseDistance",)
    KIND = "distance"
    ALIASES: ClassVar = {"eps": "epsilon"}
    p: Number = 2.0
    epsilon: Number = 1e-6
    keepdim: Flag = False
    name: Text = None
    EXAMPLES = (Example("PairwiseDistance(keepdim=True)", params=0, input=[(2, 5), (2, 5)], output=(2, 1)),)

    def shape(self, x: Shape, y: Shape) -> Any:
        both = broadcast(x, y)
        unfit(len(both) == 0, "vectors have at least one axis")
        kept = truth(self.keepdim)
        if kept is None:
            return Unknown.because(Why.ARGUMENT, "`keepdim` is not known")
        return Shape((*both[:-1], 1)) if kept else Shape(both[:-1])
