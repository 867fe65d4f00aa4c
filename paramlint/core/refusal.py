"""What the system or the installation refuses, in words: no defect of ours, and nothing that a traceback would help with."""

from __future__ import annotations

from paramlint.core.reading import reason
from paramlint.core.text import error_text

_PACKAGE = "paramlint"


def refusal(error: BaseException) -> str | None:
    """Why the system does not let us go on; None for an error of our own."""
    if isinstance(error, MemoryError):
        return "there is not enough memory: raise the limit of the process (`ulimit -v`)"
    if isinstance(error, ImportError) and not (error.name or "").startswith(_PACKAGE):
        return f"{error}: paramlint is not installed completely, or the process may use too little memory or too few files to load it"
    if not isinstance(error, OSError):
        return None
    return f"{error.filename}: {reason(error)}" if isinstance(error.filename, str) else f"the system refuses to go on: {reason(error)}"


def failure_text(error: BaseException) -> str:
    """Why a target could not be evaluated: what the system refuses, or a bug of ours."""
    return refusal(error) or f"internal error (this is a bug in paramlint: please report it): {error_text(error)}"


__all__ = ["failure_text", "refusal"]
