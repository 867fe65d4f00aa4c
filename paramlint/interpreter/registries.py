"""Registries: containers of a module that other code puts itself into (``@register``, ``@MODELS.register()``, ``register(Net)``).

Definitions run when their names are needed, so an entry may be missing only because nothing has asked for the function yet; and a module that
is imported for its entries alone is not even read. When a look-up in a registry finds nothing, or all of it is wanted, the modules that
Python would have imported are read, and what in them may write to the registry runs: first what names the key, then the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import imported
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.turns import Phase
from paramlint.interpreter.values import Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.interpreter.protocols import ModuleSource, Statement

_DECORATOR = re.compile(r"^@\s*(?:[\w.]*\.)?(\w+)", re.MULTILINE)
_ALIAS = re.compile(r"\b(\w+)\s+as\s+(\w+)")
# What stands behind a name that is changed, or that is handed on; of all names, so that nothing is compiled for each.
_CHANGED = re.compile(r"\s*\[.*\]\s*=(?!=)|\s*[|+]=|\.(?:append|add|update|setdefault|insert|extend|__setitem__)\b")
_HANDED = re.compile(r"\s*[,)]")
_WORD = re.compile(r"\w")


class Registries:
    """The containers that code of other modules may write to, and the names by which it does."""

    def __init__(self) -> None:
        self.containers: dict[int, Any] = {}
        self.written: dict[int, Any] | None = None  # by identity: what is written while decorators run
        self._names: dict[int, set[str]] = {}  # by container: the functions and globals of its module through which it is written to
        self._owners: dict[int, str] = {}  # by container: its module
        self._decorators: dict[int, set[str]] = {}  # by container: decorators that have written to it
        self._at: dict[int, tuple[int, int]] = {}  # by container: names and modules at its last fill, after which nothing is left to run
        self._filling = False
        self.imports = imported.Imports()

    # What is a registry ------------------------------------------------------------------------------------------

    def begin(self) -> dict[int, Any] | None:
        outer, self.written = self.written, {}
        return outer

    def end(self, outer: dict[int, Any] | None, decorators: tuple[ir.Expr, ...]) -> None:
        """Note what decorators have written to since ``begin``."""
        found = [container for container in (self.written or {}).values() if isinstance(container, dict | set | list)]
        self.written = outer
        names = {name for name in map(_name, decorators) if name} if found else set()
        for container in found:
            self._note(container, names, self._decorators)

    def found(self, module: ModuleValue, name: str, value: Any) -> None:
        """Note a global when it is first read, if its module has functions that change it or it is empty: others may fill it."""
        if isinstance(value, Instance):
            held = [*value.attrs.values(), value.payload]
            containers = [part for part in held if isinstance(part, dict | set | list) and id(part) not in self.containers]
        else:
            containers = [value] if id(value) not in self.containers else []
        if not containers or module.source is None or not any(name in part.binds for part in module.source.statements if part.kind == "other"):
            return
        names = _changers(module.source.statements, name, every=isinstance(value, Instance))
        if len(names) > 1 or isinstance(value, Instance) or not value:
            for container in containers:
                self._note(container, names, self._names)
                self._owners[id(container)] = module.name

    def _note(self, container: Any, names: set[str], table: dict[int, set[str]]) -> None:
        self.containers[id(container)] = container
        table.setdefault(id(container), set()).update(names)

    @contextmanager
    def as_they_are(self) -> Iterator[None]:
        """Meanwhile, no registry is filled."""
        filling, self._filling = self._filling, True
        try:
            yield
        finally:
            self._filling = filling

    # Filling -----------------------------------------------------------------------------------------------------

    def may_lack(self, it: Interpreter, container: Any) -> bool:
        """Whether a container is a registry into which code that has not run may yet put something."""
        if self.containers.get(id(container)) is not container:
            return False
        if it.modules.faithful and it.modules.unnamed is None:
            return False  # all that has been imported has been executed
        names, decorators = self._sources(container)
        return self._at.get(id(container)) != (len(names) + len(decorators), len(it.modules.loaded))

    def _sources(self, container: Any) -> tuple[set[str], set[str]]:
        """The functions and globals through which a container is written to, and the decorators."""
        return self._names.get(id(container), set()), self._decorators.get(id(container), set())

    def fill(self, it: Interpreter, container: Any, key: Any = None) -> bool:
        """Run what may yet write to a container, or only to its entry for a key where that is found; whether there was anything."""
        if self.written is not None or self._filling or it.modules.entering or not self.may_lack(it, container):
            return False
        names, decorators = self._sources(container)
        self._filling, steps, room = True, it.steps, it.modules.room
        it.modules.room = 0  # of all the modules that are read now, none needs what it imports
        try:
            return self._fill(it, container, names, decorators, key)
        finally:
            self._filling = False
            it.steps, it.modules.room = steps, room  # what modules do when they are imported is no part of the model

    def _fill(self, it: Interpreter, container: Any, names: set[str], decorators: set[str], key: Any) -> bool:
        ran = False
        if decorators:
            for module in [module for module in it.modules.loaded.values() if module is not None]:
                ran |= self._run(it, module, decorators, "", ("def", "class"))
        if names and isinstance(key, str) and key and key not in container:
            ran |= self._fill_from(it, container, names, key)
        if key is None or key not in container:  # else what there may be besides is not asked for
            ran |= bool(names) and self._fill_from(it, container, names)
            self._at[id(container)] = (len(names) + len(decorators), len(it.modules.loaded))
        return ran

    def _fill_from(self, it: Interpreter, container: Any, names: set[str], key: str = "") -> bool:
        """Run the statements of imported modules that may write to a container; with a key those that name it, until it is there."""
        wanted, ran = self._candidates(it, container, names, key), False
        for module in self.imports.of(it) if wanted is None or wanted else ():
            if wanted is None or module.name in wanted:
                ran |= self._run(it, module, names, key)
                if key and key in container:
                    return ran
        hidden = self.imports.hidden if wanted is None or not wanted <= self.imports.followed.keys() else ""
        if it.modules.unnamed is not None:
            hidden = hidden or "are imported by name"
        if hidden and not key and it.state.open_reason(container) is None:
            it.state.mark_open(container, it.unknown(Why.IMPORT, f"the entries of modules that {hidden}").reason)
        return ran

    def _candidates(self, it: Interpreter, container: Any, names: set[str], key: str) -> set[str] | None:
        """The modules in reach, imported or not, that may yet write to a registry by these names; None where there are too many to say."""
        found = it.loader.writing(sorted(names), sorted(self.imports.packages(it)), key)
        if found is None:
            return None
        writers: set[str] = set()
        for name in {self._owners[id(container)], *found}:
            module = it.modules.loaded.get(name)
            source = it.loader.find(name) if module is None else module.source
            if source is not None and any(module is None or not _has_run(module, statement) for statement in _writers(source, names)):
                writers.add(name)
        return writers

    def _run(self, it: Interpreter, module: ModuleValue, names: set[str], key: str, kinds: Sequence[str] = ("def", "class", "other")) -> bool:
        """Run the statements of a module that may write to a registry; with a key only those that name it."""
        ran = False
        for statement in _writers(module.source, names) if module.source is not None else ():
            if _has_run(module, statement) or statement.kind not in kinds or key not in statement.text:
                continue
            ran = True
            try:
                module.turns.start(it)
                module.turns.demand(it, statement.index)
            except Raised:
                break  # it fails when it is imported; others do not depend on it
        return ran


def _writers(source: ModuleSource, names: set[str]) -> list[Statement]:
    """The statements of a module that may write to a registry by one of the names, or by what its imports call them."""
    aliases = {
        alias for statement in source.statements if statement.kind == "import" for name, alias in _ALIAS.findall(statement.text) if name in names
    }
    return [statement for statement in source.statements if _writes(statement, names | aliases)]


def _has_run(module: ModuleValue, statement: Statement) -> bool:
    """Whether a statement has been executed, or will be in its turn."""
    return module.turns.phase is not Phase.NEW and statement.index not in module.turns.waiting


def _writes(statement: Statement, names: set[str]) -> bool:
    if statement.kind in ("def", "class"):
        return bool(statement.decorators) and not (names.isdisjoint(statement.decorators) and names.isdisjoint(_DECORATOR.findall(statement.text)))
    return statement.kind == "other" and not statement.is_main_guard and not names.isdisjoint(statement.mentions)


def _changers(statements: Any, name: str, *, every: bool) -> set[str]:
    """A global, the functions of its module that change it, and those that use these; ``every``: whatever mentions it."""
    names = {name}
    own = [statement for statement in statements if statement.kind in ("def", "class") or (every and statement.kind == "other")]
    for statement in own:
        if name in statement.text and (name in statement.mentions if every else _may_change(statement.text, name)):
            names |= statement.binds
    if len(names) > 1 and not every:
        for statement in own:
            if not names.isdisjoint(statement.mentions - {name}):
                names |= statement.binds
    return names


def _may_change(text: str, name: str) -> bool:
    """Whether a text assigns to an item of what has the name, calls a method that changes it, or hands it on."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not _WORD.match(text, end) and not (at and _WORD.match(text, at - 1)):
            before = at - 1
            while before >= 0 and text[before].isspace():
                before -= 1
            if _CHANGED.match(text, end) or (before >= 0 and text[before] in "(," and _HANDED.match(text, end)):
                return True
        at = text.find(name, end)
    return False


def _name(decorator: ir.Expr) -> str | None:
    """The last part of a decorator's name."""
    node = decorator.func if isinstance(decorator, ir.Call) else decorator
    return node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else None
