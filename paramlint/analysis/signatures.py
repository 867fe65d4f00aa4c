"""Whether a function takes the arguments of a call, as the framework's record has it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from paramlint.frameworks import REGISTRY
from paramlint.schema.framework import Framework


@cache
def _signatures(framework: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, bool]]:
    """Parameters of functions: those by position, those that must be given, and whether any number by position or keyword may follow."""
    found = {}
    record = next(known for known in REGISTRY.frameworks if known.name == framework)
    for text, names in record.signatures.items():
        words = text.split(", ") if text else []
        plain = tuple(word.removesuffix("=") for word in words if not word.startswith("*"))
        needed = tuple(word for word in words if not word.startswith("*") and not word.endswith("="))
        free = any(word.startswith("*") and not word.startswith("**") for word in words)
        parsed = (plain, needed, free, any(word.startswith("**") for word in words))
        found.update(dict.fromkeys((f"{framework}.{name}" for name in names.split()), parsed))
    return found


def refused_arguments(framework: Framework, name: str, count: int, kwargs: Iterable[str]) -> str:
    """Why a function does not take so many arguments and these keywords; empty where it does or where that is not recorded."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    if known is None:
        return ""
    plain, needed, free, named = known
    last = name.rpartition(".")[2]
    if count > len(plain) and not free:
        return f"{last}() takes {len(plain)} positional arguments but {count} were given"
    given = () if free else plain[:count]
    for key in kwargs:
        if key in given:
            return f"{last}() got multiple values for argument '{key}'"
        if key not in plain and not named:
            return f"{last}() got an unexpected keyword argument '{key}'"
    missing = [] if free else [word for word in needed if word not in given and word not in kwargs]
    return f"{last}() missing required positional argument '{missing[0]}'" if missing else ""
