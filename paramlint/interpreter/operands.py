"""What Python's own operators see of an operand, and which of two operands answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import ABSENT, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

SCALARS = (int, float, complex, str, bytes, type(None), type(Ellipsis))
CONTAINERS = (list, tuple, dict, set, frozenset, range)
_VIEWS: Any = (type({}.keys()), type({}.items()))
VIEWS: Any = type({}.keys()) | type({}.values()) | type({}.items())
# Whose operators take which other kinds, besides those that derive from their own: these are not asked for their reflected methods.
_TAKES = {bool: (int,), float: (int, float), complex: (int, float, complex), set: (set, frozenset), frozenset: (set, frozenset), dict: (dict,),
          int: (int,)}
_COMPARED = {list: (list,), tuple: (tuple,), str: (str,), bytes: (bytes,), **_TAKES}
_COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})


def payload_of(value: Any) -> Any:
    """The object behind an instance of a subclass of int, list …; a deque keeps a list and is none."""
    if not isinstance(value, Instance) or value.payload is None or not isinstance(value.payload, SCALARS + CONTAINERS):
        return value
    if value.payload.__class__ is list and not any(base.python is list for base in value.cls.mro):
        return value
    return value.payload


def answers_itself(left: Any, name: str, right: Any) -> bool:
    """Whether an operator of Python's own takes the operand on its right, which has a method of its own: that is not asked then."""
    if not isinstance(right, Instance) or right.payload is None:
        return False
    payload = payload_of(left)
    if payload is not left and left.cls.find(name) is not ABSENT:
        return False
    kinds = (_COMPARED if name in _COMPARISONS else _TAKES).get(payload.__class__)
    return kinds is not None and isinstance(right.payload, kinds) and hasattr(payload, name)


def with_view(it: Interpreter, op: str, left: Any, right: Any, compute: Callable[[Any, Any], Any]) -> Any:
    """``d.keys() - other``: the other operand may be anything that can be walked; NotImplemented without a view."""
    from paramlint.interpreter.hashing import make_set
    from paramlint.interpreter.iteration import elements_or_unknown

    if op not in "-&|^" or (not isinstance(left, _VIEWS) and not isinstance(right, _VIEWS)):
        return NotImplemented
    sides = []
    for side in (left, right):
        items = list(side) if isinstance(side, _VIEWS) else elements_or_unknown(it, side)
        if isinstance(items, Unknown):
            return items
        sides.append(make_set(it, items))
    found = it.made(compute(*sides))
    for side in sides:
        reason = it.state.open_reason(side)
        if reason is not None:
            it.state.mark_open(found, reason)
    return found
