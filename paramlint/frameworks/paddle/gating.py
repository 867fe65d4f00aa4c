"""Activation layers of paddle.nn that have weights, look along an axis or change the shape.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import PLAIN, creatable, parameter
from paramlint.frameworks.paddle.common import FIRST, LAST, axis_of, expect_format, expect_size, number, unfit
from paramlint.frameworks.paddle.linear import needs
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Number, Size, Text, Value, open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights


class PReLU(Layer):
    """``x`` where it is positive, else a learned slope times ``x``: one slope, or one for each channel."""

    NAMES = ("paddle.nn.PReLU",)
    RAISES = "AssertionError"
    KIND = "prelu"

    num_parameters: Size = 1
    init: Number = 0.25
    weight_attr: Value = None
    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (
        Example("PReLU(4, data_format='NHWC')", params=4, input=(2, 3, 3, 4), output=(2, 3, 3, 4)),
        Rejects("PReLU(3)", input=(2, 4, 4, 4), says="expected 3"),
    )

    def check(self) -> None:
        if isinstance(self.init, PLAIN) and not isinstance(self.init, int | float):
            raise Refused(f"`init` must be a number, got {shown(self.init)}", field="init", error="Exception")
        creatable(self, "num_parameters")

    def weights(self) -> Weights:
        return Weights(_weight=parameter("weight_attr", self.weight_attr, (self.num_parameters,)))

    def shape(self, x: Shape) -> Shape:
        needs(self.weights(), "_weight")
        unfit(self.num_parameters == 0, "a PReLU without parameters cannot be called")
        if open_value(self.num_parameters) or self.num_parameters == 1:
            return x
        expect_format("data_format", self.data_format, ("NC", *FIRST.values(), *LAST.values()))
        unfit(len(x) < 2, f"expected at least 2 dimensions, got {x.text}")
        if not open_value(self.data_format):
            expect_size(x, -1 if self.data_format in LAST.values() else 1, self.num_parameters, "channels")
        return x


class _Softmax(Layer):
    """What makes the elements along ``axis`` probabilities."""

    KIND = "softmax"

    axis: Value = -1
    name: Text = None

    def shape(self, x: Shape) -> Shape:
        if len(x) > 0:
            axis_of(x, self.axis)
        return x


class Softmax(_Softmax):
    """``exp(x)`` divided by its sum along ``axis``."""

    NAMES = ("paddle.nn.Softmax",)
    EXAMPLES = (Example("Softmax(axis=1)", params=0, input=(2, 6, 4), output=(2, 6, 4)),
                Rejects("Softmax(5)", input=(1, 6, 3, 3), says="axis"))


class LogSoftmax(_Softmax):
    """Logarithm of the softmax along ``axis``."""

    NAMES = ("paddle.nn.LogSoftmax",)
    EXAMPLES = (Example("LogSoftmax()", params=0, input=(2, 6, 4), output=(2, 6, 4)),)


class Softmax2D(Layer):
    """Softmax over the channels of (batch, channels, height, width) or (channels, height, width)."""

    NAMES = ("paddle.nn.Softmax2D",)
    RAISES = "AssertionError"
    KIND = "softmax"
    name: Text = None
    EXAMPLES = (Example("Softmax2D()", params=0, input=(2, 6, 4), output=(2, 6, 4)),
                Rejects("Softmax2D()", input=(6, 3), says="dimensions"))

    def shape(self, x: Shape) -> Shape:
        return x.expect_rank(3, 4)


def halved(x: Shape, axis: int | None, parts: Any, what: str) -> Shape:
    """The shape with ``axis`` divided by ``parts``, which must divide it."""
    if axis is None:
        return Shape(Unknown.because(Why.ARGUMENT, "`axis` is not known") for _ in x)
    unfit(lambda: x[axis] % parts != 0, f"{what} ({parts}) must divide the size of axis {axis}: {x.text}")
    return x.replace(axis, x[axis] // parts)


class GLU(Layer):
    """The first half along ``axis`` times the sigmoid of the second."""

    NAMES = ("paddle.nn.GLU",)
    KIND = "glu"
    ALIASES: ClassVar = {"dim": "axis"}
    axis: Value = -1
    name: Text = None
    EXAMPLES = (Example("GLU()", params=0, input=(2, 6), output=(2, 3)), Rejects("GLU()", input=(2, 5), says="divide"))

    def shape(self, x: Shape) -> Shape:
        return halved(x, axis_of(x, self.axis), 2, "the two halves")


class Maxout(Layer):
    """The maximum of ``groups`` neighbouring channels."""

    NAMES = ("paddle.nn.Maxout",)
    KIND = "maxout"
    groups: Value
    axis: Value = 1
    name: Text = None
    EXAMPLES = (Example("Maxout(groups=2)", params=0, input=(1, 6, 3, 3), output=(1, 3, 3, 3)),
                Rejects("Maxout(4)", input=(1, 6, 3, 3), says="divide"))

    def shape(self, x: Shape) -> Shape:
        x.expect_rank(4)
        groups = number("groups", self.groups)
        unfit(lambda: groups <= 1, f"`groups` must be over 1, got {groups}")
        unfit(not open_value(self.axis) and self.axis not in (1, -1, 3), f"`axis` must be 1, -1 or 3, got {shown(self.axis)}")
        return halved(x, axis_of(x, self.axis), groups, "`groups`")
