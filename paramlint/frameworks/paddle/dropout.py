"""Dropout layers of paddle.nn: they keep the shape.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import ClassVar

from paramlint.core.shapes import Shape
from paramlint.frameworks.paddle.common import PLAIN, unfit
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown
from paramlint.schema.layer import Layer


class _Dropout(Layer):
    """Sets elements to zero with probability ``p`` in training. ``RANK`` is the number of axes an input must have, if it matters."""

    KIND = "dropout"
    RANK: ClassVar[int | None] = None

    p: Number = 0.5

    def shape(self, input: Shape) -> Shape:
        if self.RANK is not None:
            input.expect_rank(self.RANK)
        number = isinstance(self.p, int | float) or open_value(self.p) or not isinstance(self.p, PLAIN)
        unfit(not number or (isinstance(self.p, int | float) and not 0 <= self.p <= 1), f"`p` must be from 0 to 1, got {shown(self.p)}")
        return input


class Dropout(_Dropout):
    """Sets single elements to zero, or whole axes together."""

    NAMES = ("paddle.nn.Dropout",)
    inplace: Flag = False
    axis: Value = None
    mode: Text = "upscale_in_train"
    name: Text = None
    EXAMPLES = (Example("Dropout(0.2)", params=0, input=(2, 3, 8), output=(2, 3, 8)), Rejects("Dropout(1.5)", input=(2, 3), says="`p`"))


class Dropout2D(_Dropout):
    """Sets whole channels of (batch, channels, height, width) to zero."""

    NAMES = ("paddle.nn.Dropout2D",)
    RANK = 4
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("Dropout2D(0.2)", params=0, input=(2, 3, 8, 8), output=(2, 3, 8, 8)),
                Rejects("Dropout2D()", input=(2, 3), says="4 dimensions"))


class Dropout3D(_Dropout):
    """Sets whole channels of (batch, channels, depth, height, width) to zero."""

    NAMES = ("paddle.nn.Dropout3D",)
    RANK = 5
    data_format: Text = "NCDHW"
    name: Text = None
    EXAMPLES = (Example("Dropout3D(0.2)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 8, 8, 8)),)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance (for SELU)."""

    NAMES = ("paddle.nn.AlphaDropout",)
    name: Text = None
    EXAMPLES = (Example("AlphaDropout()", params=0, input=(2, 6, 4), output=(2, 6, 4)),)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    NAMES = ("paddle.nn.FeatureAlphaDropout",)
    name: Text = None
    EXAMPLES = (Example("FeatureAlphaDropout()", params=0, input=(2, 6, 4), output=(2, 6, 4)),)
