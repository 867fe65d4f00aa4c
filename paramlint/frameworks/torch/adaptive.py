"""Pooling layers of torch.nn whose output size is given: adaptive, fractional, and the inverse of max pooling.

Source: the documentation of torch.nn and the shape checks of its pooling operators on the CPU, torch 2.13.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, ClassVar

from paramlint.core.dims import Formula, opaque
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.frameworks.torch.common import (
    MaybeTuple1,
    MaybeTuple2,
    MaybeTuple3,
    Tuple1,
    Tuple2,
    Tuple3,
    integers,
    per_axis,
    ranks,
    unfit,
)
from paramlint.frameworks.torch.pooling import not_empty
from paramlint.schema.conditions import Refused, WrongKind, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, buffer


def scaled(size: Any, factor: Any) -> Any:
    """``int(size * factor)`` for a factor that may be a fraction."""
    if isinstance(size, Unknown) or isinstance(factor, Unknown):
        return size if isinstance(size, Unknown) else factor
    if isinstance(factor, Formula):
        return Unknown.because(Why.ARGUMENT, f"`int({size} * ({factor}))` depends on whether the factor is a whole number")
    if not isinstance(size, Formula):
        product = size * factor
        return int(product) if isfinite(product) else 0
    return size * int(factor) if factor == int(factor) else opaque(f"int({size}*{factor})")


def adaptive(input: Shape, axes: int, output_size: Any, *, maximum: bool) -> Shape:
    """The shape of adaptive pooling over the last ``axes`` axes; None in ``output_size`` keeps the input's size (not along one axis)."""
    if isinstance(output_size, list | tuple) and axes > 1:
        if len(output_size) >= len(input):
            raise ShapeMismatch(f"`output_size` {shown(output_size)} does not fit {len(input)} dimensions: {input.text}",
                                error="ValueError")
        kept = input[len(input) - len(output_size):]
        output_size = [size if wanted is None else wanted for wanted, size in zip(output_size, kept, strict=True)]
    sizes = integers("output_size", output_size, axes)
    if len(sizes) != axes:
        raise ShapeMismatch(f"`output_size` must be an integer or {axes} of them, got {shown(output_size)}", error="Exception")
    if axes > 1 and not maximum and len(input) >= axes and all(type(size) is int and size == 1 for size in sizes):
        return input.head(len(input) - axes) + tuple(sizes)  # the plain mean, of any number of axes, also of nothing
    ranks(input, axes + 1, "adaptive pooling")
    # Which empty axes are refused differs: the mean over up to two axes takes empty channels.
    first = len(input) - axes if axes < 3 and not maximum else 1
    for size in input[first:]:
        unfit(size == 0, f"the input is empty: {input.text}")
    for size in sizes:
        unfit(lambda size=size: size < 0, f"`output_size` must not be negative, got {shown(output_size)}")
    return input.head(len(input) - axes) + tuple(sizes)


class _AdaptiveAvgPool(Layer):
    KIND = "adaptive avg pool"
    AXES: ClassVar[int]

    output_size: Value

    def shape(self, input: Shape) -> Any:
        return adaptive(input, self.AXES, self.output_size, maximum=False)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Means of as many windows as the output is long."""

    NAMES = ("torch.nn.AdaptiveAvgPool1d",)
    AXES = 1
    EXAMPLES = (
        Example("AdaptiveAvgPool1d(5)", params=0, input=(1, 64, 8), output=(1, 64, 5), macs=0),
        Rejects("AdaptiveAvgPool1d(-1)", input=(1, 2, 8), says="negative"),
    )


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Means of as many windows as the output has places; None keeps the input's size."""

    NAMES = ("torch.nn.AdaptiveAvgPool2d",)
    AXES = 2
    EXAMPLES = (
        Example("AdaptiveAvgPool2d((6, 6))", params=0, input=(1, 256, 13, 13), output=(1, 256, 6, 6), macs=0),
        Example("AdaptiveAvgPool2d((None, 7))", params=0, input=(64, 10, 9), output=(64, 10, 7)),
    )


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Means of as many windows as the output has places; None keeps the input's size."""

    NAMES = ("torch.nn.AdaptiveAvgPool3d",)
    AXES = 3
    EXAMPLES = (Example("AdaptiveAvgPool3d(1)", params=0, input=(2, 4, 8, 8, 8), output=(2, 4, 1, 1, 1), macs=0),)


