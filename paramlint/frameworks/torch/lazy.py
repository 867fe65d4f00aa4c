"""Layers of torch.nn that take their number of input channels from their first input.

Source: the documentation of torch.nn.modules.lazy.LazyModuleMixin, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Size as Number
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import built, ranks, unfit
from paramlint.frameworks.torch.convolution import Conv1d, Conv2d, Conv3d, Convolution
from paramlint.frameworks.torch.linear import Linear
from paramlint.frameworks.torch.normalisation import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    NormBase,
)
from paramlint.frameworks.torch.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, TransposedConvolution
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, truth
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights


def _unmade(layer: Layer, names: tuple[str, ...], states: tuple[str, ...] = ()) -> Weights:
    """Weights, and buffers, that the first call makes."""
    unknown = Unknown.because(Why.INPUT, f"`{type(layer).__name__}` makes its weights on the first call: give an input")
    return Weights({**{name: Weight(unknown) for name in names},
                    **{name: Weight(unknown, trainable=False, buffer=True) for name in states}})


class LazyLinear(Linear):
    """A Linear that takes ``in_features`` from the last axis of its first input."""

    NAMES = ("torch.nn.LazyLinear",)
    DROPS = ("in_features",)
    BECOMES: ClassVar[type[Linear]] = Linear

    in_features = 0  # until the first call
    out_features: Value  # looked at on the first call only

    EXAMPLES = (
        Example("LazyLinear(10)", params=210, input=(4, 20), output=(4, 10), macs=800),
        Rejects("LazyLinear(-3)", input=(2, 3), says="negative"),
    )

    def check(self) -> None:
        """Nothing is allocated, and so nothing refused, before the first call."""

    def unmade(self) -> Weights:
        return _unmade(self, ("weight", "bias") if truth(self.bias) is True else ("weight",)) if truth(self.bias) is not None else Weights()

    def _made(self, input: Shape) -> Linear:
        unfit(not input, "a linear layer needs at least one dimension, got a scalar")
        return built(Linear, self, in_features=input[-1])

    def weights(self, input: Shape) -> Weights:  # type: ignore[override]
        return self._made(input).weights()

    def shape(self, input: Shape) -> Shape:
        return self._made(input).shape(input)

    def macs(self, input: Shape, y: Shape) -> Any:
        return self._made(input).macs(input, y)


class _LazyConvolution(Convolution):
    """A convolution whose weight is made when the first input shows its channels."""

    BECOMES: ClassVar[type[Convolution]]
    DROPS = ("in_channels",)

    in_channels = 0  # until the first call
    out_channels: Value  # looked at on the first call only

    def _allocated(self) -> tuple[Number, Number]:
        return 0, 0

    unmade = LazyLinear.unmade

    def _made(self, input: Shape) -> Any:
        batched = ranks(input, self.AXES + 1, type(self).__name__)
        outputs = self.out_channels
        if issubclass(self.BECOMES, TransposedConvolution) and truth(self.bias) is False and isinstance(outputs, int):
            # Without a bias to contradict it, the weight alone decides: channels that the groups leave over are lost.
            outputs = outputs // self.groups * self.groups
        return built(self.BECOMES, self, in_channels=input[1 if batched else 0], out_channels=outputs)

    def weights(self, input: Shape) -> Weights:  # type: ignore[override]
        made: Weights = self._made(input).weights()
        return made

    def shape(self, input: Shape) -> Any:
        return self._made(input).shape(input)

    def macs(self, input: Shape, y: Shape) -> Any:
        return self._made(input).macs(input, y)


class _LazyTransposed(_LazyConvolution):
    def shape(self, input: Shape, output_size: Any = None) -> Any:
        return self._made(input).shape(input, output_size)


class LazyConv1d(_LazyConvolution, Conv1d):
    """A Conv1d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConv1d",)
    BECOMES = Conv1d
    EXAMPLES = (
        Example("LazyConv1d(33, 3, stride=2)", params=1_617, input=(4, 16, 50), output=(4, 33, 24), macs=152_064),
        Rejects("LazyConv1d(8, 3, groups=3)", input=(1, 4, 8), says="divisible"),
    )


