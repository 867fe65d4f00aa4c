"""Layers and functions that make one tensor of several."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.dims import Size, is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import Stateless, listed, many_inputs, size_at
from paramlint.frameworks.keras.kinds import plain
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.op import Op


def _merged(shapes: list[Shape]) -> Shape:
    """The shape of an element-wise operation: all axes but the batch broadcast; the batches must agree."""
    if any(shape.rank < 1 for shape in shapes):
        raise ShapeMismatch("merging needs inputs with a batch axis")
    batch: Any = shapes[0][0]
    result = list(shapes[0][1:])
    for shape in shapes[1:]:
        batch = _same(batch, shape[0], shapes, "batch sizes")
        result = _broadcast(result, list(shape[1:]), shapes)
    return Shape((batch, *result))


def _same(left: Size, right: Size, shapes: list[Shape], what: str) -> Size:
    if differs(left, right):
        raise ShapeMismatch(f"the {what} differ: {_texts(shapes)}")
    return right if is_unsized(left) else left


def _broadcast(left: list[Any], right: list[Any], shapes: list[Shape]) -> list[Any]:
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    start = len(longer) - len(shorter)
    return longer[:start] + [_one_size(a, b, shapes) for a, b in zip(longer[start:], shorter, strict=True)]


def _one_size(left: Size, right: Size, shapes: list[Shape]) -> Size:
    if agrees(left, right):
        return left
    if is_unsized(left) or is_unsized(right):  # Keras leaves the result open, whatever the other size is
        return left if is_unsized(left) else right
    if agrees(left, 1):
        return right
    if agrees(right, 1):
        return left
    if differs(left, right) and not (open_value(left) or open_value(right)):
        raise ShapeMismatch(f"the shapes do not fit: {_texts(shapes)}")
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    return Unknown.because(Why.INPUT, f"`{left}` and `{right}` broadcast to a size that is not known")


def _texts(shapes: list[Shape]) -> str:
    return " and ".join(shape.text for shape in shapes)


def _listed(inputs: Any, others: tuple[Any, ...]) -> list[Shape]:
    """The shapes of the one list that a merging layer is called on."""
    if others:
        raise ShapeMismatch(f"expected one list of inputs, got {1 + len(others)} arguments")
    return many_inputs(inputs)


class _Merge(Stateless):
    """Family of layers that are called on a list of tensors and combine them element by element."""

    STRUCTURE = "tensors"
    COUNT: ClassVar[int | None] = None
    MASKS = True

    def masked(self, inputs: Any, mask: Any) -> Any:
        masks = listed(mask)
        return None if any(one is None for one in masks) else _merged(masks) if masks else None

    def shape(self, inputs: Any, *others: Any) -> Shape:
        shapes = _listed(inputs, others)
        if self.COUNT is not None and len(shapes) != self.COUNT:
            raise ShapeMismatch(f"expected {self.COUNT} inputs, got {len(shapes)}")
        return _merged(shapes)


_TWO = [[(None, 4, 8), (None, 1, 8)]]  # one argument, which is a list


class Add(_Merge):
    """Sum of a list of tensors."""

    NAMES = ("keras.layers.Add",)
    EXAMPLES = (
        Example("Add()", params=0, input=_TWO, output=(None, 4, 8)),
        Rejects("Add()", input=[[(None, 4, 8), (None, 3, 8)]], says="do not fit"),
        Rejects("Add()", input=(None, 8), says="list"),
    )


class Subtract(_Merge):
    """The first tensor less the second."""

    NAMES = ("keras.layers.Subtract",)
    COUNT = 2
    EXAMPLES = (Example("Subtract()", params=0, input=_TWO, output=(None, 4, 8)),)


class Multiply(_Merge):
    """Product of a list of tensors, element by element."""

    NAMES = ("keras.layers.Multiply",)
    EXAMPLES = (Example("Multiply()", params=0, input=_TWO, output=(None, 4, 8)),)


class Average(_Merge):
    """Mean of a list of tensors, element by element."""

    NAMES = ("keras.layers.Average",)
    EXAMPLES = (Example("Average()", params=0, input=_TWO, output=(None, 4, 8)),)


class Maximum(_Merge):
    """Largest of a list of tensors, element by element."""

    NAMES = ("keras.layers.Maximum",)
    EXAMPLES = (Example("Maximum()", params=0, input=_TWO, output=(None, 4, 8)),)


class Minimum(_Merge):
    """Smallest of a list of tensors, element by element."""

    NAMES = ("keras.layers.Minimum",)
    EXAMPLES = (Example("Minimum()", params=0, input=_TWO, output=(None, 4, 8)),)


class Concatenate(Stateless):
    """Tensors one after the other along an axis; all other axes must agree."""

    STRUCTURE = "tensors"
    NAMES = ("keras.layers.Concatenate",)

    MASKS = True

    axis: Value = -1

    def masked(self, inputs: Any, mask: Any) -> Any:
        if all(one is None for one in listed(mask)):
            return None
        return Shape(self.shape(inputs)[:-1])

    def shape(self, inputs: Any, *others: Any) -> Shape:
        shapes = _listed(inputs, others)
        axis, first = self.axis, shapes[0]
        if open_value(axis):
            raise NeedsValue(axis if isinstance(axis, Unknown) else Unknown.because(Why.ARGUMENT, f"depends on the axis `{axis}`"))
        if any(shape.rank != first.rank for shape in shapes):
            raise ShapeMismatch(f"the numbers of dimensions differ: {_texts(shapes)}")
        total: Any = 0
        for shape in shapes:
            total = total + size_at(shape, axis)
        axis %= first.rank
        result = list(first)
        for other in shapes[1:]:
            for at, size in enumerate(other):
                if at != axis:  # Keras keeps the first input's size, open or not
                    _same(result[at], size, shapes, f"sizes at axis {at}")
        result[axis] = total
        return Shape(result)

    EXAMPLES = (
        Example("Concatenate()", params=0, input=[[(None, 4, 8), (None, 4, 5)]], output=(None, 4, 13)),
        Rejects("Concatenate()", input=[[(None, 8), (None, 4, 8)]], says="dimensions"),
    )


def _dot_axes(name: str, value: Any) -> Any:
    if isinstance(value, int) or open_value(value):
        return value
    if isinstance(value, list | tuple):
        if len(value) != 2 or any(not (isinstance(axis, int) or open_value(axis)) for axis in value):
            raise Refused(f"`{name}` must be one axis or two, got {shown(value)}", field=name, error="Exception")
        return tuple(value)
    if plain(value) or value is None or isinstance(value, dict):
        raise Refused(f"`{name}` must be one axis or two, got {shown(value)}", field=name, error="Exception")
    return value


class Dot(Stateless):
    """Products of two tensors, summed over one axis of each: all other axes remain, the batch only once."""

    NAMES = ("keras.layers.Dot",)

    axes: Annotated[Any, _dot_axes]
    normalize: Value = False

    def _pairs(self, shapes: list[Shape]) -> list[int]:
        axes = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        return [axis.__index__() % shape.rank if axis < 0 else axis.__index__() for axis, shape in zip(axes, shapes, strict=True)]

    def shape(self, inputs: Any, *others: Any) -> Shape:
        shapes = _listed(inputs, others)
        if len(shapes) != 2 or not all(shape.rank for shape in shapes):
            raise ShapeMismatch(f"expected two inputs, got {_texts(shapes)}")
        if isinstance(self.axes, Unknown):
            raise NeedsValue(self.axes)
        left, right = self._pairs(shapes)
        sizes = size_at(shapes[0], left), size_at(shapes[1], right)
        if differs(*sizes) or is_unsized(sizes[0]) != is_unsized(sizes[1]):
            raise ShapeMismatch(f"axis {left} of the first and axis {right} of the second input differ: {_texts(shapes)}")
        first = [size for axis, size in enumerate(shapes[0]) if axis != left]
        second = [size for axis, size in enumerate(shapes[1]) if axis != right][1:]
        return Shape(first + second if len(first + second) != 1 else (*first, *second, 1))

    def macs(self, inputs: Any, y: Any) -> Size:
        shapes = many_inputs(inputs)
        return y.numel * shapes[0][self._pairs(shapes)[0]]

    EXAMPLES = (
        Example("Dot(axes=1)", params=0, input=[[(2, 8), (2, 8)]], output=(2, 1), macs=16),
        Example("Dot(axes=(2, 2))", params=0, input=[[(None, 10, 5), (None, 6, 5)]], output=(None, 10, 6)),
        Rejects("Dot(axes=(1, 2, 3))", says="two"),
        Rejects("Dot(axes=1)", input=[[(None, 8), (None, 9)]], says="differ"),
    )


# The same as functions ------------------------------------------------------------------------------------------------


class _MergeOp(Op):
    """Family of functions that build one of these layers and call it."""

    EXTRA = "options"

    inputs: Value
    options: Value = None

    def result(self) -> Tensor:
        given = {name: value for name, value in vars(self).items() if name not in ("inputs", "options", "drawn")}
        layer = self.LAYER.build((), {**given, **(self.options or {})})
        if isinstance(self.inputs, Unknown):
            raise NeedsValue(self.inputs)
        tensors = list(self.inputs) if isinstance(self.inputs, list | tuple) else [self.inputs]
        if not all(isinstance(tensor, Tensor) for tensor in tensors):
            raise NeedsValue(Unknown.because(Why.INPUT, "one of the inputs is not known to be a tensor"))
        return Tensor(layer.shape([tensor.shape for tensor in tensors]), tensors[0].dtype)


class AddOp(_MergeOp):
    """Sum of a list of tensors."""

    NAMES = ("keras.layers.add",)
    LAYER = Add


class SubtractOp(_MergeOp):
    """The first tensor less the second."""

    NAMES = ("keras.layers.subtract",)
    LAYER = Subtract


class MultiplyOp(_MergeOp):
    """Product of a list of tensors, element by element."""

    NAMES = ("keras.layers.multiply",)
    LAYER = Multiply


class AverageOp(_MergeOp):
    """Mean of a list of tensors, element by element."""

    NAMES = ("keras.layers.average",)
    LAYER = Average


class MaximumOp(_MergeOp):
    """Largest of a list of tensors, element by element."""

    NAMES = ("keras.layers.maximum",)
    LAYER = Maximum


class MinimumOp(_MergeOp):
    """Smallest of a list of tensors, element by element."""

    NAMES = ("keras.layers.minimum",)
    LAYER = Minimum


class ConcatenateOp(_MergeOp):
    """Tensors one after the other along an axis."""

    NAMES = ("keras.layers.concatenate",)
    LAYER = Concatenate

    axis: Value = -1


class DotOp(_MergeOp):
    """Products of two tensors, summed over one axis of each."""

    NAMES = ("keras.layers.dot",)
    LAYER = Dot

    axes: Value = -1
