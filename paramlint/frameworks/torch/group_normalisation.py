"""Normalisation layers of torch.nn that keep no statistics: over the last axes, groups of channels, neighbouring channels.

Source: the documentation of torch.nn and the shape checks of its operators on the CPU, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.frameworks.torch.common import Axes, allocatable, integers, unfit
from paramlint.frameworks.torch.normalisation import affine, real
from paramlint.schema.conditions import certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Value, shown, truth, whole
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, optional


class _LastAxes(Layer):
    """Normalisation over the last axes, whose sizes are given."""

    normalized_shape: Axes
    eps: Number = 1e-5
    elementwise_affine: Flag = True

    def check(self) -> None:
        if truth(self.elementwise_affine):
            allocatable(self._sizes(), "normalized_shape")

    def _sizes(self) -> Any:
        axes = self.normalized_shape
        return axes if isinstance(axes, Unknown) else tuple(whole("normalized_shape", size) for size in axes)

    def shape(self, x: Shape) -> Shape:
        if not (self.eps is None and isinstance(self, RMSNorm)):
            real("eps", self.eps)
        if isinstance(self.normalized_shape, Unknown):
            return x
        axes = integers("normalized_shape", self.normalized_shape, 1)
        unfit(not axes, "`normalized_shape` is empty")
        if len(x) < len(axes) or any(differs(got, want) for got, want in zip(x[-len(axes):], axes, strict=True)):
            fits = x[-1] if len(axes) == 1 and x and isinstance(x[-1], int) else None
            raise ShapeMismatch(f"expected the last dimensions to be {Shape(axes).text}, got {x.text}", fits=fits)
        return x


class LayerNorm(_LastAxes):
    """Mean 0 and variance 1 over the last axes. Source: Ba, Kiros and Hinton, "Layer normalization" (2016)."""

    NAMES = ("torch.nn.LayerNorm",)
    KIND = "layer norm"

    bias: Flag = True
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("LayerNorm(768, eps=1e-06)", params=1_536, input=(1, 197, 768), output=(1, 197, 768), macs=0),
        Example("LayerNorm([3, 4], bias=False)", params=12, input=(2, 3, 4), output=(2, 3, 4)),
        Rejects("LayerNorm((3, 4))", input=(2, 4, 3), says="last dimensions"),
    )

    def weights(self) -> Weights:
        if truth(self.elementwise_affine) is False:
            return Weights()
        return affine(self.elementwise_affine, self.bias, self._sizes())

    def shape(self, input: Shape) -> Shape:
        return super().shape(input)


class RMSNorm(_LastAxes):
    """Root mean square 1 over the last axes. Source: Zhang and Sennrich, "Root mean square layer normalization" (2019)."""

    NAMES = ("torch.nn.RMSNorm",)
    KIND = "rms norm"

    eps = None
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("RMSNorm(4096, eps=1e-05)", params=4_096, input=(1, 2, 4096), output=(1, 2, 4096), macs=0),
        Rejects("RMSNorm(10, bias=False)", says="bias"),
    )

    def weights(self) -> Weights:
        if truth(self.elementwise_affine) is False:
            return Weights()
        return Weights(weight=optional(self.elementwise_affine, self._sizes()))


class GroupNorm(Layer):
    """Mean 0 and variance 1 within each group of channels of ``(N, C, *)``. Source: Wu and He, "Group normalization" (2018)."""

    NAMES = ("torch.nn.GroupNorm",)
    KIND = "group norm"

    num_groups: Value
    num_channels: Value
    eps: Number = 1e-5
    affine: Flag = True
    device: Value = None
    dtype: Value = None
    _: KEYWORD_ONLY
    bias: Flag = True

    EXAMPLES = (
        Example("GroupNorm(3, 6)", params=12, input=(20, 6, 10, 10), output=(20, 6, 10, 10), macs=0),
        Rejects("GroupNorm(32, 48)", says="divisible"),
        Rejects("GroupNorm(2, 8)", input=(2, 6, 4), says="expected 8 channels"),
    )

    def check(self) -> None:
        groups, channels = self.num_groups, self.num_channels
        for name, value in (("num_groups", groups), ("num_channels", channels)):
            if isinstance(value, Unknown) or (not isinstance(value, float) and isinstance(whole(name, value), Unknown)):
                raise NeedsValue(value if isinstance(value, Unknown) else whole(name, value))
        require(groups != 0, "`num_groups` must not be 0", field="num_groups", error="ZeroDivisionError")
        require(lambda: channels % groups == 0, f"`num_channels` ({channels}) must be divisible by `num_groups` ({groups})",
                field="num_groups", help="choose a divisor of the number of channels")
        if truth(self.affine):
            allocatable((whole("num_channels", channels),), "num_channels")

    def weights(self) -> Weights:
        if truth(self.affine) is False:
            return Weights()
        return affine(self.affine, self.bias, (self.num_channels,))

    def shape(self, input: Shape) -> Shape:
        unfit(len(input) < 2, f"expected at least 2 dimensions, got {len(input)}: {input.text}")
        groups = self.num_groups
        if isinstance(groups, bool | float):
            raise ShapeMismatch(f"`num_groups` must be an integer, got {shown(groups)}")
        real("eps", self.eps)
        unfit(lambda: groups < 0, f"`num_groups` must be positive, got {groups}")
        if truth(self.affine) and differs(input[1], self.num_channels):
            fits = input[1] if isinstance(input[1], int) else None
            raise ShapeMismatch(f"expected {self.num_channels} channels, got {input[1]}: {input.text}", fits=fits)
        unfit(lambda: input[1] % groups != 0, f"{input[1]} channels are not divisible by `num_groups` ({groups}): {input.text}", error="Exception")
        unfit(lambda: input[0] * input[1] // groups * product(input[2:]) == 1, f"one value a group cannot be normalised: {input.text}",
              error="ValueError")
        return input


class LocalResponseNorm(Layer):
    """Divides by a power of the sum of squares over neighbouring channels of ``(N, C, *)``.

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks" (2012).
    """

    NAMES = ("torch.nn.LocalResponseNorm",)
    KIND = "local response norm"

    size: Value
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0

    EXAMPLES = (
        Example("LocalResponseNorm(2)", params=0, input=(2, 4, 5, 5), output=(2, 4, 5, 5), macs=0),
        Rejects("LocalResponseNorm(2)", input=(4, 5), says="at least 3 dimensions"),
    )

    def shape(self, input: Shape) -> Shape:
        unfit(len(input) < 3, f"expected at least 3 dimensions, got {len(input)}: {input.text}", error="ValueError")
        if certainly(lambda: input.numel == 0):
            return input
        size, = integers("size", self.size, 1) if not isinstance(self.size, list | tuple) else (None,)
        if size is None:
            raise ShapeMismatch(f"`size` must be an integer, got {shown(self.size)}")
        unfit(lambda: size <= 0, f"`size` must be positive, got {size}")
        for name in ("alpha", "beta", "k"):
            real(name, getattr(self, name))
        return input


class CrossMapLRN2d(Layer):
    """LocalResponseNorm of ``(N, C, H, W)`` as Torch 7 computes it."""

    NAMES = ("torch.nn.CrossMapLRN2d", "torch.nn.modules.normalization.CrossMapLRN2d")
    KIND = "local response norm"

    size: Value
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1

    EXAMPLES = (Example("CrossMapLRN2d(5)", params=0, input=(2, 8, 5, 5), output=(2, 8, 5, 5), macs=0),)

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(4)
        for name in ("size", "alpha", "beta", "k"):
            real(name, getattr(self, name))
        unfit(self.size == 0, "`size` must not be 0")
        unfit(input[1] == 0, f"the input has no channels: {input.text}")
        return input
