"""Shapes as the users of each framework know them: ``(None, 5)`` of Keras, ``(1, 10)`` of PyTorch, ``[1, 10]`` of Paddle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramlint.core.dims import Formula, is_unsized, render
from paramlint.core.outgoing import safe
from paramlint.core.unknown import Unknown

_SQUARE = frozenset({"paddle"})  # frameworks whose shapes are lists


def shape_text(value: Any, framework: str) -> str:
    """A shape, or several in a structure one after the other; empty for what is none. A size that is not known is ``?``."""
    if isinstance(value, dict):
        found = {name: shape_text(item, framework) for name, item in value.items()}
        return ", ".join(f"{safe(str(name))}: {text}" for name, text in found.items() if text)
    sizes = getattr(value, "shape", value)
    if sizes is None or isinstance(sizes, Unknown):
        return ""
    if not isinstance(sizes, Iterable) or isinstance(sizes, str):
        return f"{sizes:,}" if isinstance(sizes, int) else safe(str(sizes))
    items = list(sizes)
    if any(isinstance(item, list | tuple | dict) for item in items):
        return ", ".join(filter(None, (shape_text(item, framework) for item in items)))
    written = [safe(_size(item)) for item in items]
    if framework in _SQUARE:
        return f"[{', '.join(written)}]"
    return f"({', '.join(written)}{',' if len(written) == 1 else ''})"


def _size(size: Any) -> str:
    if isinstance(size, Unknown):
        return "?"
    if size is None or is_unsized(size):  # None is what Keras itself leaves open
        return "None"
    return render(size) if isinstance(size, Formula) else str(size)
