"""Parts of nn.MultiheadAttention that tools see apart."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.schema.fields import truth


def asks_weights(call: CallFacts) -> bool:
    """Whether the call asks for the attention weights; if not, torch runs one fused kernel. Raises NeedsValue where that is not known."""
    asked = truth(call.option("need_weights", True))
    if asked is None:
        raise NeedsValue(Unknown.because(Why.ARGUMENT, "`need_weights` is not known"))
    return asked


def parts(call: CallFacts) -> tuple[Size, Size]:
    """Multiply-accumulates of the four projections, and of the two products."""
    features: Any = getattr(call.entry, "embed_dim", None)
    query, key, value = (call.input(at) for at in range(3))
    projections = features * (2 * query.numel + key.numel + value.numel)
    return projections, call.macs - projections


def scores(call: CallFacts) -> Size:
    """Elements of the attention weights of all heads: what softmax sees."""
    heads: Any = getattr(call.entry, "num_heads", 1)
    features: Any = getattr(call.entry, "embed_dim", None)
    return parts(call)[1] // (2 * features) * heads


def mask_elements(call: CallFacts) -> Size | None:
    """Elements of the mask that is added to the scores; None without one. A mask of padding is made as large as the scores."""
    mask, padding = call.option("attn_mask"), call.option("key_padding_mask")
    if padding is not None:
        return scores(call)
    if mask is None or isinstance(mask, Shape):
        return None if mask is None else mask.numel
    raise NeedsValue(mask if isinstance(mask, Unknown) else Unknown.because(Why.ARGUMENT, "`attn_mask` is not known"))
