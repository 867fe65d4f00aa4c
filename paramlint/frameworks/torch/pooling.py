"""Pooling layers of torch.nn over windows.

Source: the documentation of torch.nn and the shape checks of its pooling operators on the CPU, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.windows import pooled
from paramlint.frameworks.torch.common import MaybeTuple1, Tuple1, per_axis, ranks, unfit
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Value, open_value, shown
from paramlint.schema.layer import Layer


def not_empty(input: Shape, batched: bool) -> None:
    """Refuse an input with an empty axis; a batch may be empty."""
    for size in input[batched:]:
        unfit(size == 0, f"the input is empty: {input.text}")


def option(name: str, value: Any) -> bool:
    """A value that torch's operators take as a bool; a number is none. Raises NeedsValue where it is not known."""
    if not open_value(value) and not isinstance(value, bool):
        raise ShapeMismatch(f"`{name}` must be True or False, got {shown(value)}")
    return bool(value)


def pool_sizes(input: Shape, axes: int, kernel: Any, stride: Any, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False, *,
               whole_window: bool = False) -> list[Any]:
    """The number of windows along each of the last ``axes`` axes.

    ``whole_window``: the window must fit into the input without its padding.
    """
    size = per_axis("kernel_size", kernel, axes)
    steps = size if isinstance(stride, list | tuple) and not stride else per_axis("stride", stride, axes)
    around = per_axis("padding", padding, axes)
    spread = per_axis("dilation", dilation, axes)
    ceil = option("ceil_mode", ceil_mode)
    sizes = []
    for k, step, pad, apart, given in zip(size, steps, around, spread, input[-axes:], strict=True):
        unfit(lambda k=k: k <= 0, f"`kernel_size` must be positive, got {shown(kernel)}")
        unfit(lambda step=step: step <= 0, f"`stride` must be positive, got {shown(stride)}")
        unfit(lambda apart=apart: apart <= 0, f"`dilation` must be positive, got {shown(dilation)}")
        unfit(lambda pad=pad: pad < 0, f"`padding` must not be negative, got {shown(padding)}")
        unfit(lambda pad=pad, k=k: 2 * pad > k, f"`padding` ({pad}) may be at most half of the kernel ({k})")
        if whole_window:
            unfit(lambda given=given, k=k: given < k, f"the kernel ({k}) is larger than the input ({given}): {input.text}")
        result = pooled(given, k, step, pad, apart, ceil=ceil)
        unfit(lambda result=result: result < 1, f"the output size would be {result}: the input is too small: {input.text}")
        sizes.append(result)
    return sizes


class _Pool(Layer):
    """Windows over the last axes; ``(N, C, *)`` or ``(C, *)``."""

    AXES: ClassVar[int]

    kernel_size: Value
    stride: Value = None

    def check(self) -> None:
        if self.stride is None:  # windows side by side
            self.stride = self.kernel_size


