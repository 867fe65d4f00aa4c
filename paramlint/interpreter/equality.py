"""Whether values are equal, or the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.binding import bind
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.operands import SCALARS, answers_itself, payload_of
from paramlint.interpreter.operators import truth
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance, Native

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
        if isinstance(value, Foreign) and (same := value.identity(it, other)) is not NotImplemented:
            return same
    return _one_object(it, left, right)


def _one_object(it: Interpreter, left: Any, right: Any) -> Any:
    """Whether equal values are one object in CPython: small numbers and characters are, others only as the program happened to make them."""
    if type(left) is not type(right):
        for cls, function in ((left, right), (right, left)):
            if isinstance(cls, ClassValue) and isinstance(function, Native) and cls.name == function.name:
                return it.unknown(Why.UNSUPPORTED, f"whether `{cls.name}` is a class")
        return False
    if isinstance(left, bool):
        return left == right
    if isinstance(left, int | float | complex | str | bytes | tuple | frozenset):
        if type(left) is tuple and len(left) != len(right):
            return False
        if isinstance(left, int | str | bytes | float | complex) and left != right:
            return False
        short = isinstance(left, str | bytes | tuple) and len(left) <= (0 if isinstance(left, tuple) else 1)
        small = -_SMALL[0] <= left <= _SMALL[1] if isinstance(left, int) else short
        return True if small else it.unknown(Why.EFFECT, "whether equal values are one object, which the implementation decides")
    if isinstance(left, Foreign):
        return left.same_as(right)
    if isinstance(left, Native) and left.name == right.name:
        return it.unknown(Why.UNSUPPORTED, f"whether two functions `{left.name}` are one")
    return False


_SMALL = (5, 256)  # from -5 to 256
_LONG = 65_536  # characters that are compared in about the time of a step


def equal(it: Interpreter, left: Any, right: Any) -> Any:
    """``left == right``."""
    if isinstance(left, SCALARS) and isinstance(right, SCALARS):
        if left.__class__ is str and len(left) > _LONG:
            it.charge(len(left) // _LONG)
        return left == right
    if isinstance(left, Either) or isinstance(right, Either):
        if left is right:
            return True
        either, other = (left, right) if isinstance(left, Either) else (right, left)
        found = [equal(it, v, other) for v in either.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(either.reason)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(left, Foreign | Instance | ClassValue) or isinstance(right, Foreign | Instance | ClassValue):
        found = asked(it, left, right)
        if found is not NotImplemented:
            return found
    return equal_values(it, left, right)


def asked(it: Interpreter, left: Any, right: Any) -> Any:
    """What the operands' own methods say, NotImplemented where they say nothing."""
    for value, other in turns(it, left, right):
        if isinstance(value, Foreign):
            found = value.compare(it, "==", other)
            if found is not NotImplemented:
                return found
        cls = value.cls if isinstance(value, Instance) else value.metaclass if isinstance(value, ClassValue) else None
        if cls is not None and cls.find("__eq__") is not ABSENT:
            found = it.call(bind(it, cls.find("__eq__"), value, cls), [other])
            if found is not NotImplemented:
                return found
    return NotImplemented


def turns(it: Interpreter, left: Any, right: Any) -> tuple[tuple[Any, Any], ...]:
    """Who is asked, in turn: first the right operand where it is of a subclass of the left one's class."""
    if isinstance(right, Instance):
        cls = it.class_of(left)
        if isinstance(cls, ClassValue) and cls is not right.cls and cls in right.cls.mro:
            return (right, left), (left, right)
        if right.payload is not None and answers_itself(left, "__eq__", right):
            return ((left, right),)
    return (left, right), (right, left)


def matches(it: Interpreter, item: Any, wanted: Any) -> Any:
    """Whether an element of a container is the one that is looked for: the same object is, whatever it says of itself."""
    return True if item is wanted and not isinstance(item, Unknown) else truth(it, equal(it, item, wanted))


def equal_values(it: Interpreter, left: Any, right: Any) -> Any:
    """Whether values are equal that have no methods of their own for that."""
    if left is right:
        return True
    left, right = payload_of(left), payload_of(right)
    if isinstance(left, Formula | Quotient) or isinstance(right, Formula | Quotient):
        if isinstance(left, str | None) or isinstance(right, str | None):
            return it.unknown(Why.ARGUMENT, f"whether `{left!r}` equals `{right!r}`")
        return it.decide(lambda: left == right)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return _equal_sequences(it, left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_dicts(it, left, right)
    if isinstance(left, set | frozenset) and isinstance(right, set | frozenset):
        reason = it.state.open_reason(left) or it.state.open_reason(right)
        if reason is not None:
            return Unknown(reason)
        it.charge(len(left) // ELEMENTS)
    if isinstance(left, Native) and isinstance(right, Native) and left.name == right.name:
        return it.unknown(Why.UNSUPPORTED, f"whether two functions `{left.name}` are one")
    try:
        return bool(left == right)
    except NeedsValue as error:
        return error.unknown
    except TypeError:
        return False


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
        it.charge(1)
        found = matches(it, a, b)
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
