"""Layers of torch.nn that rearrange or resample places: upsampling, shuffles, and windows as columns.

Source: the documentation of torch.nn, torch.nn.functional.interpolate and the shape checks of its operators on the CPU, torch 2.13.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.dims import is_known, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.windows import window
from paramlint.frameworks.torch.adaptive import adaptive, scaled
from paramlint.frameworks.torch.common import integers, unfit
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Text, Value, open_value, shown
from paramlint.schema.layer import Layer

_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}
_PLAIN = ("nearest", "nearest-exact", "area")
_LARGEST = 2**63 - 1


def _factor(name: str, value: Any) -> Any:
    """``scale_factor`` as stored: floats; 0 and None are none."""
    if open_value(value):
        return value
    if isinstance(value, tuple):
        return tuple(_float(name, one) for one in value)
    return _float(name, value) if value else None


def _float(name: str, value: Any) -> Any:
    if open_value(value):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused(f"`{name}` must be a number or a tuple of numbers, got {shown(value)}", field=name,
                      error=type(error).__name__) from None


Factor = Annotated[Any, _factor]


class Upsample(Layer):
    """Resamples the axes after ``(N, C)`` to ``size``, or to ``int(input * scale_factor)``."""

    NAMES = ("torch.nn.Upsample",)
    KIND = "upsample"

    size: Value = None
    scale_factor: Factor = None
    mode: Text = "nearest"
    align_corners: Value = None
    recompute_scale_factor: Value = None

    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("Upsample(scale_factor=2)", params=0, input=(1, 3, 8, 8), output=(1, 3, 16, 16), macs=0),
        Example("Upsample(size=(10, 12), mode='bilinear')", params=0, input=(1, 3, 8, 8), output=(1, 3, 10, 12)),
        Rejects("Upsample(scale_factor=2, mode='bilinear')", input=(1, 3, 4), says="dimensions"),
    )

    def shape(self, input: Shape) -> Shape:
        self._check_options()
        sizes = self._sizes(input)
        mode = self.mode
        input.expect_rank(*_RANKS.get(mode, (3, 4, 5)) if isinstance(mode, str) else (3, 4, 5), error="NotImplementedError")
        if isinstance(mode, str) and mode == "area":
            return adaptive(input, len(input) - 2, list(sizes), maximum=False)
        for size in input[1:]:
            unfit(size == 0, f"the input is empty: {input.text}")
        for size in integers("size", list(sizes), len(input) - 2):
            unfit(lambda size=size: size <= 0, f"the output size would be {size}: {input.text}")
        return input.head(2) + tuple(sizes)

    def _check_options(self) -> None:
        mode, corners = self.mode, self.align_corners
        if not open_value(mode) and mode not in (*_PLAIN, *_RANKS):
            raise ShapeMismatch(f"`mode` must be one of {', '.join((*_PLAIN, *_RANKS))}, got {shown(mode)}", error="NotImplementedError")
        if not open_value(mode) and not open_value(corners) and corners is not None:
            unfit(mode in _PLAIN, f"`align_corners` has no meaning for mode={mode!r}", error="ValueError")
            unfit(not isinstance(corners, bool), f"`align_corners` must be True or False, got {shown(corners)}")
        if self.size is None:
            unfit(self.scale_factor is None, "one of `size` and `scale_factor` must be given", error="ValueError")
        elif not open_value(self.size):
            unfit(not open_value(self.scale_factor) and self.scale_factor is not None, "only one of `size` and `scale_factor` may be given",
                  error="ValueError")
            unfit(self.recompute_scale_factor, "`recompute_scale_factor` has no meaning with `size`", error="ValueError")

    def _sizes(self, input: Shape) -> tuple[Any, ...]:
        axes = max(len(input) - 2, 0)
        given = self.scale_factor if self.size is None else self.size
        if isinstance(given, list | tuple) and len(given) != axes:
            raise ShapeMismatch(f"expected {axes} numbers for `size` or `scale_factor`, got {shown(given)}: {input.text}", error="ValueError")
        if self.size is not None:
            return integers("size", self.size, axes)
        factors = given if isinstance(given, tuple) else (given,) * axes
        for size, factor in zip(input[2:], factors, strict=True):
            if is_known(size) and isinstance(factor, float) and not abs(size * factor) <= _LARGEST:
                raise ShapeMismatch(f"`scale_factor` {factor} is too large: {input.text}")
        return tuple(scaled(size, factor) for size, factor in zip(input[2:], factors, strict=True))


class UpsamplingNearest2d(Upsample):
    """Upsample with ``mode="nearest"``."""

    NAMES = ("torch.nn.UpsamplingNearest2d",)
    DROPS = ("mode", "align_corners", "recompute_scale_factor")
    EXAMPLES = (Example("UpsamplingNearest2d(scale_factor=2)", params=0, input=(1, 3, 5, 6), output=(1, 3, 10, 12)),)


class UpsamplingBilinear2d(Upsample):
    """Upsample with ``mode="bilinear"`` and ``align_corners=True``."""

    NAMES = ("torch.nn.UpsamplingBilinear2d",)
    DROPS = ("mode", "align_corners", "recompute_scale_factor")
    mode = "bilinear"
    align_corners = True
    EXAMPLES = (
        Example("UpsamplingBilinear2d(size=(7, 9))", params=0, input=(1, 3, 5, 6), output=(1, 3, 7, 9)),
        Rejects("UpsamplingBilinear2d(scale_factor=2)", input=(1, 3, 5), says="dimensions"),
    )


def _integer(name: str, value: Any) -> Any:
    """A number that torch's operators take as one integer, when called."""
    if open_value(value) or (isinstance(value, int) and not isinstance(value, bool)):
        unfit(lambda: value <= 0, f"`{name}` must be positive, got {value}")
        return value
    raise ShapeMismatch(f"`{name}` must be an integer, got {shown(value)}")


