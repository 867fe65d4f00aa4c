"""``statistics`` of known numbers."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table, known, plain
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    it.classes.setdefault("StatisticsError", ClassValue("StatisticsError", (it.classes["ValueError"],), {}, module="statistics"))
    return {**FUNCTIONS, "StatisticsError": it.classes["StatisticsError"]}


def _define(name: str) -> None:
    function = getattr(statistics, name)

    @FUNCTIONS.raw(name)
    def compute(it: Interpreter, data: Any, /) -> Any:
        items = [plain(item) for item in it.elements(data)]
        known(it, items)
        if any(isinstance(item, Instance) for item in items):
            raise it.not_followed(f"`statistics.{name}` of numbers that are no plain ones")
        try:
            found = function(items)
            return it.made(found) if isinstance(found, list) else found
        except statistics.StatisticsError as error:
            return it.library_throw("StatisticsError", str(error))


for _name in ("mean", "fmean", "median", "median_low", "median_high", "mode", "multimode", "harmonic_mean", "geometric_mean", "pstdev", "pvariance",
              "stdev", "variance"):
    _define(_name)
