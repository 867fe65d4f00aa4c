"""What functions of a framework take that no entry stands for: a record's words against the values of the analysed code."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices, word_signatures
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import called, hedge, may_raise
from paramlint.interpreter.values import Either, Foreign, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, type(None))
_SEEDS = range(-2**63, 2**64)


def check(framework: Framework | None, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raise in the analysed code what a function raises for such arguments; where that is not known, the answer is not exact."""
    if framework is None or not framework.functions:
        return
    signature = framework.functions.get(name)
    if signature is None:
        if (args or kwargs) and not name.startswith(framework.register):
            called(it, name, (*args, *kwargs.values()))
        return
    given = word_signatures.bound(it, name, signature, args, kwargs)
    rules = word_signatures.rules(signature)
    optional = {word[:word.index("=")] for word in signature.split() if "=" in word}
    for parameter, value in given.items():
        rule, _, error = rules[parameter].partition("!")
        if not rule or isinstance(value, Unknown | Either) or (value is None and parameter in optional and rule != "batch"):
            continue
        fits = _fits(framework, it, rule, value)
        if fits is False:
            it.library_throw(error, f"`{name}` does not take such a `{parameter}`")
        if fits is None:
            hedge(it, f"`{name}` takes such a `{parameter}`")


def _fits(framework: Framework, it: Interpreter, rule: str, value: Any) -> bool | None:
    """Whether a value is what a rule asks for; None where that is not known."""
    if rule == "device":
        if not isinstance(value, str | devices.Device):
            it.library_throw("ValueError" if isinstance(value, _PLAIN) else "", "a device is named by a text")
        devices.require(it, value, framework.device_types, there=False)
        return True
    if rule == "check" and isinstance(value, _PLAIN) and not isinstance(value, bool):
        it.library_throw("TypeError", "a condition must be a bool")
    if rule == "path":
        may_raise(it, "", "a file can be written there")
    if rule in ("true", "check"):
        found = it.truth(value)
        return None if isinstance(found, Unknown) else bool(found)
    return _KINDS[rule](value)


def _whole(value: Any, least: int) -> bool | None:
    if isinstance(value, int):
        return value >= least
    return False if isinstance(value, str | float | list | tuple | dict | None) else None


def _seed(value: Any) -> bool | None:
    if isinstance(value, float):
        return math.isfinite(value) and None
    return value in _SEEDS if isinstance(value, int) else False if value is None or isinstance(value, str | list | tuple | dict) else None


def _sized(value: Any) -> bool | None:
    """Whether there is an example at least; objects are taken to hold some."""
    if isinstance(value, TensorValue):
        shape = value.tensor.shape
        return True if isinstance(shape, Unknown) or (bool(shape) and shape[0] != 0) else None
    return bool(value) or None if isinstance(value, (*_PLAIN, range)) and not isinstance(value, int | float | dict) else (
        True if isinstance(value, Instance | Foreign) else None)


_KINDS: dict[str, Callable[[Any], bool | None]] = {
    "bool": lambda value: isinstance(value, bool) if isinstance(value, _PLAIN) else None,
    "positive": lambda value: _whole(value, 1),
    "batch": lambda value: False if isinstance(value, bool) else None if value is None else _whole(value, 1),
    "flag": lambda value: True if isinstance(value, bool | None) else None,
    "doubt": lambda value: True if value is None else None,
    "count": lambda value: _whole(value, 0),
    "seed": _seed,
    "text": lambda value: isinstance(value, str) if isinstance(value, _PLAIN) else None,
    "path": lambda value: isinstance(value, str) or (False if isinstance(value, int | float | list | None) else None),
    "object": lambda value: None if isinstance(value, _PLAIN) else True,
    "sized": _sized,
    "tensors": lambda value: False if isinstance(value, int | float | None) else None if isinstance(value, Instance | str) else True,
    "number": lambda value: True if isinstance(value, int | float) else None,
}
