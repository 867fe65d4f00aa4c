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
    if not fits(signature, args, kwargs):
        it.library_throw("TypeError", f"`{name}` takes other arguments")
    return placed(signature, args, kwargs)


def fits(signature: str, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether Python binds the arguments."""
    matches = [match for match in map(_WORD.fullmatch, signature.split()) if match is not None]
    given = placed(signature, args, {})
    missing = any(match[2] != "=" and match[1] not in given and match[1] not in kwargs for match in matches)
    return len(args) == len(given) and not missing and kwargs.keys() <= {match[1] for match in matches} - given.keys()


def placed(signature: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name, where they fit."""
    words = signature.split()
    names = [match[1] for match in map(_WORD.fullmatch, words) if match is not None]
    return {**dict(zip(names[: words.index("*") if "*" in words else None], args, strict=False)), **kwargs}


__all__ = ["bound", "fits", "placed", "rules"]
