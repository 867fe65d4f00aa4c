"""Convolutions, pooling, attention and normalisation as functions.

Source: the documentation of keras.ops.nn and tf.nn, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size, is_unsized, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, dtype_of, ops, shape_of, tf
from paramlint.frameworks.keras.ops_images import channels_first, image, pair, spatial
from paramlint.frameworks.keras.windows import slid, spread
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


def _padding(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Convolution(Op):
    """A kernel ``(*window, channels / groups, filters)`` slid over ``(batch, *sizes, channels)``."""

    NAMES = ops("conv", "nn.conv")
    KIND = "convolution"
    inputs: Value
    kernel: Value
    strides: Value = 1
    padding: Value = "valid"
    data_format: Value = None
    dilation_rate: Value = 1

    def result(self) -> Any:
        shape, kernel, first = shape_of(self.inputs), shape_of(self.kernel, "kernel"), channels_first(self.data_format)
        axes = shape.rank - 2
        if self.drawn and (axes < 1 or any(isinstance(one, list | tuple) and len(one) != axes for one in (self.strides, self.dilation_rate))):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"windows of another number of dimensions than {shape.text}"))
        if any(map(is_unsized, kernel)):
            raise NeedsValue(Unknown.because(Why.INPUT, "a window of an open size"))
        if kernel.rank != shape.rank or axes < 1:
            raise ShapeMismatch(f"the kernel {kernel.text} does not fit {shape.text}")
        given = shape[1] if first else shape[-1]
        if self.drawn and isinstance(given, int) and differs(given, kernel[-2]):  # no groups in a graph
            raise ShapeMismatch(f"{given} channels do not fit the kernel {kernel.text}")
        self.channels(given, kernel)
        sizes = slid(spatial(shape, first), kernel[:-2], pair(self.strides, axes), pair(self.dilation_rate, axes), _padding(self.padding))
        return Tensor(image(shape, self.filters(kernel), sizes, first), dtype_of(self.inputs))

    def channels(self, given: Size, kernel: Shape) -> None:
        if isinstance(given, int) and isinstance(kernel[-2], int) and (kernel[-2] == 0 or given % kernel[-2]):
            raise ShapeMismatch(f"{given} channels do not fit the kernel {kernel.text}")

    def filters(self, kernel: Shape) -> Size:
        return kernel[-1]

    def macs(self, y: Any) -> Size:
        return y.shape.numel * product(shape_of(self.kernel)[:-1])


class DepthwiseConvolution(Convolution):
    """A kernel ``(*window, channels, multiplier)`` slid over each channel by itself."""

    NAMES = ops("depthwise_conv", "nn.depthwise_conv")

    def channels(self, given: Size, kernel: Shape) -> None:
        if differs(given, kernel[-2]):
            raise ShapeMismatch(f"{given} channels do not fit the kernel {kernel.text}")

    def filters(self, kernel: Shape) -> Size:
        return kernel[-2] * kernel[-1]

    def macs(self, y: Any) -> Size:
        return y.shape.numel * product(shape_of(self.kernel)[:-2])


class TransposedConvolution(Op):
    """Every element of ``(batch, *sizes, channels)`` spread over the window of a kernel ``(*window, filters, channels)``."""

    NAMES = ops("conv_transpose", "nn.conv_transpose")
    KIND = "transposed convolution"
    inputs: Value
    kernel: Value
    strides: Value = 1
    padding: Value = "valid"
    output_padding: Value = None
    data_format: Value = None
    dilation_rate: Value = 1

    def result(self) -> Any:
        shape, kernel, first = shape_of(self.inputs), shape_of(self.kernel, "kernel"), channels_first(self.data_format)
        axes = shape.rank - 2
        if any(map(is_unsized, kernel)) or (self.drawn and (axes < 1 or any(
                isinstance(one, list | tuple) and len(one) != axes for one in (self.strides, self.dilation_rate)))):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"windows of another number of dimensions than {shape.text}"))
        if kernel.rank != shape.rank or axes < 1 or differs(kernel[-1], shape[1] if first else shape[-1]):
            raise ShapeMismatch(f"the kernel {kernel.text} does not fit {shape.text}")
        extra = None if self.output_padding is None else pair(self.output_padding, axes)
        sizes = spread(spatial(shape, first), kernel[:-2], pair(self.strides, axes), pair(self.dilation_rate, axes), _padding(self.padding), extra)
        return Tensor(image(shape, kernel[-2], sizes, first), dtype_of(self.inputs))

    def macs(self, y: Any) -> Size:
        return shape_of(self.inputs).numel * product(shape_of(self.kernel)[:-1])


class Pooling(Op):
    """The largest or the mean of each window."""

    NAMES = ops("max_pool", "average_pool", "nn.max_pool", "nn.average_pool")
    inputs: Value
    pool_size: Value
    strides: Value = None
    padding: Value = "valid"
    data_format: Value = None

    def result(self) -> Any:
        shape, first = shape_of(self.inputs), channels_first(self.data_format)
        axes = shape.rank - 2
        if self.drawn and (axes < 1 or any(isinstance(one, list | tuple) and len(one) != axes for one in (self.pool_size, self.strides))):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"windows of another number of dimensions than {shape.text}"))
        window = pair(self.pool_size, axes)
        strides = window if self.strides is None else pair(self.strides, axes)
        sizes = slid(spatial(shape, first), window, strides, (1,) * axes, _padding(self.padding))
        return Tensor(image(shape, shape[1] if first else shape[-1], sizes, first), dtype_of(self.inputs))


class AdaptivePooling(Op):
    """Windows of such sizes that a given number of them is left."""

    NAMES = ops("adaptive_average_pool", "adaptive_max_pool", "nn.adaptive_average_pool", "nn.adaptive_max_pool")
    inputs: Value
    output_size: Value
    data_format: Value = None

    def result(self) -> Any:
        shape, first = shape_of(self.inputs), channels_first(self.data_format)
        if self.drawn:
            return Tensor(self._drawn(shape, first), dtype_of(self.inputs))
        return Tensor(image(shape, shape[1] if first else shape[-1], pair(self.output_size, shape.rank - 2), first), dtype_of(self.inputs))

    def _drawn(self, shape: Shape, first: bool) -> Shape:
        """What a graph makes of it: sizes must be a tuple, and take the place of as many axes."""
        if isinstance(self.output_size, Unknown):
            raise NeedsValue(self.output_size)
        if not isinstance(self.output_size, tuple):
            raise Refused(f"`output_size` must be a tuple, got {shown(self.output_size)}", field="output_size")
        if first:
            return Shape((*shape[:2], *self.output_size))
        return Shape((*shape[:shape.rank - len(self.output_size)], *self.output_size, shape[-1]))


class DotProductAttention(Op):
    """Attention of queries ``(batch, T, heads, size)`` to keys and values ``(batch, S, heads, size)``."""

    NAMES = ops("dot_product_attention", "nn.dot_product_attention")
    KIND = "attention"
    EXTRA = "options"
    query: Value
    key: Value
    value: Value
    options: Value

    def result(self) -> Any:
        query, key, value = (shape_of(one) for one in (self.query, self.key, self.value))
        if self.options.get("attn_logits_soft_cap") is not None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "`attn_logits_soft_cap`, which depends on the backend"))
        if self.drawn:
            return Tensor(query, dtype_of(self.query))
        if not query.rank == key.rank == value.rank == 4:
            raise ShapeMismatch(f"expected 4 dimensions, got {query.text}, {key.text} and {value.text}")
        if differs(query[-1], key[-1]) or differs(key[1], value[1]):
            raise ShapeMismatch(f"{query.text}, {key.text} and {value.text} do not go together")
        return Tensor(query, dtype_of(self.query))

    def macs(self, y: Any) -> Size:
        """Queries by keys, and what results by values."""
        query, key, value = (shape_of(one) for one in (self.query, self.key, self.value))
        return query[0] * query[2] * query[1] * key[1] * (query[3] + value[3])


class Normalisation(Op):
    """Mean, variance or square made 1 along an axis."""

    NAMES = ops("layer_normalization", "rms_normalization", "nn.layer_normalization", "nn.rms_normalization")
    REST = "rest"
    EXTRA = "options"
    x: Value
    rest: Value
    options: Value

    def result(self) -> Any:
        return Tensor(shape_of(self.x), dtype_of(self.x))


class BatchNormalisation(Op):
    """A tensor normalised with a mean and a variance for each place of an axis."""

    NAMES = ops("batch_normalization", "nn.batch_normalization")

    x: Value
    mean: Value
    variance: Value
    axis: Value
    offset: Value = None
    scale: Value = None
    epsilon: Value = 1e-3

    def result(self) -> Any:
        shape = shape_of(self.x)
        size = shape[at_axis(self.axis, shape.rank)]
        for name, given in (("mean", self.mean), ("variance", self.variance), ("offset", self.offset), ("scale", self.scale)):
            if given is None:
                if name == "scale" and self.offset is not None:  # Keras asks for both or none
                    raise ShapeMismatch("`scale` goes with `offset`")
                continue
            found = shape_of(given, name)
            if found.rank != 1 or is_unsized(found[0]) is not is_unsized(size) or (not is_unsized(size) and differs(found[0], size)):
                raise ShapeMismatch(f"`{name}` must have the shape ({size},), got {found.text}")
        return Tensor(shape, dtype_of(self.x))


class TensorFlowConvolution(Convolution):
    """``tf.nn.conv2d``: strides and dilations may be given for the batch and the channels too."""

    NAMES = tf("nn.conv1d", "nn.conv2d", "nn.conv3d")
    ALIASES = {"input": "inputs", "filters": "kernel", "filter": "kernel", "stride": "strides", "dilations": "dilation_rate"}
    name: Value = None

    def result(self) -> Any:
        if self.data_format not in (None, "NHWC", "NWC", "NDHWC"):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a convolution with the channels first"))
        axes = shape_of(self.inputs).rank - 2
        self.data_format = None
        self.strides, self.dilation_rate = _inner(self.strides, axes), _inner(self.dilation_rate, axes) if self.dilation_rate else 1
        return super().result()


def _inner(value: Any, axes: int) -> Any:
    return tuple(value[1:-1]) if isinstance(value, list | tuple) and len(value) == axes + 2 else value
