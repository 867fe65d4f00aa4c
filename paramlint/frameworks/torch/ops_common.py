"""What torch's tensor operations share: the names of an operation, its operands, and the type of its result.

Source: the documentation of torch (tensor attributes, "type promotion"), torch 2.13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlint.core.contents import kept
from paramlint.core.dims import Formula, Quotient
from paramlint.core.shapes import Shape, ShapeMismatch, check_rank
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.shaping import axis
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import is_no_integer, open_value, shown

UNTYPED = "unknown"  # the dtype of a tensor where it is not known
DEFAULT = "float32"
_RANK = {
    "bool": (0, 0), "uint8": (1, 8), "int8": (1, 8), "int16": (1, 16), "int32": (1, 32), "int64": (1, 64), "uint16": (1, 16),
    "uint32": (1, 32), "uint64": (1, 64), "float8_e4m3fn": (2, 8), "float8_e5m2": (2, 8), "float16": (2, 16), "bfloat16": (2, 16),
    "float32": (2, 32), "float64": (2, 64), "complex64": (3, 64), "complex128": (3, 128),
}

# Names --------------------------------------------------------------------------------------------------------------------


def function(*names: str) -> tuple[str, ...]:
    return tuple(f"torch.{name}" for name in names)


def method(*names: str) -> tuple[str, ...]:
    return tuple(f"torch.Tensor.{name}" for name in names)


def both(*names: str) -> tuple[str, ...]:
    """A function and a method of the same name."""
    return function(*names) + method(*names)


def functional(*names: str) -> tuple[str, ...]:
    return tuple(f"torch.nn.functional.{name}" for name in names)


def changing(*names: str) -> tuple[str, ...]:
    """A function, a method, and the method that changes its tensor."""
    return both(*names) + method(*(f"{name}_" for name in names))


# Operands -----------------------------------------------------------------------------------------------------------------


def shape_of(value: Any, name: str = "input") -> Shape:
    """The shape of an operand; numbers have none. Raises NeedsValue where it is not known."""
    if isinstance(value, Tensor):
        if isinstance(value.shape, Unknown):
            raise NeedsValue(value.shape)
        return value.shape
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, int | float | complex | Formula | Quotient):
        return Shape()
    raise Refused(f"`{name}` must be a Tensor, got {shown(value)}", field=name)


def tensor(value: Any, name: str = "input") -> Tensor:
    """A tensor operand of known rank."""
    shape_of(value, name)
    if not isinstance(value, Tensor):
        raise Refused(f"`{name}` must be a Tensor, got {shown(value)}", field=name)
    return value


def at_axis(value: Any, rank: int, name: str = "dim") -> int:
    """An axis, counted from the front. Raises NeedsValue where it is not known."""
    value = integer(value)
    if is_no_integer(value):
        raise Refused(f"`{name}` must be an integer", field=name, error="TypeError")
    found = axis(name, value, rank)
    if open_value(found):
        raise NeedsValue(found if isinstance(found, Unknown) else Unknown.because(Why.ARGUMENT, f"which dimension `{found}` is"))
    return int(found)


def axes_of(value: Any, rank: int, name: str = "dim") -> tuple[int, ...]:
    """One axis or several of them; none stands for all."""
    value = decided(value)
    if value is None:
        return tuple(range(rank))
    if not isinstance(value, list | tuple):
        return (at_axis(value, rank, name),)
    found = tuple(at_axis(one, rank, name) for one in value)
    if len(set(found)) < len(found):
        raise ShapeMismatch(f"`{name}` names a dimension twice: {shown(value)}", error="RuntimeError")
    return found


def decided(value: Any) -> Any:
    """The value itself; raises NeedsValue where it is not known."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Formula | Quotient):
        raise NeedsValue(Unknown.because(Why.ARGUMENT, f"depends on `{value}`"))
    return value


def integer(value: Any) -> Any:
    """A number that may be given as a tensor of one element."""
    if isinstance(value, Tensor):
        data = value.data
        while isinstance(data, tuple) and len(data) == 1:
            data = data[0]
        return data if isinstance(data, int) else Unknown.because(Why.INPUT, "a size read from the contents of a tensor")
    return value


