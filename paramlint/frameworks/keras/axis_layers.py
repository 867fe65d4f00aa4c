"""The layers of einops for Keras.

Source: the documentation of einops 0.8.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape
from paramlint.frameworks.axis_patterns import Mixing, Rearranging, Reducing
from paramlint.schema.example import Example
from paramlint.schema.weights import Weights


class _Options:
    """What Keras's machinery asks of every layer."""

    trainable: ClassVar[bool] = True
    dtype: ClassVar[None] = None
    name: ClassVar[None] = None


class Rearrange(_Options, Rearranging):
    """Axes split, joined and put in another order."""

    NAMES = ("einops.layers.keras.Rearrange", "einops.layers.tensorflow.Rearrange")
    EXAMPLES = (Example("Rearrange('b h w c -> b (h w) c')", params=0, input=(2, 4, 6, 3), output=(2, 24, 3)),)


class Reduce(_Options, Reducing):
    """Axes reduced, after they are rearranged."""

    NAMES = ("einops.layers.keras.Reduce", "einops.layers.tensorflow.Reduce")
    EXAMPLES = (Example("Reduce('b h w c -> b c', 'mean')", params=0, input=(2, 4, 6, 3), output=(2, 3)),)


class EinMix(_Options, Mixing):
    """A product with a weight whose axes are named; the weight is made on the first call."""

    NAMES = ("einops.layers.keras.EinMix", "einops.layers.tensorflow.EinMix")
    EXAMPLES = (Example("EinMix('b t i -> b t o', 'i o', bias_shape='o', i=3, o=4)", params=16, input=(2, 5, 3), output=(2, 5, 4), macs=120),)

    def weights(self, input: Any) -> Weights:
        self.shape(input if isinstance(input, Shape) else Shape(input))
        return super().weights()
