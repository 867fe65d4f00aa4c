"""Weights of layers that take their sizes from their first input, before they are made: tensors that do nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from paramlint.analysis.tensors import UNMADE, TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import ABSENT, Instance, Native
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_TABLES = ("_parameters", "_buffers")


def mark(module: Instance) -> None:
    """Say of the weights of a new layer that those without a shape are not made yet."""
    for kind in _TABLES:
        for value in module.attrs[kind].values():
            if isinstance(value, TensorValue) and isinstance(value.tensor.shape, Unknown):
                value.state[UNMADE] = True


def of(module: Instance) -> list[TensorValue]:
    """The weights of a module that are not made yet."""
    found: list[TensorValue] = []
    for kind in _TABLES:
        known = module.attrs.get(kind)
        if isinstance(known, dict):
            found += filter(is_unmade, known.values())
    return found


def is_unmade(value: Any) -> TypeGuard[TensorValue]:
    return isinstance(value, TensorValue) and UNMADE in value.state


def materialise(it: Interpreter, value: TensorValue, shape: Any) -> None:
    """Give a weight its shape; it stays the tensor that it is."""
    value.become(it, Tensor(shape, value.tensor.dtype))
    value.state.pop(UNMADE, None)


def attribute(it: Interpreter, value: TensorValue, name: str) -> Any:
    """An attribute that only such a tensor has, or has otherwise; ABSENT for those that it has as others have them."""
    if name == "shape":
        it.throw("RuntimeError", "Can't access the shape of an uninitialized parameter or buffer.")
    if name == "materialize":
        return Native(name, lambda it, args, kwargs: _materialize(it, value, args, kwargs))
    if name == "data":
        return TensorValue(Tensor(Shape((0,)), value.tensor.dtype), kind=value.kind)
    if name == "share_memory_":
        it.library_throw("RuntimeError", "an uninitialized parameter cannot be shared")
    framework = REGISTRY.framework_of(value.kind)
    entry = REGISTRY.find(f"{value.kind}.{name}")
    is_method = name == "requires_grad_" or (entry is not None and issubclass(entry, Op) and not entry.ATTRIBUTE)
    if not is_method or framework is None or name in framework.unmade_methods:
        return ABSENT
    return Native(name, lambda it, args, kwargs: value.require_made(it, name))


def _materialize(it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> None:
    shape = args[0] if args else kwargs.get("shape")
    known = isinstance(shape, tuple | list) and not any(isinstance(size, bool | float | str | None) for size in shape)
    materialise(it, value, Shape(shape) if known and shape is not None else it.outside("the shape that a weight is given"))
