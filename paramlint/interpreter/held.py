"""What of the code's own objects a value that is not known may be.

Where an object is lost among things that are not known (an element at an index that is not known, one of too many alternatives), the value
that stands for it keeps it in ``held``: who changes it by that name changes one of those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.values import BoundMethod, ClassValue, Either, Foreign, FunctionValue, GeneratorValue, Instance, Super

_OBJECTS = (list, dict, set, Instance, ClassValue, GeneratorValue, FunctionValue)
_DEPTH = 8  # tuples within tuples


def loose(reason: Reason, values: Iterable[Any]) -> Unknown:
    """A value that is one of these, an element of one of these, or something else."""
    return Unknown(reason, reach(values))


def one_of(reason: Reason, values: Iterable[Any]) -> Unknown:
    """A value that is one of these."""
    values = tuple(values)
    held = reach(values)
    return Unknown(reason, held, data=not held and all(map(_is_data, values)))


def _is_data(value: Any) -> bool:
    """Whether a value is a number, a text or the like, or such a value from outside."""
    if isinstance(value, Unknown):
        return value.data
    return isinstance(value, int | float | complex | str | bytes | None)


def reach(values: Iterable[Any]) -> tuple[Any, ...]:
    """The objects that may be changed by who holds these values, each once."""
    found: dict[int, Any] = {}
    for value in values:
        _collect(value, found, 0)
    return tuple(found.values())


def _collect(value: Any, found: dict[int, Any], depth: int) -> None:
    kind = value.__class__
    if kind is int or kind is str or kind is float or value is None or kind is bool:
        return
    if isinstance(value, _OBJECTS):
        found[id(value)] = value
    elif kind is Unknown:
        for item in value.held:
            found[id(item)] = item
    elif kind is Either:
        for item in value.alternatives:
            _collect(item, found, depth)
    elif kind is BoundMethod:
        _collect(value.func, found, depth)
        _collect(value.self, found, depth)
    elif kind is Super:
        _collect(value.object, found, depth)
    elif isinstance(value, tuple | frozenset) and depth < _DEPTH:
        for item in value:
            _collect(item, found, depth + 1)
    elif isinstance(value, Foreign) and value.CHANGES:
        found[id(value)] = value


def blurred(items: Any, reason: Reason) -> Any:
    """What stands for the elements of a list or the entries of a dict, none of which is certain any more."""
    if isinstance(items, dict):
        return {key: loose(reason, (value,)) for key, value in items.items()}
    return [loose(reason, (value,)) for value in items]
