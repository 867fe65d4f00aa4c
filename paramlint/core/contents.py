"""The contents of small constant tensors: nested tuples of Python numbers, or of intervals where the last digit is not certain.

Code computes sizes from constants (``[x.item() for x in torch.linspace(0, rate, depth)]``), so what is kept must be the very number
that the framework gives. Where that is not certain the contents are lost, which only costs an Unknown.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from paramlint.core.nearly import Nearly, widened
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown

LIMIT = 4096  # elements
_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint8": -8}
_FLOATS = {"float32": "f", "float64": "d"}
DIGITS = {"float32": 24, "float64": 53}
ERROR = {"float32": 2.0**-21, "float64": 2.0**-50}  # of a function that machines compute with different last digits


class Lost(Exception):
    """The contents are not certain."""


def small(shape: Any, limit: int = LIMIT) -> bool:
    """Whether every size is known and there are few enough elements to keep."""
    return not isinstance(shape, Unknown) and all(isinstance(size, int) for size in shape) and 0 <= shape.numel <= limit


def flat(tensor: Tensor) -> list[Any]:
    """The elements in row-major order. Raises Lost where they are not kept."""
    if not isinstance(tensor, Tensor) or tensor.data is None or not small(tensor.shape):
        raise Lost
    values = [tensor.data]
    for _ in tensor.shape:
        values = [item for row in values for item in row]
    return values


def nested(values: Sequence[Any], shape: Sequence[int]) -> Any:
    """Row-major elements as nested tuples, None for very many rows of none."""
    if not shape:
        return values[0]
    if math.prod(shape) == 0:
        return _empty(shape) if math.prod(filter(None, shape)) <= LIMIT else None
    rows: Sequence[Any] = values
    for size in reversed(shape):
        rows = [tuple(rows[at:at + size]) for at in range(0, len(rows), size)]
    return rows[0]


def _empty(shape: Sequence[int]) -> Any:
    return tuple(_empty(shape[1:]) for _ in range(shape[0])) if shape else ()


def _range(dtype: str) -> tuple[int, int]:
    """The smallest and the largest integer of a type."""
    bits = _BITS[dtype]
    return (0, 2**-bits - 1) if bits < 0 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def number(value: Any, dtype: str) -> Any:
    """The number as an element of that type. Raises Lost for what has no stand-in here."""
    if isinstance(value, Nearly):
        if dtype in _FLOATS:
            return widened(value.low, value.high, ERROR[dtype])
        value = bool(value) if dtype == "bool" else int(value)
    if isinstance(value, complex) or not isinstance(value, int | float):
        raise Lost
    if dtype == "bool":
        return bool(value)
    if dtype in _BITS:
        if isinstance(value, float) and not math.isfinite(value):
            raise Lost
        whole = int(value)
        low, high = _range(dtype)
        if not low <= whole <= high:
            raise Lost
        return whole
    if dtype in _FLOATS:
        try:
            result = struct.unpack(_FLOATS[dtype], struct.pack(_FLOATS[dtype], value))[0]
        except (OverflowError, struct.error):
            raise Lost from None
        if not math.isfinite(result):
            raise Lost
        return result
    raise Lost


def _numbers(values: list[Any], dtype: str) -> list[Any] | None:
    """What ``number`` makes of each, at once where all are plain numbers that fit; else None."""
    kinds = set(map(type, values))
    if dtype in _FLOATS and kinds <= {int, float}:
        form = f"{len(values)}{_FLOATS[dtype]}"
        try:
            result = list(struct.unpack(form, struct.pack(form, *values)))
        except (OverflowError, struct.error):
            return None
        return result if all(map(math.isfinite, result)) else None
    if dtype in _BITS and kinds == {int}:
        low, high = _range(dtype)
        return values if low <= min(values) and max(values) <= high else None
    return values if dtype == "bool" and kinds == {bool} else None


def kept(make: Callable[[], Iterable[Any]], shape: Any, dtype: str) -> Any:
    """The contents that ``make`` gives, row-major, as elements of ``dtype``; None where they are lost or too many."""
    if not small(shape):
        return None
    try:
        made = list(make())
        values = _numbers(made, dtype) or [number(value, dtype) for value in made]
    except (Lost, ArithmeticError, ValueError, TypeError):
        return None
    return nested(values, shape) if len(values) == shape.numel else None


def expanded(tensor: Tensor, shape: Shape) -> list[Any]:
    """The elements of a tensor broadcast to ``shape``, row-major."""
    values = flat(tensor)
    own = (1,) * (len(shape) - len(tensor.shape)) + tuple(tensor.shape)
    if own == tuple(shape):
        return values
    steps = [0 if size == 1 else step for size, step in zip(own, strides(own), strict=True)]
    return [values[at] for at in places(shape, steps)]


def strides(shape: Sequence[int]) -> list[int]:
    """Elements between neighbours along each axis, row-major."""
    steps = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        steps[axis] = steps[axis + 1] * max(shape[axis + 1], 1)
    return steps


def places(shape: Sequence[int], steps: Sequence[int], start: int = 0) -> Iterator[int]:
    """Where each element of ``shape`` lies if neighbours along an axis are ``steps`` apart."""
    if not shape:
        yield start
        return
    for at in range(shape[0]):
        yield from places(shape[1:], steps[1:], start + at * steps[0])
