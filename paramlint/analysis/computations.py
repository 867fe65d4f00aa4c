"""How the sizes of a call's results follow from those of its inputs, as a person writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core import defects
from paramlint.core.arithmetic import listening
from paramlint.core.shapes import Shape, ShapeMismatch, agrees
from paramlint.core.unknown import NeedsValue
from paramlint.schema.conditions import Refused
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.layer_calls import Call

_WRONG = (Refused, ShapeMismatch, NeedsValue, *defects.ERRORS)


def of(call: Call) -> list[str]:
    """The computations of a call's entry whose results are sizes of what the call gave; none where it is not known."""
    with listening() as found:
        try:
            if isinstance(call.entry, Op):
                call.entry.result()
            elif call.entry is not None:
                call.entry.shape(**call.inputs)
        except _WRONG:
            return []
    sizes = list(_sizes(call.outputs))
    return [one.line for one in found if any(agrees(one.result, size) for size in sizes)]


def _sizes(value: Any) -> Iterator[Any]:
    if isinstance(value, Shape):
        yield from value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _sizes(item)
