"""``statistics`` of known numbers."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table, known

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    error = it.classes["ValueError"]
    return {**FUNCTIONS, "StatisticsError": error}


def _define(name: str) -> None:
    function = getattr(statistics, name)

    @FUNCTIONS.raw(name)
    def compute(it: Interpreter, data: Any, /) -> Any:
        items = it.elements(data)
        known(it, items)
        return function(items)


for _name in ("mean", "fmean", "median", "median_low", "median_high", "mode", "pstdev", "pvariance", "stdev", "variance"):
    _define(_name)
