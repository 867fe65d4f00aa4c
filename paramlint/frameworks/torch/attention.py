"""Multi-head attention of torch.nn.

Source: the documentation of torch.nn.MultiheadAttention, torch 2.13; Vaswani et al., "Attention is all you need" (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.frameworks.torch.linear import NonDynamicallyQuantizableLinear
from paramlint.frameworks.torch.submodules import comparable
from paramlint.schema.conditions import certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Value, truth, whole
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, inner_weights, optional


class MultiheadAttention(Layer):
    """Attention of ``num_heads`` heads over ``embed_dim`` features.

    Query (length, batch, embed_dim), key and value (source, batch, kdim or vdim); with ``batch_first`` the batch comes first; without
    batch axis two dimensions each. Gives the output, shaped as the query, and the weights (batch, length, source), those of every head
    apart if ``average_attn_weights`` is False, None if ``need_weights`` is. Where keys, values and queries have the same size one matrix
    ``in_proj_weight`` holds all three projections.
    """

    NAMES = ("torch.nn.MultiheadAttention",)
    KIND = "attention"
    ATTRIBUTES = ("head_dim",)

    embed_dim: Size
    num_heads: Value
    dropout: Number = 0.0
    bias: Flag = True
    add_bias_kv: Flag = False
    add_zero_attn: Flag = False
    kdim: Value = None
    vdim: Value = None
    batch_first: Flag = False
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("MultiheadAttention(16, 4, batch_first=True)", params=1_088, input=[(2, 5, 16), (2, 7, 16), (2, 7, 16)],
                output=((2, 5, 16), (2, 5, 7)), macs=14_528),
        Example("MultiheadAttention(16, 4, kdim=8, vdim=12, bias=False)", params=832),
        Rejects("MultiheadAttention(16, 3)", says="divisible"),
        Rejects("MultiheadAttention(16, 0)", says="greater than 0"),
        Rejects("MultiheadAttention(16, 4)", input=[(5, 2, 16), (5, 3, 16), (5, 3, 16)], says="batch"),
    )

    def check(self) -> None:
        given = {"kdim": self.kdim, "vdim": self.vdim}
        for name, size in given.items():
            same = size is None or certainly(lambda size=size: size == self.embed_dim)
            setattr(self, name, self.embed_dim if same else whole(name, size))
        self.head_dim = self._per_head()
        self._check_heads()
        self.out_proj = NonDynamicallyQuantizableLinear.build((self.embed_dim, self.embed_dim, self.bias))
        if truth(self._same_sizes) is False:
            for name, size in given.items():
                if size is not None:
                    allocatable((self.embed_dim, whole(name, size)), name)

    def _check_heads(self) -> None:
        embed, heads = self.embed_dim, self.num_heads
        require(lambda: embed > 0, f"`embed_dim` must be greater than 0, got {embed}", field="embed_dim")
        if comparable("num_heads", heads):
            require(lambda: heads > 0, f"`num_heads` must be greater than 0, got {heads}", field="num_heads")
            way_out = f"use a number of heads that divides {embed}" if isinstance(embed, int) else ""
            require(lambda: heads * self.head_dim == embed, f"`embed_dim` ({embed}) must be divisible by `num_heads` ({heads})",
                    field="num_heads", help=way_out, error="AssertionError")

    def _per_head(self) -> Any:
        number = isinstance(self.num_heads, int | float | Formula | Unknown)
        if not number or certainly(lambda: self.num_heads == 0):
            return Unknown.because(Why.ARGUMENT, "`num_heads` is not known")
        if isinstance(self.num_heads, float) and not isinstance(self.embed_dim, int):
            return self.embed_dim // int(self.num_heads) if self.num_heads.is_integer() else self.embed_dim
        return self.embed_dim // self.num_heads

    @property
    def _same_sizes(self) -> Any:
        """Whether one matrix holds all projections; an Unknown where that is not known."""
        parts = [size == self.embed_dim for size in (self.kdim, self.vdim)]
        if any(truth(part) is False for part in parts):
            return False
        return next((part for part in parts if truth(part) is None), True)

    @property
    def _qkv_same_embed_dim(self) -> Any:
        return self._same_sizes

    def children(self) -> Mapping[str, Any]:
        return {"out_proj": self.out_proj}

    def weights(self) -> Weights:
        e = self.embed_dim
        if truth(self._same_sizes):
            projections: dict[str, Any] = {"in_proj_weight": (3 * e, e)}
        elif truth(self._same_sizes) is False:
            projections = {"q_proj_weight": (e, e), "k_proj_weight": (e, self.kdim), "v_proj_weight": (e, self.vdim)}
        else:  # one matrix or three, but as many elements
            projections = {"in_proj_weight": Weight((e, e + self.kdim + self.vdim))}
        return Weights({
            **projections,
            "in_proj_bias": optional(self.bias, (3 * e,)),
            "bias_k": optional(self.add_bias_kv, (1, 1, e)),
            "bias_v": optional(self.add_bias_kv, (1, 1, e)),
            **inner_weights(self.children()),
        })

    # When called -------------------------------------------------------------------------------------------------

    def shape(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: Any = True, attn_mask: Any = None,
              average_attn_weights: Any = True, is_causal: Any = False) -> Any:
        if any(isinstance(given, Unknown) for given in (query, key, value)):
            return query, self._if_needed(need_weights, Unknown.because(Why.INPUT, "the shape of the inputs is not known"))
        unfit(isinstance(self.num_heads, float), f"`num_heads` must be an integer, got {self.num_heads}")
        unfit(isinstance(self.dropout, int | float) and self.dropout > 1 and self.training, f"`dropout` is over 1: {self.dropout}")
        self._check_ranks(query, key, value)
        batched = query.rank == 3
        length, batch, _ = self._lengths(query, self.embed_dim, "query")
        source, key_batch, _ = self._lengths(key, self.kdim, "key")
        value_source, value_batch, _ = self._lengths(value, self.vdim, "value")
        unfit(differs(source, value_source) or differs(key_batch, value_batch),
              f"key {key.text} and value {value.text} do not go together", error="Exception")
        empty = not truth(self.add_bias_kv) and certainly(lambda: source == 0)  # then there is nothing that could not fit
        unfit(differs(batch, key_batch) and not empty, f"query {query.text} and key {key.text} have different batch sizes", error="Exception")
        unfit(is_causal is True and attn_mask is None, "`is_causal` needs an `attn_mask`")
        unused = truth(is_causal) is not False and key_padding_mask is None and truth(need_weights) is not True
        self._check_masks(key_padding_mask, attn_mask, (length, batch, source), batched=batched, used=not unused)
        attended = self._attended(source)
        heads = () if truth(average_attn_weights) else (self.num_heads,)
        weights = Shape(((batch,) if batched else ()) + heads + (length, attended))
        if truth(average_attn_weights) is None:
            return query, Unknown.because(Why.ARGUMENT, "`average_attn_weights` is not known")
        return query, self._if_needed(need_weights, weights)

    @staticmethod
    def _if_needed(need_weights: Any, weights: Any) -> Any:
        needed = truth(need_weights)
        return Unknown.because(Why.ARGUMENT, "`need_weights` is not known") if needed is None else weights if needed else None

    def _check_ranks(self, query: Shape, key: Shape, value: Shape) -> None:
        query.expect_rank(2, 3, error="AssertionError")
        if key.rank != query.rank or value.rank != query.rank:
            raise ShapeMismatch(f"query, key and value need the same number of dimensions: {query.text}, {key.text}, {value.text}",
                                error="AssertionError")

    def _lengths(self, given: Shape, features: Any, name: str) -> tuple[Any, Any, Any]:
        """(length, batch, features) of an input."""
        unfit(differs(given[-1], features), f"{name} has {given[-1]} features, not {features}: {given.text}",
              fits=given[-1] if isinstance(given[-1], int) else None, error="AssertionError" if name == "query" else "Exception")
        if given.rank == 2:
            return given[0], 1, given[1]
        first = truth(self.batch_first)
        if first is None:
            unknown = Unknown.because(Why.ARGUMENT, "`batch_first` is not known")
            return unknown, unknown, given[2]
        return (given[1], given[0], given[2]) if first else (given[0], given[1], given[2])

    def _check_masks(self, padding: Any, mask: Any, sizes: tuple[Any, Any, Any], *, batched: bool, used: bool) -> None:
        length, batch, source = sizes
        if isinstance(padding, Shape):
            wanted: tuple[Any, ...] = (batch, source) if batched else (source,)
            if len(padding) != len(wanted) or any(map(differs, padding, wanted)):
                raise ShapeMismatch(f"`key_padding_mask` has the shape {padding.text}, not {Shape(wanted).text}", error="Exception")
        if isinstance(mask, Shape):
            mask.expect_rank(2, 3, error="Exception")
            every = (batch * self.num_heads, length, source)
            wanted = (length, source) if mask.rank == 2 else every
            if (used or (not batched and mask.rank == 3)) and any(map(differs, mask, wanted)):
                raise ShapeMismatch(f"`attn_mask` has the shape {mask.text}, not {Shape(wanted).text}", error="Exception")

    def _attended(self, source: Any) -> Any:
        """Positions that are attended to: those of the key, a learned one and a zero one."""
        for extra in (self.add_bias_kv, self.add_zero_attn):
            more = truth(extra)
            source = Unknown.because(Why.ARGUMENT, "the attended length is not known") if more is None else source + int(more)
        return source

    def macs(self, query: Any, key: Any, value: Any, y: Any) -> Any:
        """Four projections, and two products of the length, the attended length and the features: weights, and their use."""
        for given in (query, key, value):
            if isinstance(given, Unknown):
                return given
        e = self.embed_dim
        length, batch, _ = self._lengths(query, e, "query")
        source, _, _ = self._lengths(key, self.kdim, "key")
        projections = 2 * query.numel * e + key.numel * e + value.numel * e
        return projections + 2 * batch * length * self._attended(source) * e
