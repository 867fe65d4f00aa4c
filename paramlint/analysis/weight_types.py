"""The type that a call of a layer names for its weights."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import Named
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.interpreter.values import ClassValue
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_CLASSES = {"float": "float64", "int": "int64", "bool": "bool", "complex": "complex128"}


def note(it: Interpreter, framework: Framework | None, entry: Layer, given: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Keep the type with the entry. Raises in the analysed code for what is none."""
    name = framework.weight_type if framework is not None else ""
    if not name or getattr(entry, name, None) is None or getattr(entry, "_weight", None) is not None:
        return
    fields = [field.name for field in entry.signature().fields]
    value = kwargs[name] if name in kwargs else given[fields.index(name)] if name in fields[:len(given)] else None
    if isinstance(value, str | int | float | list | tuple | dict):
        it.library_throw("TypeError", f"`{name}` must be a type of the framework")
    last = value.name.rpartition(".")[2] if isinstance(value, Named) else _CLASSES.get(value.name, "") if isinstance(value, ClassValue) else ""
    entry.weight_type = last if last in DTYPE_BYTES else "unknown"


def applied(it: Interpreter, weights: Weights, dtype: str) -> Weights:
    """The weights of a layer in that type, in which they can be trained."""
    if dtype.startswith(("int", "uint", "bool")) and any(weight.trainable is True for weight in weights.values()):
        it.throw("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients")
    return weights.of_type(dtype)


def inherited(child: Any, dtype: str) -> Any:
    """A layer inside another one, whose weights are of the same type."""
    if not isinstance(child, Layer) or child.origin is not None or child.weight_type:
        return child
    made = copy.copy(child)
    made.weight_type = dtype
    return made
