"""Arguments of a framework's operations: which are of the kinds that every backend takes; whether it takes others is not known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import signatures
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Unknown, UnknownArray, Why
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Foreign, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_WORD = 2**31  # what a number of 32 bits does not hold


def doubted(it: Interpreter, framework: Framework, name: str, args: list[Any], kwargs: dict[str, Any]) -> Unknown | None:
    """What a call gives of which an argument is of another kind than its parameter; None where they are all of theirs."""
    kinds = framework.operation_arguments
    if not kinds:
        return None
    own = name.rpartition(".")[2]
    known = signatures.leading(framework, name)
    given = (*zip(known, args, strict=False), *(("*", value) for value in args[len(known):]), *kwargs.items())
    for parameter, value in given:
        kind = kinds.get(f"{own}.{parameter}") or kinds.get(parameter)
        if kind is None:
            fits = parameter not in known or isinstance(value, Unknown | Either)
        else:
            fits = _is_open(value, kind) or (_are_axes(value, _rank(args)) if kind == "axes" else _takes(kind, value))
        if not fits:
            hedge(it, f"`{name}` takes a {type_name(value)} as `{parameter}`")
            return it.unknown(Why.UNSUPPORTED, f"what `{name}` makes of a {type_name(value)} as `{parameter}`")
    return None


def may_refuse(it: Interpreter, framework: Framework, name: str, values: Iterable[Any]) -> None:
    """Inside a ``try``, what follows an operation on data may not happen unless it takes all tensors whose shapes fit."""
    if not framework.sure_operations:
        return
    sure = name.rpartition(".")[2] in framework.sure_operations
    if not sure or not all(_is_of_fractions(value) for value in values if isinstance(value, TensorValue | Numbers | list | tuple)):
        may_raise(it, "", f"`{name}` takes such data")


def _is_of_fractions(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_of_fractions(one) if isinstance(one, TensorValue | Numbers) else isinstance(one, int) for one in value)
    return isinstance(value, TensorValue) and value.tensor.dtype == "float32"


def _takes(kind: str, value: Any) -> bool:
    if "|" in kind:
        return value is None or (isinstance(value, str) and value in kind.split("|"))
    return _TAKES[kind](value)


def _is_open(value: Any, kind: str) -> bool:
    """Whether a value may be of that kind: it is not known, or the entry looks at it."""
    if isinstance(value, Instance):
        return value.payload is not None and kind not in ("flag", "text", "type") and "|" not in kind
    return isinstance(value, Unknown | Either | Formula) and not isinstance(value, UnknownArray)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _WORD


def _is_number(value: Any) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_tensor(value: Any) -> bool:
    """Whether it is a tensor that is not empty."""
    if not isinstance(value, TensorValue | Numbers):
        return isinstance(value, UnknownArray)
    shape = value.tensor.shape
    return isinstance(shape, Unknown) or not any(size.__class__ is int and size == 0 for size in shape)


def _is_operand(value: Any) -> bool:
    return _is_tensor(value) or _is_number(value)


def _is_whole(value: Any) -> bool:
    """Whether it is a tensor of integers, or an integer."""
    return _is_integer(value) or (isinstance(value, TensorValue) and _is_tensor(value) and value.tensor.dtype.startswith(("int", "uint")))


def _are_tensors(value: Any) -> bool:
    if _is_tensor(value):
        return True
    return isinstance(value, list | tuple) and bool(value) and all(_is_tensor(one) or isinstance(one, Unknown) for one in value)


def _is_size(value: Any) -> bool:
    return value is None or _is_integer(value) or isinstance(value, Formula | Unknown | Either)


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_size, value))


def _are_integers(value: Any) -> bool:
    return value is None or _is_integer(value) or (isinstance(value, list | tuple) and bool(value) and all(map(_is_integer, value)))


def _are_nested(value: Any, depth: int = 3) -> bool:
    """Whether it is an integer, or lists of them."""
    return _is_integer(value) or (isinstance(value, list | tuple) and bool(value) and depth > 0 and all(_are_nested(one, depth - 1) for one in value))


def _are_places(value: Any) -> bool:
    return _is_tensor(value) or _are_nested(value)


def _is_key(value: Any) -> bool:
    """Whether it is an index: numbers, slices, new axes, or a tuple of them."""
    keys = value if isinstance(value, tuple) else (value,)
    return all(key is None or key is ... or _is_integer(key) or isinstance(key, slice | Formula | Unknown | Named) for key in keys)


def _are_numbers(value: Any) -> bool:
    return _is_operand(value) or (isinstance(value, list | tuple) and bool(value) and all(map(_is_number, value)))


def _are_axes(value: Any, rank: int | None) -> bool:
    """Whether it names axes, each once; where it is not known how many there are, all are to be counted from one end."""
    if not isinstance(value, list | tuple) or not _are_integers(value):
        return _are_integers(value)
    places = {axis % rank if rank else axis for axis in value}
    return len(places) == len(value) and (bool(rank) or len({axis < 0 for axis in value}) < 2)


def _rank(args: list[Any]) -> int | None:
    """How many axes the first argument has."""
    shape = args[0].tensor.shape if args and isinstance(args[0], TensorValue) else None
    return None if shape is None or isinstance(shape, Unknown) else len(shape)


def _is_type(value: Any) -> bool:
    return value is None or (isinstance(value, Foreign) and not _is_tensor(value)) or (isinstance(value, str) and value in DTYPE_BYTES)


_TAKES: dict[str, Callable[[Any], bool]] = {
    "flag": lambda value: value is None or isinstance(value, bool),
    "integer": lambda value: value is None or _is_integer(value),
    "integers": _are_integers,
    "number": lambda value: value is None or _is_number(value),
    "text": lambda value: value is None or isinstance(value, str),
    "type": _is_type,
    "tensor": _is_tensor,
    "tensor or none": lambda value: value is None or _is_tensor(value),
    "tensors": _are_tensors,
    "operand": _is_operand,
    "whole operand": _is_whole,
    "divisor": lambda value: value != 0 and _is_operand(value),
    "places": _are_places,
    "nested integers": _are_nested,
    "sizes": _are_sizes,
    "size or sizes": lambda value: _are_sizes(value) or (_is_size(value) and value is not None),
    "key": _is_key,
    "numbers": _are_numbers,
    "seed": lambda value: value is None or _is_integer(value) or (isinstance(value, Foreign) and not isinstance(value, TensorValue | Numbers)),
    "norm": lambda value: value is None or _is_number(value) or isinstance(value, str),
}
