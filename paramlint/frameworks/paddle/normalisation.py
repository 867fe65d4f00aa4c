"""Normalisation layers of paddle.nn, batch normalisation aside.

Source: the documentation of paddle.nn and the shape checks of its operators, Paddle 3.3.1; Ba et al. (2016),
Ulyanov et al. (2016), Wu and He (2018), Miyato et al. (2018) for spectral normalisation.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.dims import NoNumber, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import creatable, parameter, rated
from paramlint.frameworks.paddle.common import FIRST, LAST, PLAIN, Device, DType, Real, expect_format, expect_size, number, unfit
from paramlint.schema.conditions import NotAnInteger, Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth, whole
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, frozen

_CHANNELS_FIRST = ("NC", *FIRST.values())
_FORMATS = (*_CHANNELS_FIRST, *LAST.values())


class _InstanceNorm(Layer):
    """What instance normalisations share: a scale and a bias, both or none. There are no running statistics."""

    KIND = "instance norm"
    RANKS: ClassVar[tuple[int, ...]]

    num_features: Size
    epsilon: Number = 1e-5
    momentum: Number = 0.9
    weight_attr: Value = None
    bias_attr: Value = None

    def check(self) -> None:
        if self.weight_attr is False or self.bias_attr is False:
            require(self.weight_attr == self.bias_attr, "`weight_attr` and `bias_attr` must be False both or neither", field="weight_attr"
                    if self.weight_attr is False else "bias_attr", error="AssertionError")
        creatable(self, "num_features")

    def weights(self) -> Weights:
        if self.weight_attr is False or self.bias_attr is False:
            return Weights()
        size = (self.num_features,)
        return Weights(scale=parameter("weight_attr", self.weight_attr, size), bias=parameter("bias_attr", self.bias_attr, size))

    def shape(self, input: Shape) -> Shape:
        input.expect_rank(*self.RANKS)
        if self.weight_attr is not False and self.bias_attr is not False and len(self.weights()) > 0:
            expect_size(input, 1, self.num_features, "channels")
        return input


class InstanceNorm1D(_InstanceNorm):
    """Normalises each channel of each sample over one axis: (batch, channels, length) or (batch, channels)."""

    NAMES = ("paddle.nn.InstanceNorm1D",)
    RANKS = (2, 3)
    data_format: Text = "NCL"
    name: Text = None
    EXAMPLES = (Example("InstanceNorm1D(10)", params=20, input=(2, 10, 4), output=(2, 10, 4)),)


class InstanceNorm2D(_InstanceNorm):
    """Normalises each channel of each sample over two axes: (batch, channels, height, width)."""

    NAMES = ("paddle.nn.InstanceNorm2D",)
    RANKS = (4,)
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (
        Example("InstanceNorm2D(10)", params=20, input=(2, 10, 4, 4), output=(2, 10, 4, 4)),
        Rejects("InstanceNorm2D(10, weight_attr=False)", says="both or neither"),
    )


class InstanceNorm3D(_InstanceNorm):
    """Normalises each channel of each sample over three axes: (batch, channels, depth, height, width)."""

    NAMES = ("paddle.nn.InstanceNorm3D",)
    RANKS = (5,)
    data_format: Text = "NCDHW"
    name: Text = None
    EXAMPLES = (Example("InstanceNorm3D(10)", params=20, input=(2, 10, 4, 4, 4), output=(2, 10, 4, 4, 4)),)


class GroupNorm(Layer):
    """Normalises groups of channels of each sample: (batch, channels, sizes…)."""

    NAMES = ("paddle.nn.GroupNorm",)
    KIND = "group norm"
    ALIASES: ClassVar = {"eps": "epsilon"}

    num_groups: Value
    num_channels: Size
    epsilon: Number = 1e-5
    _: KEYWORD_ONLY
    affine: Flag = True
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    bias_attr: Value = None
    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (
        Example("GroupNorm(2, 8)", params=16, input=(2, 8, 4, 4), output=(2, 8, 4, 4)),
        Example("GroupNorm(4, 8, data_format='NHWC')", params=16, input=(2, 4, 4, 8), output=(2, 4, 4, 8)),
        Rejects("GroupNorm(3, 8)", input=(2, 8, 4, 4), says="divide"),
        Rejects("GroupNorm(3, 8, data_format='foo')", says="data_format"),
    )

    def check(self) -> None:
        form = self.data_format
        require(open_value(form) or isinstance(form, str), f"`data_format` must be a text, got {shown(form)}", field="data_format", error="TypeError")
        require(open_value(form) or form in _FORMATS[1:], f"`data_format` must be one of {', '.join(_FORMATS[1:])}, got {shown(form)}",
                field="data_format", error="ValueError")
        creatable(self, "num_channels")

    def weights(self) -> Weights:
        size = (self.num_channels,)
        weight, bias = (_unless_off(self.affine, one) for one in (self.weight_attr, self.bias_attr))
        return Weights(weight=rated("weight_attr", weight, size), bias=rated("bias_attr", bias, size))

    def shape(self, input: Shape) -> Shape:
        unfit(len(input) < 2, f"expected at least 2 dimensions, got {input.text}")
        groups = number("num_groups", self.num_groups)
        unfit(lambda: groups < 1, f"`num_groups` must be positive, got {groups}")
        if open_value(self.data_format):
            return input
        axis = -1 if self.data_format in LAST.values() else 1
        if len(self.weights()) > 0:
            expect_size(input, axis, self.num_channels, "channels")
        unfit(lambda: input[axis] % groups != 0, f"`num_groups` ({groups}) must divide the channels ({input[axis]})")
        return input


def _unless_off(switch: Any, attribute: Any) -> Any:
    """An attribute behind a switch: False where the switch is off."""
    held = truth(switch)
    if held is None:
        return switch if isinstance(switch, Unknown) else Unknown.because(Why.ARGUMENT, f"depends on `{switch}`")
    return attribute if held else False


def _axes(name: str, value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, int) or open_value(value):
        return (value,)
    if isinstance(value, list | tuple | range | set | dict | str | bytes):
        if not value:
            raise Refused(f"`{name}` must name at least one axis", field=name, error="TypeError")
        if any(isinstance(one, str) for one in value):  # numpy has no product of texts
            raise Refused(f"`{name}` must hold integers, got {shown(value)}", field=name, error="UFuncTypeError(TypeError)")
        if any(isinstance(one, list | tuple) for one in value):
            return Unknown.because(Why.ARGUMENT, f"`{name}` is a list of lists")
        return tuple(whole(name, one) for one in value)
    if isinstance(value, float):
        raise NotAnInteger(f"`{name}` must be an integer or a list of them, got {shown(value)}", field=name, help="use `//` or `int(...)`")
    if isinstance(value, (*PLAIN, NoNumber)):
        raise Refused(f"`{name}` must be an integer or a list of them, got {shown(value)}", field=name, error="TypeError")
    return Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}")


def _sizes(name: str, value: Any) -> Any:
    """The sizes of a shape, of which there may be none."""
    if isinstance(value, int | float | complex):
        raise Refused(f"`{name}` must be a list of sizes, got {shown(value)}", field=name, error="TypeError")
    return () if isinstance(value, list | tuple | dict | set | str | bytes) and not value else _axes(name, value)


class LayerNorm(Layer):
    """Normalises over the last axes, which must have the sizes ``normalized_shape``; weights are flat."""

    NAMES = ("paddle.nn.LayerNorm",)
    KIND = "layer norm"
    ALIASES: ClassVar = {"eps": "epsilon"}

    normalized_shape: Annotated[Any, _axes]
    epsilon: Number = 1e-5
    _: KEYWORD_ONLY
    elementwise_affine: Flag = True
    bias: Flag = True
    device: Device = None
    dtype: DType = None
    weight_attr: Value = None
    bias_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("LayerNorm([3, 4])", params=24, input=(2, 3, 4), output=(2, 3, 4)),
        Example("LayerNorm(10, weight_attr=False)", params=10, input=(4, 10), output=(4, 10)),
        Rejects("LayerNorm(10)", input=(4, 11), says="expected 10"),
        Rejects("LayerNorm(10)", input=(10,), says="before"),
    )

    def check(self) -> None:
        creatable(self, "normalized_shape")

    def weights(self) -> Weights:
        sizes = self.normalized_shape
        size = (sizes if isinstance(sizes, Unknown) else product(sizes),)
        weight = _unless_off(self.elementwise_affine, self.weight_attr)
        bias = _unless_off(self.elementwise_affine, _unless_off(self.bias, self.bias_attr))
        return Weights(weight=parameter("weight_attr", weight, size), bias=parameter("bias_attr", bias, size))

    def shape(self, input: Shape) -> Shape:
        if isinstance(self.normalized_shape, Unknown):
            return input
        input.expect(..., *self.normalized_shape)
        unfit(len(input) <= len(self.normalized_shape), f"needs an axis before the normalised ones: {input.text}")
        return input


class LocalResponseNorm(Layer):
    """Divides each element by what its neighbours in other channels have (Krizhevsky et al., 2012)."""

    NAMES = ("paddle.nn.LocalResponseNorm",)
    KIND = "local response norm"

    size: Value
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0
    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("LocalResponseNorm(5)", params=0, input=(1, 8, 5, 5), output=(1, 8, 5, 5)),
                Rejects("LocalResponseNorm(5)", input=(1, 8), says="dimensions"))

    def shape(self, input: Shape) -> Shape:
        expect_format("data_format", self.data_format, _FORMATS[1:])
        unfit(len(input) < 3, f"expected at least 3 dimensions, got {len(input)}: {input.text}")
        for size in input[1:]:
            unfit(size == 0, f"the input is empty: {input.text}")
        return input


class SpectralNorm(Layer):
    """Divides a weight of ``weight_shape`` by its largest singular value; keeps two vectors that are not trained."""

    NAMES = ("paddle.nn.SpectralNorm",)
    KIND = "spectral norm"

    weight_shape: Annotated[Any, _sizes]
    dim: Real = 0
    power_iters: Value = 1
    eps: Number = 1e-12
    dtype: DType = "float32"

    EXAMPLES = (
        Example("SpectralNorm([2, 8, 32, 32], dim=1)", params=2056, trainable=0, input=(2, 8, 32, 32), output=(2, 8, 32, 32)),
        Rejects("SpectralNorm([2, 8], dim=2)", says="dim"),
    )

    def check(self) -> None:
        if isinstance(self.weight_shape, Unknown):
            return
        rank = len(self.weight_shape)
        require(lambda: product(self.weight_shape) > 0, f"sizes must be positive, got {shown(self.weight_shape)}",
                field="weight_shape", error="AssertionError")
        require(lambda: -rank <= self.dim < rank, f"`dim` must be smaller than {rank}, got {self.dim}", field="dim", error="AssertionError")

    def weights(self) -> Weights:
        if isinstance(self.weight_shape, Unknown) or not isinstance(self.dim, int):
            why = self.weight_shape if isinstance(self.weight_shape, Unknown) else Unknown.because(Why.ARGUMENT, "`dim` is not known")
            return Weights(weight_u=frozen((why,)), weight_v=frozen((why,)))
        rows = self.weight_shape[self.dim]
        return Weights(weight_u=frozen((rows,)), weight_v=frozen((product(self.weight_shape) // rows,)))

    def shape(self, x: Shape) -> Shape:
        if isinstance(self.weight_shape, Unknown) or not isinstance(self.dim, int):
            return x
        if len(x) != len(self.weight_shape) or any(map(differs, x, self.weight_shape)):
            raise ShapeMismatch(f"expected the shape {Shape(self.weight_shape).text}, got {x.text}")
        return x
