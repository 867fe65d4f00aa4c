"""Affine layers of torch.nn.

Source: Linear and Bilinear in the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown
from paramlint.frameworks.formulas import affine_macs
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Size, Value
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights, optional


class Linear(Layer):
    """Affine map over the last axis: ``y = x @ weight.T + bias``. Takes any number of axes before it, also none."""

    NAMES: ClassVar[tuple[str, ...]] = ("torch.nn.Linear",)
    KIND = "linear"

    in_features: Size
    out_features: Size
    bias: Flag = True
    device: Value = None
    dtype: Value = None

    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("Linear(128, 10)", params=1_290, input=(32, 128), output=(32, 10), macs=40_960),
        Example("Linear(20, 30, bias=False)", params=600),
        Rejects("Linear(2.5, 10)", says="must be an integer"),
        Rejects("Linear(-1, 5)", says="negative"),
        Rejects("Linear(10, 20)", input=(4, 11), says="expected 10"),
    )

    def check(self) -> None:
        allocatable((self.out_features, self.in_features), "out_features", "in_features")

    def weights(self) -> Weights:
        return Weights(weight=(self.out_features, self.in_features), bias=optional(self.bias, (self.out_features,)))

    def shape(self, input: Shape) -> Shape:
        if not input:
            raise ShapeMismatch("a linear layer needs at least one dimension, got a scalar")
        *batch, _ = input.expect(..., self.in_features)
        return Shape((*batch, self.out_features))

    def macs(self, input: Shape, y: Shape) -> Any:
        return affine_macs(y.numel, self.in_features)


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear that dynamic quantisation leaves alone; the output projection of MultiheadAttention."""

    NAMES = ("torch.nn.modules.linear.NonDynamicallyQuantizableLinear", "torch.nn.NonDynamicallyQuantizableLinear")

    EXAMPLES = (Example("modules.linear.NonDynamicallyQuantizableLinear(16, 16)", params=272, input=(2, 16), output=(2, 16), macs=512),)


class Bilinear(Layer):
    """``y = x1 @ weight @ x2 + bias`` over the last axes of two inputs whose other axes are equal."""

    NAMES = ("torch.nn.Bilinear",)
    KIND = "bilinear"

    in1_features: Size
    in2_features: Size
    out_features: Size
    bias: Flag = True
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("Bilinear(5, 6, 7)", params=217, input=[(2, 3, 5), (2, 3, 6)], output=(2, 3, 7), macs=1_260),
        Rejects("Bilinear(0, 3, 4)", says="positive"),
    )

    def check(self) -> None:
        allocatable((self.out_features, self.in1_features, self.in2_features), "out_features", "in1_features", "in2_features")
        require(lambda: self.in1_features > 0, f"`in1_features` must be positive, got {self.in1_features}", field="in1_features")

    def weights(self) -> Weights:
        return Weights(weight=(self.out_features, self.in1_features, self.in2_features), bias=optional(self.bias, (self.out_features,)))

    def shape(self, input1: Shape, input2: Shape) -> Shape:
        unfit(len(input1) != len(input2), f"the inputs have different numbers of dimensions: {input1.text} and {input2.text}")
        unfit(not input1, "a bilinear layer needs at least one dimension, got a scalar")
        if any(differs(one, two) for one, two in zip(input1[:-1], input2[:-1], strict=True)):
            raise ShapeMismatch(f"the inputs differ before their last dimension: {input1.text} and {input2.text}")
        input1.expect(..., self.in1_features)
        input2.expect(..., self.in2_features)
        unfit(self.in2_features == 0, "`in2_features` is 0")
        batch = [two if isinstance(one, Unknown) else one for one, two in zip(input1[:-1], input2[:-1], strict=True)]
        return Shape((*batch, self.out_features))

    def macs(self, input1: Shape, y: Shape) -> Any:
        return affine_macs(y.numel, self.in1_features * self.in2_features)
