"""Losses of torch.nn over pairs and triplets of vectors.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paramlint.core.shapes import broadcast
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.distances import PairwiseDistance, distance, unknown_of
from paramlint.frameworks.torch.losses import Loss
from paramlint.frameworks.torch.submodules import call, comparable, is_module
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, truth
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights


class _Margin(Loss):
    margin: Number = 0.0
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"


class CosineEmbeddingLoss(_Margin):
    """One minus the cosine of two vectors where the target is 1, the cosine over ``margin`` where it is -1."""

    NAMES = ("torch.nn.CosineEmbeddingLoss",)
    EXAMPLES = (
        Example("CosineEmbeddingLoss()", params=0, input=[(2, 3), (2, 3), (2,)], output=()),
        Rejects("CosineEmbeddingLoss()", input=[(2, 3, 4), (2, 3, 4), (2,)], says="dimensions"),
    )

    def shape(self, input1: Any, input2: Any, target: Any) -> Any:
        unknown = unknown_of(input1, input2, target)
        if unknown is not None:
            return unknown
        target.expect_rank(0, 1)
        for given in (input1, input2):
            given.expect_rank(target.rank + 1)
        return self.reduced(broadcast(broadcast(input1, input2)[:-1], target))


class MarginRankingLoss(_Margin):
    """How far the first input is from being ranked over the second, where the target is 1."""

    NAMES = ("torch.nn.MarginRankingLoss",)
    EXAMPLES = (
        Example("MarginRankingLoss()", params=0, input=[(2,), (2,), (2,)], output=()),
        Rejects("MarginRankingLoss()", input=[(2,), (2,), ()], says="dimensions"),
    )

    def shape(self, input1: Any, input2: Any, target: Any) -> Any:
        unknown = unknown_of(input1, input2, target)
        if unknown is not None:
            return unknown
        unfit(not input1.rank == input2.rank == target.rank, "the inputs have different numbers of dimensions")
        return self.reduced(broadcast(input1, input2, target))


class _Triplet(Loss):
    if TYPE_CHECKING:
        margin: Any
        swap: Any

    def check(self) -> None:
        super().check()
        if comparable("margin", self.margin):
            require(lambda: not self.margin <= 0, f"`margin` must be greater than 0, got {self.margin}", field="margin")

    def _distances(self, one: Any, two: Any) -> Any:
        return distance(one, two)

    def shape(self, anchor: Any, positive: Any, negative: Any) -> Any:
        unknown = unknown_of(anchor, positive, negative)
        if unknown is not None:
            return unknown
        unfit(not anchor.rank == positive.rank == negative.rank, "anchor, positive and negative have different numbers of dimensions")
        parts = [self._distances(anchor, positive), self._distances(anchor, negative)]
        if truth(self.swap) is not False:
            parts.append(self._distances(positive, negative))
        unknown = unknown_of(*parts)
        return self.reduced(broadcast(*parts) if unknown is None else unknown)


class TripletMarginLoss(_Triplet):
    """How much nearer than ``margin`` the negative example is than the positive one."""

    NAMES = ("torch.nn.TripletMarginLoss",)

    margin: Number = 1.0
    p: Number = 2.0
    eps: Number = 1e-06
    swap: Flag = False
    size_average: Value = None
    reduce: Value = None
    reduction: Text = "mean"

    EXAMPLES = (
        Example("TripletMarginLoss()", params=0, input=[(2, 3), (2, 3), (2, 3)], output=()),
        Rejects("TripletMarginLoss(margin=0)", says="greater than 0"),
    )


class TripletMarginWithDistanceLoss(_Triplet):
    """TripletMarginLoss with a distance of one's own, by default PairwiseDistance."""

    NAMES = ("torch.nn.TripletMarginWithDistanceLoss",)

    _: KEYWORD_ONLY
    distance_function: Value = None
    margin: Number = 1.0
    swap: Flag = False
    reduction: Text = "mean"

    EXAMPLES = (Example("TripletMarginWithDistanceLoss()", params=0, input=[(2, 3), (2, 3), (2, 3)], output=()),)

    def check(self) -> None:
        super().check()
        if self.distance_function is None:
            self.distance_function = PairwiseDistance.build()

    def children(self) -> Mapping[str, Any]:
        return {"distance_function": self.distance_function} if is_module(self.distance_function) else {}

    def weights(self) -> Weights:
        return Layer.weights(self)

    def _distances(self, one: Any, two: Any) -> Any:
        return call(self.distance_function, one, two)
