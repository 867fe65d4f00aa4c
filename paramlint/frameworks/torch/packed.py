"""Packed sequences, which recurrent layers take as they take tensors."""

from __future__ import annotations

from typing import Any, NamedTuple

METHODS = ("to", "cuda", "cpu", "double", "float", "half", "long", "int", "short", "char", "byte", "is_cuda", "pin_memory", "is_pinned")


class Packed(NamedTuple):
    """What a packed sequence is made of, as the framework calls it."""

    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any
