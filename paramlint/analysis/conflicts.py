"""Shapes that do not fit: from the exception of the analysed code to what a person is told."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from paramlint.analysis.layers import LayerState
from paramlint.analysis.roles import number_in
from paramlint.analysis.tensor_ops import CLASH, Clash
from paramlint.analysis.tensors import maker_of
from paramlint.core import defects
from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.frames import Site
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import Instance
from paramlint.model.conflicts import Argument, Conflict
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer

_UNKNOWN = re.compile(r"Unknown\([^()]*\)")
_STRANGE = (Refused, ShapeMismatch, NeedsValue, *defects.ERRORS)


def clash_of(raised: Raised) -> Clash | None:
    """What does not fit, where that is why the analysed code raises."""
    found = raised.value.attrs.get(CLASH) if isinstance(raised.value, Instance) else None
    return found if isinstance(found, Clash) else None


def conflict(raised: Raised, given: str = "", sizes: frozenset[int] = frozenset()) -> Conflict | None:
    """The clash behind an exception in plain words. ``sizes`` are those of the model's input, which a person may have got wrong."""
    clash = clash_of(raised)
    if clash is None:
        return None
    maker = maker_of(clash.values)
    argument = takes = None
    if isinstance(clash.entry, Layer):
        argument, takes = _fitting(clash.entry, clash.inputs, clash.fits)
    if argument is not None and (argument.number in sizes or argument.number in _own_sizes(maker)):
        argument = Argument(argument.name, argument.number, argument.position, argument.aliases)
    return Conflict(
        clash.name, _UNKNOWN.sub("?", clash.message), " and ".join(_texts(clash.inputs.values())), takes or "",
        maker.cls.name if maker is not None else "", maker.site if maker is not None else None,
        clash.module.site if clash.module is not None else None, clash.site,
        tuple(Site(step.path, step.statement, step.anchor) for step in clash.calls), argument, given)


def relocated(found: Conflict, path: str, shown: str) -> Conflict:
    """A conflict whose places in one file bear the path by which the file is known to whoever reports it."""
    def moved(site: Any) -> Any:
        return site._replace(path=shown) if site is not None and site.path == path else site

    return replace(found, site=moved(found.site), call=moved(found.call), maker_site=moved(found.maker_site), calls=tuple(map(moved, found.calls)))


def _texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if isinstance(shape, Shape):
            yield written(shape)
        elif isinstance(shape, list | tuple):
            yield from _texts(shape)


def written(shape: Shape) -> str:
    """A shape with a question mark for each size that is not known."""
    return Shape("?" if isinstance(size, Unknown) else "None" if is_unsized(size) else size for size in shape).text


def _own_sizes(maker: Any) -> frozenset[int]:
    """The numbers that a layer was made with: one of them may be the wrong one."""
    state = maker.payload if isinstance(maker, Instance) else None
    if not isinstance(state, LayerState) or state.entry is None:
        return frozenset()
    return frozenset(value for value in state.entry.arguments().values() if isinstance(value, int))


def _fitting(entry: Layer, inputs: Mapping[str, Any], fits: int | None) -> tuple[Argument | None, str]:
    """The argument with which the layer takes its input, if it is the number that would fit; and the shape that it takes as it is."""
    if fits is None:
        return None, ""
    signature = entry.signature()
    for position, field in enumerate(signature.fields):
        kept = field.kept_as or field.name
        wrong = number_in(getattr(entry, kept, None))
        if not isinstance(wrong, int) or wrong == fits or not _takes(_changed(entry, kept, fits), inputs):
            continue
        aliases = tuple(alias for alias, name in entry.ALIASES.items() if name == field.name)
        place = None if field.keyword_only else position
        return Argument(field.name, fits, place, aliases, alone=True), _taken(entry, inputs, fits, wrong)
    return None, ""


def _changed(entry: Layer, name: str, value: int) -> Layer:
    other = copy.copy(entry)
    setattr(other, name, (value,) if isinstance(getattr(entry, name), tuple) else value)
    return other


def _takes(entry: Layer, inputs: Mapping[str, Any]) -> bool:
    try:
        entry.check()
        entry.shape(**inputs)
    except _STRANGE:
        return False
    return True


def _taken(entry: Layer, inputs: Mapping[str, Any], got: int, wanted: int) -> str:
    """The shape of the input with the one size changed that makes it fit."""
    name, shape = next(iter(inputs.items()))
    if not isinstance(shape, Shape):
        return ""
    for axis in reversed(range(len(shape))):
        if agrees(shape[axis], got):
            fitting = shape.replace(axis, wanted)
            if _takes(entry, {**inputs, name: fitting}):
                return written(fitting)
    return ""
