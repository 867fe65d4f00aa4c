"""Activations as layers."""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, SameShape, one_input
from paramlint.frameworks.keras.kinds import Activation as ActivationKind
from paramlint.frameworks.keras.kinds import Comparable, Constraint, Initializer, Regularizer, plain
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights


class Activation(SameShape):
    """Applies an activation function, given by itself or by name, to each element."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.Activation",)
    MASKS = True

    activation: ActivationKind

    EXAMPLES = (
        Example("Activation('relu')", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("Activation('nope')", says="activation"),
    )


class ReLU(SameShape):
    """``max(x, 0)``, with a slope below the threshold and a largest value."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.ReLU",)
    MASKS = True

    max_value: Value = None
    negative_slope: Comparable = 0.0
    threshold: Comparable = 0.0

    def check(self) -> None:
        for name in ("max_value", "negative_slope", "threshold"):
            value = getattr(self, name)
            if value is not None and plain(value) and not isinstance(value, int | float):
                require(False, f"`{name}` must be a number, got {shown(value)}", field=name, error="TypeError")
            require(lambda value=value: value is None or not value < 0, f"`{name}` cannot be negative, got {shown(value)}", field=name)

    EXAMPLES = (
        Example("ReLU()", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("ReLU(max_value=-1)", says="negative"),
    )


class LeakyReLU(SameShape):
    """``x`` where positive, ``negative_slope * x`` elsewhere. Keras 2 calls the slope `alpha`."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.LeakyReLU",)
    MASKS = True

    negative_slope: Value = 0.3
    _: KEYWORD_ONLY
    alpha: Value = 0.3

    def check(self) -> None:
        for name in ("negative_slope", "alpha"):
            value = getattr(self, name)
            if value is None or (plain(value) and not isinstance(value, int | float)):
                require(False, f"`{name}` must be a number, got {shown(value)}", field=name, error="TypeError")
            require(lambda value=value: value >= 0, f"`{name}` cannot be negative, got {shown(value)}", field=name)

    EXAMPLES = (
        Example("LeakyReLU(negative_slope=0.2)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("LeakyReLU(-1)", says="negative"),
    )


class ELU(SameShape):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.ELU",)
    MASKS = True

    alpha: Value = 1.0

    EXAMPLES = (Example("ELU()", params=0, input=(None, 6, 4), output=(None, 6, 4)),)


class ThresholdedReLU(SameShape):
    """``x`` where it is above `theta`, 0 elsewhere. A layer of Keras 2."""

    NAMES = ("keras.layers.ThresholdedReLU",)

    theta: Value = 1.0

    EXAMPLES = (Example("ThresholdedReLU()", params=0, input=(None, 6, 4), output=(None, 6, 4)),)


class Softmax(SameShape):
    """Softmax over an axis, or several."""

    STRUCTURE = "lists"
    BUILT = True
    NAMES = ("keras.layers.Softmax",)
    MASKS = True

    axis: Value = -1

    EXAMPLES = (Example("Softmax()", params=0, input=(None, 6, 4), output=(None, 6, 4)),)


class PReLU(KerasLayer):
    """``x`` where positive, ``alpha * x`` elsewhere, with a learned alpha for every element but the batch's; shared along `shared_axes`."""

    INPUT_SPEC = "rank"

    NAMES = ("keras.layers.PReLU",)
    MASKS = True

    alpha_initializer: Initializer = "Zeros"
    alpha_regularizer: Regularizer = None
    alpha_constraint: Constraint = None
    shared_axes: Value = None

    def called_again(self, first: Shape, now: Shape) -> None:
        if self.shared_axes is None and first.rank == now.rank and any(map(differs, first[1:], now[1:])):  # checked by the data alone
            raise NeedsValue(Unknown.because(Why.INPUT, f"a call on {now.text} of a layer that was built for {first.text}"))
        super().called_again(first, now)

    def weights(self, inputs: Any) -> Weights:
        shape = list(one_input(inputs)[1:])
        axes = self.shared_axes
        for axis in axes if isinstance(axes, list | tuple) else () if axes is None else (axes,):
            shape = self._shared(shape, axis)
        return self.own(alpha=tuple(shape))

    def _shared(self, shape: list[Any], axis: Any) -> list[Any]:
        if open_value(axis):
            axis = axis.__index__()  # asks for the value, which is not known
        if not isinstance(axis, int) or not -len(shape) <= axis - 1 < len(shape):
            raise ShapeMismatch(f"shared axis {shown(axis)} is no axis of an input of {len(shape) + 1} dimensions", error="Exception")
        shape[axis - 1] = 1
        return shape

    def shape(self, inputs: Any) -> Shape:
        return one_input(inputs)

    EXAMPLES = (
        Example("PReLU()", params=48, input=(None, 4, 4, 3), output=(None, 4, 4, 3)),
        Example("PReLU(shared_axes=[1, 2])", params=3, input=(None, None, None, 3)),
        Rejects("PReLU()", input=(None, None, 3), says="None"),
    )
