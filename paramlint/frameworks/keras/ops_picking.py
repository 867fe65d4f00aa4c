"""Operations that pick elements, and ask for sizes."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from paramlint.core.dims import is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, backend, dtype_of, integer, ops, shape_of, tf
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class GetItem(Op):
    """``x[index]``: numbers leave an axis out, slices shorten it, None adds one."""

    NAMES = (*ops("get_item"),)

    x: Value
    key: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        if self.drawn:
            self._refused()
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
                result += _picked(key, shape[axis], drawn=self.drawn)
                axis += 1
        return Tensor(Shape(result), dtype_of(self.x))


    def _refused(self) -> None:
        """What a graph takes for an index: a number, or a tuple of numbers, slices and new axes."""
        if isinstance(self.key, Unknown):
            raise NeedsValue(self.key)
        if not isinstance(self.key, int | tuple | list):
            raise ShapeMismatch(f"a tensor of a graph cannot be indexed with {shown(self.key)}")
        keys = self.key if isinstance(self.key, tuple | list) else (self.key,)
        if any(not isinstance(key, int | slice | EllipsisType | Unknown | None) for key in keys):
            raise ShapeMismatch(f"a tensor of a graph cannot be indexed with {shown(self.key)}")
        self.key = tuple(keys)


def _picked(key: Any, size: Any, *, drawn: bool) -> list[Any]:
    if isinstance(key, Unknown):
        raise NeedsValue(key)
    if isinstance(key, slice):
        return [unsized("slice") if drawn and is_unsized(size) else _sliced(key, size)]
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
        bounded = (start >= 0 and stop is not None and stop >= 0) or (start < 0 and (stop is None or stop < 0))
        return Unknown.because(Why.INPUT, "the length of a slice of an open axis, which depends on the backend") if bounded else unsized("slice")
    if stop is None and start >= 0 and step == 1:
        return size - start
    return Unknown.because(Why.INPUT, f"the length of a slice of `{size}`")


class Picked(Op):
    """Elements picked by number along an axis, or as of a vector."""

    NAMES = ops("take")

    x: Value
    indices: Value
    axis: Value = None

    def result(self) -> Any:
        shape, picked = shape_of(self.x), shape_of(self.indices, "indices")
        if self.axis is None:
            return Tensor(picked, dtype_of(self.x))
        axis = at_axis(self.axis, shape.rank)
        return Tensor(Shape((*shape[:axis], *picked, *shape[axis + 1:])), dtype_of(self.x))


class Take(Op):
    """Rows picked by number along an axis."""

    NAMES = (*tf("gather"), *backend("gather"))
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
    axis: Value = -1
    options: Value = None

    def result(self) -> Any:
        shape, axis = list(shape_of(self.x)), integer(self.axis)
        if axis != -1 and not 0 <= axis < len(shape):
            raise ShapeMismatch(f"axis {axis} of {Shape(shape).text}")
        shape.insert(len(shape) if axis == -1 else axis, self.num_classes)
        return Tensor(Shape(shape))


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
