"""Indexing, slicing, gathering and scattering of tensors.

Source: the documentation of torch ("tensor indexing", "indexing, slicing, joining, mutating ops"), torch 2.13.
"""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from paramlint.core.contents import Lost, flat
from paramlint.core.dims import Formula, opaque, render
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_axes import cut, dropped
from paramlint.frameworks.torch.ops_common import (
    integer,
    made,
    method,
    reaches_out,
    shape_of,
    tensor,
)
from paramlint.frameworks.torch.ops_data import from_data
from paramlint.frameworks.torch.ops_shaping import same_elements
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


def uncounted(mask: Any) -> Any:
    """How many elements of a mask hold."""
    try:
        return sum(map(bool, flat(mask)))
    except Lost:
        return Unknown.because(Why.INPUT, "how many elements a mask selects")


def sliced(size: Any, given: slice) -> tuple[Any, Any, int]:
    """(start, length, step) of a slice of an axis. Python's rules for what is past the ends."""
    start, stop, step = (integer(value) for value in (given.start, given.stop, given.step))
    step = 1 if step is None else step
    if isinstance(step, Unknown | Formula):
        return 0, Unknown.because(Why.INPUT, "a slice with a step that is not known"), 1
    if step <= 0:
        raise ShapeMismatch(f"a slice of a tensor needs a positive step, got {step}", error="ValueError")
    if isinstance(size, int) and all(value is None or isinstance(value, int) for value in (start, stop)):
        covered = range(*slice(start, stop, step).indices(size))
        return covered.start, len(covered), step
    if isinstance(start, int) and isinstance(stop, int) and 0 <= stop <= start:
        return 0, 0, step
    begin, end = _bound(size, start, 0), _bound(size, stop, size)
    span = end - begin
    if isinstance(span, int):
        span = max(span, 0)
    return begin, span if step == 1 else (span + step - 1) // step, step


def _bound(size: Any, given: Any, default: Any) -> Any:
    """Where a slice begins or ends, for sizes that are large enough: cutting two places off ``n`` leaves ``n - 2``."""
    if given is None:
        return default
    if isinstance(given, Unknown) or isinstance(size, Unknown):
        return 0 if given == 0 and isinstance(given, int) else given if isinstance(given, Unknown) else size
    if isinstance(given, int) and given < 0:
        return size + given
    if isinstance(given, Formula) and any(count < 0 for count in given.terms.values()) and not isinstance(size - given, int):
        return Unknown.because(Why.ARGUMENT, f"whether `{given}` counts from the end is not known")
    if isinstance(given, int) and given <= 1:  # an axis that has no element at all is not sliced
        return given
    room = size - given
    if isinstance(room, int):
        return given if room >= 0 else size
    return opaque(f"min({render(given)}, {render(size)})")


