"""Layers of which torch.nn's transformers are stacked.

Source: the documentation of torch.nn, torch 2.13; Vaswani et al., "Attention is all you need" (2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.attention import MultiheadAttention
from paramlint.frameworks.torch.dropout import Dropout
from paramlint.frameworks.torch.group_normalisation import LayerNorm
from paramlint.frameworks.torch.linear import Linear
from paramlint.frameworks.torch.submodules import PLAIN, call, is_module
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Value, open_value, shown
from paramlint.schema.layer import Inner, Layer


class Block(Layer):
    """What an encoder's and a decoder's layer share: attentions, two linear maps, one norm and one dropout for each part."""

    DERIVED = ("activation",)
    ATTENTIONS: ClassVar[tuple[str, ...]] = ("self_attn",)

    d_model: Size
    nhead: Value
    dim_feedforward: Size = 2048
    dropout: Number = 0.1
    activation: Value = "relu"
    layer_norm_eps: Number = 1e-05
    batch_first: Flag = False
    norm_first: Flag = False
    bias: Flag = True
    device: Value = None
    dtype: Value = None

    def check(self) -> None:
        parts: dict[str, Any] = {}
        for name in self.ATTENTIONS:
            parts[name] = MultiheadAttention.build((self.d_model, self.nhead, self.dropout, self.bias), {"batch_first": self.batch_first})
        parts["linear1"] = Linear.build((self.d_model, self.dim_feedforward, self.bias))
        parts["dropout"] = Dropout.build((self.dropout,))
        parts["linear2"] = Linear.build((self.dim_feedforward, self.d_model, self.bias))
        count = len(self.ATTENTIONS) + 1
        for k in range(1, count + 1):
            parts[f"norm{k}"] = LayerNorm.build((self.d_model,), {"eps": self.layer_norm_eps, "bias": self.bias})
        for k in range(1, count + 1):
            parts[f"dropout{k}"] = Dropout.build((self.dropout,))
        for name, part in parts.items():
            setattr(self, name, part)
        if isinstance(self.activation, str):
            fits = self.activation in ("relu", "gelu")
            require(fits, f"`activation` must be 'relu', 'gelu' or a callable, got {shown(self.activation)}", field="activation",
                    error="RuntimeError")

    def children(self) -> Mapping[str, Any]:
        count = len(self.ATTENTIONS) + 1
        names = (*self.ATTENTIONS, "linear1", "dropout", "linear2", *(f"norm{k}" for k in range(1, count + 1)),
                 *(f"dropout{k}" for k in range(1, count + 1)))
        found = {name: getattr(self, name) for name in names}
        return {**found, "activation": self.activation} if is_module(self.activation) else found

    def _feed(self, x: Any) -> None:
        """Refuse what the two linear maps and a given activation refuse."""
        inner = self.children()
        hidden = inner["linear1"].shape(x)
        if is_module(self.activation) and not open_value(self.activation):
            hidden = call(self.activation, hidden)
        elif self.activation is None or (isinstance(self.activation, PLAIN) and not isinstance(self.activation, str)):
            raise ShapeMismatch(f"`activation` must be callable, got {shown(self.activation)}", error="TypeError")
        if isinstance(hidden, Shape):
            inner["linear2"].shape(hidden)

    def _feed_macs(self, x: Any) -> Any:
        return 2 * x.numel * self.dim_feedforward


    def _feed_calls(self, x: Any) -> Iterator[Inner]:
        """The norms, the two linear maps and an activation that is a module."""
        inner = self.children()
        hidden = Inner.of(inner["linear1"], x)
        yield hidden
        if "activation" in inner:
            yield Inner.of(inner["activation"], hidden.output)
        yield Inner.of(inner["linear2"], hidden.output)
        for name, layer in inner.items():
            if name.startswith("norm"):
                yield Inner.of(layer, x)


class TransformerEncoderLayer(Block):
    """Self-attention and a feed-forward network, each with dropout, a residual and a layer norm. The shape stays."""

    NAMES = ("torch.nn.TransformerEncoderLayer",)
    KIND = "transformer"

    EXAMPLES = (
        Example("TransformerEncoderLayer(d_model=512, nhead=8)", params=3_152_384, input=(2, 1, 512), output=(2, 1, 512), macs=6_295_552),
        Rejects("TransformerEncoderLayer(16, 3)", says="divisible"),
        Rejects("TransformerEncoderLayer(16, 4, activation='tanh')", says="relu"),
    )

    def shape(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = False) -> Any:
        if isinstance(src, Unknown):
            return src
        attention = self.children()["self_attn"]
        attention.shape(src, src, src, attn_mask=src_mask, key_padding_mask=src_key_padding_mask, need_weights=False, is_causal=is_causal)
        self._feed(src)
        return src

    def macs(self, src: Any, y: Any) -> Any:
        return src if isinstance(src, Unknown) else self.children()["self_attn"].macs(src, src, src, y) + self._feed_macs(src)

    def calls(self, src: Any) -> Iterator[Inner]:
        yield Inner.of(self.children()["self_attn"], src, src, src, need_weights=False)
        yield from self._feed_calls(src)


class TransformerDecoderLayer(Block):
    """As the encoder's layer, with an attention to the encoder's output (``memory``) in between. The shape of ``tgt`` stays."""

    NAMES = ("torch.nn.TransformerDecoderLayer",)
    KIND = "transformer"
    ATTENTIONS = ("self_attn", "multihead_attn")

    EXAMPLES = (
        Example("TransformerDecoderLayer(16, 4, 64)", params=4_400, input=[(5, 2, 16), (7, 2, 16)], output=(5, 2, 16)),
        Rejects("TransformerDecoderLayer(16, 4)", input=[(5, 2, 16), (7, 2, 15)], says="features"),
    )

    def shape(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
              memory_key_padding_mask: Any = None, tgt_is_causal: Any = False, memory_is_causal: Any = False) -> Any:
        if isinstance(tgt, Unknown):
            return tgt
        inner = self.children()
        inner["self_attn"].shape(tgt, tgt, tgt, attn_mask=tgt_mask, key_padding_mask=tgt_key_padding_mask, need_weights=False,
                                 is_causal=tgt_is_causal)
        inner["multihead_attn"].shape(tgt, memory, memory, attn_mask=memory_mask, key_padding_mask=memory_key_padding_mask,
                                      need_weights=False, is_causal=memory_is_causal)
        self._feed(tgt)
        return tgt

    def macs(self, tgt: Any, memory: Any, y: Any) -> Any:
        if isinstance(tgt, Unknown) or isinstance(memory, Unknown):
            return tgt if isinstance(tgt, Unknown) else memory
        inner = self.children()
        attention = inner["self_attn"].macs(tgt, tgt, tgt, y) + inner["multihead_attn"].macs(tgt, memory, memory, y)
        return attention + self._feed_macs(tgt)

    def calls(self, tgt: Any, memory: Any) -> Iterator[Inner]:
        inner = self.children()
        yield Inner.of(inner["self_attn"], tgt, tgt, tgt, need_weights=False)
        yield Inner.of(inner["multihead_attn"], tgt, memory, memory, need_weights=False)
        yield from self._feed_calls(tgt)
