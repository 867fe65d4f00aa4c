"""What a rule says about the source."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from paramlint.core.spans import Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Edit(msgspec.Struct, frozen=True):
    """Replace the text of a span."""

    span: Span
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that belong together, and what they do."""

    title: str
    edits: tuple[Edit, ...]


class Diagnostic(msgspec.Struct, frozen=True):
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
