"""The layers of einops for torch.

Source: the documentation of einops 0.8.
"""

from __future__ import annotations

from paramlint.frameworks.axis_patterns import Mixing, Rearranging, Reducing
from paramlint.schema.example import Example, Rejects


class Rearrange(Rearranging):
    """Axes split, joined and put in another order."""

    NAMES = ("einops.layers.torch.Rearrange",)
    EXAMPLES = (Example("Rearrange('b c (h p) (w q) -> b (h w) (p q c)', p=4, q=4)", params=0, input=(2, 3, 16, 32), output=(2, 32, 48)),
                Rejects("Rearrange('b c -> b')", says="only on the left side"))


class Reduce(Reducing):
    """Axes reduced, after they are rearranged."""

    NAMES = ("einops.layers.torch.Reduce",)
    EXAMPLES = (Example("Reduce('b c (h h2) (w w2) -> b c h w', 'max', h2=2, w2=2)", params=0, input=(2, 3, 8, 6), output=(2, 3, 4, 3)),)


class EinMix(Mixing):
    """A product with a weight whose axes are named."""

    NAMES = ("einops.layers.torch.EinMix",)
    EXAMPLES = (Example("EinMix('b t i -> b t o', 'i o', bias_shape='o', i=3, o=4)", params=16, input=(2, 5, 3), output=(2, 5, 4), macs=120),)
