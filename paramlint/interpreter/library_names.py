"""Names of libraries: which exist, which do not, and which may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, Why
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def module(it: Interpreter, name: str) -> LibraryModule:
    """What ``import name`` gives, for a module of a library."""
    _may_be_missing(it, name)
    owner, _, last = name.rpartition(".")
    known = it.library.has(owner, last) if owner else True
    if known is not True and not it.library.holds(name):
        if known is False and it.library.lookup(name) is None:
            raise it.error("ModuleNotFoundError", f"No module named '{name}'")
        doubt(it, "ModuleNotFoundError", LibraryModule(name, certain=False))
    elif it.dropped is not None and owner and it.library.outdated(owner, last):
        _may_lack(it, "ModuleNotFoundError", name)
    return LibraryModule(name)


def standard_module(it: Interpreter, name: str) -> LibraryModule:
    """What ``import name`` gives, for a module of the standard library."""
    from paramlint.interpreter import stdlib

    owner, _, last = name.rpartition(".")
    if owner and stdlib.lookup(it, name) is ABSENT:
        it.throw("ModuleNotFoundError", f"No module named '{name}'")
    if owner and it.dropped is not None and stdlib.depends(owner, last):
        _may_lack(it, "ModuleNotFoundError", name)
    return LibraryModule(name)


def imported(it: Interpreter, owner: str, name: str) -> Any:
    """What ``from owner import name`` gives, for a module of a library."""
    _may_be_missing(it, owner)
    value = it.library_attribute(owner, name)
    if value is ABSENT:
        raise it.library_error("ImportError", f"cannot import name '{name}' from '{owner}'")
    doubt(it, "ImportError", value)
    if it.dropped is not None and _depends(it, owner, name):
        above, _, last = owner.rpartition(".")
        _may_lack(it, "ModuleNotFoundError" if above and it.library.outdated(above, last) else "ImportError", f"{owner}.{name}")
    return value


def doubt(it: Interpreter, kind: str, value: Any) -> None:
    """A name of a library of which nothing is known may not exist: inside a ``try``, what follows may not happen."""
    if it.dropped is not None and isinstance(value, LibraryModule) and not certainly(it, value):
        _may_lack(it, kind, value.name)


def attribute(it: Interpreter, owner: str, name: str, value: Any) -> None:
    """An attribute of a module of a library is read: inside a ``try``, what follows may not happen."""
    doubt(it, "AttributeError", value)
    if it.dropped is not None and _depends(it, owner, name):
        _may_lack(it, "AttributeError", f"{owner}.{name}")


def _may_be_missing(it: Interpreter, name: str) -> None:
    """A package that a library does without is there if anything imports it that is not prepared for its absence."""
    package = name.partition(".")[0]
    if package in it.modules.needed or not it.library.optional(package):
        return
    if not it.import_guards:
        it.modules.needed.add(package)
    else:
        _may_lack(it, "ModuleNotFoundError", package)


def _may_lack(it: Interpreter, kind: str, name: str) -> None:
    may_raise(it, kind, f"there is a `{name}`")


def may_raise(it: Interpreter, kind: str, question: str) -> None:
    """A library raises an exception here, or does not: inside a ``try``, what follows may not happen. ``kind`` is empty for any exception."""
    if it.dropped is not None:
        it.not_taken(it.library_error(kind, f"it is not known whether {question}"), it.unknown_reason(f"whether {question}"))


def hedge(it: Interpreter, question: str, kind: str = "") -> None:
    """A library refuses a call, or does not: the answer is not exact."""
    if it.dropped is not None:
        may_raise(it, kind, question)
    else:
        it.hedged(Escaped(Why.UNSUPPORTED, f"whether {question}", it.site()))


def called(it: Interpreter, name: str, values: Iterable[Any]) -> None:
    """A function of a library is called that is not modelled: taken to succeed outside of a ``try``, unless it is one that often refuses."""
    question = f"`{name}` takes such arguments"
    if it.library.refuses(name, values):
        hedge(it, question)
    else:
        may_raise(it, "", question)


def outdated(it: Interpreter, owner: Any, name: str) -> bool:
    """Whether a value is a module of a library that has no longer a name whose value is known."""
    return isinstance(owner, LibraryModule) and _depends(it, owner.name, name) and it.library_attribute(owner.name, name) is not ABSENT


def certain(owner: Any, name: str) -> bool:
    """Whether a value is a module of the standard library that certainly has a name."""
    from paramlint.interpreter.stdlib import recorded

    return isinstance(owner, LibraryModule) and recorded.has(owner.name, name) is True


def _depends(it: Interpreter, owner: str, name: str) -> bool:
    """Whether only some versions of a library have a name."""
    from paramlint.interpreter import stdlib

    return it.modules.assigned.get(f"{owner}.{name}") is not True and (it.library.outdated(owner, name) or stdlib.depends(owner, name))


def certainly(it: Interpreter, value: LibraryModule) -> bool:
    """Whether a library certainly has what is known of it by name only."""
    owner, _, name = value.name.rpartition(".")
    return value.certain or not owner or it.library.has(owner, name) is True
