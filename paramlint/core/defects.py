"""What an entry raises that it should not raise: a defect of ours, never an exception of the analysed code.

Entries raise ``Refused``, ``ShapeMismatch`` and ``NeedsValue``. Anything else makes what was asked unknown, and so the answer not exact;
in the tests, which are ``strict``, it is an error.
"""

from __future__ import annotations

from typing import Final

ERRORS: Final = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class _Mode:
    strict = False  # set by the tests


def noted(error: BaseException) -> str:
    """What is said of a defect."""
    if _Mode.strict:
        raise error
    return f"{type(error).__name__}: {error}"


def strict(on: bool) -> None:
    """Whether defects are raised."""
    _Mode.strict = on


__all__ = ["ERRORS", "noted", "strict"]
