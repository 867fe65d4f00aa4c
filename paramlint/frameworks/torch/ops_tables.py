"""Tables and distances as functions: rows by their numbers.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size
from paramlint.core.shapes import ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch import distances, embedding
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    dtype_of,
    function,
    functional,
    made,
    promoted,
    shape_of,
)
from paramlint.frameworks.torch.ops_from_layers import FromLayer
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class Embedding(Op):
    """Rows of a table by their numbers: the shape of the input, then that of a row."""

    NAMES = functional("embedding")
    input: Value
    weight: Value
    padding_idx: Value = None
    max_norm: Value = None
    norm_type: Value = 2.0
    scale_grad_by_freq: Value = False
    sparse: Value = False

    def result(self) -> Tensor:
        table = shape_of(self.weight, "weight")
        unfit(table.rank != 2, f"`weight` must have 2 dimensions, got {table.text}")
        return made((*shape_of(self.input), *table[1:]), dtype_of(self.weight))


class EmbeddingFunction(Embedding):
    """Rows of a table by their numbers, the table first."""

    NAMES = function("embedding")

    def result(self) -> Tensor:
        self.input, self.weight = self.weight, self.input
        return super().result()


class EmbeddingBag(Op):
    """Sums, means or maxima of rows of a table, one for each bag."""

    NAMES = functional("embedding_bag")
    input: Value
    weight: Value
    offsets: Value = None
    max_norm: Value = None
    norm_type: Value = 2
    scale_grad_by_freq: Value = False
    mode: Value = "mean"
    sparse: Value = False
    per_sample_weights: Value = None
    include_last_offset: Value = False
    padding_idx: Value = None

    def result(self) -> Tensor:
        table = shape_of(self.weight, "weight")
        unfit(table.rank != 2, f"`weight` must have 2 dimensions, got {table.text}")
        layer = embedding.EmbeddingBag.build((), {"num_embeddings": table[0], "embedding_dim": table[1],
                                                  "include_last_offset": self.include_last_offset})
        offsets = None if self.offsets is None else shape_of(self.offsets)
        return made(layer.shape(shape_of(self.input), offsets), dtype_of(self.weight))


class CosineSimilarity(FromLayer):
    """The cosine between vectors along an axis."""

    NAMES = (*functional("cosine_similarity"), *function("cosine_similarity"))
    LAYER = distances.CosineSimilarity
    INPUTS = ("x1", "x2")


class PairwiseDistance(FromLayer):
    """The distance between vectors along the last axis."""

    NAMES = (*functional("pairwise_distance"), *function("pairwise_distance"))
    LAYER = distances.PairwiseDistance
    INPUTS = ("x1", "x2")


class AllDistances(Op):
    """The distance between each two rows of ``(*, P, M)`` and ``(*, R, M)``: ``(*, P, R)``."""

    NAMES = function("cdist")
    x1: Value
    x2: Value
    p: Value = 2.0
    compute_mode: Value = None

    def result(self) -> Tensor:
        one, other = shape_of(self.x1, "x1"), shape_of(self.x2, "x2")
        unfit(one.rank < 2 or other.rank < 2, "cdist() takes at least 2 dimensions")
        if differs(one[-1], other[-1]):
            raise ShapeMismatch(f"vectors of different lengths: {one.text} and {other.text}")
        return made((*broadcast(one[:-2], other[:-2]), one[-2], other[-2]), promoted(self.x1, self.x2))

    def macs(self, y: Any) -> Size:
        """Each distance sums a square, which is one multiply-accumulate, over the length of the vectors."""
        if not isinstance(self.p, int | float) or self.p != 2:
            return self.p if isinstance(self.p, Unknown) else 0
        return y.shape.numel * shape_of(self.x1, "x1")[-1]
