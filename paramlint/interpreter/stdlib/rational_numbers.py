"""``fractions``."""

from __future__ import annotations

import fractions
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.stdlib.exact_numbers import COMMON, number_class

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    from paramlint.interpreter.stdlib import namespace

    base = namespace(it, "numbers")["Rational"]
    return {"Fraction": number_class(it, fractions.Fraction, base, (*COMMON, "limit_denominator"), ("numerator", "denominator", "real", "imag"))}
