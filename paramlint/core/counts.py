"""Counts that know whether they are exact."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from paramlint.core.dims import Formula, Size
from paramlint.core.unknown import Escaped, Reason, Unknown


class Status(StrEnum):
    """How much a count can be trusted."""

    EXACT = "exact"
    SYMBOLIC = "symbolic"
    ASSUMED = "assumed"  # if code that is not followed leaves alone what it is given
    LOWER_BOUND = "lower-bound"
    UNKNOWN = "unknown"


_ORDER = {Status.EXACT: 0, Status.SYMBOLIC: 1, Status.ASSUMED: 2, Status.LOWER_BOUND: 3, Status.UNKNOWN: 4}


class Count(msgspec.Struct, frozen=True):
    """A number of elements: ``value`` is an int or a Formula; a bound says that the truth is at least this, where nothing else is assumed."""

    value: Any = 0
    bound: bool = False
    reasons: tuple[Reason, ...] = ()
    assumed: bool = False

    @classmethod
    def of(cls, size: Size) -> Count:
        """A size as a count; an Unknown becomes "at least 0"."""
        if isinstance(size, Unknown):
            return cls(0, True, (size.reason,))
        return cls(size)

    @classmethod
    def doubt(cls, reasons: tuple[Reason, ...]) -> Count:
        """What is added to a count that is not known for sure, for these reasons; nothing where there are none."""
        assumed = any(isinstance(reason, Escaped) for reason in reasons)
        return cls(0, any(not isinstance(reason, Escaped) for reason in reasons), reasons, assumed)

    @property
    def status(self) -> Status:
        if self.bound or self.assumed:
            if isinstance(self.value, int) and self.value == 0:
                return Status.UNKNOWN
            return Status.ASSUMED if self.assumed else Status.LOWER_BOUND
        return Status.SYMBOLIC if isinstance(self.value, Formula) else Status.EXACT

    @property
    def exact(self) -> bool:
        return not self.bound and not self.assumed and isinstance(self.value, int)

    def __add__(self, other: Count) -> Count:
        reasons = self.reasons + tuple(r for r in other.reasons if r not in self.reasons)
        total = self.value + other.value
        if isinstance(total, Unknown):
            return Count(0, True, (*reasons, total.reason))
        return Count(total, self.bound or other.bound, reasons, self.assumed or other.assumed)


def worst(*statuses: Status) -> Status:
    return max(statuses, key=_ORDER.__getitem__, default=Status.EXACT)
