"""Transposed convolutions of torch.nn.

Source: the documentation of torch.nn and the shape checks of its convolution operator on the CPU, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Size as Number
from paramlint.core.shapes import Shape, ShapeMismatch, agrees
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.core.windows import transposed
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.torch.common import (
    Kernel1,
    Kernel2,
    Kernel3,
    Tuple1,
    Tuple2,
    Tuple3,
    integers,
    per_axis,
    ranks,
    unfit,
)
from paramlint.frameworks.torch.convolution import Convolution
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Size, Text, Value, open_value, shown


class TransposedConvolution(Convolution):
    """The gradient of a convolution: each input element is spread over the kernel's window."""

    KIND = "transposed convolution"
    transposed = True

    output_padding: Value = 0
    groups: Size = 1
    bias: Flag = True
    dilation: Value = 1
    padding_mode: Text = "zeros"
    device: Value = None
    dtype: Value = None

    def check(self) -> None:
        require(self.padding_mode == "zeros", f"only padding_mode='zeros' is supported, got {shown(self.padding_mode)}",
                field="padding_mode")
        super().check()

    def _kernel(self, inputs: Number, outputs: Number) -> tuple[Any, ...]:
        return (inputs, outputs // self.groups, *self.kernel_size)

    def shape(self, input: Shape, output_size: Any = None) -> Shape:
        if output_size is not None:
            extra = self._wanted(input, output_size)
        else:
            extra = per_axis("output_padding", self.output_padding, self.AXES)
        kernel = self._kernel_axes()
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        stride, dilation = self._steps()
        around = per_axis("padding", self.padding, self.AXES)
        self._channels(input, batched)
        unfit(self.in_channels == 0, "a transposed convolution without input channels cannot be called")
        unfit(self.out_channels == 0, "a transposed convolution without output channels cannot be called")
        self._refuse_empty(input, batched)
        empty = batched and agrees(input[0], 0)  # what an empty batch is given is not looked at
        sizes = []
        for axis, size in enumerate(input[-self.AXES:]):
            step, spread, pad, more = stride[axis], dilation[axis], around[axis], extra[axis]
            unfit(lambda pad=pad: pad < 0, f"`padding` must not be negative, got {shown(self.padding)}")
            unfit(lambda more=more: more < 0, f"`output_padding` must not be negative, got {shown(self.output_padding)}")
            unfit(lambda more=more, step=step, spread=spread: more >= step and more >= spread and not empty,
                  f"`output_padding` ({more}) must be smaller than `stride` ({step}) or `dilation` ({spread})")
            result = transposed(size, kernel[axis], step, pad, spread, more)
            unfit(lambda result=result: result < 0, f"the output size would be {result}: {input.text}")
            sizes.append(result)
        if any(agrees(size, 0) for size in sizes):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "torch refuses an empty output or not, as the backend and the batch decide"))
        return Shape((*input[:batched], self.out_channels, *sizes))

    def _wanted(self, input: Shape, output_size: Any) -> tuple[Any, ...]:
        """The output padding that gives ``output_size``."""
        if open_value(output_size):
            return tuple(output_size for _ in range(self.AXES))
        if not isinstance(output_size, list | tuple):
            raise ShapeMismatch(f"`output_size` must be a sequence, got {shown(output_size)}")
        leading = 2 if len(input) == self.AXES + 2 else 1
        wanted = output_size[leading:] if len(output_size) == leading + self.AXES else output_size
        if len(wanted) != self.AXES or len(input) < leading + self.AXES:
            raise ShapeMismatch(f"`output_size` must have {self.AXES} or {leading + self.AXES} elements, got {shown(output_size)}")
        extra = []
        stride, spread = self._full(self.stride), self._full(self.dilation)
        around = self._full(self.padding)
        for axis, size in enumerate(integers("output_size", wanted, self.AXES)):
            least = transposed(input[leading + axis], self._kernel_axes()[axis], stride[axis], around[axis], spread[axis])
            most = least + stride[axis] - 1
            unfit(lambda size=size, least=least, most=most: size < least or size > most,
                  f"`output_size` {size} is not between {least} and {most}: {input.text}")
            extra.append(size - least)
        return tuple(extra)

    def _full(self, value: Any) -> tuple[Any, ...]:
        """A stored tuple that is read axis by axis, without being expanded."""
        found = integers("stride", value, self.AXES)
        if len(found) < self.AXES:
            raise ShapeMismatch(f"{shown(value)} has fewer than {self.AXES} elements")
        return found

    def macs(self, input: Shape, y: Shape) -> Any:
        return convolution_macs(input.numel, self.out_channels // self.groups, self.kernel_size)


class ConvTranspose1d(TransposedConvolution):
    """Transposed convolution over one axis; the weight is ``(in_channels, out_channels / groups, kernel)``."""

    NAMES = ("torch.nn.ConvTranspose1d",)
    AXES = 1
    kernel_size: Kernel1
    stride: Tuple1 = 1
    padding: Tuple1 = 0
    output_padding: Tuple1 = 0
    dilation: Tuple1 = 1
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("ConvTranspose1d(8, 2, 3, stride=2, padding=1, output_padding=1)", params=50, input=(2, 8, 8), output=(2, 2, 16), macs=768),
        Rejects("ConvTranspose1d(8, 12, 3, padding_mode='reflect')", says="padding_mode"),
    )


class ConvTranspose2d(TransposedConvolution):
    """Transposed convolution over two axes; the weight is ``(in_channels, out_channels / groups, *kernel)``."""

    NAMES = ("torch.nn.ConvTranspose2d",)
    AXES = 2
    kernel_size: Kernel2
    stride: Tuple2 = 1
    padding: Tuple2 = 0
    output_padding: Tuple2 = 0
    dilation: Tuple2 = 1
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("ConvTranspose2d(4, 6, 3, stride=2, padding=1)", params=222, input=(1, 4, 8, 8), output=(1, 6, 15, 15), macs=13_824),
        Rejects("ConvTranspose2d(8, 12, 3, output_padding=1)", input=(1, 8, 8, 8), says="output_padding"),
    )


class ConvTranspose3d(TransposedConvolution):
    """Transposed convolution over three axes; the weight is ``(in_channels, out_channels / groups, *kernel)``."""

    NAMES = ("torch.nn.ConvTranspose3d",)
    AXES = 3
    kernel_size: Kernel3
    stride: Tuple3 = 1
    padding: Tuple3 = 0
    output_padding: Tuple3 = 0
    dilation: Tuple3 = 1
    EXAMPLES = (
        Example("ConvTranspose3d(1, 3, 2, stride=2)", params=27, input=(1, 1, 4, 4, 4), output=(1, 3, 8, 8, 8), macs=1_536),
    )
