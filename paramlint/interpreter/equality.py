"""Whether values are equal, or the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.operators import CONTAINERS, SCALARS, truth
from paramlint.interpreter.values import ABSENT, Either, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def identical(it: Interpreter, left: Any, right: Any) -> Any:
    if left is right:
        return left if isinstance(left, Unknown) else True  # arithmetic on an Unknown gives the same object for another value
    if isinstance(left, Either) or isinstance(right, Either):
        either, other = (left, right) if isinstance(left, Either) else (right, left)
        found = [identical(it, v, other) for v in either.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(either.reason)
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Formula) and (other is None or isinstance(other, bool)):
            return it.unknown(Why.ARGUMENT, f"whether `{value}` is {other}")
    if isinstance(left, int | str | float) and type(left) is type(right):
        return bool(left == right)  # equal small constants are one object in CPython
    return False


def equal(it: Interpreter, left: Any, right: Any) -> Any:
    if isinstance(left, SCALARS) and isinstance(right, SCALARS):
        return left == right
    if left is right and not isinstance(left, Unknown):
        return True
    if isinstance(left, Either) or isinstance(right, Either):
        either, other = (left, right) if isinstance(left, Either) else (right, left)
        found = [equal(it, v, other) for v in either.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(either.reason)
    for value in (left, right):
        if isinstance(value, Unknown):
            return value
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Foreign):
            found = value.compare(it, "==", other)
            if found is not NotImplemented:
                return found
        if isinstance(value, Instance):
            method = value.cls.find("__eq__")
            if method is not ABSENT:
                found = it.call(it.get(value, "__eq__"), [other])
                if found is not NotImplemented:
                    return found
    left, right = payload_of(left), payload_of(right)
    if isinstance(left, Formula | Quotient) or isinstance(right, Formula | Quotient):
        if isinstance(left, str | None) or isinstance(right, str | None):
            return it.unknown(Why.ARGUMENT, f"whether `{left!r}` equals `{right!r}`")
        return it.decide(lambda: left == right)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return _equal_sequences(it, left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_dicts(it, left, right)
    try:
        return bool(left == right)
    except NeedsValue as error:
        return error.unknown
    except TypeError:
        return False


def payload_of(value: Any) -> Any:
    return value.payload if isinstance(value, Instance) and isinstance(value.payload, SCALARS + CONTAINERS) and value.payload is not None else value


def _equal_sequences(it: Interpreter, left: Any, right: Any) -> Any:
    it.steps += 2  # with the next one about what the comparison costs: what stands in several places is compared in each
    it.step()
    for side in (left, right):
        reason = it.state.open_reason(side)
        if reason is not None:
            return Unknown(reason)
    if len(left) != len(right):
        return False
    unknown: Unknown | None = None
    for a, b in zip(left, right, strict=True):
        found = truth(it, equal(it, a, b))
        if found is False:
            return False
        if isinstance(found, Unknown):
            unknown = found if unknown is None else unknown
    return True if unknown is None else unknown


def _equal_dicts(it: Interpreter, left: dict[Any, Any], right: dict[Any, Any]) -> Any:
    it.step()
    for side in (left, right):
        reason = it.state.open_reason(side)
        if reason is not None:
            return Unknown(reason)
    if left.keys() != right.keys():
        return False
    return _equal_sequences(it, list(left.values()), [right[key] for key in left])
