"""Operations that move, join, cut and pick elements."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from paramlint.core.dims import exact_quotient, is_unsized, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, axes, backend, broadcast, dtype_of, integer, ops, shape_of, sizes, tf
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Reshape(Op):
    """The same elements in another shape; one size may be -1, the one that is left."""

    NAMES = (*ops("reshape"), *tf("reshape"), *backend("reshape"))
    ALIASES = {"tensor": "x", "shape": "newshape"}

    x: Value
    newshape: Value
    name: Value = None

    def result(self) -> Any:
        shape, wanted = shape_of(self.x), list(sizes(self.newshape))
        wanted = [unsized(str(axis) if axis else "batch") if size is None else size for axis, size in enumerate(wanted)]
        free = [axis for axis, size in enumerate(wanted) if isinstance(size, int) and size == -1]
        if len(free) > 1:
            raise ShapeMismatch(f"only one size of a shape may be -1, got {shown(self.newshape)}")
        rest = product(size for axis, size in enumerate(wanted) if axis not in free)
        if free:
            wanted[free[0]] = _left(shape.numel, rest, shape)
        elif isinstance(rest, int) and isinstance(shape.numel, int) and rest != shape.numel:
            raise ShapeMismatch(f"cannot reshape {shape.text} to {Shape(wanted).text}")
        return Tensor(Shape(wanted), dtype_of(self.x))


def _left(total: Any, rest: Any, shape: Shape) -> Any:
    if isinstance(total, int) and isinstance(rest, int):
        if rest == 0 or total % rest:
            raise ShapeMismatch(f"cannot reshape {shape.text}: {total} elements do not divide by {rest}")
        return total // rest
    if isinstance(total, Unknown) or isinstance(rest, Unknown):
        return total if isinstance(total, Unknown) else rest
    found = exact_quotient(total, rest)
    if found is not None:
        return found
    return unsized("rest") if is_unsized(total) else total // rest


class Transpose(Op):
    """Axes in another order; without one, reversed."""

    NAMES = (*ops("transpose"), *tf("transpose"), *backend("permute_dimensions", "transpose"))
    ALIASES = {"a": "x", "perm": "axes", "pattern": "axes"}

    x: Value
    axes: Value = None
    conjugate: Value = False
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        order = tuple(range(shape.rank))[::-1] if self.axes is None else axes(list(sizes(self.axes)), shape.rank)
        if sorted(order) != list(range(shape.rank)):
            raise ShapeMismatch(f"{shown(self.axes)} is no order of the axes of {shape.text}")
        return Tensor(Shape(shape[axis] for axis in order), dtype_of(self.x))


class SwapAxes(Op):
    """Two axes exchanged."""

    NAMES = ops("swapaxes")

    x: Value
    axis1: Value
    axis2: Value

    def result(self) -> Any:
        shape = list(shape_of(self.x))
        a, b = at_axis(self.axis1, len(shape)), at_axis(self.axis2, len(shape))
        shape[a], shape[b] = shape[b], shape[a]
        return Tensor(Shape(shape), dtype_of(self.x))


class MoveAxis(Op):
    """Axes moved to other places, the rest in their order."""

    NAMES = ops("moveaxis")

    x: Value
    source: Value
    destination: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        moved, places = axes(self.source, shape.rank), axes(self.destination, shape.rank)
        rest = [axis for axis in range(shape.rank) if axis not in moved]
        for place, axis in sorted(zip(places, moved, strict=True)):
            rest.insert(place, axis)
        return Tensor(Shape(shape[axis] for axis in rest), dtype_of(self.x))


class ExpandDims(Op):
    """New axes of size 1."""

    NAMES = (*ops("expand_dims"), *tf("expand_dims"), *backend("expand_dims"))
    ALIASES = {"input": "x"}

    x: Value
    axis: Value = -1
    name: Value = None

    def result(self) -> Any:
        shape = list(shape_of(self.x))
        wanted = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        for axis in sorted(at_axis(one, len(shape) + len(wanted)) for one in wanted):
            shape.insert(axis, 1)
        return Tensor(Shape(shape), dtype_of(self.x))


class Squeeze(Op):
    """Axes of size 1 left out."""

    NAMES = (*ops("squeeze"), *tf("squeeze"), *backend("squeeze"))
    ALIASES = {"input": "x"}

    x: Value
    axis: Value = None
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.axis is None or self.axis == []:
            if any(not isinstance(size, int) and not is_unsized(size) for size in shape):
                raise NeedsValue(Unknown.because(Why.INPUT, f"which sizes of {shape.text} are 1"))
            return Tensor(Shape(size for size in shape if size != 1 or is_unsized(size)), dtype_of(self.x))
        gone = axes(self.axis, shape.rank)
        for axis in gone:
            if isinstance(shape[axis], int) and shape[axis] != 1:
                raise ShapeMismatch(f"cannot squeeze axis {axis} of {shape.text}")
        return Tensor(Shape(size for axis, size in enumerate(shape) if axis not in gone), dtype_of(self.x))


class Flatten(Op):
    """All axes as one."""

    NAMES = (*ops("ravel"), *backend("flatten"))

    x: Value

    def result(self) -> Any:
        return Tensor(Shape((shape_of(self.x).numel,)), dtype_of(self.x))


class BatchFlatten(Op):
    """All axes but the first as one."""

    NAMES = backend("batch_flatten")

    x: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        return Tensor(Shape((shape[0], product(shape[1:]))), dtype_of(self.x))


# Joining ------------------------------------------------------------------------------------------------------------------


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
                if other != axis and is_unsized(left) and isinstance(right, int):
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
        if count > 1000:
            raise NeedsValue(Unknown.because(Why.LIMIT, f"{count} parts of a tensor"))
        return [Tensor(Shape((*shape[:axis], *shape[axis + 1:])), dtype_of(self.x)) for _ in range(count)]


class Split(Op):
    """A tensor cut along an axis: into equal parts, or at indices."""

    NAMES = ops("split", "array_split")

    x: Value
    indices_or_sections: Value
    axis: Value = 0

    def parts(self, size: Any) -> list[Any]:
        wanted = self.indices_or_sections
        if isinstance(wanted, list | tuple):
            ends = [0, *wanted, size]
            return [after - before for before, after in zip(ends, ends[1:], strict=False)]
        count = integer(wanted, "indices_or_sections")
        if isinstance(size, int) and (count <= 0 or size % count):
            raise ShapeMismatch(f"cannot split a size of {size} into {count} equal parts")
        return [size // count] * min(count, 1000)

    def result(self) -> Any:
        shape = shape_of(self.x)
        axis = at_axis(self.axis, shape.rank)
        return [Tensor(shape.replace(axis, size), dtype_of(self.x)) for size in self.parts(shape[axis])]


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
        return Tensor(Shape(size * times for size, times in zip(shape, repeats, strict=True)), dtype_of(self.x))


class Repeat(Op):
    """Each element of an axis repeated."""

    NAMES = (*ops("repeat"), *tf("repeat"), *backend("repeat_elements"))
    ALIASES = {"input": "x", "rep": "repeats"}

    x: Value
    repeats: Value
    axis: Value = None
    name: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        if isinstance(self.repeats, list | tuple | Tensor | Unknown):
            raise NeedsValue(Unknown.because(Why.INPUT, "how often each element is repeated"))
        if self.axis is None:
            return Tensor(Shape((shape.numel * self.repeats,)), dtype_of(self.x))
        axis = at_axis(self.axis, shape.rank)
        return Tensor(shape.replace(axis, shape[axis] * self.repeats), dtype_of(self.x))


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
        return Tensor(broadcast([Shape(sizes(self.shape)), shape_of(self.x)]), dtype_of(self.x))


# Picking ------------------------------------------------------------------------------------------------------------------


class GetItem(Op):
    """``x[index]``: numbers leave an axis out, slices shorten it, None adds one."""

    NAMES = (*ops("get_item"),)

    x: Value
    key: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        keys = list(self.key) if isinstance(self.key, tuple) else [self.key]
        taken = sum(1 for key in keys if key is not None and not isinstance(key, EllipsisType))
        if taken > shape.rank:
            raise ShapeMismatch(f"too many indices for {shape.text}")
        if not any(isinstance(key, EllipsisType) for key in keys):
            keys.append(...)
        result: list[Any] = []
        axis = 0
        for key in keys:
            if key is None:
                result.append(1)
            elif isinstance(key, EllipsisType):
                result += shape[axis:axis + shape.rank - taken]
                axis += shape.rank - taken
            else:
                result += _picked(key, shape[axis])
                axis += 1
        return Tensor(Shape(result), dtype_of(self.x))


def _picked(key: Any, size: Any) -> list[Any]:
    if isinstance(key, Unknown):
        raise NeedsValue(key)
    if isinstance(key, slice):
        return [_sliced(key, size)]
    if isinstance(key, Tensor):
        if key.dtype == "bool":
            raise NeedsValue(Unknown.because(Why.INPUT, "how many elements a mask picks"))
        return list(shape_of(key))
    if isinstance(key, list):
        return [len(key)]
    if isinstance(key, int) and isinstance(size, int) and not -size <= key < size:
        raise ShapeMismatch(f"index {key} is out of bounds for an axis of size {size}")
    return []


def _sliced(key: slice, size: Any) -> Any:
    parts = (key.start, key.stop, key.step)
    if parts == (None, None, None):
        return size
    if not all(part is None or isinstance(part, int) for part in parts):
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        return unknown or Unknown.because(Why.INPUT, "the length of a slice")
    if isinstance(size, int):
        return len(range(*key.indices(size)))
    start, stop, step = key.start or 0, key.stop, key.step or 1
    if is_unsized(size):
        return unsized("slice")
    if stop is None and start >= 0 and step == 1:
        return size - start
    return Unknown.because(Why.INPUT, f"the length of a slice of `{size}`")


class Take(Op):
    """Rows picked by number along an axis."""

    NAMES = (*ops("take"), *tf("gather"), *backend("gather"))
    ALIASES = {"params": "x", "reference": "x"}
    EXTRA = "options"

    x: Value
    indices: Value
    axis: Value = None
    options: Value = None

    def result(self) -> Any:
        shape, picked = shape_of(self.x), shape_of(self.indices)
        if self.options:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "picking with further options"))
        axis = at_axis(0 if self.axis is None else self.axis, shape.rank)
        return Tensor(Shape((*shape[:axis], *picked, *shape[axis + 1:])), dtype_of(self.x))


class OneHot(Op):
    """Each number as a vector that is one at its place."""

    NAMES = (*ops("one_hot"), *tf("one_hot"), *backend("one_hot"))
    ALIASES = {"indices": "x", "depth": "num_classes"}
    EXTRA = "options"

    x: Value
    num_classes: Value
    options: Value = None

    def result(self) -> Any:
        if self.options.get("axis", -1) != -1:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "another axis of one-hot vectors"))
        return Tensor(Shape((*shape_of(self.x), self.num_classes)))


class Shapes(Op):
    """The sizes of a tensor."""

    NAMES = (*ops("shape"), *tf("shape"), *backend("shape"))
    ALIASES = {"input": "x"}
    EXTRA = "options"

    x: Value
    options: Value = None

    def result(self) -> Any:
        return tuple(shape_of(self.x))


class StaticShape(Op):
    """The sizes of a tensor, None where they are open."""

    NAMES = backend("int_shape")

    x: Value

    def result(self) -> Any:
        return tuple(None if is_unsized(size) else size for size in shape_of(self.x))


class Rank(Op):
    """The number of axes."""

    NAMES = (*ops("ndim"), *tf("rank"), *backend("ndim"))

    x: Value

    def result(self) -> Any:
        return shape_of(self.x).rank


class Size(Op):
    """The number of elements."""

    NAMES = (*ops("size"), *tf("size"))

    x: Value
    out_type: Value = None

    def result(self) -> Any:
        return shape_of(self.x).numel
