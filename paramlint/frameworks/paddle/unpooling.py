"""Pooling of paddle.nn by norms and random windows, and the inverse of max pooling.

Source: the documentation of paddle.nn, Paddle 3.3.1; Graham, "Fractional max-pooling" (2014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, expect_format, number, numbers, unfit
from paramlint.frameworks.paddle.pads import padding_of
from paramlint.frameworks.paddle.pooling import _AdaptivePool, _AvgPool
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown
from paramlint.schema.layer import Layer


class _LPPool(_AvgPool):
    """A p-norm over windows."""

    KIND = "lp pool"

    norm_type: Number
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    ceil_mode: Flag = False

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        if len(args) == 4 and isinstance(args[3], bool):  # the order of torch's arguments: it is `ceil_mode`
            return super().build(args[:3], {**(kwargs or {}), "ceil_mode": args[3]})
        return super().build(args, kwargs)

    def check(self) -> None:
        fits = isinstance(self.norm_type, int | float) or open_value(self.norm_type) or not isinstance(self.norm_type, PLAIN)
        error = "Exception" if isinstance(self.norm_type, str) else "TypeError"
        require(fits, f"`norm_type` must be a number, got {shown(self.norm_type)}", field="norm_type", error=error)

    def shape(self, x: Shape) -> Any:
        unfit(self.norm_type == 0, "`norm_type` cannot be 0")
        return super().shape(x)


class LPPool1D(_LPPool):
    """p-norm over windows of one axis: (batch, channels, length)."""

    NAMES = ("paddle.nn.LPPool1D", "paddle.nn.LPPool1d")
    AXES = 1
    data_format: Text = "NCL"
    name: Text = None
    EXAMPLES = (Example("LPPool1D(2, 3)", params=0, input=(1, 4, 9), output=(1, 4, 3)),
                Example("LPPool1D(2, 3, 2, True)", input=(1, 4, 10), output=(1, 4, 5)))


class LPPool2D(_LPPool):
    """p-norm over windows of two axes: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.LPPool2D", "paddle.nn.LPPool2d")
    AXES = 2
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("LPPool2D(2, 3, ceil_mode=True)", params=0, input=(1, 4, 10, 10), output=(1, 4, 4, 4)),)


class _FractionalMaxPool(_AdaptivePool):
    """Maximum over windows of random sizes that give ``output_size`` positions."""

    KIND = "fractional max pool"

    kernel_size: Value = None
    random_u: Number = None
    return_mask: Flag = False
    name: Text = None

    def shape(self, x: Shape) -> Any:
        if self.random_u is not None:
            random = number("random_u", self.random_u)
            unfit(lambda: random <= 0 or random >= 1, f"`random_u` must be in (0, 1), got {random}")
        if self.kernel_size is not None:
            numbers("kernel_size", self.kernel_size, self.AXES)
        return super().shape(x)


class FractionalMaxPool2D(_FractionalMaxPool):
    """Maximum over random windows of two axes: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.FractionalMaxPool2D",)
    AXES = 2
    EXAMPLES = (Example("FractionalMaxPool2D(3)", params=0, input=(1, 4, 10, 10), output=(1, 4, 3, 3)),)


class FractionalMaxPool3D(_FractionalMaxPool):
    """Maximum over random windows of three axes: (batch, channels, depth, height, width)."""

    NAMES = ("paddle.nn.FractionalMaxPool3D",)
    AXES = 3
    EXAMPLES = (Example("FractionalMaxPool3D(3)", params=0, input=(1, 4, 10, 10, 10), output=(1, 4, 3, 3, 3)),)


class _MaxUnpool(Layer):
    """Puts maxima back where they were; the rest is zero. Takes the output and the indices of a max pooling."""

    KIND = "max unpool"
    AXES: ClassVar[int]
    FORMAT: ClassVar[str]

    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    data_format: Text = None
    output_size: Value = None
    name: Text = None

    def shape(self, x: Shape, indices: Any, output_size: Any = None) -> Shape:
        x.expect_rank(self.AXES + 2)
        if self.data_format is not None:
            expect_format("data_format", self.data_format, (self.FORMAT,))
        if isinstance(indices, Shape) and (len(indices) != len(x) or any(map(differs, indices, x))):
            raise ShapeMismatch(f"`indices` must have the shape of the input {x.text}, got {indices.text}")
        kernel = numbers("kernel_size", self.kernel_size, self.AXES)
        stride = kernel if self.stride is None else numbers("stride", self.stride, self.AXES)
        sizes = [(size - 1) * step + one - 2 * pad for size, step, one, pad in zip(x[2:], stride, kernel, self._pads(), strict=True)]
        wanted = self.output_size if output_size is None or output_size == [] else output_size
        return Shape((*x[:2], *(sizes if wanted is None else self._chosen(wanted, sizes, stride))))

    def _pads(self) -> tuple[Any, ...]:
        if self.AXES > 1:
            return numbers("padding", self.padding, self.AXES)
        try:
            padding = padding_of(self.padding, 1, last=False)
        except Refused as refused:
            raise ShapeMismatch(refused.message) from refused
        return (0,) if isinstance(padding, str) else tuple(low for low, _ in padding)

    def _chosen(self, wanted: Any, sizes: list[Any], stride: tuple[Any, ...]) -> list[Any]:
        if open_value(wanted) or not isinstance(wanted, PLAIN):
            return [Unknown.because(Why.ARGUMENT, "`output_size` is not known")] * self.AXES
        if not isinstance(wanted, list | tuple) or len(wanted) not in (self.AXES, self.AXES + 2):
            raise ShapeMismatch(f"`output_size` must have {self.AXES} or {self.AXES + 2} sizes, got {shown(wanted)}")
        chosen = list(numbers("output_size", wanted[-self.AXES:], self.AXES))
        for size, usual, step in zip(chosen, sizes, stride, strict=True):
            unfit(lambda size=size, usual=usual, step=step: not usual - step < size < usual + step,
                  f"`output_size` ({size}) must be within a stride ({step}) of {usual}")
        return chosen


class MaxUnPool1D(_MaxUnpool):
    """Inverse of MaxPool1D."""

    NAMES = ("paddle.nn.MaxUnPool1D", "paddle.nn.MaxUnpool1d")
    AXES = 1
    FORMAT = "NCL"
    EXAMPLES = (Example("MaxUnPool1D(2)", params=0, input=[(1, 4, 5), (1, 4, 5)], output=(1, 4, 10)),)


class MaxUnPool2D(_MaxUnpool):
    """Inverse of MaxPool2D."""

    NAMES = ("paddle.nn.MaxUnPool2D", "paddle.nn.MaxUnpool2d")
    AXES = 2
    FORMAT = "NCHW"
    EXAMPLES = (Example("MaxUnPool2D(2, 2, output_size=[11, 11])", params=0, input=[(1, 4, 5, 5), (1, 4, 5, 5)], output=(1, 4, 11, 11)),
                Rejects("MaxUnPool2D(2, 2, output_size=[13, 13])", input=[(1, 4, 5, 5), (1, 4, 5, 5)], says="within"))


class MaxUnPool3D(_MaxUnpool):
    """Inverse of MaxPool3D."""

    NAMES = ("paddle.nn.MaxUnPool3D", "paddle.nn.MaxUnpool3d")
    AXES = 3
    FORMAT = "NCDHW"
    EXAMPLES = (Example("MaxUnPool3D(2)", params=0, input=[(1, 4, 5, 5, 5), (1, 4, 5, 5, 5)], output=(1, 4, 10, 10, 10)),)
