"""Batch normalisation of paddle.nn.

The running statistics are among the parameters, as ones that are not trained: of 4*C parameters, 2*C are.

Source: the documentation of paddle.nn and the shape checks of its operators, Paddle 3.3.1; Ioffe and Szegedy (2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from paramlint.core.shapes import Shape
from paramlint.frameworks.paddle.attributes import creatable, kept, parameter
from paramlint.frameworks.paddle.common import FIRST, LAST, PLAIN, DType, expect_format, expect_size
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, frozen

_CHANNELS_FIRST = ("NC", *FIRST.values())
_FORMATS = (*_CHANNELS_FIRST, *LAST.values())


def statistic(size: Any, name: Any, suffix: str = "") -> Weight:
    """A running statistic, which is named after its layer."""
    if isinstance(name, PLAIN) and not isinstance(name, str | None):
        raise Refused(f"`name` must be a text, got {shown(name)}", field="name", error="TypeError")
    return replace(frozen(size), name=f"{name}{suffix}" if isinstance(name, str) else None)


class _BatchNorm(Layer):
    """What batch normalisations share. ``RANKS`` are the numbers of axes an input may have, ``FORMATS`` the data formats."""

    KIND = "batch norm"
    RANKS: ClassVar[tuple[int, ...]]
    FORMATS: ClassVar[tuple[str, ...]]

    if TYPE_CHECKING:
        data_format: Any
        name: Any

    num_features: Size
    momentum: Number = 0.9
    epsilon: Number = 1e-5
    weight_attr: Value = None
    bias_attr: Value = None

    def check(self) -> None:
        creatable(self, "num_features")

    def weights(self) -> Weights:
        size = (self.num_features,)
        return Weights(weight=parameter("weight_attr", self.weight_attr, size), bias=parameter("bias_attr", self.bias_attr, size),
                       _mean=statistic(size, self.name, "_mean"), _variance=statistic(size, self.name, "_variance"))

    def shape(self, input: Shape) -> Shape:
        expect_format("data_format", self.data_format, self.FORMATS)
        input.expect_rank(*self.RANKS)
        if not open_value(self.data_format):
            expect_size(input, -1 if self.data_format in LAST.values() else 1, self.num_features, "channels")
        return input


class BatchNorm1D(_BatchNorm):
    """Normalises each channel over the batch and one further axis: (batch, channels) or (batch, channels, length)."""

    NAMES = ("paddle.nn.BatchNorm1D",)
    RANKS = (2, 3)
    FORMATS = ("NC", "NCL", "NLC", "NCHW", "NHWC")

    data_format: Text = "NCL"
    use_global_stats: Value = None
    name: Text = None

    EXAMPLES = (
        Example("BatchNorm1D(10, data_format='NLC')", params=40, trainable=20, input=(2, 4, 10), output=(2, 4, 10)),
        Rejects("BatchNorm1D(9)", input=(2, 10, 4), says="expected 9 channels"),
        Rejects("BatchNorm1D(-1)", says="negative"),
    )


class BatchNorm2D(_BatchNorm):
    """Normalises each channel over the batch and two further axes: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.BatchNorm2D",)
    RANKS = (4,)
    FORMATS = ("NCHW", "NHWC")

    data_format: Text = "NCHW"
    use_global_stats: Value = None
    name: Text = None

    EXAMPLES = (
        Example("BatchNorm2D(10)", params=40, trainable=20, input=(2, 10, 4, 4), output=(2, 10, 4, 4)),
        Example("BatchNorm2D(10, weight_attr=False, bias_attr=False)", params=20, trainable=0),
        Rejects("BatchNorm2D(10)", input=(2, 10, 4), says="4 dimensions"),
    )


class BatchNorm3D(_BatchNorm):
    """Normalises each channel over the batch and three further axes: (batch, channels, depth, height, width)."""

    NAMES = ("paddle.nn.BatchNorm3D",)
    RANKS = (5,)
    FORMATS = ("NCDHW", "NDHWC", "NCHW", "NHWC")

    data_format: Text = "NCDHW"
    use_global_stats: Value = None
    name: Text = None

    EXAMPLES = (Example("BatchNorm3D(10)", params=40, trainable=20, input=(2, 10, 4, 4, 4), output=(2, 10, 4, 4, 4)),)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation over all devices, which a build of Paddle for CPUs cannot call. Weights that their attribute turns off are there,
    frozen."""

    NAMES = ("paddle.nn.SyncBatchNorm",)
    RAISES = "Exception"
    DEPENDS_ON_BUILD = True
    RANKS = (2, 3, 4, 5)
    FORMATS = _FORMATS

    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (
        Example("SyncBatchNorm(10)", params=40, trainable=20),
        Example("SyncBatchNorm(10, weight_attr=False)", params=40, trainable=10),
    )

    def weights(self) -> Weights:
        size = (self.num_features,)
        named = {"weight": kept("weight_attr", self.weight_attr, size), "bias": kept("bias_attr", self.bias_attr, size)}
        late = [name for name in named if getattr(self, f"{name}_attr") is False]  # made after the statistics
        statistics = {"_mean": statistic(size, self.name, "_mean"), "_variance": statistic(size, self.name, "_variance")}
        early = {name: weight for name, weight in named.items() if name not in late}
        return Weights({**early, **statistics, **{name: named[name] for name in late}})


class BatchNorm(Layer):
    """Batch normalisation of any number of axes, with an activation: Paddle 1's signature."""

    NAMES = ("paddle.nn.BatchNorm",)
    KIND = "batch norm"

    num_channels: Size
    act: Text = None
    is_test: Flag = False
    momentum: Number = 0.9
    epsilon: Number = 1e-5
    param_attr: Value = None
    bias_attr: Value = None
    dtype: DType = "float32"
    data_layout: Text = "NCHW"
    in_place: Flag = False
    moving_mean_name: Text = None
    moving_variance_name: Text = None
    do_model_average_for_mean_and_var: Flag = True
    use_global_stats: Flag = False
    trainable_statistics: Flag = False

    EXAMPLES = (
        Example("BatchNorm(num_channels=10, is_test=True)", params=40, trainable=20, input=(2, 10, 4, 4), output=(2, 10, 4, 4)),
        Rejects("BatchNorm(3)", input=(2,), says="dimensions"),
    )

    def check(self) -> None:
        creatable(self, "num_channels")

    def weights(self) -> Weights:
        size = (self.num_channels,)
        return Weights(weight=parameter("param_attr", self.param_attr, size), bias=parameter("bias_attr", self.bias_attr, size),
                       _mean=statistic(size, self.moving_mean_name), _variance=statistic(size, self.moving_variance_name))

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(2, 3, 4, 5)
        if not open_value(self.data_layout):
            expect_size(input, -1 if self.data_layout in LAST.values() else 1, self.num_channels, "channels")
        return input
