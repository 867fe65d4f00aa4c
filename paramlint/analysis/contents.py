"""What calls are refused for the contents of their tensors, and for numbers that are drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.contents import Lost, flat
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import hedge
from paramlint.schema.conditions import certainly
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_WHOLE = ("int", "uint", "bool")
_IGNORED = -100  # the class that losses leave out
Rule = Callable[[Mapping[str, Any]], bool | None]


def check(overlay: Overlay, it: Interpreter, framework: Framework | None, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raise in the analysed code what contents are refused for; where they only may be, the answer is not exact.

    Contents of which nothing is known are taken to fit.
    """
    if framework is None or not framework.contents:
        return
    _, owner, last = f".{name}".rsplit(".", 2)
    known = framework.contents
    found = known.get(last) or known.get(f"{owner}.{last}") or (known.get(last[:-1]) if last.endswith("_") and not last.endswith("__") else None)
    if found is None or overlay.probe is not None or overlay.calls is not None or overlay.trace is not None:
        return
    names, rule = found
    given = {**dict(zip(names.split(), args, strict=False)), **kwargs}
    fits = _RULES[rule](given)
    if fits is False:
        it.library_throw(_ERRORS.get(rule, ""), f"`{name}` does not take such contents")
    if fits is None:
        hedge(it, f"`{name}` takes such contents")


def _numbers(value: Any) -> list[Any] | None:
    """The numbers of a tensor, or a number alone; None where they are not known."""
    if isinstance(value, TensorValue):
        try:
            return flat(value.tensor)
        except Lost:
            return None
    return [value] if isinstance(value, int | float) else None


def _within(value: Any, size: Any, *, least: int = 0, besides: Any = None) -> bool | None:
    """Whether all numbers of a tensor are places of so many."""
    numbers = _numbers(value)
    if not isinstance(size, int) or not isinstance(value, TensorValue):
        return True
    if numbers is None:
        below, shape = value.tensor.below, value.tensor.shape
        empty = not isinstance(shape, Unknown) and certainly(lambda: shape.numel == 0)
        return True if empty or isinstance(shape, Unknown) or below is None or certainly(lambda: below <= size) else None
    return all(number == besides or least <= number < size for number in numbers)


def _shape(value: Any) -> Any:
    shape = value.tensor.shape if isinstance(value, TensorValue) else None
    return None if isinstance(shape, Unknown) else shape


def _places(given: Mapping[str, Any]) -> bool | None:
    shape, axis = _shape(given.get("input")), given.get("dim")
    if not shape or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        return True
    return _within(given.get("index"), shape[axis])


def _flat(given: Mapping[str, Any]) -> bool | None:
    shape = _shape(given.get("input"))
    size = shape.numel if shape is not None else None
    return _within(given.get("index"), size, least=-size if isinstance(size, int) else 0)


def _rows(given: Mapping[str, Any]) -> bool | None:
    shape = _shape(given.get("weight"))
    return _within(given.get("index", given.get("input")), shape[0] if shape else None)


def _classes(given: Mapping[str, Any]) -> bool | None:
    shape, target = _shape(given.get("input")), given.get("target")
    if not shape or not isinstance(target, TensorValue) or not target.tensor.dtype.startswith(("int", "uint")):
        return True
    return _within(target, shape[1] if len(shape) > 1 else shape[0], besides=given.get("ignore_index", _IGNORED))


def _all(value: Any, holds: Callable[[Any], bool], unknown: bool | None) -> bool | None:
    numbers = _numbers(value)
    return unknown if numbers is None else all(map(holds, numbers))


def _chance(number: Any) -> bool:
    return bool(0 <= number <= 1)


def _fractions(given: Mapping[str, Any]) -> bool | None:
    return all(_all(given.get(name), _chance, True) for name in ("input", "target"))


def _chances(given: Mapping[str, Any]) -> bool | None:
    value = given.get("p", given.get("input"))
    if "p" not in given and isinstance(value, TensorValue) and not value.tensor.dtype.startswith(("float", "bfloat")):
        return None
    return _all(value, _chance, True)


