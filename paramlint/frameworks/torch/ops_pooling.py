"""Pooling, padding, resampling and windows as functions: the rules of the layers.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.frameworks.torch import adaptive, pooling
from paramlint.frameworks.torch.ops_common import function, functional, shape_of
from paramlint.frameworks.torch.ops_from_layers import FromLayer

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
