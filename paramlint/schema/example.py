"""Examples: the tests and the documentation of an entry."""

from __future__ import annotations

from typing import Any

import msgspec

from paramlint.core.dims import unsized
from paramlint.core.shapes import Shape


def arguments(given: Any) -> list[Any]:
    """The inputs of an example as the arguments of the call: shapes, or lists of them."""
    return [_shapes(one) for one in given] if isinstance(given, list) else [_shapes(given)]


def _shapes(given: Any) -> Any:
    if isinstance(given, list):
        return [_shapes(one) for one in given]
    return Shape(unsized(str(axis) if axis else "batch") if size is None else size for axis, size in enumerate(given))


class Example(msgspec.Struct, frozen=True):
    """A call with what it gives. ``call`` is written as after ``from torch.nn import *`` (or the framework's own layers module).

    ``input`` is the shape of the first input, or a list of shapes for several; an inner list is one argument that is a list of tensors.
    ``output`` may be nested as the layer returns it. None is a size that the framework leaves open.
    """

    call: str
    params: int | None = None
    buffers: int | None = None
    trainable: int | None = None
    input: Any = None
    output: Any = None
    macs: int | None = None


class Rejects(msgspec.Struct, frozen=True):
    """A call that the framework refuses: when built, or with an ``input`` when called. ``says`` is part of our message."""

    call: str
    input: Any = None
    says: str = ""
