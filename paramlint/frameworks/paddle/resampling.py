"""Layers of paddle.nn that change how finely an input is sampled.

Source: the documentation of paddle.nn and of paddle.nn.functional.interpolate, Paddle 3.3.1.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, around, numbers, spatial, unclear, unfit
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer

_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,), "nearest": (4, 5), "area": (3, 4, 5)}
_FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}
_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def interpolated(x: Shape, size: Any, scale: Any, mode: Any, data_format: Any, align_corners: Any = False) -> Shape:
    """The shape that ``paddle.nn.functional.interpolate`` gives. Raises ShapeMismatch for what it refuses."""
    unfit(size is not None and scale is not None, "only one of `size` and `scale_factor` may be given")
    unfit(size is None and scale is None, "one of `size` and `scale_factor` must be given")
    _check_mode(x, size, mode, align_corners)
    axes = len(x) - 2
    if open_value(data_format):
        return unclear(x)
    unfit(data_format not in (_FIRST[axes], _LAST[axes]),
          f"`data_format` must be {_FIRST[axes]} or {_LAST[axes]} for {len(x)} dimensions, got {shown(data_format)}")
    last = data_format == _LAST[axes]
    inner = spatial(x, last)
    sizes = _given(size, axes) if size is not None else [_scaled(one, by) for one, by in zip(inner, _scales(scale, axes), strict=True)]
    for one in sizes:
        unfit(lambda one=one: one <= 0, f"the output would be empty: {shown(size if size is not None else scale)} for {x.text}")
    return around(x, sizes, last, x[-1] if last else x[1])


def _check_mode(x: Shape, size: Any, mode: Any, align_corners: Any) -> None:
    if open_value(mode):
        unfit(len(x) not in (3, 4, 5), f"expected 3, 4 or 5 dimensions, got {len(x)}: {x.text}")
        x.expect_rank(3, 4, 5)
        return
    unfit(mode not in _RANKS, f"`mode` must be one of {', '.join(_RANKS)}, got {shown(mode)}")
    x.expect_rank(*_RANKS[mode])
    unfit(mode == "area" and size is None, "the mode 'area' needs `size`")
    unfit(truth(align_corners) is True and mode in ("nearest", "area"), f"`align_corners` does not go with the mode {mode!r}")


def _given(size: Any, axes: int) -> list[Any]:
    if open_value(size) or not isinstance(size, PLAIN):
        return [size if open_value(size) else Unknown.because(Why.UNSUPPORTED, "`size` is a tensor")] * axes
    if not isinstance(size, list | tuple) or len(size) != axes:
        raise ShapeMismatch(f"`size` must be a list of {axes} sizes, got {shown(size)}")
    return list(numbers("size", size, axes))


def _scales(scale: Any, axes: int) -> list[Any]:
    scales = list(scale) if isinstance(scale, list | tuple) else [scale] * axes
    unfit(len(scales) != axes, f"`scale_factor` must be a number or have {axes} of them, got {shown(scale)}")
    for one in scales:
        number = isinstance(one, int | float) or open_value(one) or not isinstance(one, PLAIN)
        unfit(not number or (isinstance(one, int | float) and not one > 0), f"`scale_factor` must be positive, got {shown(scale)}")
    return scales


def _scaled(size: Any, scale: Any) -> Any:
    """``int(size * scale)`` in single precision, as the operator computes it."""
    if isinstance(scale, int) or (isinstance(scale, float) and scale.is_integer()):
        return size * int(scale)
    if isinstance(size, int) and isinstance(scale, float):
        try:
            return int(_single(_single(size) * _single(scale)))
        except (OverflowError, ValueError):
            raise ShapeMismatch(f"`scale_factor` is too large: {scale}") from None
    if isinstance(scale, Unknown | Formula):
        return Unknown.because(Why.ARGUMENT, f"a size times `{scale}`")
    return Unknown.because(Why.INPUT, f"`{size}` times {shown(scale)}")


def _single(value: float) -> float:
    """The nearest number of single precision."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


class Upsample(Layer):
    """Resizes the spatial axes to ``size`` or by ``scale_factor``."""

    NAMES = ("paddle.nn.Upsample",)
    KIND = "upsample"

    size: Value = None
    scale_factor: Value = None
    mode: Text = "nearest"
    align_corners: Flag = False
    align_mode: Value = 0
    data_format: Text = None
    recompute_scale_factor: Value = None
    name: Text = None

    EXAMPLES = (
        Example("Upsample(scale_factor=[2, 3], mode='bicubic')", params=0, input=(1, 3, 5, 5), output=(1, 3, 10, 15)),
        Rejects("Upsample(size=[5, 6], mode='trilinear')", input=(1, 3, 7, 7), says="5 dimensions"),
        Rejects("Upsample(size=[5, 6], mode=3)", says="mode"),
    )

    def check(self) -> None:
        named = isinstance(self.mode, str) or not isinstance(self.mode, PLAIN)
        require(named, f"`mode` must be a name, got {shown(self.mode)}", field="mode")

    def shape(self, x: Shape) -> Shape:
        x.expect_rank(3, 4, 5)
        data_format = _FIRST[len(x) - 2] if self.data_format is None else self.data_format
        mode = self.mode.lower() if isinstance(self.mode, str) else self.mode
        return interpolated(x, self.size, self.scale_factor, mode, data_format, self.align_corners)


