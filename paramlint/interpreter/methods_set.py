"""Methods of set and frozenset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, hashing, set_order
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.natives import copied_openness
from paramlint.interpreter.unanswered import may_miss
from paramlint.interpreter.values import Either

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def _keys(it: Interpreter, iterable: Any) -> set[Any]:
    """The elements as keys. Raises NeedsValue where they are not known."""
    result = hashing.make_set(it, set_order.certain_members(it, iterable))
    reason = it.state.open_reason(result)
    if reason is not None:
        raise NeedsValue(Unknown(reason))
    return result


def add(it: Interpreter, value: set[Any], item: Any, /) -> None:
    it.write(value)
    if isinstance(item, Unknown | Either):
        it.state.mark_open(value, item.reason, None, reach((item,)))
        return
    value.add(hashing.key_of(it, item))
    if not len(value) & 255:
        hashing.check_growth(it, value)


def discard(it: Interpreter, value: set[Any], item: Any, /) -> None:
    _drop(it, value, item, strict=False)


def remove(it: Interpreter, value: set[Any], item: Any, /) -> None:
    _drop(it, value, item, strict=True)


def _drop(it: Interpreter, value: set[Any], item: Any, *, strict: bool) -> None:
    if isinstance(item, Unknown | Either):
        if strict:
            may_miss(it, Unknown(item.reason), "KeyError")
        obscure(it, value, item.reason)
        return
    found = comparison.contains(it, value, item)
    if found is False and strict:
        raise it.error("KeyError", item)
    it.write(value)
    value.discard(hashing.key_of(it, item))


def pop(it: Interpreter, value: set[Any], /) -> Any:
    reason = it.state.open_reason(value)
    if reason is not None:
        unknown = loose(reason, value)
        obscure(it, value, reason)
        return unknown
    if not value:
        it.throw("KeyError", "pop from an empty set")
    order = set_order.in_order(value)
    it.write(value)
    item = value.pop()
    if order is None or item is not order[0]:  # which one goes depends on how the set came to be
        value.add(item)
        one = set_order.any_order(it, list(value))[0]
        if len(value) > 1:
            obscure(it, value, one.reason)
        return one
    return item


def clear(it: Interpreter, value: set[Any], /) -> None:
    it.write(value)
    value.clear()
    it.state.close(value)


def copy(it: Interpreter, value: Any, /) -> Any:
    return value if isinstance(value, frozenset) else copied_openness(it, value, set(value))


def update(it: Interpreter, value: set[Any], /, *others: Any) -> None:
    for other in others:
        items = set_order.members(it, other)
        it.write(value)
        if isinstance(items, Unknown):
            it.state.mark_open(value, items.reason, None, items.held)
            continue
        added = hashing.make_set(it, items)
        value.update(added)
        reason = it.state.open_reason(added)
        if reason is not None:
            it.state.mark_open(value, reason)


def _combined(name: str) -> Any:
    def method(it: Interpreter, value: Any, /, *others: Any) -> Any:
        sets = [_keys(it, value), *(_keys(it, other) for other in others)]
        result = getattr(set, name)(*sets)
        if not isinstance(result, set):
            return result
        return frozenset(result) if isinstance(value, frozenset) else it.made(result)

    return method


def _in_place(name: str) -> Any:
    def method(it: Interpreter, value: set[Any], /, *others: Any) -> None:
        try:
            result = getattr(set, name)(_keys(it, value), *(_keys(it, other) for other in others))
        except NeedsValue as error:
            obscure(it, value, error.unknown.reason)
            return
        it.write(value)
        it.charge(len(result) // ELEMENTS)
        value.clear()
        value.update(result)

    return method


FROZEN: dict[str, Any] = {name: _combined(name) for name in
                          ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint")}
FROZEN["copy"] = copy
SET: dict[str, Any] = {**FROZEN, **{function.__name__: function for function in (add, discard, remove, pop, clear, update)}}
SET.update({f"{name}_update": _in_place(name) for name in ("intersection", "difference", "symmetric_difference")})
