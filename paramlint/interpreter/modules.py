"""The import machinery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, LeavesAlone, Reason, Unknown, Why
from paramlint.interpreter import library_members, library_names, relative_imports, search_path
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.protocols import ModuleSource
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.star_imports import StarImports
from paramlint.interpreter.turns import Pending, Phase
from paramlint.interpreter.values import ABSENT, ClassValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Bytes of modules that are executed as soon as they are imported. What a large library imports waits until one of its names is read;
# what such a module would have put into others meanwhile, registries find (``registries.py``).
ROOM = 64_000
_STEPS = 300_000  # that the top level of a module and of what it imports may take


class Modules:
    """Finds modules by name: the analysed code's own, the library's, the standard library's."""

    def __init__(self, it: Interpreter) -> None:
        self.it = it
        self.loaded: dict[str, ModuleValue | None] = {}
        self.stars = StarImports(it)
        self.members: dict[str, Any] = {}
        self.assigned: dict[str, Any] = {}  # the names of libraries to which code has assigned
        self.running = 0  # top-level statements that are running now
        self.entering = 0  # those of them that may be putting something into a registry
        self.room = ROOM
        self.needed: set[str] = set()  # packages of libraries that code imports which is not prepared for their absence
        self.attached: set[str] = set()  # modules that have been imported, and executed or left for later
        self.faithful = True  # whether all that has been imported has been executed in its turn
        self.unnamed: Reason | None = None  # why a module has been imported whose name is not known
        self.standard: dict[str, dict[str, Any]] = {}  # the names of the standard library's modules that were needed
        self.replaced: dict[str, Any] = {}  # what code has put into ``sys.modules``
        self.memory = 0  # bytes of what their top levels have made, which stays
        self._apart = self._late = 0
        self._covered: dict[str, bool] = {}

    def start(self) -> None:
        """An evaluation begins."""
        self.running = self.entering = self._apart = self._late = 0
        self.room = ROOM

    @contextmanager
    def apart(self) -> Iterator[bool]:
        """Run a module's top level beside what asks for it: in a budget of its own, and as part of no loop or branch. Whether none is run so."""
        it = self.it
        kept = it.loop_reason, it.dropped, it.watch, it.steps
        it.loop_reason = it.dropped = it.watch = None
        outermost = not self._apart
        if outermost:
            it.steps = max(0, it.limits.steps - _STEPS) if not it.exhausted else it.limits.steps
        began = it.steps
        self._apart += 1
        try:
            yield outermost
        finally:
            self._apart -= 1
            steps = it.steps
            if outermost:
                it.account.spent += steps - began
            it.loop_reason, it.dropped, it.watch, it.steps = kept
            if self._apart:
                it.steps = steps

    @contextmanager
    def at_top(self) -> Iterator[None]:
        """Run what a module's top level does: on no branch of what asks for it, and what it makes is there for all that follows."""
        it = self.it
        watch, it.watch = it.watch, None
        before, outermost = it.memory, not self.running
        forks = it.state.suspend()
        if it.replay is not None:
            it.replay.enter_module()
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            if outermost:
                self.memory += it.memory - before
            if it.replay is not None:
                it.replay.leave_module()
            it.state.resume(forks)
            it.watch = watch

    def reseeded(self) -> None:
        """Code that is not followed has run: it may have drawn random numbers."""
        if "randomness" in self.standard:
            from paramlint.interpreter.stdlib.randomness import reseed

            reseed(self.it)

    # Finding -----------------------------------------------------------------------------------------------------

    def load(self, name: str) -> ModuleValue | None:
        """The module of the analysed code with that name, or None."""
        if name not in self.loaded:
            source = self.it.loader.find(name)
            self.loaded[name] = ModuleValue(name, source, imported=True) if source is not None else None
        return self.loaded[name]

    def found(self, name: str) -> ModuleValue | None:
        """As ``load``, also where code of the importing module says that it is found."""
        module = self.load(name)
        if module is None and not self.covered(name) and search_path.edit_elsewhere(self.it, name):
            self.forget_missing()
            module = self.load(name)
        return module

    def look_in(self, folder: str, *, first: bool) -> None:
        """Look for modules in one more folder."""
        source = self.it.frame.module.source if self.it.frame is not None else None
        if source is not None and self.it.loader.look_in(folder, source.path, first=first):
            self.it.outlives()
            self.forget_missing()

    def forget_missing(self) -> None:
        """Modules that were not found may be found now."""
        for name in [name for name, module in self.loaded.items() if module is None]:
            del self.loaded[name]

    def renew(self, name: str) -> None:
        """Forget a module that has been imported; what has been imported from it stays what it is."""
        for module in [module for module in self.loaded.values() if module is not None]:
            for key, value in list(module.vars.items()):
                if isinstance(value, Pending) and value.module == name:
                    module.lookup(self.it, key)
        del self.loaded[name]

    def add(self, source: ModuleSource) -> ModuleValue:
        """A module whose source is at hand."""
        module = self.loaded.get(source.name)
        if module is None:
            module = self.loaded[source.name] = ModuleValue(source.name, source)
        return module

    def covered(self, name: str) -> bool:
        """Whether a name belongs to a library or to the standard library."""
        known = self._covered.get(name)
        if known is None:
            from paramlint.interpreter import stdlib

            known = self._covered[name] = self.it.library.covers(name) or stdlib.covers(name.partition(".")[0])
        return known

    def import_unnamed(self, reason: Reason) -> None:
        """A module is imported whose name is not known: it may register something, and change whatever it imports."""
        self.unnamed = self.unnamed or reason
        self.it.hedged(Escaped(reason.kind, f"a module is imported whose name is not known: {reason.message}", reason.site))

    def exists(self, name: str) -> bool:
        return self.covered(name) or self.it.loader.exists(name)

    def absolute(self, name: str, level: int, importer: ModuleValue) -> str:
        return relative_imports.absolute(self.it, name, level, importer)

    # Importing ---------------------------------------------------------------------------------------------------

    def bring(self, name: str) -> ModuleValue | None:
        """Execute a module that is imported, and before it the packages that it is in; one that there is no room for is left for later.

        The module, if it has been begun.
        """
        found: ModuleValue | None = None
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            found = self._begun(".".join(parts[:count]))
        return found

    def bring_packages(self, name: str) -> None:
        """Execute the packages that a module is in, which Python does before it; they may import the module themselves."""
        package = name.rpartition(".")[0]
        if package:
            try:
                self.bring(package)
            except Raised:  # the module says of itself what it needs
                self.faithful = False

    def _begun(self, name: str) -> ModuleValue | None:
        if self.it.library.covers(name):
            return None
        module = self.loaded.get(name)
        if module is not None and module.turns.phase is Phase.FAILED:
            del self.loaded[name]  # it is executed again
            module = None
        if module is None or module.turns.phase is Phase.NEW:
            size = self.it.loader.size(name)
            if size > self.room or (size and self._in_library()):
                self.faithful = False
                self._attach(name, Pending(name, None))
                return None
            self.room -= size
            module = self.found(name)
        if module is not None:
            module.turns.start(self.it)
            if module.turns.phase is Phase.DONE:
                self._attach(name, module)
        return module

    def _in_library(self) -> bool:
        """Whether a library's own source imports: what it needs is known, or looked up by name."""
        return self.it.frame is not None and self.it.library.covers(self.it.frame.module.name)

    def _attach(self, name: str, module: Any) -> None:
        """A module that has been imported becomes an attribute of its package, whatever had the name there."""
        if name in self.attached:
            return
        self.attached.add(name)
        if not self.running and not self._apart and not self._late:  # a function imports it
            self.it.outlives()
        package, _, own = name.rpartition(".")
        around = self.loaded.get(package) if package else None
        if around is not None and around.turns.phase is not Phase.NEW and (own in around.vars or own in around.turns.postponed):
            around.bind(self.it, own, module)

    def import_module(self, name: str) -> Any:
        """A module by its absolute name. A library comes before sources of the same name: what it knows is not evaluated."""
        if name in self.replaced:
            return self.replaced[name]
        if self.it.library.covers(name):
            return library_names.module(self.it, name)
        self.bring(name)
        if name in self.replaced:
            return self.replaced[name]
        module = self.found(name)
        if module is not None:
            return module
        return library_names.standard_module(self.it, name) if self.covered(name) else self.out_of_reach(name)

    def out_of_reach(self, name: str) -> Any:
        """A module that is not in reach: an error where the code is prepared for it, else an Unknown that names it."""
        package = self.loaded.get(name.rpartition(".")[0])
        in_module = package is not None and package.source is not None and package.own_path is None
        if (self.it.import_guards or in_module) and (package is None or not search_path.is_changed(package)):
            end = f"; '{package.name}' is not a package" if package is not None and package.own_path is None else ""
            raise self.it.error("ModuleNotFoundError", f"No module named '{name}'{end}")
        kind = LeavesAlone if self.it.library.leaves_alone(name) else Reason
        return Unknown(kind(Why.IMPORT, f"the module `{name}` is not in reach", self.it.site()))

    def resolved(self, pending: Pending) -> Any:
        """What a name stands for that has been imported."""
        self._late += 1
        try:
            return self._resolved(pending)
        finally:
            self._late -= 1

    def _resolved(self, pending: Pending) -> Any:
        if pending.name is None:
            return self.import_module(pending.module)
        found = self.loaded.get(pending.module) if pending.index is not None else None
        if found is not None and pending.index is not None:
            value = found.turns.value_of(self.it, pending.index, pending.name)
            if value is not ABSENT:
                return value
        return self.member(pending.module, pending.name)

    def member(self, module: str, name: str) -> Any:
        """What ``from module import name`` gives."""
        if self.it.library.covers(module):
            return library_names.imported(self.it, module, name)
        if module in self.replaced:
            return self.it.get(self.replaced[module], name)
        found = self.found(module)
        if found is not None:
            value = self._attribute(found, name)
            if value is not ABSENT:
                return value
            if module in self.replaced:
                return self.it.get(self.replaced[module], name)
            submodule = self.load(f"{module}.{name}")
            if submodule is not None:
                self.bring(submodule.name)
                return submodule
            if search_path.is_changed(found):
                return self.it.unknown(Why.IMPORT, f"`{module}` changes its `__path__`: the module `{module}.{name}` is not in reach")
            raise self.it.library_error("ImportError", f"cannot import name '{name}' from '{module}'")  # Python says the file, too
        if self.covered(module):
            return library_names.imported(self.it, module, name)
        return self.out_of_reach(module)

    def _attribute(self, module: ModuleValue, name: str) -> Any:
        """What a module has by a name. Of a package it is asked twice: whether there is such a name, and for it."""
        value = self.it.get_or(module, name, ABSENT)
        if value is not ABSENT and module.own_path is not None and "__getattr__" in module.vars:
            value = self.it.get_or(module, name, ABSENT)
        return value

    def submodules(self, package: ModuleValue) -> list[str]:
        """The names of the modules of a package that are attributes of it."""
        prefix = f"{package.name}."
        return sorted(name[len(prefix):] for name in self.attached if name.startswith(prefix) and "." not in name[len(prefix):])

    def submodule(self, package: ModuleValue, name: str) -> ModuleValue | None:
        """A module of a package that is an attribute of it, since something has imported it."""
        if package.source is not None and not package.source.is_package:
            return None
        dotted = f"{package.name}.{name}"
        return self.load(dotted) if dotted in self.attached or not self.faithful else None

    def define_classes(self) -> None:
        """Make every class whose statement waits."""
        for module in [module for module in self.loaded.values() if module is not None]:
            for index in sorted(module.turns.waiting):
                if module.turns.statements[index].kind == "class":
                    module.turns.demand(self.it, index)

    def derived(self, cls: ClassValue) -> None:
        """A class acts on what is derived from it: classes that wait may have to be made."""
        for module in list(self.loaded.values()):
            if module is not None and module.turns.waiting:
                module.turns.derived(self.it, cls)

    # Libraries ---------------------------------------------------------------------------------------------------

    def library_attribute(self, owner: str, name: str) -> Any:
        """An attribute of a library's module: its own value, a submodule, or Unknown with the name as the reason; ABSENT where it has none."""
        qualified = f"{owner}.{name}"
        found = self.members.get(qualified, ABSENT)
        if found is ABSENT:
            found = self.members[qualified] = library_members.find(self.it, qualified)
        return found