class _Upsampling2D(Layer):
    """Resizes height and width in one mode."""

    KIND = "upsample"
    MODE: ClassVar[str]

    size: Value = None
    scale_factor: Value = None
    data_format: Text = "NCHW"
    name: Text = None

    def shape(self, x: Shape) -> Shape:
        size = (self.size,) * 2 if isinstance(self.size, int) else self.size
        return interpolated(x, size, self.scale_factor, self.MODE, self.data_format)


class UpsamplingNearest2D(_Upsampling2D):
    """Resizes height and width by repeating elements."""

    NAMES = ("paddle.nn.UpsamplingNearest2D", "paddle.nn.UpsamplingNearest2d")
    MODE = "nearest"
    EXAMPLES = (Example("UpsamplingNearest2D(scale_factor=1.5)", params=0, input=(1, 3, 7, 7), output=(1, 3, 10, 10)),)


class UpsamplingBilinear2D(_Upsampling2D):
    """Resizes height and width bilinearly, corners aligned."""

    NAMES = ("paddle.nn.UpsamplingBilinear2D", "paddle.nn.UpsamplingBilinear2d")
    MODE = "bilinear"
    EXAMPLES = (Example("UpsamplingBilinear2D(size=[7, 9])", params=0, input=(1, 3, 5, 5), output=(1, 3, 7, 9)),)


# Between channels and space -----------------------------------------------------------------------------------------------------------

def _factor(name: str, value: Any) -> Any:
    """An integer, and nothing that is only equal to one."""
    if isinstance(value, int) or open_value(value):
        return value
    require(not isinstance(value, PLAIN), f"`{name}` must be an integer, got {shown(value)}", field=name)
    return Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}")


class _Shuffle(Layer):
    """What moves elements between channels and space of (batch, channels, height, width)."""

    KIND = "shape"

    if TYPE_CHECKING:
        data_format: Any

    def check(self) -> None:
        form = self.data_format
        require(open_value(form) or form in ("NCHW", "NHWC"), f"`data_format` must be NCHW or NHWC, got {shown(form)}", field="data_format")

    def shape(self, x: Shape) -> Shape:
        x.expect_rank(4)
        if open_value(self.data_format):
            return unclear(x)
        last = self.data_format == "NHWC"
        channels, (height, width) = (x[3], x[1:3]) if last else (x[1], x[2:])
        *sizes, channels = self._moved(channels, height, width, x)
        return around(x, sizes, last, channels)

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        """Height, width and channels afterwards."""
        raise NotImplementedError


class PixelShuffle(_Shuffle):
    """Makes each ``upscale_factor²`` channels one that is so many times as high and wide."""

    NAMES = ("paddle.nn.PixelShuffle",)
    upscale_factor: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("PixelShuffle(2)", params=0, input=(1, 16, 4, 4), output=(1, 4, 8, 8)),
                Rejects("PixelShuffle(2.0)", says="integer"))

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        by = self.upscale_factor
        unfit(by == 0, "`upscale_factor` cannot be 0")
        unfit(lambda: channels % (by * by) != 0, f"the square of `upscale_factor` ({by}) must divide the channels ({channels})")
        return height * by, width * by, channels // (by * by)


class PixelUnshuffle(_Shuffle):
    """Makes each square of ``downscale_factor²`` elements one element with so many times the channels."""

    NAMES = ("paddle.nn.PixelUnshuffle",)
    downscale_factor: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("PixelUnshuffle(2)", params=0, input=(1, 4, 4, 4), output=(1, 16, 2, 2)),
                Rejects("PixelUnshuffle(0)", says="positive"))

    def check(self) -> None:
        by = self.downscale_factor
        require(lambda: by > 0, f"`downscale_factor` must be positive, got {by}", field="downscale_factor")
        super().check()

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        by = self.downscale_factor
        unfit(lambda: height % by != 0 or width % by != 0, f"`downscale_factor` ({by}) must divide height and width: {x.text}")
        return height // by, width // by, channels * by * by


class ChannelShuffle(_Shuffle):
    """Orders channels anew, across ``groups``."""

    NAMES = ("paddle.nn.ChannelShuffle",)
    groups: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("ChannelShuffle(2)", params=0, input=(1, 4, 3, 3), output=(1, 4, 3, 3)),
                Rejects("ChannelShuffle(3)", input=(1, 4, 3, 3), says="divide"))

    def check(self) -> None:
        by = self.groups
        require(lambda: by > 0, f"`groups` must be positive, got {by}", field="groups")
        super().check()

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        unfit(lambda: channels % self.groups != 0, f"`groups` ({self.groups}) must divide the channels ({channels})")
        return height, width, channels
