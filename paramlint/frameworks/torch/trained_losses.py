"""Losses of torch.nn that have weights of their own.

Source: the documentation of torch.nn, torch 2.13; Grave et al., "Efficient softmax approximation for GPUs" (2017) for the adaptive softmax.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paramlint.core.dims import product
from paramlint.core.shapes import MOST_PARTS, Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.class_losses import ClassWeighted, class_losses
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.distances import unknown_of
from paramlint.frameworks.torch.linear import Linear
from paramlint.frameworks.torch.losses import same_shape
from paramlint.frameworks.torch.submodules import comparable, registered
from paramlint.schema.conditions import WrongKind, certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, known, open_value, shown, whole
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, inner_weights


class LinearCrossEntropyLoss(ClassWeighted):
    """A Linear to the classes and the cross-entropy of what it gives, in one. ``out_features`` are further dimensions of the target."""

    NAMES = ("torch.nn.LinearCrossEntropyLoss",)

    in_features: Size
    num_classes: Size
    _: KEYWORD_ONLY
    out_features: Value = ()
    bias: Flag = False
    device: Value = None
    dtype: Value = None
    reduction: Text = "mean"
    weight: Value = None
    ignore_index: Value = None
    label_smoothing: Number = 0.0
    options: Value = None

    EXAMPLES = (
        Example("LinearCrossEntropyLoss(16, 32)", params=512, input=[(4, 16), (4,)], output=(), macs=2_048),
        Example("LinearCrossEntropyLoss(8, 10, bias=True)", params=90),
        Rejects("LinearCrossEntropyLoss()", says="missing"),
        Rejects("LinearCrossEntropyLoss(4, 5, label_smoothing=2)", says="between 0 and 1"),
    )

    def check(self) -> None:
        super().check()
        given, smoothing = self.buffer_shape("weight"), self.label_smoothing
        require(given is None or same_shape(given, (self.num_classes,)),
                f"`weight` must have the shape ({self.num_classes},), got {given and given.text}", field="weight")
        if comparable("label_smoothing", smoothing):
            require(lambda: not (smoothing < 0 or smoothing > 1), f"`label_smoothing` must be between 0 and 1, got {smoothing}",
                    field="label_smoothing")
        if not isinstance(self.out_features, list | tuple | Unknown):
            raise WrongKind(f"`out_features` must be a tuple of integers, got {shown(self.out_features)}", field="out_features")
        self.linear = Linear.build((self.in_features, self._outputs, self.bias))

    @property
    def _outputs(self) -> Any:
        if isinstance(self.out_features, Unknown):
            return self.out_features
        return self.num_classes * product(whole("out_features", size) for size in self.out_features)

    def children(self) -> Mapping[str, Any]:
        return {"linear": self.linear}

    def weights(self) -> Weights:
        return Weights({"weight": registered("weight", self.weight), **inner_weights(self.children())})

    def shape(self, input: Any, target: Any) -> Any:
        unknown = unknown_of(input, target, self.out_features)
        if unknown is not None:
            return unknown
        input.expect_rank(1, 2).expect(..., self.in_features)
        unfit(len(self.out_features) > 0 and input.rank == 1, f"further dimensions of the target need a batch: {input.text}")
        logits = Shape((*input[:-1], self.num_classes, *self.out_features))
        unfit(self.ignore_index is not None and not isinstance(self.ignore_index, Unknown) and known(target) and target == logits,
              "`ignore_index` cannot be given with probabilities")
        return self.reduced(class_losses(logits, target, probabilities=True))

    def macs(self, input: Any, y: Any) -> Any:
        return input if isinstance(input, Unknown) else input.numel * self._outputs


class AdaptiveOutput(NamedTuple):
    """What an adaptive softmax gives: the log-probability of each target, and their negated mean."""

    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Layer):
    """A softmax over many classes in clusters: frequent ones in ``head``, each further cluster behind a smaller projection in ``tail``.

    ``cutoffs`` are where the clusters begin. Cluster i projects to ``in_features // div_value**(i + 1)``.
    """

    NAMES = ("torch.nn.AdaptiveLogSoftmaxWithLoss",)
    ATTRIBUTES = ("shortlist_size", "n_clusters", "head_size")
    KIND = "loss"

    in_features: Size
    n_classes: Value
    cutoffs: Value
    div_value: Number = 4.0
    head_bias: Flag = False
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("AdaptiveLogSoftmaxWithLoss(64, 1000, cutoffs=[10, 100])", params=7_088, input=[(5, 64), (5,)], output=((5,), ())),
        Rejects("AdaptiveLogSoftmaxWithLoss(64, 1000, cutoffs=[100, 10])", says="increasing"),
    )

    def check(self) -> None:
        self.parts: dict[str, Any] | None = None
        if isinstance(self.cutoffs, Unknown):
            return
        if not isinstance(self.cutoffs, list | tuple | range | bytes):
            raise WrongKind(f"`cutoffs` must be a sequence of integers, got {shown(self.cutoffs)}", field="cutoffs")
        limits = tuple(whole("cutoffs", size) for size in (*self.cutoffs, self.n_classes))
        require(len(limits) > 1, "`cutoffs` is empty", field="cutoffs")
        require(len(limits) <= MOST_PARTS, f"more than {MOST_PARTS:,} clusters are not followed", field="cutoffs")
        said = f"`cutoffs` must be unique, positive, in increasing order and below `n_classes`, got {shown(self.cutoffs)}"
        for low, high in zip((0, *limits), limits, strict=False):
            require(lambda low=low, high=high: low < high, said, field="cutoffs")
        self.cutoffs = list(limits)
        self.shortlist_size, self.n_clusters = limits[0], len(limits) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.parts = {"head": Linear.build((self.in_features, self.head_size, self.head_bias))}
        for i in range(self.n_clusters):
            inner = self._projected(i)
            self.parts[f"tail.{i}.0"] = Linear.build((self.in_features, inner, False))
            self.parts[f"tail.{i}.1"] = Linear.build((inner, limits[i + 1] - limits[i], False))

    def _projected(self, i: int) -> Any:
        if open_value(self.div_value) or not comparable("div_value", self.div_value):
            return Unknown.because(Why.ARGUMENT, "`div_value` is not known")
        divisor = self.div_value ** (i + 1)
        require(divisor != 0 and divisor == divisor, f"`div_value` cannot be {self.div_value}", field="div_value",
                error="ValueError" if divisor != divisor else "ZeroDivisionError")
        if isinstance(divisor, float) and divisor.is_integer():
            divisor = int(divisor)
        smaller = self.in_features // divisor if isinstance(divisor, int) or isinstance(self.in_features, int) else None
        if smaller is None:
            return Unknown.because(Why.ARGUMENT, f"`in_features // {divisor}` is not known")
        return int(smaller) if isinstance(smaller, float) else smaller

    def children(self) -> Mapping[str, Any]:
        return self.parts or {"head": Unknown.because(Why.ARGUMENT, "`cutoffs` is not known")}

    def shape(self, input_: Any, target_: Any) -> Any:
        unknown = unknown_of(input_, target_)
        if unknown is not None:
            return AdaptiveOutput(unknown, Shape())
        if target_.rank > 1:
            raise ShapeMismatch(f"the target must have 0 or 1 dimensions, got {target_.text}")
        input_.expect_rank(target_.rank + 1).expect(..., self.in_features)
        unfit(target_.rank == 1 and certainly(lambda: input_[0] != target_[0]), f"input {input_.text} and target {target_.text} differ")
        return AdaptiveOutput(target_, Shape())

    def macs(self, input_: Any, y: Any) -> Any:
        return Unknown.because(Why.INPUT, "which clusters are used depends on the contents of the target")
