"""Activations, softmax, dropout, normalisation and embeddings as functions.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch import group_normalisation, softmax
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    both,
    changing,
    chosen,
    decided,
    dtype_of,
    floating,
    function,
    functional,
    made,
    shape_of,
    size_list,
    tensor,
)
from paramlint.frameworks.torch.ops_from_layers import FromLayer
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Activation(Op):
    """Functions of each element; options do not change the shape."""

    NAMES = (
        *function("celu", "celu_", "selu", "selu_", "rrelu", "rrelu_", "threshold", "threshold_", "prelu",
                  "dropout", "dropout_", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"),
        *functional("relu", "relu_", "relu6", "elu", "elu_", "selu", "selu_", "celu", "celu_", "leaky_relu", "leaky_relu_", "rrelu", "rrelu_",
                    "gelu", "silu", "mish", "hardswish", "hardsigmoid", "hardtanh", "hardtanh_", "softplus", "softshrink", "softsign",
                    "tanhshrink", "logsigmoid", "sigmoid", "tanh", "threshold", "threshold_", "prelu", "hardshrink"),
    )
    REST = "rest"
    EXTRA = "options"
    input: Value
    rest: Value
    options: Value

    def result(self) -> Tensor:
        texts = (*self.rest, *(value for key, value in self.options.items() if key != "approximate"))
        if any(isinstance(value, str | list | tuple | dict) for value in texts):
            raise Refused("a number is taken, not a text or a list", error="TypeError")
        return made(shape_of(tensor(self.input)), floating(dtype_of(self.input)) if dtype_of(self.input) == "bool" else dtype_of(self.input))


class PlainActivation(Activation):
    """Functions of each element without options."""

    NAMES = (*changing("relu", "sigmoid", "tanh"), *function("relu_", "sigmoid_", "tanh_"))

    def result(self) -> Tensor:
        if self.rest or self.options:
            raise Refused("a tensor and nothing else is taken", error="TypeError")
        return super().result()


class Dropout(Op):
    """Zeroes elements, or whole channels, with probability ``p``."""

    NAMES = functional("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
    input: Value
    p: Value = 0.5
    training: Value = True
    inplace: Value = False

    def result(self) -> Tensor:
        if isinstance(self.p, int | float) and not 0 <= self.p <= 1:
            raise ShapeMismatch(f"dropout probability has to be between 0 and 1, but got {self.p}", error="ValueError")
        if isinstance(self.p, str | list | tuple):
            raise Refused(f"`p` must be a number, got {shown(self.p)}", field="p", error="TypeError")
        return made(shape_of(tensor(self.input)), dtype_of(self.input))


class GatedLinearUnit(FromLayer):
    """One half of an axis times the sigmoid of the other."""

    NAMES = functional("glu")
    LAYER = softmax.GLU


class Softmax(Op):
    """Exponentials that add up to one along an axis, and their logarithms."""

    NAMES = functional("softmax", "log_softmax", "softmin")
    RAISES = "IndexError"
    input: Value
    dim: Value = None
    _stacklevel: Value = None
    dtype: Value = None

    def result(self) -> Tensor:
        shape = shape_of(tensor(self.input))
        if self.dim is not None:
            at_axis(self.dim, shape.rank)
        return made(shape, chosen(self.dtype, dtype_of(self.input)))


class SoftmaxAlong(Op):
    """Softmax, or its logarithm, along an axis that must be given."""

    NAMES = (*both("softmax", "log_softmax"), "torch.special.softmax", "torch.special.log_softmax")
    RAISES = "IndexError"
    STRICT = True
    ALIASES: ClassVar[dict[str, str]] = {"axis": "dim"}
    input: Value
    dim: Value
    dtype: Value = None
    out: Value = None

    def result(self) -> Tensor:
        shape = shape_of(tensor(self.input))
        at_axis(self.dim, shape.rank)
        return made(shape, chosen(self.dtype, dtype_of(self.input)))


class GumbelSoftmax(Op):
    """A sample of a distribution over an axis."""

    NAMES = functional("gumbel_softmax")
    logits: Value
    tau: Value = 1
    hard: Value = False
    eps: Value = 1e-10
    dim: Value = -1

    def result(self) -> Tensor:
        at_axis(self.dim, shape_of(self.logits).rank)
        return made(shape_of(self.logits), dtype_of(self.logits))


class Normalize(Op):
    """Divided by the norm along an axis."""

    NAMES = functional("normalize")
    RAISES = "IndexError"
    input: Value
    p: Value = 2.0
    dim: Value = 1
    eps: Value = 1e-12

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if not isinstance(decided(self.dim), list | tuple):
            at_axis(self.dim, shape.rank)
        return made(shape, dtype_of(self.input))


# Normalisation ------------------------------------------------------------------------------------------------------------


class LayerNorm(FromLayer):
    """Mean 0 and variance 1 over the last axes."""

    NAMES = (*functional("layer_norm"), *function("layer_norm"))
    LAYER = group_normalisation.LayerNorm
    ORDER = ("normalized_shape",)
    IGNORED = ("weight", "bias", "eps", "cudnn_enable")

    def result(self) -> Any:
        shape = getattr(self, "normalized_shape")  # noqa: B009
        if isinstance(shape, int | float | str | None):
            raise Refused(f"`normalized_shape` must be a tuple of integers, got {shown(shape)}", field="normalized_shape", error="TypeError")
        checked(getattr(self, "weight"), size_list(shape, "normalized_shape"), "weight")  # noqa: B009
        return super().result()


class RMSNorm(FromLayer):
    """Root mean square 1 over the last axes."""

    NAMES = (*functional("rms_norm"), *function("rms_norm"))
    LAYER = group_normalisation.RMSNorm
    ORDER = ("normalized_shape",)
    IGNORED = ("weight", "eps")


def checked(given: Any, wanted: tuple[Any, ...], name: str) -> None:
    """Refuse a weight that has not the shape that the input asks for."""
    if isinstance(given, Tensor) and isinstance(given.shape, Shape):
        shape = given.shape
        if len(shape) != len(wanted) or any(map(differs, shape, wanted)):
            raise ShapeMismatch(f"`{name}` has the shape {shape.text}, not {Shape(wanted).text}")


class BatchNorm(Op):
    """Mean 0 and variance 1 for each channel of ``(N, C, *)``."""

    NAMES = (*functional("batch_norm"), *function("batch_norm"))
    input: Value
    running_mean: Value
    running_var: Value
    weight: Value = None
    bias: Value = None
    training: Value = False
    momentum: Value = 0.1
    eps: Value = 1e-5
    cudnn_enabled: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(shape.rank < 2, f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
        for name in ("running_mean", "running_var", "weight", "bias"):
            checked(getattr(self, name), (shape[1],), name)
        return made(shape, dtype_of(self.input))


class InstanceNorm(Op):
    """Mean 0 and variance 1 for each channel of each sample of ``(N, C, *)``."""

    NAMES = (*functional("instance_norm"), *function("instance_norm"))
    input: Value
    running_mean: Value = None
    running_var: Value = None
    weight: Value = None
    bias: Value = None
    use_input_stats: Value = True
    momentum: Value = 0.1
    eps: Value = 1e-5
    cudnn_enabled: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(shape.rank < 2, f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
        return made(shape, dtype_of(self.input))


class GroupNorm(Op):
    """Mean 0 and variance 1 for each group of channels of ``(N, C, *)``."""

    NAMES = (*functional("group_norm"), *function("group_norm"))
    input: Value
    num_groups: Value
    weight: Value = None
    bias: Value = None
    eps: Value = 1e-5
    cudnn_enabled: Value = None

    def result(self) -> Tensor:
        shape, groups = shape_of(self.input), self.num_groups
        unfit(shape.rank < 2, f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
        unfit(lambda: shape[1] % groups != 0, f"{shape[1]} channels are not divisible by `num_groups` ({groups}): {shape.text}")
        for name in ("weight", "bias"):
            checked(getattr(self, name), (shape[1],), name)
        return made(shape, dtype_of(self.input))


class LocalResponseNorm(FromLayer):
    """Divided by a power of the sum of squares over neighbouring channels."""

    NAMES = functional("local_response_norm")
    LAYER = group_normalisation.LocalResponseNorm


# Tables and distances -----------------------------------------------------------------------------------------------------
