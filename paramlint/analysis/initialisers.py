"""Functions that fill their first argument and give it back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import UNCLEAR, TensorValue
from paramlint.analysis.word_signatures import bound
from paramlint.core.unknown import Unknown
from paramlint.frameworks.strides import is_zero
from paramlint.interpreter.fixed_width import int64
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_WRITES_ALIKE = frozenset({"zeros_", "ones_", "constant_", "eye_", "dirac_"})  # what may write an element more than once
_GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def run(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    signature = framework.initialisers.get(name)
    if signature is None:
        return first(it, args, kwargs)
    given = bound(it, name, signature, args, kwargs)
    for (function, parameter), words in framework.initialised_by.items():
        if function == name and parameter in given:
            _require_word(it, name, given[parameter], words)
    if "tensor" not in given:
        return _gain(given["nonlinearity"], given.get("param"), it)
    _require_tensor(framework, it, name, given["tensor"])
    _require_numbers(it, name, given)
    value = given["tensor"]
    if isinstance(value, TensorValue) and value.lies is not None:
        _require_apart(it, name, value)
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
    if isinstance(value, TensorValue):
        value.require_made(it, name)
    shape = value.tensor.shape if isinstance(value, TensorValue) else None
    if shape is None or isinstance(shape, Unknown):
        return
    if not least <= len(shape) <= most:
        it.throw("ValueError", message)
    dtype, last = value.tensor.dtype, name.rpartition(".")[2]
    whole = dtype.startswith(("int", "uint", "bool")) and last not in _WRITES_ALIKE
    if (whole or (last == "orthogonal_" and dtype in ("float16", "bfloat16"))) and 0 not in tuple(shape):
        it.library_throw("NotImplementedError", f"`{name}` is not implemented for {dtype}")


def _require_apart(it: Interpreter, name: str, value: TensorValue) -> None:
    """Refuse to draw numbers into a tensor of which several elements are one in memory."""
    if name.rpartition(".")[2] in _WRITES_ALIKE:
        return
    shape, steps = value.tensor.shape, value.lies
    if steps is UNCLEAR or isinstance(shape, Unknown):
        may_raise(it, "RuntimeError", f"`{name}` takes a tensor that lies in memory as this one does")
    elif any(is_zero(step) and isinstance(size, int) and size > 1 for size, step in zip(shape, steps, strict=True)) and 0 not in tuple(shape):
        it.library_throw("RuntimeError", "more than one element of the written-to tensor refers to a single memory location")


def _require_numbers(it: Interpreter, name: str, given: dict[str, Any]) -> None:
    """Refuse numbers between which, or around which, nothing can be drawn."""
    last = name.rpartition(".")[2]
    if last.startswith("kaiming_"):
        _require_slope(it, given.get("nonlinearity", "leaky_relu"), given.get("a"))
        return
    numbers = {key: value for key, value in given.items() if key not in ("tensor", "generator")}
    for key, value in numbers.items():
        if value is None or isinstance(value, str | bytes | list | tuple | dict | set | Instance):
            it.library_throw("TypeError", f"`{name}` takes numbers")
        if isinstance(value, TensorValue | complex) and last != "orthogonal_":
            _require_scalar(it, name, key, value)
    low, high, std, gain = (numbers.get(key, default) for key, default in (("a", -2.0 if last == "trunc_normal_" else 0.0), (
        "b", 2.0 if last == "trunc_normal_" else 1.0), ("std", 1.0), ("gain", 1.0)))
    if (last in ("normal_", "sparse_") and _is_below(std, 0)) or (last.startswith("xavier_") and _is_below(gain, 0)) or (
            last in ("uniform_", "trunc_normal_") and isinstance(low, int | float) and _is_below(high, low)):
        it.library_throw("RuntimeError", f"nothing can be drawn with the numbers that `{name}` is given")
    if last == "trunc_normal_" and isinstance(std, int | float) and std == 0:
        it.throw("ZeroDivisionError", "float division by zero")
    if last == "dirac_":
        _require_groups(it, given["tensor"], given.get("groups", 1))


def _is_below(value: Any, bound: float) -> bool:
    return isinstance(value, int | float) and value < bound


def _require_slope(it: Interpreter, word: Any, slope: Any) -> None:
    if word == "leaky_relu" and isinstance(slope, bool | int64 | str | bytes | list | tuple | dict | set | TensorValue | Instance):
        it.throw("ValueError", f"negative_slope {slope if isinstance(slope, bool | str | int) else type_name(slope)} not a valid number")
    if isinstance(slope, float) and slope != slope:
        may_raise(it, "RuntimeError", "numbers are drawn with a slope that is no number")


def _require_scalar(it: Interpreter, name: str, key: str, value: Any) -> None:
    """A tensor, or a complex number, where a number is wanted."""
    last, shape = name.rpartition(".")[2], value.tensor.shape if isinstance(value, TensorValue) else None
    if last.startswith("xavier_") and shape is not None:
        it.library_throw("TypeError", f"`{name}` takes numbers")
    if last == "constant_" and isinstance(shape, tuple) and shape:
        it.library_throw("RuntimeError", "fill_ only supports 0-dimension value tensor")
    may_raise(it, "", f"`{name}` takes such a `{key}`")


def _require_groups(it: Interpreter, value: Any, groups: Any) -> None:
    shape = value.tensor.shape if isinstance(value, TensorValue) else None
    if isinstance(groups, int) and groups == 0:
        it.throw("ZeroDivisionError", "integer modulo by zero")
    size = shape[0] if isinstance(shape, tuple) and shape else None
    if isinstance(groups, int | float) and isinstance(size, int) and size % groups:
        it.throw("ValueError", "dim 0 must be divisible by groups")
    if isinstance(groups, float):
        it.throw("TypeError", "'float' object cannot be interpreted as an integer")


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
