"""Attributes that a class of a library has and of which nothing else is known."""

from __future__ import annotations

from collections.abc import Callable

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.values import ABSENT, Absent, ClassValue

UNMODELLED = "unmodelled"  # the fact of a library's class that says of a name why the attribute is not known; None where there is no such attribute
Verdict = Callable[[str, bool], Reason | None]  # the name, and whether an instance is asked


def unmodelled(cls: ClassValue, name: str, *, on_instance: bool = False) -> Unknown | Absent:
    """An attribute that is found nowhere: unknown where one of the library's classes has it all the same, otherwise ABSENT."""
    for base in cls.mro:
        verdict: Verdict | None = base.facts.get(UNMODELLED)
        reason = verdict(name, on_instance) if verdict is not None else None
        if reason is not None:
            return Unknown(reason)
    return ABSENT
