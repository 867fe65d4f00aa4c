"""Layers that move, repeat, cut and pad axes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.dims import Size, is_known, is_unsized, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.core.windows import positive
from paramlint.frameworks.keras.base import Stateless, join_channels, one_input, ranked, split_channels
from paramlint.frameworks.keras.kinds import DataFormat, PositiveNoFlag, plain, sizes
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown


class Flatten(Stateless):
    """All axes after the batch in one: input (batch, ...), output (batch, product)."""

    NAMES = ("keras.layers.Flatten",)

    data_format: DataFormat = None

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if x.rank < 1:
            raise ShapeMismatch("expected at least 1 dimension, got 0")
        return Shape((x[0], product(x[1:])))

    EXAMPLES = (
        Example("Flatten()", params=0, input=(None, 7, 7, 512), output=(None, 25_088)),
        Example("Flatten()", params=0, input=(None, None, 4), output=(None, None)),
    )


def _target(name: str, value: Any) -> Any:
    if isinstance(value, Unknown) or not (plain(value) or value is None or isinstance(value, dict)):
        return value
    if not isinstance(value, list | tuple | str | range):
        raise Refused(f"`{name}` must be a tuple of sizes, got {shown(value)}", field=name)
    target = tuple(value)
    free = 0
    for size in target:
        if isinstance(size, int) and size < -1:
            raise Refused(f"`{name}` must hold sizes of at least 0 and at most one -1, got {shown(target)}", field=name)
        free += isinstance(size, int) and size == -1
    if free > 1:
        raise Refused(f"`{name}` can have only one -1, got {shown(target)}", field=name)
    return target


class Reshape(Stateless):
    """The elements of each example in another shape: input (batch, ...), output (batch, *target_shape); -1 is what is left."""

    NAMES = ("keras.layers.Reshape",)

    target_shape: Annotated[Any, _target]

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if not isinstance(self.target_shape, tuple):
            raise NeedsValue(self.target_shape) if isinstance(self.target_shape, Unknown) else ShapeMismatch("no target shape")
        target = [size if isinstance(size, int) or open_value(size) else unsized(f"target {axis}")
                  for axis, size in enumerate(self.target_shape)]
        free = next((axis for axis, size in enumerate(target) if isinstance(size, int) and size == -1), None)
        have, want = product(x[1:]), product(size for axis, size in enumerate(target) if axis != free)
        if any(map(is_unsized, (*x[1:], *target))):  # Keras compares nothing then
            if free is not None:
                target[free] = have // want if is_known(want) and want else unsized("reshaped")
        elif free is None:
            if differs(have, want):
                raise ShapeMismatch(f"{have} elements cannot become {want}: {Shape(x[1:]).text} to {Shape(target).text}")
        else:
            target[free] = _left(have, want, x)
        return Shape((x[0], *target))

    EXAMPLES = (
        Example("Reshape((-1, 4))", params=0, input=(None, 3, 8), output=(None, 6, 4)),
        Rejects("Reshape((5, 3))", input=(None, 12), says="12 elements"),
        Rejects("Reshape((-1, 5))", input=(None, 12), says="divided"),
        Rejects("Reshape(12)", says="tuple"),
    )


def _left(have: Size, want: Size, x: Shape) -> Size:
    if is_known(have) and is_known(want) and (want == 0 or have % want):
        raise ShapeMismatch(f"{have} elements cannot be divided by {want}: {Shape(x[1:]).text}")
    return have // want


def _permutation(name: str, value: Any) -> Any:
    if isinstance(value, Unknown) or not (plain(value) or value is None or isinstance(value, dict)):
        return value
    if not isinstance(value, list | tuple | str | range):
        raise Refused(f"`{name}` must be a tuple of axes, got {shown(value)}", field=name)
    if any(open_value(axis) for axis in value):
        return tuple(value)
    if any(isinstance(axis, str) for axis in value) or sorted(value) != list(range(1, len(value) + 1)):
        raise Refused(f"`{name}` must hold each of the axes from 1 once, got {shown(value)}", field=name)
    return tuple(int(axis) for axis in value)


class Permute(Stateless):
    """The axes in another order; axis 1 is the first after the batch."""

    NAMES = ("keras.layers.Permute",)

    dims: Annotated[Any, _permutation]

    def shape(self, inputs: Any) -> Shape:
        if not isinstance(self.dims, tuple):
            raise NeedsValue(self.dims) if isinstance(self.dims, Unknown) else ShapeMismatch("no axes")
        x = ranked(inputs, len(self.dims) + 1)
        return Shape((x[0], *(x[axis.__index__()] for axis in self.dims)))

    EXAMPLES = (
        Example("Permute((2, 1))", params=0, input=(None, 10, 64), output=(None, 64, 10)),
        Rejects("Permute((0, 1))", says="axes from 1"),
        Rejects("Permute((1, 2))", input=(None, 4, 5, 6), says="3 dimensions"),
    )


class RepeatVector(Stateless):
    """A vector `n` times: input (batch, features), output (batch, n, features)."""

    NAMES = ("keras.layers.RepeatVector",)

    n: PositiveNoFlag

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, 2)
        return Shape((x[0], self.n, x[1]))

    EXAMPLES = (
        Example("RepeatVector(3)", params=0, input=(None, 32), output=(None, 3, 32)),
        Rejects("RepeatVector('a')", says="integer"),
        Rejects("RepeatVector(3)", input=(None, 8, 2), says="2 dimensions"),
    )


# Cropping and padding -------------------------------------------------------------------------------------------------


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
            raise Refused(f"`interpolation` must be a name, got {shown(self.interpolation)}", field="interpolation")

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
