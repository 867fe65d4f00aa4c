"""Convolutions and affine maps as functions: weights are given, so the layer follows from their shapes.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.frameworks.formulas import affine_macs
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.convolution import Conv1d, Conv2d, Conv3d, Convolution
from paramlint.frameworks.torch.linear import Bilinear
from paramlint.frameworks.torch.ops_activation import checked
from paramlint.frameworks.torch.ops_common import dtype_of, function, functional, made, mixed, promoted, shape_of
from paramlint.frameworks.torch.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class _Convolution(Op):
    KIND = "convolution"
    LAYER: ClassVar[type[Convolution]]

    input: Value
    weight: Value
    bias: Value = None
    stride: Value = 1
    padding: Value = 0
    dilation: Value = 1
    groups: Value = 1

    def options(self) -> dict[str, Any]:
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}

    def layer(self) -> Convolution:
        weight = shape_of(self.weight, "weight")
        unfit(weight.rank != self.LAYER.AXES + 2, f"the weight must have {self.LAYER.AXES + 2} dimensions, got {weight.text}")
        inputs, outputs = self.channels(weight)
        if self.bias is not None:
            checked(self.bias, (outputs,), "bias")
        try:
            return self.LAYER.build((), {"in_channels": inputs, "out_channels": outputs, "kernel_size": tuple(weight[2:]), **self.options()})
        except Refused as refused:
            raise ShapeMismatch(refused.message) from refused

    def channels(self, weight: Shape) -> tuple[Any, Any]:
        return weight[1] * self.groups, weight[0]

    def result(self) -> Tensor:
        return made(self.layer().shape(shape_of(self.input)), promoted(self.input, self.weight))

    def unsure(self) -> str:
        return mixed(self.input, self.weight, self.bias)

    def macs(self, y: Any) -> Any:
        return self.layer().macs(shape_of(self.input), shape_of(y))


class Convolve1d(_Convolution):
    """Convolution over one axis with a weight of ``(out, in / groups, kernel)``."""

    NAMES = (*functional("conv1d"), *function("conv1d"))
    LAYER = Conv1d


class Convolve2d(_Convolution):
    """Convolution over two axes with a weight of ``(out, in / groups, *kernel)``."""

    NAMES = (*functional("conv2d"), *function("conv2d"))
    LAYER = Conv2d


class Convolve3d(_Convolution):
    """Convolution over three axes with a weight of ``(out, in / groups, *kernel)``."""

    NAMES = (*functional("conv3d"), *function("conv3d"))
    LAYER = Conv3d


class _TransposedConvolution(Op):
    KIND = "convolution"
    LAYER: ClassVar[type[Convolution]]

    input: Value
    weight: Value
    bias: Value = None
    stride: Value = 1
    padding: Value = 0
    output_padding: Value = 0
    groups: Value = 1
    dilation: Value = 1

    def layer(self) -> Any:
        weight = shape_of(self.weight, "weight")
        unfit(weight.rank != self.LAYER.AXES + 2, f"the weight must have {self.LAYER.AXES + 2} dimensions, got {weight.text}")
        outputs = weight[1] * self.groups
        if self.bias is not None:
            checked(self.bias, (outputs,), "bias")
        try:
            return self.LAYER.build((), {
                "in_channels": weight[0], "out_channels": outputs, "kernel_size": tuple(weight[2:]), "stride": self.stride,
                "padding": self.padding, "output_padding": self.output_padding, "groups": self.groups, "dilation": self.dilation,
            })
        except Refused as refused:
            raise ShapeMismatch(refused.message) from refused

    def result(self) -> Tensor:
        return made(self.layer().shape(shape_of(self.input)), promoted(self.input, self.weight))

    def unsure(self) -> str:
        return mixed(self.input, self.weight, self.bias)

    def macs(self, y: Any) -> Any:
        return self.layer().macs(shape_of(self.input), shape_of(y))


class ConvolveTransposed1d(_TransposedConvolution):
    """Transposed convolution over one axis with a weight of ``(in, out / groups, kernel)``."""

    NAMES = (*functional("conv_transpose1d"), *function("conv_transpose1d"))
    LAYER = ConvTranspose1d


class ConvolveTransposed2d(_TransposedConvolution):
    """Transposed convolution over two axes with a weight of ``(in, out / groups, *kernel)``."""

    NAMES = (*functional("conv_transpose2d"), *function("conv_transpose2d"))
    LAYER = ConvTranspose2d


class ConvolveTransposed3d(_TransposedConvolution):
    """Transposed convolution over three axes with a weight of ``(in, out / groups, *kernel)``."""

    NAMES = (*functional("conv_transpose3d"), *function("conv_transpose3d"))
    LAYER = ConvTranspose3d


class Affine(Op):
    """``input @ weight.T + bias`` over the last axis; a weight of one axis gives one number."""

    NAMES = (*functional("linear"), "torch._C._nn.linear")
    KIND = "linear"
    input: Value
    weight: Value
    bias: Value = None

    def result(self) -> Tensor:
        shape, weight = shape_of(self.input), shape_of(self.weight, "weight")
        weight.expect_rank(1, 2)
        unfit(not shape, "a linear map needs at least one dimension, got a scalar")
        if differs(shape[-1], weight[-1]):
            fits = shape[-1] if isinstance(shape[-1], int) else None
            raise ShapeMismatch(f"a weight of shape {weight.text} takes {weight[-1]} features, got {shape[-1]}: {shape.text}", fits=fits)
        if weight.rank == 2:
            if isinstance(self.bias, Tensor) and isinstance(self.bias.shape, Shape) and self.bias.shape.rank == 1:
                if differs(self.bias.shape[0], weight[0]) and differs(self.bias.shape[0], 1):
                    raise ShapeMismatch(f"`bias` has the shape {self.bias.shape.text}, not {Shape(weight[:1]).text}")
        return made((*shape[:-1], *weight[:-1]), promoted(self.input, self.weight))

    def unsure(self) -> str:
        return mixed(self.input, self.weight, self.bias)

    def macs(self, y: Any) -> Any:
        return affine_macs(shape_of(y).numel, shape_of(self.weight)[-1])


class BilinearMap(Op):
    """``input1 @ weight @ input2 + bias`` over the last axes."""

    NAMES = (*functional("bilinear"), *function("bilinear"))
    KIND = "bilinear"
    input1: Value
    input2: Value
    weight: Value
    bias: Value = None

    def layer(self) -> Bilinear:
        out, one, other = shape_of(self.weight, "weight").expect(None, None, None)
        return Bilinear.build((), {"in1_features": one, "in2_features": other, "out_features": out})

    def result(self) -> Tensor:
        return made(self.layer().shape(shape_of(self.input1), shape_of(self.input2)), dtype_of(self.input1))

    def unsure(self) -> str:
        return mixed(self.input1, self.input2, self.weight, self.bias)

    def macs(self, y: Any) -> Any:
        return self.layer().macs(shape_of(self.input1), shape_of(y))
