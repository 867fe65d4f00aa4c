"""The exact number, counted as multiply-accumulates or as floating-point operations."""

from __future__ import annotations

from paramlint.frameworks.conventions.base import Convention

MACS = Convention(
    name="macs",
    unit="one multiply-accumulate",
    doc="The multiply-accumulates of convolutions, matrix products and attention, exact, however they are written: as a layer, a function "
        "or an operator. Biases, normalisations, activations and pooling count nothing.",
    source="the definition of the operations",
    formula=lambda call: call.macs,
    frameworks=("torch", "keras", "paddle"),
    whole=True,
)

# torch.utils.flop_counter.FlopCounterMode counts the same, but of what runs: on the CPU it misses LSTM (a fused operator) and attention
# in evaluation mode (a fused kernel, and nn.MultiheadAttention altogether); those are not imitated.
FLOPS = Convention(
    name="flops",
    unit="one multiplication or one addition",
    doc="Twice the multiply-accumulates of convolutions, matrix products and attention; what torch's FlopCounterMode counts where it "
        "sees the operation.",
    source="the definition of the operations; torch.utils.flop_counter, torch 2.13",
    formula=lambda call: 2 * call.macs,
    frameworks=("torch", "keras", "paddle"),
    per_mac=2,
    whole=True,
)
