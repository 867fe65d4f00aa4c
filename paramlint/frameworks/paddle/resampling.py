"""Layers of paddle.nn that change how finely an input is sampled.

Source: the documentation of paddle.nn and of paddle.nn.functional.interpolate, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, around, number, numbers, spatial, unclear, unfit
from paramlint.frameworks.paddle.pooling import AdaptiveAvgPool1D, AdaptiveAvgPool2D, AdaptiveAvgPool3D
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer

_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,), "nearest": (4, 5), "area": (3, 4, 5)}
_FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}
_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_AREA: Mapping[int, type[Layer]] = {1: AdaptiveAvgPool1D, 2: AdaptiveAvgPool2D, 3: AdaptiveAvgPool3D}


def interpolated(x: Shape, size: Any, scale: Any, mode: Any, data_format: Any, **options: Any) -> Shape:
    """The shape that ``paddle.nn.functional.interpolate`` gives. Raises ShapeMismatch for what it refuses.

    ``options`` are ``align_corners``, ``align_mode`` and ``recompute_scale_factor``.
    """
    unfit(size is None and scale is None, "one of `size` and `scale_factor` must be given")
    _check_mode(x, mode, options)
    axes = len(x) - 2
    if mode == "area":
        unfit(size is None, "the mode 'area' needs `size`")
        _given(size, axes, loose=True)
        found: Shape = _AREA[axes].build((size,)).shape(x)
        return found
    if size is not None and scale is not None and (open_value(size) or open_value(scale)):  # one of them may be None
        return Shape((*x[:1], *(Unknown.because(Why.ARGUMENT, "`size` or `scale_factor` is not known") for _ in x[1:])))
    unfit(size is not None and scale is not None, "only one of `size` and `scale_factor` may be given")
    if open_value(data_format):
        return unclear(x)
    unfit(data_format not in (_FIRST[axes], _LAST[axes]),
          f"`data_format` must be {_FIRST[axes]} or {_LAST[axes]} for {len(x)} dimensions, got {shown(data_format)}")
    last = data_format == _LAST[axes]
    if size is not None:
        unfit(truth(options.get("recompute_scale_factor")) is True, "`recompute_scale_factor` does not go with `size`")
        sizes = _given(size, axes)
    else:
        sizes = _by_scale(x, spatial(x, last), scale, truth(options.get("recompute_scale_factor")))
    for one in sizes:
        unfit(lambda one=one: one <= 0, f"the output would be empty: {shown(size if size is not None else scale)} for {x.text}")
    return around(x, sizes, last, x[-1] if last else x[1])


def _check_mode(x: Shape, mode: Any, options: Mapping[str, Any]) -> None:
    x.expect_rank(3, 4, 5)
    if open_value(mode):
        return
    unfit(mode not in _RANKS, f"`mode` must be one of {', '.join(_RANKS)}, got {shown(mode)}")
    x.expect_rank(*_RANKS[mode])
    corners, align_mode = options.get("align_corners", False), options.get("align_mode", 0)
    unfit(isinstance(corners, PLAIN) and not isinstance(corners, bool), f"`align_corners` must be True or False, got {shown(corners)}")
    unfit(corners is True and mode == "nearest", "`align_corners` does not go with the mode 'nearest'")
    unfit(isinstance(align_mode, PLAIN) and align_mode not in (0, 1), f"`align_mode` must be 0 or 1, got {shown(align_mode)}")


def _given(size: Any, axes: int, *, loose: bool = False) -> list[Any]:
    """The sizes of the output; ``loose`` takes a single number too."""
    if isinstance(size, Tensor) and isinstance(size.data, tuple):
        size = list(size.data)
    if open_value(size) or not isinstance(size, PLAIN):
        return [size if open_value(size) else Unknown.because(Why.UNSUPPORTED, "`size` is a tensor")] * axes
    if (isinstance(size, list | tuple) and len(size) != axes) or (not loose and not isinstance(size, list | tuple)):
        raise ShapeMismatch(f"`size` must be a list of {axes} sizes, got {shown(size)}")
    return [] if loose else list(numbers("size", size, axes))


def _by_scale(x: Shape, inner: Shape, scale: Any, recompute: bool | None) -> list[Any]:
    axes = len(x) - 2
    scales = list(scale) if isinstance(scale, list | tuple) else [scale] * axes
    unfit(len(scales) != axes, f"`scale_factor` must be a number or have {axes} of them, got {shown(scale)}")
    for one in scales:
        unfit(lambda one=one: number("scale_factor", one) <= 0, f"`scale_factor` must be positive, got {shown(scale)}")
    if recompute is True:  # this path takes the axes after the second for spatial ones, whatever the data format is
        inner = Shape(x[2:])
    return [_scaled(one, by) for one, by in zip(inner, scales, strict=True)]


def _scaled(size: Any, scale: Any) -> Any:
    """``int(size * scale)``."""
    if isinstance(scale, int) or (isinstance(scale, float) and scale.is_integer()):
        return size * int(scale)
    if isinstance(size, int) and isinstance(scale, float):
        unfit(not abs(size * scale) < 2**31, f"`scale_factor` is too large: {scale}")
        return int(size * scale)
    if isinstance(scale, Unknown | Formula):
        return Unknown.because(Why.ARGUMENT, f"a size times `{scale}`")
    return Unknown.because(Why.INPUT, f"`{size}` times {shown(scale)}")


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
        require(named, f"`mode` must be a name, got {shown(self.mode)}", field="mode", error="AttributeError")

    def shape(self, x: Shape) -> Shape:
        x.expect_rank(3, 4, 5)
        data_format = _FIRST[len(x) - 2] if self.data_format is None else self.data_format
        mode = self.mode.lower() if isinstance(self.mode, str) else self.mode
        return interpolated(x, self.size, self.scale_factor, mode, data_format, align_corners=self.align_corners,
                            align_mode=self.align_mode, recompute_scale_factor=self.recompute_scale_factor)


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
