"""Loss functions of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from paramlint.core.shapes import Shape, broadcast
from paramlint.core.unknown import MayRefuse, Unknown, Why
from paramlint.frameworks.paddle.common import Real, unfit
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown
from paramlint.schema.layer import Layer

_REDUCTIONS = ("mean", "sum", "none")


class Loss(Layer):
    """What losses share: the mean or the sum of all elements, or the elements themselves."""

    KIND = "loss"

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        """Paddle takes True and False at certain places for arguments that losses had in older versions, and refuses them."""
        if any(value is True or value is False for value in args):
            raise MayRefuse(Unknown.because(Why.UNSUPPORTED, f"True or False by position for `{cls.__name__}`"))
        return super().build(args, kwargs)

    if TYPE_CHECKING:
        reduction: Any

    def check(self) -> None:
        require(open_value(self.reduction) or self.reduction in _REDUCTIONS,
                f"`reduction` must be one of {', '.join(_REDUCTIONS)}, got {shown(self.reduction)}", field="reduction", error="ValueError")

    def _reduced(self, elements: Any) -> Any:
        if open_value(self.reduction):
            return Unknown.because(Why.ARGUMENT, "`reduction` is not known")
        unfit(self.reduction not in (*_REDUCTIONS, "batchmean"), f"`reduction` must be known to Paddle, got {shown(self.reduction)}")
        return elements if self.reduction == "none" else Shape(())

    def shape(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError


class _Elementwise(Loss):
    """What compares two tensors element by element."""

    def shape(self, input: Any, label: Any) -> Any:
        return self._reduced(together(input, label))


def together(*shapes: Any) -> Any:
    """The shape of an element-wise operation; Unknown where one of them is."""
    if not all(isinstance(shape, Shape) for shape in shapes):
        return Unknown.because(Why.INPUT, "the shapes of the loss's inputs are not known")
    return broadcast(*shapes)


def mean(call: str, *inputs: tuple[int, ...]) -> tuple[Example, ...]:
    return (Example(call, params=0, input=list(inputs) or [(2, 3), (2, 3)], output=()),)


class MSELoss(_Elementwise):
    """Squared differences."""

    NAMES = ("paddle.nn.MSELoss",)
    reduction: Text = "mean"
    EXAMPLES = (*mean("MSELoss()"),
                Example("MSELoss('none')", input=[(2, 3), (2, 3)], output=(2, 3)), Rejects("MSELoss('foo')", says="mean"))


class L1Loss(_Elementwise):
    """Absolute differences."""

    NAMES = ("paddle.nn.L1Loss",)
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = (*mean("L1Loss()"), Rejects("L1Loss()", input=[(2, 3), (2, 4)], says="broadcast"))


class SmoothL1Loss(_Elementwise):
    """Squared differences where they are small, absolute ones elsewhere."""

    NAMES = ("paddle.nn.SmoothL1Loss", "paddle.nn.HuberLoss")
    reduction: Text = "mean"
    delta: Number = 1.0
    is_huber: Flag = True
    name: Text = None
    EXAMPLES = mean("SmoothL1Loss()")

    def check(self) -> None:
        """The reduction is looked at when the loss is called."""


class BCELoss(_Elementwise):
    """Binary cross entropy of probabilities."""

    NAMES = ("paddle.nn.BCELoss",)
    weight: Value = None
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("BCELoss()")


class BCEWithLogitsLoss(Loss):
    """Binary cross entropy of logits."""

    NAMES = ("paddle.nn.BCEWithLogitsLoss",)
    weight: Value = None
    reduction: Text = "mean"
    pos_weight: Value = None
    name: Text = None
    EXAMPLES = mean("BCEWithLogitsLoss()")

    def shape(self, logit: Any, label: Any) -> Any:
        return self._reduced(together(logit, label))


class KLDivLoss(_Elementwise):
    """Kullback-Leibler divergence; "batchmean" divides the sum by the batch size."""

    NAMES = ("paddle.nn.KLDivLoss",)
    reduction: Text = "mean"
    log_target: Flag = False
    EXAMPLES = mean("KLDivLoss('batchmean')")

    def check(self) -> None:
        """The reduction is looked at when the loss is called."""


class PoissonNLLLoss(_Elementwise):
    """Negative log-likelihood of Poisson counts."""

    NAMES = ("paddle.nn.PoissonNLLLoss",)
    log_input: Flag = True
    full: Flag = False
    epsilon: Real = 1e-8
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = (*mean("PoissonNLLLoss()"), Rejects("PoissonNLLLoss(epsilon=0)", says="positive"))

    def check(self) -> None:
        require(lambda: self.epsilon > 0, f"`epsilon` must be positive, got {self.epsilon}", field="epsilon", error="ValueError")
        super().check()


class SoftMarginLoss(_Elementwise):
    """``log(1 + exp(-label * input))``."""

    NAMES = ("paddle.nn.SoftMarginLoss",)
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("SoftMarginLoss()")


class HingeEmbeddingLoss(_Elementwise):
    """The input for the label 1, ``max(0, margin - input)`` for the label -1."""

    NAMES = ("paddle.nn.HingeEmbeddingLoss",)
    margin: Number = 1.0
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("HingeEmbeddingLoss()")

    def check(self) -> None:
        """The reduction is looked at when the loss is called."""


class GaussianNLLLoss(Loss):
    """Negative log-likelihood of normal distributions."""

    NAMES = ("paddle.nn.GaussianNLLLoss",)
    full: Flag = False
    epsilon: Number = 1e-6
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("GaussianNLLLoss()", (2, 3), (2, 3), (2, 3))

    def shape(self, input: Any, label: Any, variance: Any) -> Any:
        return self._reduced(together(input, label))


class MarginRankingLoss(Loss):
    """``max(0, -label * (input - other) + margin)``."""

    NAMES = ("paddle.nn.MarginRankingLoss",)
    margin: Number = 0.0
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("MarginRankingLoss()", (2, 3), (2, 3), (2, 3))

    def shape(self, input: Any, other: Any, label: Any) -> Any:
        return self._reduced(together(input, other, label))
