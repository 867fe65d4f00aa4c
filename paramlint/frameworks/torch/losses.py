"""Losses of torch.nn that compare element by element, and what all losses share. A weight tensor that is given is a buffer.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.distances import unknown_of
from paramlint.frameworks.torch.submodules import comparable, registered
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown, truth
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights

_SCALAR = Shape()


def same_shape(one: Any, two: Any) -> bool:
    """Whether two shapes may be the same: nothing that is known differs."""
    return len(one) == len(two) and not any(map(differs, one, two))


def must_equal(given: Shape, wanted: Any, what: str) -> None:
    if not same_shape(given, wanted):
        raise ShapeMismatch(f"{what} has the shape {given.text}, not {Shape(wanted).text}")


class Loss(Layer):
    """What losses share: ``reduction`` "none", "mean" or "sum", or the older ``size_average`` and ``reduce`` that stand for it."""

    KIND = "loss"
    BUFFERS: ClassVar[tuple[str, ...]] = ()  # fields that are registered as buffers

    if TYPE_CHECKING:  # fields of most subclasses, each in its own order
        reduction: Any
        size_average: Any
        reduce: Any
    else:
        size_average = reduce = None

    def check(self) -> None:
        if self.size_average is not None or self.reduce is not None:
            self.reduction = self._from_older_names()
        for name in self.BUFFERS:
            registered(name, getattr(self, name))

    def _from_older_names(self) -> Any:
        reduces = truth(True if self.reduce is None else self.reduce)
        averages = truth(True if self.size_average is None else self.size_average)
        if reduces is None or averages is None:
            return Unknown.because(Why.ARGUMENT, "`size_average` or `reduce` is not known")
        return ("mean" if averages else "sum") if reduces else "none"

    def weights(self) -> Weights:
        return Weights({name: registered(name, getattr(self, name)) for name in self.BUFFERS})

    def reduced(self, losses: Any, *more: str) -> Any:
        """The shape of the loss, given that of the single losses; ``more`` are further reductions to a scalar."""
        if open_value(self.reduction):
            return self.reduction if isinstance(self.reduction, Unknown) else losses
        if self.reduction == "none":
            return losses
        if self.reduction in ("mean", "sum", "elementwise_mean", *more):
            return _SCALAR
        raise ShapeMismatch(f"{shown(self.reduction)} is not a valid `reduction`: use 'none', 'mean' or 'sum'", error="ValueError")

    def buffer_shape(self, name: str) -> Shape | None:
        """The shape of a weight tensor, where there is one that is known."""
        given = getattr(self, name)
        return given.shape if isinstance(given, Tensor) and isinstance(given.shape, Shape) else None


# Element by element ----------------------------------------------------------------------------------------------


class _Elementwise(Loss):
    """Losses of two inputs that are broadcast."""

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        return self.reduced(broadcast(input, target)) if unknown is None else unknown


class _Plain(_Elementwise):
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"


class L1Loss(_Plain):
    """``|input - target|``."""

    NAMES = ("torch.nn.L1Loss",)
    EXAMPLES = (
        Example("L1Loss()", params=0, input=[(2, 3), (2, 3)], output=()),
        Example("L1Loss(reduction='none')", input=[(1, 3), (2, 1)], output=(2, 3)),
        Rejects("L1Loss(reduction='average')", input=[(2, 3), (2, 3)], says="reduction"),
    )


class MSELoss(_Plain):
    """``(input - target)**2``."""

    NAMES = ("torch.nn.MSELoss",)
    EXAMPLES = (
        Example("MSELoss()", params=0, input=[(2, 3), (2, 3)], output=()),
        Rejects("MSELoss()", input=[(2, 3), (4, 3)], says="broadcast"),
    )


class SoftMarginLoss(_Plain):
    """``log(1 + exp(-target * input))``. The target is broadcast to the input, not the other way round."""

    NAMES = ("torch.nn.SoftMarginLoss",)
    EXAMPLES = (
        Example("SoftMarginLoss()", params=0, input=[(2, 3), (1, 3)], output=()),
        Rejects("SoftMarginLoss()", input=[(1, 3), (2, 3)], says="broadcast"),
    )

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        unfit(unknown is None and not same_shape(broadcast(input, target), input), "the target cannot be broadcast to the input")
        return super().shape(input, target)


class SmoothL1Loss(_Elementwise):
    """Squared below ``beta``, absolute above it. ``beta`` must not be negative."""

    NAMES = ("torch.nn.SmoothL1Loss",)

    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"
    beta: Number = 1.0

    EXAMPLES = (
        Example("SmoothL1Loss(beta=0.5)", params=0, input=[(2, 3), (2, 3)], output=()),
        Rejects("SmoothL1Loss(beta=-1)", input=[(2,), (2,)], says="negative"),
    )

    def shape(self, input: Any, target: Any) -> Any:
        unfit(isinstance(self.beta, int | float) and self.beta < 0, f"`beta` cannot be negative, got {self.beta}")
        return super().shape(input, target)


class HuberLoss(_Elementwise):
    """Squared below ``delta``, absolute above it. ``delta`` must be positive."""

    NAMES = ("torch.nn.HuberLoss",)

    reduction: Text = "mean"
    delta: Number = 1.0

    EXAMPLES = (
        Example("HuberLoss()", params=0, input=[(2, 3), (2, 3)], output=()),
        Rejects("HuberLoss(delta='x')", says="number"),
        Rejects("HuberLoss(delta=-1)", input=[(2,), (2,)], says="positive"),
    )

    def check(self) -> None:
        comparable("delta", self.delta)
        super().check()

    def shape(self, input: Any, target: Any) -> Any:
        unfit(isinstance(self.delta, int | float) and self.delta <= 0, f"`delta` must be positive, got {self.delta}")
        return super().shape(input, target)


class KLDivLoss(_Elementwise):
    """Kullback-Leibler divergence of log-probabilities. ``reduction="batchmean"`` divides by the first size."""

    NAMES = ("torch.nn.KLDivLoss",)

    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"
    log_target: Flag = False

    EXAMPLES = (Example("KLDivLoss(reduction='batchmean')", params=0, input=[(2, 3), (2, 3)], output=()),)

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        return self.reduced(broadcast(input, target), "batchmean") if unknown is None else unknown


class PoissonNLLLoss(_Elementwise):
    """Negative log-likelihood of a Poisson distribution."""

    NAMES = ("torch.nn.PoissonNLLLoss",)

    log_input: Flag = True
    full: Flag = False
    size_average: Value = None
    eps: Number = 1e-08
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (Example("PoissonNLLLoss()", params=0, input=[(2, 3), (2, 3)], output=()),)

    def shape(self, log_input: Any, target: Any) -> Any:
        return super().shape(log_input, target)


class GaussianNLLLoss(Loss):
    """Negative log-likelihood of a normal distribution; ``var`` is a number, one for each element, or one for all of the last axis."""

    NAMES = ("torch.nn.GaussianNLLLoss",)

    _: KEYWORD_ONLY
    full: Flag = False
    eps: Number = 1e-06
    reduction: Text = "mean"

    EXAMPLES = (
        Example("GaussianNLLLoss()", params=0, input=[(2, 3), (2, 3), (2, 1)], output=()),
        Rejects("GaussianNLLLoss()", input=[(2, 3), (2, 3), (4,)], says="var"),
        Rejects("GaussianNLLLoss(True)", says="positional"),
    )

    def shape(self, input: Any, target: Any, var: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        if isinstance(var, Shape) and not same_shape(var, input) and not same_shape(var, input[:-1]):
            unlike = [size for one, size in zip(input, var, strict=False) if differs(one, size)]
            unfit(len(var) != len(input) or len(unlike) != 1 or differs(unlike[0], 1), f"`var` {var.text} does not fit {input.text}")
        return self.reduced(broadcast(input, target))


class _Binary(Loss):
    """Input and target must have the same shape, to which the buffers are broadcast."""

    weight: Value = None
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        must_equal(target, input, "the target")
        for name in self.BUFFERS:
            given = self.buffer_shape(name)
            if given is not None and not same_shape(broadcast(input, given), input):
                raise ShapeMismatch(f"`{name}` {given.text} cannot be broadcast to {input.text}")
        return self.reduced(input)


class BCELoss(_Binary):
    """Binary cross-entropy of probabilities. Input and target must have the same shape, to which ``weight`` is broadcast."""

    NAMES = ("torch.nn.BCELoss",)
    BUFFERS = ("weight",)

    EXAMPLES = (
        Example("BCELoss()", params=0, input=[(2, 3), (2, 3)], output=()),
        Rejects("BCELoss()", input=[(2, 3), (2, 1)], says="shape"),
        Rejects("BCELoss(weight=0.5)", says="tensor"),
    )


class BCEWithLogitsLoss(_Binary):
    """Binary cross-entropy of logits, with weights for elements and for positive ones."""

    NAMES = ("torch.nn.BCEWithLogitsLoss",)
    BUFFERS = ("weight", "pos_weight")

    pos_weight: Value = None

    EXAMPLES = (
        Example("BCEWithLogitsLoss()", params=0, buffers=0, input=[(2, 3), (2, 3)], output=()),
        Example("BCEWithLogitsLoss(pos_weight=torch.ones(3))", params=0, buffers=3, input=[(2, 3), (2, 3)], output=()),
    )


class HingeEmbeddingLoss(_Elementwise):
    """A distance where the target is 1, what it lacks to ``margin`` where it is -1."""

    NAMES = ("torch.nn.HingeEmbeddingLoss",)

    margin: Number = 1.0
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (Example("HingeEmbeddingLoss()", params=0, input=[(2, 3), (2, 3)], output=()),)
