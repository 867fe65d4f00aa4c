"""Whether a function takes the arguments of a call, as the framework's record has it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from paramlint.frameworks import REGISTRY
from paramlint.schema.framework import Framework


@cache
def _signatures(framework: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, bool, dict[str, str]]]:
    """Parameters of functions: those by position, those that must be given, whether any number by position or keyword may follow; defaults."""
    found = {}
    record = next(known for known in REGISTRY.frameworks if known.name == framework)
    for text, names in record.signatures.items():
        words = text.split(", ") if text else []
        plain = tuple(word.partition("=")[0] for word in words if not word.startswith("*"))
        needed = tuple(word for word in words if not word.startswith("*") and "=" not in word)
        free = any(word.startswith("*") and not word.startswith("**") for word in words)
        parsed = (plain, needed, free, any(word.startswith("**") for word in words),
                  {word.partition("=")[0]: word.partition("=")[2] for word in words})
        found.update(dict.fromkeys((f"{framework}.{name}" for name in names.split()), parsed))
    return found


def refused_arguments(framework: Framework, name: str, count: int, kwargs: Iterable[str]) -> str:
    """Why a function does not take so many arguments and these keywords; empty where it does or where that is not recorded."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    if known is None:
        return ""
    plain, needed, free, named, _ = known
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


def default_of(framework: Framework, name: str, parameter: str) -> bool | None:
    """The default of a parameter that is recorded as True or False; None for any other."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    return {"True": True, "False": False}.get(known[4].get(parameter, "")) if known is not None else None


def position_of(framework: Framework, name: str, parameter: str) -> int | None:
    """At which position a parameter may be given; None where it may not."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    return known[0].index(parameter) if known is not None and parameter in known[0] else None


def leading(framework: Framework, name: str) -> tuple[str, ...]:
    """The parameters before a ``*`` of a function, where they are recorded."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    if known is None or not known[2]:
        return known[0] if known is not None else ()
    words = list(known[4])  # all of them, in order
    return tuple(words[:next(at for at, word in enumerate(words) if word.startswith("*"))])


def parameters(framework: Framework, name: str) -> tuple[str, ...]:
    """The parameters of a function that may be given by position; none where they are not recorded."""
    known = _signatures(framework.name).get(name) if framework.signatures else None
    return known[0] if known is not None and not known[2] else ()
