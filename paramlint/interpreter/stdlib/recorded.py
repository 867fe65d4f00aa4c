"""Which public names the modules of the standard library have.

``recorded.json`` has two rows a module: the names that it has in the oldest version of Python that is supported, on every system, and those
that other versions or systems have, or that are modules of a package; ``*`` where a module makes names when they are asked for.
``tests/oracle/record_standard_names.py`` writes it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


def has(module: str, name: str) -> bool | None:
    """Whether a module has a name; None where that depends, or is not recorded."""
    rows = None if name.startswith("_") else _rows().get(module)
    if rows is None:
        return None
    sure, others = map(_split, rows)
    return True if name in sure else None if name in others or "*" in others else False


def depends(module: str, name: str) -> bool:
    """Whether a name is there in some versions or on some systems only, or not known at all. Modules of packages are taken for imported."""
    return has(module, name) is not True and not name.startswith("__") and f"{module}.{name}" not in _rows()


def names(module: str) -> frozenset[str]:
    """Those that a recorded module certainly has."""
    return _split(_rows()[module][0])


@cache
def _rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
    return found


@cache
def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())