class _AdaptiveMaxPool(Layer):
    KIND = "adaptive max pool"
    AXES: ClassVar[int]

    output_size: Value
    return_indices: Flag = False

    def shape(self, input: Shape) -> Any:
        result = adaptive(input, self.AXES, self.output_size, maximum=True)
        return (result, result) if self.return_indices else result


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest values of as many windows as the output is long."""

    NAMES = ("torch.nn.AdaptiveMaxPool1d",)
    AXES = 1
    EXAMPLES = (Example("AdaptiveMaxPool1d(5)", params=0, input=(1, 64, 8), output=(1, 64, 5), macs=0),)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest values of as many windows as the output has places; None keeps the input's size."""

    NAMES = ("torch.nn.AdaptiveMaxPool2d",)
    AXES = 2
    EXAMPLES = (Example("AdaptiveMaxPool2d((5, 7))", params=0, input=(1, 64, 8, 9), output=(1, 64, 5, 7), macs=0),)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest values of as many windows as the output has places; None keeps the input's size."""

    NAMES = ("torch.nn.AdaptiveMaxPool3d",)
    AXES = 3
    EXAMPLES = (
        Example("AdaptiveMaxPool3d(2, return_indices=True)", params=0, input=(2, 4, 8, 8, 8), output=((2, 4, 2, 2, 2), (2, 4, 2, 2, 2))),
    )


class _FractionalMaxPool(Layer):
    KIND = "max pool"
    AXES: ClassVar[int]

    kernel_size: Value
    output_size: Value = None
    output_ratio: Value = None
    return_indices: Flag = False
    _random_samples: Value = None

    def check(self) -> None:
        size, ratio = self.output_size, self.output_ratio
        require(size is not None or ratio is not None, "one of `output_size` and `output_ratio` must be given", field="output_size")
        if not open_value(size) and not open_value(ratio):
            require(size is None or ratio is None, "only one of `output_size` and `output_ratio` may be given", field="output_ratio")
        if ratio is None or open_value(ratio):
            return
        if len(ratio) < self.AXES:
            raise Refused(f"`output_ratio` must have {self.AXES} elements, got {shown(ratio)}", field="output_ratio", error="Exception")
        for one in ratio[:self.AXES]:
            if not open_value(one) and not isinstance(one, int | float):
                raise WrongKind(f"`output_ratio` must be a number, got {shown(one)}", field="output_ratio")
            require(lambda one=one: 0 < one < 1, f"`output_ratio` must be between 0 and 1, got {shown(one)}", field="output_ratio")

    def weights(self) -> Weights:
        samples = self._random_samples
        if isinstance(samples, Tensor):
            return Weights(_random_samples=buffer(samples.shape, samples.dtype))
        if open_value(samples):
            reason = samples.reason if isinstance(samples, Unknown) else Reason(Why.ARGUMENT, f"depends on `{samples}`")
            return Weights(_random_samples=Weight(samples, trainable=False, buffer=True, maybe=reason))
        return Weights()

    def shape(self, input: Shape) -> Any:
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        kernel = integers("kernel_size", self.kernel_size, self.AXES)
        sizes = self._sizes(input)
        if len(kernel) != self.AXES or len(sizes) != self.AXES:
            raise ShapeMismatch(f"`kernel_size` and `output_size` must have {self.AXES} elements")
        not_empty(input, batched)
        for size, window, given in zip(sizes, kernel, input[-self.AXES:], strict=True):
            # Over three axes the last window must end before the last element.
            room = given - (self.AXES == 3)
            unfit(lambda size=size, window=window, room=room: size + window - 1 > room,
                  f"{size} windows of {window} do not fit into {given}: {input.text}")
            unfit(lambda size=size: size < 0, f"`output_size` must not be negative, got {size}")
        result = input.head(len(input) - self.AXES) + tuple(sizes)
        return (result, result) if self.return_indices else result

    def _sizes(self, input: Shape) -> tuple[Any, ...]:
        if self.output_ratio is None or open_value(self.output_ratio):  # only one of the two is not None
            return integers("output_size", self.output_ratio if self.output_size is None else self.output_size, self.AXES)
        if len(self.output_ratio) > 2 and self.AXES == 2:
            raise ShapeMismatch(f"`output_ratio` must have 2 elements, got {shown(self.output_ratio)}")
        return tuple(scaled(size, ratio) for size, ratio in zip(input[-self.AXES:], self.output_ratio, strict=False))


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest values of windows at random places, as many as ``output_size`` says or ``output_ratio`` gives.

    Source: Graham, "Fractional max-pooling" (2014).
    """

    NAMES = ("torch.nn.FractionalMaxPool2d",)
    AXES = 2
    kernel_size: Tuple2
    output_size: MaybeTuple2 = None
    output_ratio: MaybeTuple2 = None
    EXAMPLES = (
        Example("FractionalMaxPool2d(3, output_ratio=0.5)", params=0, input=(1, 2, 10, 10), output=(1, 2, 5, 5)),
        Rejects("FractionalMaxPool2d(3)", says="must be given"),
    )


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest values of windows at random places, as many as ``output_size`` says or ``output_ratio`` gives.

    Source: Graham, "Fractional max-pooling" (2014).
    """

    NAMES = ("torch.nn.FractionalMaxPool3d",)
    AXES = 3
    kernel_size: Tuple3
    output_size: MaybeTuple3 = None
    output_ratio: MaybeTuple3 = None
    EXAMPLES = (
        Example("FractionalMaxPool3d(2, output_size=4)", params=0, input=(1, 2, 10, 10, 10), output=(1, 2, 4, 4, 4)),
        Rejects("FractionalMaxPool3d(2, output_ratio=1.5)", says="between 0 and 1"),
    )

    def check(self) -> None:
        for size in self.kernel_size:
            if isinstance(size, int | float):
                require(not size <= 0, f"`kernel_size` must be positive, got {shown(self.kernel_size)}", field="kernel_size")
        super().check()


