"""Losses of paddle.nn over many classes, with weights of their own, and over sequences.

Source: the documentation of paddle.nn, Paddle 3.3.1; Morin and Bengio, "Hierarchical probabilistic neural network language model" (2005);
Grave et al., "Efficient softmax approximation for GPUs" (2017).
"""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import creatable, parameter
from paramlint.frameworks.paddle.common import PLAIN, Real
from paramlint.frameworks.paddle.linear import needs
from paramlint.frameworks.paddle.losses import Loss
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth, whole
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, optional


class HSigmoidLoss(Layer):
    """Hierarchical softmax: one binary decision for each inner node of a tree over the classes."""

    NAMES = ("paddle.nn.HSigmoidLoss",)
    KIND = "loss"

    feature_size: Size
    num_classes: Size
    weight_attr: Value = None
    bias_attr: Value = None
    is_custom: Flag = False
    is_sparse: Flag = False
    name: Text = None

    EXAMPLES = (
        Example("HSigmoidLoss(4, 5)", params=20, input=[(2, 4), (2, 1)], output=(2, 1)),
        Rejects("HSigmoidLoss(4, 1)", says="num_classes"),
    )

    def check(self) -> None:
        require(lambda: self.num_classes >= 2 or bool(self.is_custom), f"`num_classes` must be at least 2, got {self.num_classes}",
                field="num_classes", error="ValueError")
        creatable(self, "num_classes", "feature_size")

    def weights(self) -> Weights:
        custom = truth(self.is_custom)
        nodes = Unknown.because(Why.ARGUMENT, "`is_custom` is not known") if custom is None else self.num_classes - (0 if custom else 1)
        return Weights(weight=parameter("weight_attr", self.weight_attr, (nodes, self.feature_size)),
                       bias=parameter("bias_attr", self.bias_attr, (nodes, 1)))

    def shape(self, input: Shape, label: Any, path_table: Any = None, path_code: Any = None) -> Shape:
        needs(self.weights(), "weight")
        return Shape((input.expect_rank(2)[0], 1))


def _cutoffs(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple | range):
        return tuple(whole(name, one) for one in value)
    if open_value(value) or not isinstance(value, PLAIN) or isinstance(value, set | frozenset | dict):
        return Unknown.because(Why.ARGUMENT, f"`{name}` is not known")
    ordered = isinstance(value, str) and value != "" and list(value) == sorted(set(value))  # only then are the letters compared with numbers
    raise Refused(f"`{name}` must be a list of integers, got {shown(value)}", field=name,
                  error="ValueError" if isinstance(value, str | bytes) and not ordered else "TypeError")


class AdaptiveLogSoftmaxWithLoss(Layer):
    """Softmax over clusters of classes, the rarer the smaller. The clusters' projections are kept in a list and are no parameters."""

    NAMES = ("paddle.nn.AdaptiveLogSoftmaxWithLoss",)
    KIND = "loss"

    in_features: Size
    n_classes: Size
    cutoffs: Annotated[Any, _cutoffs]
    weight_attr: Value = None
    bias_attr: Value = None
    div_value: Real = 4.0
    head_bias: Flag = False
    name: Text = None

    EXAMPLES = (
        Example("AdaptiveLogSoftmaxWithLoss(16, 20, [5, 10, 15], head_bias=True)", params=136, input=[(4, 16), (4,)], output=[(4,), ()]),
        Rejects("AdaptiveLogSoftmaxWithLoss(16, 20, [5, 5])", says="increasing"),
    )

    def check(self) -> None:
        cutoffs = self.cutoffs
        if not isinstance(cutoffs, Unknown):
            known = [one for one in cutoffs if isinstance(one, int)]
            require(len(cutoffs) > 0 and known == sorted(set(known)), f"`cutoffs` must be increasing, got {shown(list(cutoffs))}",
                    field="cutoffs", error="ValueError")
            for one in cutoffs:
                require(lambda one=one: 0 < one < self.n_classes, f"`cutoffs` must be between 1 and {self.n_classes - 1}, got {one}",
                        field="cutoffs", error="ValueError")
        require(lambda: self.div_value != 0, "`div_value` cannot be 0", field="div_value", error="ZeroDivisionError")
        creatable(self, "in_features", "cutoffs")
        head = self.weights().get("head_weight")  # each cluster has two more
        require(head is None or not isinstance(head.name, str), "the name in `weight_attr` would be that of several parameters",
                field="weight_attr", error="ValueError")

    def weights(self) -> Weights:
        cutoffs = self.cutoffs
        head = cutoffs if isinstance(cutoffs, Unknown) else cutoffs[0] + len(cutoffs) if cutoffs else 0
        biased = truth(self.head_bias)
        bias: Weight | None = parameter("bias_attr", self.bias_attr, (head,)) if biased else None
        return Weights(head_weight=parameter("weight_attr", self.weight_attr, (self.in_features, head)),
                       head_bias=optional(self.head_bias, (head,)) if biased is None else bias)

    def shape(self, input: Shape, label: Any) -> Any:
        needs(self.weights(), "head_weight")
        input.expect(..., self.in_features)
        return (Shape(input[:-1]), Shape(()))


class _SequenceLoss(Loss):
    """What losses over sequences share: they are checked when they are called."""

    def check(self) -> None:
        """The reduction is looked at when the loss is called."""


class CTCLoss(_SequenceLoss):
    """Connectionist temporal classification (Graves et al., 2006): (time, batch, classes)."""

    NAMES = ("paddle.nn.CTCLoss",)
    blank: Value = 0
    reduction: Text = "mean"
    zero_infinity: Flag = False
    EXAMPLES = (Example("CTCLoss()", params=0),)

    def shape(self, log_probs: Shape, labels: Any, input_lengths: Any, label_lengths: Any, norm_by_times: Any = False) -> Any:
        return self._reduced(Shape((log_probs.expect_rank(3)[1], 1)))


class RNNTLoss(_SequenceLoss):
    """Transducer loss (Graves, 2012): (batch, time, labels, classes)."""

    NAMES = ("paddle.nn.RNNTLoss",)
    blank: Value = 0
    fastemit_lambda: Number = 0.001
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = (Example("RNNTLoss()", params=0),)

    def shape(self, input: Shape, label: Any, input_lengths: Any, label_lengths: Any) -> Any:
        return self._reduced(Shape(input.expect_rank(4)[:1]))
