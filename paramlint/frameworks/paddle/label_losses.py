"""Losses of paddle.nn over classes and over vectors.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import Real, axis_of, unfit
from paramlint.frameworks.paddle.losses import Loss, mean, together
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value


class CrossEntropyLoss(Loss):
    """Cross entropy of logits along ``axis`` with class indices, or with probabilities (``soft_label``)."""

    NAMES = ("paddle.nn.CrossEntropyLoss",)
    weight: Value = None
    ignore_index: Value = -100
    reduction: Text = "mean"
    soft_label: Flag = False
    axis: Value = -1
    use_softmax: Flag = True
    label_smoothing: Number = 0.0
    name: Text = None
    EXAMPLES = (*mean("CrossEntropyLoss()", (4, 5), (4,)),
                Example("CrossEntropyLoss(reduction='none')", input=[(4, 5), (4, 1)], output=(4, 1)))

    def check(self) -> None:
        """The reduction is looked at when the loss is called."""

    def shape(self, input: Shape, label: Any) -> Any:
        axis = axis_of(input, self.axis)
        if axis is None or not isinstance(label, Shape):
            return self._reduced(Unknown.because(Why.INPUT, "the shape of the labels is not known"))
        unfit(len(label) not in (len(input), len(input) - 1), f"labels {label.text} do not fit an input {input.text}")
        return self._reduced(input.replace(axis, 1) if len(label) == len(input) else Shape((*input[:axis], *input[axis + 1:])))


class NLLLoss(Loss):
    """Negative log-likelihood: (batch, classes, sizes…) with labels (batch, sizes…)."""

    NAMES = ("paddle.nn.NLLLoss",)
    weight: Value = None
    ignore_index: Value = -100
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = (*mean("NLLLoss()", (4, 5), (4,)), Example("NLLLoss(reduction='none')", input=[(4, 5), (4,)], output=(4,)))

    def shape(self, input: Shape, label: Any) -> Any:
        unfit(len(input) < 2, f"expected at least 2 dimensions, got {input.text}")
        return self._reduced(Shape((input[0], *input[2:])))


class MultiMarginLoss(Loss):
    """Hinge loss over classes: (batch, classes)."""

    NAMES = ("paddle.nn.MultiMarginLoss",)
    p: Number = 1
    margin: Number = 1.0
    weight: Value = None
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("MultiMarginLoss()", (4, 5), (4,))

    def shape(self, input: Shape, label: Any) -> Any:
        return self._reduced(Shape(input.expect_rank(2)[:1]))


class MultiLabelMarginLoss(Loss):
    """Hinge loss over several labels: (batch, classes)."""

    NAMES = ("paddle.nn.MultiLabelMarginLoss",)
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("MultiLabelMarginLoss()", (4, 5), (4, 5))

    def shape(self, input: Shape, label: Any) -> Any:
        return self._reduced(Shape(input[:-1]))


class MultiLabelSoftMarginLoss(Loss):
    """One binary cross entropy a class, averaged over the last axis."""

    NAMES = ("paddle.nn.MultiLabelSoftMarginLoss",)
    weight: Value = None
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("MultiLabelSoftMarginLoss()", (4, 5), (4, 5))

    def shape(self, input: Shape, label: Any) -> Any:
        return self._reduced(Shape(together(input, label)[:-1]) if isinstance(label, Shape) else Shape(input[:-1]))


# Over vectors -------------------------------------------------------------------------------------------------------------------------

class CosineEmbeddingLoss(Loss):
    """One minus the cosine for similar vectors, the cosine over a margin for others: (batch, size)."""

    NAMES = ("paddle.nn.CosineEmbeddingLoss",)
    margin: Real = 0
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = (*mean("CosineEmbeddingLoss()", (4, 5), (4, 5), (4,)), Rejects("CosineEmbeddingLoss(margin=2)", says="margin"))

    def check(self) -> None:
        require(lambda: -1 <= self.margin <= 1, f"`margin` must be from -1 to 1, got {self.margin}", field="margin", error="ValueError")
        super().check()

    def shape(self, input1: Shape, input2: Any, label: Any) -> Any:
        return self._reduced(Shape(input1[:-1]))


class TripletMarginLoss(Loss):
    """How much nearer the positive is than the negative: (batch, size)."""

    NAMES = ("paddle.nn.TripletMarginLoss",)
    margin: Number = 1.0
    p: Number = 2.0
    epsilon: Number = 1e-6
    swap: Flag = False
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("TripletMarginLoss()", (4, 5), (4, 5), (4, 5))

    def shape(self, input: Any, positive: Any, negative: Any) -> Any:
        elements = together(input, positive, negative)
        return self._reduced(elements if isinstance(elements, Unknown) else Shape(elements[:-1]))


class TripletMarginWithDistanceLoss(Loss):
    """TripletMarginLoss with a distance of one's own."""

    NAMES = ("paddle.nn.TripletMarginWithDistanceLoss",)
    distance_function: Value = None
    margin: Number = 1.0
    swap: Flag = False
    reduction: Text = "mean"
    name: Text = None
    EXAMPLES = mean("TripletMarginWithDistanceLoss()", (4, 5), (4, 5), (4, 5))

    def shape(self, input: Any, positive: Any, negative: Any) -> Any:
        elements = together(input, positive, negative)
        if self.distance_function is not None:
            elements = Unknown.because(Why.UNSUPPORTED, "the output of a distance function")
        return self._reduced(elements if isinstance(elements, Unknown) else Shape(elements[:-1]))
