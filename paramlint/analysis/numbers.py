"""Functions of numpy on plain numbers, as configuration code uses them: ``np.linspace(0, rate, depth)``, ``np.ceil(x)``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.values import SERIALS, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_LIMIT = 10_000  # elements


class Numbers(Foreign):
    """An array of one axis whose elements are known. What is not listed here is not known."""

    __slots__ = ("items", "serial")
    CHANGES = True

    def __init__(self, items: list[Any]) -> None:
        self.serial = next(SERIALS)
        self.items = items

    @property
    def dtype(self) -> str:
        return "int64" if all(isinstance(item, int) and not isinstance(item, bool) for item in self.items) and self.items else "float64"

    def __repr__(self) -> str:
        return f"array({self.items})"

    def type_name(self) -> str:
        return "ndarray"

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "tolist":
            return Native(name, lambda it, args, kwargs: list(self.items))
        if name == "shape":
            return (len(self.items),)
        if name in ("size", "ndim"):
            return len(self.items) if name == "size" else 1
        return NotImplemented if name.startswith("__") else _unknown(it, f"`ndarray.{name}`")

    def unary(self, it: Interpreter, op: str) -> Any:
        return _unknown(it, f"the operator `{op}` on an array")

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return _unknown(it, f"the operator `{op}` on an array")

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return _unknown(it, f"the comparison `{op}` of an array")

    def item(self, it: Interpreter, index: Any) -> Any:
        if isinstance(index, int):
            return self.items[index] if -len(self.items) <= index < len(self.items) else it.throw("IndexError", "index is out of bounds")
        if isinstance(index, slice) and all(part is None or isinstance(part, int) for part in (index.start, index.stop, index.step)):
            return Numbers(self.items[index])
        return _unknown(it, "an index of an array")

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return it.limit("an array that is changed")

    def iterate(self, it: Interpreter) -> Any:
        return iter(list(self.items))

    def length(self, it: Interpreter) -> Any:
        return len(self.items)

    def truth(self, it: Interpreter) -> Any:
        return _unknown(it, "the truth of an array")


def _unknown(it: Interpreter, what: str) -> Unknown:
    return it.unknown(Why.UNSUPPORTED, f"{what} is not modelled")


def _linspace(start: float, stop: float, num: int = 50, endpoint: bool = True) -> Any:
    if not 0 <= num <= _LIMIT:
        raise TypeError("num")
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else 0.0
    items = [start + index * step for index in range(num)]
    if endpoint and num > 1:
        items[-1] = float(stop)
    return Numbers([float(item) for item in items])


def _arange(start: int, stop: int | None = None, step: int = 1) -> Any:
    first, last = (0, start) if stop is None else (start, stop)
    if len(range(first, last, step)) > _LIMIT:
        raise TypeError("a range")
    return Numbers(list(range(first, last, step)))


def _prod(values: Any) -> Any:
    return math.prod(_plain(values))


def _sum(values: Any) -> Any:
    return sum(_plain(values))


def _cumsum(values: Any) -> Any:
    total, found = 0, []
    for value in _plain(values):
        total += value
        found.append(total)
    return Numbers(found)


def _plain(values: Any) -> list[Any]:
    items = values.items if isinstance(values, Numbers) else [values] if isinstance(values, int | float) else list(values)
    if not all(isinstance(item, int | float) for item in items):
        raise TypeError("nested")
    return items


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "linspace": _linspace, "arange": _arange, "prod": _prod, "sum": _sum, "cumsum": _cumsum,
    "ceil": lambda x: float(math.ceil(x)), "floor": lambda x: float(math.floor(x)), "sqrt": math.sqrt, "log2": math.log2, "log": math.log,
    "log10": math.log10, "exp": math.exp, "abs": abs, "maximum": max, "minimum": min,
}
CONSTANTS: dict[str, Any] = {"pi": math.pi, "inf": math.inf, "e": math.e, "newaxis": None}


def lookup(name: str) -> Any:
    """The function of numpy with this name, or None."""
    if name in CONSTANTS:
        return CONSTANTS[name]
    function = _FUNCTIONS.get(name)
    if function is None:
        return None

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        values = [*args, *kwargs.values()]
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None:
            return unknown
        try:
            if all(isinstance(value, int | float | list | tuple | Numbers) for value in values):
                return function(*args, **kwargs)
        except (TypeError, ValueError, OverflowError):
            pass
        return _unknown(it, f"`numpy.{name}` of these arguments")

    return Native(name, run)
