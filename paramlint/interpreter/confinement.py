"""Functions of a library that have been seen to change nothing but what they make and are given.

The top level of a large library is mostly definitions under the same few decorators. What such a decorator writes to is
watched while it runs for the first time; where that is only what it is applied to, later definitions need not run in their turn. A program
that is small enough to run whole never rests on this, and registries are looked through besides (``registries.py``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.metaclasses import has_hooks
from paramlint.interpreter.values import SERIALS, ClassValue

if TYPE_CHECKING:
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.interpreter.protocols import Statement
    from paramlint.interpreter.registries import Registries

SMALL = 5_000  # steps of top-level code that run in their turn in any case
_CALLED = re.compile(r"\w+\s*=\s*(\w+)\s*\(")


class Watch:
    """What one statement writes to: ``leaked`` tells whether that was anything which was there before."""

    __slots__ = ("born", "leaked", "module", "reads", "registries", "start")

    def __init__(self, registries: Registries, module: ModuleValue, statement: Statement) -> None:
        self.registries = registries
        self.module = module
        self.reads = statement.reads
        self.born: dict[int, Any] = {}
        self.start = next(SERIALS)
        self.leaked = False

    def made(self, *containers: Any) -> None:
        """Containers are new."""
        for container in containers:
            self.born[id(container)] = container

    def filled(self, container: Any) -> None:
        if self.registries.written is None:  # what decorators fill, who reads it asks for (registries.py)
            self.written(container)

    def written(self, container: Any) -> None:
        if id(container) not in self.born and container is not self.module.vars and not self._is_given(container):
            self.leaked = True

    def _is_given(self, container: Any) -> bool:
        """Whether a namespace is that of a class that the statement names."""
        classes = (value for value in map(self.module.vars.get, self.reads) if isinstance(value, ClassValue))
        return any(cls.attrs is container for cls in classes)

    def touched(self, serial: int) -> None:
        """Something has been changed that has this serial number."""
        if serial < self.start:
            self.leaked = True

    def assigned(self, before: Any, value: Any) -> None:
        """A global has been bound from elsewhere; one that is made once and kept in place of None tells nobody anything."""
        if before is not None and not (isinstance(before, Unknown) and isinstance(value, Unknown)):
            self.leaked = True


class Confinement:
    def __init__(self) -> None:
        self.postponing = False  # whether anything waits for what is said here
        self._seen: dict[tuple[int, ...], tuple[list[Any], bool]] = {}  # by identity: what has been applied, and whether nothing has leaked so far

    def holds(self, module: ModuleValue, statement: Statement) -> bool:
        """Whether what a statement applies has been seen together, and seen to leak nothing."""
        roots = self._roots(module, statement)
        return roots is not None and self._seen.get(tuple(map(id, roots)), (roots, False))[1]

    def note(self, module: ModuleValue, statement: Statement, watch: Watch) -> None:
        roots = self._roots(module, statement)
        if roots is not None:
            key = tuple(map(id, roots))
            self._seen[key] = (roots, self._seen.get(key, (roots, True))[1] and not watch.leaked)

    def _roots(self, module: ModuleValue, statement: Statement) -> list[Any] | None:
        """The objects whose code runs: what the names of decorators begin with, or a function that is called, and classes with hooks."""
        names = applied(statement)
        if not all(name in module.vars for name in names):
            return None
        bases = (module.vars.get(name) for name in sorted(statement.reads - names)) if statement.kind == "class" else ()
        hooked = [base for base in bases if isinstance(base, ClassValue) and has_hooks(base)]
        return [*(module.vars[name] for name in sorted(names)), *hooked]


def applied(statement: Statement) -> frozenset[str]:
    """The names of what a statement applies: its decorators, or the one function that it calls; none for other statements."""
    if statement.kind in ("def", "class"):
        return statement.decorators
    if statement.kind == "other" and len(statement.binds) == 1 and not statement.touches:
        found = _CALLED.match(statement.text)
        return frozenset({found[1]}) if found is not None else frozenset()
    return frozenset()
