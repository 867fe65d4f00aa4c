"""The modules that Python imports together with those that have been read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.interpreter.protocols import Statement

MOST = 800  # modules that are read for what they do when they are imported
_BY_NAME = frozenset({"import_module", "__import__", "walk_packages", "iter_modules", "exec"})


class Imports:
    """Follows import statements from the modules that have been read, each module once."""

    def __init__(self) -> None:
        self.followed: dict[str, ModuleValue] = {}
        self.hidden = ""  # a module that imports others by names that it works out, or where the search ended

    def packages(self, it: Interpreter) -> set[str]:
        """The top-level packages of what has been read, and of what that imports."""
        found: set[str] = set()
        for module in list(it.modules.loaded.values()):
            if module is not None:
                found.add(module.name.partition(".")[0])
                if "." not in module.name and module.source is not None and not module.source.is_package:
                    found.update(name for name in self._names(it, module) if "." not in name)
        return found

    def of(self, it: Interpreter) -> Iterator[ModuleValue]:
        """The modules that have been read and all that they import, as they are found."""
        yield from list(self.followed.values())
        pending = [module for module in it.modules.loaded.values() if module is not None]
        while pending:
            module = pending.pop()
            if module.name in self.followed:
                continue
            if len(self.followed) >= MOST:
                self.hidden = self.hidden or f"`{module.name}` and others beyond {MOST} modules import"
                return
            self.followed[module.name] = module
            yield module
            names = [name for name in dict.fromkeys(self._names(it, module)) if name not in self.followed]
            pending += [found for found in map(it.modules.load, reversed(names)) if found is not None]

    def _names(self, it: Interpreter, module: ModuleValue) -> Iterator[str]:
        """The dotted names of the modules that a module imports at top level, packages first; some are those of other members."""
        for statement in module.source.statements if module.source is not None else ():
            if statement.is_main_guard:
                continue
            if statement.kind == "other" and not _BY_NAME.isdisjoint(statement.mentions):
                self.hidden = self.hidden or f"`{module.name}` imports by name"
            for node in _imports(module, statement):
                for dotted in wanted(it, module, node):
                    if not it.modules.covered(dotted):
                        parts = dotted.split(".")
                        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def wanted(it: Interpreter, module: ModuleValue, node: ir.Import | ir.ImportFrom) -> list[str]:
    """The dotted names of the modules that a statement imports, or may import."""
    if isinstance(node, ir.Import):
        return [dotted for dotted, _ in node.names]
    base = it.modules.absolute(node.module, node.level, module)
    return [base, *(f"{base}.{name}" for name, _ in node.names if name != "*")]


def imported(it: Interpreter, module: ModuleValue, index: int) -> list[str]:
    """The modules that an import statement of a module imports, or may import."""
    assert module.source is not None
    nodes = [node for node in module.source.lower(index) if isinstance(node, ir.Import | ir.ImportFrom)]
    return [name for node in nodes for name in wanted(it, module, node)]


def _imports(module: ModuleValue, statement: Statement) -> Iterator[ir.Import | ir.ImportFrom]:
    """The import statements in a top-level statement, without those of functions and those that only type checkers see."""
    if statement.kind != "import" and (statement.kind != "other" or "import " not in statement.text or "TYPE_CHECKING" in statement.reads):
        return
    pending: list[Any] = list(reversed(module.lowered(statement)))
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Import | ir.ImportFrom):
            yield node
        elif isinstance(node, ir.If):
            pending += [inner for part in (node.orelse, *(body for _, body in reversed(node.branches))) for inner in reversed(part)]
        elif isinstance(node, ir.Try):
            parts = (node.final, node.orelse, *(handler.body for handler in node.handlers), node.body)
            pending += [inner for part in parts for inner in reversed(part)]
        elif isinstance(node, ir.With | ir.For | ir.While):
            pending += reversed(node.body)
