"""Examples: the tests and the documentation of an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A call with what it gives. ``call`` is written as after ``from torch.nn import *`` (or the framework's own layers module).

    ``input`` is the shape of the first input, or a list of shapes for several; ``output`` may be nested as the layer returns it.
    """

    call: str
    params: int | None = None
    buffers: int | None = None
    trainable: int | None = None
    input: Any = None
    output: Any = None
    macs: int | None = None


@dataclass(frozen=True, slots=True)
class Rejects:
    """A call that the framework refuses: when built, or with an ``input`` when called. ``says`` is part of our message."""

    call: str
    input: Any = None
    says: str = ""
