"""What ``torchinfo.summary`` prints as mult-adds."""

from __future__ import annotations

from paramlint.core.dims import Size, product
from paramlint.core.unknown import Unknown
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.schema.layer import Layer


def _count(call: CallFacts) -> Size:
    """Every parameter of a module without modules inside, by its name, times elements of the output."""
    if not call.module or not call.weights:
        return 0
    if isinstance(call.entry, Layer) and call.entry.children():
        return 0  # a module with others inside counts nothing itself: so does nn.MultiheadAttention
    total: Size = 0
    for name, weight in call.weights.items():
        numel = weight.numel if weight.maybe is None else Unknown(weight.maybe)
        total = total + numel * _uses(call, name)
    return total


def _uses(call: CallFacts, name: str) -> Size:
    y = call.y
    if name in ("weight", "bias"):
        if "Conv" in call.type:  # the name of the class as it is written; transposed convolutions count output elements, so too much
            return product((*y[:1], *y[2:]))
        # Only the first axis, whatever comes after: a linear layer over a sequence counts as if it were one element, which makes
        # vision transformers a hundred times too cheap; an embedding counts its whole table for each sample.
        return y[0]
    if "weight" in name or "bias" in name:
        return product(y[:2])  # meant for recurrent layers, for which it is right (first two axes: batch and length)
    return 0  # parameters of other names count nothing


TORCHINFO = Convention(
    name="torchinfo",
    unit="one mult-add",
    doc="The parameters called weight and bias of every module without modules inside, times the positions of the output for "
        "convolutions, times its first axis for all others (so linear layers over sequences count too little), times the first two axes "
        "for recurrent layers. Functions, operators and nn.MultiheadAttention count nothing.",
    source="torchinfo 1.8.0",
    formula=_count,
    frameworks=("torch", "keras", "paddle"),
)
