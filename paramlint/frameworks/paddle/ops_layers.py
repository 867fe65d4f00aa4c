"""Layers of paddle.nn without weights, as functions: each computes what the layer with the same arguments computes.

Source: the documentation of paddle.nn.functional, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.frameworks.paddle import pooling, resampling, shaping, shuffling
from paramlint.frameworks.paddle.ops_common import dtype_of, functional, known, shape_of
from paramlint.frameworks.paddle.ops_functional import layer, tensors
from paramlint.frameworks.paddle.pads import padded
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example
from paramlint.schema.fields import Flag, Text, Value
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op


class _AsLayer(Op):
    """An operation without weights: the layer's arguments after the tensor."""

    LAYER: ClassVar[type[Layer]]
    ALIASES: ClassVar = {"input": "x"}
    REST: ClassVar[str | None] = "rest"
    EXTRA: ClassVar[str | None] = "options"

    x: Value
    rest: Value
    options: Value

    def result(self) -> Any:
        try:
            made = self.LAYER.build(self.rest, self.options)
        except Refused as refused:
            raise ShapeMismatch(refused.message) from refused
        return tensors(made.shape(shape_of(self.x)), dtype_of(self.x))


class AvgPool2D(_AsLayer):
    """Mean over windows of two axes."""

    NAMES = functional("avg_pool2d")
    KIND = "avg pool"
    LAYER = pooling.AvgPool2D
    EXAMPLES = (Example("nn.functional.avg_pool2d(x, 2)", input=(1, 3, 8, 8), output=(1, 3, 4, 4)),)


class AvgPool1D(_AsLayer):
    """Mean over windows of one axis."""

    NAMES = functional("avg_pool1d")
    KIND = "avg pool"
    LAYER = pooling.AvgPool1D


class MaxPool1D(_AsLayer):
    """Maximum over windows of one axis."""

    NAMES = functional("max_pool1d")
    KIND = "max pool"
    LAYER = pooling.MaxPool1D


class MaxPool2D(_AsLayer):
    """Maximum over windows of two axes."""

    NAMES = functional("max_pool2d")
    KIND = "max pool"
    LAYER = pooling.MaxPool2D


class AdaptiveAvgPool2D(_AsLayer):
    """Mean over windows that give a size."""

    NAMES = functional("adaptive_avg_pool2d")
    KIND = "adaptive avg pool"
    LAYER = pooling.AdaptiveAvgPool2D


class AdaptiveMaxPool2D(_AsLayer):
    """Maximum over windows that give a size."""

    NAMES = functional("adaptive_max_pool2d")
    KIND = "adaptive max pool"
    LAYER = pooling.AdaptiveMaxPool2D


class PixelShuffle(_AsLayer):
    """Channels become height and width."""

    NAMES = functional("pixel_shuffle")
    LAYER = shuffling.PixelShuffle


class ChannelShuffle(_AsLayer):
    """Channels in another order."""

    NAMES = functional("channel_shuffle")
    LAYER = shuffling.ChannelShuffle


class Interpolate(_AsLayer):
    """Resizes the spatial axes."""

    NAMES = functional("interpolate", "upsample")
    KIND = "upsample"
    LAYER = resampling.Upsample


class Unfold(Op):
    """Windows as columns."""

    NAMES = functional("unfold")
    x: Value
    kernel_sizes: Value
    strides: Value = 1
    paddings: Value = 0
    dilations: Value = 1
    name: Text = None

    def result(self) -> Tensor:
        given = {field.name: getattr(self, field.name) for field in self.signature().fields}
        return Tensor(layer(shaping.Unfold, given).shape(shape_of(self.x)), dtype_of(self.x))


class Pad(Op):
    """Pads spatial axes, or all of them."""

    NAMES = functional("pad")
    ALIASES: ClassVar = {"input": "x"}
    x: Value
    pad: Value
    mode: Text = "constant"
    value: Value = 0.0
    data_format: Text = None
    pad_from_left_axis: Flag = True
    name: Text = None

    def result(self) -> Tensor:
        known(self.pad)
        return Tensor(padded(shape_of(self.x), self.pad, self.mode, self.data_format), dtype_of(self.x))
