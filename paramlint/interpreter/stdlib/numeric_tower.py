"""``numbers``."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    result: dict[str, ClassValue] = {}
    above = it.classes["object"]
    for name in ("Number", "Complex", "Real", "Rational", "Integral"):
        above = result[name] = ClassValue(name, (above,), {}, module="numbers")
        python = getattr(numbers, name)
        above.facts["instance_check"] = lambda it, value, python=python: isinstance(
            value.payload if isinstance(value, Instance) else value, python
        )
        above.facts["subclass_check"] = lambda it, cls, python=python: any(
            base.python is not None and issubclass(base.python, python) for base in cls.mro
        )
    return dict(result)
