"""How execution leaves a statement, other than by its end."""

from __future__ import annotations

from enum import Enum
from typing import Any

from paramlint.core.unknown import Reason


class Signal(Enum):
    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"  # the value stands in the frame


class Raised(Exception):
    """The analysed code raises; ``value`` is the exception instance."""

    def __init__(self, value: Any, site: Any = None) -> None:
        super().__init__(value)
        self.value = value
        self.site = site


class LimitReached(Exception):
    """A documented limit was reached; the evaluation that hit it ends with this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason
