"""Normalisation layers of torch.nn that can keep running statistics: of the batch and of the instance.

Source: the documentation of torch.nn, torch.nn.functional and the shape checks of its operators on the CPU, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.schema.conditions import certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Value, open_value, shown, truth, whole
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, optional


def real(name: str, value: Any) -> None:
    """Refuse, when called, what torch's operators do not take as a float."""
    if not open_value(value) and not isinstance(value, int | float):
        raise ShapeMismatch(f"`{name}` must be a number, got {shown(value)}")


def affine(scale: Any, shift: Any, shape: Any) -> Weights:
    """``weight``, and ``bias`` where there is a weight and one is wanted."""
    both = scale if truth(scale) is not True else shift  # the one that decides
    return Weights(weight=optional(scale, shape), bias=None if truth(shift) is False else optional(both, shape))


class _Running(Layer):
    """Normalisation of channels that may keep running statistics."""

    WRONG_CHANNELS: ClassVar[str] = ""  # the exception for another number of channels

    num_features: Value
    eps: Number = 1e-5
    momentum: Number = 0.1
    affine: Flag = True
    track_running_stats: Flag = True

    if TYPE_CHECKING:  # stands at another place in each signature
        bias: Flag

    def check(self) -> None:
        if truth(self.affine) or truth(self.track_running_stats):
            allocatable(self._features(), "num_features")

    def _features(self) -> Any:
        """The shape of the weights: torch takes a tuple of sizes too."""
        features = self.num_features
        if isinstance(features, list | tuple):
            return tuple(whole("num_features", size) for size in features)
        return (whole("num_features", features),)

    def weights(self) -> Weights:
        if truth(self.affine) is False and truth(self.track_running_stats) is False:
            return Weights()
        shape, tracked = self._features(), self.track_running_stats
        state = {"trainable": False, "buffer": True}
        return Weights({
            **affine(self.affine, self.bias, shape),
            "running_mean": optional(tracked, shape, **state),
            "running_var": optional(tracked, shape, **state),
            "num_batches_tracked": optional(tracked, (), dtype="int64", **state),
        })

    def _empty(self, input: Shape, weight: Callable[[], Any]) -> bool:
        """Whether the input certainly has no elements; then nothing is compared, and only a ``weight`` without elements is refused."""
        if not certainly(lambda: input.numel == 0):
            return False
        unfit(lambda: bool(self.affine) and product(weight()) == 0, "the weight has no elements")
        return True

    def _channels(self, got: Any, input: Shape) -> None:
        """Refuse another number of channels than the weights or statistics have, where there are any."""
        if truth(self.affine) or truth(self.track_running_stats):
            features = self._features()
            wanted = product(features)
            if differs(got, wanted):
                raise ShapeMismatch(f"expected {wanted} channels, got {got}: {input.text}", fits=got if isinstance(got, int) else None,
                                    error=self.WRONG_CHANNELS)
            if len(features) != 1:
                raise NeedsValue(Unknown.because(
                    Why.UNSUPPORTED, f"weights of the shape {shown(self.num_features)} fit or not, as the kernel decides"))


class NormBase(_Running):
    device: Value = None
    dtype: Value = None
    _: KEYWORD_ONLY
    bias: Flag = True


class _BatchNorm(NormBase):
    """Any number of axes: ``(N, C, *)``; the base class of all batch normalisations."""

    NAMES = ("torch.nn.modules.batchnorm._BatchNorm",)
    KIND = "batch norm"
    RANKS: ClassVar[tuple[int, ...]] = ()
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (Example("modules.batchnorm._BatchNorm(10)", params=20, buffers=21),)

    def shape(self, input: Shape) -> Shape:
        return batch_normalised(self, input, self.RANKS)


def batch_normalised(layer: _Running, input: Shape, wanted: tuple[int, ...]) -> Shape:
    """The input's shape, unless torch's batch normalisation refuses it; ``wanted`` numbers of axes, or two and more."""
    if wanted:
        input.expect_rank(*wanted, error="ValueError")
    unfit(len(input) < 2, f"expected at least 2 dimensions, got {len(input)}: {input.text}", error="ValueError")
    tracked = truth(layer.track_running_stats)
    if layer.training or tracked is False:  # statistics of the batch, which one value has none of
        unfit(lambda: input[0] * product(input[2:]) == 1, f"one value a channel cannot be normalised: {input.text}",
              error="ValueError")
    real("eps", layer.eps)
    if layer.momentum is not None:
        real("momentum", layer.momentum)
    if layer.training or tracked is False:
        unfit(lambda: layer.eps <= 0, f"`eps` must be positive, got {shown(layer.eps)}")
    unfit(lambda: layer.eps < 0, f"`eps` must not be negative, got {shown(layer.eps)}")
    if not layer._empty(input, layer._features):
        layer._channels(input[1], input)
    return input


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of ``(N, C)`` or ``(N, C, L)``. Source: Ioffe and Szegedy (2015)."""

    NAMES = ("torch.nn.BatchNorm1d",)
    RANKS = (2, 3)
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("BatchNorm1d(10)", params=20, buffers=21, input=(4, 10), output=(4, 10), macs=0),
        Example("BatchNorm1d(10, affine=False)", params=0, buffers=21, input=(4, 10, 7), output=(4, 10, 7)),
        Rejects("BatchNorm1d(10)", input=(1, 10, 1), says="one value"),
    )


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of ``(N, C, H, W)``. Source: Ioffe and Szegedy (2015)."""

    NAMES = ("torch.nn.BatchNorm2d",)
    RANKS = (4,)
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("BatchNorm2d(64)", params=128, buffers=129, input=(2, 64, 5, 6), output=(2, 64, 5, 6), macs=0),
        Example("BatchNorm2d(64, track_running_stats=False, bias=False)", params=64, buffers=0),
        Rejects("BatchNorm2d(32)", input=(2, 16, 5, 5), says="expected 32 channels"),
    )


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of ``(N, C, D, H, W)``. Source: Ioffe and Szegedy (2015)."""

    NAMES = ("torch.nn.BatchNorm3d",)
    RANKS = (5,)
    EXAMPLES = (Example("BatchNorm3d(10)", params=20, buffers=21, input=(2, 10, 3, 4, 5), output=(2, 10, 3, 4, 5), macs=0),)


class SyncBatchNorm(_Running):
    """Batch normalisation of ``(N, C, *)`` with the statistics of all processes of a group."""

    NAMES = ("torch.nn.SyncBatchNorm",)
    KIND = "batch norm"

    process_group: Value = None
    device: Value = None
    dtype: Value = None
    _: KEYWORD_ONLY
    bias: Flag = True

    EXAMPLES = (Example("SyncBatchNorm(8)", params=16, buffers=17, input=(2, 8, 4, 4), output=(2, 8, 4, 4)),)

    def shape(self, input: Shape) -> Shape:
        result = batch_normalised(self, input, ())
        unfit(input[1] == 0, f"the input has no channels: {input.text}")
        return result


class _InstanceNorm(NormBase):
    KIND = "instance norm"
    WRONG_CHANNELS = "ValueError"
    AXES: ClassVar[int]

    affine = False
    track_running_stats = False

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(self.AXES + 1, self.AXES + 2, error="ValueError")
        unused = not self.training and truth(self.affine) is False and certainly(lambda: input.numel == 0)
        if not unused:
            self._channels(input[-self.AXES - 1], input)
        if truth(self.affine) and isinstance(self.num_features, list | tuple):
            raise ShapeMismatch(f"`num_features` must be an integer, got {shown(self.num_features)}")
        if self.training or truth(self.track_running_stats) is False:  # statistics of the instance, which one value has none of
            unfit(lambda: product(input[-self.AXES:]) == 1, f"one value a channel cannot be normalised: {input.text}",
              error="ValueError")
        real("eps", self.eps)
        if self.momentum is not None:
            real("momentum", self.momentum)
        batch = input[0] if len(input) == self.AXES + 2 else 1
        self._empty(input, lambda: (batch, *self._features()))
        return input


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of ``(N, C, L)`` or ``(C, L)``. Source: Ulyanov, Vedaldi and Lempitsky (2016)."""

    NAMES = ("torch.nn.InstanceNorm1d",)
    AXES = 1
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("InstanceNorm1d(10)", params=0, buffers=0, input=(2, 10, 6), output=(2, 10, 6), macs=0),
        Rejects("InstanceNorm1d(-1, affine=True)", says="negative"),
    )


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of ``(N, C, H, W)`` or ``(C, H, W)``. Source: Ulyanov, Vedaldi and Lempitsky (2016)."""

    NAMES = ("torch.nn.InstanceNorm2d",)
    AXES = 2
    EXAMPLES = (
        Example("InstanceNorm2d(10, affine=True, track_running_stats=True)", params=20, buffers=21, input=(10, 6, 5), output=(10, 6, 5)),
        Rejects("InstanceNorm2d(10)", input=(2, 10, 1, 1), says="one value"),
    )


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of ``(N, C, D, H, W)`` or ``(C, D, H, W)``. Source: Ulyanov, Vedaldi and Lempitsky (2016)."""

    NAMES = ("torch.nn.InstanceNorm3d",)
    AXES = 3
    EXAMPLES = (Example("InstanceNorm3d(10, affine=True)", params=20, input=(2, 10, 6, 5, 4), output=(2, 10, 6, 5, 4)),)