class PixelShuffle(Layer):
    """``(*, C*r*r, H, W)`` to ``(*, C, H*r, W*r)``. Source: Shi and others (2016)."""

    NAMES = ("torch.nn.PixelShuffle",)
    KIND = "shuffle"

    upscale_factor: Value

    EXAMPLES = (
        Example("PixelShuffle(3)", params=0, input=(1, 9, 4, 5), output=(1, 1, 12, 15), macs=0),
        Rejects("PixelShuffle(2)", input=(1, 6, 4, 4), says="divisible"),
    )

    def shape(self, input: Shape) -> Shape:
        r = _integer("upscale_factor", self.upscale_factor)
        unfit(len(input) < 3, f"expected at least 3 dimensions, got {len(input)}: {input.text}")
        *batch, channels, height, width = input
        unfit(lambda: channels % (r * r) != 0, f"{channels} channels are not divisible by {r}*{r}: {input.text}")
        return Shape((*batch, channels // (r * r), height * r, width * r))


class PixelUnshuffle(Layer):
    """``(*, C, H*r, W*r)`` to ``(*, C*r*r, H, W)``: the inverse of PixelShuffle."""

    NAMES = ("torch.nn.PixelUnshuffle",)
    KIND = "shuffle"

    downscale_factor: Value

    EXAMPLES = (Example("PixelUnshuffle(3)", params=0, input=(1, 1, 12, 12), output=(1, 9, 4, 4), macs=0),)

    def shape(self, input: Shape) -> Shape:
        r = _integer("downscale_factor", self.downscale_factor)
        unfit(len(input) < 3, f"expected at least 3 dimensions, got {len(input)}: {input.text}")
        *batch, channels, height, width = input
        for size in (height, width):
            unfit(lambda size=size: size % r != 0, f"{size} is not divisible by {r}: {input.text}")
        if certainly(lambda: input.numel == 0):
            return input  # torch returns an input without elements as it is
        return Shape((*batch, channels * r * r, height // r, width // r))


class ChannelShuffle(Layer):
    """Deals the channels of ``(N, C, *)`` out to groups. Source: Zhang and others, "ShuffleNet" (2018)."""

    NAMES = ("torch.nn.ChannelShuffle",)
    KIND = "shuffle"

    groups: Value

    EXAMPLES = (
        Example("ChannelShuffle(2)", params=0, input=(1, 4, 2, 2), output=(1, 4, 2, 2), macs=0),
        Rejects("ChannelShuffle(2)", input=(1, 5, 3, 3), says="divisible"),
    )

    def shape(self, input: Shape) -> Shape:
        groups = _integer("groups", self.groups)
        unfit(len(input) < 3, f"expected at least 3 dimensions, got {len(input)}: {input.text}")
        unfit(lambda: input[1] % groups != 0, f"{input[1]} channels are not divisible by {groups} groups: {input.text}")
        return input


class _Windows(Layer):
    """Windows over two axes as columns."""

    KIND = "fold"

    def _pair(self, name: str, least: int) -> tuple[Any, ...]:
        sizes = pair(name, getattr(self, name))
        for size in sizes:
            unfit(lambda size=size: size < least, f"`{name}` must be at least {least}, got {shown(getattr(self, name))}")
        return sizes

    def _counts(self, sizes: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any]]:
        """The kernel, and the number of windows along each axis."""
        kernel, spread, around, steps = (self._pair(*one) for one in (("kernel_size", 1), ("dilation", 1), ("padding", 0), ("stride", 1)))
        counts = [window(size, k, step, pad, apart) for size, k, step, pad, apart in zip(sizes, kernel, steps, around, spread, strict=True)]
        for count in counts:
            unfit(lambda count=count: count < 1, f"no window of {Shape(kernel).text} fits into {Shape(sizes).text}")
        return kernel, counts


def pair(name: str, value: Any) -> tuple[Any, ...]:
    """Two integers, or one for both."""
    sizes = integers(name, value, 2)
    if len(sizes) != 2:
        raise ShapeMismatch(f"`{name}` must be an integer or two of them, got {shown(value)}")
    return sizes


class Unfold(_Windows):
    """``(N, C, H, W)`` to ``(N, C * kernel, windows)``; without the batch too."""

    NAMES = ("torch.nn.Unfold",)

    kernel_size: Value
    dilation: Value = 1
    padding: Value = 0
    stride: Value = 1

    EXAMPLES = (
        Example("Unfold(3, padding=1)", params=0, input=(1, 4, 8, 8), output=(1, 36, 64), macs=0),
        Rejects("Unfold(9)", input=(1, 4, 8, 8), says="no window"),
    )

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(3, 4, error="Exception")
        *batch, channels, height, width = input
        for size in (channels, height, width):
            unfit(size == 0, f"the input is empty: {input.text}")
        kernel, counts = self._counts((height, width))
        return Shape((*batch, channels * product(kernel), product(counts)))


class Fold(_Windows):
    """``(N, C * kernel, windows)`` to ``(N, C, *output_size)``, sums where windows overlap; without the batch too."""

    NAMES = ("torch.nn.Fold",)

    output_size: Value
    kernel_size: Value
    dilation: Value = 1
    padding: Value = 0
    stride: Value = 1

    EXAMPLES = (
        Example("Fold((4, 5), (2, 2))", params=0, input=(1, 12, 12), output=(1, 3, 4, 5), macs=0),
        Rejects("Fold(8, 2)", input=(2, 12, 48), says="windows"),
    )

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(2, 3)
        *batch, channels, columns = input
        for size in (channels, columns):
            unfit(size == 0, f"the input is empty: {input.text}")
        sizes = pair("output_size", self.output_size)
        for size in sizes:
            unfit(lambda size=size: size <= 0, f"`output_size` must be positive, got {shown(self.output_size)}")
        kernel, counts = self._counts(sizes)
        unfit(lambda: channels % product(kernel) != 0, f"{channels} is not divisible by the kernel {Shape(kernel).text}: {input.text}")
        if differs(columns, product(counts)):
            raise ShapeMismatch(f"expected {product(counts)} windows, got {columns}: {input.text}")
        return Shape((*batch, channels // product(kernel), *sizes))
