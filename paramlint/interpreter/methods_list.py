"""Methods of list, tuple and range."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import containers, equality, iteration, operands
from paramlint.interpreter.builtin_iteration import in_order
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.limits import ELEMENTS, MOVED
from paramlint.interpreter.natives import copied_openness, known
from paramlint.interpreter.unanswered import may_lack, may_miss

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def _checked(it: Interpreter, value: list[Any]) -> None:
    if len(value) > it.limits.items:
        it.limit(f"more than {it.limits.items:,} elements")


def append(it: Interpreter, value: list[Any], item: Any, /) -> None:
    it.write(value)
    value.append(item)
    _checked(it, value)


def extend(it: Interpreter, value: list[Any], iterable: Any, /) -> None:
    items = iteration.elements_or_unknown(it, iterable)
    if isinstance(items, Unknown):
        if isinstance(iterable, list):  # what is known of it is there all the same
            fixed = len(value) + (it.state.fixed(iterable) or 0)
            it.write(value)
            value.extend(iterable)
            it.state.mark_open(value, items.reason, fixed)
        it.escaped(iterable, items.reason)
        it.state.mark_open(value, items.reason, None, items.held)
        return
    it.write(value)
    value.extend(items)
    _checked(it, value)


def insert(it: Interpreter, value: list[Any], index: Any, item: Any, /) -> None:
    at = containers.index_of(it, index)
    reason = it.state.open_reason(value)
    if isinstance(at, Unknown | Formula) or reason is not None:
        items = [*value, item]
        obscure(it, value, reason or (at.reason if isinstance(at, Unknown) else it.unknown(Why.ARGUMENT, f"an element at `{at}`").reason))
        it.state.mark_open(value, it.state.open_reason(value), 0, reach((item,)))  # type: ignore[arg-type]
        for element in items:  # all are there, in an order that is not known
            it.escaped(element, it.state.open_reason(value))  # type: ignore[arg-type]
        return
    it.write(value)
    it.charge(len(value) // MOVED)
    value.insert(at, item)
    _checked(it, value)


def pop(it: Interpreter, value: list[Any], index: Any = -1, /) -> Any:
    at = containers.index_of(it, index)
    reason = it.state.open_reason(value)
    if isinstance(at, Unknown | Formula) or reason is not None:
        reason = reason or (at.reason if isinstance(at, Unknown) else it.unknown(Why.ARGUMENT, f"the element at `{at}`").reason)
        unknown = loose(reason, containers.all_of(it, value))
        may_lack(it, reason, "IndexError")
        obscure(it, value, reason)
        return unknown
    it.write(value)
    if at != -1:
        it.charge(len(value) // MOVED)
    return value.pop(at)


def _position(it: Interpreter, value: Any, item: Any, start: int = 0, stop: int | None = None) -> int:
    """The position of the first equal element, or -1. Raises NeedsValue where that is not decided."""
    for position in range(*slice(start, stop).indices(len(value))):
        it.charge(1)
        found = equality.matches(it, value[position], item)
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        if found:
            return position
    unknown = it.state.element(value)
    if unknown is not None:
        raise NeedsValue(unknown)
    return -1


def remove(it: Interpreter, value: list[Any], item: Any, /) -> None:
    try:
        at = _position(it, value, item)
    except NeedsValue as error:
        may_miss(it, error.unknown, "ValueError")
        obscure(it, value, error.unknown.reason)
        return
    if at < 0:
        it.throw("ValueError", "list.remove(x): x not in list")
    it.write(value)
    del value[at]


def clear(it: Interpreter, value: list[Any], /) -> None:
    it.write(value)
    value.clear()
    it.state.close(value)


def index(it: Interpreter, value: Any, item: Any, start: Any = 0, stop: Any = sys.maxsize, /) -> Any:
    known(it, start, stop)
    if not (isinstance(start, int) and isinstance(stop, int)):
        start, stop = containers.index_of(it, start if start is not None else ""), containers.index_of(it, stop if stop is not None else "")
    try:
        at = _position(it, value, item, start, stop)
    except NeedsValue as error:
        may_miss(it, error.unknown, "ValueError")
        raise
    if at < 0:
        if isinstance(value, tuple):
            it.throw("ValueError", "tuple.index(x): x not in tuple")
        raise it.error("ValueError", f"{item!r} is not in list" if isinstance(item, operands.SCALARS) else "element is not in list")
    return at


def count(it: Interpreter, value: Any, item: Any, /) -> Any:
    reason = it.state.open_reason(value) if isinstance(value, list) else None
    if reason is not None:
        return Unknown(reason)
    total = 0
    for element in value:
        it.charge(1)
        found = equality.matches(it, element, item)
        if isinstance(found, Unknown):
            return found
        total += found
    return total


def sort(it: Interpreter, value: list[Any], /, *, key: Any = None, reverse: Any = False) -> None:
    reason = it.state.open_reason(value)
    try:
        if reason is not None:
            raise NeedsValue(Unknown(reason))
        ordered = in_order(it, list(value), key, reverse)
    except NeedsValue as error:
        reason = error.unknown.reason
        it.write(value)
        unknown = loose(reason, containers.all_of(it, value))
        value[:] = [unknown] * len(value)
        return
    it.write(value)
    value[:] = ordered


def reverse(it: Interpreter, value: list[Any], /) -> None:
    reason = it.state.open_reason(value)
    if reason is not None:
        obscure(it, value, reason)
        return
    it.write(value)
    it.charge(len(value) // ELEMENTS)
    value.reverse()


def copy(it: Interpreter, value: list[Any], /) -> Any:
    return copied_openness(it, value, list(value))


LIST: dict[str, Any] = {
    function.__name__: function for function in (append, extend, insert, pop, remove, clear, index, count, sort, reverse, copy)
}
TUPLE: dict[str, Any] = {"index": index, "count": count}
RANGE: dict[str, Any] = {"index": lambda it, value, item: value.index(item), "count": lambda it, value, item: value.count(item)}
