"""Convolutions that treat each channel by itself, alone or followed by one that mixes them."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.keras.base import at_least_rank, one_input, split_channels
from paramlint.frameworks.keras.convolution import Windowed
from paramlint.frameworks.keras.kinds import (
    Activation,
    Constraint,
    ConvolutionPadding,
    DataFormat,
    Initializer,
    OptionalPositive,
    Regularizer,
)
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value
from paramlint.schema.weights import Weights, optional


class _Depthwise(Windowed):
    """Family of depthwise convolutions: ``depth_multiplier`` windows for each channel, which see that channel alone."""

    INPUT_SPEC = "width"

    KIND = "convolution"

    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    depth_multiplier: OptionalPositive = 1
    data_format: DataFormat = None
    dilation_rate: Value = 1
    activation: Activation = None
    use_bias: Flag = True
    depthwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    depthwise_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    depthwise_constraint: Constraint = None
    bias_constraint: Constraint = None

    def check(self) -> None:
        self.standardize()

    def weights(self, inputs: Any) -> Weights:
        x = at_least_rank(inputs, self.RANK + 2)
        channels, _ = split_channels(x, self.data_format)
        weights = self.own(kernel=(*self.kernel_size, channels, self.depth_multiplier))
        self.slide(x, 1)
        return Weights({**weights, **self.own(bias=optional(self.use_bias, (self.depth_multiplier * channels,)))})

    def shape(self, inputs: Any) -> Shape:
        x = at_least_rank(inputs, self.RANK + 2)
        channels, _ = split_channels(x, self.data_format)
        return self.slide(x, self.depth_multiplier * channels)

    def macs(self, inputs: Any, y: Any) -> Size:
        return convolution_macs(y.numel, 1, self.kernel_size)


class DepthwiseConv1D(_Depthwise):
    """Depthwise convolution over sequences: input (batch, steps, channels), output (batch, new_steps, channels * depth_multiplier)."""

    NAMES = ("keras.layers.DepthwiseConv1D",)
    RANK = 1
    EXAMPLES = (
        Example("DepthwiseConv1D(4, depth_multiplier=3)", params=45, input=(2, 33, 3), output=(2, 30, 9)),
        Rejects("DepthwiseConv1D()", says="kernel_size"),
    )


class DepthwiseConv2D(_Depthwise):
    """Depthwise convolution over images: input (batch, rows, columns, channels), output channels times ``depth_multiplier``."""

    NAMES = ("keras.layers.DepthwiseConv2D",)
    RANK = 2
    EXAMPLES = (
        Example("DepthwiseConv2D(3, padding='same')", params=40, input=(1, 8, 8, 4), output=(1, 8, 8, 4), macs=2_304),
        Rejects("DepthwiseConv2D(3, depth_multiplier=0)", says="positive"),
    )


class _Separable(Windowed):
    """Family of separable convolutions: a depthwise one and then one with a window of one position."""

    INPUT_SPEC = "width"

    KIND = "convolution"

    filters: OptionalPositive
    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    data_format: DataFormat = None
    dilation_rate: Value = 1
    depth_multiplier: OptionalPositive = 1
    activation: Activation = None
    use_bias: Flag = True
    depthwise_initializer: Initializer = "glorot_uniform"
    pointwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    depthwise_regularizer: Regularizer = None
    pointwise_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    depthwise_constraint: Constraint = None
    pointwise_constraint: Constraint = None
    bias_constraint: Constraint = None

    def check(self) -> None:
        self.standardize()

    def weights(self, inputs: Any) -> Weights:
        x = at_least_rank(inputs, self.RANK + 2)
        channels, _ = split_channels(x, self.data_format)
        depthwise = self.own(depthwise_kernel=(*self.kernel_size, channels, self.depth_multiplier))
        self.slide(x, self.filters)
        pointwise = (*(1,) * self.RANK, self.depth_multiplier * channels, self.filters)
        return Weights({**depthwise, **self.own(pointwise_kernel=pointwise, bias=optional(self.use_bias, (self.filters,)))})

    def shape(self, inputs: Any) -> Shape:
        return self.slide(at_least_rank(inputs, self.RANK + 2), self.filters)

    def macs(self, inputs: Any, y: Any) -> Size:
        channels, _ = split_channels(one_input(inputs), self.data_format)
        between = self.slide(one_input(inputs), self.depth_multiplier * channels)
        return convolution_macs(between.numel, 1, self.kernel_size) + y.numel * self.depth_multiplier * channels


class SeparableConv1D(_Separable):
    """Separable convolution over sequences: input (batch, steps, channels), output (batch, new_steps, filters)."""

    NAMES = ("keras.layers.SeparableConv1D", "keras.layers.SeparableConvolution1D")
    RANK = 1
    EXAMPLES = (
        Example("SeparableConv1D(1, 4, strides=2, padding='same', depth_multiplier=3)", params=31, input=(None, 20, 2),
                output=(None, 10, 1)),
        Rejects("SeparableConv1D(0, 3)", says="positive"),
    )


class SeparableConv2D(_Separable):
    """Separable convolution over images: input (batch, rows, columns, channels), output (batch, new_rows, new_columns, filters)."""

    NAMES = ("keras.layers.SeparableConv2D", "keras.layers.SeparableConvolution2D")
    RANK = 2
    EXAMPLES = (
        Example("SeparableConv2D(8, 3)", params=76, input=(1, 16, 16, 4), output=(1, 14, 14, 8), macs=13_328),
        Rejects("SeparableConv2D(32)", says="kernel_size"),
    )
