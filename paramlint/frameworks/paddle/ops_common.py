"""What paddle's tensor operations share: their names, their operands, and the type of the result.

Source: the documentation of paddle and paddle.Tensor, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape, ShapeMismatch, check_rank
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import axis_of, unfit
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import open_value, shown

_DEFAULT = "float32"
_ORDER = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128")


def both(*names: str) -> tuple[str, ...]:
    """A function of paddle and the method of the same name."""
    return tuple(f"{owner}.{name}" for name in names for owner in ("paddle", "paddle.Tensor"))


def functional(*names: str) -> tuple[str, ...]:
    return tuple(f"paddle.nn.functional.{name}" for name in names)


def changing(*names: str) -> tuple[str, ...]:
    """A function, a method, and both that change their tensor."""
    return both(*names, *(f"{name}_" for name in names))


def shape_of(value: Any, name: str = "x") -> Shape:
    """The shape of an operand; numbers have none. Raises NeedsValue where it is not known."""
    if isinstance(value, Tensor):
        if isinstance(value.shape, Unknown):
            raise NeedsValue(value.shape)
        return value.shape
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, int | float | complex | Formula):
        return Shape()
    raise Refused(f"`{name}` must be a Tensor, got {shown(value)}", field=name, error="ValueError")


def dtype_of(*values: Any) -> str:
    """The type of a result: the widest of the tensors'; a fraction makes whole numbers the default type."""
    found = [value.dtype for value in values if isinstance(value, Tensor)]
    unknown = [one for one in found if one not in _ORDER]
    if unknown or not found:
        return unknown[0] if unknown else _DEFAULT
    widest = max(found, key=_ORDER.index)
    fraction = any(isinstance(value, float) for value in values)
    return _DEFAULT if fraction and _ORDER.index(widest) < _ORDER.index("float16") else widest


def known(value: Any) -> Any:
    """The value itself. Raises NeedsValue where it is not known."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Formula):
        raise NeedsValue(Unknown.because(Why.ARGUMENT, f"depends on `{value}`"))
    return value


def whole(value: Any) -> Any:
    """A size or an axis that may be given as a tensor of one element."""
    if isinstance(value, Tensor):
        data = value.data
        while isinstance(data, tuple) and len(data) == 1:
            data = data[0]
        return data if isinstance(data, int) else Unknown.because(Why.INPUT, "a number read from the contents of a tensor")
    return value


def at_axis(x: Shape, axis: Any, name: str = "axis") -> int:
    """An axis counted from the front. Raises NeedsValue where it is not known."""
    axis = known(whole(axis))
    found = axis_of(x, axis, name)
    assert found is not None
    return found


def axes(x: Shape, value: Any) -> list[int]:
    """One axis or several; None is all of them."""
    value = known(value)
    if value is None:
        return list(range(len(x)))
    return [at_axis(x, one) for one in (value if isinstance(value, list | tuple) else (value,))]


def sizes(value: Any, name: str = "shape") -> list[Any]:
    """A list of sizes. Raises NeedsValue where not even their number is known."""
    value = known(value)
    if isinstance(value, list | tuple):
        check_rank(len(value))
    if isinstance(value, Tensor):
        data = value.data
        if isinstance(data, tuple) and all(isinstance(one, int) for one in data):
            return list(data)
        shape = shape_of(value)
        count = shape[0] if len(shape) == 1 and isinstance(shape[0], int) else None
        why = Unknown.because(Why.INPUT, "sizes read from the contents of a tensor")
        if count is None:
            raise NeedsValue(why)
        return [why] * count
    if isinstance(value, int):
        return [value]
    if not isinstance(value, list | tuple):
        raise ShapeMismatch(f"`{name}` must be a list of sizes, got {shown(value)}")
    found = [whole(one) for one in value]
    for one in found:
        unfit(not isinstance(one, int) and not open_value(one), f"`{name}` must hold integers, got {shown(value)}")
    return found
