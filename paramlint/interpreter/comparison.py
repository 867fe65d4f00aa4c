"""Comparisons, and what contains what."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import set_order
from paramlint.interpreter.equality import equal, equal_values, identical, matches, turns
from paramlint.interpreter.hashing import key_of
from paramlint.interpreter.iteration import iterate_or_unknown
from paramlint.interpreter.limits import CHARACTERS
from paramlint.interpreter.operands import payload_of
from paramlint.interpreter.operators import certain, method_of, special, truth, type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ORDER: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "<": (operator.lt, "__lt__", "__gt__"), "<=": (operator.le, "__le__", "__ge__"),
    ">": (operator.gt, "__gt__", "__lt__"), ">=": (operator.ge, "__ge__", "__le__"),
}


_WITH_ITEMS = (list, tuple, dict, set, frozenset, str)  # which say for themselves what they contain, however they are walked
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def compare(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    """True, False, an Unknown, or whatever the operands' own methods return."""
    if op == "is":
        return identical(it, left, right)
    if op == "is not":
        return _negated(identical(it, left, right))
    if left.__class__ is Unknown:
        it.given(left, right)
    elif right.__class__ is Unknown:
        it.given(right, left)
    if op == "in":
        return contains(it, right, left)
    if op == "not in":
        return _negated(contains(it, right, left))
    if op == "==":
        return equal(it, left, right)
    if op == "!=":
        return _different(it, left, right)
    return _ordered(it, op, left, right)


def _negated(value: Any) -> Any:
    return value if isinstance(value, Unknown) else not value


def _different(it: Interpreter, left: Any, right: Any) -> Any:
    if not (isinstance(left, Instance | Foreign | ClassValue) or isinstance(right, Instance | Foreign | ClassValue)):
        return _negated(truth(it, equal(it, left, right)))
    if isinstance(left, Unknown | Either) or isinstance(right, Unknown | Either):
        found = equal(it, left, right)
        return _negated(found if isinstance(found, Unknown) else truth(it, found))
    for value, other in turns(it, left, right):
        found = NotImplemented
        if method_of(value, "__ne__") is not ABSENT:
            found = special(it, value, "__ne__", other)
        elif method_of(value, "__eq__") is not ABSENT:
            found = special(it, value, "__eq__", other)
            found = found if found is NotImplemented else _negated(truth(it, found))
        elif isinstance(value, Foreign):
            found = value.compare(it, "!=", other)
            if found is NotImplemented:
                found = value.compare(it, "==", other)
                found = found if found is NotImplemented or isinstance(found, Foreign) else _negated(truth(it, found))
        if found is not NotImplemented:
            return found
    return _negated(equal_values(it, left, right))


