"""Pooling layers of paddle.nn.

Their arguments are looked at when they are called. Rounding up takes no window away again, unlike in torch.

Source: the documentation of paddle.nn and the shape checks of its pooling operators on the CPU, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.core.windows import same
from paramlint.frameworks.paddle.common import PLAIN, around, called, channels_last, numbers, spatial, unclear, unfit, valid, window
from paramlint.frameworks.paddle.pads import Padding, padding_of, pads
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer


class _Pool(Layer):
    """What windowed pooling shares. ``AXES`` is the number of spatial axes, ``FORMAT`` the data format where none can be chosen."""

    AXES: ClassVar[int]

    if TYPE_CHECKING:
        kernel_size: Any
        stride: Any
        padding: Any
        ceil_mode: Any

    return_mask = False

    def shape(self, x: Shape) -> Any:
        x.expect_rank(self.AXES + 2)
        last = channels_last(self.data_format, self.AXES) if hasattr(self, "data_format") else False
        kernel = numbers("kernel_size", self.kernel_size, self.AXES)
        stride = kernel if self.stride is None else numbers("stride", self.stride, self.AXES)
        self._check_steps(kernel, stride)
        out = unclear(x) if last is None else self._windows(x, last, kernel, stride)
        masked = truth(self.return_mask)
        if masked is None:
            return Unknown.because(Why.ARGUMENT, "`return_mask` is not known")
        unfit(masked and last is True, "`return_mask` needs channels first")
        return (out, out) if masked else out

    def _check_steps(self, kernel: tuple[Any, ...], stride: tuple[Any, ...]) -> None:
        for step in stride:
            unfit(lambda step=step: step <= 0, f"`stride` must be positive, got {shown(stride)}")

    def _windows(self, x: Shape, last: bool, kernel: tuple[Any, ...], stride: tuple[Any, ...]) -> Shape:
        padding: Padding = called(lambda: padding_of(self.padding, self.AXES, last))
        ceil = truth(self.ceil_mode)
        unfit(ceil is True and isinstance(self.padding, str) and self.padding.upper() == "VALID",
              "`padding` 'VALID' does not go with `ceil_mode`")
        if truth(self.return_mask) is True:
            padding = self._masked(padding)
        inner = spatial(x, last)
        sides = pads(padding, inner, kernel, stride)
        if ceil is None or (sides is None and ceil):
            why = Unknown.because(Why.ARGUMENT, "rounding of the output size depends on what is not known")
            sizes: list[Any] = [why for _ in inner]
        elif sides is None:
            sizes = [same(size, step) for size, step in zip(inner, stride, strict=True)]
        else:
            sizes = [window(size, one, step, pad, ceil=ceil) for size, one, step, pad in zip(inner, kernel, stride, sides, strict=True)]
        valid(sizes, kernel, x)
        return around(x, sizes, last, x[-1] if last else x[1])

    def _masked(self, padding: Padding) -> Padding:
        """With indices, "SAME" is not heard and both sides must be padded alike."""
        if isinstance(padding, str):
            return ((0, 0),) * self.AXES
        for low, high in padding:
            unfit(low != high, f"`return_mask` needs the same padding on both sides, got {shown(self.padding)}")
        return padding

    if TYPE_CHECKING:
        data_format: Any


class _AvgPool(_Pool):
    KIND = "avg pool"

    def _check_steps(self, kernel: tuple[Any, ...], stride: tuple[Any, ...]) -> None:
        super()._check_steps(kernel, stride)
        for size in kernel:
            unfit(lambda size=size: size <= 0, f"`kernel_size` must be positive, got {shown(kernel)}")


class AvgPool1D(_AvgPool):
    """Mean over windows of one axis: (batch, channels, length)."""

    NAMES = ("paddle.nn.AvgPool1D",)
    AXES = 1
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    exclusive: Flag = True
    ceil_mode: Flag = False
    name: Text = None
    EXAMPLES = (Example("AvgPool1D([4], ceil_mode=True)", params=0, input=(1, 4, 33), output=(1, 4, 9)),
                Example("AvgPool1D(9)", input=(1, 4, 8), output=(1, 4, 1)))


class AvgPool2D(_AvgPool):
    """Mean over windows of two axes: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.AvgPool2D",)
    AXES = 2
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    ceil_mode: Flag = False
    exclusive: Flag = True
    divisor_override: Number = None
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("AvgPool2D([2, 4], stride=2, ceil_mode=True)", params=0, input=(1, 4, 16, 16), output=(1, 4, 8, 7)),
                Rejects("AvgPool2D()", says="kernel_size"))


class AvgPool3D(_AvgPool):
    """Mean over windows of three axes: (batch, channels, depth, height, width)."""

    NAMES = ("paddle.nn.AvgPool3D",)
    AXES = 3
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    ceil_mode: Flag = False
    exclusive: Flag = True
    divisor_override: Number = None
    data_format: Text = "NCDHW"
    name: Text = None
    EXAMPLES = (Example("AvgPool3D(2, 2, padding='SAME')", params=0, input=(1, 4, 7, 7, 7), output=(1, 4, 4, 4, 4)),)


class _MaxPool(_Pool):
    KIND = "max pool"


class MaxPool1D(_MaxPool):
    """Maximum over windows of one axis; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.MaxPool1D",)
    AXES = 1
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    return_mask: Flag = False
    ceil_mode: Flag = False
    name: Text = None
    EXAMPLES = (Example("MaxPool1D(2, 2, padding='SAME')", params=0, input=(1, 4, 7), output=(1, 4, 4)),)

    def shape(self, input: Shape) -> Any:
        return super().shape(input)


class MaxPool2D(_MaxPool):
    """Maximum over windows of two axes; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.MaxPool2D",)
    AXES = 2
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    return_mask: Flag = False
    ceil_mode: Flag = False
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("MaxPool2D(4, padding=1, ceil_mode=True)", params=0, input=(1, 4, 15, 21), output=(1, 4, 5, 6)),
                Rejects("MaxPool2D(10, 1)", input=(1, 4, 8, 8), says="larger"))


