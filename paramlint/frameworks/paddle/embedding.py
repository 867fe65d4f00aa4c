"""Embedding layer of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from paramlint.core.dims import NoNumber
from paramlint.core.shapes import Shape, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import creatable, parameter
from paramlint.frameworks.paddle.common import PLAIN, Device, DType
from paramlint.frameworks.paddle.linear import needs
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weight, Weights


class Embedding(Layer):
    """A table of vectors, looked up by index: indices of any shape get one more axis."""

    NAMES = ("paddle.nn.Embedding",)
    KIND = "embedding"

    num_embeddings: Size
    embedding_dim: Size
    padding_idx: Number = None
    max_norm: Number = None
    norm_type: Number = 2.0
    _: KEYWORD_ONLY
    scale_grad_by_freq: Flag = False
    sparse: Flag = False
    _weight: Value = None
    _freeze: Flag = False
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("Embedding(10, 3, padding_idx=-1)", params=30, input=(5,), output=(5, 3)),
        Rejects("Embedding(0, 3)", says="num_embeddings"),
        Rejects("Embedding(10, 3, padding_idx=10)", says="padding_idx"),
    )

    def check(self) -> None:
        count, index = self.num_embeddings, self.padding_idx
        require(lambda: count > 0, f"`num_embeddings` must be positive, got {count}", field="num_embeddings", error="ValueError")
        require(lambda: self.embedding_dim > 0, f"`embedding_dim` must be positive, got {self.embedding_dim}",
                field="embedding_dim", error="ValueError")
        require(index is None or not isinstance(index, (*PLAIN, NoNumber)) or isinstance(index, int | float),
                f"`padding_idx` must be an integer, got {shown(index)}", field="padding_idx", error="TypeError")
        require(not isinstance(index, float), f"`padding_idx` must be an integer, got {shown(index)}", field="padding_idx", error="ValueError")
        if isinstance(index, int | float) and isinstance(count, int):
            found = index if index >= 0 else count + index
            require(-count <= found < count, f"`padding_idx` must be below {count}, got {index}", field="padding_idx", error="ValueError")
        given = self._weight
        if given is None and self.weight_attr is None:
            require(isinstance(self._freeze, bool) or open_value(self._freeze), f"`_freeze` must be a bool, got {shown(self._freeze)}",
                    field="_freeze", error="TypeError")
        if isinstance(given, Tensor) and isinstance(given.shape, Shape):
            wanted = (count, self.embedding_dim)
            if len(given.shape) != 2 or any(map(differs, given.shape, wanted)):
                raise Refused(f"`_weight` has the shape {given.shape.text}, not {Shape(wanted).text}", field="_weight", error="ValueError")
        creatable(self, "num_embeddings", "embedding_dim")

    def weights(self) -> Weights:
        size = (self.num_embeddings, self.embedding_dim)
        if self._weight is not None:  # a tensor, which becomes a buffer, or a parameter
            why = Unknown.because(Why.UNSUPPORTED, "`_weight` may be a parameter or a tensor")
            return Weights(weight=Weight(size, trainable=False, buffer=True) if isinstance(self._weight, Tensor) else
                           Weight(size, maybe=why.reason))
        weight = parameter("weight_attr", self.weight_attr, size)
        if weight is not None and self.weight_attr is None:
            weight = replace(weight, trainable=self._trainable())
        return Weights(weight=weight)

    def _trainable(self) -> Any:
        freezes = truth(self._freeze)
        return Unknown.because(Why.ARGUMENT, "`_freeze` is not known") if freezes is None else not freezes

    def shape(self, x: Shape) -> Shape:
        needs(self.weights(), "weight")
        return Shape((*x, self.embedding_dim))