class LazyConv2d(_LazyConvolution, Conv2d):
    """A Conv2d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConv2d",)
    BECOMES = Conv2d
    EXAMPLES = (
        Example("LazyConv2d(5, (2, 3), bias=False)", params=90, input=(1, 3, 8, 8), output=(1, 5, 7, 6), macs=3_780),
        Rejects("LazyConv2d(8, 3, groups=0)", says="positive"),
    )


class LazyConv3d(_LazyConvolution, Conv3d):
    """A Conv3d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConv3d",)
    BECOMES = Conv3d
    EXAMPLES = (
        Example("LazyConv3d(4, 2, groups=2)", params=100, input=(2, 6, 7, 9, 10), output=(2, 4, 6, 8, 9), macs=82_944),
        Rejects("LazyConv3d(8, 3, padding='same', stride=2)", says="stride"),
    )


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """A ConvTranspose1d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConvTranspose1d",)
    BECOMES = ConvTranspose1d
    EXAMPLES = (Example("LazyConvTranspose1d(1, 4)", params=33, input=(8, 8), output=(1, 11), macs=256),)


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """A ConvTranspose2d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConvTranspose2d",)
    BECOMES = ConvTranspose2d
    EXAMPLES = (
        Example("LazyConvTranspose2d(6, (2, 4), padding=(0, 1), groups=2)", params=54,
                input=(2, 2, 9, 12), output=(2, 6, 10, 13), macs=10_368),
    )


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """A ConvTranspose3d that takes ``in_channels`` from its first input."""

    NAMES = ("torch.nn.LazyConvTranspose3d",)
    BECOMES = ConvTranspose3d
    EXAMPLES = (Example("LazyConvTranspose3d(2, 2, bias=False)", params=16, input=(1, 4, 4, 4), output=(2, 5, 5, 5), macs=1_024),)


class _LazyNorm(NormBase):
    """A normalisation that takes ``num_features`` from the second axis of its first input."""

    BECOMES: ClassVar[type[NormBase]]
    DROPS = ("num_features",)

    num_features = 0  # until the first call
    affine = True
    track_running_stats = True

    def check(self) -> None:
        """Nothing is allocated, and so nothing refused, before the first call."""

    def unmade(self) -> Weights:
        scaled, tracked = truth(self.affine), truth(self.track_running_stats)
        if scaled is None or tracked is None:
            return Weights()
        found = _unmade(self, ("weight", "bias") if scaled else (), ("running_mean", "running_var") if tracked else ())
        return Weights({**found, "num_batches_tracked": Weight((), trainable=False, buffer=True, dtype="int64") if tracked else None})

    def _made(self, input: Shape) -> Any:
        if truth(self.affine) is False and truth(self.track_running_stats) is False:
            return built(self.BECOMES, self, num_features=0)
        if len(input) < 2:
            raise ShapeMismatch(f"expected at least 2 dimensions, got {len(input)}: {input.text}")
        return built(self.BECOMES, self, num_features=input[1])  # the second axis even of an input without a batch

    def weights(self, input: Shape) -> Weights:  # type: ignore[override]
        made: Weights = self._made(input).weights()
        return made

    def shape(self, input: Shape) -> Any:
        return self._made(input).shape(input)


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d that takes ``num_features`` from its first input."""

    NAMES = ("torch.nn.LazyBatchNorm1d",)
    BECOMES = BatchNorm1d
    EXAMPLES = (Example("LazyBatchNorm1d()", params=20, buffers=21, input=(4, 10), output=(4, 10)),)


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d that takes ``num_features`` from its first input."""

    NAMES = ("torch.nn.LazyBatchNorm2d",)
    BECOMES = BatchNorm2d
    EXAMPLES = (Example("LazyBatchNorm2d(affine=False)", params=0, buffers=21, input=(2, 10, 5, 6), output=(2, 10, 5, 6)),)


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d that takes ``num_features`` from its first input."""

    NAMES = ("torch.nn.LazyBatchNorm3d",)
    BECOMES = BatchNorm3d
    EXAMPLES = (Example("LazyBatchNorm3d()", params=20, buffers=21, input=(2, 10, 3, 4, 5), output=(2, 10, 3, 4, 5)),)


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """An InstanceNorm1d that takes ``num_features`` from its first input; it has weights and statistics by default."""

    NAMES = ("torch.nn.LazyInstanceNorm1d",)
    BECOMES = InstanceNorm1d
    EXAMPLES = (Example("LazyInstanceNorm1d()", params=20, buffers=21, input=(2, 10, 6), output=(2, 10, 6)),)


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """An InstanceNorm2d that takes ``num_features`` from its first input; it has weights and statistics by default."""

    NAMES = ("torch.nn.LazyInstanceNorm2d",)
    BECOMES = InstanceNorm2d
    EXAMPLES = (
        Example("LazyInstanceNorm2d()", params=20, buffers=21, input=(2, 10, 6, 5), output=(2, 10, 6, 5)),
        Rejects("LazyInstanceNorm2d()", input=(3, 5, 6), says="expected 5 channels"),
    )


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """An InstanceNorm3d that takes ``num_features`` from its first input; it has weights and statistics by default."""

    NAMES = ("torch.nn.LazyInstanceNorm3d",)
    BECOMES = InstanceNorm3d
    EXAMPLES = (Example("LazyInstanceNorm3d()", params=20, buffers=21, input=(2, 10, 6, 5, 4), output=(2, 10, 6, 5, 4)),)
