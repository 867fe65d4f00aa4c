"""Activation layers of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.schema.example import Example
from paramlint.schema.fields import Flag, Number, Text, Value
from paramlint.schema.layer import Layer


class _Activation(Layer):
    """What works on every element by itself."""

    KIND = "activation"

    def shape(self, x: Any) -> Any:
        return x


def _same(call: str) -> tuple[Example, ...]:
    return (Example(call, params=0, input=(2, 6, 4), output=(2, 6, 4)),)


class ReLU(_Activation):
    """``max(0, x)``."""

    NAMES = ("paddle.nn.ReLU",)
    KIND = "relu"
    name: Text = None
    EXAMPLES = _same("ReLU()")


class ReLU6(_Activation):
    """``min(max(0, x), 6)``."""

    NAMES = ("paddle.nn.ReLU6",)
    KIND = "relu6"
    name: Text = None
    EXAMPLES = _same("ReLU6()")


class LeakyReLU(_Activation):
    """``x`` where it is positive, else ``negative_slope * x``."""

    NAMES = ("paddle.nn.LeakyReLU",)
    KIND = "leaky relu"
    negative_slope: Number = 0.01
    name: Text = None
    EXAMPLES = _same("LeakyReLU(0.2)")


class RReLU(_Activation):
    """Leaky ReLU whose slope is drawn between ``lower`` and ``upper`` in training."""

    NAMES = ("paddle.nn.RReLU",)
    lower: Number = 1 / 8
    upper: Number = 1 / 3
    name: Text = None
    EXAMPLES = _same("RReLU()")


class ThresholdedReLU(_Activation):
    """``x`` where it is over the threshold, else ``value``."""

    NAMES = ("paddle.nn.ThresholdedReLU",)
    threshold: Number = 1.0
    value: Number = 0.0
    name: Text = None
    EXAMPLES = _same("ThresholdedReLU()")


class ELU(_Activation):
    """``x`` where it is positive, else ``alpha * (exp(x) - 1)``."""

    NAMES = ("paddle.nn.ELU",)
    KIND = "elu"
    alpha: Number = 1.0
    name: Text = None
    EXAMPLES = _same("ELU()")


class CELU(_Activation):
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))``."""

    NAMES = ("paddle.nn.CELU",)
    alpha: Number = 1.0
    name: Text = None
    EXAMPLES = _same("CELU()")


class SELU(_Activation):
    """ELU with a scale and an alpha that keep mean and variance."""

    NAMES = ("paddle.nn.SELU",)
    scale: Number = 1.0507009873554805
    alpha: Number = 1.6732632423543772
    name: Text = None
    EXAMPLES = _same("SELU()")


class GELU(_Activation):
    """``x`` times the normal distribution function of ``x``."""

    NAMES = ("paddle.nn.GELU",)
    KIND = "gelu"
    approximate: Value = False
    name: Text = None
    EXAMPLES = _same("GELU(True)")


class Silu(_Activation):
    """``x * sigmoid(x)``."""

    NAMES = ("paddle.nn.Silu", "paddle.nn.SiLU")
    inplace: Flag = False
    name: Text = None
    EXAMPLES = _same("Silu()")


class Swish(_Activation):
    """``x * sigmoid(x)``."""

    NAMES = ("paddle.nn.Swish",)
    name: Text = None
    EXAMPLES = _same("Swish()")


class Mish(_Activation):
    """``x * tanh(softplus(x))``."""

    NAMES = ("paddle.nn.Mish",)
    name: Text = None
    EXAMPLES = _same("Mish()")


class Sigmoid(_Activation):
    """``1 / (1 + exp(-x))``."""

    NAMES = ("paddle.nn.Sigmoid",)
    name: Text = None
    EXAMPLES = _same("Sigmoid()")


class LogSigmoid(_Activation):
    """Logarithm of the sigmoid."""

    NAMES = ("paddle.nn.LogSigmoid",)
    name: Text = None
    EXAMPLES = _same("LogSigmoid()")


class Hardsigmoid(_Activation):
    """Piecewise linear sigmoid."""

    NAMES = ("paddle.nn.Hardsigmoid",)
    name: Text = None
    EXAMPLES = _same("Hardsigmoid()")


class Hardswish(_Activation):
    """``x`` times a piecewise linear sigmoid."""

    NAMES = ("paddle.nn.Hardswish",)
    name: Text = None
    EXAMPLES = _same("Hardswish()")


class Tanh(_Activation):
    """Hyperbolic tangent."""

    NAMES = ("paddle.nn.Tanh",)
    name: Text = None
    EXAMPLES = _same("Tanh()")


class Hardtanh(_Activation):
    """Clamps to ``min`` … ``max``."""

    NAMES = ("paddle.nn.Hardtanh",)
    min: Number = -1.0
    max: Number = 1.0
    name: Text = None
    EXAMPLES = _same("Hardtanh(-2, 2)")


class Tanhshrink(_Activation):
    """``x - tanh(x)``."""

    NAMES = ("paddle.nn.Tanhshrink",)
    name: Text = None
    EXAMPLES = _same("Tanhshrink()")


class Hardshrink(_Activation):
    """0 between minus and plus ``threshold``, else ``x``."""

    NAMES = ("paddle.nn.Hardshrink",)
    ALIASES: ClassVar = {"lambd": "threshold"}
    threshold: Number = 0.5
    name: Text = None
    EXAMPLES = _same("Hardshrink(lambd=0.3)")


class Softshrink(_Activation):
    """``x`` moved towards 0 by ``threshold``."""

    NAMES = ("paddle.nn.Softshrink",)
    ALIASES: ClassVar = {"lambd": "threshold"}
    threshold: Number = 0.5
    name: Text = None
    EXAMPLES = _same("Softshrink()")


class Softplus(_Activation):
    """``log(1 + exp(beta * x)) / beta``."""

    NAMES = ("paddle.nn.Softplus",)
    beta: Number = 1
    threshold: Number = 20
    name: Text = None
    EXAMPLES = _same("Softplus()")


class Softsign(_Activation):
    """``x / (1 + abs(x))``."""

    NAMES = ("paddle.nn.Softsign",)
    name: Text = None
    EXAMPLES = _same("Softsign()")
