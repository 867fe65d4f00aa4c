"""Pooling, padding, resampling and windows as functions: the rules of the layers.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch import adaptive, padding, pooling, resampling
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import dtype_of, function, functional, made, shape_of, size_list
from paramlint.frameworks.torch.ops_from_layers import FromLayer
from paramlint.schema.fields import Value
from paramlint.schema.op import Op

_MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")


class _Pool(FromLayer):
    """An empty ``stride`` stands for the kernel."""

    def layer(self) -> Any:
        if getattr(self, "stride", None) in ((), []):
            self.stride = None
        return super().layer()


class MaxPool1d(_Pool):
    """The largest value of each window over one axis."""

    NAMES = (*functional("max_pool1d"), *function("max_pool1d"))
    LAYER = pooling.MaxPool1d
    ORDER = _MAX


class MaxPool2d(_Pool):
    """The largest value of each window over two axes."""

    NAMES = (*functional("max_pool2d"), *function("max_pool2d"))
    LAYER = pooling.MaxPool2d
    ORDER = _MAX


class MaxPool3d(_Pool):
    """The largest value of each window over three axes."""

    NAMES = (*functional("max_pool3d"), *function("max_pool3d"))
    LAYER = pooling.MaxPool3d
    ORDER = _MAX


class MaxPool1dWithIndices(_Pool):
    """The largest value of each window over one axis, and its place."""

    NAMES = (*functional("max_pool1d_with_indices"), *function("max_pool1d_with_indices"))
    LAYER = pooling.MaxPool1d
    ORDER = _MAX[:5]
    return_indices = True


class MaxPool2dWithIndices(_Pool):
    """The largest value of each window over two axes, and its place."""

    NAMES = functional("max_pool2d_with_indices")
    LAYER = pooling.MaxPool2d
    ORDER = _MAX[:5]
    return_indices = True


class MaxPool3dWithIndices(_Pool):
    """The largest value of each window over three axes, and its place."""

    NAMES = functional("max_pool3d_with_indices")
    LAYER = pooling.MaxPool3d
    ORDER = _MAX[:5]
    return_indices = True


class AvgPool1d(_Pool):
    """The mean of each window over one axis."""

    NAMES = (*functional("avg_pool1d"), *function("avg_pool1d"))
    LAYER = pooling.AvgPool1d


class AvgPool2d(_Pool):
    """The mean of each window over two axes."""

    NAMES = (*functional("avg_pool2d"), "torch._C._nn.avg_pool2d")
    LAYER = pooling.AvgPool2d


class AvgPool3d(_Pool):
    """The mean of each window over three axes."""

    NAMES = (*functional("avg_pool3d"), "torch._C._nn.avg_pool3d")
    LAYER = pooling.AvgPool3d


class LPPool1d(FromLayer):
    """The power average of each window over one axis."""

    NAMES = functional("lp_pool1d")
    LAYER = pooling.LPPool1d


class LPPool2d(FromLayer):
    """The power average of each window over two axes."""

    NAMES = functional("lp_pool2d")
    LAYER = pooling.LPPool2d


class LPPool3d(FromLayer):
    """The power average of each window over three axes."""

    NAMES = functional("lp_pool3d")
    LAYER = pooling.LPPool3d


class AdaptiveAvgPool1d(FromLayer):
    """Means over one axis, as many as ``output_size`` says."""

    NAMES = (*functional("adaptive_avg_pool1d"), *function("adaptive_avg_pool1d"))
    LAYER = adaptive.AdaptiveAvgPool1d


class AdaptiveAvgPool2d(FromLayer):
    """Means over two axes, as many as ``output_size`` says."""

    NAMES = functional("adaptive_avg_pool2d")
    LAYER = adaptive.AdaptiveAvgPool2d


class AdaptiveAvgPool3d(FromLayer):
    """Means over three axes, as many as ``output_size`` says."""

    NAMES = functional("adaptive_avg_pool3d")
    LAYER = adaptive.AdaptiveAvgPool3d


class AdaptiveMaxPool1d(FromLayer):
    """The largest values over one axis, as many as ``output_size`` says."""

    NAMES = (*functional("adaptive_max_pool1d"), *function("adaptive_max_pool1d"))
    LAYER = adaptive.AdaptiveMaxPool1d


class AdaptiveMaxPool2d(FromLayer):
    """The largest values over two axes, as many as ``output_size`` says."""

    NAMES = functional("adaptive_max_pool2d")
    LAYER = adaptive.AdaptiveMaxPool2d


class AdaptiveMaxPool3d(FromLayer):
    """The largest values over three axes, as many as ``output_size`` says."""

    NAMES = functional("adaptive_max_pool3d")
    LAYER = adaptive.AdaptiveMaxPool3d


class _Unpool(FromLayer):
    INPUTS = ("input", "indices")
    IGNORED = ("output_size",)
    output_size: Any

    def result(self) -> Any:
        layer: Any = self.layer()
        return self.tensors(layer.shape(shape_of(self.input), shape_of(self.indices), self.output_size))

    input: Any
    indices: Any


class MaxUnpool1d(_Unpool):
    """Values put back to the places that MaxPool1d found them at."""

    NAMES = functional("max_unpool1d")
    LAYER = adaptive.MaxUnpool1d


class MaxUnpool2d(_Unpool):
    """Values put back to the places that MaxPool2d found them at."""

    NAMES = functional("max_unpool2d")
    LAYER = adaptive.MaxUnpool2d


class MaxUnpool3d(_Unpool):
    """Values put back to the places that MaxPool3d found them at."""

    NAMES = functional("max_unpool3d")
    LAYER = adaptive.MaxUnpool3d


class Interpolate(FromLayer):
    """The axes after ``(N, C)`` resampled to ``size`` or by ``scale_factor``."""

    NAMES = functional("interpolate", "upsample")
    LAYER = resampling.Upsample
    IGNORED = ("antialias",)


class UpsampleNearest(FromLayer):
    """``interpolate`` with ``mode="nearest"``."""

    NAMES = functional("upsample_nearest")
    LAYER = resampling.UpsamplingNearest2d


class UpsampleBilinear(FromLayer):
    """``interpolate`` with ``mode="bilinear"`` and ``align_corners=True``."""

    NAMES = functional("upsample_bilinear")
    LAYER = resampling.UpsamplingBilinear2d


class PixelShuffle(FromLayer):
    """Channels spread over space: ``(*, C * r**2, H, W)`` to ``(*, C, H * r, W * r)``."""

    NAMES = (*functional("pixel_shuffle"), *function("pixel_shuffle"))
    LAYER = resampling.PixelShuffle


class PixelUnshuffle(FromLayer):
    """Space gathered into channels: ``(*, C, H * r, W * r)`` to ``(*, C * r**2, H, W)``."""

    NAMES = (*functional("pixel_unshuffle"), *function("pixel_unshuffle"))
    LAYER = resampling.PixelUnshuffle


class ChannelShuffle(FromLayer):
    """Channels exchanged between groups."""

    NAMES = (*functional("channel_shuffle"), *function("channel_shuffle"))
    LAYER = resampling.ChannelShuffle


class Unfold(FromLayer):
    """``(N, C, H, W)`` to ``(N, C * kernel, windows)``."""

    NAMES = functional("unfold")
    LAYER = resampling.Unfold


class Fold(FromLayer):
    """``(N, C * kernel, windows)`` to ``(N, C, *output_size)``."""

    NAMES = functional("fold")
    LAYER = resampling.Fold


class Pad(Op):
    """Grows (or crops) the last axes: sizes before and after, the last axis first."""

    NAMES = (*functional("pad"), *function("constant_pad_nd"))
    input: Value
    pad: Value
    mode: Value = "constant"
    value: Value = None

    def result(self) -> Tensor:
        pads = size_list(self.pad, "pad")
        mode = self.mode if isinstance(self.mode, str) and self.mode in ("constant", "reflect", "replicate", "circular") else "constant"
        return made(padding.padded(shape_of(self.input), pads, mode), dtype_of(self.input))


class GridSample(Op):
    """The input at the places of a grid: ``(N, C, *in)`` and ``(N, *out, axes)`` to ``(N, C, *out)``."""

    NAMES = (*functional("grid_sample"), *function("grid_sampler"))
    input: Value
    grid: Value
    mode: Value = "bilinear"
    padding_mode: Value = "zeros"
    align_corners: Value = None

    def result(self) -> Tensor:
        shape, grid = shape_of(self.input), shape_of(self.grid, "grid")
        shape.expect_rank(4, 5)
        unfit(grid.rank != shape.rank, f"the grid needs as many dimensions as the input: {grid.text} and {shape.text}")
        if differs(grid[-1], shape.rank - 2):
            raise ShapeMismatch(f"the last dimension of the grid must be {shape.rank - 2}, got {grid.text}")
        if differs(grid[0], shape[0]):
            raise ShapeMismatch(f"input and grid have different batch sizes: {shape.text} and {grid.text}")
        for size in shape[2:]:
            unfit(size == 0, f"the input is empty: {shape.text}")
        return made((*shape[:2], *grid[1:-1]), dtype_of(self.input))


class AffineGrid(Op):
    """A grid of places for ``grid_sample``, for an output of ``size`` ``(N, C, *out)``."""

    NAMES = functional("affine_grid")
    theta: Value
    size: Value
    align_corners: Value = None

    def result(self) -> Tensor:
        size, theta = size_list(self.size), shape_of(self.theta, "theta")
        if len(size) not in (4, 5):
            raise ShapeMismatch(f"`size` must have 4 or 5 elements, got {Shape(size).text}")
        theta.expect(size[0], len(size) - 2, len(size) - 1)
        return made((size[0], *size[2:], len(size) - 2), dtype_of(self.theta))