def _ordered(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    function, method, mirrored = _ORDER[op]
    it.charge(1)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(left, Either) or isinstance(right, Either):
        either = left if isinstance(left, Either) else right
        found = [_ordered(it, op, v, right) if either is left else _ordered(it, op, left, v)
                 for v in either.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(either.reason)
    order = ((left, right, method, op), (right, left, mirrored, _MIRRORED[op]))
    asked = turns(it, left, right)
    for value, other, name, sign in order[:len(asked)] if asked[0][0] is left else order[::-1]:
        if method_of(value, name) is not ABSENT:
            found = special(it, value, name, other)
            if found is not NotImplemented:
                return found
        if isinstance(value, Foreign):
            found = value.compare(it, sign, other)
            if found is not NotImplemented:
                return found
    shown = (left, right)
    left, right = payload_of(left), payload_of(right)
    if isinstance(left, Quotient) or isinstance(right, Quotient):
        return it.unknown(Why.ARGUMENT, f"whether {left} {op} {right}")
    if isinstance(left, list | tuple) and type(left) is type(right):
        return _ordered_sequences(it, op, left, right)
    try:
        return it.decide(lambda: function(left, right))
    except TypeError:
        return it.throw("TypeError", f"'{op}' not supported between instances of '{type_name(shown[0])}' and '{type_name(shown[1])}'")


def _ordered_sequences(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    for side in (left, right):
        reason = it.state.open_reason(side)
        if reason is not None:
            return Unknown(reason)
    for a, b in zip(left, right, strict=False):
        it.charge(1)
        found = matches(it, a, b)
        if isinstance(found, Unknown):
            return found
        if not found:
            return _ordered(it, op, a, b)
    return _ORDER[op][0](len(left), len(right))


def contains(it: Interpreter, container: Any, item: Any) -> Any:
    """``item in container``."""
    if item.__class__ is str:
        if container.__class__ is Instance and container.payload.__class__ is dict and _is_own_mapping(container.cls):
            container = container.payload
        if container.__class__ is dict:
            return _contains_key(it, container, item)
    if isinstance(container, Unknown):
        return container
    if isinstance(container, Either):
        found = [truth(it, contains(it, v, item)) for v in container.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(container.reason)
    if isinstance(container, str) and isinstance(item, str):
        it.charge(len(container) // CHARACTERS)
        return item in container
    if isinstance(container, str | bytes) and _is_plain(item):
        return _contains_text(it, container, item.payload if isinstance(item, Instance) and item.payload is not None else item)
    if isinstance(container, range) and isinstance(item, int):
        return item in container
    if isinstance(container, ClassValue) and container.metaclass is not None and container.metaclass.find("__contains__") is not ABSENT:
        return truth(it, it.call(container.metaclass.find("__contains__"), [container, item]))
    if isinstance(container, Foreign):
        method = container.get(it, "__contains__")
        if method is not NotImplemented:
            return truth(it, it.call(method, [item]))
    if isinstance(container, Instance):
        if container.cls.find("__contains__") is not ABSENT:
            return truth(it, it.call(it.get(container, "__contains__"), [item]))
        walks = container.cls.find("__iter__") is not ABSENT and not any(base.python in _WITH_ITEMS for base in container.cls.mro)
        if container.payload is not None and not walks:
            return contains(it, container.payload, item)
    if isinstance(container, dict | set | frozenset) and isinstance(item, Either):
        found = [contains(it, container, v) for v in item.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(item.reason)
    if isinstance(container, set | frozenset) and isinstance(item, set):
        item = frozenset(item)  # a set is looked up by its elements
    if isinstance(container, dict | set | frozenset) and not isinstance(item, Unknown | Formula):
        return _contains_key(it, container, key_of(it, item))
    unknown: Unknown | None = None
    if isinstance(container, int | float | complex | None) or (isinstance(container, Instance) and _cannot_be_walked(container)):
        it.throw("TypeError", f"argument of type '{type_name(container)}' is not iterable")
    items: Any = set_order.members(it, container) if set_order.is_shuffled(it, container) else iterate_or_unknown(it, container)
    if isinstance(items, Unknown):  # also where the container is open: what is in it may not be
        return items
    for other in items:
        it.charge(1)
        found = matches(it, other, item)
        if found is True:
            return True
        if isinstance(found, Unknown):
            unknown = found if unknown is None else unknown
    return False if unknown is None else unknown


def _is_own_mapping(cls: ClassValue) -> bool:
    """Whether a class is a subclass of dict of Python's own that looks its keys up as dict does."""
    return cls.site is None and cls.find("__contains__") is ABSENT and dict in [base.python for base in cls.mro]


def _cannot_be_walked(value: Instance) -> bool:
    walked = any(value.cls.find(name) is not ABSENT for name in ("__iter__", "__getitem__"))
    return not walked and value.payload is None and value.cls.fact("unknown_base") is None


def _is_plain(item: Any) -> bool:
    if isinstance(item, Instance):
        return item.cls.fact("unknown_base") is None
    return not isinstance(item, Unknown | Either | Formula | Quotient | Foreign)


def _contains_text(it: Interpreter, container: Any, item: Any) -> Any:
    try:
        return item in container
    except TypeError as error:
        return it.library_throw("TypeError", str(error))
    except ValueError as error:
        return it.throw("ValueError", str(error))


def _contains_key(it: Interpreter, container: Any, key: Any) -> Any:
    try:
        present = key in container or (it.registries.fill(it, container, key) and key in container)
    except TypeError as error:
        return it.throw("TypeError", str(error))
    reason = it.state.open_reason(container)
    if reason is not None and not (present and isinstance(container, dict) and certain(container[key])):
        return Unknown(reason)
    return present
