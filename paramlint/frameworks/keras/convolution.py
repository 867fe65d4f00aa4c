"""Convolutions and transposed convolutions.

Kernels are (*window, channels // groups, filters), those of transposed convolutions (*window, filters, channels).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, join_channels, lora, one_input, ranked, split_channels
from paramlint.frameworks.keras.kinds import (
    Activation,
    CausalPadding,
    Constraint,
    ConvolutionPadding,
    DataFormat,
    Initializer,
    OptionalPositive,
    Positive,
    Regularizer,
    sizes,
)
from paramlint.frameworks.keras.windows import slid, spread
from paramlint.schema.conditions import certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights, optional


class Windowed(KerasLayer):
    """Family of layers whose window slides over the last or the middle axes of a batch."""

    RANK: ClassVar[int]

    if TYPE_CHECKING:
        kernel_size: Any
        strides: Any
        dilation_rate: Any
        data_format: Any
        padding: Any

    def standardize(self) -> None:
        """Give the window, its strides and its dilation a size for each axis, as Keras stores them."""
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, sizes(self.RANK)(name, getattr(self, name)))

    def not_both_strided_and_dilated(self) -> None:
        require(lambda: not (any(s > 1 for s in self.strides) and any(d > 1 for d in self.dilation_rate)),
                f"strides {self.strides} and dilation {self.dilation_rate}: Keras supports only one of them above 1",
                field="dilation_rate", help="use a stride of 1 or a dilation of 1")

    def slide(self, x: Shape, channels: Size) -> Shape:
        """The output shape of the window over an input, with this number of channels."""
        _, spatial = split_channels(x.expect_rank(self.RANK + 2), self.data_format)
        out = slid(spatial, self.kernel_size, self.strides, self.dilation_rate, self.padding)
        return join_channels(x[0], channels, out, self.data_format)


class _Convolution(Windowed):
    """Family of convolutions: ``filters`` windows over the channels of their group."""

    INPUT_SPEC = "width"

    KIND = "convolution"

    filters: OptionalPositive
    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    data_format: DataFormat = None
    dilation_rate: Value = 1
    groups: Positive = 1
    activation: Activation = None
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    _: KEYWORD_ONLY
    lora_rank: Value = None
    lora_alpha: Value = None

    def check(self) -> None:
        self.standardize()
        require(lambda: self.filters is None or self.filters % self.groups == 0,
                f"filters {self.filters} must be divisible by groups {self.groups}", field="groups")
        self.not_both_strided_and_dilated()

    def weights(self, inputs: Any) -> Weights:
        x = at_least_rank(inputs, self.RANK + 2)
        channels, _ = split_channels(x, self.data_format)
        if certainly(lambda: channels % self.groups != 0):
            raise ShapeMismatch(f"the input's {channels} channels must be divisible by groups {self.groups}")
        kernel = (*self.kernel_size, channels // self.groups, self.filters)
        weights = self.own(**lora({"kernel": kernel, "bias": optional(self.use_bias, (self.filters,))}, "kernel", self.lora_rank,
                                  self.kernel_constraint, lora_kernel_a=(*kernel[:-1], self.lora_rank),
                                  lora_kernel_b=(self.lora_rank, self.filters)))
        self.slide(x, self.filters)
        return weights

    def shape(self, inputs: Any) -> Shape:
        return self.slide(at_least_rank(inputs, self.RANK + 2), self.filters)

    def macs(self, inputs: Any, y: Any) -> Size:
        channels, _ = split_channels(one_input(inputs), self.data_format)
        return convolution_macs(y.numel, channels // self.groups, self.kernel_size)


class Conv1D(_Convolution):
    """Convolution over sequences: input (batch, steps, channels), output (batch, new_steps, filters).

    With ``padding="causal"`` a step sees none after it. Source: keras.layers.Conv1D.
    """

    NAMES = ("keras.layers.Conv1D", "keras.layers.Convolution1D")
    RANK = 1

    padding: CausalPadding = "valid"

    EXAMPLES = (
        Example("Conv1D(5, 4, padding='causal')", params=45, input=(None, 20, 2), output=(None, 20, 5)),
        Example("Conv1D(8, 2, padding='same', groups=4)", params=24, input=(2, 20, 4), output=(2, 20, 8), macs=640),
        Rejects("Conv1D(6, 3, groups=4)", says="divisible"),
        Rejects("Conv1D(6, 3, groups=3)", input=(None, 8, 4), says="divisible"),
        Rejects("Conv1D(6, 9)", input=(None, 8, 3), says="too small"),
    )


class Conv2D(_Convolution):
    """Convolution over images: input (batch, rows, columns, channels), output (batch, new_rows, new_columns, filters).

    ``data_format="channels_first"`` puts the channels after the batch. Source: keras.layers.Conv2D.
    """

    NAMES = ("keras.layers.Conv2D", "keras.layers.Convolution2D")
    RANK = 2

    EXAMPLES = (
        Example("Conv2D(16, 3)", params=448, input=(1, 32, 32, 3), output=(1, 30, 30, 16), macs=388_800),
        Example("Conv2D(32, (3, 5), strides=2, padding='same', use_bias=False)", params=1_440, input=(None, 15, 20, 3),
                output=(None, 8, 10, 32)),
        Rejects("Conv2D(6, 3, groups=4)", says="divisible"),
        Rejects("Conv2D(2, 4, strides=2, dilation_rate=2)", says="dilation"),
        Rejects("Conv2D(6, (3, 3, 3))", says="2 elements"),
        Rejects("Conv2D(6, 3, padding='causal')", says="padding"),
        Rejects("Conv2D(6, 3)", input=(None, 8, 8), says="at least 4 dimensions"),
    )


class Conv3D(_Convolution):
    """Convolution over volumes: input (batch, depth, rows, columns, channels). Source: keras.layers.Conv3D."""

    NAMES = ("keras.layers.Conv3D", "keras.layers.Convolution3D")
    RANK = 3

    EXAMPLES = (
        Example("Conv3D(4, 3)", params=328, input=(None, 8, 8, 8, 3), output=(None, 6, 6, 6, 4)),
        Rejects("Conv3D(0, 3)", says="positive"),
    )


class _Transposed(Windowed):
    """Family of transposed convolutions: every input position is spread over a window of the output."""

    INPUT_SPEC = "width"

    KIND = "transposed convolution"

    if TYPE_CHECKING:
        filters: Any
        output_padding: Any
        use_bias: Any

    def check(self) -> None:
        self.standardize()
        self.output_padding = sizes(self.RANK, least=0, none=True)("output_padding", self.output_padding)
        self.not_both_strided_and_dilated()
        for extra, stride in zip(self.output_padding or (), self.strides, strict=False):
            require(lambda extra=extra, stride=stride: extra < stride, f"output_padding {extra} must be less than the stride {stride}",
                    field="output_padding")

    def weights(self, inputs: Any) -> Weights:
        channels, _ = split_channels(at_least_rank(inputs, self.RANK + 2), self.data_format)
        return self.own(kernel=(*self.kernel_size, self.filters, channels), bias=optional(self.use_bias, (self.filters,)))

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, self.RANK + 2)
        _, spatial = split_channels(x, self.data_format)
        out = spread(spatial, self.kernel_size, self.strides, self.dilation_rate, self.padding, self.output_padding)
        return join_channels(x[0], self.filters, out, self.data_format)

    def macs(self, inputs: Any, y: Any) -> Size:
        return convolution_macs(one_input(inputs).numel, self.filters, self.kernel_size)


class _TransposedPlane(_Transposed):
    """Family of transposed convolutions over sequences and images."""

    filters: OptionalPositive
    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    output_padding: Value = None
    data_format: DataFormat = None
    dilation_rate: Value = 1
    activation: Activation = None
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None


class Conv1DTranspose(_TransposedPlane):
    """Transposed convolution over sequences: input (batch, steps, channels), output (batch, new_steps, filters)."""

    NAMES = ("keras.layers.Conv1DTranspose", "keras.layers.Convolution1DTranspose")
    RANK = 1

    EXAMPLES = (
        Example("Conv1DTranspose(2, 4, strides=2)", params=66, input=(2, 20, 8), output=(2, 42, 2)),
        Rejects("Conv1DTranspose(8, 3, output_padding=2)", says="less than the stride"),
    )


class Conv2DTranspose(_TransposedPlane):
    """Transposed convolution over images: input (batch, rows, columns, channels), output (batch, new_rows, new_columns, filters)."""

    NAMES = ("keras.layers.Conv2DTranspose", "keras.layers.Convolution2DTranspose", "keras.layers.Deconvolution2D",
             "keras.layers.Deconv2D")
    RANK = 2

    EXAMPLES = (
        Example("Conv2DTranspose(5, (1, 4), strides=(1, 2))", params=65, input=(1, 16, 16, 3), output=(1, 16, 34, 5), macs=15_360),
        Example("Conv2DTranspose(8, 3, strides=2, padding='same')", params=296, input=(None, 7, 7, 4), output=(None, 14, 14, 8)),
        Rejects("Conv2DTranspose(8, 3, strides=2, dilation_rate=2)", says="dilation"),
    )


class Conv3DTranspose(_Transposed):
    """Transposed convolution over volumes: input (batch, depth, rows, columns, channels). Its third option is `data_format`."""

    NAMES = ("keras.layers.Conv3DTranspose", "keras.layers.Convolution3DTranspose", "keras.layers.Deconvolution3D",
             "keras.layers.Deconv3D")
    RANK = 3

    filters: OptionalPositive
    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    data_format: DataFormat = None
    output_padding: Value = None
    dilation_rate: Value = 1
    activation: Activation = None
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None

    EXAMPLES = (
        Example("Conv3DTranspose(3, 5)", params=378, input=(2, 8, 8, 8, 1), output=(2, 12, 12, 12, 3)),
        Rejects("Conv3DTranspose(5, 3, output_padding=1)", says="less than the stride"),
    )
