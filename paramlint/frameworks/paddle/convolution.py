"""Convolutions of paddle.nn.

Source: the documentation of paddle.nn and the shape checks of its convolution operators on the CPU, Paddle 3.3.1. Output sizes:
Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.windows import same
from paramlint.frameworks.formulas import convolution_macs
from paramlint.frameworks.paddle.attributes import creatable, parameter
from paramlint.frameworks.paddle.common import (
    FIRST,
    LAST,
    Device,
    DType,
    Kernel1,
    Kernel2,
    Kernel3,
    List1,
    List2,
    List3,
    around,
    called,
    expect_size,
    listed,
    numbers,
    positive,
    spatial,
    unclear,
    unfit,
    valid,
    window,
)
from paramlint.frameworks.paddle.pads import Padding, not_negative, padded, padding_of
from paramlint.schema.conditions import certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Size, Text, Value, open_value, shown
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights

_MODES = ("zeros", "reflect", "replicate", "circular")
_FORMATS = (*FIRST.values(), *LAST.values())


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Refuse what is not in a set of texts, which cannot be asked for lists and dicts."""
    if not open_value(value):
        require(not isinstance(value, list | dict), f"`{name}` must be a text, got {shown(value)}", field=name, error="TypeError")
        require(value in allowed, f"`{name}` must be one of {', '.join(allowed)}, got {shown(value)}", field=name, error="ValueError")


