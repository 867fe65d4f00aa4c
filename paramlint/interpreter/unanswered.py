"""What an unknown value may raise where it is asked for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.core.unknown import Harmless, LeavesAlone, Reason, Succeeds, Unknown, Why
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_FROM_OUTSIDE = frozenset({Why.ARGUMENT, Why.EFFECT, Why.IMPORT, Why.UNSUPPORTED})

_OF_VALUES = frozenset({"AssertionError", "IndexError", "KeyError", "StopIteration", "ValueError", "ZeroDivisionError"})  # not of their types


def may_fail(it: Interpreter, unknown: Unknown, *kinds: str) -> None:
    """A value from outside may be none that has what is asked of it: inside a ``try``, what follows may not happen."""
    reason = unknown.reason
    if it.dropped is not None and reason.kind in _FROM_OUTSIDE and not isinstance(reason, Harmless | LeavesAlone):
        _note(it, reason, kinds if not isinstance(reason, Succeeds) else tuple(kind for kind in kinds if kind in _OF_VALUES))


def may_miss(it: Interpreter, index: Unknown, kind: str) -> None:
    """A container may have nothing at an index or key that is not known, however that came about."""
    if it.dropped is not None and index.reason.kind in _FROM_OUTSIDE and not isinstance(index.reason, Harmless | LeavesAlone):
        _note(it, index.reason, (kind,))


def may_lack(it: Interpreter, reason: Reason, kind: str) -> None:
    """Something that is read was perhaps never set."""
    if it.dropped is not None:
        _note(it, reason, (kind,))


def not_followed(it: Interpreter, unknown: Unknown) -> None:
    """A statement is not executed to its end because what it does is not modelled: it may raise anything."""
    if it.dropped is not None and unknown.reason.kind is Why.UNSUPPORTED and not isinstance(unknown.reason, Harmless | LeavesAlone | Succeeds):
        _note(it, unknown.reason, ("Exception",))


def _note(it: Interpreter, reason: Reason, kinds: tuple[str, ...]) -> None:
    assert it.dropped is not None
    noted = {raised.value.cls.name for raised, _ in it.dropped if isinstance(raised.value, Instance)}
    for kind in kinds:
        if kind.removesuffix("*") not in noted:
            it.not_taken(it.library_error(kind, reason.message), reason)
