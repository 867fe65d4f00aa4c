"""Dropout, noise and penalties: layers that change nothing but training."""

from __future__ import annotations

from math import inf
from typing import Any, ClassVar

from paramlint.frameworks.keras.base import SameShape, ranked
from paramlint.frameworks.keras.kinds import Comparable, DataFormat, DType, Name, Seed, plain
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown


def fraction(name: str, value: Any) -> None:
    """Refuse what is certainly not between 0 and 1."""
    require(lambda: 0 <= value <= 1, f"`{name}` must be between 0 and 1, got {shown(value)}", field=name)


class _Rated(SameShape):
    """Family of layers with a rate between 0 and 1."""

    STRUCTURE = "any"
    BUILT = True

    rate: Comparable

    def check(self) -> None:
        fraction("rate", self.rate)


class Dropout(_Rated):
    """Sets elements to 0 while training, each with probability `rate`. The shape stays."""

    NAMES = ("keras.layers.Dropout",)
    MASKS = True

    noise_shape: Value = None
    seed: Seed = None

    def check(self) -> None:
        super().check()
        shape = self.noise_shape
        if shape is None or not (plain(shape) or isinstance(shape, dict)):
            return
        if not isinstance(shape, list | tuple | range | set | frozenset):
            raise Refused(f"`noise_shape` must be a tuple of sizes, got {shown(shape)}", field="noise_shape")
        for size in shape:
            if size is not None and not open_value(size) and not (isinstance(size, int) and size > 0):
                raise Refused(f"`noise_shape` must hold positive integers or None, got {shown(shape)}", field="noise_shape")

    EXAMPLES = (
        Example("Dropout(0.5)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("Dropout(-0.1)", says="between 0 and 1"),
        Rejects("Dropout()", says="rate"),
    )


class AlphaDropout(_Rated):
    """Dropout that keeps mean and variance of the input."""

    NAMES = ("keras.layers.AlphaDropout",)
    MASKS = True

    noise_shape: Value = None
    seed: Seed = None

    EXAMPLES = (Example("AlphaDropout(0.1)", params=0, input=(None, 6, 4), output=(None, 6, 4)), Rejects("AlphaDropout(2)"))


class GaussianDropout(_Rated):
    """Multiplies with Gaussian noise around 1 while training."""

    NAMES = ("keras.layers.GaussianDropout",)
    MASKS = True

    seed: Seed = None

    EXAMPLES = (Example("GaussianDropout(0.1)", params=0, input=(None, 6, 4), output=(None, 6, 4)), Rejects("GaussianDropout(-1)"))


class GaussianNoise(SameShape):
    """Adds Gaussian noise while training."""

    STRUCTURE = "any"
    BUILT = True
    NAMES = ("keras.layers.GaussianNoise",)
    MASKS = True

    stddev: Comparable
    seed: Seed = None

    def check(self) -> None:
        fraction("stddev", self.stddev)

    EXAMPLES = (Example("GaussianNoise(0.1)", params=0, input=(None, 6, 4), output=(None, 6, 4)), Rejects("GaussianNoise(3)"))


class ActivityRegularization(SameShape):
    """Adds a penalty on the activity to the loss; the input passes through."""

    STRUCTURE = "any"
    BUILT = True
    NAMES = ("keras.layers.ActivityRegularization",)
    MASKS = True
    DROPS = ("activity_regularizer",)

    l1: Value = 0.0
    l2: Value = 0.0

    def check(self) -> None:
        for name in ("l1", "l2"):
            value = getattr(self, name)
            if plain(value) and not isinstance(value, int | float):
                raise Refused(f"`{name}` must be a number, got {shown(value)}", field=name)
            require(lambda value=value: value is None or 0 <= value < inf, f"`{name}` must be a number from 0 on, got {shown(value)}", field=name)

    EXAMPLES = (
        Example("ActivityRegularization(l1=0.1)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("ActivityRegularization(l1=-1)"),
    )


class _SpatialDropout(_Rated):
    """Family of dropouts that drop whole channels."""

    STRUCTURE = ""
    UNEXPECTED = "TypeError"
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")
    RANK: ClassVar[int]

    def shape(self, inputs: Any, **_: Any) -> Any:
        return ranked(inputs, self.RANK + 2)


class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole channels of sequences (batch, steps, channels)."""

    NAMES = ("keras.layers.SpatialDropout1D",)
    MASKS = True
    RANK = 1

    seed: Seed = None
    name: Name = None
    dtype: DType = None

    EXAMPLES = (
        Example("SpatialDropout1D(0.2)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("SpatialDropout1D(0.2)", input=(None, 4), says="3 dimensions"),
    )


class _SpatialDropoutFormat(_SpatialDropout):
    """Family of the spatial dropouts that know where the channels are."""

    data_format: DataFormat = None
    seed: Seed = None
    name: Name = None
    dtype: DType = None


class SpatialDropout2D(_SpatialDropoutFormat):
    """Dropout of whole channels of images (batch, rows, columns, channels)."""

    NAMES = ("keras.layers.SpatialDropout2D",)
    MASKS = True
    RANK = 2
    EXAMPLES = (
        Example("SpatialDropout2D(0.2)", params=0, input=(None, 6, 4, 3), output=(None, 6, 4, 3)),
        Rejects("SpatialDropout2D(0.2, trainable=False)", says="trainable"),
    )


class SpatialDropout3D(_SpatialDropoutFormat):
    """Dropout of whole channels of volumes (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.SpatialDropout3D",)
    MASKS = True
    RANK = 3
    EXAMPLES = (Example("SpatialDropout3D(0.2)", params=0, input=(None, 2, 6, 4, 3), output=(None, 2, 6, 4, 3)),)
