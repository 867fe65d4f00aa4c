"""Layers that move, repeat, cut and pad axes."""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.core.arithmetic import merged
from paramlint.core.dims import Size, is_known, is_unsized, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import Stateless, one_input, ranked, sizes_of
from paramlint.frameworks.keras.kinds import DataFormat, PositiveNoFlag, doubtful, plain
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import open_value, shown


class Flatten(Stateless):
    """All axes after the batch in one: input (batch, ...), output (batch, product)."""

    NAMES = ("keras.layers.Flatten",)

    data_format: DataFormat = None

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if x.rank < 1:
            raise ShapeMismatch("expected at least 1 dimension, got 0")
        return Shape((x[0], merged(x[1:])))

    EXAMPLES = (
        Example("Flatten()", params=0, input=(None, 7, 7, 512), output=(None, 25_088)),
        Example("Flatten()", params=0, input=(None, None, 4), output=(None, None)),
    )


def _target(name: str, value: Any) -> Any:
    if isinstance(value, Tensor):
        value = sizes_of(value) if isinstance(value.data, tuple) else Unknown.because(Why.UNSUPPORTED, f"the numbers in `{name}`")
    if isinstance(value, Unknown) or not (plain(value) or value is None or isinstance(value, dict)):
        return value
    if not isinstance(value, list | tuple | str | range):
        raise Refused(f"`{name}` must be a tuple of sizes, got {shown(value)}", field=name, error="TypeError")
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

    BUILT = True
    NAMES = ("keras.layers.Reshape",)

    target_shape: Annotated[Any, _target]

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if not isinstance(self.target_shape, tuple):
            raise NeedsValue(self.target_shape) if isinstance(self.target_shape, Unknown) else ShapeMismatch("no target shape")
        target = [size if isinstance(size, int) or open_value(size) else unsized(f"target {axis}")
                  for axis, size in enumerate(self.target_shape)]
        free = next((axis for axis, size in enumerate(target) if isinstance(size, int) and size == -1), None)
        if free is None:  # one size that is not known must be what is left, even if it turns out to be -1
            unknown = [axis for axis, size in enumerate(target) if open_value(size) and not is_unsized(size)]
            free = unknown[0] if len(unknown) == 1 else None
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
    if isinstance(value, set | frozenset | bytes | dict):
        raise doubtful(name, value)
    if not isinstance(value, list | tuple | str | range):
        raise Refused(f"`{name}` must be a tuple of axes, got {shown(value)}", field=name, error="TypeError")
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
