"""``from module import *``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.declared import declared_name
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.turns import Pending
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class StarImports:
    def __init__(self, it: Interpreter) -> None:
        self.it = it

    def bring(self, module: str, frame: Frame) -> None:
        """Bind what a module exports; what cannot be listed is looked up when a name is read."""
        importer = frame.module
        source = self.it.modules.bring(module)
        if source is None:
            importer.stars.append(self.it.modules.import_module(module))
            return
        names, hidden = self.names(source)
        if hidden is not None or source.stars:
            importer.stars.append(source)
            return
        for name in names:
            value = source.vars.get(name, ABSENT)
            if value is ABSENT and name in source.turns.postponed:
                value = Pending(module, name, source.turns.postponed[name])
            if value.__class__ is not Pending:
                value = source.attribute(self.it, name)
            if value is ABSENT:
                value = self.it.modules.bring(f"{module}.{name}") or ABSENT  # a module that the package names in its ``__all__``
            if value is ABSENT:
                raise self.it.error("AttributeError", f"module '{module}' has no attribute '{name}'")
            importer.bind(self.it, name, value)

    def names(self, star: Any) -> tuple[list[str], Reason | None]:
        """The names that ``import *`` brings, and why there may be others."""
        if not isinstance(star, ModuleValue):
            return [], star.reason if isinstance(star, Unknown) else self.it.unknown_reason("the names of a star import")
        exported = star.lookup(self.it, "__all__")
        if isinstance(exported, Unknown):
            return [], exported.reason
        names = star.names(self.it) if exported is ABSENT else exported
        if exported is ABSENT:
            return [name for name in names if not name.startswith("_")], self.it.state.open_reason(names)
        return list(self.it.elements(exported)), None

    def member(self, module: Any, name: str) -> Any:
        """A name out of a star import; ABSENT where the module does not export it."""
        if isinstance(module, ModuleValue):
            exported = module.lookup(self.it, "__all__")
            if isinstance(exported, list | tuple) and self.it.state.open_reason(exported) is None and name not in exported:
                return ABSENT
            if name.startswith("_") and exported is ABSENT:
                return ABSENT
            return module.lookup(self.it, name)
        if isinstance(module, LibraryModule):
            from paramlint.interpreter import stdlib

            if stdlib.covers(module.name.partition(".")[0]):
                return self.it.modules.library_attribute(module.name, name) if stdlib.exports(self.it, module.name, name) else ABSENT
            found = self.it.library.lookup(f"{module.name}.{name}")
            return ABSENT if found is None else found
        return ABSENT

    def unmodelled(self, modules: list[Any], name: str) -> Any:
        """A name that a library's module has, of which nothing else is known, and that nothing else binds."""
        it = self.it
        owner = next((module.name for module in reversed(modules) if isinstance(module, LibraryModule) and it.library.covers(module.name)
                      and it.library.has(module.name, name) is True), "") if name not in it.builtins else ""
        return it.modules.library_attribute(owner, name) if owner else ABSENT

    def binds(self, module: str, name: str) -> bool:
        """Whether a statement of a module says that it binds a name; only what has the name in its text is read for that."""
        if self.it.modules.covered(module) or not self.it.loader.may_define(module, name):
            return False
        found = self.it.modules.load(module)
        return found is not None and found.source is not None and any(name in statement.binds for statement in found.source.statements)

    def declared_member(self, module: str, name: str) -> Any:
        """A name out of a star import that is only declared; modules whose text does not have it are not read any further."""
        if not self.it.modules.covered(module) and not self.it.loader.may_define(module, name):
            return ABSENT
        source = self.it.modules.import_module(module)
        value = self.member(source, name)
        return declared_name(self.it, source, name) if value is ABSENT and isinstance(source, ModuleValue) and source.declared else value