class Index(Op):
    """``x[...]`` with integers, slices, None, ``...``, lists and tensors."""

    NAMES = method("__getitem__")
    SHARES = True
    RAISES = "IndexError"
    input: Value
    index: Value

    def result(self) -> Tensor:
        given = tensor(self.input)
        items = list(self.index) if isinstance(self.index, tuple) else [self.index]
        items = [_listed(item) for item in items]
        consumed = sum(_consumes(item) for item in items)
        shape = shape_of(given)
        unfit(consumed > shape.rank, f"too many indices for {shape.text}: {consumed}")
        dots = next((at for at, item in enumerate(items) if isinstance(item, EllipsisType)), len(items))
        rest = [slice(None)] * (shape.rank - consumed)
        items[dots:dots + 1] = rest
        unfit(any(isinstance(item, EllipsisType) for item in items), "only one `...` is allowed in an index")
        basic, advanced = self._basic(given, items)
        return self._advanced(basic, advanced) if advanced else basic

    @staticmethod
    def _basic(given: Tensor, items: list[Any]) -> tuple[Tensor, dict[int, Tensor]]:
        """Integers, slices and new axes, one after the other; tensors are kept for later, by axis."""
        advanced: dict[int, Tensor] = {}
        at = 0
        for item in items:
            shape = shape_of(given)
            if item is None:
                given = same_elements(given, (*shape[:at], 1, *shape[at:]))
                at += 1
            elif isinstance(item, slice):
                start, length, step = sliced(shape[at], item)
                if not (isinstance(start, int) and start == 0 and step == 1 and length is shape[at]):
                    given = cut(given, at, start, length, step)
                at += 1
            elif isinstance(item, Tensor):
                advanced[at] = item
                at += _consumes(item)
            else:
                unfit(lambda item=item, at=at, shape=shape: item >= shape[at] or item < -shape[at],
                      f"index {item} is out of range for dimension {at} of {shape.text}")
                given = dropped(cut(given, at, item, 1), at)
        return given, advanced

    @staticmethod
    def _advanced(given: Tensor, indices: dict[int, Tensor]) -> Tensor:
        """Tensors as indices: their common shape stands where they stood, or in front if they were not side by side."""
        shape = shape_of(given)
        axes: list[int] = []
        parts: list[Any] = []
        for at, index in indices.items():
            if index.dtype == "bool":
                mask = shape_of(index)
                for axis, size in enumerate(mask):
                    if differs(size, shape[at + axis]):
                        raise ShapeMismatch(f"a mask of shape {mask.text} does not fit {shape.text} at dimension {at + axis}")
                axes.extend(range(at, at + mask.rank))
                parts.append((uncounted(index),))
            else:
                unfit(reaches_out(index.data, shape[at]), f"an index is out of range for dimension {at} of {shape.text}")
                axes.append(at)
                parts.append(shape_of(index))
        try:
            common = broadcast(*parts)
        except ShapeMismatch:
            raise ShapeMismatch("index tensors of different shapes: " + ", ".join(Shape(part).text for part in parts)) from None
        rest = [size for at, size in enumerate(shape) if at not in axes]
        adjacent = axes == list(range(axes[0], axes[0] + len(axes)))
        front = axes[0] if adjacent else 0
        return made((*rest[:front], *common, *rest[front:]), given.dtype)


def _listed(item: Any) -> Any:
    """An index as an integer, a slice, None, ``...`` or a tensor."""
    if isinstance(item, bool):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a truth value as an index"))
    if isinstance(item, Unknown):
        raise NeedsValue(item)
    if isinstance(item, list | tuple | range):
        if any(isinstance(inner, slice | EllipsisType) or inner is None for inner in item):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a list of slices as an index"))
        found = from_data(item, None)
        return Tensor(found.shape, "int64", found.data) if not item else found
    if isinstance(item, Tensor):
        shape = shape_of(item, "index")
        if item.dtype == "unknown":
            raise NeedsValue(Unknown.because(Why.INPUT, "whether an index is a mask"))
        if not shape and item.dtype != "bool" and isinstance(item.data, int):
            return item.data
        if not shape and item.dtype == "bool":
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a truth value as an index"))
        if item.dtype.startswith(("float", "complex", "bfloat")):
            raise ShapeMismatch("tensors used as indices must be of integers or truth values")
        return item if item.dtype in ("bool", "int64") else Tensor(shape, "bool" if item.dtype == "uint8" else "int64")
    if item is None or isinstance(item, int | Formula | slice | EllipsisType):
        return item
    if not isinstance(item, str | bytes | float | complex | dict | set | frozenset):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a {type(item).__name__} as an index"))
    raise ShapeMismatch(f"an index is an integer, a slice, None, `...`, a list or a tensor, not {shown(item)}",
                        error="TypeError" if isinstance(item, str) else "")


def _consumes(item: Any) -> int:
    """How many axes an index stands for."""
    if isinstance(item, Tensor):
        return shape_of(item).rank if item.dtype == "bool" else 1
    return 0 if item is None or isinstance(item, EllipsisType) else 1


# Gathering ----------------------------------------------------------------------------------------------------------------
