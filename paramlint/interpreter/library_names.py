"""Names of libraries: which exist, which do not, and which may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def module(it: Interpreter, name: str) -> LibraryModule:
    """What ``import name`` gives, for a module of a library."""
    owner, _, last = name.rpartition(".")
    known = it.library.has(owner, last) if owner else True
    if known is not True and not it.library.holds(name):
        if known is False and it.library.lookup(name) is None:
            raise it.error("ModuleNotFoundError", f"No module named '{name}'")
        doubt(it, "ModuleNotFoundError", LibraryModule(name, certain=False))
    return LibraryModule(name)


def imported(it: Interpreter, owner: str, name: str) -> Any:
    """What ``from owner import name`` gives, for a module of a library."""
    value = it.library_attribute(owner, name)
    if value is ABSENT:
        raise it.library_error("ImportError", f"cannot import name '{name}' from '{owner}'")
    doubt(it, "ImportError", value)
    return value


def doubt(it: Interpreter, kind: str, value: Any) -> None:
    """A name of a library of which nothing is known may not exist: inside a ``try``, what follows may not happen."""
    if it.dropped is not None and isinstance(value, LibraryModule) and not certainly(it, value):
        it.not_taken(it.library_error(kind, f"there is no `{value.name}`"), it.unknown_reason(f"whether there is a `{value.name}`"))


def certainly(it: Interpreter, value: LibraryModule) -> bool:
    """Whether a library certainly has what is known of it by name only."""
    owner, _, name = value.name.rpartition(".")
    return value.certain or not owner or it.library.has(owner, name) is True