def size_list(value: Any, name: str = "size") -> tuple[Any, ...]:
    """Sizes given as one sequence, or one number after the other (a tuple that holds a sequence). Each is a whole number or not known."""
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], list | tuple | Unknown):
        if isinstance(value[0], Unknown) and not is_no_integer(value[0]):  # one size or several
            raise NeedsValue(value[0])
        value = value[0]
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Tensor) or not isinstance(value, list | tuple):
        value = (value,)
    check_rank(len(value))
    found = []
    if any(isinstance(item, Tensor) and is_floating(item.dtype) for item in value):
        raise Refused(f"`{name}` must hold integers, got a tensor of fractions", field=name, error="TypeError")
    for item in map(integer, value):
        if not (isinstance(item, int) or open_value(item)) or is_no_integer(item):
            raise Refused(f"`{name}` must hold integers, got {shown(item)}", field=name)
        found.append(item)
    if found and isinstance(found[0], bool):  # of the first alone the class is looked at
        raise Refused(f"`{name}` must hold integers, got {found[0]}", field=name, error="TypeError")
    return tuple(found)


# Types --------------------------------------------------------------------------------------------------------------------


def dtype_of(value: Any) -> str:
    """The type of an operand, a plain number's being the default of its kind."""
    if isinstance(value, Tensor):
        return value.dtype
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | Formula):
        return "int64"
    if isinstance(value, complex):
        return "complex64"
    return DEFAULT if isinstance(value, float | Quotient) else UNTYPED


def chosen(dtype: Any, default: str) -> str:
    """The type named by a ``dtype`` argument, or the default where it is None."""
    if dtype is None:
        return default
    if isinstance(dtype, int | float | list | tuple | dict):
        raise Refused(f"`dtype` must be a type of torch, got {shown(dtype)}", field="dtype", error="TypeError")
    return dtype if isinstance(dtype, str) and dtype in _RANK else UNTYPED


def mixed(*values: Any) -> str:
    """Why the framework may refuse operands, if they are of different types."""
    types = {value.dtype for value in values if isinstance(value, Tensor)} - {UNTYPED}
    return f"tensors of {' and '.join(sorted(types))} are multiplied" if len(types) > 1 else ""


def is_floating(dtype: str) -> bool:
    return _RANK.get(dtype, (0, 0))[0] == 2


def is_complex(dtype: str) -> bool:
    return dtype.startswith("complex")


def is_whole(dtype: str) -> bool:
    return dtype in _RANK and _RANK[dtype][0] < 2


def floating(dtype: str) -> str:
    """The type of a result that is a fraction: whole numbers become the default."""
    return DEFAULT if is_whole(dtype) else dtype


def real_type(dtype: str) -> str:
    """The type of the parts of a complex number."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def complex_type(dtype: str) -> str:
    if dtype == UNTYPED or is_complex(dtype):
        return dtype
    return "complex128" if dtype == "float64" else "complex64"


def promoted(*operands: Any) -> str:
    """The type of an element-wise result: of the tensors with axes, unless a scalar's kind of number is higher."""
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for value in operands:
        is_tensor = isinstance(value, Tensor)
        open_rank = is_tensor and isinstance(value.shape, Unknown)
        if open_rank and any(dtype_of(other) != value.dtype for other in operands if isinstance(other, Tensor)):
            return UNTYPED
        groups[0 if open_rank or (is_tensor and value.shape) else 1 if is_tensor else 2].append(dtype_of(value))
    if any(UNTYPED in group for group in groups):
        return UNTYPED
    axes, scalars, numbers = (_common(group) for group in groups)
    return _combined(axes, _combined(scalars, numbers)) or DEFAULT


def _common(dtypes: list[str]) -> str:
    result = ""
    for dtype in dtypes:
        result = _both(result, dtype)
    return result


def _both(left: str, right: str) -> str:
    if not left or not right or left == right:
        return left or right
    (kind, bits), (other, more) = _RANK[left], _RANK[right]
    if kind != other:
        high, low = (left, right) if kind > other else (right, left)
        return "complex128" if is_complex(high) and low == "float64" else high
    if kind == 1:
        if bits == more:
            return "int16" if bits == 8 else UNTYPED
        wide = left if bits > more else right
        return UNTYPED if wide.startswith("u") else wide
    return "float32" if bits == more else (left if bits > more else right)


def _combined(high: str, low: str) -> str:
    if not high or not low or is_complex(high):
        return high or low
    if is_floating(high):
        return complex_type(high) if is_complex(low) else high
    if high == "bool" or _RANK[low][0] > 1:
        return _both(high, low)
    return high


# Results ------------------------------------------------------------------------------------------------------------------


def made(shape: Any, dtype: str, values: Callable[[], Any] | None = None) -> Tensor:
    """A tensor, with its contents where they are small and certain."""
    shape = Shape(shape)
    return Tensor(shape, dtype, None if values is None else kept(values, shape, dtype))


def reaches_out(data: Any, size: Any) -> bool:
    """Whether known indices certainly do not fit an axis."""
    if isinstance(data, tuple):
        return any(reaches_out(item, size) for item in data)
    return isinstance(data, int) and isinstance(size, int) and not -size <= data < size
