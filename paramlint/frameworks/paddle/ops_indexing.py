"""Indexing of tensors, and what a tensor says about itself.

Source: the documentation of paddle.Tensor (indexing and slicing; attributes), Paddle 3.3.1. The rules of NumPy hold.
"""

from __future__ import annotations

from types import EllipsisType
from typing import Any, ClassVar

from paramlint.core.shapes import Shape, broadcast
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.ops_common import dtype_of, shape_of, whole
from paramlint.schema.conditions import certainly
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.op import Op


def sliced(size: Any, given: slice) -> Any:
    """The length of a slice of an axis. Python's rules for what is past the ends."""
    start, stop, step = (whole(value) for value in (given.start, given.stop, given.step))
    if all(value is None for value in (start, stop)) and step in (None, 1):
        return size
    if isinstance(size, int) and all(value is None or isinstance(value, int) for value in (start, stop, step)):
        unfit(step == 0, "the step of a slice cannot be 0")
        return len(range(*slice(start, stop, step).indices(size)))
    return Unknown.because(Why.INPUT, "the length of a slice of an axis whose size is not known")


def _advanced(item: Any) -> Tensor | None:
    """An index that picks elements: a tensor, or a list as one."""
    if isinstance(item, Tensor):
        return item
    if not isinstance(item, list):
        return None
    shape: list[int] = []
    inner: Any = item
    while isinstance(inner, list):
        shape.append(len(inner))
        inner = inner[0] if inner else None
    return Tensor(Shape(shape), "bool" if isinstance(inner, bool) else "int64")


class Index(Op):
    """``x[...]`` with integers, slices, None, ``...``, lists and tensors."""

    NAMES = ("paddle.Tensor.__getitem__",)
    RAISES = "IndexError"
    SHARES = True
    x: Value
    index: Value

    def result(self) -> Tensor:
        x = shape_of(self.x)
        items = list(self.index) if isinstance(self.index, tuple) else [self.index]
        for item in items:
            if isinstance(item, Unknown):
                raise NeedsValue(item)
        used = sum(_axes_of(item) for item in items)
        unfit(used > len(x), f"too many indices for {x.text}: {used}")
        dots = next((at for at, item in enumerate(items) if isinstance(item, EllipsisType)), len(items))
        items[dots:dots + 1] = [slice(None)] * (len(x) - used)
        unfit(any(isinstance(item, EllipsisType) for item in items), "only one `...` is allowed in an index")
        return Tensor(_picked(x, items), dtype_of(self.x), _contents(self.x, items))


def _contents(x: Any, items: list[Any]) -> Any:
    """What one number or slice picks of contents that are kept."""
    data = x.data if isinstance(x, Tensor) else None
    if not isinstance(data, tuple) or len(items) != 1:
        return None
    item = items[0]
    parts = (item.start, item.stop, item.step) if isinstance(item, slice) else (item,)
    if isinstance(item, bool) or not all(isinstance(part, int) or (part is None and isinstance(item, slice)) for part in parts):
        return None
    return data[item]


def _axes_of(item: Any) -> int:
    """How many axes an index covers."""
    if item is None or isinstance(item, EllipsisType):
        return 0
    found = _advanced(item)
    return len(shape_of(found)) if found is not None and found.dtype == "bool" else 1


def _picked(x: Shape, items: list[Any]) -> Shape:
    """The shape that indices, one for each axis or for several, leave."""
    kept: list[Any] = []
    picks: list[Shape] = []
    places: list[int] = []  # where among the kept axes each advanced index stands
    axis = 0
    for item in items:
        found = _advanced(item)
        if item is None:
            kept.append(1)
        elif isinstance(item, slice):
            kept.append(sliced(x[axis], item))
        elif found is not None:
            mask = found.dtype == "bool"
            picks.append(Shape((Unknown.because(Why.INPUT, "how many elements a mask selects"),)) if mask else shape_of(found))
            places.append(len(kept))
        elif isinstance(item, bool) or not (isinstance(item, int) or open_value(item)):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"an index {shown(item)}"))
        else:
            size = x[axis]
            unfit(certainly(lambda size=size, item=item: not -size <= item < size), f"index {item} is out of range for axis {axis} of {x.text}")
        axis += _axes_of(item)
    if not picks:
        return Shape(kept)
    if any(item is None for item in items):  # here Paddle leaves NumPy's rules: the new axis counts as one that is picked from
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "an index with both a new axis and picked elements"))
    together = all(place == places[0] for place in places)
    at = places[0] if together else 0
    return Shape((*kept[:at], *broadcast(*picks), *kept[at:]))


# What a tensor says about itself ------------------------------------------------------------------------------------------------------

class _Attribute(Op):
    """Something that is read of a tensor."""

    ATTRIBUTE: ClassVar[bool] = True
    x: Value


class ShapeOf(_Attribute):
    """``x.shape``: a list of sizes."""

    NAMES = ("paddle.Tensor.shape",)

    def result(self) -> list[Any]:
        return list(shape_of(self.x))

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class Rank(_Attribute):
    """``x.ndim``."""

    NAMES = ("paddle.Tensor.ndim",)

    def result(self) -> int:
        return len(shape_of(self.x))

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class Turned(_Attribute):
    """``x.T``: the axes in reverse."""

    NAMES = ("paddle.Tensor.T",)

    def result(self) -> Tensor:
        return Tensor(Shape(reversed(shape_of(self.x))), dtype_of(self.x))


class Dimensions(Op):
    """``x.dim()``: the number of axes."""

    NAMES = ("paddle.Tensor.dim", "paddle.Tensor.ndimension")
    x: Value

    def result(self) -> int:
        return len(shape_of(self.x))

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class ShapeTensor(Op):
    """The shape as a tensor of integers."""

    NAMES = ("paddle.shape",)
    input: Value

    def result(self) -> Tensor:
        sizes = shape_of(self.input)
        return Tensor(Shape((len(sizes),)), "int64", data=tuple(sizes) if all(isinstance(size, int) for size in sizes) else None)


class _Cast(Op):
    """The same elements as the type that the method is called after."""

    DTYPE: ClassVar[str]
    x: Value

    def result(self) -> Tensor:
        return Tensor(shape_of(self.x), self.DTYPE)


class ToFloat32(_Cast):
    """As numbers of 32 bits."""

    NAMES = ("paddle.Tensor.float", "paddle.Tensor.float32")
    DTYPE = "float32"


class ToFloat64(_Cast):
    """As numbers of 64 bits."""

    NAMES = ("paddle.Tensor.double", "paddle.Tensor.float64")
    DTYPE = "float64"


class ToFloat16(_Cast):
    """As numbers of 16 bits."""

    NAMES = ("paddle.Tensor.half", "paddle.Tensor.float16")
    DTYPE = "float16"


class ToInt32(_Cast):
    """As integers of 32 bits."""

    NAMES = ("paddle.Tensor.int", "paddle.Tensor.int32")
    DTYPE = "int32"


class ToInt64(_Cast):
    """As integers of 64 bits."""

    NAMES = ("paddle.Tensor.long", "paddle.Tensor.int64")
    DTYPE = "int64"


class ToBool(_Cast):
    """As truth values."""

    NAMES = ("paddle.Tensor.bool",)
    DTYPE = "bool"
