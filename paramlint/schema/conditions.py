"""Refusals: what a framework does not accept, and the checks that find out."""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.unknown import NeedsValue


class Refused(Exception):
    """The framework raises when this layer is built.

    ``field`` names the argument at fault, where one is; ``error`` the built-in exception that is raised, where it is another than the
    framework's usual one for a refusal of this ``kind`` (see ``schema.framework.Errors``), "Exception" where that is not known.
    """

    kind: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None, help: str = "", error: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.help = help
        self.error = error


class WrongKind(Refused):
    """An argument of a type that the framework does not take there."""

    kind = "wrong_kind"


class NotAnInteger(Refused):
    """A size that is not a whole number (``planes / 4``)."""

    kind = "not_an_integer"


class Uninitialised(Refused):
    """Something is registered before the base class's ``__init__`` has run."""

    error = "AttributeError"


class BadCall(Refused):
    """Arguments that do not fit the signature."""

    kind = "bad_call"


class UnexpectedKeyword(BadCall):
    """A keyword that the signature does not have."""

    kind = "unexpected_keyword"


def require(condition: Any, message: str, *, field: str | None = None, help: str = "", error: str = "") -> None:
    """Refuse unless the condition holds; a condition that is not known refuses nothing.

    The condition is a value (``self.a % self.b == 0``) or, where building it asks for decisions, a function.
    """
    try:
        held = bool(condition() if callable(condition) else condition)
    except NeedsValue:
        return
    except TypeError:  # of a comparison that the framework may not make, or in another place
        held, error = False, "Exception"
    if not held:
        raise Refused(message, field=field, help=help, error=error)


def certainly(condition: Any) -> bool:
    """Whether a condition is known to hold; one that is not known does not."""
    try:
        return bool(condition() if callable(condition) else condition)
    except (NeedsValue, TypeError):
        return False
