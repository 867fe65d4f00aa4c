"""Modules of the analysed code: namespaces, and what is looked up in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import library_names
from paramlint.interpreter.declared import declared_name
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.hints import resolve
from paramlint.interpreter.protocols import ModuleSource, SourceUnreadable, Statement
from paramlint.interpreter.turns import Pending, Phase, Turns
from paramlint.interpreter.values import ABSENT, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_HOLDERS = frozenset({dict, list, set, Instance})  # what may be a registry


_IMPORT = Unknown(Reason(Why.EFFECT, "how a module has been imported"))


class ModuleValue:
    """A module of the analysed code. It is executed when it is imported, or when one of its names is first read (see ``turns``)."""

    __slots__ = ("annotations_named", "bound_after", "declared", "failed", "frame", "imported", "name", "own_package", "own_path", "path", "ready",
                 "resolving", "searched", "source", "stars", "turns", "vars")

    def __init__(self, name: str, source: ModuleSource | None, *, imported: bool = False) -> None:
        self.name = name
        self.imported = imported  # by this name, which may be only a part of that of a file that is evaluated
        self.source = source
        self.path = source.path if source is not None else name
        self.vars: dict[str, Any] = {"__name__": name, "__spec__": _IMPORT, "__loader__": _IMPORT, "__doc__": None}
        self.frame = Frame(self, None, None, self.vars, "module")
        self.stars: list[Any] = []  # modules whose names ``import *`` brings when they are looked up
        self.bound_after: dict[str, int] = {}  # by name: how many of them stand before its last binding
        self.ready: set[str] = set()  # names that have been looked up, of a module that has been executed
        self.resolving: dict[str, Pending] = {}  # names that are being looked up where they come from
        self.searched: set[str] = set()  # names that are being looked for behind ``import *``
        self.failed: dict[str, Reason] = {}
        self.declared: list[ir.ImportFrom] = []
        self.turns = Turns(self)
        self.annotations_named: bool | None = None
        self.own_path: list[str] | None = None  # of a package: where its modules are
        self.own_package = name if source is not None and source.is_package else name.rpartition(".")[0]
        if source is not None:
            self.vars["__file__"] = source.path
            self.vars["__package__"] = self.own_package
            if source.is_package:
                self.own_path = [source.path.rpartition("/")[0] if source.path.endswith(".py") else source.path]
                self.vars["__path__"] = list(self.own_path)

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    def package(self, it: Interpreter) -> str:
        """Where relative imports start: what the module calls its package, or its own where that is not known."""
        found = self.lookup(it, "__package__") if "__package__" in self.turns.postponed else self.vars.get("__package__", "")
        return found if isinstance(found, str) else self.own_package

    def names_annotations(self) -> bool:
        """Whether the module names its annotations, which may then be looked up as any other variable."""
        if self.annotations_named is None:
            self.annotations_named = any("__annotations__" in statement.text for statement in self.turns.statements)
        return self.annotations_named

    def lowered(self, statement: Statement) -> Any:
        """The IR of a top-level statement; nothing where it cannot be read."""
        assert self.source is not None
        try:
            return self.source.lower(statement.index)
        except SourceUnreadable as error:
            reason = Reason(Why.UNSUPPORTED, f"{self.source.path} cannot be read: {error}")
            for name in statement.binds:
                self.failed[name] = reason
            return ()

    # Reading -----------------------------------------------------------------------------------------------------

    def lookup(self, it: Interpreter, name: str) -> Any:
        """The value of a global name, or ABSENT."""
        if name in self.ready:
            value = self.vars.get(name, ABSENT)
            if value is not ABSENT:
                return value
        turns = self.turns
        if turns.phase is Phase.NEW:
            turns.start(it)
        value = self.vars.get(name, ABSENT)
        if value is ABSENT and turns.phase is Phase.DONE and not self.stars and name not in turns.postponed:
            return value
        if value is ABSENT and name in turns.postponed:
            turns.demand(it, turns.postponed[name])
            value = self.vars.get(name, ABSENT)
        if self.stars and self.bound_after.get(name, 0) < len(self.stars):
            value = self._from_stars(it, name, value)
        if value.__class__ is Pending:
            value = self._resolve(it, name, value)
        if value is ABSENT:
            if turns.phase is Phase.FAILED:
                turns.start(it)  # whoever imports it meets the same error
        elif turns.phase is Phase.DONE:
            self.ready.add(name)
        if value.__class__ in _HOLDERS:
            it.registries.found(self, name, value)
        return value

    def _resolve(self, it: Interpreter, name: str, pending: Pending) -> Any:
        self.vars.pop(name, None)  # a cycle of imports must not find the placeholder again
        self.resolving[name] = pending
        forks = it.state.suspend()  # the import stands at the top of the module, on no branch of what asks for it
        value: Any = pending
        try:
            value = it.modules.resolved(pending)
        finally:
            del self.resolving[name]
            self.vars[name] = value
            it.state.keep(self.vars, (name,))
            it.state.resume(forks)
        while self.turns.due and not self.resolving:
            self.turns.derived(it, self.turns.due.pop())
        return value

    def _from_stars(self, it: Interpreter, name: str, value: Any) -> Any:
        """What the newest ``import *`` brings that stands behind the binding of a name; else its value."""
        first = self.bound_after.get(name, 0)
        if first == len(self.stars) or name.startswith("__") or name in self.searched:
            return value
        self.searched.add(name)  # modules may take all that the other has
        try:
            for module in reversed(self.stars[first:]):
                found = it.modules.stars.member(module, name)
                if found is not ABSENT:
                    if library_names.outdated(it, module, name):
                        library_names.may_raise(it, "NameError", f"there is a `{module.name}.{name}`")
                        return found  # not kept, as the next ``try`` asks anew
                    self.vars[name] = value = found
                    it.state.keep(self.vars, (name,))
                    break
            else:
                value = it.modules.stars.unmodelled(self.stars, name) if value is ABSENT else value
        finally:
            self.searched.discard(name)
        if value is not ABSENT:
            self.bound_after[name] = len(self.stars)
        return value

    def attribute(self, it: Interpreter, name: str) -> Any:
        """The value of ``module.name``: a global, a submodule, or what the module's ``__getattr__`` gives."""
        value = self.lookup(it, name)
        if value is not ABSENT:
            return value if name != "__annotations__" else resolve(it, value)
        if name == "__dict__":
            from paramlint.interpreter.namespaces import Globals

            return Globals(self)
        submodule = it.modules.submodule(self, name)
        if submodule is not None:
            return submodule
        value = declared_name(it, self, name)
        if value is not ABSENT:
            return value
        fallback = self.lookup(it, "__getattr__")
        if fallback is not ABSENT:
            return it.call(fallback, [name])
        reason = self.missing(it, name)
        if reason is None and getattr(self.source, "is_folder", False) and not name.startswith("__") and not it.modules.covered(self.name):
            return it.modules.out_of_reach(self.name)  # a folder that is called like a package, and is not it
        return ABSENT if reason is None else Unknown(reason)

    def missing(self, it: Interpreter, name: str) -> Reason | None:
        """Why a name that is not found may yet exist."""
        if name in self.failed:
            return self.failed[name]
        for module in self.stars:
            if isinstance(module, Unknown):
                return module.reason
        return self.turns.abandoned

    def names(self, it: Interpreter) -> list[str]:
        """Every global, also those of star imports; a star of what is not read makes the list open."""
        self.turns.start(it)
        own = (*(name for name in self.vars if not name.startswith("<")), *self.turns.postponed)
        found = dict.fromkeys(sorted(own, key=self._order()))
        hidden: Reason | None = None
        for star in self.stars:
            names, reason = it.modules.stars.names(star)
            hidden = hidden or reason
            found.update(dict.fromkeys(names))
        found.update(dict.fromkeys(it.modules.submodules(self)))
        result: list[str] = it.made(list(found))
        if hidden is not None:
            it.state.mark_open(result, hidden)
        return result

    def _order(self) -> Any:
        first: dict[str, int] = {}
        for statement in self.turns.statements:
            for name in statement.binds:
                first.setdefault(name, statement.index)
        return lambda name: first.get(name, -1 if name.startswith("__") else len(self.turns.statements))

    def again(self, it: Interpreter) -> None:
        """Execute the module once more: names that it does not bind this time keep their values."""
        self.turns.start(it)
        for index in sorted(self.turns.waiting):
            self.turns.demand(it, index)
        self.turns = Turns(self)
        self.ready.clear()
        self.declared.clear()
        self.turns.start(it)

    # Writing -----------------------------------------------------------------------------------------------------

    def bind(self, it: Interpreter, name: str, value: Any) -> None:
        """Bind a global in the module's own turn."""
        self.turns.rebinding(it, name)
        if self.stars and it.state.logs:  # on another way it may keep what a star has brought
            self._from_stars(it, name, self.vars.get(name, ABSENT))
        it.write(self.vars)
        self.vars[name] = value
        if self.stars:
            self.bound_after[name] = len(self.stars)

    def assign(self, it: Interpreter, name: str, value: Any) -> None:
        """Bind a global from inside a function or from another module."""
        self.lookup(it, name)  # a statement that waits to bind it has its turn first
        it.outlives()
        if it.watch is not None:
            it.watch.assigned()
        watch, it.watch = it.watch, None
        self.bind(it, name, value)
        it.watch = watch

    def drop(self, it: Interpreter, name: str) -> None:
        """A name that waits to be bound again has its former value no more."""
        if name in self.vars:
            it.write(self.vars)
            del self.vars[name]
        if self.stars:
            self.bound_after[name] = len(self.stars)

    def forget(self, it: Interpreter, name: str) -> None:
        """``del name``. Raises NameError where there is none."""
        if self.lookup(it, name) is ABSENT:
            it.throw("NameError", f"name '{name}' is not defined")
        self.turns.rebinding(it, name)
        it.outlives()
        self.drop(it, name)


