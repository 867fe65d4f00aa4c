"""Activation layers of torch.nn that work along an axis: the softmax family and GLU.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.shaping import axis
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value
from paramlint.schema.layer import Layer


def _same(call: str) -> tuple[Example, ...]:
    return (Example(call, params=0, input=(2, 6, 4), output=(2, 6, 4)),)


class _Softmax(Layer):
    """Without ``dim`` torch chooses one, which fits every input."""

    KIND = "softmax"

    dim: Value = None

    def shape(self, input: Any) -> Any:
        if self.dim is not None and not isinstance(input, Unknown):
            axis("dim", self.dim, input.rank)
        return input


class Softmax(_Softmax):
    """``exp(x)`` divided by its sum over ``dim``."""

    NAMES = ("torch.nn.Softmax",)
    EXAMPLES = (*_same("Softmax(dim=1)"), Rejects("Softmax(dim=5)", input=(2, 3), says="range"))


class Softmin(_Softmax):
    """Softmax of ``-x``."""

    NAMES = ("torch.nn.Softmin",)
    EXAMPLES = _same("Softmin(dim=-1)")


class LogSoftmax(_Softmax):
    """The logarithm of Softmax."""

    NAMES = ("torch.nn.LogSoftmax",)
    EXAMPLES = (*_same("LogSoftmax(-1)"), Rejects("LogSoftmax(dim=5)", input=(2, 3), says="range"))


class Softmax2d(Layer):
    """Softmax over the channels of (batch, channels, height, width)."""

    NAMES = ("torch.nn.Softmax2d",)
    KIND = "softmax"
    EXAMPLES = (
        Example("Softmax2d()", params=0, input=(2, 3, 4, 5), output=(2, 3, 4, 5)),
        Rejects("Softmax2d()", input=(3, 4), says="3 or 4"),
    )

    def shape(self, input: Any) -> Any:
        return input if isinstance(input, Unknown) else input.expect_rank(3, 4, error="ValueError")


class GLU(Layer):
    """Gated linear unit: one half of the axis ``dim`` times the sigmoid of the other. Halves that axis (Dauphin et al., 2017)."""

    NAMES = ("torch.nn.GLU",)
    KIND = "activation"

    dim: Value = -1

    EXAMPLES = (
        Example("GLU()", params=0, input=(2, 6), output=(2, 3)),
        Rejects("GLU()", input=(2, 5), says="even"),
        Rejects("GLU(dim=2)", input=(2, 6), says="range"),
    )

    def shape(self, input: Any) -> Any:
        if isinstance(input, Unknown):
            return input
        if not input:
            raise ShapeMismatch("a scalar cannot be halved")
        at = axis("dim", self.dim, input.rank)
        if open_value(at):
            return Shape([Unknown.because(Why.ARGUMENT, "which dimension is halved is not known")] * input.rank)
        unfit(lambda: input[at] % 2 != 0, f"dimension {at} must be even to be halved, got {input[at]}: {input.text}")
        return input.replace(at, input[at] // 2)
