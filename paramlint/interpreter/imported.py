"""The modules that Python imports together with those that have been read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.turns import Phase
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.interpreter.protocols import Statement

MOST = 800  # modules that are read for what they do when they are imported
_MOST_BETWEEN = 400  # modules through which a package imports what has been executed
_BY_NAME = frozenset({"import_module", "__import__", "walk_packages", "iter_modules", "exec"})


class Imports:
    """Follows import statements from the modules that have been read, each module once."""

    def __init__(self) -> None:
        self.followed: dict[str, ModuleValue] = {}
        self.hidden = ""  # a module that imports others by names that it works out, or where the search ended
        # By module: what its own import statements import, and where that may be a name of a module instead, of which.
        self._imported_by: dict[str, list[tuple[str, str]]] = {}
        self._bound_by: dict[str, frozenset[str]] = {}  # by module: the names that it binds to something else than modules of its own

    def packages(self, it: Interpreter) -> set[str]:
        """The top-level packages of what has been read, and of what that imports."""
        found: set[str] = set()
        for module in list(it.modules.loaded.values()):
            if module is not None:
                found.add(module.name.partition(".")[0])
                if "." not in module.name and module.source is not None and not module.source.is_package:
                    found.update(name for name in self._names(it, module) if "." not in name)
        return found

    def come_with(self, it: Interpreter, name: str) -> bool:
        """Whether Python, before it executes the module ``name``, has imported all that has been executed so far: its packages import that."""
        loaded = it.modules.loaded
        executed = {dotted for dotted, module in loaded.items() if module is not None and module.turns.phase is not Phase.NEW} - {name}
        near, far = deque(list(_with_packages(name))[:-1]), deque[str]()  # modules that have been read, and others
        seen = {name}
        while executed and (near or far) and len(seen) < _MOST_BETWEEN:
            dotted = (near or far).popleft()
            if dotted not in seen and not it.modules.covered(dotted):
                seen.add(dotted)
                executed.discard(dotted)
                for found in self._surely(it, dotted):
                    (near if found in loaded else far).append(found)
        return not executed

    def _surely(self, it: Interpreter, dotted: str) -> Iterator[str]:
        """What the import statements of a module import, packages first, unless its code ends before.

        Of names that may be modules or not, only modules that have been read.
        """
        known = self._imported_by.get(dotted)
        if known is None:
            known = self._imported_by[dotted] = []
            module = it.modules.load(dotted)
            for node in _import_statements(module):
                names = wanted(it, module, node)  # type: ignore[arg-type]
                sure = 1 if isinstance(node, ir.ImportFrom) else len(names)
                known += [(part, "") for name in names[:sure] for part in _with_packages(name)] + [(name, names[0]) for name in names[sure:]]
        for found, owner in known:
            if not owner or (found in it.modules.loaded and found.rpartition(".")[2] not in self._own(it, owner)):
                yield found

    def _own(self, it: Interpreter, dotted: str) -> frozenset[str]:
        """The names that a module binds to something else than modules of its own."""
        known = self._bound_by.get(dotted)
        if known is None:
            module = it.modules.load(dotted)
            nodes = [node for node in _import_statements(module) if isinstance(node, ir.ImportFrom)]
            modules = {alias or name for node in nodes if wanted(it, module, node)[0] == dotted for name, alias in node.names}  # type: ignore[arg-type]
            statements = module.turns.statements if module is not None else ()
            own = {name for statement in statements for name in statement.binds if statement.kind != "import" or name not in modules}
            known = self._bound_by[dotted] = frozenset(own)
        return known

    def of(self, it: Interpreter) -> Iterator[ModuleValue]:
        """The modules that have been read and all that they import, as they are found."""
        yield from list(self.followed.values())
        pending = [module for module in it.modules.loaded.values() if module is not None and module.turns.phase is not Phase.NEW]
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
                        yield from _with_packages(dotted)


def _with_packages(dotted: str) -> Iterator[str]:
    """The packages that a module is in, and the module."""
    parts = dotted.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _import_statements(module: ModuleValue | None) -> Iterator[ir.Import | ir.ImportFrom]:
    """The import statements of a module that are executed whatever happens: those at its top, and those that a ``try`` there begins with."""
    for statement in module.turns.statements if module is not None else ():
        if statement.kind == "import" or (statement.kind == "other" and statement.text.startswith("try") and "import " in statement.text):
            for node in module.lowered(statement):  # type: ignore[union-attr]
                first = node.body[0] if isinstance(node, ir.Try) else node
                if isinstance(first, ir.Import | ir.ImportFrom):
                    yield first


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
