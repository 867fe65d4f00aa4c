"""The import machinery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import search_path
from paramlint.interpreter.declared import declared_name
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue, Pending
from paramlint.interpreter.protocols import ModuleSource
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Modules:
    """Finds modules by name: the analysed code's own, the library's, the standard library's."""

    def __init__(self, it: Interpreter) -> None:
        self.it = it
        self.loaded: dict[str, ModuleValue | None] = {}
        self.members: dict[str, Any] = {}
        self.path_edits: dict[str, tuple[int, ...]] = {}  # by module: its statements that change ``sys.path``
        self.running = 0  # top-level statements that are running now
        self.entering = 0  # those of them that may be putting something into a registry
        self.standard: dict[str, dict[str, Any]] = {}  # the names of the standard library's modules that were needed

    def load(self, name: str) -> ModuleValue | None:
        """The module of the analysed code with that name, or None."""
        if name not in self.loaded:
            source = self.it.loader.find(name)
            self.loaded[name] = ModuleValue(name, source) if source is not None else None
        return self.loaded[name]

    def found(self, name: str) -> ModuleValue | None:
        """As ``load``, after what the importing module says of ``sys.path``."""
        search_path.edit(self.it)
        module = self.load(name)
        if module is None and not self.covered(name) and search_path.edit_elsewhere(self.it, name):
            self.forget_missing()
            module = self.load(name)
        return module

    def look_in(self, folder: str, *, first: bool) -> None:
        """Look for modules in one more folder."""
        source = self.it.frame.module.source if self.it.frame is not None else None
        if source is not None and self.it.loader.look_in(folder, source.path, first=first):
            self.forget_missing()

    def forget_missing(self) -> None:
        """Modules that were not found may be found now."""
        for name in [name for name, module in self.loaded.items() if module is None]:
            del self.loaded[name]

    def add(self, source: ModuleSource) -> ModuleValue:
        """A module whose source is at hand."""
        module = self.loaded.get(source.name)
        if module is None:
            module = self.loaded[source.name] = ModuleValue(source.name, source)
        return module

    def covered(self, name: str) -> bool:
        """Whether a name belongs to a library or to the standard library."""
        from paramlint.interpreter import stdlib

        root = name.partition(".")[0]
        return self.it.library.covers(name) or stdlib.covers(root)

    def exists(self, name: str) -> bool:
        return self.covered(name) or self.it.loader.exists(name)

    def absolute(self, name: str, level: int, importer: ModuleValue) -> str:
        """The absolute name of a relative import."""
        if level == 0:
            return name
        parts = importer.package.split(".") if importer.package else []
        if level > 1:
            parts = parts[:len(parts) - (level - 1)]
        return ".".join([*parts, name] if name else parts)

    def import_module(self, name: str) -> Any:
        """A module by its absolute name. A library comes before sources of the same name: what it knows is not evaluated."""
        if self.it.library.covers(name):
            return LibraryModule(name)
        module = self.found(name)
        if module is not None:
            return module
        return LibraryModule(name) if self.covered(name) else self.out_of_reach(name)

    def out_of_reach(self, name: str) -> Any:
        """A module that is not in reach: an error where the code is prepared for it, else an Unknown that names it."""
        if self.it.import_guards:
            raise self.it.error("ModuleNotFoundError", f"No module named '{name}'")
        return self.it.unknown(Why.IMPORT, f"the module `{name}` is not in reach")

    def import_from(self, module: str, name: str, frame: Frame) -> Any:
        """What ``from module import name`` binds; at module level it is looked up when the name is first read."""
        if frame.kind == "module" and not self.it.import_guards and self.found(module) is not None:
            return Pending(module, name)
        return self.member(module, name)

    def member(self, module: str, name: str) -> Any:
        """What ``from module import name`` gives."""
        if self.it.library.covers(module):
            return self.library_attribute(module, name)
        found = self.found(module)
        if found is not None:
            value = found.attribute(self.it, name)
            if value is not ABSENT:
                return value
            submodule = self.load(f"{module}.{name}")
            if submodule is not None:
                return submodule
            raise self.it.error("ImportError", f"cannot import name '{name}' from '{module}'")
        if self.covered(module):
            return self.library_attribute(module, name)
        return self.out_of_reach(module)

    def import_star(self, module: str, frame: Frame) -> None:
        source = self.import_module(module)
        stars = frame.module.vars.setdefault("<stars>", [])
        stars.append(source)

    def star_member(self, module: Any, name: str) -> Any:
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
                return self.library_attribute(module.name, name) if stdlib.exports(self.it, module.name, name) else ABSENT
            found = self.it.library.lookup(f"{module.name}.{name}")
            return ABSENT if found is None else found
        return ABSENT

    def declared_member(self, module: str, name: str) -> Any:
        """A name out of a star import that is only declared; modules whose text does not have it are not read any further."""
        if not self.covered(module) and not self.it.loader.may_define(module, name):
            return ABSENT
        source = self.import_module(module)
        value = self.star_member(source, name)
        return declared_name(self.it, source, name) if value is ABSENT and isinstance(source, ModuleValue) and source.declared else value

    def library_attribute(self, owner: str, name: str) -> Any:
        """An attribute of a library's module: its own value, a submodule, or Unknown with the name as the reason."""
        qualified = f"{owner}.{name}"
        found = self.members.get(qualified, ABSENT)
        if found is ABSENT:
            found = self.members[qualified] = self._find_member(qualified)
        return found

    def _library_first(self, found: Any) -> Any:
        """A module of a library whose source is in reach: what the library knows of it comes before the source."""
        return LibraryModule(found.name) if isinstance(found, ModuleValue) and self.it.library.covers(found.name) else found

    def _find_member(self, qualified: str) -> Any:
        from paramlint.interpreter import stdlib

        found = self.it.library.lookup(qualified)
        if found is not None:
            return found
        owner, _, name = qualified.rpartition(".")
        source = self.load(owner)
        if source is not None:
            found = source.attribute(self.it, name)
            if found is not ABSENT:
                return self._library_first(found)
        submodule = self.load(qualified)
        if submodule is not None:
            return self._library_first(submodule)
        if stdlib.covers(qualified.partition(".")[0]):
            found = stdlib.lookup(self.it, qualified)
            if found is not ABSENT:
                return found
        if self.it.library.covers(qualified):
            return LibraryModule(qualified, certain=self.it.library.holds(qualified))
        return self.it.unknown(Why.UNSUPPORTED, f"`{qualified}` is not modelled")