class _MaxPool(_Pool):
    KIND = "max pool"

    padding: Value = 0
    dilation: Value = 1
    return_indices: Flag = False
    ceil_mode: Flag = False

    def shape(self, input: Shape) -> Any:
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        not_empty(input, batched)
        sizes = pool_sizes(input, self.AXES, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        result = input.head(len(input) - self.AXES) + tuple(sizes)
        return (result, result) if self.return_indices else result


class MaxPool1d(_MaxPool):
    """The largest value of each window along one axis; with ``return_indices`` its place too."""

    NAMES = ("torch.nn.MaxPool1d",)
    AXES = 1
    EXAMPLES = (
        Example("MaxPool1d(3, stride=2)", params=0, input=(20, 16, 50), output=(20, 16, 24), macs=0),
        Rejects("MaxPool1d(2, padding=2)", input=(1, 4, 8), says="half of the kernel"),
    )


class MaxPool2d(_MaxPool):
    """The largest value of each window over two axes; with ``return_indices`` its place too."""

    NAMES = ("torch.nn.MaxPool2d",)
    AXES = 2
    EXAMPLES = (
        Example("MaxPool2d(3, stride=2)", params=0, input=(1, 96, 55, 55), output=(1, 96, 27, 27), macs=0),
        Example("MaxPool2d(2, return_indices=True)", params=0, input=(4, 8, 8), output=((4, 4, 4), (4, 4, 4))),
        Rejects("MaxPool2d(9)", input=(1, 4, 8, 8), says="too small"),
    )


class MaxPool3d(_MaxPool):
    """The largest value of each window over three axes; with ``return_indices`` its place too."""

    NAMES = ("torch.nn.MaxPool3d",)
    AXES = 3
    EXAMPLES = (Example("MaxPool3d((3, 2, 2), stride=(2, 1, 2))", params=0, input=(2, 4, 9, 6, 6), output=(2, 4, 4, 5, 3)),)


class _AvgPool(_Pool):
    KIND = "avg pool"

    padding: Value = 0
    ceil_mode: Flag = False
    count_include_pad: Flag = True
    divisor_override: Value = None

    def shape(self, input: Shape) -> Any:
        batched = ranks(input, self.AXES + 1, type(self).__name__, "Exception")
        not_empty(input, batched)
        if not open_value(self.count_include_pad):
            option("count_include_pad", self.count_include_pad)
        divisor = self.divisor_override
        if divisor is not None and not open_value(divisor) and (not isinstance(divisor, int) or isinstance(divisor, bool) or divisor == 0):
            raise ShapeMismatch(f"`divisor_override` must be an integer other than 0, got {shown(divisor)}")
        sizes = pool_sizes(input, self.AXES, self.kernel_size, self.stride, self.padding, 1, self.ceil_mode, whole_window=self.AXES == 3)
        return input.head(len(input) - self.AXES) + tuple(sizes)


class AvgPool1d(_AvgPool):
    """The mean of each window along one axis."""

    NAMES = ("torch.nn.AvgPool1d",)
    AXES = 1
    DROPS = ("divisor_override",)
    kernel_size: Tuple1
    stride: MaybeTuple1 = None
    padding: Tuple1 = 0
    EXAMPLES = (Example("AvgPool1d(3, stride=2)", params=0, input=(20, 16, 50), output=(20, 16, 24), macs=0),)

class AvgPool2d(_AvgPool):
    """The mean of each window over two axes."""

    NAMES = ("torch.nn.AvgPool2d",)
    AXES = 2
    EXAMPLES = (
        Example("AvgPool2d((3, 2), stride=(2, 1))", params=0, input=(2, 4, 9, 6), output=(2, 4, 4, 5), macs=0),
        Example("AvgPool2d(3, 2, ceil_mode=True)", params=0, input=(4, 8, 8), output=(4, 4, 4)),
    )


class AvgPool3d(_AvgPool):
    """The mean of each window over three axes. The window may not be larger than the input, whatever the padding."""

    NAMES = ("torch.nn.AvgPool3d",)
    AXES = 3
    EXAMPLES = (
        Example("AvgPool3d(2)", params=0, input=(2, 4, 8, 8, 8), output=(2, 4, 4, 4, 4)),
        Rejects("AvgPool3d(4, padding=2)", input=(1, 1, 3, 3, 3), says="larger than the input"),
    )


class _LPPool(Layer):
    """Power average of each window: ``(sum x**p) ** (1/p)``; the maximum where p is infinite."""

    KIND = "lp pool"
    AXES: ClassVar[int]

    norm_type: Number
    kernel_size: Value
    stride: Value = None
    ceil_mode: Flag = False

    def shape(self, input: Shape) -> Any:
        infinite = self._check_norm()
        kernel = self.kernel_size
        if isinstance(kernel, list | tuple) and not (len(kernel) == self.AXES and (self.AXES > 1 or infinite)):
            raise ShapeMismatch(f"`kernel_size` must be an integer or have {self.AXES} elements, got {shown(kernel)}", error="Exception")
        batched = ranks(input, self.AXES + 1, type(self).__name__, "Exception")
        not_empty(input, batched)
        stride = kernel if self.stride is None else self.stride
        sizes = pool_sizes(input, self.AXES, kernel, stride, 0, 1, self.ceil_mode, whole_window=self.AXES == 3 and not infinite)
        return input.head(len(input) - self.AXES) + tuple(sizes)

    def _check_norm(self) -> bool:
        """Whether the norm is infinite."""
        if open_value(self.norm_type):
            return False
        try:
            norm = float(self.norm_type)
        except (TypeError, ValueError, OverflowError):
            raise ShapeMismatch(f"`norm_type` must be a number, got {shown(self.norm_type)}") from None
        unfit(norm == 0, "`norm_type` must not be 0")
        return norm in (float("inf"), -float("inf"))


class LPPool1d(_LPPool):
    """Power average of each window along one axis."""

    NAMES = ("torch.nn.LPPool1d",)
    AXES = 1
    EXAMPLES = (Example("LPPool1d(2, 3, stride=2)", params=0, input=(20, 16, 50), output=(20, 16, 24)),)


class LPPool2d(_LPPool):
    """Power average of each window over two axes."""

    NAMES = ("torch.nn.LPPool2d",)
    AXES = 2
    EXAMPLES = (Example("LPPool2d(1.2, (3, 2), stride=(2, 1))", params=0, input=(2, 4, 9, 6), output=(2, 4, 4, 5)),)


class LPPool3d(_LPPool):
    """Power average of each window over three axes."""

    NAMES = ("torch.nn.LPPool3d",)
    AXES = 3
    EXAMPLES = (Example("LPPool3d(1.2, 2, ceil_mode=True)", params=0, input=(2, 4, 7, 7, 7), output=(2, 4, 4, 4, 4)),)


