"""Normalisations. Moving statistics are weights that are not trained; they count among the parameters, as in Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.frameworks.keras.base import KerasLayer, SameShape, defined, inverted, one_input, size_at
from paramlint.frameworks.keras.kinds import Constraint, Flat, Initializer, Regularizer, plain
from paramlint.schema.conditions import Refused, certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, open_value, shown, truth, whole
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weight, Weights, optional


def _float(name: str, value: Any) -> Any:
    """What Python's ``float`` takes."""
    if plain(value) or value is None:
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise Refused(f"`{name}` must be a number, got {shown(value)}", field=name, error=type(error).__name__) from None
    return value


def _integer(name: str, value: Any) -> Any:
    """What Python's ``int`` takes."""
    if plain(value) or value is None:
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise Refused(f"`{name}` must be one axis, got {shown(value)}", field=name, error=type(error).__name__) from None
    return value


def _axes(name: str, value: Any) -> Any:
    """One axis or a list of axes."""
    if (plain(value) and not isinstance(value, int | list | tuple)) or value is None or isinstance(value, dict):
        raise Refused(f"`{name}` must be an integer or a list of integers, got {shown(value)}", field=name, error="TypeError")
    return list(value) if isinstance(value, tuple) else value


def axes_of(axis: Any) -> list[Any]:
    """The axes, in the order in which Keras reads their sizes: a list is sorted as it was written."""
    if isinstance(axis, Unknown):
        raise NeedsValue(axis)
    return sorted(axis) if isinstance(axis, list | tuple) else [axis]


def sizes_along(x: Shape, axis: Any) -> tuple[Any, ...]:
    """The sizes of the normalised axes. Raises ShapeMismatch for one that the input does not have."""
    if isinstance(axis, list | tuple) and any(plain(one) and not isinstance(one, int) for one in axis):
        raise ShapeMismatch(f"axes must be integers, got {shown(axis)}", error="Exception")
    return tuple(size_at(x, one) for one in axes_of(axis))


class _Normalisation(KerasLayer):
    """Family of layers whose output has the shape of their input and that work along axes."""

    if TYPE_CHECKING:
        axis: Any

    def shape(self, inputs: Any, **_: Any) -> Shape:
        x = one_input(inputs)
        sizes_along(x, self.axis)
        return x


class BatchNormalization(_Normalisation):
    """Normalises each channel with its mean and variance over a batch, or, when not training, with their moving averages.

    Input and output (..., channels). `moving_mean` and `moving_variance` are not trained. Source: Ioffe and Szegedy (2015).
    """

    INPUT_SPEC = "rank"

    NAMES = ("keras.layers.BatchNormalization",)
    MASKS = True
    KIND = "batch norm"

    axis: Annotated[Any, _integer] = -1
    momentum: Annotated[Any, _float] = 0.99
    epsilon: Annotated[Any, _float] = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    moving_mean_initializer: Initializer = "zeros"
    moving_variance_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None
    renorm: Flag = False
    renorm_clipping: Value = None
    renorm_momentum: Value = 0.99
    synchronized: Flat = False

    def check(self) -> None:
        if truth(self.renorm) is True and isinstance(self.renorm_clipping, dict):
            clipping = self.renorm_clipping
            require(not set(clipping) - {"rmax", "rmin", "dmax"}, f"`renorm_clipping` has other keys than rmax, rmin and dmax: "
                    f"{shown(clipping)}", field="renorm_clipping")
            lower, upper, shift = clipping.get("rmin"), clipping.get("rmax"), clipping.get("dmax")
            require(lambda: lower is None or upper is None or lower <= upper, "`rmax` must be at least `rmin`", field="renorm_clipping")
            require(lambda: shift is None or shift >= 0, "`dmax` cannot be negative", field="renorm_clipping")

    def weights(self, inputs: Any) -> Weights:
        channels = sizes_along(one_input(inputs), self.axis)
        statistics = ("moving_stddev", "renorm_mean", "renorm_stddev")
        return self.own(
            gamma=optional(self.scale, channels), beta=optional(self.center, channels),
            moving_mean=Weight(channels, trainable=False), moving_variance=Weight(channels, trainable=False),
            **{name: optional(self.renorm, channels, trainable=False) for name in statistics},
        )

    EXAMPLES = (
        Example("BatchNormalization()", params=64, trainable=32, input=(None, 4, 4, 16), output=(None, 4, 4, 16)),
        Example("BatchNormalization(scale=False)", params=24, trainable=8, input=(None, 8), output=(None, 8)),
        Example("BatchNormalization(trainable=False)", params=32, trainable=0, input=(None, 8)),
        Rejects("BatchNormalization(axis=[1])", says="axis"),
        Rejects("BatchNormalization(axis=5)", input=(None, 8), says="out of bounds"),
    )


