"""Attributes that a class of a library has and of which nothing else is known."""

from __future__ import annotations

from collections.abc import Callable

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.values import ABSENT, Absent, ClassValue, Instance

OPAQUE = "opaque"  # the fact of a library's class whose instances' attributes are not where they seem to be: why their names are not known
FIXED = "fixed"  # the fact of a library's class that says of a name whether it is a property that cannot be set
UNMODELLED = "unmodelled"  # the fact of a library's class that says of a name why the attribute is not known; None where there is no such attribute
Verdict = Callable[[str, bool], Reason | None]  # the name, and whether an instance is asked


def is_fixed(cls: ClassValue, name: str) -> bool:
    """Whether a library's class has a property of this name that cannot be set, and no class of the analysed code has another attribute."""
    for base in cls.mro:
        fixed: Callable[[str], bool] | None = base.facts.get(FIXED)
        if fixed is not None and fixed(name):
            return True
        if fixed is None and name in base.attrs:
            return False
    return False


def unmodelled(cls: ClassValue, name: str, owner: Instance | None = None) -> Unknown | Absent:
    """An attribute of a class, or of an instance of it, that is found nowhere: unknown where a library's class has it all the same.

    A method that is not known may change the instance that it is called on.
    """
    for base in cls.mro:
        verdict: Verdict | None = base.facts.get(UNMODELLED)
        reason = verdict(name, owner is not None) if verdict is not None else None
        if reason is not None:
            return Unknown(reason) if owner is None else Unknown(reason, (owner,), name)
    return ABSENT
