"""Convolutions of torch.nn.

Source: the documentation of torch.nn and the shape checks of its convolution operator on the CPU, torch 2.13. Output sizes:
Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import Size as Number
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.windows import window
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.torch.common import (
    Kernel1,
    Kernel2,
    Kernel3,
    Tuple1,
    Tuple2,
    Tuple3,
    allocatable,
    as_tuple,
    per_axis,
    ranks,
    unfit,
)
from paramlint.schema.conditions import NotAnInteger, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Converter, Flag, Size, Text, Value, open_value, shown, truth, whole
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights, optional


def _text_or(converter: Converter) -> Converter:
    """'same' and 'valid' stay as they are; numbers become a tuple."""
    return lambda name, value: value if isinstance(value, str) else converter(name, value)


def _channels(name: str, value: Any) -> Any:
    """A number of channels, which is divided by the groups before a weight of its size is made."""
    try:
        return whole(name, value)
    except NotAnInteger as refused:
        refused.error = "Exception" if value == value // 1 else "ValueError"
        raise


Channels = Annotated[Any, _channels]
Padding1 = Annotated[Any, _text_or(as_tuple(1))]
Padding2 = Annotated[Any, _text_or(as_tuple(2))]
Padding3 = Annotated[Any, _text_or(as_tuple(3))]
_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Layer):
    """What all convolutions share. ``AXES`` is the number of spatial axes."""

    ATTRIBUTES = ("transposed", "output_padding")
    AXES: ClassVar[int]
    transposed: ClassVar[bool] = False

    in_channels: Channels
    out_channels: Channels
    kernel_size: Value
    stride: Value = 1
    padding: Value = 0

    if TYPE_CHECKING:  # the order of the rest depends on the direction
        dilation: Value
        groups: Size
        bias: Flag
        padding_mode: Text

    def check(self) -> None:
        if not self.transposed:
            self.output_padding = (0,) * self.AXES
        inputs, outputs = self._allocated()
        require(lambda: self.groups > 0, f"`groups` must be positive, got {self.groups}", field="groups")
        require(inputs % self.groups == 0, f"`in_channels` ({inputs}) must be divisible by `groups` ({self.groups})", field="groups",
                help="choose `groups` that divides both numbers of channels")
        require(outputs % self.groups == 0, f"`out_channels` ({outputs}) must be divisible by `groups` ({self.groups})", field="groups",
                help="choose `groups` that divides both numbers of channels")
        if isinstance(self.padding, str):
            self._check_padding(self.padding)
        require(lambda: any(bool(self.padding_mode == mode) for mode in _MODES),
                f"`padding_mode` must be one of {', '.join(_MODES)}, got {shown(self.padding_mode)}", field="padding_mode",
                error="TypeError" if isinstance(self.padding_mode, list | dict | set) else "")
        names = ("in_channels", "out_channels") if self.transposed else ("out_channels", "in_channels")
        allocatable(self._kernel(inputs, outputs), *names, "kernel_size")
        if truth(self.bias):
            allocatable((outputs,), "out_channels")

    def _allocated(self) -> tuple[Number, Number]:
        """The channels that the weight is made for when the layer is built."""
        return self.in_channels, self.out_channels

    def _check_padding(self, padding: str) -> None:
        require(padding in ("same", "valid"), f"`padding` must be 'same', 'valid' or a number, got {shown(padding)}", field="padding")
        if padding == "same":
            for step in self.stride:
                require(step == 1, f"padding='same' is not supported with a stride, got stride={shown(self.stride)}", field="stride",
                        help="pad by hand, or use stride=1")
            numeric = all(open_value(step) or isinstance(step, int | float) for step in self.dilation)
            require(numeric, f"`dilation` must be an integer, got {shown(self.dilation)}", field="dilation", error="TypeError")

    def _kernel(self, inputs: Number, outputs: Number) -> tuple[Any, ...]:
        return (outputs, inputs // self.groups, *self.kernel_size)

    def weights(self) -> Weights:
        return Weights(weight=self._kernel(self.in_channels, self.out_channels), bias=optional(self.bias, (self.out_channels,)))

    # When called ----------------------------------------------------------------------------------------------------

    def _kernel_axes(self) -> tuple[Any, ...]:
        """The kernel, one size an axis. A tuple of another length makes a weight that no input fits."""
        if len(self.kernel_size) != self.AXES:
            raise ShapeMismatch(f"`kernel_size` must have {self.AXES} axes, got {shown(self.kernel_size)}")
        for size in self.kernel_size:
            unfit(size == 0, f"the kernel {shown(self.kernel_size)} is empty")
        return tuple(self.kernel_size)

    def _steps(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Stride and dilation, one an axis."""
        unfit(isinstance(self.groups, bool), f"`groups` must be an integer, got {self.groups}")
        stride = per_axis("stride", self.stride, self.AXES)
        dilation = per_axis("dilation", self.dilation, self.AXES)
        for step in stride:
            unfit(lambda step=step: step <= 0, f"`stride` must be positive, got {shown(self.stride)}")
        for step in dilation:
            unfit(lambda step=step: step <= 0, f"`dilation` must be positive, got {shown(self.dilation)}")
        return stride, dilation

    def _channels(self, input: Shape, batched: bool) -> None:
        got = input[1 if batched else 0]
        if differs(got, self.in_channels):
            fits = got if isinstance(got, int) else None
            raise ShapeMismatch(f"expected {self.in_channels} channels, got {got}: {input.text}", fits=fits)

    def shape(self, input: Shape) -> Shape:
        self._kernel_axes()
        if self.padding_mode != "zeros":
            from paramlint.frameworks.torch.padding import padded

            input = padded(input, self._reversed_padding(), self.padding_mode)
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        stride, dilation = self._steps()
        self._channels(input, batched)
        unfit(self.out_channels == 0, "a convolution without output channels cannot be called")
        unfit(lambda: self.out_channels % self.groups != 0, f"`out_channels` must be divisible by `groups` ({self.groups})")
        pads = self._pads()
        sizes = [window(size, kernel, step, pad, spread) for size, kernel, step, pad, spread
                 in zip(input[-self.AXES:], self.kernel_size, stride, pads, dilation, strict=True)]
        for size, kernel, given, (low, high) in zip(sizes, self.kernel_size, input[-self.AXES:], pads, strict=True):
            unfit(lambda size=size: size <= 0, f"the kernel ({kernel}) is larger than the padded input ({given + low + high}): {input.text}")
        self._refuse_empty(input, batched)
        channels = 0 if agrees(input[1 if batched else 0], 0) else self.out_channels  # torch passes an input without channels on
        return Shape((*input[:batched], channels, *sizes))

    def _refuse_empty(self, input: Shape, batched: bool) -> None:
        """Only the batch or the channels may be empty; with them also the rest."""
        outer_empty = any(agrees(size, 0) for size in input[:1 + batched])
        for size in input[-self.AXES:]:
            unfit(not outer_empty and agrees(size, 0), f"the input is empty: {input.text}")

    def _pads(self) -> list[tuple[Any, Any]]:
        """Zeros before and after each spatial axis."""
        if self.padding_mode != "zeros" or (isinstance(self.padding, str) and self.padding == "valid"):
            return [(0, 0)] * self.AXES
        if isinstance(self.padding, str):
            spread = per_axis("dilation", self.dilation, self.AXES)
            totals = [step * (kernel - 1) for step, kernel in zip(spread, self.kernel_size, strict=True)]
            return [(total // 2, total - total // 2) for total in totals]
        around = per_axis("padding", self.padding, self.AXES)
        for pad in around:
            unfit(lambda pad=pad: pad < 0, f"`padding` must not be negative, got {shown(self.padding)}")
        return [(pad, pad) for pad in around]

    def _reversed_padding(self) -> tuple[Any, ...]:
        """Padding as ``torch.nn.functional.pad`` takes it: before and after, the last axis first."""
        if not isinstance(self.padding, str):
            return tuple(pad for pad in reversed(self.padding) for _ in range(2))
        pads: list[Any] = [0, 0] * len(self.kernel_size)
        if self.padding == "same":
            for axis, (step, kernel) in enumerate(zip(self.dilation, self.kernel_size, strict=False)):
                total = step * (kernel - 1)
                at = 2 * (len(self.kernel_size) - 1 - axis)
                pads[at], pads[at + 1] = total // 2, total - total // 2
        return tuple(pads)

    def macs(self, input: Shape, y: Shape) -> Any:
        return convolution_macs(y.numel, self.in_channels // self.groups, self.kernel_size)


class ForwardConvolution(Convolution):
    """A convolution: each output element sums the kernel's window over its group of input channels."""

    KIND = "convolution"

    dilation: Value = 1
    groups: Size = 1
    bias: Flag = True
    padding_mode: Text = "zeros"
    device: Value = None
    dtype: Value = None


class Conv1d(ForwardConvolution):
    """Convolution over one axis: ``(N, C, L)`` or ``(C, L)``; the weight is ``(out_channels, in_channels / groups, kernel)``."""

    NAMES = ("torch.nn.Conv1d",)
    AXES = 1
    kernel_size: Kernel1
    stride: Tuple1 = 1
    padding: Padding1 = 0
    dilation: Tuple1 = 1
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("Conv1d(16, 33, 3, stride=2)", params=1_617, input=(4, 16, 50), output=(4, 33, 24), macs=152_064),
        Example("Conv1d(4, 8, 4, padding='same', groups=4, bias=False)", params=32, input=(4, 20), output=(8, 20), macs=640),
        Rejects("Conv1d(3, 64, 3, groups=2)", says="divisible"),
    )


class Conv2d(ForwardConvolution):
    """Convolution over two axes: ``(N, C, H, W)`` or ``(C, H, W)``; the weight is ``(out_channels, in_channels / groups, *kernel)``."""

    NAMES = ("torch.nn.Conv2d",)
    AXES = 2
    kernel_size: Kernel2
    stride: Tuple2 = 1
    padding: Padding2 = 0
    dilation: Tuple2 = 1
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("Conv2d(3, 96, 11, stride=4)", params=34_944, input=(1, 3, 227, 227), output=(1, 96, 55, 55), macs=105_415_200),
        Example("Conv2d(8, 8, 3, padding=1, groups=8, padding_mode='reflect')", params=80, input=(8, 5, 5), output=(8, 5, 5), macs=1_800),
        Rejects("Conv2d(3, 64, 3, groups=2)", says="divisible"),
        Rejects("Conv2d(4, 6, 3, stride=2, padding='same')", says="not supported with a stride"),
        Rejects("Conv2d(4.0, 6, 3)", says="must be an integer"),
        Rejects("Conv2d(4, 6, 3)", input=(1, 5, 8, 8), says="expected 4 channels"),
    )


class Conv3d(ForwardConvolution):
    """Convolution over three axes: ``(N, C, D, H, W)`` or ``(C, D, H, W)``."""

    NAMES = ("torch.nn.Conv3d",)
    AXES = 3
    kernel_size: Kernel3
    stride: Tuple3 = 1
    padding: Padding3 = 0
    dilation: Tuple3 = 1
    EXAMPLES = (
        Example("Conv3d(2, 4, (3, 2, 1), stride=(2, 1, 1))", params=52, input=(1, 2, 7, 5, 4), output=(1, 4, 3, 4, 4), macs=2_304),
        Rejects("Conv3d(4, 6, 9)", input=(1, 4, 8, 8, 8), says="larger than the padded input"),
    )
