"""Stacks of transformer layers of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, Real
from paramlint.frameworks.paddle.normalisation import LayerNorm
from paramlint.frameworks.paddle.transformer import Block, TransformerDecoderLayer, TransformerEncoderLayer, positive_sizes
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown
from paramlint.schema.layer import Inner, Layer

_MOST_LAYERS = 1_000  # more are not made one by one


def another(module: Any) -> Any:
    """A layer made with the same arguments, with weights of its own."""
    if isinstance(module, Unknown):
        return module
    twin = copy.copy(module)
    if twin.origin is not None:
        twin.origin = twin.origin._replace(becomes="again", arguments=Block.KEEPS_ARGUMENTS)
    return twin


def run(module: Any, *inputs: Any) -> Any:
    """The output shape of a module; Unknown for one that says none."""
    if isinstance(module, PLAIN):
        raise ShapeMismatch(f"{shown(module)} is called where a layer is needed")
    shape = getattr(module, "shape", None)
    if isinstance(module, Unknown | type) or not callable(shape):
        return Unknown.because(Why.UNSUPPORTED, "the output of a module that is not known")
    return shape(*inputs)


def cost(module: Any, *inputs: Any) -> Count:
    if isinstance(module, Layer):
        return module.macs(*inputs)
    macs = getattr(module, "macs", None)
    return macs(*inputs) if callable(macs) else Unknown.because(Why.UNSUPPORTED, "the cost of a module that is not known")


class _Stack(Layer):
    """What encoder and decoder share: copies of a layer, one after the other, and a normalisation."""

    KIND = "transformer"

    if TYPE_CHECKING:
        num_layers: Any
        norm: Any

    def _first(self) -> Any:
        raise NotImplementedError

    def check(self) -> None:
        first = self._first()
        if isinstance(self.num_layers, int) and self.num_layers < 1:
            return
        copied = open_value(self.num_layers) or self.num_layers > 1
        if first is None and not copied:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a stack of no layer"))
        require(not isinstance(first, PLAIN) and (isinstance(first, Block) or not isinstance(first, Layer) or not copied),
                f"a {type(first).__name__} cannot be copied into a stack: it must be a transformer layer", error="AttributeError")
        require(lambda: not isinstance(first, PLAIN), "a stack needs a layer", error="ValueError")

    def layers(self) -> Mapping[str, Any] | Unknown:
        """The layers by name, or why they are not known."""
        count = self.num_layers
        if not isinstance(count, int):
            return count if isinstance(count, Unknown) else Unknown.because(Why.ARGUMENT, f"{count} layers")
        if count > _MOST_LAYERS:
            return Unknown.because(Why.LIMIT, f"more than {_MOST_LAYERS} layers")
        first = self._first()
        return {f"layers.{i}": first if i == 0 else another(first) for i in range(count)}

    def children(self) -> Mapping[str, Any]:
        layers = self.layers()
        found: dict[str, Any] = {"layers": layers} if isinstance(layers, Unknown) else dict(layers)
        return found if self.norm is None else {**found, "norm": self.norm}

    def _shape(self, x: Any, *others: Any) -> Any:
        layers = self.layers()
        if isinstance(layers, Unknown):
            x = run(self._first(), x, *others)
        else:
            for layer in layers.values():
                x = run(layer, x, *others)
                if isinstance(x, Unknown):
                    return x
        return x if self.norm is None or isinstance(x, Unknown) else run(self.norm, x)

    def _macs(self, *inputs: Any) -> Count:
        return self.num_layers * cost(self._first(), *inputs)


    def _calls(self, x: Any, *others: Any) -> Iterator[Inner]:
        yield Inner.of(self._first(), x, *others, times=self.num_layers)
        if self.norm is not None:
            yield Inner.of(self.norm, x)


class TransformerEncoder(_Stack):
    """A stack of encoder layers."""

    NAMES = ("paddle.nn.TransformerEncoder",)
    encoder_layer: Value
    num_layers: Size
    norm: Value = None
    EXAMPLES = (Example("TransformerEncoder(TransformerEncoderLayer(16, 4, 32), 2)", params=4448, input=(2, 5, 16), output=(2, 5, 16)),)

    def _first(self) -> Any:
        return self.encoder_layer

    def shape(self, src: Shape, src_mask: Any = None, cache: Any = None) -> Any:
        return Unknown.because(Why.UNSUPPORTED, "attention with a cache") if cache is not None else self._shape(src, src_mask)

    def macs(self, src: Shape, y: Any) -> Count:
        return self._macs(src, y)

    def calls(self, src: Shape) -> Iterator[Inner]:
        return self._calls(src)


class TransformerDecoder(_Stack):
    """A stack of decoder layers."""

    NAMES = ("paddle.nn.TransformerDecoder",)
    decoder_layer: Value
    num_layers: Size
    norm: Value = None
    EXAMPLES = (
        Example("TransformerDecoder(TransformerDecoderLayer(16, 4, 32), 2)", params=6688, input=[(2, 5, 16), (2, 7, 16)],
                output=(2, 5, 16)),
    )

    def _first(self) -> Any:
        return self.decoder_layer

    def shape(self, tgt: Shape, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, cache: Any = None) -> Any:
        if cache is not None:
            return Unknown.because(Why.UNSUPPORTED, "attention with a cache")
        return self._shape(tgt, memory, tgt_mask, memory_mask)

    def macs(self, tgt: Shape, memory: Any, y: Any) -> Count:
        return self._macs(tgt, memory, y)

    def calls(self, tgt: Shape, memory: Any) -> Iterator[Inner]:
        return self._calls(tgt, memory)


class Transformer(Layer):
    """Encoder and decoder."""

    NAMES = ("paddle.nn.Transformer",)
    KIND = "transformer"

    d_model: Size = 512
    nhead: Real = 8
    num_encoder_layers: Size = 6
    num_decoder_layers: Size = 6
    dim_feedforward: Size = 2048
    dropout: Number = 0.1
    activation: Text = "relu"
    attn_dropout: Number = None
    act_dropout: Number = None
    normalize_before: Flag = False
    weight_attr: Value = None
    bias_attr: Value = None
    custom_encoder: Value = None
    custom_decoder: Value = None

    EXAMPLES = (
        Example("Transformer()", params=44_140_544),
        Example("Transformer(16, 4, 1, 1, 32, bias_attr=False)", params=5344, input=[(2, 5, 16), (2, 7, 16)], output=(2, 7, 16)),
        Rejects("Transformer(16, 4, 1, 1, 32, bias_attr=[None, None, None, None])", says="1, 2 or 3"),
    )

    def check(self) -> None:
        positive_sizes(self)
        self.children()

    def _split(self, name: str) -> tuple[Any, Any]:
        """An attribute for the encoder's two parts and for the decoder's three."""
        given = getattr(self, name)
        if not isinstance(given, list | tuple):
            return given, given
        if len(given) not in (1, 2, 3):
            raise Refused(f"`{name}` must have 1, 2 or 3 attributes when it is a list, got {len(given)}", field=name, error="AssertionError")
        first, last = given[0], given[-1]
        return [first, last], [first, given[1] if len(given) == 3 else first, last]

    def children(self) -> Mapping[str, Any]:
        (weight_encoder, weight_decoder), (bias_encoder, bias_decoder) = self._split("weight_attr"), self._split("bias_attr")
        shared = (self.d_model, self.nhead, self.dim_feedforward, self.dropout, self.activation, self.attn_dropout, self.act_dropout,
                  self.normalize_before)
        encoder, decoder = self.custom_encoder, self.custom_decoder
        if encoder is None:
            layer: Layer = TransformerEncoderLayer.build((*shared, weight_encoder, bias_encoder))
            encoder = TransformerEncoder.build((layer, self.num_encoder_layers, LayerNorm.build((self.d_model,))))
        if decoder is None:
            layer = TransformerDecoderLayer.build((*shared, weight_decoder, bias_decoder))
            decoder = TransformerDecoder.build((layer, self.num_decoder_layers, LayerNorm.build((self.d_model,))))
        return {"encoder": encoder, "decoder": decoder}

    def shape(self, src: Shape, tgt: Shape, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None) -> Any:
        inner = self.children()
        memory = run(inner["encoder"], src, src_mask)
        return memory if isinstance(memory, Unknown) else run(inner["decoder"], tgt, memory, tgt_mask, memory_mask)

    def macs(self, src: Shape, tgt: Shape, y: Any) -> Count:
        inner = self.children()
        return cost(inner["encoder"], src, src) + cost(inner["decoder"], tgt, src, y)

    def calls(self, src: Shape, tgt: Shape) -> Iterator[Inner]:
        inner = self.children()
        memory = Inner.of(inner["encoder"], src)
        yield memory
        yield Inner.of(inner["decoder"], tgt, memory.output)
