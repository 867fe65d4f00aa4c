"""Activation layers of torch.nn.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.frameworks.torch.submodules import PLAIN, comparable
from paramlint.schema.conditions import WrongKind, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Text, Value, open_value, shown, whole
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights


class _Activation(Layer):
    """What works on every element by itself."""

    KIND = "activation"
    NUMBERS: ClassVar[tuple[str, ...]] = ()  # fields that are looked at when the layer is called

    def shape(self, input: Any) -> Any:
        for name in self.NUMBERS:
            value = getattr(self, name)
            plain = value is None or (isinstance(value, PLAIN) and not isinstance(value, int | float))
            unfit(plain, f"`{name}` must be a number, got {shown(value)}")
        return input


def _same(call: str) -> tuple[Example, ...]:
    return (Example(call, params=0, input=(2, 6, 4), output=(2, 6, 4)),)


class ReLU(_Activation):
    """``max(0, x)``."""

    NAMES = ("torch.nn.ReLU",)
    KIND = "relu"
    inplace: Flag = False
    EXAMPLES = _same("ReLU(inplace=True)")


class Threshold(_Activation):
    """``x`` where it is over the threshold, else ``value``."""

    NAMES = ("torch.nn.Threshold",)
    NUMBERS = ("threshold", "value")
    threshold: Number
    value: Number
    inplace: Flag = False
    EXAMPLES = (*_same("Threshold(0.1, 20)"), Rejects("Threshold()", says="missing"))


class RReLU(_Activation):
    """Leaky ReLU whose slope is drawn between ``lower`` and ``upper`` in training."""

    NAMES = ("torch.nn.RReLU",)
    NUMBERS = ("lower", "upper")
    lower: Number = 1 / 8
    upper: Number = 1 / 3
    inplace: Flag = False
    EXAMPLES = (*_same("RReLU(0.1, 0.3)"), Rejects("RReLU(0.5, 0.1)", input=(2, 3), says="greater than"))

    def shape(self, input: Any) -> Any:
        if all(isinstance(bound, int | float) for bound in (self.lower, self.upper)):
            unfit(self.lower > self.upper, f"`lower` ({self.lower}) is greater than `upper` ({self.upper})")
        return super().shape(input)


class Hardtanh(_Activation):
    """Clamps to ``min_val`` … ``max_val``. ``min_value`` and ``max_value`` are older names."""

    NAMES = ("torch.nn.Hardtanh",)
    min_val: Number = -1.0
    max_val: Number = 1.0
    inplace: Flag = False
    min_value: Number = None
    max_value: Number = None
    EXAMPLES = (*_same("Hardtanh(-2, 2)"), Rejects("Hardtanh(2, -2)", says="greater than"))

    def check(self) -> None:
        if self.min_value is not None:
            self.min_val = self.min_value
        if self.max_value is not None:
            self.max_val = self.max_value
        if comparable("min_val", self.min_val) and comparable("max_val", self.max_val):
            low, high = self.min_val, self.max_val
            if all(isinstance(bound, int | float) for bound in (low, high)):
                require(not high <= low, f"`max_val` ({high}) must be greater than `min_val` ({low})", field="max_val", error="AssertionError")


class ReLU6(_Activation):
    """``min(max(0, x), 6)``."""

    NAMES = ("torch.nn.ReLU6",)
    ATTRIBUTES = ("min_val", "max_val")
    KIND = "relu6"
    inplace: Flag = False
    EXAMPLES = _same("ReLU6()")

    min_val = 0.0
    max_val = 6.0


class Sigmoid(_Activation):
    """``1 / (1 + exp(-x))``."""

    NAMES = ("torch.nn.Sigmoid",)
    EXAMPLES = (*_same("Sigmoid()"), Rejects("Sigmoid(1)", says="positional"))


class Hardsigmoid(_Activation):
    """Sigmoid in straight lines: 0 below -3, 1 above 3."""

    NAMES = ("torch.nn.Hardsigmoid",)
    inplace: Flag = False
    EXAMPLES = _same("Hardsigmoid()")


class Tanh(_Activation):
    """The hyperbolic tangent."""

    NAMES = ("torch.nn.Tanh",)
    EXAMPLES = _same("Tanh()")


class SiLU(_Activation):
    """``x * sigmoid(x)``, also called Swish."""

    NAMES = ("torch.nn.SiLU",)
    inplace: Flag = False
    EXAMPLES = _same("SiLU(inplace=True)")


class Mish(_Activation):
    """``x * tanh(softplus(x))``."""

    NAMES = ("torch.nn.Mish",)
    inplace: Flag = False
    EXAMPLES = _same("Mish()")


class Hardswish(_Activation):
    """``x * hardsigmoid(x)``."""

    NAMES = ("torch.nn.Hardswish",)
    inplace: Flag = False
    EXAMPLES = _same("Hardswish()")


class ELU(_Activation):
    """``x`` above 0, ``alpha * (exp(x) - 1)`` below."""

    NAMES = ("torch.nn.ELU",)
    NUMBERS = ("alpha",)
    KIND = "elu"
    alpha: Number = 1.0
    inplace: Flag = False
    EXAMPLES = _same("ELU(alpha=0.5)")


class CELU(_Activation):
    """ELU that stays differentiable for every ``alpha``, which must not be 0."""

    NAMES = ("torch.nn.CELU",)
    NUMBERS = ("alpha",)
    alpha: Number = 1.0
    inplace: Flag = False
    EXAMPLES = (*_same("CELU(0.5)"), Rejects("CELU(0)", input=(3,), says="alpha"))

    def shape(self, input: Any) -> Any:
        unfit(self.alpha == 0, "`alpha` cannot be 0")
        return super().shape(input)


class SELU(_Activation):
    """ELU with the scale and alpha of self-normalising networks."""

    NAMES = ("torch.nn.SELU",)
    inplace: Flag = False
    EXAMPLES = _same("SELU()")


class GELU(_Activation):
    """``x * Phi(x)``; ``approximate`` is "none" or "tanh"."""

    NAMES = ("torch.nn.GELU",)
    KIND = "gelu"
    approximate: Text = "none"
    EXAMPLES = (*_same("GELU('tanh')"), Rejects("GELU('exact')", input=(3,), says="tanh"))

    def shape(self, input: Any) -> Any:
        unfit(not open_value(self.approximate) and self.approximate not in ("none", "tanh"), "`approximate` must be 'none' or 'tanh'")
        return input


class Hardshrink(_Activation):
    """0 between ``-lambd`` and ``lambd``."""

    NAMES = ("torch.nn.Hardshrink",)
    NUMBERS = ("lambd",)
    lambd: Number = 0.5
    EXAMPLES = _same("Hardshrink()")


class Softshrink(_Activation):
    """Moves towards 0 by ``lambd``, which must not be negative."""

    NAMES = ("torch.nn.Softshrink",)
    NUMBERS = ("lambd",)
    lambd: Number = 0.5
    EXAMPLES = (*_same("Softshrink()"), Rejects("Softshrink(-1)", input=(3,), says="negative"))

    def shape(self, input: Any) -> Any:
        unfit(isinstance(self.lambd, int | float) and self.lambd < 0, f"`lambd` cannot be negative, got {self.lambd}")
        return super().shape(input)


class LeakyReLU(_Activation):
    """``x`` above 0, ``negative_slope * x`` below."""

    NAMES = ("torch.nn.LeakyReLU",)
    NUMBERS = ("negative_slope",)
    KIND = "leaky relu"
    negative_slope: Number = 0.01
    inplace: Flag = False
    EXAMPLES = _same("LeakyReLU(0.2)")


class LogSigmoid(_Activation):
    """``log(sigmoid(x))``."""

    NAMES = ("torch.nn.LogSigmoid",)
    EXAMPLES = _same("LogSigmoid()")


class Softplus(_Activation):
    """``log(1 + exp(beta * x)) / beta``, linear above ``threshold``."""

    NAMES = ("torch.nn.Softplus",)
    NUMBERS = ("beta", "threshold")
    beta: Number = 1.0
    threshold: Number = 20.0
    EXAMPLES = _same("Softplus(beta=2)")


class Softsign(_Activation):
    """``x / (1 + |x|)``."""

    NAMES = ("torch.nn.Softsign",)
    EXAMPLES = _same("Softsign()")


class Tanhshrink(_Activation):
    """``x - tanh(x)``."""

    NAMES = ("torch.nn.Tanhshrink",)
    EXAMPLES = _same("Tanhshrink()")


class PReLU(_Activation):
    """Leaky ReLU with a learned slope: one for all (``num_parameters=1``) or one for each channel of axis 1."""

    NAMES = ("torch.nn.PReLU",)
    KIND = "prelu"

    num_parameters: Value = 1
    init: Number = 0.25
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("PReLU()", params=1, input=(2, 3), output=(2, 3)),
        Example("PReLU(num_parameters=3)", params=3, input=(1, 3, 4, 4), output=(1, 3, 4, 4)),
        Rejects("PReLU(-2)", says="negative"),
        Rejects("PReLU(3)", input=(2, 5), says="channels"),
    )

    @property
    def _slopes(self) -> tuple[Any, ...]:
        several = isinstance(self.num_parameters, list | tuple)
        return tuple(whole("num_parameters", item) for item in (self.num_parameters if several else (self.num_parameters,)))

    def check(self) -> None:
        allocatable(self._slopes, "num_parameters")
        if self.init is None or isinstance(self.init, str | list | tuple | dict):
            raise WrongKind(f"`init` must be a number, got {self.init!r}", field="init")

    def weights(self) -> Weights:
        return Weights(weight=self._slopes)

    def shape(self, input: Any) -> Any:
        if isinstance(input, Unknown):
            return input
        slopes = self._slopes
        unfit(len(slopes) > 1, "a PReLU with several dimensions of parameters cannot be called")
        if not slopes:
            return input
        channels = input[1] if input.rank > 1 else 1
        unfit(lambda: slopes[0] != 1 and not input, "a PReLU with several parameters takes no scalar")
        unfit(lambda: slopes[0] != 1 and channels != slopes[0], f"{slopes[0]} parameters do not fit {channels} channels: {input.text}",
              fits=channels if isinstance(channels, int) else None)
        return input
