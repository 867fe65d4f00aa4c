"""All entries of all frameworks, found by qualified name."""

from __future__ import annotations

from collections.abc import Iterable

from paramlint.schema.framework import Framework
from paramlint.schema.members import Members
from paramlint.schema.module_names import ModuleNames
from paramlint.schema.tables import Entry, Table

_MOST_NAMES = 20_000


class Registry:
    """Finds the entry behind a qualified name; a family of entries is imported when the first of its names is asked for."""

    def __init__(self, frameworks: Iterable[Framework]) -> None:
        self.frameworks = tuple(frameworks)
        self._by_root = {root: framework for framework in self.frameworks for root in framework.roots}
        self._deep = tuple(root for root in self._by_root if "." in root)  # packages inside another's, such as einops.layers.torch
        self._tables: dict[str, Table] = {}
        self._members: dict[str, Members] = {}
        self._module_names: dict[str, ModuleNames] = {}
        self._canonical: dict[str, str] = {}
        self._known: dict[str, Framework | None] = {}  # by name, of the names that have been asked for

    def framework_of(self, qualified: str) -> Framework | None:
        try:
            return self._known[qualified]
        except KeyError:
            found = self._framework_of(qualified)
            if len(self._known) < _MOST_NAMES:
                self._known[qualified] = found
            return found

    def _framework_of(self, qualified: str) -> Framework | None:
        found = self._by_root.get(qualified.partition(".")[0])
        if found is None or not self._deep:
            return found
        deep = next((root for root in self._deep if qualified.startswith(root) and qualified[len(root):len(root) + 1] in ("", ".")), None)
        return self._by_root[deep] if deep is not None else found

    def canonical(self, qualified: str) -> str:
        """The documented name behind an alias: ``tf.keras.layers.Dense`` is ``keras.layers.Dense``."""
        cached = self._canonical.get(qualified)
        if cached is None:
            cached = self._canonical[qualified] = self._resolve(qualified)
        return cached

    def _resolve(self, qualified: str) -> str:
        framework = self.framework_of(qualified)
        if framework is None:
            return qualified
        for _ in range(8):
            prefix = max((p for p in framework.aliases if qualified == p or qualified.startswith(p + ".")), key=len, default=None)
            if prefix is None:
                break
            qualified = framework.aliases[prefix] + qualified[len(prefix):]
        return qualified

    def find(self, qualified: str) -> Entry | None:
        framework = self.framework_of(qualified)
        if framework is None:
            return None
        table = self.table(framework)
        return table.find(qualified) or table.find(self.canonical(qualified))

    def table(self, framework: Framework) -> Table:
        found = self._tables.get(framework.name)
        if found is None:
            found = self._tables[framework.name] = Table(framework)
        return found

    def module_has(self, module: str, name: str) -> bool | None:
        """Whether a framework's module has a name; None where that is not recorded."""
        framework = self.framework_of(module)
        if framework is None:
            return None
        found = self._module_names.get(framework.name)
        if found is None:
            found = self._module_names[framework.name] = ModuleNames(framework)
        has = found.has(module, name)
        return None if has is False and _has_been(framework, f"{module}.{name}") else has

    def optional(self, package: str) -> bool:
        """Whether a top-level package gives the names of a framework that is there without it, too."""
        framework = self.framework_of(package)
        return framework is not None and package in framework.optional_roots

    def outdated(self, module: str, name: str) -> bool:
        """Whether a framework's module has certainly not, or no longer, a name."""
        framework = self.framework_of(module)
        if framework is None or self.module_has(module, name) is True:
            return False
        return self._module_names[framework.name].has(module, name) is False

    def members(self, framework: Framework) -> Members:
        """Which attributes the framework's classes have."""
        found = self._members.get(framework.name)
        if found is None:
            found = self._members[framework.name] = Members(framework)
        return found

    def entries(self, framework: Framework) -> dict[str, Entry]:
        """Every entry of a framework, by each of its names."""
        return self.table(framework).entries()


def _has_been(framework: Framework, path: str) -> bool:
    """Whether a name that is not recorded stands for one of today's all the same: earlier releases had it."""
    return any(alias == path or alias.startswith(f"{path}.") for alias in framework.aliases)
