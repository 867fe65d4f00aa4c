"""Layers of paddle.nn as functions: each computes what the layer with the same arguments computes.

Source: the documentation of paddle.nn.functional, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from paramlint.core.dims import Size as Count
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.frameworks.formulas import affine_macs, convolution_macs
from paramlint.frameworks.paddle import convolution, transposed
from paramlint.frameworks.paddle.common import number
from paramlint.frameworks.paddle.ops import multiplied
from paramlint.frameworks.paddle.ops_common import dtype_of, functional, known, shape_of, whole
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Text, Value
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op


def layer(cls: type[Layer], arguments: Mapping[str, Any]) -> Layer:
    """The layer with these arguments; what building it refuses, the call refuses."""
    names = {field.name for field in cls.signature().fields}
    try:
        return cls.build((), {name: value for name, value in arguments.items() if name in names})
    except Refused as refused:
        raise ShapeMismatch(refused.message) from refused


def tensors(shape: Any, dtype: str) -> Any:
    """Shapes as tensors, nested as they are."""
    if isinstance(shape, Shape) or not isinstance(shape, list | tuple):
        return Tensor(shape, dtype)
    return tuple(tensors(one, dtype) for one in shape)


class Linear(Op):
    """``x @ weight + bias``."""

    NAMES = functional("linear")
    KIND = "linear"
    x: Value
    weight: Value
    bias: Value = None
    name: Text = None
    EXAMPLES = (Example("nn.functional.linear(x, w)", input=[(2, 3), (3, 4)], output=(2, 4), macs=24),)

    def result(self) -> Tensor:
        return Tensor(multiplied(shape_of(self.x), shape_of(self.weight, "weight"))[0], dtype_of(self.x))

    def macs(self, y: Any) -> Count:
        return affine_macs(shape_of(y).numel, shape_of(self.weight)[0])


class Embedding(Op):
    """Rows of a table by their index."""

    NAMES = functional("embedding")
    x: Value
    weight: Value
    padding_idx: Value = None
    max_norm: Value = None
    norm_type: Value = 2.0
    sparse: Flag = False
    scale_grad_by_freq: Flag = False
    name: Text = None

    def result(self) -> Tensor:
        return Tensor(shape_of(self.x) + shape_of(self.weight, "weight").expect(None, None)[1:], dtype_of(self.weight))


class _Convolution(Op):
    """What the convolutions share: sizes come from the weight."""

    LAYER: ClassVar[type[convolution.ConvolutionBase]]

    x: Value
    weight: Value
    bias: Value = None
    stride: Value = 1
    padding: Value = 0

    def _arguments(self) -> dict[str, Any]:
        given = {field.name: getattr(self, field.name) for field in self.signature().fields}
        given["groups"] = number("groups", whole(given["groups"]))
        weight = shape_of(self.weight, "weight")
        weight.expect_rank(self.LAYER.AXES + 2)
        turned = issubclass(self.LAYER, transposed.TransposedConvolution)
        first, second, *kernel = weight
        outputs, inputs = (second * given["groups"], first) if turned else (first, second * given["groups"])
        return {**given, "kernel_size": kernel, "in_channels": inputs, "out_channels": outputs, "bias": None,
                "bias_attr": False if self.bias is None else None}

    def result(self) -> Tensor:
        for value in (self.padding, self.stride):
            known(value)
        options = {"output_size": known(getattr(self, "output_size", None))}
        shape = layer(self.LAYER, self._arguments()).shape(shape_of(self.x), **{k: v for k, v in options.items() if v is not None})
        return Tensor(shape, dtype_of(self.x))

    def macs(self, y: Any) -> Count:
        weight = shape_of(self.weight)
        over = self.x if issubclass(self.LAYER, transposed.TransposedConvolution) else y
        return convolution_macs(shape_of(over).numel, weight[1], weight[2:])


class Conv1D(_Convolution):
    """Convolution over one axis."""

    NAMES = functional("conv1d")
    KIND = "convolution"
    LAYER = convolution.Conv1D
    dilation: Value = 1
    groups: Value = 1
    data_format: Text = "NCL"
    name: Text = None


class Conv2D(_Convolution):
    """Convolution over two axes."""

    NAMES = functional("conv2d")
    KIND = "convolution"
    LAYER = convolution.Conv2D
    dilation: Value = 1
    groups: Value = 1
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("nn.functional.conv2d(x, w, padding=1)", input=[(1, 3, 8, 8), (16, 3, 3, 3)], output=(1, 16, 8, 8), macs=27_648),
                Rejects("nn.functional.conv2d(x, w)", input=[(1, 4, 8, 8), (16, 3, 3, 3)], says="channels"))


class Conv3D(_Convolution):
    """Convolution over three axes."""

    NAMES = functional("conv3d")
    KIND = "convolution"
    LAYER = convolution.Conv3D
    dilation: Value = 1
    groups: Value = 1
    data_format: Text = "NCDHW"
    name: Text = None


class Conv2DTranspose(_Convolution):
    """Transposed convolution over two axes."""

    NAMES = functional("conv2d_transpose")
    KIND = "transposed convolution"
    LAYER = transposed.Conv2DTranspose
    output_padding: Value = 0
    dilation: Value = 1
    groups: Value = 1
    output_size: Value = None
    data_format: Text = "NCHW"
    name: Text = None


class Attention(Op):
    """Attention of (batch, length, heads, size) tensors."""

    NAMES = functional("scaled_dot_product_attention")
    KIND = "attention"
    query: Value
    key: Value
    value: Value
    attn_mask: Value = None
    dropout_p: Value = 0.0
    is_causal: Flag = False
    training: Flag = True
    name: Text = None
    EXAMPLES = (Example("nn.functional.scaled_dot_product_attention(q, k, v)", input=[(2, 5, 4, 8)] * 3, output=(2, 5, 4, 8), macs=3200),)

    def result(self) -> Tensor:
        query, key, value = (shape_of(one).expect(None, None, None, None) for one in (self.query, self.key, self.value))
        if differs(query[3], key[3]) or differs(key[1], value[1]):
            raise ShapeMismatch(f"query {Shape(query).text}, key {Shape(key).text} and value {Shape(value).text} do not fit")
        return Tensor(Shape((*query[:3], value[3])), dtype_of(self.query))

    def macs(self, y: Any) -> Count:
        query, key, value = (shape_of(one) for one in (self.query, self.key, self.value))
        return product(query[:3]) * key[1] * (query[3] + value[3])
