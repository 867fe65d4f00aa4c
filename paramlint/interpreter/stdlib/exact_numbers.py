"""``fractions.Fraction`` and ``decimal.Decimal``: numbers whose value Python's own object has."""

from __future__ import annotations

import decimal
import fractions
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import slots
from paramlint.interpreter.natives import Function, known, plain, raw
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.texts import check_width
from paramlint.interpreter.values import ClassMethod, ClassValue, Either, Instance, Property

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_OPERATORS = tuple(f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow") for side in ("", "r"))
_COMPARISONS = tuple(f"__{name}__" for name in ("eq", "ne", "lt", "le", "gt", "ge"))
_UNARY = tuple(f"__{name}__" for name in ("neg", "pos", "abs", "bool", "int", "float", "trunc", "floor", "ceil", "str", "repr", "hash", "complex"))
COMMON = (*_OPERATORS, *_COMPARISONS, *_UNARY, "__round__", "__format__", "as_integer_ratio", "conjugate")
_NUMBERS = (int, float, complex, fractions.Fraction, decimal.Decimal)
_EXPONENT = re.compile(r"[eE][-+]?([0-9_]+)")
_DEFAULT = decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN, traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow])
CONTEXT = "decimal context"  # what is noted once the code has the context in hand, which says how decimals are rounded


def number_class(it: Interpreter, python: type, base: ClassValue, methods: Iterable[str], properties: Iterable[str]) -> ClassValue:
    cls = ClassValue(python.__name__, (base,), {}, module=python.__module__)
    cls.facts[slots.FACT] = frozenset()
    cls.make = lambda it, args, kwargs: _make(it, cls, python, args, kwargs)
    cls.attrs["__init__"] = raw("__init__", lambda it, self, /, *args, **kwargs: None, binds=True)
    cls.attrs.update({name: raw(name, _method(name), binds=True) for name in methods if hasattr(python, name)})
    for name in properties:
        cls.attrs[name] = Property(raw(name, lambda it, self, name=name: _wrapped(it, self.cls, getattr(self.payload, name))))
    for name in ("from_float", "from_decimal"):
        if hasattr(python, name):
            cls.attrs[name] = ClassMethod(raw(name, lambda it, cls, value, /: it.call(cls, [value])))
    cls.attrs["__copy__"] = cls.attrs["__deepcopy__"] = raw("__copy__", lambda it, self, /, *memo: self, binds=True)
    return cls


def _make(it: Interpreter, cls: ClassValue, python: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if args[0] is not cls:
        raise it.not_followed(f"a class that derives from `{cls.name}`")
    given = [_known(it, value) for value in (*args[1:], *kwargs.values())]
    for value in given:
        if value is None or not isinstance(value, (str, tuple, list, *_NUMBERS)):
            it.library_throw("TypeError", f"no argument of {cls.name}")
        if isinstance(value, str) and len(value) > it.limits.digits:
            it.limit(f"a number of {len(value):,} digits")
        if cls.name == "Fraction":  # which writes the number out
            exponent = _EXPONENT.search(value) if isinstance(value, str) else None
            _check_size(it, int(exponent[1]) if exponent is not None else 0)
            _check_digits(it, value)
    return _computed(it, cls, lambda: python(*given[:len(args) - 1], **dict(zip(kwargs, given[len(args) - 1:], strict=True))))


def _known(it: Interpreter, value: Any) -> Any:
    """The Python object behind an argument. Raises NeedsValue where it is not known."""
    if isinstance(value, Unknown | Either):
        raise it.not_followed(value.reason.message) if isinstance(value, Either) else _needs(value)
    if isinstance(value, Formula | Quotient):
        raise _needs(it.unknown(Why.ARGUMENT, f"depends on `{value}`"))
    if isinstance(value, Instance) and isinstance(value.payload, _NUMBERS):
        return value.payload
    known(it, value)
    return plain(value)


def _needs(unknown: Unknown) -> Exception:
    from paramlint.core.unknown import NeedsValue

    return NeedsValue(unknown)


def _method(name: str) -> Function:
    def method(it: Interpreter, self: Instance, /, *args: Any, **kwargs: Any) -> Any:
        given = [_known(it, value) for value in args]
        named = {key: _known(it, value) for key, value in kwargs.items()}
        if name in _OPERATORS or name in _COMPARISONS:
            if not isinstance(given[0], _NUMBERS):
                if "pow" in name:  # some of these raise instead
                    raise it.not_followed(f"`{name}` with such an argument")
                return NotImplemented
            if "pow" in name:
                _check_power(it, *((given[0], self.payload) if name.startswith("__r") else (self.payload, given[0])))
        if name == "__round__" and given and isinstance(given[0], int):
            _check_size(it, abs(given[0]))
        if name == "__format__":
            check_width(it, given[0])
        if name in ("__int__", "__trunc__", "__floor__", "__ceil__", "__round__", "as_integer_ratio", "__hash__", "__format__"):
            _check_digits(it, self.payload)
        return _computed(it, self.cls, lambda: getattr(self.payload, name)(*given, **named))

    return method


def _check_power(it: Interpreter, base: Any, exponent: Any) -> None:
    if isinstance(base, int | fractions.Fraction) and isinstance(exponent, int | fractions.Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(int(exponent))
        if bits > it.limits.digits:
            it.limit(f"a fraction of about {bits:,} bits")


def _check_digits(it: Interpreter, value: Any) -> None:
    if isinstance(value, decimal.Decimal) and value.is_finite():
        _check_size(it, abs(value.adjusted()))


def _check_size(it: Interpreter, digits: int) -> None:
    if digits > it.limits.digits // 4:
        it.limit(f"a number of about {digits:,} digits")


def _computed(it: Interpreter, cls: ClassValue, compute: Any) -> Any:
    if cls.name == "Decimal" and CONTEXT in cls.facts:
        raise it.not_followed("decimals in a context that the code may have changed")
    try:
        with decimal.localcontext(_DEFAULT):
            return _wrapped(it, cls, compute())
    except decimal.DecimalException as error:
        kind = it.modules.library_attribute("decimal", type(error).__name__)
        text = it.unknown(Why.UNSUPPORTED, "the text of an exception that a library raises")
        raise Raised(it.instance(kind, {"args": (text,)}), it.site()) from None
    except (ZeroDivisionError, ValueError, OverflowError, TypeError) as error:
        return it.library_throw(type(error).__name__, str(error))


def _wrapped(it: Interpreter, cls: ClassValue, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_wrapped(it, cls, part) for part in value)
    if not isinstance(value, fractions.Fraction | decimal.Decimal):
        return value
    if isinstance(value, fractions.Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > it.limits.digits:
        it.limit(f"a fraction of more than {it.limits.digits:,} bits")
    return it.instance(cls, payload=value)
