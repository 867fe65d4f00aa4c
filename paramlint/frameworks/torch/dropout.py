"""Dropout layers of torch.nn: no weights, and the output has the shape of the input.

Source: the documentation of torch.nn, torch 2.13; Srivastava et al. (2014), Klambauer et al. (2017) for AlphaDropout.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import ShapeMismatch
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.submodules import comparable
from paramlint.schema.conditions import certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number
from paramlint.schema.layer import Layer


class _Dropout(Layer):
    KIND = "dropout"

    p: Number = 0.5
    inplace: Flag = False

    def check(self) -> None:
        if comparable("p", self.p):
            require(lambda: not (self.p < 0 or self.p > 1), f"a dropout probability is between 0 and 1, got {self.p}", field="p")

    def shape(self, input: Any) -> Any:
        return input

    def _needs_channels(self, input: Any, rank: int) -> None:
        """Whole channels can only be dropped where there are two dimensions; nothing is asked when nothing is dropped."""
        drops = isinstance(self.p, int | float) and self.p not in (0, 1) and certainly(lambda: self.training)
        if drops and not isinstance(input, Unknown) and rank < 2 and certainly(lambda: input.numel != 0):
            raise ShapeMismatch(f"{type(self).__name__} needs a channel dimension, got {input.text}")


class Dropout(_Dropout):
    """Zeroes elements with probability ``p`` in training."""

    NAMES = ("torch.nn.Dropout",)
    EXAMPLES = (Example("Dropout(0.3)", params=0, input=(2, 6, 4), output=(2, 6, 4)), Rejects("Dropout(1.2)", says="between 0 and 1"))


class Dropout1d(_Dropout):
    """Zeroes whole channels of (batch, channels, length), or of an input without batch axis."""

    NAMES = ("torch.nn.Dropout1d",)
    EXAMPLES = (
        Example("Dropout1d(0.2)", params=0, input=(4, 5), output=(4, 5)),
        Rejects("Dropout1d()", input=(2, 3, 4, 5), says="2 or 3"),
    )

    def shape(self, input: Any) -> Any:
        return input if isinstance(input, Unknown) else input.expect_rank(2, 3)


class Dropout2d(_Dropout):
    """Zeroes whole channels of (batch, channels, height, width). Other numbers of dimensions only draw a warning."""

    NAMES = ("torch.nn.Dropout2d",)
    EXAMPLES = (
        Example("Dropout2d()", params=0, input=(2, 4, 5, 5), output=(2, 4, 5, 5)),
        Rejects("Dropout2d(-0.1)", says="between 0 and 1"),
    )

    def shape(self, input: Any) -> Any:
        self._needs_channels(input, 2 if isinstance(input, Unknown) else input.rank)
        return input


class Dropout3d(_Dropout):
    """Zeroes whole channels of (batch, channels, depth, height, width). Other numbers of dimensions only draw a warning."""

    NAMES = ("torch.nn.Dropout3d",)
    EXAMPLES = (Example("Dropout3d()", params=0, input=(2, 4, 5, 5, 5), output=(2, 4, 5, 5, 5)),)

    def shape(self, input: Any) -> Any:
        # Whatever has not five dimensions gets a batch axis first.
        self._needs_channels(input, 2 if isinstance(input, Unknown) else input.rank + (input.rank != 5))
        return input


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for self-normalising networks."""

    NAMES = ("torch.nn.AlphaDropout",)
    EXAMPLES = (Example("AlphaDropout(0.2)", params=0, input=(2, 6), output=(2, 6)), Rejects("AlphaDropout(2)", says="between 0 and 1"))


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    NAMES = ("torch.nn.FeatureAlphaDropout",)
    EXAMPLES = (
        Example("FeatureAlphaDropout()", params=0, input=(2, 6, 4), output=(2, 6, 4)),
        Rejects("FeatureAlphaDropout()", input=(3,), says="channel"),
    )

    def shape(self, input: Any) -> Any:
        self._needs_channels(input, 2 if isinstance(input, Unknown) else input.rank)
        return input
