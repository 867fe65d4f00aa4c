"""How many steps a regular expression may take at worst: Python's matcher tries every way to split a text among its repeats."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_EXPONENTIAL = 1_000


def cost(pattern: re.Pattern[Any], length: int) -> float:
    """An upper estimate: ``length`` to the power of the number of open repeats and of starts; exponential where repeats nest."""
    repeats = _repeats(pattern)
    if repeats >= _EXPONENTIAL:
        return 2.0 ** min(length, 200)
    return float(max(length, 2)) ** min(repeats + (not _is_anchored(pattern)), 60)


def _is_anchored(pattern: re.Pattern[Any]) -> bool:
    """Whether there is one place only where a match may start."""
    text = pattern.pattern
    alternatives, several = ("|", "^") if isinstance(text, str) else (b"|", b"^")
    return bool(text.startswith(several)) and alternatives not in text and not pattern.flags & re.MULTILINE


@lru_cache(maxsize=500)
def _repeats(pattern: re.Pattern[Any]) -> int:
    """The open repeats that may compete for one stretch of text, or ``_EXPONENTIAL`` where what is repeated may end in several places."""
    from re import _parser  # type: ignore[attr-defined]

    try:
        return _count(_parser.parse(pattern.pattern, pattern.flags & ~re.U if isinstance(pattern.pattern, bytes) else pattern.flags), False)
    except (re.error, RecursionError):
        return _EXPONENTIAL


def _count(parsed: Any, inside: bool) -> int:
    total = 0
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, body = argument
            is_open = int(high) > 10
            if inside and low != high:
                return _EXPONENTIAL
            total += is_open + _count(body, inside or is_open)
        elif name == "SUBPATTERN":
            total += _count(argument[-1], inside)
        elif name == "BRANCH":
            if inside:
                return _EXPONENTIAL
            total += max(_count(branch, inside) for branch in argument[1])
        elif name in ("ASSERT", "ASSERT_NOT"):
            total += _count(argument[1], inside)
        elif name == "GROUPREF_EXISTS":
            total += sum(_count(part, inside) for part in argument[1:] if part is not None)
        elif name == "ATOMIC_GROUP":
            total += _count(argument, inside)
    return min(total, _EXPONENTIAL)
