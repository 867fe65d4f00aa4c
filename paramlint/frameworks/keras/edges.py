"""Layers that cut, pad and repeat along the spatial axes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.windows import positive
from paramlint.frameworks.keras.base import Stateless, join_channels, ranked, split_channels
from paramlint.frameworks.keras.kinds import DataFormat, PositiveNoFlag, plain, sizes
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown


class _Edges(Stateless):
    """Family of layers that take from or add to both ends of each spatial axis."""

    RANK: ClassVar[int]

    def standardized(self, name: str) -> None:
        """An integer for all ends, an integer for both ends of each axis, or a pair for each axis: pairs of (start, end)."""
        value = getattr(self, name)
        if isinstance(value, int) or open_value(value):
            setattr(self, name, ((value, value),) * self.RANK)
        elif isinstance(value, list | tuple) and len(value) == self.RANK:
            setattr(self, name, tuple(sizes(2, least=0)(name, ends) for ends in value))
        elif plain(value) or value is None or isinstance(value, dict):
            raise Refused(f"`{name}` must be an integer or have {self.RANK} elements, got {shown(value)}", field=name)
        else:
            setattr(self, name, tuple(sizes(2)(name, value) for _ in range(self.RANK)))

    def moved(self, inputs: Any, ends: Any, sign: int, data_format: Any) -> Shape:
        x = ranked(inputs, self.RANK + 2)
        channels, spatial = split_channels(x, data_format)
        out = [size + sign * (start + end) for size, (start, end) in zip(spatial, ends, strict=True)]
        if sign > 0 and any(certainly(lambda size=size: size < 0) for size in out):  # a single negative padding is looked at only now
            raise ShapeMismatch(f"the padding {shown(ends)} leaves a negative size: {Shape(out).text}")
        if sign < 0:
            out = [positive(size, "what the cropping leaves") for size in out]
        return join_channels(x[0], channels, out, data_format)


class ZeroPadding1D(_Edges):
    """Zeros at both ends of a sequence: input (batch, steps, channels)."""

    NAMES = ("keras.layers.ZeroPadding1D",)
    RANK = 1

    padding: Annotated[Any, sizes(2, least=0)] = 1
    data_format: DataFormat = None

    def shape(self, inputs: Any) -> Shape:
        padding = self.padding if isinstance(self.padding, tuple) else (self.padding, self.padding)
        return self.moved(inputs, (padding,), 1, self.data_format)

    EXAMPLES = (
        Example("ZeroPadding1D((1, 2))", params=0, input=(None, 8, 3), output=(None, 11, 3)),
        Rejects("ZeroPadding1D(-1)", says="at least 0"),
    )


class _ZeroPadding(_Edges):
    """Family of paddings of several axes. A single negative number is not looked at when the layer is built."""

    padding: Value = 1
    data_format: DataFormat = None

    def check(self) -> None:
        self.standardized("padding")

    def shape(self, inputs: Any) -> Shape:
        return self.moved(inputs, self.padding, 1, self.data_format)


class ZeroPadding2D(_ZeroPadding):
    """Zeros around an image: input (batch, rows, columns, channels); `padding` is one number, (rows, columns), or pairs."""

    NAMES = ("keras.layers.ZeroPadding2D",)
    RANK = 2
    EXAMPLES = (
        Example("ZeroPadding2D((1, 2))", params=0, input=(None, 8, 8, 3), output=(None, 10, 12, 3)),
        Example("ZeroPadding2D(((1, 2), (0, 2)))", params=0, input=(None, 8, 8, 3), output=(None, 11, 10, 3)),
        Rejects("ZeroPadding2D((1, 2, 3))", says="2 elements"),
    )


class ZeroPadding3D(_ZeroPadding):
    """Zeros around a volume: input (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.ZeroPadding3D",)
    RANK = 3
    EXAMPLES = (Example("ZeroPadding3D((1, 2, 3))", params=0, input=(None, 8, 8, 8, 3), output=(None, 10, 12, 14, 3)),)


class Cropping1D(_Edges):
    """A sequence without its ends: input (batch, steps, channels)."""

    NAMES = ("keras.layers.Cropping1D",)
    RANK = 1

    cropping: Annotated[Any, sizes(2, least=0)] = (1, 1)

    def shape(self, inputs: Any) -> Shape:
        return self.moved(inputs, (self.cropping,), -1, None)

    EXAMPLES = (
        Example("Cropping1D((1, 2))", params=0, input=(None, 8, 3), output=(None, 5, 3)),
        Rejects("Cropping1D(5)", input=(None, 8, 3), says="too small"),
    )


class _Cropping(_Edges):
    """Family of croppings of several axes."""

    cropping: Value = 0
    data_format: DataFormat = None

    def check(self) -> None:
        if isinstance(self.cropping, int) and self.cropping < 0:
            raise Refused(f"`cropping` cannot be negative, got {self.cropping}", field="cropping")
        self.standardized("cropping")

    def shape(self, inputs: Any) -> Shape:
        return self.moved(inputs, self.cropping, -1, self.data_format)


class Cropping2D(_Cropping):
    """An image without its edges: input (batch, rows, columns, channels); `cropping` is one number, (rows, columns), or pairs."""

    NAMES = ("keras.layers.Cropping2D",)
    RANK = 2
    EXAMPLES = (
        Example("Cropping2D(((1, 2), (1, 2)))", params=0, input=(None, 8, 8, 3), output=(None, 5, 5, 3)),
        Rejects("Cropping2D(4)", input=(None, 8, 8, 3), says="too small"),
    )


class Cropping3D(_Cropping):
    """A volume without its edges: input (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.Cropping3D",)
    RANK = 3

    cropping = 1

    EXAMPLES = (Example("Cropping3D()", params=0, input=(None, 8, 8, 8, 3), output=(None, 6, 6, 6, 3)),)


# Repetition -----------------------------------------------------------------------------------------------------------


class UpSampling1D(Stateless):
    """Each step `size` times: input (batch, steps, channels), output (batch, size * steps, channels)."""

    NAMES = ("keras.layers.UpSampling1D",)

    size: PositiveNoFlag = 2

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, 3)
        return x.replace(1, self.size * x[1])

    EXAMPLES = (
        Example("UpSampling1D(3)", params=0, input=(None, 8, 3), output=(None, 24, 3)),
        Rejects("UpSampling1D(2.0)", says="integer"),
    )


def _larger(inputs: Any, factors: Any, data_format: Any) -> Shape:
    x = ranked(inputs, len(factors) + 2)
    channels, spatial = split_channels(x, data_format)
    return join_channels(x[0], channels, (factor * size for factor, size in zip(factors, spatial, strict=True)), data_format)


class UpSampling2D(Stateless):
    """Each row and column `size` times, or interpolated: input (batch, rows, columns, channels)."""

    NAMES = ("keras.layers.UpSampling2D",)

    size: Annotated[Any, sizes(2)] = (2, 2)
    data_format: DataFormat = None
    interpolation: Value = "nearest"

    def check(self) -> None:
        if (plain(self.interpolation) and not isinstance(self.interpolation, str)) or self.interpolation is None:
            raise Refused(f"`interpolation` must be a name, got {shown(self.interpolation)}", field="interpolation",
                          error="AttributeError")

    def shape(self, inputs: Any) -> Shape:
        return _larger(inputs, self.size, self.data_format)

    EXAMPLES = (
        Example("UpSampling2D((2, 3))", params=0, input=(None, 8, 8, 3), output=(None, 16, 24, 3)),
        Rejects("UpSampling2D(0)", says="positive"),
    )


class UpSampling3D(Stateless):
    """Each plane, row and column `size` times: input (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.UpSampling3D",)

    size: Annotated[Any, sizes(3)] = (2, 2, 2)
    data_format: DataFormat = None

    def shape(self, inputs: Any) -> Shape:
        return _larger(inputs, self.size, self.data_format)

    EXAMPLES = (Example("UpSampling3D()", params=0, input=(None, 8, 8, 8, 3), output=(None, 16, 16, 16, 3)),)
