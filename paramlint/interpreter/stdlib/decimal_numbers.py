"""``decimal`` in its default context."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.stdlib.exact_numbers import COMMON, CONTEXT, number_class
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_METHODS = ("quantize", "to_integral_value", "to_integral", "to_integral_exact", "sqrt", "exp", "ln", "log10", "is_nan", "is_zero", "is_finite",
            "is_infinite", "is_signed", "normalize", "adjusted", "copy_abs", "copy_negate", "copy_sign", "compare", "max", "min", "fma",
            "remainder_near", "scaleb", "same_quantum", "to_eng_string")
_ROUNDING = ("ROUND_CEILING", "ROUND_DOWN", "ROUND_FLOOR", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_UP", "ROUND_05UP")
_ERRORS = ("DecimalException", "Clamped", "InvalidOperation", "ConversionSyntax", "DivisionByZero", "DivisionImpossible", "DivisionUndefined",
           "Inexact", "InvalidContext", "Rounded", "Subnormal", "Overflow", "Underflow", "FloatOperation")


def names(it: Interpreter) -> dict[str, Any]:
    from paramlint.interpreter.stdlib import namespace

    cls = number_class(it, decimal.Decimal, namespace(it, "numbers")["Number"], (*COMMON, *_METHODS), ("real", "imag"))
    result: dict[str, Any] = {"Decimal": cls, **{name: getattr(decimal, name) for name in _ROUNDING}}
    for name in _ERRORS:
        _error(it, getattr(decimal, name, None), result)
    for name in ("getcontext", "setcontext", "localcontext", "Context"):
        result[name] = Native(name, lambda it, args, kwargs, name=name: _context(it, cls, name))
    return result


def _error(it: Interpreter, python: type | None, result: dict[str, Any]) -> ClassValue | None:
    if python is None or python.__module__ != "decimal":
        return it.classes.get(python.__name__) if python is not None else None
    if python.__name__ not in result:
        bases = [base for kind in python.__bases__ if (base := _error(it, kind, result)) is not None]
        result[python.__name__] = ClassValue(python.__name__, tuple(bases), {}, module="decimal")
    return result[python.__name__]  # type: ignore[no-any-return]


def _context(it: Interpreter, cls: ClassValue, name: str) -> Any:
    cls.facts[CONTEXT] = True
    return it.unknown(Why.UNSUPPORTED, f"`decimal.{name}` is not modelled")
