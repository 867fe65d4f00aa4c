"""A tensor as far as it can be known without computing it."""

from __future__ import annotations

from typing import Any

import msgspec

from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown

# Bytes of an element, by the frameworks' names.
DTYPE_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8,
    "bool": 1, "complex64": 8, "complex128": 16,
}


class Tensor(msgspec.Struct, frozen=True, eq=False):
    """Shape and dtype, and for small constants the contents.

    ``shape`` is Unknown where not even the number of axes is known. ``data`` is a (nested) tuple of Python numbers
    for constants that code computes sizes from, else None. Integers that are places or classes are at least 0 and less than ``below``,
    where that is known.
    """

    shape: Shape | Unknown
    dtype: str = "float32"
    data: Any = None
    below: Any = None


class Results(tuple[Any, ...]):
    """Several results that also have names (``values`` and ``indices`` of a maximum along an axis)."""

    names: tuple[str, ...]

    @classmethod
    def named(cls, **results: Any) -> Results:
        made = cls(results.values())
        made.names = tuple(results)
        return made
