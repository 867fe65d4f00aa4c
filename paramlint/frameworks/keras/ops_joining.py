"""Operations that join, cut, repeat and pad tensors."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from paramlint.core.dims import is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, check_parts, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, backend, broadcast, dtype_of, flat, integer, ops, shape_of, sizes, tf
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if not isinstance(value, list | tuple) or not value:
        raise Refused(f"expected a list of tensors, got {shown(value)}")
    return list(value)


class Concatenate(Op):
    """Tensors one after the other along an axis; lists of sizes likewise."""

    NAMES = (*ops("concatenate"), *tf("concat"))
    ALIASES = {"values": "xs", "tensors": "xs"}

    xs: Value
    axis: Value = 0
    name: Value = None

    def result(self) -> Any:
        given = _listed(self.xs)
        if not any(isinstance(one, Tensor) for one in given):
            return tuple(size for one in given for size in sizes(one))
        shapes = [shape_of(one) for one in given]
        axis = at_axis(self.axis, shapes[0].rank)
        total: Any = 0
        result = list(shapes[0])
        for shape in shapes:
            if shape.rank != shapes[0].rank:
                raise ShapeMismatch(f"cannot join {shapes[0].text} and {shape.text}")
            for other, (left, right) in enumerate(zip(result, shape, strict=True)):
                if other != axis and differs(left, right):
                    raise ShapeMismatch(f"cannot join {shapes[0].text} and {shape.text} along axis {axis}")
                if other != axis and not self.drawn and is_unsized(left) and isinstance(right, int):
                    result[other] = right
            total = total + shape[axis]
        result[axis] = total
        return Tensor(Shape(result), dtype_of(*given))


class BackendConcatenate(Concatenate):
    """Tensors one after the other along an axis, the last one if none is given."""

    NAMES = backend("concatenate")

    axis = -1


class Stack(Op):
    """Tensors of one shape along a new axis."""

    NAMES = (*ops("stack"), *tf("stack"), *backend("stack"))
    ALIASES = {"values": "x"}

    x: Value
    axis: Value = 0
    name: Value = None

    def result(self) -> Any:
        given = _listed(self.x)
        if not any(isinstance(one, Tensor) for one in given) and all(not isinstance(one, list | tuple) for one in given):
            return tuple(given)  # a list of sizes
        shape = list(shape_of(given[0]))
        for other in map(shape_of, given):
            if len(other) != len(shape) or any(map(differs, shape, other)):
                raise ShapeMismatch(f"cannot stack {Shape(shape).text} and {other.text}")
        shape.insert(at_axis(self.axis, len(shape) + 1), len(given))
        return Tensor(Shape(shape), dtype_of(*given))


class Unstack(Op):
    """The parts of a tensor along an axis, without the axis."""

    NAMES = (*ops("unstack"), *tf("unstack"))
    ALIASES = {"value": "x"}

    x: Value
    num: Value = None
    axis: Value = 0
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        axis = at_axis(self.axis, shape.rank)
        count = integer(shape[axis] if self.num is None else self.num, "num")
        check_parts(count)
        return [Tensor(Shape((*shape[:axis], *shape[axis + 1:])), dtype_of(self.x)) for _ in range(count)]


class Split(Op):
    """A tensor cut along an axis: into equal parts, or at indices."""

    NAMES = ops("split")

    x: Value
    indices_or_sections: Value
    axis: Value = 0

    def parts(self, size: Any) -> list[Any]:
        wanted = self.indices_or_sections
        if isinstance(wanted, list | tuple):
            ends = [0, *wanted, size]
            return [unsized("rest") if is_unsized(after) else after - before for before, after in pairwise(ends)]
        count = integer(wanted, "indices_or_sections")
        if isinstance(size, int) and (count <= 0 or size % count):
            raise ShapeMismatch(f"cannot split a size of {size} into {count} equal parts")
        check_parts(count)
        return [size // count] * count

    def result(self) -> Any:
        shape = shape_of(self.x)
        axis = at_axis(self.axis, shape.rank)
        return [Tensor(shape.replace(axis, size), dtype_of(self.x)) for size in self.parts(shape[axis])]


class UnequalSplit(Split):
    """A tensor cut along an axis into parts, the first ones longer by one where it does not divide."""

    NAMES = ops("array_split")

    def parts(self, size: Any) -> list[Any]:
        count = integer(self.indices_or_sections, "indices_or_sections")
        check_parts(count)
        if count <= 0:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"{count} parts of a tensor"))
        if is_unsized(size):
            return [unsized("part")] * count
        if not isinstance(size, int):
            raise NeedsValue(Unknown.because(Why.INPUT, f"{count} parts of a size of {size}"))
        return [size // count + (part < size % count) for part in range(count)]


class TensorFlowSplit(Split):
    """`tf.split`: into equal parts, or into parts of these sizes."""

    NAMES = tf("split")
    ALIASES = {"value": "x", "num_or_size_splits": "indices_or_sections"}

    num: Value = None
    name: Value = None

    def parts(self, size: Any) -> list[Any]:
        wanted = self.indices_or_sections
        if isinstance(wanted, list | tuple):
            known = [one for one in wanted if not (isinstance(one, int) and one == -1)]
            return [size - sum(known) if isinstance(one, int) and one == -1 else one for one in wanted]
        return super().parts(size)


# Repeating and padding ----------------------------------------------------------------------------------------------------


class Tile(Op):
    """A tensor repeated along each axis."""

    NAMES = (*ops("tile"), *tf("tile"), *backend("tile"))
    ALIASES = {"input": "x", "multiples": "repeats", "n": "repeats"}

    x: Value
    repeats: Value
    name: Value = None

    def result(self) -> Any:
        shape, repeats = list(shape_of(self.x)), list(sizes(self.repeats))
        width = max(len(shape), len(repeats))
        shape, repeats = [1] * (width - len(shape)) + shape, [1] * (width - len(repeats)) + repeats
        return Tensor(Shape(size if is_unsized(size) else size * times for size, times in zip(shape, repeats, strict=True)), dtype_of(self.x))


class Repeat(Op):
    """Each element of an axis repeated."""

    NAMES = (*ops("repeat"), *tf("repeat"), *backend("repeat_elements"))
    ALIASES = {"input": "x", "rep": "repeats"}

    x: Value
    repeats: Value
    axis: Value = None
    name: Value = None

    def result(self) -> Any:
        shape, repeats = shape_of(self.x), self.repeats
        if isinstance(repeats, list | tuple) and len(repeats) == 1:
            repeats = repeats[0]
        axis = None if self.axis is None else at_axis(self.axis, shape.rank)
        size = flat(shape) if axis is None else shape[axis]
        if is_unsized(size):
            made = size
        elif isinstance(repeats, list | tuple):
            if isinstance(size, int) and len(repeats) != size:
                raise ShapeMismatch(f"{len(repeats)} repeats for {size} elements")
            made = sum(integer(one, "repeats") for one in repeats)
        elif isinstance(repeats, Tensor | Unknown):
            raise NeedsValue(Unknown.because(Why.INPUT, "how often each element is repeated"))
        else:
            made = size * integer(repeats, "repeats")
        return Tensor(Shape((made,)) if axis is None else shape.replace(axis, made), dtype_of(self.x))


class Pad(Op):
    """Elements added before and after each axis."""

    NAMES = (*ops("pad"), *tf("pad"))
    ALIASES = {"tensor": "x", "paddings": "pad_width"}

    x: Value
    pad_width: Value
    mode: Value = "constant"
    constant_values: Value = None
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        widths = list(sizes(self.pad_width, "pad_width"))
        if len(widths) == 2 and all(isinstance(one, int) for one in widths):
            widths = [widths] * shape.rank
        if len(widths) == 1:
            widths = [[*sizes(widths[0])] * (2 if len(sizes(widths[0])) == 1 else 1)] * shape.rank
        if len(widths) != shape.rank:
            raise ShapeMismatch(f"{len(widths)} pairs of paddings for {shape.text}")
        return Tensor(Shape(size + pair[0] + pair[1] for size, pair in zip(shape, widths, strict=True)), dtype_of(self.x))


class BroadcastTo(Op):
    """A tensor broadcast to a shape."""

    NAMES = (*ops("broadcast_to"), *tf("broadcast_to"))
    ALIASES = {"input": "x"}

    x: Value
    shape: Value
    name: Value = None

    def result(self) -> Any:
        wanted = Shape(unsized(str(axis)) if size is None else size for axis, size in enumerate(sizes(self.shape)))
        return Tensor(wanted if self._drawn_to(wanted) else broadcast([wanted, shape_of(self.x)]), dtype_of(self.x))

    def _drawn_to(self, wanted: Shape) -> bool:
        """Whether a graph takes the shape that is asked for, whatever the tensor's is."""
        return self.drawn and broadcast([shape_of(self.x), wanted]) is not None


