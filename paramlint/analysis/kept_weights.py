"""Tensors that a weight is kept as where it is computed of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import table
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def take(it: Interpreter, module: Instance, name: str) -> None:
    parameters = table(module, "_parameters")
    it.write(parameters)
    del parameters[name]


def put(it: Interpreter, module: Instance, kind: str, name: str, value: Any) -> None:
    items = table(module, kind)
    it.write(items)
    items[name] = value


def like(weight: TensorValue, shape: Shape | Unknown) -> TensorValue:
    made = TensorValue(Tensor(shape, weight.tensor.dtype), parameter=True, kind=weight.kind)
    made.state["requires_grad"] = weight.state.get("requires_grad", True)
    return made


def state(shape: tuple[Any, ...]) -> TensorValue:
    made = TensorValue(Tensor(Shape(shape)))
    made.is_buffer = True
    return made


def trained(weight: TensorValue, shape: Shape | Unknown) -> TensorValue:
    """A new parameter of the weight's type."""
    made = like(weight, shape)
    made.state["requires_grad"] = True
    return made


def norms(it: Interpreter, weight: TensorValue, dim: Any) -> Shape | Unknown:
    """The shape of a weight's norms over all axes but one; of a single norm where ``dim`` is None, or -1 as torch spells it."""
    shape = weight.tensor.shape
    if dim is None or dim == -1:
        return Shape(())
    if isinstance(dim, str | float | list | tuple | dict):
        it.library_throw("TypeError", "the axis of a weight's norms is a whole number")
    if not isinstance(dim, int) or isinstance(shape, Unknown):
        return it.unknown(Why.UNSUPPORTED, "the axis of a weight's norms")
    if not -len(shape) <= dim < len(shape):
        it.throw("IndexError", f"Dimension out of range (expected to be in range of [{-len(shape)}, {len(shape) - 1}], but got {dim})")
    axis = dim % len(shape)
    return Shape(size if i == axis else 1 for i, size in enumerate(shape))


def matrix(module: Instance, weight: TensorValue, dim: Any,
           turned: tuple[str, ...] = ("transposed convolution",)) -> tuple[Any, Any]:
    """Height and width of a weight as a matrix; ``turned`` layers have their outputs along the second axis."""
    shape = weight.tensor.shape
    if dim is None:
        entry = getattr(module.payload, "entry", None)
        dim = 1 if getattr(entry, "KIND", "") in turned else 0
    height = shape[dim] if shape else 1
    rest: Any = 1
    for axis, size in enumerate(shape):
        if axis != dim:
            rest = rest * size
    return height, rest
