"""Modules inside modules: copies, calls, and arguments that are modules or tensors.

An argument that is a module is another entry or an object of the analysis that has ``weights()`` and ``shape()``.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any

from paramlint.core.shapes import ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.schema.conditions import WrongKind
from paramlint.schema.fields import open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, optional

PLAIN = (str, bytes, int, float, complex, list, tuple, dict, set)


def is_module(value: Any) -> bool:
    """Whether a value is a module, or is not known and may be one."""
    return open_value(value) or (not isinstance(value, type) and callable(getattr(value, "weights", None)))


def clone(module: Any) -> Any:
    """A module like this one with weights of its own, as ``copy.deepcopy`` makes it."""
    if isinstance(module, Layer):
        twin = copy.copy(module)
        for name, value in vars(twin).items():
            if is_module(value):
                setattr(twin, name, clone(value))
            elif isinstance(value, tuple) and any(map(is_module, value)):
                setattr(twin, name, tuple(clone(item) if is_module(item) else item for item in value))
    elif open_value(module):
        return module
    else:
        twin = copy.copy(module)
    if twin.origin is not None:
        twin.origin = twin.origin._replace(becomes="copy")
    return twin


def call(module: Any, *inputs: Any, **options: Any) -> Any:
    """The output shape of a module; Unknown for what is no entry and has no ``shape()``.

    ``options`` are keyword arguments that the caller always passes: a layer that does not take them is refused.
    """
    if isinstance(module, Layer):
        taken = inspect.signature(module.shape).parameters
        for name in options:
            if name not in taken:
                raise ShapeMismatch(f"`{type(module).__name__}` takes no argument `{name}`")
        return module.shape(*inputs, **options)
    if module is None or isinstance(module, PLAIN):
        raise ShapeMismatch(f"{shown(module)} is called where a module is needed")
    shape = getattr(module, "shape", None)
    if isinstance(module, type) or not callable(shape):
        return Unknown.because(Why.UNSUPPORTED, "the output of a module that is not known")
    return shape(*inputs, **options)


def registered(name: str, value: Any) -> Weight | None:
    """The buffer that ``register_buffer(name, value)`` makes. Raises Refused for what is neither a tensor nor None."""
    if isinstance(value, Tensor):
        return Weight(value.shape, trainable=False, buffer=True, dtype=value.dtype)
    if value is None:
        return None
    if isinstance(value, PLAIN):
        raise WrongKind(f"`{name}` must be a tensor, got {shown(value)}", field=name, help=f"use `torch.tensor({shown(value)})`")
    unknown = value if isinstance(value, Unknown) else Unknown.because(Why.UNSUPPORTED, f"`{name}` is no tensor that is known")
    return optional(unknown, unknown, trainable=False, buffer=True)


def comparable(name: str, value: Any) -> bool:
    """Whether a value can be compared with a number. Raises Refused for what Python refuses to compare."""
    if value is None or (isinstance(value, PLAIN) and not isinstance(value, int | float)):
        raise WrongKind(f"`{name}` must be a number, got {shown(value)}", field=name)
    return isinstance(value, int | float) or open_value(value)
