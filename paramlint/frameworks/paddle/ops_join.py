"""Operations of paddle that join and split tensors, and make new ones.

Source: the documentation of paddle and paddle.Tensor, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, check_parts, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.ops_common import at_axis, both, dtype_of, known, shape_of, sizes, whole
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Text, Value, shown
from paramlint.schema.op import Op


def _tensors(value: Any) -> list[Any]:
    value = known(value)
    unfit(not isinstance(value, list | tuple) or not value, f"a list of tensors is needed, got {shown(value)}")
    return list(value)


class Concat(Op):
    """Tensors one after the other along ``axis``."""

    NAMES = ("paddle.concat", "paddle.cat")
    ALIASES: ClassVar = {"tensors": "x", "dim": "axis"}
    x: Value
    axis: Value = 0
    name: Text = None
    EXAMPLES = (Example("concat([x, y], axis=1)", input=[(2, 3, 4), (2, 5, 4)], output=(2, 8, 4)),
                Rejects("concat([x, y])", input=[(2, 3), (2, 4)], says="differ"))

    def result(self) -> Tensor:
        tensors = _tensors(self.x)
        shapes = [shape_of(one) for one in tensors]
        axis, first = at_axis(shapes[0], self.axis), shapes[0]
        total = first[axis]
        for shape in shapes[1:]:
            fits = len(shape) == len(first) and not any(map(differs, first.replace(axis, 0), shape.replace(axis, 0)))
            unfit(not fits, f"shapes differ outside axis {axis}: {first.text} and {shape.text}")
            total = total + shape[axis]
        return Tensor(first.replace(axis, total), dtype_of(*tensors))


class Stack(Op):
    """Tensors of one shape along a new axis."""

    NAMES = ("paddle.stack",)
    ALIASES: ClassVar = {"tensors": "x", "dim": "axis"}
    x: Value
    axis: Value = 0
    name: Text = None

    def result(self) -> Tensor:
        tensors = _tensors(self.x)
        shapes = [shape_of(one) for one in tensors]
        for shape in shapes[1:]:
            unfit(len(shape) != len(shapes[0]) or any(map(differs, shape, shapes[0])), f"shapes differ: {shapes[0].text}, {shape.text}")
        at = at_axis(Shape((*shapes[0], 1)), self.axis)
        return Tensor(Shape((*shapes[0][:at], len(tensors), *shapes[0][at:])), dtype_of(*tensors))


class Split(Op):
    """So many equal parts along ``axis``, or parts of these sizes, of which one may be -1."""

    NAMES = both("split")
    x: Value
    num_or_sections: Value
    axis: Value = 0
    name: Text = None
    EXAMPLES = (Example("split(x, [2, -1], 1)", input=(1, 5), output=[(1, 2), (1, 3)]),
                Rejects("split(x, 2, 1)", input=(1, 5), says="divide"))

    def result(self) -> list[Tensor]:
        x, parts = shape_of(self.x), known(self.num_or_sections)
        axis = at_axis(x, self.axis)
        if isinstance(parts, int):
            unfit(parts <= 0, f"cannot split into {parts} parts")
            check_parts(parts)
            unfit(lambda: x[axis] % parts != 0, f"{parts} must divide the size of axis {axis}: {x.text}")
            return [Tensor(x.replace(axis, x[axis] // parts), dtype_of(self.x)) for _ in range(parts)]
        wanted = sizes(parts, "num_or_sections")
        free = [i for i, one in enumerate(wanted) if isinstance(one, int) and one == -1]
        rest = x[axis] - sum(one for i, one in enumerate(wanted) if i not in free)
        unfit(len(free) > 1 or (not free and differs(rest, 0)), f"sections {shown(parts)} do not add up to axis {axis} of {x.text}")
        return [Tensor(x.replace(axis, rest if i in free else one), dtype_of(self.x)) for i, one in enumerate(wanted)]


class Chunk(Op):
    """So many equal parts along ``axis``."""

    NAMES = both("chunk")
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    chunks: Value
    axis: Value = 0
    name: Text = None

    def result(self) -> list[Tensor]:
        return Split.build((self.x, self.chunks, self.axis)).result()


class Unbind(Op):
    """The slices along ``axis``."""

    NAMES = both("unbind", "unstack")
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value = 0
    num: Value = None

    def result(self) -> list[Tensor]:
        x = shape_of(self.x)
        at = at_axis(x, self.axis)
        count = known(x[at])
        check_parts(count)
        return [Tensor(Shape((*x[:at], *x[at + 1:])), dtype_of(self.x)) for _ in range(count)]


# New tensors --------------------------------------------------------------------------------------------------------------------------

class New(Op):
    """A tensor of a given shape."""

    NAMES = tuple(f"paddle.{name}" for name in ("zeros", "ones", "empty", "rand", "randn", "standard_normal", "uniform", "normal"))
    EXTRA: ClassVar[str | None] = "options"
    shape: Value = ()
    dtype: Value = None
    name: Text = None
    options: Value
    EXAMPLES = (Example("rand([1, 3, 224, 224])", output=(1, 3, 224, 224)),)

    def result(self) -> Tensor:
        return Tensor(Shape(sizes(self.shape)), self.dtype if isinstance(self.dtype, str) else "float32")


class Full(Op):
    """A tensor of one value."""

    NAMES = ("paddle.full",)
    shape: Value
    fill_value: Value
    dtype: Value = None
    name: Text = None

    def result(self) -> Tensor:
        return Tensor(Shape(sizes(self.shape)), self.dtype if isinstance(self.dtype, str) else "float32")


class FromData(Op):
    """A tensor of numbers in nested lists, or a copy of a tensor."""

    NAMES = ("paddle.to_tensor",)
    EXTRA: ClassVar[str | None] = "options"
    data: Value
    dtype: Value = None
    options: Value
    ALIASES: ClassVar = {"x": "data"}

    def result(self) -> Tensor:
        wanted = self.dtype if isinstance(self.dtype, str) and self.dtype else None
        if isinstance(self.data, Tensor):
            return Tensor(shape_of(self.data), wanted or self.data.dtype, self.data.data)
        shape, leaf = _nested(known(self.data))
        found = "bool" if isinstance(leaf, bool) else "int64" if isinstance(leaf, int) else "float32"
        whole = isinstance(self.data, list | tuple) and all(isinstance(one, int) for one in self.data)
        return Tensor(Shape(shape), wanted or found, tuple(self.data) if whole else None)


def _nested(data: Any) -> tuple[list[Any], Any]:
    """The shape of nested lists, and the first number in them."""
    if isinstance(data, list | tuple):
        inner, leaf = _nested(data[0]) if data else ([], 0.0)
        return [len(data), *inner], leaf
    if isinstance(data, Tensor):
        return list(shape_of(data)), 0 if data.dtype.startswith("int") else 0.0
    if not isinstance(data, int | float):
        raise NeedsValue(data if isinstance(data, Unknown) else Unknown.because(Why.UNSUPPORTED, f"a tensor made from a {type(data).__name__}"))
    return [], data


class Like(Op):
    """A tensor of the shape of another."""

    NAMES = tuple(f"paddle.{name}_like" for name in ("zeros", "ones", "empty", "full", "rand", "randn"))
    REST: ClassVar[str | None] = "rest"
    EXTRA: ClassVar[str | None] = "options"
    x: Value
    rest: Value
    options: Value

    def result(self) -> Tensor:
        return Tensor(shape_of(self.x), dtype_of(self.x))


class Numel(Op):
    """How many elements there are."""

    NAMES = both("numel")
    x: Value
    name: Text = None
    keep: Flag = None

    def result(self) -> Any:
        count = whole(shape_of(self.x).numel)
        return Tensor(Shape(), "int64", data=count if isinstance(count, int) else None)
