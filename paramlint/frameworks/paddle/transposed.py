"""Transposed convolutions of paddle.nn.

Source: the documentation of paddle.nn and the shape checks of its transposed convolutions on the CPU, Paddle 3.3.1. Output sizes:
Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.core.windows import transposed
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.paddle.common import (
    Kernel1,
    Kernel2,
    Kernel3,
    List1,
    List2,
    List3,
    around,
    numbers,
    spatial,
    unclear,
    unfit,
    valid,
)
from paramlint.frameworks.paddle.convolution import ConvolutionBase
from paramlint.frameworks.paddle.pads import pads
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Size, Text, Value, open_value


class TransposedConvolution(ConvolutionBase):
    """Spreads each input element over a kernel: the gradient of a convolution. ``output_size`` chooses among sizes that fit."""

    KIND = "transposed convolution"

    if TYPE_CHECKING:
        output_padding: Any

    def _kernel(self) -> tuple[Any, ...]:
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def shape(self, x: Shape, output_size: Any = None) -> Shape:
        last = self._input(x)
        stride, dilation = self._steps()
        unfit(lambda: self.in_channels % self.groups != 0,
              f"`in_channels` ({self.in_channels}) must be divisible by `groups` ({self.groups})")
        channels = self.out_channels // self.groups * self.groups
        if "bias" in self.weights() and differs(channels, self.out_channels):
            raise ShapeMismatch(f"`groups` ({self.groups}) must divide `out_channels` ({self.out_channels})")
        if last is None:
            return unclear(x)
        inner = spatial(x, last)
        sides = pads(self._padding(last), inner, self.kernel_size, stride)
        extra = self._extra(stride) if output_size is None else (0,) * self.AXES
        if sides is None:
            why = Unknown.because(Why.INPUT, "the padding 'SAME' of a transposed convolution depends on the input")
            return around(x, (why,) * self.AXES, last, channels)
        spread = (1,) * self.AXES if isinstance(self.padding, str) and self.padding.upper() == "SAME" else dilation
        sizes = [transposed(size, kernel, step, 0, gap, more - low - high) for size, kernel, step, gap, more, (low, high)
                 in zip(inner, self.kernel_size, stride, spread, extra, sides, strict=True)]
        if output_size is not None:
            sizes = self._chosen(output_size, sizes, stride)
        valid(sizes, self.kernel_size, x)
        return around(x, sizes, last, channels)

    def _extra(self, stride: tuple[Any, ...]) -> tuple[Any, ...]:
        if not open_value(self.output_padding) and self.output_padding == 0:
            return (0,) * self.AXES
        extra = numbers("output_padding", self.output_padding, self.AXES)
        for more, step in zip(extra, stride, strict=True):
            unfit(lambda more=more: more < 0, f"`output_padding` cannot be negative, got {more}")
            unfit(lambda more=more, step=step: more >= step, f"`output_padding` ({more}) must be smaller than the stride ({step})")
        return extra

    def _chosen(self, output_size: Any, sizes: list[Any], stride: tuple[Any, ...]) -> list[Any]:
        if not open_value(self.output_padding) and self.output_padding != 0 and self.AXES == 1:
            raise ShapeMismatch("`output_size` and `output_padding` exclude each other")
        wanted = list(numbers("output_size", output_size, self.AXES))
        for size, least, step in zip(wanted, sizes, stride, strict=True):
            unfit(lambda size=size, least=least, step=step: size < least or size >= least + step,
                  f"`output_size` ({size}) must be from {least} to {least + step - 1}")
        return wanted

    def macs(self, x: Shape, y: Shape) -> Count:
        return convolution_macs(x.numel, self.out_channels // self.groups, self.kernel_size)


class Conv1DTranspose(TransposedConvolution):
    """Transposed convolution over one axis."""

    NAMES = ("paddle.nn.Conv1DTranspose",)
    AXES = 1

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel1
    stride: List1 = (1,)
    padding: Value = 0
    output_padding: Value = 0
    groups: Size = 1
    dilation: List1 = (1,)
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCL"

    EXAMPLES = (
        Example("Conv1DTranspose(8, 12, 3, stride=2, padding=1, output_padding=1)", params=300, input=(1, 8, 8), output=(1, 12, 16)),
        Rejects("Conv1DTranspose(3, 5, 1, output_padding=1)", input=(2, 3, 20), says="output_padding"),
    )


class Conv2DTranspose(TransposedConvolution):
    """Transposed convolution over two axes."""

    NAMES = ("paddle.nn.Conv2DTranspose",)
    AXES = 2

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel2
    stride: List2 = (1, 1)
    padding: Value = 0
    output_padding: Value = 0
    dilation: List2 = (1, 1)
    groups: Size = 1
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCHW"

    EXAMPLES = (
        Example("Conv2DTranspose(64, 32, 2, stride=2)", params=8224, input=(1, 64, 8, 8), output=(1, 32, 16, 16), macs=524_288),
        Rejects("Conv2DTranspose(4, 6, 3, groups=0)", says="groups"),
        Rejects("Conv2DTranspose(4, 6, 3)", input=(1, 5, 8, 8), says="expected 4 channels"),
    )


class Conv3DTranspose(TransposedConvolution):
    """Transposed convolution over three axes."""

    NAMES = ("paddle.nn.Conv3DTranspose",)
    AXES = 3

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel3
    stride: List3 = (1, 1, 1)
    padding: Value = 0
    output_padding: Value = 0
    dilation: List3 = (1, 1, 1)
    groups: Size = 1
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCDHW"

    EXAMPLES = (
        Example("Conv3DTranspose(64, 32, 2, stride=2)", params=16_416, input=(1, 64, 8, 8, 8), output=(1, 32, 16, 16, 16)),
        Rejects("Conv3DTranspose(2, 2, 4, output_padding=1)", input=(2, 2, 8, 8, 8), says="output_padding"),
    )
