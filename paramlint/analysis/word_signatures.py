"""Signatures that records write as words: the name of each parameter; "=" behind one that may be left out, ":" behind one that may not, and behind
that what an argument must be; "*" before those that are passed by name alone (``params lr=>=0 T_0:>=1 * foreach=``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_WORD = re.compile(r"(\w+)([=:]?)(.*)")


def rules(signature: str) -> dict[str, str]:
    """What the argument of each parameter must be."""
    return {match[1]: match[3] for match in map(_WORD.fullmatch, signature.split()) if match is not None}


def bound(it: Interpreter, name: str, signature: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, as Python binds them. Raises a TypeError of the analysed code for others."""
    words = signature.split()
    matches = [match for match in map(_WORD.fullmatch, words) if match is not None]
    placed = [match[1] for match in matches][: words.index("*") if "*" in words else None]
    given = dict(zip(placed, args, strict=False))
    missing = [match[1] for match in matches if match[2] != "=" and match[1] not in given and match[1] not in kwargs]
    if len(args) > len(placed) or missing or not kwargs.keys() <= {match[1] for match in matches} - given.keys():
        it.library_throw("TypeError", f"`{name}` takes other arguments")
    return {**given, **kwargs}


__all__ = ["bound", "rules"]