def _spread(given: Mapping[str, Any]) -> bool | None:
    value = given.get("std")
    return _all(value, lambda number: bool(number >= 0), True)


def _range(given: Mapping[str, Any]) -> bool | None:
    low, high = given.get("from", 0.0), given.get("to", 1.0)
    return not (isinstance(low, int | float) and isinstance(high, int | float)) or low <= high


def _whole_range(given: Mapping[str, Any]) -> bool | None:
    low, high = given.get("from", 0), given.get("to")
    if isinstance(low, int) and high is None and "from" in given:
        low, high = 0, low
    return not (isinstance(low, int) and isinstance(high, int)) or low < high


def _divisor(given: Mapping[str, Any]) -> bool | None:
    value, other = given.get("input"), given.get("other")
    whole = all(one.tensor.dtype.startswith(_WHOLE) if isinstance(one, TensorValue) else isinstance(one, int) for one in (value, other))
    return not whole or ("rounding_mode" in given and given["rounding_mode"] is None) or _all(other, bool, True)


def _exponent(given: Mapping[str, Any]) -> bool | None:
    value, other = given.get("input"), given.get("exponent")
    if not isinstance(value, TensorValue) or not value.tensor.dtype.startswith(("int", "uint", "bool")) or not isinstance(other, int):
        return True
    return other >= 0


def _counts(given: Mapping[str, Any]) -> bool | None:
    value = given.get("input")
    if not isinstance(value, TensorValue) or not value.tensor.dtype.startswith(("int", "uint")):
        return None
    return True if value.tensor.below is not None else _all(value, lambda number: bool(number >= 0), True)


def _repeats(given: Mapping[str, Any]) -> bool | None:
    value, shape = given.get("repeats", given.get("input")), _shape(given.get("repeats"))
    if not isinstance(value, TensorValue):
        return True
    if shape and len(shape) and not certainly(lambda: shape.numel == 1) and "dim" not in given and not certainly(
            lambda: _shape(given["input"]).numel == shape.numel):
        return None
    return _all(value, lambda number: bool(number >= 0), True)


def _mask(given: Mapping[str, Any]) -> bool | None:
    mask = given.get("mask")
    return not isinstance(mask, TensorValue) or mask.tensor.dtype in ("bool", "unknown")


def _number(name: str, holds: Callable[[Any], bool]) -> Rule:
    return lambda given: not isinstance(given.get(name), int | float) or holds(given[name])


_RULES: Mapping[str, Rule] = {
    "places": _places, "flat": _flat, "rows": _rows, "classes": _classes, "fractions": _fractions, "chances": _chances, "spread": _spread,
    "rates": lambda given: _all(given.get("input"), lambda number: bool(number >= 0), True), "range": _range, "whole range": _whole_range,
    "positive": _number("lambd", lambda number: number > 0), "chance": _number("p", lambda number: 0 < number < 1),
    "chance or none": lambda given: _all(given.get("p", 0.5), _chance, None),
    "positive spread": lambda given: all(not isinstance(given.get(name), int | float) or given[name] > 0 for name in ("std", "sigma")),
    "lengths": lambda given: all(not isinstance(given.get(name), int) or given[name] >= 0 for name in ("row", "col")),
    "counts": _counts, "repeats": _repeats, "doubt": lambda given: None, "divisor": _divisor,
    "rounded divisor": lambda given: _divisor(given) if given.get("rounding_mode") is not None else True, "exponent": _exponent, "mask": _mask,
}
_ERRORS = {"range": "RuntimeError", "whole range": "RuntimeError", "positive": "RuntimeError", "chance": "RuntimeError", "spread": "RuntimeError",
           "positive spread": "RuntimeError", "classes": "IndexError", "rows": "IndexError", "fractions": "RuntimeError", "exponent": "RuntimeError",
           "divisor": "RuntimeError", "rates": "RuntimeError", "mask": "RuntimeError", "chances": "RuntimeError", "chance or none": "RuntimeError"}
