"""Arguments of a framework's operations: which are of the kinds that every backend takes; whether it takes others is not known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import signatures
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import TensorValue
from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Unknown, UnknownArray, Why
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Foreign, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def doubted(it: Interpreter, framework: Framework, name: str, args: list[Any], kwargs: dict[str, Any]) -> Unknown | None:
    """What a call gives of which an argument is of another kind than its parameter; None where they are all of theirs."""
    kinds = framework.operation_arguments
    if not kinds:
        return None
    own = name.rpartition(".")[2]
    for parameter, value in (*zip(signatures.parameters(framework, name), args, strict=False), *kwargs.items()):
        kind = kinds.get(f"{own}.{parameter}") or kinds.get(parameter)
        fits = kind is None or _is_open(value, kind) or (_are_axes(value, _rank(args)) if kind == "axes" else _TAKES[kind](value))
        if not fits:
            hedge(it, f"`{name}` takes a {type_name(value)} as `{parameter}`")
            return it.unknown(Why.UNSUPPORTED, f"what `{name}` makes of a {type_name(value)} as `{parameter}`")
    return None


def _is_open(value: Any, kind: str) -> bool:
    """Whether a value may be of that kind: it is not known, or the entry looks at it."""
    if isinstance(value, Instance):
        return kind not in ("flag", "text", "type")
    return isinstance(value, Unknown | Either | Formula) and not isinstance(value, UnknownArray)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorValue | Numbers | UnknownArray)


def _are_integers(value: Any) -> bool:
    return value is None or _is_integer(value) or (isinstance(value, list | tuple) and all(map(_is_integer, value)))


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
    "tensors": lambda value: _is_tensor(value) or (isinstance(value, list | tuple) and bool(value) and all(map(_is_tensor, value))),
    "operand": lambda value: _is_tensor(value) or _is_number(value),
}
