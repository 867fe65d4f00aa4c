"""Kinds of fields: what an argument of a layer may be, and what the framework makes of it.

A kind is ``Annotated[Any, converter]``. The converter gets the field's name and the value as written, returns the value as the
framework stores it, and raises ``Refused`` for what the framework refuses when the layer is built. Unknown and Formula values pass
every converter. The static type is Any because any field may hold an Unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from paramlint.core.dims import Formula, NoNumber
from paramlint.core.unknown import NeedsValue, Unknown, UnknownArray, Why
from paramlint.schema.conditions import NotAnInteger, WrongKind

Converter = Callable[[str, Any], Any]

_PLAIN = (str, bytes, bytearray, complex, list, tuple, dict, set, frozenset, range, type(None), NoNumber)


def open_value(value: Any) -> bool:
    """Whether a value is not known or only known as a formula."""
    return isinstance(value, Unknown | Formula)


def anything(name: str, value: Any) -> Any:
    return value


def is_no_integer(value: Any) -> bool:
    """Whether a number that is not known is one of a library that stands for no integer, as ``np.float32(3)``."""
    return value.__class__ is UnknownArray and not value.sizes and value.dtype.startswith(("float", "bool"))


def whole(name: str, value: Any) -> Any:
    """A whole number; a float is refused even if it is whole, as the frameworks do."""
    if isinstance(value, int) or (open_value(value) and not is_no_integer(value)):
        return value
    if isinstance(value, UnknownArray):
        raise NotAnInteger(f"`{name}` must be an integer, not a number of {value.dtype}", field=name, help="use `int(...)`")
    if isinstance(value, float):
        text = f"`{name}` must be an integer, got {value!r}"
        way_out = f"use `//` or `int(...)`: {int(value)}" if value == value and abs(value) < 1e18 else "use an integer"
        raise NotAnInteger(text, field=name, help=way_out)
    if not isinstance(value, _PLAIN):  # a tensor of one element or a number of a library may stand for an integer
        return Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}")
    raise WrongKind(f"`{name}` must be an integer, got {shown(value)}", field=name)


def whole_or_none(name: str, value: Any) -> Any:
    return None if value is None else whole(name, value)


def flag(name: str, value: Any) -> Any:
    """Anything with a truth value."""
    return value


def shown(value: Any) -> str:
    """A value as a message names it, never long."""
    text = _written(value, _LONGEST) if isinstance(value, str | int | float | bool | None | list | tuple | dict) else type(value).__name__
    return text if len(text) <= _LONGEST else text[:_LONGEST - 3] + "..."


_LONGEST = 60
_BRACKETS = {list: "[]", dict: "{}"}


def _written(value: Any, room: int) -> str:
    """The start of ``repr(value)``, at least ``room`` characters of it: what stands in several places is not written out in each."""
    if isinstance(value, str):
        return repr(value[:room])
    if not isinstance(value, list | tuple | dict):
        return repr(value)
    parts: list[str] = []
    left = room
    for item in value.items() if isinstance(value, dict) else value:
        part = ": ".join(_written(one, left) for one in item) if isinstance(value, dict) else _written(item, left)
        parts.append(part)
        left -= len(part) + 2
        if left < 0:
            break
    brackets = _BRACKETS.get(type(value), "()")
    return brackets[0] + ", ".join(parts) + ("," if isinstance(value, tuple) and len(value) == 1 else "") + brackets[1]


def known(value: Any) -> bool:
    """Whether ``value`` can be decided on: no Unknown, no Formula, none in a sequence."""
    if isinstance(value, list | tuple):
        return all(known(item) for item in value)
    return not open_value(value)


def truth(value: Any) -> bool | None:
    """The truth value, or None where it is not known."""
    try:
        return bool(value)
    except NeedsValue:
        return None


Size = Annotated[Any, whole]  # a whole number, a Formula or an Unknown
OptionalSize = Annotated[Any, whole_or_none]
Flag = Annotated[Any, flag]
Number = Annotated[Any, anything]
Text = Annotated[Any, anything]
Value = Annotated[Any, anything]  # what changes neither weights nor shapes, or needs its own care
