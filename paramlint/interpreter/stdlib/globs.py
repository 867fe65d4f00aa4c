"""``glob``; see folders.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.stdlib import folders

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    return dict(folders.GLOB)