class _MaxUnpool(Layer):
    KIND = "max unpool"
    AXES: ClassVar[int]

    kernel_size: Value
    stride: Value = None
    padding: Value = 0

    def check(self) -> None:
        if self.stride is None:
            self.stride = self.kernel_size

    def shape(self, input: Shape, indices: Shape, output_size: Any = None) -> Any:
        sizes = integers("output_size", self._sizes(input, output_size), self.AXES)
        if len(sizes) != self.AXES:
            raise ShapeMismatch(f"`kernel_size` must have {self.AXES} elements, got {shown(self.kernel_size)}")
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        if len(input) != len(indices) or any(differs(one, two) for one, two in zip(input, indices, strict=True)):
            raise ShapeMismatch(f"`indices` {indices.text} must have the shape of the input {input.text}")
        not_empty(input, batched)
        for size in sizes:
            unfit(lambda size=size: size < 0, f"the output size would be {size}: {input.text}")
        if self.AXES == 3:
            for step in per_axis("stride", self.stride, 3):
                unfit(lambda step=step: step <= 0, f"`stride` must be positive, got {shown(self.stride)}")
            per_axis("padding", self.padding, 3)
        return input.head(len(input) - self.AXES) + sizes

    def _sizes(self, input: Shape, output_size: Any) -> Any:
        axes = len(self.kernel_size)
        if not axes <= min(len(self.stride), len(self.padding), len(input)):
            raise ShapeMismatch(f"a kernel of {axes} axes does not fit {input.text}")
        default = []
        for size, k, step, pad in zip(input[len(input) - axes:], self.kernel_size, self.stride, self.padding, strict=False):
            if not all(open_value(value) or isinstance(value, int | float) for value in (k, step, pad)):
                raise ShapeMismatch(f"`kernel_size`, `stride` and `padding` must be integers, got {shown(k)}, {shown(step)}, {shown(pad)}")
            default.append((size - 1) * step + k - 2 * pad)
        if output_size is None:
            return tuple(default)
        return self._wanted(default, output_size, axes)

    def _wanted(self, default: list[Any], output_size: Any, axes: int) -> Any:
        if open_value(output_size):
            return output_size
        if not isinstance(output_size, list | tuple):
            raise ShapeMismatch(f"`output_size` must be a sequence, got {shown(output_size)}")
        wanted = output_size[2:] if len(output_size) == axes + 2 else output_size
        if len(wanted) != axes:
            raise ShapeMismatch(f"`output_size` must have {axes} or {axes + 2} elements, got {shown(output_size)}")
        for size, least, step in zip(integers("output_size", wanted, axes), default, self.stride, strict=False):
            unfit(lambda size=size, least=least, step=step: not least - step < size < least + step,
                  f"`output_size` {size} is not between {least - step} and {least + step}")
        return wanted


class MaxUnpool1d(_MaxUnpool):
    """Puts values back to the places that MaxPool1d found them at; ``output_size`` decides where several sizes are possible."""

    NAMES = ("torch.nn.MaxUnpool1d",)
    AXES = 1
    kernel_size: Tuple1
    stride: MaybeTuple1 = None
    padding: Tuple1 = 0
    EXAMPLES = (Example("MaxUnpool1d(2, stride=2)", params=0, input=[(1, 2, 4), (1, 2, 4)], output=(1, 2, 8)),)


class MaxUnpool2d(_MaxUnpool):
    """Puts values back to the places that MaxPool2d found them at; ``output_size`` decides where several sizes are possible."""

    NAMES = ("torch.nn.MaxUnpool2d",)
    AXES = 2
    kernel_size: Tuple2
    stride: MaybeTuple2 = None
    padding: Tuple2 = 0
    EXAMPLES = (Example("MaxUnpool2d(3, stride=2)", params=0, input=[(1, 2, 4, 4), (1, 2, 4, 4)], output=(1, 2, 9, 9)),)


class MaxUnpool3d(_MaxUnpool):
    """Puts values back to the places that MaxPool3d found them at; ``output_size`` decides where several sizes are possible."""

    NAMES = ("torch.nn.MaxUnpool3d",)
    AXES = 3
    kernel_size: Tuple3
    stride: MaybeTuple3 = None
    padding: Tuple3 = 0
    EXAMPLES = (Example("MaxUnpool3d(2)", params=0, input=[(1, 2, 4, 4, 4), (1, 2, 4, 4, 4)], output=(1, 2, 8, 8, 8)),)
