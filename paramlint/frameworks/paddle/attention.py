"""Multi-head attention of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1; Vaswani et al., "Attention is all you need" (2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import Real, unfit
from paramlint.frameworks.paddle.linear import Linear
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, OptionalSize, Size, Value, truth
from paramlint.schema.layer import Inner, Layer


class MultiHeadAttention(Layer):
    """Attention over (batch, length, embed_dim), in ``num_heads`` parts; keys and values may have other sizes.

    Returns the output, with ``need_weights`` also the weights (batch, heads, length, key length).
    """

    NAMES = ("paddle.nn.MultiHeadAttention",)
    KIND = "attention"
    DERIVED = ("kdim", "vdim")

    embed_dim: Size
    num_heads: Real
    dropout: Number = 0.0
    kdim: OptionalSize = None
    vdim: OptionalSize = None
    need_weights: Flag = False
    weight_attr: Value = None
    bias_attr: Value = None

    EXAMPLES = (
        Example("MultiHeadAttention(16, 4, kdim=8, vdim=12)", params=896, input=[(2, 5, 16), (2, 6, 8), (2, 6, 12)], output=(2, 5, 16)),
        Example("MultiHeadAttention(16, 4)", params=1088, input=(2, 5, 16), output=(2, 5, 16), macs=11_840),
        Rejects("MultiHeadAttention(16, 3)", says="divisible"),
        Rejects("MultiHeadAttention(16, 0)", says="num_heads"),
    )

    def check(self) -> None:
        require(lambda: self.embed_dim > 0, f"`embed_dim` must be greater than 0, got {self.embed_dim}", field="embed_dim",
                error="AssertionError")
        require(lambda: self.num_heads > 0, f"`num_heads` must be greater than 0, got {self.num_heads}", field="num_heads",
                error="AssertionError")
        require(lambda: self.embed_dim % self.num_heads == 0,
                f"`embed_dim` ({self.embed_dim}) must be divisible by `num_heads` ({self.num_heads})", field="num_heads",
                error="AssertionError")
        self.children()

    def children(self) -> Mapping[str, Layer]:
        size, attributes = self.embed_dim, (self.weight_attr, self.bias_attr)
        kdim, vdim = (size if one is None else one for one in (self.kdim, self.vdim))
        return {name: Linear.build((inputs, size, *attributes)) for name, inputs in
                (("q_proj", size), ("k_proj", kdim), ("v_proj", vdim), ("out_proj", size))}

    def shape(self, query: Shape, key: Any = None, value: Any = None, attn_mask: Any = None, cache: Any = None) -> Any:
        key = query if key is None else key
        value = query if value is None else value
        if cache is not None:
            return Unknown.because(Why.UNSUPPORTED, "attention with a cache")
        if not isinstance(key, Shape) or not isinstance(value, Shape):
            return Unknown.because(Why.INPUT, "the shapes of key and value are not known")
        unfit(isinstance(self.num_heads, float), f"`num_heads` must be an integer, got {self.num_heads}")
        inner = self.children()
        for name, given in (("q_proj", query), ("k_proj", key), ("v_proj", value)):
            given.expect_rank(3)
            inner[name].shape(given)
        if differs(key[1], value[1]):
            raise ShapeMismatch(f"key and value have different lengths: {key.text} and {value.text}")
        scores = Shape((*broadcast((query[0],), (key[0],)), self.num_heads, query[1], key[1]))
        if isinstance(attn_mask, Shape):
            scores = broadcast(scores, attn_mask)
        batch = broadcast((scores[0],), (value[0],))[0]
        out = Shape((batch, query[1], self.embed_dim))
        weighs = truth(self.need_weights)
        if weighs is None:
            return Unknown.because(Why.ARGUMENT, "`need_weights` is not known")
        return (out, scores) if weighs else out

    def macs(self, query: Shape, key: Any = None, value: Any = None, y: Any = None) -> Count:
        """The four projections, the scores, and the weighted sum of the values."""
        key = query if key is None else key
        value = query if value is None else value
        if not isinstance(key, Shape) or not isinstance(value, Shape):
            return Unknown.because(Why.INPUT, "the shapes of key and value are not known")
        rows, size = query[0] * query[1], self.embed_dim
        projections = 2 * rows * size + key[0] * key[1] * key[2] + value[0] * value[1] * value[2]
        return size * projections + 2 * rows * key[1] * size

    def calls(self, query: Shape, key: Any = None, value: Any = None) -> Iterator[Inner]:
        inner = self.children()
        for name, given in (("q_proj", query), ("k_proj", query if key is None else key), ("v_proj", query if value is None else value),
                            ("out_proj", query)):
            yield Inner.of(inner[name], given)
