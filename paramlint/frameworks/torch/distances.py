"""Distances of torch.nn.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, broadcast
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.shaping import axis
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Value, open_value, truth
from paramlint.schema.layer import Layer


def unknown_of(*shapes: Any) -> Unknown | None:
    """The first shape of which not even the rank is known."""
    return next((shape for shape in shapes if isinstance(shape, Unknown)), None)


def distance(x1: Any, x2: Any, *, keepdim: Any = False) -> Any:
    """The broadcast shape of two inputs without its last axis, or with 1 for it."""
    unknown = unknown_of(x1, x2)
    if unknown is not None:
        return unknown
    both, keeps = broadcast(x1, x2), truth(keepdim)
    if keeps is None:
        return Unknown.because(Why.ARGUMENT, "`keepdim` is not known")
    return Shape((*both[:-1], 1) if keeps and both else both[:-1])


class PairwiseDistance(Layer):
    """The p-norm of the difference of two inputs over their last axis."""

    NAMES = ("torch.nn.PairwiseDistance",)
    KIND = "distance"

    p: Number = 2.0
    eps: Number = 1e-06
    keepdim: Flag = False

    EXAMPLES = (
        Example("PairwiseDistance(2)", params=0, input=[(100, 128), (100, 128)], output=(100,)),
        Example("PairwiseDistance(keepdim=True)", input=[(100, 128), (100, 128)], output=(100, 1)),
        Rejects("PairwiseDistance()", input=[(2, 3), (2, 4)], says="broadcast"),
    )

    @property
    def norm(self) -> Any:
        return self.p

    def shape(self, x1: Any, x2: Any) -> Any:
        return distance(x1, x2, keepdim=self.keepdim)


class CosineSimilarity(Layer):
    """The cosine of the angle between two inputs over the axis ``dim`` of their broadcast shape, which goes away."""

    NAMES = ("torch.nn.CosineSimilarity",)
    KIND = "distance"

    dim: Value = 1
    eps: Number = 1e-08

    EXAMPLES = (
        Example("CosineSimilarity(dim=2)", params=0, input=[(2, 3, 4), (2, 3, 4)], output=(2, 3)),
        Rejects("CosineSimilarity(dim=3)", input=[(2, 3), (2, 3)], says="range"),
    )

    def shape(self, x1: Any, x2: Any) -> Any:
        unknown = unknown_of(x1, x2)
        if unknown is not None:
            return unknown
        both = broadcast(x1, x2)
        at = axis("dim", self.dim, both.rank)
        if open_value(at):
            return Shape([Unknown.because(Why.ARGUMENT, "which dimension goes away is not known")] * max(both.rank - 1, 0))
        return Shape((*both[:at], *both[at + 1:]))
