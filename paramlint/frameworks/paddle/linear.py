"""Affine layers of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.frameworks.formulas import affine_macs
from paramlint.frameworks.paddle.attributes import creatable, parameter
from paramlint.schema.conditions import UnexpectedKeyword
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Size, Text, Value
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights


def needs(weights: Weights, name: str) -> None:
    """Refuse a call that has no weight: ``weight_attr=False`` builds and fails when called."""
    if name not in weights:
        raise ShapeMismatch(f"a layer without `{name}` cannot be called: its attribute is False")


# Keywords of torch's Linear, which this one refuses by name, and what to write instead.
_TORCH_ONLY = {
    "bias": "Paddle calls it `bias_attr`; write `bias_attr=False` for a layer without bias",
    "device": "the layer is made on the current device",
    "dtype": "the layer has the default dtype",
}


class Linear(Layer):
    """Affine map over the last axis: ``y = x @ weight + bias``. There is no argument ``bias``: it is ``bias_attr``."""

    NAMES = ("paddle.nn.Linear",)
    KIND = "linear"

    in_features: Size
    out_features: Size
    weight_attr: Value = None
    bias_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("Linear(784, 10)", params=7850, input=(1, 784), output=(1, 10), macs=7840),
        Example("Linear(8, 3, bias_attr=False)", params=24, input=(2, 5, 8), output=(2, 5, 3), macs=240),
        Rejects("Linear(10, 20, bias=False)", says="bias_attr"),
        Rejects("Linear(10, 20)", input=(4, 11), says="expected 10"),
        Rejects("Linear(10, 20, False)", input=(2, 10), says="without `weight`"),
    )

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        for name, way_out in _TORCH_ONLY.items():
            if name in (kwargs or {}):
                raise UnexpectedKeyword(f"Linear() takes no `{name}`: {way_out}", field=name, help=way_out)
        return super().build(args, kwargs)

    def check(self) -> None:
        creatable(self, "in_features", "out_features")

    def weights(self) -> Weights:
        return Weights(weight=parameter("weight_attr", self.weight_attr, (self.in_features, self.out_features)),
                       bias=parameter("bias_attr", self.bias_attr, (self.out_features,)))

    def shape(self, input: Shape) -> Shape:
        needs(self.weights(), "weight")
        *batch, _ = input.expect(..., self.in_features)
        return Shape((*batch, self.out_features))

    def macs(self, input: Shape, y: Shape) -> Count:
        return affine_macs(y.numel, self.in_features)


class Bilinear(Layer):
    """``y[k] = x1 @ weight[k] @ x2 + bias[k]`` for batches of vectors."""

    NAMES = ("paddle.nn.Bilinear",)
    KIND = "bilinear"

    in1_features: Size
    in2_features: Size
    out_features: Size
    weight_attr: Value = None
    bias_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("Bilinear(5, 6, 7)", params=217, input=[(2, 5), (2, 6)], output=(2, 7), macs=504),
        Rejects("Bilinear(5, 6)", says="out_features"),
        Rejects("Bilinear(5, 6, 7)", input=[(2, 5), (3, 6)], says="batch"),
    )

    def check(self) -> None:
        creatable(self, "out_features", "in1_features", "in2_features")

    def weights(self) -> Weights:
        return Weights(weight=parameter("weight_attr", self.weight_attr, (self.out_features, self.in1_features, self.in2_features)),
                       bias=parameter("bias_attr", self.bias_attr, (1, self.out_features)))

    def shape(self, x1: Shape, x2: Shape) -> Shape:
        needs(self.weights(), "weight")
        x1.expect(None, self.in1_features)
        x2.expect(None, self.in2_features)
        if differs(x1[0], x2[0]):
            raise ShapeMismatch(f"the batch sizes differ: {x1.text} and {x2.text}")
        return Shape((broadcast((x1[0],), (x2[0],))[0], self.out_features))

    def macs(self, x1: Shape, x2: Shape, y: Shape) -> Count:
        """``x1 @ weight[k]`` for every output, then the product with ``x2``."""
        return y.numel * (self.in1_features * self.in2_features + self.in2_features)
