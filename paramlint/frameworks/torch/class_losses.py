"""Losses of torch.nn that score classes.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.distances import unknown_of
from paramlint.frameworks.torch.losses import Loss, must_equal, same_shape
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, shown


def class_losses(scores: Shape, target: Shape, *, probabilities: bool) -> Shape:
    """The shape of the single losses: that of the scores without their class axis, which is the second, or the only one.

    The target has that shape and holds class numbers, or, where ``probabilities`` are taken, the shape of the scores.
    """
    unfit(not scores, "the scores need a dimension of classes")
    losses = Shape((scores[0], *scores[2:])) if scores.rank > 1 else Shape()
    if probabilities and target.rank == scores.rank and (scores.rank > 1 or same_shape(target, scores)):
        must_equal(target, scores, "the target")
    elif scores.rank == 1:
        unfit(target.rank > 1 or (target.rank == 1 and differs(target[0], 1)), f"expected one target for one input, got {target.text}")
    else:
        if target and differs(target[0], scores[0]):
            raise ShapeMismatch(f"the target has {target[0]} elements in its first axis, the scores {scores[0]}", error="ValueError")
        must_equal(target, losses, "the target")
    return losses


class ClassWeighted(Loss):
    """Losses with a buffer of one weight for each class."""

    BUFFERS = ("weight",)

    def check_weight(self, classes: Any, *, any_rank: bool = False) -> None:
        """Refuse a weight that is not one number for each class, in one dimension unless ``any_rank``."""
        given = self.buffer_shape("weight")
        if given is None:
            return
        flat = Shape((given.numel,)) if any_rank else given
        unfit(not same_shape(flat, (classes,)), f"`weight` {given.text} does not fit {classes} classes")


class _NegativeLikelihood(ClassWeighted):
    weight: Value = None
    size_average: Value = None
    ignore_index: Value = -100
    reduce: Value = None
    reduction: Text = "mean"

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        losses = class_losses(input, target, probabilities=False)
        self.check_weight(input[min(1, input.rank - 1)], any_rank=input.rank > 2)
        return self.reduced(losses)


class NLLLoss(_NegativeLikelihood):
    """Negative log-likelihood of log-probabilities (batch, classes, …) for class numbers (batch, …)."""

    NAMES = ("torch.nn.NLLLoss",)
    EXAMPLES = (
        Example("NLLLoss()", params=0, input=[(2, 3), (2,)], output=()),
        Example("NLLLoss(reduction='none')", input=[(2, 3, 4, 5), (2, 4, 5)], output=(2, 4, 5)),
        Rejects("NLLLoss()", input=[(2, 3), (3,)], says="target"),
    )


class NLLLoss2d(_NegativeLikelihood):
    """The older name of NLLLoss."""

    NAMES = ("torch.nn.NLLLoss2d",)
    EXAMPLES = (Example("NLLLoss2d()", params=0, input=[(2, 3, 4, 4), (2, 4, 4)], output=()),)


class CrossEntropyLoss(ClassWeighted):
    """Cross-entropy of logits (batch, classes, …) with class numbers (batch, …) or probabilities (batch, classes, …)."""

    NAMES = ("torch.nn.CrossEntropyLoss",)
    RAISES = "Exception"

    weight: Value = None
    size_average: Value = None
    ignore_index: Value = -100
    reduce: Value = None
    reduction: Text = "mean"
    label_smoothing: Number = 0.0

    EXAMPLES = (
        Example("CrossEntropyLoss()", params=0, buffers=0, input=[(2, 3), (2,)], output=()),
        Example("CrossEntropyLoss(weight=torch.ones(10))", params=0, buffers=10),
        Rejects("CrossEntropyLoss()", input=[(2, 3), (3,)], says="target"),
        Rejects("CrossEntropyLoss(weight=[1.0, 2.0])", says="tensor"),
    )

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        smoothing = self.label_smoothing
        unfit(isinstance(smoothing, int | float) and not 0 <= smoothing <= 1, f"`label_smoothing` must be between 0 and 1, got {smoothing}")
        losses = class_losses(input, target, probabilities=True)
        numbers = target.rank < input.rank  # not probabilities
        self.check_weight(input[min(1, input.rank - 1)], any_rank=numbers and input.rank > 2)
        return self.reduced(losses)


class MultiLabelMarginLoss(Loss):
    """Margins between the scores of the classes that the target lists and all others."""

    NAMES = ("torch.nn.MultiLabelMarginLoss",)

    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (Example("MultiLabelMarginLoss()", params=0, input=[(2, 3), (2, 3)], output=()),)

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        if input.expect_rank(0, 1, 2).rank == 2:
            must_equal(target, input, "the target")
        else:  # one sample; a scalar counts as one class
            must_equal(target if target else Shape((1,)), input if input else (1,), "the target")
        return self.reduced(input.head(max(input.rank - 1, 0)))


class MultiLabelSoftMarginLoss(Loss):
    """Binary cross-entropy of every class, averaged over the classes, the last axis of the input."""

    NAMES = ("torch.nn.MultiLabelSoftMarginLoss",)
    BUFFERS = ("weight",)

    weight: Value = None
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (Example("MultiLabelSoftMarginLoss()", params=0, input=[(2, 3), (2, 3)], output=()),)

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        unfit(not input, "the scores need a dimension of classes")
        weight = self.buffer_shape("weight")
        losses = broadcast(input, target, weight) if weight is not None else broadcast(input, target)
        return self.reduced(Shape((*losses[:input.rank - 1], *losses[input.rank:])))


class MultiMarginLoss(ClassWeighted):
    """Margins between the score of the right class and all others. Scores (batch, classes), target (batch)."""

    NAMES = ("torch.nn.MultiMarginLoss",)

    p: Number = 1
    margin: Number = 1.0
    weight: Value = None
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (
        Example("MultiMarginLoss()", params=0, input=[(2, 3), (2,)], output=()),
        Rejects("MultiMarginLoss(p=3)", says="1 or 2"),
        Rejects("MultiMarginLoss(weight=torch.ones(3, 1))", says="1 dimension"),
    )

    def check(self) -> None:
        super().check()
        require(lambda: self.p == 1 or self.p == 2, f"`p` must be 1 or 2, got {shown(self.p)}", field="p")
        given = self.buffer_shape("weight")
        require(given is None or len(given) == 1, f"`weight` must have 1 dimension, got {given and given.text}", field="weight")

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target)
        if unknown is not None:
            return unknown
        input.expect_rank(0, 1, 2)
        must_equal(target if target else Shape((1,)), (input[0] if input.rank == 2 else 1,), "the target")
        self.check_weight(input[-1] if input else 1)
        return self.reduced(target)


class CTCLoss(Loss):
    """Connectionist temporal classification (Graves et al., 2006). Log-probabilities (time, batch, classes) or (time, classes)."""

    NAMES = ("torch.nn.CTCLoss",)

    blank: Value = 0
    reduction: Text = "mean"
    zero_infinity: Flag = False

    EXAMPLES = (Example("CTCLoss()", params=0, input=[(5, 2, 4), (2, 3), (2,), (2,)], output=()),)

    def shape(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Any:
        if isinstance(log_probs, Unknown):
            return log_probs
        return self.reduced(Shape(log_probs.expect_rank(2, 3)[1:-1]))
