"""Transformers of torch.nn: stacks of layers.

Source: the documentation of torch.nn, torch 2.13; Vaswani et al., "Attention is all you need" (2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.group_normalisation import LayerNorm
from paramlint.frameworks.torch.submodules import PLAIN, call, clone, is_module
from paramlint.frameworks.torch.transformer_layers import Block, TransformerDecoderLayer, TransformerEncoderLayer
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Value, open_value, shown, truth
from paramlint.schema.layer import Inner, Layer
from paramlint.schema.weights import Weight, Weights, inner_weights

_MOST_LAYERS = 1_000  # more are counted together, not built one by one


class _Stack(Layer):
    """``num_layers`` copies of a layer, and a norm after them."""

    if TYPE_CHECKING:  # fields that both stacks declare in their own order
        num_layers: Any
        norm: Any

    def _stack(self, layer: Any, field: str) -> None:
        some = certainly(lambda: self.num_layers > 0)
        if some and isinstance(layer, (*PLAIN, type)):
            raise Refused(f"`{field}` must be a module, got {shown(layer)}", field=field, help="build the layer first", error="TypeError")
        self.template = layer
        countable = isinstance(self.num_layers, int) and self.num_layers <= _MOST_LAYERS
        self.layers = tuple(clone(layer) for _ in range(self.num_layers)) if countable else None

    def children(self) -> Mapping[str, Any]:
        found = {f"layers.{k}": layer for k, layer in enumerate(self.layers or ())}
        return {**found, "norm": self.norm} if is_module(self.norm) else found

    def weights(self) -> Weights:
        found = inner_weights(self.children())
        if self.layers is None:  # one weight stands for that of every layer
            every = inner_weights({"layers.*": self.template})
            found = {**{name: self._times(weight) for name, weight in every.items()}, **found}
        return Weights(found)

    def _times(self, weight: Weight) -> Weight:
        return weight if isinstance(weight.shape, Unknown) else replace(weight, shape=(self.num_layers, *weight.shape))

    def _through(self, x: Any, *inputs: Any, **options: Any) -> Any:
        """The shape after all layers and the norm."""
        unfit(lambda: self.num_layers <= 0, "there are no layers to call", error="IndexError")
        if isinstance(self.template, Layer) and not hasattr(self.template, "self_attn"):
            raise ShapeMismatch(f"a {type(self.template).__name__} has no `self_attn`", error="AttributeError")
        for layer in self.layers or (self.template,):
            before, x = x, call(layer, x, *inputs, **options)
            if x is before:  # all are alike: what one leaves as it is, all do
                break
        return x if self.norm is None or open_value(self.norm) or isinstance(x, Unknown) else call(self.norm, x)

    def _macs(self, *inputs: Any) -> Any:
        if not isinstance(self.template, Block):
            return Unknown.because(Why.UNSUPPORTED, "the cost of a layer that is not known")
        return self.num_layers * self.template.macs(*inputs)


    def _calls(self, x: Any, *others: Any) -> Iterator[Inner]:
        yield Inner.of(self.template, x, *others, times=self.num_layers)
        if self.norm is not None:
            yield Inner.of(self.norm, x)


class TransformerEncoder(_Stack):
    """``num_layers`` copies of ``encoder_layer``, then ``norm``."""

    NAMES = ("torch.nn.TransformerEncoder",)
    KIND = "transformer"

    encoder_layer: Value
    num_layers: Size
    norm: Value = None
    enable_nested_tensor: Flag = True
    mask_check: Flag = True

    EXAMPLES = (
        Example("TransformerEncoder(TransformerEncoderLayer(16, 4, 32), 2)", params=4_448, input=(5, 2, 16), output=(5, 2, 16)),
        Rejects("TransformerEncoder(TransformerEncoderLayer(16, 4, 32))", says="num_layers"),
        Rejects("TransformerEncoder(TransformerEncoderLayer(16, 4, 32), 0)", input=(5, 2, 16), says="no layers"),
    )

    def check(self) -> None:
        self._stack(self.encoder_layer, "encoder_layer")

    def shape(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = None) -> Any:
        if isinstance(src, Unknown):
            return src
        causal = False if is_causal is None else is_causal  # None: found out from the mask, which then has the right shape
        return self._through(src, src_mask=mask, is_causal=causal, src_key_padding_mask=src_key_padding_mask)

    def macs(self, src: Any, y: Any) -> Any:
        return self._macs(src, y)

    def calls(self, src: Any) -> Iterator[Inner]:
        return self._calls(src)


class TransformerDecoder(_Stack):
    """``num_layers`` copies of ``decoder_layer``, then ``norm``. Every copy attends to ``memory``."""

    NAMES = ("torch.nn.TransformerDecoder",)
    KIND = "transformer"

    decoder_layer: Value
    num_layers: Size
    norm: Value = None

    EXAMPLES = (
        Example("TransformerDecoder(TransformerDecoderLayer(16, 4, 32), 2, norm=LayerNorm(16))", params=6_720,
                input=[(5, 2, 16), (7, 2, 16)], output=(5, 2, 16)),
    )

    def check(self) -> None:
        self._stack(self.decoder_layer, "decoder_layer")

    def shape(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
              memory_key_padding_mask: Any = None, tgt_is_causal: Any = None, memory_is_causal: Any = False) -> Any:
        if isinstance(tgt, Unknown):
            return tgt
        causal = False if tgt_is_causal is None else tgt_is_causal
        return self._through(tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                             memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=causal, memory_is_causal=memory_is_causal)

    def macs(self, tgt: Any, memory: Any, y: Any) -> Any:
        return self._macs(tgt, memory, y)

    def calls(self, tgt: Any, memory: Any) -> Iterator[Inner]:
        return self._calls(tgt, memory)


class Transformer(Layer):
    """An encoder over ``src`` and a decoder over ``tgt``, each with a norm at the end. Gives the shape of ``tgt``."""

    NAMES = ("torch.nn.Transformer",)
    KIND = "transformer"

    d_model: Size = 512
    nhead: Value = 8
    num_encoder_layers: Size = 6
    num_decoder_layers: Size = 6
    dim_feedforward: Size = 2048
    dropout: Number = 0.1
    activation: Value = "relu"
    custom_encoder: Value = None
    custom_decoder: Value = None
    layer_norm_eps: Number = 1e-05
    batch_first: Flag = False
    norm_first: Flag = False
    bias: Flag = True
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("Transformer()", params=44_140_544),
        Example("Transformer(16, 4, 2, 2, 32)", params=11_200, input=[(5, 2, 16), (7, 2, 16)], output=(7, 2, 16)),
        Rejects("Transformer(16, 3)", says="divisible"),
        Rejects("Transformer(16, 2, 1, 1, 32)", input=[(5, 2, 16), (7, 2, 15)], says="d_model"),
    )

    def check(self) -> None:
        self.encoder, self.decoder = self.custom_encoder, self.custom_decoder
        if self.custom_encoder is None:
            self.encoder = TransformerEncoder.build((self._layer(TransformerEncoderLayer), self.num_encoder_layers, self._norm()))
        if self.custom_decoder is None:
            self.decoder = TransformerDecoder.build((self._layer(TransformerDecoderLayer), self.num_decoder_layers, self._norm()))

    def _layer(self, kind: type[Block]) -> Block:
        return kind.build((self.d_model, self.nhead, self.dim_feedforward, self.dropout, self.activation, self.layer_norm_eps,
                           self.batch_first, self.norm_first, self.bias))

    def _norm(self) -> LayerNorm:
        return LayerNorm.build((self.d_model,), {"eps": self.layer_norm_eps, "bias": self.bias})

    def children(self) -> Mapping[str, Any]:
        return {name: part for name, part in (("encoder", self.encoder), ("decoder", self.decoder)) if is_module(part)}

    def shape(self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
              src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None,
              src_is_causal: Any = None, tgt_is_causal: Any = None, memory_is_causal: Any = False) -> Any:
        if isinstance(src, Unknown) or isinstance(tgt, Unknown):
            return tgt
        self._check_inputs(src, tgt)
        memory = call(self.encoder, src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        if isinstance(memory, Unknown):
            return Unknown(memory.reason)
        return call(self.decoder, tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                    memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal)

    def _check_inputs(self, src: Shape, tgt: Shape) -> None:
        unfit(src.rank < 2 or tgt.rank < 2, f"`src` and `tgt` need 2 or 3 dimensions: {src.text}, {tgt.text}")
        first = truth(self.batch_first)
        if src.rank == 3 and first is not None:
            at = 0 if first else 1
            unfit(differs(src[at], tgt[at]), f"`src` {src.text} and `tgt` {tgt.text} have different batch sizes")
        for name, given in (("src", src), ("tgt", tgt)):
            unfit(differs(given[-1], self.d_model), f"`{name}` has {given[-1]} features, but `d_model` is {self.d_model}: {given.text}")

    def macs(self, src: Any, tgt: Any, y: Any) -> Any:
        if not isinstance(self.encoder, TransformerEncoder) or not isinstance(self.decoder, TransformerDecoder):
            return Unknown.because(Why.UNSUPPORTED, "the cost of a module that is not known")
        return self.encoder.macs(src, src) + self.decoder.macs(tgt, src, y)

    def calls(self, src: Any, tgt: Any) -> Iterator[Inner]:
        memory = Inner.of(self.encoder, src)
        yield memory
        yield Inner.of(self.decoder, tgt, memory.output)