class ConvolutionBase(Layer):
    """What all convolutions share. ``AXES`` is the number of spatial axes."""

    AXES: ClassVar[int]
    ATTRIBUTES: ClassVar[tuple[str, ...]] = ("_dtype",)

    if TYPE_CHECKING:  # fields that every subclass declares in its own order
        in_channels: Any
        out_channels: Any
        kernel_size: Any
        stride: Any
        padding: Any
        dilation: Any
        groups: Any
        weight_attr: Any
        bias_attr: Any
        data_format: Any

    @property
    def _dtype(self) -> Any:
        """The type of numbers as it is given, which other layers replace by the default."""
        return getattr(self, "dtype", None)

    def _kernel(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def _bias(self) -> Any:
        return self.bias_attr

    def weights(self) -> Weights:
        return Weights(weight=parameter("weight_attr", self.weight_attr, self._kernel()),
                       bias=parameter("bias_attr", self._bias(), (self.out_channels,)))

    def check(self) -> None:
        require(self.weight_attr is not False, "`weight_attr` of a convolution cannot be False", field="weight_attr", error="AssertionError")
        one_of("data_format", self.data_format, _FORMATS)
        require(lambda: self.groups != 0, "`groups` cannot be 0", field="groups", error="ZeroDivisionError")
        if self.AXES > 1:  # one axis is looked at when the layer is called
            not_negative(padding_of(self.padding, self.AXES, self._last is True))
        self._check_channels()
        creatable(self, "in_channels", "out_channels", "kernel_size", "groups")

    def _check_channels(self) -> None:
        """Refuse channels that the groups do not divide, where building does."""

    @property
    def _last(self) -> bool | None:
        """Whether channels come last; None where it is not known."""
        last = tuple(LAST.values())[1:] if self.AXES > 1 else LAST.values()  # with more axes, NLC means channels first
        return None if open_value(self.data_format) else self.data_format in last

    # When called ------------------------------------------------------------------------------------------------------

    def _input(self, x: Shape) -> bool | None:
        """Check rank and channels; returns whether channels come last."""
        x.expect_rank(self.AXES + 2)
        last = self._last
        if self.AXES == 1 and not open_value(self.data_format):
            unfit(self.data_format not in ("NCL", "NLC"), f"`data_format` must be NCL or NLC, got {shown(self.data_format)}")
        if self.AXES > 1 and self.data_format == "NLC" and "bias" in self.weights():
            raise ShapeMismatch("with `data_format` NLC the bias is added along another axis than the channels")
        if last is not None:
            expect_size(x, -1 if last else 1, self.in_channels, "channels")
        return last

    def _steps(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Stride and dilation, one an axis."""
        stride = numbers("stride", self.stride, self.AXES)
        dilation = numbers("dilation", self.dilation, self.AXES)
        positive("stride", stride)
        positive("dilation", dilation)
        return stride, dilation

    def _padding(self, last: bool) -> Padding:
        padding: Padding = called(lambda: padding_of(self.padding, self.AXES, last))
        called(lambda: not_negative(padding))
        return padding


class Convolution(ConvolutionBase):
    """Slides a kernel over the input; ``x`` is (batch, in_channels, sizes…), or with channels last by ``data_format``."""

    KIND = "convolution"

    if TYPE_CHECKING:
        bias: Any
        padding_mode: Any

    def _kernel(self) -> tuple[Any, ...]:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def _bias(self) -> Any:
        if self.bias is False or self.bias_attr is False:
            return False
        return self.bias if open_value(self.bias) else self.bias_attr

    def _check_channels(self) -> None:
        mode = self.padding_mode
        one_of("padding_mode", mode, _MODES)
        if self._pads_first():
            require(isinstance(self.padding, int) or open_value(self.padding),
                    f"`padding` must be an integer with padding_mode={mode!r}, got {shown(self.padding)}", field="padding",
                    error="TypeError")
        require(lambda: self.in_channels % self.groups == 0,
                f"`in_channels` ({self.in_channels}) must be divisible by `groups` ({self.groups})", field="groups",
                help="choose `groups` that divides both numbers of channels", error="ValueError")

    def _pads_first(self) -> bool:
        """Whether the input is padded by another operator than the convolution."""
        return isinstance(self.padding_mode, str) and self.padding_mode != "zeros"

    def shape(self, x: Shape) -> Shape:
        if self._pads_first():
            around_axis = listed(self.AXES)("padding", self.padding)
            x = padded(x, [one for one in around_axis for _ in (0, 1)], self.padding_mode, self.data_format)
        last = self._input(x)
        stride, dilation = self._steps()
        unfit(self.out_channels == 0, "a convolution without output channels cannot be called")
        unfit(lambda: self.out_channels % self.groups != 0,
              f"`out_channels` ({self.out_channels}) must be divisible by `groups` ({self.groups})")
        if last is None:
            return unclear(x)
        padding: Padding = ((0, 0),) * self.AXES if self._pads_first() else self._padding(last)
        sizes = [self._positions(i, size, padding, stride[i], dilation[i]) for i, size in enumerate(spatial(x, last))]
        valid(sizes, self.kernel_size, x)
        unfit(last and self.AXES > 1 and any(map(certainly, (size == 0 for size in sizes))),
              f"Paddle crashes where nothing is left with channels last: {x.text}")
        return around(x, sizes, last, self.out_channels)

    def _positions(self, axis: int, size: Any, padding: Padding, stride: Any, dilation: Any) -> Any:
        if isinstance(padding, str):  # "SAME": any dilation is forgotten
            return same(size, stride)
        return window(size, self.kernel_size[axis], stride, padding[axis], dilation)

    def macs(self, x: Shape, y: Shape) -> Count:
        return convolution_macs(y.numel, self.in_channels // self.groups, self.kernel_size)


class Conv1D(Convolution):
    """Convolution over one axis: (batch, in_channels, length)."""

    NAMES = ("paddle.nn.Conv1D", "paddle.nn.Conv1d")
    AXES = 1

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel1
    stride: List1 = (1,)
    padding: Value = 0
    dilation: List1 = (1,)
    groups: Size = 1
    _: KEYWORD_ONLY
    bias: Value = True
    padding_mode: Text = "zeros"
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCL"

    EXAMPLES = (
        Example("Conv1D(2, 2, [4], [3], 'SAME', 2, bias_attr=False)", params=16, input=(1, 2, 20), output=(1, 2, 7)),
        Example("Conv1D(4, 6, 3, padding=(1, 2))", params=78, input=(1, 4, 8), output=(1, 6, 9), macs=648),
        Rejects("Conv1D(4, 6, 3, groups=0)", says="groups"),
        Rejects("Conv1D(4, 6, 3, padding='foo')", input=(1, 4, 8), says="padding"),
    )


class Conv2D(Convolution):
    """Convolution over two axes: (batch, in_channels, height, width), or (batch, height, width, in_channels) with ``NHWC``."""

    NAMES = ("paddle.nn.Conv2D", "paddle.nn.Conv2d")
    AXES = 2

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel2
    stride: List2 = (1, 1)
    padding: Value = 0
    dilation: List2 = (1, 1)
    groups: Size = 1
    _: KEYWORD_ONLY
    bias: Value = True
    padding_mode: Text = "zeros"
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCHW"

    EXAMPLES = (
        Example("Conv2D(2, 4, 3)", params=76, input=(1, 2, 320, 320), output=(1, 4, 318, 318), macs=7_280_928),
        Example("Conv2D(4, 6, 3, padding=[1, 2, 3, 4])", input=(1, 4, 8, 8), output=(1, 6, 9, 13)),
        Example("Conv2D(4, 6, 9)", params=1950, input=(1, 4, 8, 8), output=(1, 6, 0, 0)),
        Rejects("Conv2D(3, 64, 3, groups=2)", says="divisible"),
        Rejects("Conv2D(4, 6, 3)", input=(1, 5, 8, 8), says="expected 4 channels"),
    )


class Conv3D(Convolution):
    """Convolution over three axes: (batch, in_channels, depth, height, width)."""

    NAMES = ("paddle.nn.Conv3D", "paddle.nn.Conv3d")
    AXES = 3

    in_channels: Size
    out_channels: Size
    kernel_size: Kernel3
    stride: List3 = (1, 1, 1)
    padding: Value = 0
    dilation: List3 = (1, 1, 1)
    groups: Size = 1
    _: KEYWORD_ONLY
    bias: Value = True
    padding_mode: Text = "zeros"
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCDHW"

    EXAMPLES = (
        Example("Conv3D(2, 3, 4, stride=2, dilation=2)", params=387, input=(1, 2, 8, 8, 8), output=(1, 3, 1, 1, 1), macs=384),
        Rejects("Conv3D(4, 6, 3, padding_mode='foo')", says="padding_mode"),
    )
