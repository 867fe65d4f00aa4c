"""Which arguments of a layer say how many features go in and come out, learnt from how its entry answers to shapes."""

from __future__ import annotations

import copy
import inspect
from functools import cache
from typing import Any, NamedTuple

from paramlint.core import defects
from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer

STRANGE = (Refused, ShapeMismatch, NeedsValue, *defects.ERRORS)
RANKS = range(8)  # numbers of axes that tensors of models have
_SIZE, _OTHER = 64, 7


class Roles(NamedTuple):
    """The fields of an entry that say how many features its input has and its output has; empty where there is none."""

    takes: str = ""
    gives: str = ""
    keeps: bool = False  # whether, without such a field, the output has as many axes as the input

    @property
    def passes_on(self) -> bool:
        """Whether as many features come out as go in."""
        return self.keeps or bool(self.takes and self.takes == self.gives)


@cache
def _learnt(entry: Any) -> dict[str, Roles]:
    """What is known of a class of layers; filled by the first one that is met."""
    return {}


def roles(entry: Layer) -> Roles:
    """Learnt from how the entry answers to shapes, once for each class of layers."""
    kind: Any = type(entry)
    known = _learnt(kind)
    if not known:
        known[""] = _learn(entry)
    return known[""]


def _learn(entry: Layer) -> Roles:
    fields = [name for field in entry.signature().fields if number_in(getattr(entry, name := field.kept_as or field.name, None)) is not None]
    takes = next((name for name in fields if _refuses(entry, name)), "")
    gives = next((name for name in fields if _appears(entry, name)), "")
    if not gives and takes and _same_rank(entry):
        gives = takes
    return Roles(takes, gives, not takes and not gives and _same_rank(entry))


def _shape(entry: Layer, rank: int, size: Any, /, **changes: Any) -> Any:
    """The output for an input of that rank, with some fields changed; None where it is refused."""
    other = copy.copy(entry)
    for name, value in changes.items():
        setattr(other, name, (value,) if isinstance(getattr(entry, name), tuple) else value)
    try:
        return other.shape(*[Shape([size] * rank)] * _inputs(entry.shape))
    except STRANGE:
        return None


def _inputs(method: Any) -> int:
    """How many inputs a layer needs."""
    return sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in inspect.signature(method).parameters.values())


def _refuses(entry: Layer, name: str) -> bool:
    """Whether the layer takes 64 features just if this field is 64."""
    return any(_shape(entry, rank, _SIZE, **{name: _SIZE}) is not None and _shape(entry, rank, _SIZE, **{name: _OTHER}) is None for rank in RANKS)


def _appears(entry: Layer, name: str) -> bool:
    """Whether this field is a size of the output."""
    mark = Formula.free("<mark>")
    for rank in RANKS:
        found = _shape(entry, rank, Unknown.because(Why.INPUT, "the input"), **{name: mark})
        found = found[0] if isinstance(found, tuple) and not isinstance(found, Shape) and found else found
        if isinstance(found, Shape) and any(isinstance(size, Formula) and size.same(mark) for size in found):
            return True
    return False


def _same_rank(entry: Layer) -> bool:
    ranks = [(rank, _shape(entry, rank, Unknown.because(Why.INPUT, "the input"))) for rank in RANKS]
    return any(isinstance(found, Shape) for _, found in ranks) and all(len(found) == rank for rank, found in ranks if isinstance(found, Shape))


def number_in(value: Any) -> Any:
    """The number that an argument is, by itself or alone in a tuple; None for anything else."""
    found = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    return found if isinstance(found, int | Formula) and not isinstance(found, bool) else None
