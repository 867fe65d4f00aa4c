"""What is kept of a layer that builds on call: attributes of the instance, so that ways of a branch can be undone and joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.symbolic import mapped, written
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape
from paramlint.interpreter.values import ABSENT, BoundMethod, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

STEPS = "<steps>"  # the attribute that keeps the calls of a layer while a graph is drawn
NOT_FOLLOWED = "<not followed>"  # why part of a call was not evaluated
INNER = "<inner>"  # the layers among the arguments of a layer's constructor
BUILT_FOR = "<built for>"  # the shape of the input that a layer's weights were made for
CALLED = "<called>"  # the shapes of a layer's first call: what went in, what came out
GIVEN = "<given name>"  # the evaluation in which the framework named a layer; not there where the code does
LOCKED = "<locked>"  # whether a layer has been built and takes no more layers and weights


def is_built(module: Instance) -> bool:
    return module.attrs.get("built") is True


def mark_built(it: Interpreter, module: Instance) -> None:
    it.write(module.attrs)
    module.attrs["built"] = True


def is_locked(module: Instance) -> bool:
    return module.attrs.get(LOCKED) is True


def lock(it: Interpreter, module: Instance) -> None:
    """A layer is built: nothing can be added to it, unless it is a model of layers in a row or one that is drawn."""
    mark_built(it, module)
    if not module.cls.fact("row") and "<outputs>" not in module.attrs:
        module.attrs[LOCKED] = True


def own_function(module: Instance, name: str) -> tuple[FunctionValue | None, int]:
    """The function of the analysed code behind a method, that of the object before that of its class, and how many of its parameters are bound."""
    own = module.attrs.get(name, ABSENT)
    if isinstance(own, BoundMethod) and isinstance(own.func, FunctionValue):
        return own.func, 1
    if own is not ABSENT and not isinstance(own, BoundMethod):
        return (own, 0) if isinstance(own, FunctionValue) else (None, 0)
    found = module.cls.find(name)
    return (found, 1) if isinstance(found, FunctionValue) else (None, 0)


def ends(module: Instance) -> tuple[Any, Any]:
    """The shapes of a layer's first call, None where there was none or where it depends on a branch."""
    found = module.attrs.get(CALLED)
    return found if isinstance(found, tuple) else (None, None)


def shape_of(value: Any) -> Any:
    """A tensor's shape; anything else as it is."""
    return value.tensor.shape if isinstance(value, TensorValue) else value


def shapes_of(value: Any) -> Any:
    """The shapes of nested tensors as the framework shows them, one for one tensor."""
    found = mapped(value, lambda leaf: written(shape_of(leaf)) if isinstance(leaf, TensorValue) else None)
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def opened(value: Any) -> Any:
    """Shapes as code writes them as shapes to compute with: None is an open size."""
    from paramlint.core.dims import unsized

    if isinstance(value, Instance) and isinstance(value.payload, tuple | list):
        value = value.payload
    if isinstance(value, list | tuple):
        if all(item is None or not isinstance(item, list | tuple | dict | Instance) for item in value):
            return Shape(unsized(str(axis) if axis else "batch") if size is None else size for axis, size in enumerate(value))
        return [opened(item) for item in value]
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    return value
