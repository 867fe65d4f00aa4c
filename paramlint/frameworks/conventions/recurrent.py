"""What the tools for torch make of recurrent layers."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.schema.fields import truth

LAYERS = frozenset({"rnn", "lstm", "gru"})
CELLS = frozenset({"rnncell", "lstmcell", "grucell"})


def rows(call: CallFacts) -> Size:
    """How often a step runs: batch and length, whichever comes first. An input without batch counts its features, as the tools do."""
    return call.x[0] if call.title in CELLS else call.x[0] * call.x[1]


def directions(call: CallFacts) -> Size:
    both = truth(getattr(call.entry, "bidirectional", False))
    return Unknown.because(Why.ARGUMENT, "`bidirectional` is not known") if both is None else 1 + both


def by_weights(call: CallFacts, doubled: bool) -> Size:
    """What ptflops and calflops count: the forward direction's matrices and biases by their elements, twice if there are two directions.

    With ``doubled`` a product of ``n`` terms costs ``2n - 1``, else ``n``. Element-wise work is 1 a hidden unit for RNN, 7 for GRU and 10
    for LSTM. A projection (``proj_size``) makes ``weight_hh`` smaller and costs nothing itself.
    """
    hidden: Any = getattr(call.entry, "hidden_size", None)
    extra = {"rnn": 1, "gru": 7, "lstm": 10}[call.title.removesuffix("cell")]
    total: Size = 0
    for name, weight in call.weights.items():
        if name.endswith("_reverse") or name.startswith("weight_hr"):
            continue
        if weight.maybe is not None:
            return Unknown(weight.maybe)
        if name.startswith("bias"):
            total = total + weight.numel
        elif name.startswith("weight"):
            total = total + (2 * weight.numel - weight.shape[0] if doubled else weight.numel)
    layers = getattr(call.entry, "num_layers", 1)
    return (total + layers * extra * hidden) * rows(call) * directions(call)
