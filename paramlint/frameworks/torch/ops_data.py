"""Functions of torch that make tensors from numbers: counted, spaced, listed.

Source: the documentation of torch ("creation ops"), torch 2.13.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from msgspec.structs import replace

from paramlint.core.contents import LIMIT, Lost, flat, number
from paramlint.core.dims import Formula, Quotient
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Row, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    DEFAULT,
    UNTYPED,
    chosen,
    decided,
    dtype_of,
    function,
    functional,
    integer,
    made,
    method,
    promoted,
    shape_of,
    size_list,
)
from paramlint.frameworks.torch.ops_creation import (
    MakesTensor,
    allocated,
)
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


class Arange(MakesTensor):
    """Numbers from ``start`` up to before ``end``: ``ceil((end - start) / step)`` of them."""

    NAMES = function("arange")
    REST = "bounds"
    bounds: Value
    _: KEYWORD_ONLY
    start: Value = None
    end: Value = None
    step: Value = None

    def result(self) -> Tensor:
        start, end, step = self._bounds()
        whole = all(isinstance(value, int | Formula) for value in (start, end, step))
        open_ = next((value for value in (start, end, step) if isinstance(value, Unknown)), None)
        dtype = chosen(self.dtype, "int64" if whole else UNTYPED if open_ is not None else DEFAULT)
        if open_ is None and any(isinstance(value, Quotient) for value in (start, end, step)):
            open_ = Unknown.because(Why.ARGUMENT, "how many numbers there are depends on a fraction of an argument")
        if open_ is not None:
            return Tensor(Shape((open_,)), dtype)
        unfit(lambda: step == 0, "`step` must not be 0")
        unfit(lambda: (end - start) * (1 if step > 0 else -1) < 0, f"a step of {step} does not lead from {start} to {end}")
        if any(isinstance(value, float) for value in (start, end, step)):
            count: Any = math.ceil((decided(end) - decided(start)) / decided(step))
        else:
            count = -((start - end) // step)
        unfit(lambda: count < 0, f"a step of {step} does not lead from {start} to {end}")
        found = made((count,), dtype, lambda: self._values(start, step, count, dtype))
        return replace(found, below=end) if whole and found.data is None and certainly(lambda: start >= 0 and step > 0) else found

    def _bounds(self) -> tuple[Any, Any, Any]:
        given = [_scalar(value) for value in self.bounds]
        if len(given) > 3:
            raise Refused(f"arange() takes at most 3 numbers, got {len(given)}")
        start, end, step = self.start, self.end, self.step
        if len(given) == 1:
            if end is None:
                end = given[0]
            else:
                start = given[0]
        elif given:
            start, end, *rest = given
            step = rest[0] if rest else step
        if end is None:
            raise Refused("arange() is missing the required argument 'end'", field="end")
        return _scalar(0 if start is None else start), _scalar(end), _scalar(1 if step is None else step)

    @staticmethod
    def _values(start: Any, step: Any, count: int, dtype: str) -> list[Any]:
        values = [start + step * at for at in range(count)]
        # Fractions are added up in another order than here, so only exact sums are kept.
        if any(isinstance(value, float) and (number(value, dtype) != value or value * 4096 != int(value * 4096)) for value in values):
            raise Lost
        return values


def _scalar(value: Any) -> Any:
    """A number, or a tensor of one element; what is not known is Unknown."""
    if isinstance(value, Tensor):
        return value.data if isinstance(value.data, int | float) else Unknown.because(Why.INPUT, "the contents of a tensor")
    if value is not None and not isinstance(value, int | float | Formula | Quotient | Unknown):
        raise Refused(f"expected a number, got {shown(value)}")
    return value


class Linspace(MakesTensor):
    """``steps`` numbers from ``start`` to ``end``, evenly spaced."""

    NAMES = function("linspace")
    start: Value
    end: Value
    steps: Value

    def result(self) -> Tensor:
        steps, dtype = integer(self.steps), chosen(self.dtype, DEFAULT)
        if isinstance(steps, bool | float | str):
            raise Refused(f"`steps` must be an integer, got {shown(steps)}", field="steps")
        unfit(lambda: steps < 0, f"`steps` must not be negative, got {steps}")
        start, end = _scalar(self.start), _scalar(self.end)
        if dtype != DEFAULT or not all(isinstance(value, int | float) for value in (start, end)):
            return made((steps,), dtype)
        return made((steps,), dtype, lambda: _spaced(start, end, steps))


def _spaced(start: Any, end: Any, steps: int) -> list[float]:
    """From both ends to the middle, each number rounded once, as torch computes it on the CPU."""
    if steps == 1:
        return [start]
    first, last = number(start, DEFAULT), number(end, DEFAULT)
    step = number(number(last - first, DEFAULT) / (steps - 1), DEFAULT)
    return [first + step * at if at < steps // 2 else last - step * (steps - at - 1) for at in range(steps)]


class Logspace(Linspace):
    """``steps`` powers of ``base``, their exponents evenly spaced."""

    NAMES = function("logspace")
    base: Value = 10.0

    def result(self) -> Tensor:
        made_ = super().result()
        return Tensor(made_.shape, made_.dtype)


class FromData(MakesTensor):
    """A tensor of numbers in nested lists, or a copy of a tensor."""

    NAMES = function("tensor", "as_tensor", "asarray", "scalar_tensor")
    data: Value

    def result(self) -> Tensor:
        return from_data(self.data, self.dtype)


class NewTensor(MakesTensor):
    """A tensor of numbers in nested lists, with the type of this one."""

    NAMES = method("new_tensor")
    input: Value
    data: Value

    def result(self) -> Tensor:
        return from_data(self.data, self.dtype or dtype_of(self.input))


class FromNumpy(Op):
    """A tensor that shares the memory of an array."""

    NAMES = function("from_numpy", "from_dlpack")
    ndarray: Value

    def result(self) -> Tensor:
        return from_data(self.ndarray, None)


class FloatTensor(Op):
    """A tensor of the type that the class is called by, made from sizes or from data."""

    NAMES: ClassVar[tuple[str, ...]] = ("torch.FloatTensor", "torch.Tensor.__new__")
    DTYPE: ClassVar[str] = "float32"
    REST = "given"
    given: Value

    def result(self) -> Tensor:
        if len(self.given) == 1 and isinstance(self.given[0], list | tuple | Tensor | Unknown):
            return from_data(self.given[0], self.DTYPE)
        return made(allocated(size_list(self.given)) if self.given else Shape((0,)), self.DTYPE)


class LongTensor(FloatTensor):
    """A tensor of 64-bit integers, made from sizes or from data."""

    NAMES = function("LongTensor")
    DTYPE = "int64"


class BoolTensor(FloatTensor):
    """A tensor of truth values, made from sizes or from data."""

    NAMES = function("BoolTensor")
    DTYPE = "bool"


class IntTensor(FloatTensor):
    """A tensor of 32-bit integers, made from sizes or from data."""

    NAMES = function("IntTensor")
    DTYPE = "int32"


class HalfTensor(FloatTensor):
    """A tensor of 16-bit floats, made from sizes or from data."""

    NAMES = function("HalfTensor")
    DTYPE = "float16"


class DoubleTensor(FloatTensor):
    """A tensor of 64-bit floats, made from sizes or from data."""

    NAMES = function("DoubleTensor")
    DTYPE = "float64"


class ByteTensor(FloatTensor):
    """A tensor of bytes, made from sizes or from data."""

    NAMES = function("ByteTensor")
    DTYPE = "uint8"


def from_data(data: Any, dtype: Any) -> Tensor:
    """A tensor of numbers in nested sequences. Raises Refused for rows of different lengths."""
    if isinstance(data, Unknown) and not isinstance(data, Row):
        raise NeedsValue(data)
    if isinstance(data, Tensor):
        kind = chosen(dtype, data.dtype)
        return made(shape_of(data), kind, lambda: flat(data))
    values: list[Any] = []
    shape = _gathered(data, values)
    samples = [_SAMPLES.get(value.kind) if isinstance(value, Row) else value for value in values]
    kinds = set(map(dtype_of, samples))
    kind = chosen(dtype, next(iter(kinds)) if len(kinds) == 1 else promoted(*samples) if values else DEFAULT)
    return made(shape, kind, lambda: _numbers(values))


_SAMPLES = {"int": 0, "float": 0.0}  # of the kinds of numbers whose type is certain


def _numbers(values: list[Any]) -> list[Any]:
    if any(isinstance(value, Row) for value in values):
        raise Lost
    return [item for value in values for item in (flat(value) if isinstance(value, Tensor) else [value])]


def _gathered(data: Any, values: list[Any]) -> Shape:
    """The shape of nested sequences; their numbers are added to ``values``, as many as may be kept and one of each kind at least."""
    if isinstance(data, range):
        data = tuple(data[:LIMIT + 1]) if len(data) <= LIMIT else None
        if data is None:
            raise NeedsValue(Unknown.because(Why.LIMIT, f"a tensor of more than {LIMIT} listed numbers"))
    if isinstance(data, list | tuple):
        inner = [_gathered(item, values) for item in data]
        for other in inner[1:]:
            if len(other) != len(inner[0]) or any(map(differs, other, inner[0])):
                raise ShapeMismatch(f"rows of different shapes, {inner[0].text} and {other.text}, make no tensor", error="ValueError")
        return Shape((len(data), *inner[0])) if inner else Shape((0,))
    if isinstance(data, Row):
        values.append(data)
        return Shape((data.length,))
    if isinstance(data, Unknown):  # a number, or a sequence of them
        raise NeedsValue(data)
    if data is None or isinstance(data, str | dict | set):
        raise Refused(f"{shown(data)} makes no tensor", error="TypeError" if isinstance(data, str) or values else "RuntimeError")
    if isinstance(data, Tensor) and values is not None and isinstance(shape_of(data).numel, int) and shape_of(data).numel != 1:
        raise Refused("only one element tensors can be converted to Python scalars", error="ValueError")
    if not isinstance(data, int | float | complex | Formula | Quotient | Tensor):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a tensor made from a {type(data).__name__}"))
    values.append(data)
    return shape_of(data)


class OneHot(Op):
    """Integers as vectors with a single 1: one more axis of ``num_classes``."""

    NAMES = functional("one_hot")
    tensor: Value
    num_classes: Value = -1

    def result(self) -> Tensor:
        count = integer(self.num_classes)
        values = self._values()
        if isinstance(count, int) and values is not None:
            wrong = min(values, default=0) < 0 or (count != -1 and max(values, default=-1) >= count) or (count == -1 and not values)
            unfit(wrong, f"the classes of `one_hot` are at least 0, and less than {count}")
            count = max(values) + 1 if count == -1 else count
        if isinstance(count, int) and count == -1:
            count = Unknown.because(Why.INPUT, "the number of classes is read from the contents of a tensor")
        return made((*shape_of(self.tensor), count), "int64")

    def unsure(self) -> str:
        count, given = integer(self.num_classes), self.tensor
        if self._values() is not None:
            return ""
        fits = given.below is not None and certainly(lambda: count == -1 or given.below <= count)
        return "" if fits else "all that `one_hot` is given are classes that it has"

    def _values(self) -> list[int] | None:
        """The classes where they are known. Raises ShapeMismatch for a tensor of fractions."""
        dtype = dtype_of(self.tensor)
        unfit(dtype not in ("int64", UNTYPED), "one_hot is only applicable to index tensors")
        if not isinstance(self.tensor, Tensor) or self.tensor.data is None:
            return None
        values = flat(self.tensor)
        return values if all(isinstance(value, int) for value in values) else None
