"""What Paddle's layers share: lists of sizes, paddings, data formats and the windows of its convolution and pooling operators.

Source: paddle.utils.layers_utils.convert_to_list, paddle.nn.functional and the shape checks of its operators, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from paramlint.core.arithmetic import around as around_axis
from paramlint.core.arithmetic import covered, quotient, told
from paramlint.core.dims import NoNumber, Size
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import NotAnInteger, Refused, certainly
from paramlint.schema.fields import Converter, anything, open_value, shown, whole

PLAIN = (str, bytes, int, float, complex, list, tuple, dict, set, type(None))
FIRST = {1: "NCL", 2: "NCHW", 3: "NCDHW"}  # the formats with channels before the spatial axes, and those with channels last
LAST = {1: "NLC", 2: "NHWC", 3: "NDHWC"}


def listed(count: int, item: Converter = anything) -> Converter:
    """A whole number, repeated ``count`` times, or a list of exactly ``count`` numbers."""

    def convert(name: str, value: Any) -> Any:
        if isinstance(value, int) or open_value(value):
            return (item(name, value),) * count
        if isinstance(value, list | tuple | range | set | dict | str | bytes):
            if len(value) != count or not all(map(_convertible, value)):
                raise Refused(f"`{name}` must be an integer or have {count} of them, got {shown(value)}", field=name, error="ValueError")
            return tuple(item(name, one) for one in value)
        if isinstance(value, float):
            raise NotAnInteger(f"`{name}` must be an integer or a list of {count}, got {shown(value)}", field=name,
                               help="use `//` or `int(...)`")
        if isinstance(value, (*PLAIN, NoNumber)):
            raise Refused(f"`{name}` must be an integer or a list of {count}, got {shown(value)}", field=name, error="ValueError")
        return (Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}"),) * count

    return convert


def _convertible(item: Any) -> bool:
    """Whether ``int(item)`` may be a number."""
    try:
        return not isinstance(item, (*PLAIN, NoNumber)) or isinstance(item, int | float) or (isinstance(item, str) and int(item) is not None)
    except ValueError:
        return False


def real(name: str, value: Any) -> Any:
    """A number, as what Paddle compares with one when the layer is built. What is no plain value is not known."""
    if isinstance(value, int | float) or open_value(value):
        return value
    if isinstance(value, (*PLAIN, NoNumber)):
        raise Refused(f"`{name}` must be a number, got {shown(value)}", field=name, error="TypeError")
    return Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}")


_DTYPES = frozenset({*DTYPE_BYTES, "float", "int", "bool", "double", "uint16"})


def dtype(name: str, value: Any) -> Any:
    """A type of numbers, by its name or as it is."""
    if (isinstance(value, str) and value and value not in _DTYPES) or (isinstance(value, PLAIN) and not isinstance(value, str) and value):
        raise Refused(f"`{name}` must be a type of numbers, got {shown(value)}", field=name, error="TypeError")
    return value


def device(name: str, value: Any) -> Any:
    """Where a layer is made: a text, or a place."""
    if isinstance(value, PLAIN) and not isinstance(value, str | None):
        raise Refused(f"`{name}` must be a text or a place, got {shown(value)}", field=name, error="ValueError")
    if isinstance(value, str) and value.partition(":")[0] not in ("cpu", "gpu", "xpu"):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the device {shown(value)}"))
    return value


DType = Annotated[Any, dtype]
Device = Annotated[Any, device]
Real = Annotated[Any, real]
Kernel1 = Annotated[Any, listed(1, whole)]  # sizes of a weight are whole numbers; strides and the like are looked at when called
Kernel2 = Annotated[Any, listed(2, whole)]
Kernel3 = Annotated[Any, listed(3, whole)]
List1 = Annotated[Any, listed(1)]
List2 = Annotated[Any, listed(2)]
List3 = Annotated[Any, listed(3)]


def called(function: Callable[[], Any]) -> Any:
    """The result of a check that Paddle makes when the layer is called: what it refuses is a mismatch."""
    try:
        return function()
    except Refused as refused:
        raise ShapeMismatch(refused.message) from refused


def numbers(name: str, value: Any, count: int) -> tuple[Any, ...]:
    """An integer or a list of ``count`` integers, as it is read when the layer is called."""
    found: tuple[Any, ...] = called(lambda: listed(count, whole)(name, value))
    return found


def number(name: str, value: Any) -> Any:
    """A number, as it is read when the layer is called."""
    return called(lambda: real(name, value))


def unfit(condition: Any, message: str, *, fits: int | None = None) -> None:
    """Raise ShapeMismatch if the condition certainly holds."""
    if certainly(condition):
        raise ShapeMismatch(message, fits=fits)


def positive(name: str, values: Sequence[Any]) -> None:
    for value in values:
        unfit(lambda value=value: value <= 0, f"`{name}` must be positive, got {value}")


def expect_size(x: Shape, axis: int, size: Size, what: str) -> None:
    """Refuse an input whose ``axis`` certainly has another size."""
    if differs(x[axis], size):
        raise ShapeMismatch(f"expected {size} {what}, got {x[axis]}: {x.text}", fits=x[axis] if isinstance(x[axis], int) else None)


def expect_format(name: str, value: Any, allowed: Sequence[str]) -> None:
    if not open_value(value) and value not in allowed:
        raise ShapeMismatch(f"`{name}` must be one of {', '.join(allowed)}, got {shown(value)}")


def channels_last(data_format: Any, axes: int) -> bool | None:
    """Whether channels are the last axis; None where it is not known. Another format than the two for so many axes is a mismatch."""
    if open_value(data_format):
        return None
    expect_format("data_format", data_format, (FIRST[axes], LAST[axes]))
    return bool(data_format == LAST[axes])


def axis_of(x: Shape, axis: Any, name: str = "axis") -> int | None:
    """The axis counted from the front; None where it is not known. Raises ShapeMismatch for one that is not there."""
    if open_value(axis):
        return None
    if not isinstance(axis, int) or not -len(x) <= axis < len(x):
        raise ShapeMismatch(f"`{name}` must be from {-len(x)} to {len(x) - 1}, got {shown(axis)}: {x.text}")
    return axis % len(x)


def spatial(x: Shape, last: bool) -> Shape:
    """The spatial sizes of a batched input."""
    return Shape(x[1:-1]) if last else Shape(x[2:])


def around(x: Shape, sizes: Sequence[Any], last: bool, channels: Any) -> Shape:
    """A batched shape with these spatial sizes and channels."""
    return Shape((x[0], *sizes, channels)) if last else Shape((x[0], channels, *sizes))


def unclear(x: Shape) -> Shape:
    """The shape of an output whose axes cannot be told apart because the data format is not known."""
    return Shape((x[0], *(Unknown.because(Why.ARGUMENT, "`data_format` is not known") for _ in x[1:])))


# Windows ------------------------------------------------------------------------------------------------------------------------------

def truncated(dividend: Size, divisor: Size) -> Size:
    """Division as C++ does it: towards zero. For sizes that are not known, as for positive ones."""
    if isinstance(dividend, int) and isinstance(divisor, int):
        quotient = abs(dividend) // abs(divisor)
        return quotient if (dividend < 0) == (divisor < 0) else -quotient
    return dividend // divisor


def window(size: Size, kernel: Size, stride: Size, pad: tuple[Any, Any], dilation: Size = 1, *, ceil: bool = False) -> Size:
    """``(size + pads - (dilation*(kernel - 1) + 1)) / stride + 1``, rounded towards zero, or up; no window is taken away again.

    One kernel that is larger than its input by less than a stride still has one window.
    """
    span = size + pad[0] + pad[1] - (dilation * (kernel - 1) + 1)
    return told(truncated(span + stride - 1 if ceil else span, stride) + 1,
                lambda: quotient(covered(size, kernel, dilation, around_axis(*pad)), span, stride, up=ceil or certainly(lambda: span < 0)) + " + 1")


def valid(sizes: Sequence[Any], kernel: Any, x: Shape) -> None:
    """Refuse negative output sizes; an empty output is one that Paddle computes."""
    for size in sizes:
        unfit(lambda size=size: size < 0, f"the kernel {shown(kernel)} is larger than the input: {x.text}")
