"""The initializers that those of the documentation derive from, with signatures of their own.

Source: paddle/nn/initializer, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from paramlint.frameworks.paddle.attributes import Initializer, Kaiming, Uniform, Xavier
from paramlint.frameworks.paddle.common import PLAIN
from paramlint.schema.conditions import Refused, require
from paramlint.schema.fields import Value


class ConstantInitializer(Initializer):
    """Fills with one number."""

    NAMES: ClassVar[tuple[str, ...]] = ("paddle.nn.initializer.ConstantInitializer",)
    value: Value = 0.0
    force_cpu: Value = False

    def doubts(self) -> Iterator[str]:
        _require_given(self, "value")
        if isinstance(self.value, PLAIN) and not isinstance(self.value, int | float):
            yield "value"


class NormalInitializer(Initializer):
    """Fills with numbers from a normal distribution."""

    NAMES = ("paddle.nn.initializer.NormalInitializer",)
    loc: Value = 0.0
    scale: Value = 1.0
    seed: Value = 0


class TruncatedNormalInitializer(Initializer):
    """Fills with numbers from a normal distribution between two bounds."""

    NAMES = ("paddle.nn.initializer.TruncatedNormalInitializer",)
    loc: Value = 0.0
    scale: Value = 1.0
    seed: Value = 0
    a: Value = -2.0
    b: Value = 2.0


class UniformInitializer(Uniform):
    """Fills with numbers between two bounds, the diagonal with one number."""

    NAMES = ("paddle.nn.initializer.UniformInitializer",)
    seed: Value = 0
    diag_num: Value = 0
    diag_step: Value = 0
    diag_val: Value = 1.0
    DROPS = ("name",)

    def doubts(self) -> Iterator[str]:
        yield from super().doubts()
        num, step = self.diag_num, self.diag_step
        if isinstance(num, int) and isinstance(step, int):
            require((num > 0) == (step > 0), "`diag_num` goes with `diag_step`", field="diag_num", error="AssertionError")
            if num > 0:
                yield "diag_num"


class XavierInitializer(Initializer):
    """Fills with random numbers whose spread follows from inputs and outputs."""

    NAMES = ("paddle.nn.initializer.XavierInitializer",)
    uniform: Value = True
    fan_in: Value = None
    fan_out: Value = None
    seed: Value = 0
    gain: Value = 1.0

    def doubts(self) -> Iterator[str]:
        _require_given(self, "uniform", "seed")
        yield from Xavier.build((self.fan_in, self.fan_out, self.gain)).doubts()
        yield from _odd(self, "uniform", "seed")


class MSRAInitializer(Initializer):
    """Fills with random numbers whose spread follows from the inputs of each output."""

    NAMES = ("paddle.nn.initializer.MSRAInitializer",)
    uniform: Value = True
    fan_in: Value = None
    seed: Value = 0
    negative_slope: Value = 0
    nonlinearity: Value = "relu"
    mode: Value = "fan_in"

    def doubts(self) -> Iterator[str]:
        _require_given(self, "uniform", "seed")
        yield from Kaiming.build((self.fan_in, self.negative_slope, self.nonlinearity, self.mode)).doubts()
        yield from _odd(self, "uniform", "seed")


def _require_given(initializer: Initializer, *names: str) -> None:
    for name in names:
        if getattr(initializer, name) is None:
            raise Refused(f"`{name}` cannot be None", field=name, error="AssertionError")


def _odd(initializer: Initializer, *names: str) -> Iterator[str]:
    return (name for name in names if isinstance(value := getattr(initializer, name), PLAIN) and not isinstance(value, int))
