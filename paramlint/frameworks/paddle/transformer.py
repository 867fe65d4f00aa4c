"""The layers that transformers of paddle.nn are stacked from.

``weight_attr`` and ``bias_attr`` may be lists, one attribute for each part: the attentions, then the feed-forward network.

Source: the documentation of paddle.nn, Paddle 3.3.1; Vaswani et al., "Attention is all you need" (2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attention import MultiHeadAttention
from paramlint.frameworks.paddle.common import Real
from paramlint.frameworks.paddle.dropout import Dropout
from paramlint.frameworks.paddle.linear import Linear
from paramlint.frameworks.paddle.normalisation import LayerNorm
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown
from paramlint.schema.layer import Inner, Layer

_MOST_LAYERS = 1_000  # more are not made one by one


def attributes(name: str, value: Any, count: int) -> list[Any]:
    """The attribute of each part. Raises Refused for a list of another length."""
    if not isinstance(value, list | tuple):
        return [value] * count
    require(len(value) == count, f"`{name}` must have {count} attributes when it is a list, got {len(value)}", field=name, error="AssertionError")
    return list(value)


# The functions of paddle.nn.functional that can stand between the two linear layers: they take one tensor and keep its shape.
FUNCTIONS = frozenset({
    "alpha_dropout", "celu", "dropout", "dropout1d", "elu", "elu_", "feature_alpha_dropout", "gelu", "gumbel_softmax", "hardshrink",
    "hardsigmoid", "hardswish", "hardtanh", "hardtanh_", "leaky_relu", "leaky_relu_", "log_sigmoid", "log_softmax", "logsigmoid", "mish",
    "normalize", "relu", "relu6", "relu_", "rrelu", "selu", "sigmoid", "silu", "softmax", "softmax_", "softplus", "softshrink", "softsign",
    "swish", "tanh", "tanh_", "tanhshrink", "thresholded_relu", "thresholded_relu_",
})


def positive_sizes(layer: Any) -> None:
    for name in ("d_model", "nhead", "dim_feedforward"):
        size = getattr(layer, name)
        require(lambda size=size: size > 0, f"`{name}` must be greater than 0, got {size}", field=name, error="AssertionError")


class Block(Layer):
    """What the layers of encoder and decoder share. ``PARTS`` is the number of parts that attributes may be given for."""

    KIND = "transformer"
    KEEPS_ARGUMENTS = "_config"
    PARTS: ClassVar[int]

    d_model: Size
    nhead: Real
    dim_feedforward: Size
    dropout: Number = 0.1
    activation: Text = "relu"
    attn_dropout: Number = None
    act_dropout: Number = None
    normalize_before: Flag = False
    weight_attr: Value = None
    bias_attr: Value = None

    if TYPE_CHECKING:
        layer_norm_eps: Any

    def check(self) -> None:
        positive_sizes(self)
        require(open_value(self.activation) or (isinstance(self.activation, str) and self.activation in FUNCTIONS),
                f"`activation` must be the name of a function of paddle.nn.functional, got {shown(self.activation)}", field="activation",
                error="AttributeError" if isinstance(self.activation, str) else "TypeError")
        self.children()

    def _attentions(self) -> dict[str, Layer]:
        raise NotImplementedError

    def _attribute(self, part: int) -> tuple[Any, Any]:
        return (attributes("weight_attr", self.weight_attr, self.PARTS)[part], attributes("bias_attr", self.bias_attr, self.PARTS)[part])

    def _attention(self, part: int) -> Layer:
        weight, bias = self._attribute(part)
        return MultiHeadAttention.build((self.d_model, self.nhead), {"weight_attr": weight, "bias_attr": bias})

    def children(self) -> Mapping[str, Layer]:
        last = self._attribute(self.PARTS - 1)
        found = self._attentions()
        found["linear1"] = Linear.build((self.d_model, self.dim_feedforward, *last))
        found["dropout"] = Dropout.build((self.dropout if self.act_dropout is None else self.act_dropout,))
        found["linear2"] = Linear.build((self.dim_feedforward, self.d_model, *last))
        for number in range(1, self.PARTS + 1):
            found[f"norm{number}"] = LayerNorm.build((self.d_model, self.layer_norm_eps))
        for number in range(1, self.PARTS + 1):
            found[f"dropout{number}"] = Dropout.build((self.dropout,))
        return found

    def _feed_forward_macs(self, x: Shape) -> Count:
        return 2 * x.numel * self.dim_feedforward


    def _feed_forward_calls(self, x: Shape) -> Iterator[Inner]:
        inner = self.children()
        hidden = Inner.of(inner["linear1"], x)
        yield hidden
        yield Inner.of(inner["linear2"], hidden.output)
        for number in range(1, self.PARTS + 1):
            yield Inner.of(inner[f"norm{number}"], x)


class TransformerEncoderLayer(Block):
    """Self-attention and a feed-forward network, each with a residual and a normalisation: (batch, length, d_model)."""

    NAMES = ("paddle.nn.TransformerEncoderLayer",)
    PARTS = 2
    layer_norm_eps: Number = 1e-5

    EXAMPLES = (
        Example("TransformerEncoderLayer(16, 4, 32)", params=2224, input=(2, 5, 16), output=(2, 5, 16), macs=22_080),
        Example("TransformerEncoderLayer(16, 4, 32, weight_attr=[None, None], bias_attr=[False, None])", params=2160),
        Rejects("TransformerEncoderLayer(16, 3, 32)", says="divisible"),
    )

    def _attentions(self) -> dict[str, Layer]:
        return {"self_attn": self._attention(0)}

    def shape(self, src: Shape, src_mask: Any = None, cache: Any = None) -> Any:
        if cache is not None:
            return Unknown.because(Why.UNSUPPORTED, "attention with a cache")
        inner = self.children()
        inner["self_attn"].shape(src, None, None, src_mask)
        inner["linear2"].shape(inner["linear1"].shape(src))
        return src

    def macs(self, src: Shape, y: Any) -> Count:
        return self.children()["self_attn"].macs(src) + self._feed_forward_macs(src)

    def calls(self, src: Shape) -> Iterator[Inner]:
        yield Inner.of(self.children()["self_attn"], src)
        yield from self._feed_forward_calls(src)


class TransformerDecoderLayer(Block):
    """Self-attention, attention to the encoder's output and a feed-forward network: (batch, length, d_model)."""

    NAMES = ("paddle.nn.TransformerDecoderLayer",)
    PARTS = 3
    layer_norm_eps: Number = 1e-5

    EXAMPLES = (
        Example("TransformerDecoderLayer(16, 4, 32)", params=3344, input=[(2, 5, 16), (2, 7, 16)], output=(2, 5, 16)),
        Rejects("TransformerDecoderLayer(16, 4, 32, weight_attr=[None, None])", says="3 attributes"),
    )

    def _attentions(self) -> dict[str, Layer]:
        return {"self_attn": self._attention(0), "cross_attn": self._attention(1)}

    def shape(self, tgt: Shape, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, cache: Any = None) -> Any:
        if cache is not None:
            return Unknown.because(Why.UNSUPPORTED, "attention with a cache")
        inner = self.children()
        inner["self_attn"].shape(tgt, None, None, tgt_mask)
        inner["cross_attn"].shape(tgt, memory, memory, memory_mask)
        inner["linear2"].shape(inner["linear1"].shape(tgt))
        return tgt

    def macs(self, tgt: Shape, memory: Any, y: Any) -> Count:
        inner = self.children()
        crossed = inner["cross_attn"].macs(tgt, memory, memory)
        return inner["self_attn"].macs(tgt) + crossed + self._feed_forward_macs(tgt)

    def calls(self, tgt: Shape, memory: Any) -> Iterator[Inner]:
        inner = self.children()
        yield Inner.of(inner["self_attn"], tgt)
        yield Inner.of(inner["cross_attn"], tgt, memory, memory)
        yield from self._feed_forward_calls(tgt)
