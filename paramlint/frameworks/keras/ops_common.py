"""What the tensor operations of Keras and TensorFlow share: their many names, operands, axes.

Source: the documentation of keras.ops, keras.backend (Keras 2) and tf, tf.math, tf.nn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from paramlint.core.dims import Formula, Quotient, is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import shown

# Names --------------------------------------------------------------------------------------------------------------------


def ops(*names: str) -> tuple[str, ...]:
    return tuple(f"keras.ops.{name}" for name in names)


def tf(*names: str) -> tuple[str, ...]:
    return tuple(f"tensorflow.{name}" for name in names)


def backend(*names: str) -> tuple[str, ...]:
    """The functions of `keras.backend`, which TensorFlow's Keras still has."""
    return tuple(f"keras.backend.{name}" for name in names)


# Operands -----------------------------------------------------------------------------------------------------------------

_NUMBERS = (int, float, complex, Formula, Quotient)


def shape_of(value: Any, name: str = "x") -> Shape:
    """The shape of a tensor, a number or nested numbers. Raises NeedsValue where it is not known."""
    if isinstance(value, Tensor):
        if isinstance(value.shape, Unknown):
            raise NeedsValue(value.shape)
        return value.shape
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, _NUMBERS):
        return Shape()
    if isinstance(value, list | tuple):
        return Shape((len(value), *shape_of(value[0], name))) if value else Shape((0,))
    if value is None or isinstance(value, str | bytes | dict):
        raise Refused(f"`{name}` must be a tensor, got {shown(value)}", field=name)
    raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}"))


def tensors_only(drawn: bool, **values: Any) -> None:
    """Some operations of a graph take no plain numbers in place of tensors. Raises Refused where one is given."""
    for name, value in values.items():
        if drawn and isinstance(value, (*_NUMBERS, list, tuple)):
            raise Refused(f"`{name}` must be a tensor, got {shown(value)}", field=name)


def dtype_of(*values: Any) -> str:
    return next((value.dtype for value in values if isinstance(value, Tensor)), "float32")


def integer(value: Any, name: str = "axis") -> int:
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if not isinstance(value, int):
        if isinstance(value, float | str | list | tuple | dict | None):
            raise Refused(f"`{name}` must be an integer, got {shown(value)}", field=name)
        raise NeedsValue(Unknown.because(Why.ARGUMENT, f"depends on `{name}`"))
    return value


def at_axis(value: Any, rank: int, name: str = "axis") -> int:
    """An axis, counted from the front."""
    axis = integer(value, name)
    if not -rank <= axis < rank:
        raise ShapeMismatch(f"axis {axis} is out of bounds for a tensor of {rank} dimensions")
    return axis % rank


def axes(value: Any, rank: int) -> tuple[int, ...]:
    """One axis, several, or all."""
    if value is None:
        return tuple(range(rank))
    if isinstance(value, list | tuple):
        return tuple(at_axis(one, rank) for one in value)
    return (at_axis(value, rank),)


def sizes(value: Any, name: str = "shape") -> tuple[Any, ...]:
    """A shape as an argument: integers, open sizes, or one integer."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Tensor):
        raise NeedsValue(Unknown.because(Why.INPUT, f"`{name}` is a tensor"))
    if isinstance(value, list | tuple):
        return tuple(_size(one, name) for one in value)
    return (_size(value, name),)


def _size(value: Any, name: str) -> Any:
    if isinstance(value, Tensor):
        return Unknown.because(Why.INPUT, f"a size in `{name}` is a tensor")
    if isinstance(value, str | bytes | dict) or (isinstance(value, float) and not value.is_integer()):
        raise Refused(f"`{name}` must be integers, got {shown(value)}", field=name)
    return int(value) if isinstance(value, float) else value


def flat(shape: Shape) -> Any:
    """The number of elements, open where a size is."""
    return unsized("elements") if any(map(is_unsized, shape)) else shape.numel


def when_known(value: Any, *of: Any) -> Any:
    """A size that is computed of others; open where one of them is."""
    return unsized("size") if any(map(is_unsized, of)) else value()


# Broadcasting -------------------------------------------------------------------------------------------------------------


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Element by element, an open size gives way to any other but 1. Raises ShapeMismatch."""
    result = shapes[0]
    for shape in shapes[1:]:
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        start = len(longer) - len(shorter)
        result = Shape((*longer[:start], *(_one_size(a, b, shapes) for a, b in zip(longer[start:], shorter, strict=True))))
    return result


def _one_size(left: Any, right: Any, shapes: Iterable[Shape]) -> Any:
    if agrees(left, right) or agrees(right, 1):
        return left
    if agrees(left, 1):
        return right
    if is_unsized(left):
        return left if is_unsized(right) else right
    if is_unsized(right):
        return left
    if differs(left, right) and isinstance(left, int) and isinstance(right, int):
        raise ShapeMismatch("the shapes do not fit: " + " and ".join(shape.text for shape in shapes))
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return next(size for size in (left, right) if isinstance(size, int | Unknown))
    return left if isinstance(left, int) else right if isinstance(right, int) else Unknown.because(
        Why.INPUT, f"`{left}` and `{right}` broadcast to a size that is not known")
