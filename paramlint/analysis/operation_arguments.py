"""Arguments of a framework's operations: which are of the kinds that every backend takes; whether it takes others is not known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.analysis import signatures
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def check(it: Interpreter, framework: Framework, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Doubt a call of which an argument is of another kind than its parameter."""
    kinds = framework.operation_arguments
    if not kinds:
        return
    for parameter, value in (*zip(signatures.parameters(framework, name), args, strict=False), *kwargs.items()):
        kind = kinds.get(parameter)
        if kind is not None and not isinstance(value, Unknown | Either | Formula | Instance) and not _TAKES[kind](value):
            hedge(it, f"`{name}` takes a {type_name(value)} as `{parameter}`")
            return


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorValue | Numbers)


_TAKES = {
    "flag": lambda value: value is None or isinstance(value, bool),
    "integer": lambda value: value is None or _is_integer(value),
    "integers": lambda value: value is None or _is_integer(value) or (isinstance(value, list | tuple) and all(map(_is_integer, value))),
    "number": lambda value: value is None or _is_number(value) or _is_tensor(value),
    "text": lambda value: value is None or isinstance(value, str),
    "type": lambda value: value is None or isinstance(value, Named) or (isinstance(value, str) and value in DTYPE_BYTES),
    "tensor": _is_tensor,
    "operand": lambda value: _is_tensor(value) or _is_number(value),
}
