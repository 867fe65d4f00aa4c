"""What ptflops counts with its aten backend."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size, product
from paramlint.core.unknown import Unknown
from paramlint.frameworks.conventions import recurrent
from paramlint.frameworks.conventions.attention import asks_weights, mask_elements, parts
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.frameworks.conventions.functions import function
from paramlint.frameworks.conventions.tensor_operations import with_addend

_PRODUCTS = frozenset({"matmul", "__matmul__", "mm", "bmm", "einsum"})


def _count(call: CallFacts) -> Size:
    """Matrix products and convolutions of torch's own operators, whoever calls them, with their bias."""
    if call.kind == "attention":
        return _attention(call) if call.module else 0  # the fused kernel is not seen
    if call.module and (call.title in recurrent.LAYERS or call.title in recurrent.CELLS):
        return _recurrent(call)
    if not call.module and call.name.last in _PRODUCTS:
        return call.macs
    if not call.module and call.name.last == "addmm":
        return with_addend(call, 1)
    return call.macs + call.has("bias") * call.y.numel if function(call) in ("conv", "conv_transpose", "linear") else 0


def _attention(call: CallFacts) -> Size:
    projections, products = parts(call)
    features: Any = getattr(call.entry, "embed_dim", None)
    biases = call.flag("bias") * features * sum(product(call.input(at)[:-1]) for at in (0, 0, 1, 2))  # query, output, key, value
    if not asks_weights(call):
        return projections + biases
    return projections + biases + (products if mask_elements(call) is None else products // 2)  # baddbmm is not known


def _recurrent(call: CallFacts) -> Size:
    """Every matrix and bias for each step; an LSTM without projection runs in one operator on the CPU, which is not known."""
    if call.title == "lstm" and not call.flag("proj_size"):
        return 0
    total: Size = 0
    for weight in call.weights.values():
        total = total + (weight.numel if weight.maybe is None else Unknown(weight.maybe))
    return total * recurrent.rows(call)


PTFLOPS_ATEN = Convention(
    name="ptflops=aten",
    unit="one multiply-accumulate, or the addition of a bias",
    doc="Convolutions, linear layers and matrix products with their bias, wherever they are called. Everything else, LSTM and fused attention "
        "count nothing.",
    source="ptflops 0.7.5, backend aten, torch 2.13 on the CPU",
    formula=_count,
)
