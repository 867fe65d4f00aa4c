"""Functions that fill their first argument and give it back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def run(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    signature = framework.initialisers.get(name)
    if signature is None:
        return first(it, args, kwargs)
    given = _bound(it, name, signature, args, kwargs)
    for (function, parameter), words in framework.initialised_by.items():
        if function == name and parameter in given:
            _require_word(it, name, given[parameter], words)
    if "tensor" not in given:
        return _gain(given["nonlinearity"], given.get("param"), it)
    _require_tensor(framework, it, name, given["tensor"])
    _require_numbers(it, name, given)
    return first(it, args, kwargs)


def first(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The first argument, whose contents are others now."""
    from paramlint.analysis.effects import INERT

    found = args[0] if args else next(iter(kwargs.values())) if kwargs else INERT
    if isinstance(found, TensorValue):
        found.forget(it)
    elif found is None or isinstance(found, int | float | str | list | tuple | dict):
        may_raise(it, "", f"a function takes a {type_name(found)}")
    return found


def _bound(it: Interpreter, name: str, signature: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, as Python binds them."""
    names = [word.rstrip("=") for word in signature.split()]
    given = dict(zip(names, args, strict=False))
    missing = [word for word in signature.split() if not word.endswith("=") and word not in {**given, **kwargs}]
    if len(args) > len(names) or missing or not kwargs.keys() <= set(names) - given.keys():
        it.library_throw("TypeError", f"`{name}` takes other arguments")
    return {**given, **kwargs}


def _require_word(it: Interpreter, name: str, value: Any, words: frozenset[str]) -> None:
    if isinstance(value, str):
        if value.lower() not in words:
            it.library_throw("ValueError", f"`{name}` does not know {value!r}")
    elif value is None or isinstance(value, int | float):
        it.library_throw("AttributeError" if "fan_in" in words else "ValueError", f"`{name}` takes a word")


def _require_tensor(framework: Framework, it: Interpreter, name: str, value: Any) -> None:
    least, most, message = framework.initialised_ranks.get(name, (0, 99, ""))
    if value is None or isinstance(value, int | float | str | list | tuple | dict) or (
            isinstance(value, Instance) and value.cls.fact("module base") is not None):
        it.library_throw("AttributeError", f"`{name}` fills a tensor, not a {type_name(value)}")
    shape = value.tensor.shape if isinstance(value, TensorValue) else None
    if shape is None or isinstance(shape, Unknown):
        return
    if not least <= len(shape) <= most:
        it.throw("ValueError", message)
    if value.tensor.dtype.startswith(("int", "uint", "bool")):
        may_raise(it, "", f"`{name}` takes integers")


def _require_numbers(it: Interpreter, name: str, given: dict[str, Any]) -> None:
    """Refuse numbers between which, or around which, nothing can be drawn."""
    numbers = {key: value for key, value in given.items() if key not in ("tensor", "generator", "mode", "nonlinearity")}
    if any(value is None or isinstance(value, str | list | tuple | dict) for value in numbers.values()):
        it.library_throw("TypeError", f"`{name}` takes numbers")
    low, high, std = (numbers.get(key, default) for key, default in (("a", 0.0), ("b", 1.0), ("std", 1.0)))
    last = name.rpartition(".")[2]
    if last == "normal_" and isinstance(std, int | float) and std < 0:
        it.library_throw("RuntimeError", "normal expects std >= 0.0")
    if last == "uniform_" and isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        it.library_throw("RuntimeError", "uniform_ expects to return a [from, to) range")
    if last in ("trunc_normal_", "dirac_", "sparse_", "orthogonal_") and numbers:
        may_raise(it, "", f"`{name}` takes such numbers")


def _gain(word: Any, slope: Any, it: Interpreter) -> Any:
    """The gain of an activation."""
    if not isinstance(word, str):
        return it.outside("the gain of an activation that is not known")
    if word != "leaky_relu":
        return _GAINS.get(word, 1)
    if isinstance(slope, bool | str | list | tuple | dict):
        it.library_throw("ValueError", "the slope of a leaky relu is a number")
    slope = 0.01 if slope is None else slope
    return math.sqrt(2.0 / (1 + slope ** 2)) if isinstance(slope, int | float) else it.outside("the gain of a leaky relu")
