"""What a rule says about the source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from paramlint.core.spans import Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together, and what they do."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding: what, where, why, and the way out."""

    path: str
    span: Span
    code: str
    name: str
    message: str
    help: str = ""  # the way out
    detail: str = ""  # the hand calculation, or by which way a value came here
    severity: Severity = Severity.ERROR
    fix: Fix | None = None