class LayerNormalization(_Normalisation):
    """Normalises each element of a batch over the given axes. Source: Ba, Kiros and Hinton (2016)."""

    NAMES = ("keras.layers.LayerNormalization",)
    MASKS = True
    KIND = "layer norm"

    axis: Annotated[Any, _axes] = -1
    epsilon: Value = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None
    _: KEYWORD_ONLY
    rms_scaling: Flag = False

    def weights(self, inputs: Any) -> Weights:
        sizes = sizes_along(one_input(inputs), self.axis)
        if truth(self.rms_scaling) is True:  # a scale only
            return self.own(gamma=sizes)
        centred = self.center if truth(self.rms_scaling) is False else inverted(self.rms_scaling)
        return self.own(gamma=optional(self.scale, sizes), beta=optional(centred, sizes))

    EXAMPLES = (
        Example("LayerNormalization()", params=32, input=(None, 5, 16), output=(None, 5, 16)),
        Example("LayerNormalization(axis=[1, 2])", params=160, input=(None, 5, 16), output=(None, 5, 16)),
        Rejects("LayerNormalization(axis='a')", says="axis"),
    )


class GroupNormalization(_Normalisation):
    """Normalises each element of a batch over groups of channels; -1 makes each channel a group. Source: Wu and He (2018)."""

    INPUT_SPEC = "rank"

    NAMES = ("keras.layers.GroupNormalization",)
    MASKS = True
    KIND = "group norm"

    groups: Value = 32
    axis: Value = -1
    epsilon: Value = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None

    def check(self) -> None:
        groups = whole("groups", self.groups)
        require(lambda: groups > 0 or groups == -1, f"`groups` must be a positive integer or -1, got {shown(groups)}", field="groups")

    def weights(self, inputs: Any) -> Weights:
        if isinstance(self.axis, list | tuple):
            raise ShapeMismatch(f"`axis` must be one axis, got {shown(self.axis)}")
        channels = size_at(one_input(inputs), self.axis)
        if certainly(lambda: self.groups != -1 and (channels < self.groups or channels % self.groups != 0)):
            raise ShapeMismatch(f"the input's {channels} channels must be divisible into {self.groups} groups")
        defined((channels,), "gamma")
        return self.own(gamma=optional(self.scale, (channels,)), beta=optional(self.center, (channels,)))

    EXAMPLES = (
        Example("GroupNormalization(groups=4)", params=32, input=(None, 8, 8, 16), output=(None, 8, 8, 16)),
        Rejects("GroupNormalization(groups=0)", says="positive"),
        Rejects("GroupNormalization(groups=3)", input=(None, 8), says="divisible"),
    )


class RMSNormalization(_Normalisation):
    """Divides by the root mean square over the given axes. Source: Zhang and Sennrich (2019)."""

    NAMES = ("keras.layers.RMSNormalization",)
    KIND = "rms norm"

    axis: Value = -1
    epsilon: Value = 1e-06

    def weights(self, inputs: Any) -> Weights:
        return self.own(scale=sizes_along(one_input(inputs), self.axis))

    EXAMPLES = (Example("RMSNormalization()", params=16, input=(None, 4, 16), output=(None, 4, 16)),)


class UnitNormalization(SameShape):
    """Divides each vector along the given axes by its length."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.UnitNormalization",)
    MASKS = True

    axis: Annotated[Any, _axes] = -1

    def shape(self, inputs: Any, **_: Any) -> Shape:
        x = one_input(inputs)
        sizes_along(x, self.axis)
        return x

    EXAMPLES = (
        Example("UnitNormalization()", params=0, input=(None, 8), output=(None, 8)),
        Rejects("UnitNormalization(axis=-1, order=2)", says="order"),
    )


class Normalization(KerasLayer):
    """Subtracts a mean and divides by a standard deviation that were learned from data beforehand, or are given.

    Learned statistics are weights that are not trained: mean and variance of the kept axes and the number of examples. Given ones are none.
    """

    NAMES = ("keras.layers.Normalization",)
    MASKS = True
    TAKES_DATA = True
    ADAPTS = True

    axis: Value = -1
    mean: Value = None
    variance: Value = None
    invert: Flag = False

    def check(self) -> None:
        if (plain(self.axis) and isinstance(self.axis, bool | float | complex)) and not isinstance(self.axis, int):
            raise Refused(f"`axis` must be an axis, a list of axes or None, got {shown(self.axis)}", field="axis")
        mean, variance = self.mean, self.variance
        if isinstance(mean, Unknown) or isinstance(variance, Unknown):
            return
        if (mean is None) != (variance is None):
            raise Refused("`mean` and `variance` must be given together", field="variance" if variance is None else "mean")
        dimensions, others = _dimensions(mean), _dimensions(variance)
        if dimensions is None or others is None:
            return
        require(lambda: dimensions == others, "`mean` and `variance` must have the same shape", field="variance")
        if not open_value(self.axis):
            require(len(dimensions) <= len(self.kept_axes()), f"`mean` has {len(dimensions)} axes, more than are kept", field="mean")

    def kept_axes(self) -> tuple[Any, ...]:
        axis = self.axis
        if isinstance(axis, Unknown):
            raise NeedsValue(axis)
        return () if axis is None else tuple(axis) if isinstance(axis, list | tuple | range | str) else (axis,)

    def weights(self, inputs: Any) -> Weights:
        x = one_input(inputs)
        kept = self.kept_axes()
        sizes = {axis % x.rank if isinstance(axis, int) else axis: size_at(x, axis) for axis in kept}
        if len(sizes) < len(kept):
            raise ShapeMismatch(f"an axis is named twice: {shown(self.axis)}")
        shape = tuple(sizes[axis] for axis in (sorted(sizes) if all(isinstance(axis, int) for axis in kept) else sizes))
        if isinstance(self.mean, Unknown):
            raise NeedsValue(self.mean)
        if self.mean is not None:
            return Weights()
        return self.own(mean=Weight(shape, trainable=False), variance=Weight(shape, trainable=False),
                        count=Weight((), trainable=False, dtype="int32"))

    def shape(self, inputs: Any) -> Shape:
        return one_input(inputs)

    EXAMPLES = (
        Example("Normalization()", params=17, trainable=0, input=(None, 8), output=(None, 8)),
        Example("Normalization(axis=None)", params=3, trainable=0, input=(None, 8), output=(None, 8)),
        Example("Normalization(mean=0.0, variance=1.0)", params=0, input=(None, 8), output=(None, 8)),
        Rejects("Normalization(mean=3.0)", says="together"),
    )


def _dimensions(value: Any) -> tuple[int, ...] | None:
    """The shape of a number or of nested lists of numbers, None where it is not known."""
    if isinstance(value, list | tuple):
        inner = _dimensions(value[0]) if value else ()
        return None if inner is None else (len(value), *inner)
    return () if isinstance(value, int | float) else None
