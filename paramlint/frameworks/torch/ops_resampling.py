"""Padding, resampling and places of a grid as functions: the rules of the layers.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch import padding, resampling
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import dtype_of, function, functional, made, shape_of, size_list
from paramlint.frameworks.torch.ops_from_layers import FromLayer
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


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