class MaxPool3D(_MaxPool):
    """Maximum over windows of three axes; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.MaxPool3D",)
    AXES = 3
    kernel_size: Value
    stride: Value = None
    padding: Value = 0
    return_mask: Flag = False
    ceil_mode: Flag = False
    data_format: Text = "NCDHW"
    name: Text = None
    EXAMPLES = (Example("MaxPool3D([2, 2, 4], stride=[2, 1, 2], padding=1)", params=0, input=(1, 4, 7, 9, 10), output=(1, 4, 4, 10, 5)),)


# Adaptive -----------------------------------------------------------------------------------------------------------------------------

class _AdaptivePool(Layer):
    """What pooling to a given size shares: a number, or one an axis; None keeps the size of the input."""

    AXES: ClassVar[int]

    if TYPE_CHECKING:
        data_format: Any

    output_size: Value
    return_mask = False

    def shape(self, x: Shape) -> Any:
        x.expect_rank(self.AXES + 2)
        last = channels_last(self.data_format, self.AXES) if hasattr(self, "data_format") else False
        if last is None:
            out = unclear(x)
        else:
            out = around(x, self._sizes(spatial(x, last)), last, x[-1] if last else x[1])
        masked = truth(self.return_mask)
        if masked is None:
            return Unknown.because(Why.ARGUMENT, "`return_mask` is not known")
        return (out, out) if masked else out

    def _sizes(self, inner: Shape) -> tuple[Any, ...]:
        wanted = self.output_size
        if self.AXES == 1 or isinstance(wanted, int) or open_value(wanted) or not isinstance(wanted, PLAIN):
            return numbers("output_size", wanted, self.AXES)
        if not isinstance(wanted, list | tuple) or len(wanted) != self.AXES:
            raise ShapeMismatch(f"`output_size` must be an integer or have {self.AXES} of them, got {shown(wanted)}")
        kept = [size if one is None else one for one, size in zip(wanted, inner, strict=True)]
        return numbers("output_size", kept, self.AXES)


class _AdaptiveAvgPool(_AdaptivePool):
    KIND = "adaptive avg pool"


class AdaptiveAvgPool1D(_AdaptiveAvgPool):
    """Mean over windows that give ``output_size`` positions: (batch, channels, length)."""

    NAMES = ("paddle.nn.AdaptiveAvgPool1D", "paddle.nn.AdaptiveAvgPool1d")
    AXES = 1
    name: Text = None
    EXAMPLES = (Example("AdaptiveAvgPool1D((1,))", params=0, input=(2, 4, 8), output=(2, 4, 1)),)

    def shape(self, input: Shape) -> Any:
        return super().shape(input)


class AdaptiveAvgPool2D(_AdaptiveAvgPool):
    """Mean over windows that give ``output_size`` positions: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.AdaptiveAvgPool2D", "paddle.nn.AdaptiveAvgPool2d")
    AXES = 2
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("AdaptiveAvgPool2D((None, 3))", params=0, input=(1, 4, 8, 8), output=(1, 4, 8, 3)),)


class AdaptiveAvgPool3D(_AdaptiveAvgPool):
    """Mean over windows that give ``output_size`` positions: (batch, channels, depth, height, width)."""

    NAMES = ("paddle.nn.AdaptiveAvgPool3D", "paddle.nn.AdaptiveAvgPool3d")
    AXES = 3
    data_format: Text = "NCDHW"
    name: Text = None
    EXAMPLES = (Example("AdaptiveAvgPool3D([2, 3, 4])", params=0, input=(2, 4, 8, 8, 8), output=(2, 4, 2, 3, 4)),)


class _AdaptiveMaxPool(_AdaptivePool):
    KIND = "adaptive max pool"
    ALIASES: ClassVar = {"return_indices": "return_mask"}


class AdaptiveMaxPool1D(_AdaptiveMaxPool):
    """Maximum over windows that give ``output_size`` positions; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.AdaptiveMaxPool1D", "paddle.nn.AdaptiveMaxPool1d")
    AXES = 1
    return_mask: Flag = False
    name: Text = None
    EXAMPLES = (Example("AdaptiveMaxPool1D([2])", params=0, input=(2, 4, 8), output=(2, 4, 2)),)

    def shape(self, input: Shape) -> Any:
        return super().shape(input)


class AdaptiveMaxPool2D(_AdaptiveMaxPool):
    """Maximum over windows that give ``output_size`` positions; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.AdaptiveMaxPool2D", "paddle.nn.AdaptiveMaxPool2d")
    AXES = 2
    return_mask: Flag = False
    name: Text = None
    EXAMPLES = (
        Example("AdaptiveMaxPool2D((3, None), return_mask=True)", params=0, input=(1, 4, 8, 8), output=[(1, 4, 3, 8), (1, 4, 3, 8)]),
    )


class AdaptiveMaxPool3D(_AdaptiveMaxPool):
    """Maximum over windows that give ``output_size`` positions; with ``return_mask`` also where it is."""

    NAMES = ("paddle.nn.AdaptiveMaxPool3D", "paddle.nn.AdaptiveMaxPool3d")
    AXES = 3
    return_mask: Flag = False
    name: Text = None
    EXAMPLES = (Example("AdaptiveMaxPool3D([2, 3, 4])", params=0, input=(2, 4, 8, 8, 8), output=(2, 4, 2, 3, 4)),)
