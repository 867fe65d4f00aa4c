"""Modules of the analysed code: namespaces that fill themselves as names are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.declared import declare, declared_name
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.protocols import ModuleSource, SourceUnreadable, Statement
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ABSENT, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_END = 1 << 60
_HOLDERS = frozenset({dict, list, set, Instance})  # what may be a registry


class Pending:
    """A name that an import binds, looked up in the other module when it is first read."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class ModuleValue:
    """A module of the analysed code.

    A statement runs when one of the names that it binds or changes is needed, in the order of the source; a statement that changes a name
    (``x.append(1)``, ``x = 2`` again) runs after the statements before it that read the name. While a statement runs, the
    statements after it have not run yet.
    """

    __slots__ = ("by_name", "declared", "done", "errors", "failed", "frame", "horizon", "name", "ready", "settled", "source", "stars", "vars")

    def __init__(self, name: str, source: ModuleSource | None) -> None:
        self.name = name
        self.source = source
        self.vars: dict[str, Any] = {"__name__": name, "__spec__": None, "__loader__": None, "__doc__": None}
        self.frame = Frame(self, None, None, self.vars, "module")
        self.done: set[int] = set()
        self.by_name: dict[str, list[int]] | None = None
        self.stars: list[int] = []
        self.horizon = _END
        self.ready: set[str] = set()  # names that need no more statements to run
        self.settled = False  # whether the calls that stand alone have run
        self.failed: dict[str, Reason] = {}
        self.errors: dict[int, Raised] = {}
        self.declared: list[ir.ImportFrom] = []
        if source is not None:
            self.vars["__file__"] = source.path
            package = name if source.is_package else name.rpartition(".")[0]
            self.vars["__package__"] = package
            if source.is_package:
                self.vars["__path__"] = [source.path]

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    @property
    def package(self) -> str:
        return str(self.vars.get("__package__", ""))

    def _index(self) -> dict[str, list[int]]:
        if self.by_name is None:
            self.by_name = {}
            statements = self.source.statements if self.source is not None else ()
            for statement in statements:
                if statement.is_main_guard:
                    continue
                names = statement.binds | statement.touches
                if statement.kind == "other" and "TYPE_CHECKING" in statement.reads:
                    names -= declare(self, statement)
                if "*" in names:
                    self.stars.append(statement.index)
                if "exec" in statement.touches and statement.kind == "other":  # it may bind what has been bound before
                    names = names | self.by_name.keys()
                if statement.decorators and statement.kind != "other":
                    names |= self._fills(statement.decorators)
                for name in names:
                    self.by_name.setdefault(name, []).append(statement.index)
        return self.by_name

    def _fills(self, decorators: frozenset[str]) -> set[str]:
        """The globals that a definition may put itself into: the objects that its decorators belong to, and what those defined here name."""
        assert self.source is not None
        own = [statement for statement in self.source.statements if statement.kind != "import"]
        values = {name for statement in own if statement.kind == "other" for name in statement.binds}
        found = decorators & {name for statement in own if statement.kind != "def" for name in statement.binds}
        for statement in own:
            if statement.kind != "other" and not decorators.isdisjoint(statement.binds):
                found |= statement.mentions & values
        return set(found)

    # Reading -----------------------------------------------------------------------------------------------------

    def lookup(self, it: Interpreter, name: str) -> Any:
        """The value of a global name, or ABSENT."""
        if name in self.ready:
            value = self.vars.get(name, ABSENT)
            if value is not ABSENT:
                return value
        wanted = self._index().get(name)
        if wanted is not None:
            self._run_all(it, wanted)
        if not self.settled and not it.modules.running:
            self._settle(it)
        value = self.vars.get(name, ABSENT)
        if value is ABSENT and self.stars:
            value = self._from_stars(it, name)
        if isinstance(value, Pending):
            value = self._resolve(it, name, value)
        if value.__class__ in _HOLDERS:
            it.registries.found(self, name, value)
        if self.settled and (wanted is None or (self.done.issuperset(wanted) and self.errors.keys().isdisjoint(wanted))):
            self.ready.add(name)  # every statement that binds or changes the name has run
        return value

    def _settle(self, it: Interpreter) -> None:
        """Run the calls that stand alone at top level: they are there for an effect, such as an entry in another module's registry."""
        self.settled = True
        for statement in self.source.statements if self.source is not None else ():
            if statement.kind == "other" and not statement.binds and not statement.is_main_guard and statement.touches:
                try:
                    self.run(it, statement.index)
                except Raised:
                    continue  # what fails here fails when the module is imported; what does not need it is still known

    def _resolve(self, it: Interpreter, name: str, pending: Pending) -> Any:
        self.vars.pop(name, None)  # a cycle of imports must not find the placeholder again
        forks = it.state.suspend()  # the import stands at the top of the module, on no way of what asks for it
        value: Any = pending
        try:
            value = it.modules.member(pending.module, pending.name)
        finally:
            self.vars[name] = value
            it.state.keep(self.vars, (name,))
            it.state.resume(forks)
        return value

    def _from_stars(self, it: Interpreter, name: str) -> Any:
        assert self.source is not None
        if name.startswith("__"):
            return ABSENT
        for index in reversed(self.stars):
            if index >= self.horizon:
                continue
            self.run(it, index)
            if name in self.vars:
                return self.vars[name]
        for module in reversed(self.vars.get("<stars>", [])):
            value = it.modules.star_member(module, name)
            if value is not ABSENT:
                self.vars[name] = value
                return value
        return ABSENT

    def attribute(self, it: Interpreter, name: str) -> Any:
        """The value of ``module.name``: a global, a submodule, or what the module's ``__getattr__`` gives."""
        value = self.lookup(it, name)
        if value is not ABSENT:
            return value
        if name == "__dict__":
            from paramlint.interpreter.namespaces import Globals

            return Globals(self)
        submodule = it.modules.load(f"{self.name}.{name}") if self.source is None or self.source.is_package else None
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
        for module in self.vars.get("<stars>", []):
            if isinstance(module, Unknown):
                return module.reason
        return None

    # Running -----------------------------------------------------------------------------------------------------

    def _run_all(self, it: Interpreter, indices: list[int]) -> None:
        for index in indices:
            if (index not in self.done or index in self.errors) and index < self.horizon:
                self.run(it, index)

    def run(self, it: Interpreter, index: int) -> None:
        """Run one top-level statement, unless it has run."""
        if index in self.errors:
            raise Raised(self.errors[index].value, self.errors[index].site)
        if index in self.done or self.source is None:
            return
        self.done.add(index)
        statement = self.source.statements[index]
        if statement.kind not in ("def", "class", "import"):
            self._run_readers(it, statement)
            if "exec" in statement.touches:
                self._run_before(it, index)
        horizon, self.horizon = self.horizon, index
        if it.replay is not None:
            it.replay.enter_module()
        it.modules.running += 1
        entering = statement.kind != "other" or not statement.binds  # a definition, or there for its effect
        it.modules.entering += entering
        frame = Frame(self, None, Unit(self.source.path, index), self.vars, "module")
        frame.caller, it.frame = it.frame, frame
        forks = it.state.suspend()  # what a module's statement leaves is there on every way
        try:
            it.execute(self.lowered(statement), frame)
        except Raised as raised:
            self.errors[index] = raised  # whoever needs the statement later meets the same error
            raise
        except LimitReached:
            self.done.discard(index)  # with more room it may come to its end
            self.ready.clear()
            raise
        finally:
            it.modules.running -= 1
            it.modules.entering -= entering
            if it.replay is not None:
                it.replay.leave_module()
            it.state.keep(self.vars, statement.binds)
            it.state.resume(forks)
            it.frame = frame.caller
            self.horizon = horizon

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

    def _run_readers(self, it: Interpreter, statement: Statement) -> None:
        """Before a name is bound again or its value changed, run the earlier statements that read it."""
        assert self.source is not None
        names = statement.binds | statement.touches
        index = self._index()
        again = {name for name in names if name in index and index[name][0] < statement.index}
        if not again:
            return
        for earlier in self.source.statements[:statement.index]:
            if earlier.index not in self.done and not earlier.is_main_guard and earlier.kind == "other" and again & earlier.reads:
                self.run(it, earlier.index)

    def _run_before(self, it: Interpreter, index: int) -> None:
        """Before code runs that may bind any name, run all that stands before it."""
        assert self.source is not None
        for earlier in self.source.statements[:index]:
            if earlier.index not in self.done and not earlier.is_main_guard and earlier.kind == "other":
                try:
                    self.run(it, earlier.index)
                except Raised:
                    continue

    def run_whole(self, it: Interpreter) -> None:
        """Run every top-level statement but a main guard; while one runs, those before it."""
        if self.source is not None:
            for statement in self.source.statements:
                if not statement.is_main_guard and statement.index < self.horizon:
                    self.run(it, statement.index)

    def names(self, it: Interpreter) -> list[str]:
        """Every global, also those of star imports; a star of what is not read makes the list open."""
        self.run_whole(it)
        later = self._bound_later()
        found = dict.fromkeys(name for name in self.vars if not name.startswith("<") and name not in later)
        hidden: Reason | None = None
        for star in self.vars.get("<stars>", []):
            if not isinstance(star, ModuleValue):
                hidden = star.reason if isinstance(star, Unknown) else it.unknown_reason("the names of a star import")
                continue
            exported = star.lookup(it, "__all__")
            names = star.names(it) if exported is ABSENT else exported
            hidden = hidden or it.state.open_reason(names)
            found.update(dict.fromkeys(name for name in it.elements(names) if exported is not ABSENT or not name.startswith("_")))
        result: list[str] = it.made(list(found))
        if hidden is not None:
            it.state.mark_open(result, hidden)
        return result

    def _bound_later(self) -> set[str]:
        """The names that only statements bind which have not run yet in the order of the source."""
        if self.source is None or self.horizon == _END:
            return set()
        return {name for name, indices in self._index().items() if indices[0] >= self.horizon}

    # Writing -----------------------------------------------------------------------------------------------------

    def assign(self, it: Interpreter, name: str, value: Any) -> None:
        """Bind a global from inside a function or from another module."""
        self.lookup(it, name)
        it.write(self.vars)
        if it.replay is not None:
            it.replay.global_written()
        self.vars[name] = value

    def forget(self, it: Interpreter, name: str) -> None:
        it.write(self.vars)
        if it.replay is not None:
            it.replay.global_written()
        self.vars.pop(name, None)
