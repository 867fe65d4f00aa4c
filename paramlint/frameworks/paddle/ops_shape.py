"""Operations of paddle that change the shape of a tensor.

Source: the documentation of paddle and paddle.Tensor, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import ClassVar

from paramlint.core.dims import exact_quotient, product
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.ops_common import at_axis, both, changing, dtype_of, known, shape_of, sizes
from paramlint.frameworks.paddle.shaping import flattened, reshaped
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Text, Value, open_value, shown
from paramlint.schema.op import Op


class Flatten(Op):
    """Makes the axes from ``start_axis`` to ``stop_axis`` one."""

    NAMES = changing("flatten")
    RESHAPES = True
    ALIASES: ClassVar = {"input": "x", "start_dim": "start_axis", "end_dim": "stop_axis"}
    x: Value
    start_axis: Value = 0
    stop_axis: Value = -1
    name: Text = None
    EXAMPLES = (Example("flatten(x, 1)", input=(2, 3, 4), output=(2, 12)), Rejects("flatten(x, 2, 1)", input=(2, 3, 4), says="before"))

    def result(self) -> Tensor:
        shape = flattened(shape_of(self.x), known(self.start_axis), known(self.stop_axis))
        return Tensor(shape, dtype_of(self.x))


class Reshape(Op):
    """Other axes for the same elements: 0 keeps the size of that axis, one -1 takes what is left."""

    NAMES = changing("reshape") + both("view")
    RESHAPES = True
    ALIASES: ClassVar = {"input": "x", "shape_or_dtype": "shape"}
    REST: ClassVar[str | None] = "rest"
    EXTRA: ClassVar[str | None] = "options"
    x: Value
    rest: Value
    options: Value
    EXAMPLES = (Example("reshape(x, [0, -1])", input=(2, 3, 4), output=(2, 12)),
                Rejects("reshape(x, [5, -1])", input=(2, 3, 4), says="24"))

    def result(self) -> Tensor:
        x = shape_of(self.x)
        given = self.options.get("shape", self.rest if len(self.rest) != 1 else self.rest[0])
        wanted = [x[i] if isinstance(one, int) and one == 0 and i < len(x) else one for i, one in enumerate(sizes(given))]
        free = [i for i, one in enumerate(wanted) if isinstance(one, int) and one == -1]
        unfit(len(free) > 1, f"`shape` may have one -1, got {shown(given)}")
        have, rest = x.numel, product(one for i, one in enumerate(wanted) if i not in free)
        if free:
            unfit(rest == 0, f"a size cannot be computed beside a 0: {shown(given)}")
            unfit(lambda: have % rest != 0, f"{have} elements ({x.text}) do not fit {shown(given)}")
            quotient = exact_quotient(have, rest) if not isinstance(have, Unknown) and not isinstance(rest, Unknown) else None
            wanted[free[0]] = have // rest if quotient is None else quotient
        elif differs(have, rest):
            raise ShapeMismatch(f"{have} elements ({x.text}) do not fit {shown(given)}")
        return Tensor(Shape(wanted), dtype_of(self.x))


class Unflatten(Op):
    """Makes one axis several."""

    NAMES = both("unflatten")
    x: Value
    axis: Value
    shape: Value
    name: Text = None

    def result(self) -> Tensor:
        x = shape_of(self.x)
        return Tensor(reshaped(x, at_axis(x, self.axis), known(self.shape)), dtype_of(self.x))


class Transpose(Op):
    """The axes in the order ``perm``."""

    NAMES = (*changing("transpose"), *both("permute"))
    RESHAPES = True
    ALIASES: ClassVar = {"input": "x", "dims": "perm"}
    REST: ClassVar[str | None] = "rest"
    EXTRA: ClassVar[str | None] = "options"
    x: Value
    perm: Value
    rest: Value
    options: Value
    EXAMPLES = (Example("transpose(x, [0, 2, 1])", input=(2, 3, 4), output=(2, 4, 3)),
                Rejects("transpose(x, [0, 0, 1])", input=(2, 3, 4), says="once"))

    def result(self) -> Tensor:
        x, perm = shape_of(self.x), known(self.perm)
        if isinstance(perm, int) and len(self.rest) == 1 and len(x) != 2:  # two axes to swap, as in torch
            one, two = at_axis(x, perm), at_axis(x, self.rest[0])
            return Tensor(x.replace(one, x[two]).replace(two, x[one]), dtype_of(self.x))
        order = list(perm) if isinstance(perm, list | tuple) else [perm, *self.rest]
        found = [at_axis(x, one, "perm") for one in order]
        unfit(len(set(found)) < len(found), f"`perm` must name each axis of {x.text} once, got {shown(order)}")
        return Tensor(Shape((*(x[one] for one in found), *x[len(found):])), dtype_of(self.x))  # axes that are not named stay


class Squeeze(Op):
    """Without axes of size 1: those named, or all of them."""

    NAMES = changing("squeeze")
    RESHAPES = True
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value = None
    name: Text = None
    EXAMPLES = (Example("squeeze(x, axis=[2, 3])", input=(1, 8, 1, 1), output=(1, 8)),)

    def result(self) -> Tensor:
        x, axis = shape_of(self.x), known(self.axis)
        named = None if axis is None else [at_axis(x, one) for one in (axis if isinstance(axis, list | tuple) else (axis,))]
        kept = []
        for i, size in enumerate(x):
            if named is not None and i not in named:
                kept.append(size)
            elif open_value(size):
                raise NeedsValue(Unknown.because(Why.INPUT, f"whether `{size}` is 1"))
            elif size != 1:
                kept.append(size)
        return Tensor(Shape(kept), dtype_of(self.x))


class Unsqueeze(Op):
    """With new axes of size 1."""

    NAMES = changing("unsqueeze")
    RESHAPES = True
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value
    name: Text = None
    EXAMPLES = (Example("unsqueeze(x, axis=[0, 2])", input=(3, 4), output=(1, 3, 1, 4)),)

    def result(self) -> Tensor:
        shape, axis = shape_of(self.x), known(self.axis)
        for one in axis if isinstance(axis, list | tuple) else (axis,):
            at = at_axis(Shape((*shape, 1)), one)
            shape = Shape((*shape[:at], 1, *shape[at:]))
        return Tensor(shape, dtype_of(self.x))


class Expand(Op):
    """Repeats axes of size 1; -1 keeps a size."""

    NAMES = both("expand", "broadcast_to")
    x: Value
    shape: Value
    name: Text = None
    EXAMPLES = (Example("expand(x, [2, -1, 4])", input=(3, 1), output=(2, 3, 4)),)

    def result(self) -> Tensor:
        x, wanted = shape_of(self.x), sizes(self.shape)
        unfit(len(wanted) < len(x), f"`shape` {shown(wanted)} has fewer axes than {x.text}")
        padded = (1,) * (len(wanted) - len(x)) + tuple(x)
        full = [have if isinstance(one, int) and one == -1 else one for one, have in zip(wanted, padded, strict=True)]
        return Tensor(broadcast(padded, full), dtype_of(self.x))


class Tile(Op):
    """The tensor repeated along its axes."""

    NAMES = both("tile")
    x: Value
    repeat_times: Value
    name: Text = None

    def result(self) -> Tensor:
        x, times = list(shape_of(self.x)), sizes(self.repeat_times, "repeat_times")
        rank = max(len(x), len(times))
        x, times = [1] * (rank - len(x)) + x, [1] * (rank - len(times)) + times
        return Tensor(Shape(size * by for size, by in zip(x, times, strict=True)), dtype_of(self.x))
