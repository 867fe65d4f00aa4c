"""Registries that decorators fill: ``@register`` puts a function or class into a dict of its module.

Definitions run when their names are needed, so an entry may be missing only because nothing has asked for the function yet. A container that
a decorator has written to is remembered; when a look-up in it finds nothing, the definitions that bear such a decorator run first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.signals import Raised
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue

_DECORATOR = re.compile(r"^@\s*(?:[\w.]*\.)?(\w+)", re.MULTILINE)


class Registries:
    """The containers that decorators write to, and the decorators' names."""

    def __init__(self) -> None:
        self.containers: dict[int, Any] = {}
        self.names: set[str] = set()
        self.written: list[Any] | None = None  # what is written while decorators run
        self.filled: dict[str, set[str]] = {}  # by module: the decorators whose definitions have all run
        self._at = (0, 0)  # decorators and modules at the last fill, after which nothing is left to run

    def begin(self) -> list[Any] | None:
        outer, self.written = self.written, []
        return outer

    def end(self, outer: list[Any] | None, decorators: tuple[ir.Expr, ...]) -> None:
        """Note what decorators have written to since ``begin``."""
        found = [container for container in self.written or () if isinstance(container, dict | set | list)]
        self.written = outer
        if found:
            self.containers.update((id(container), container) for container in found)
            self.names.update(name for name in map(_name, decorators) if name)

    def fill(self, it: Interpreter, container: Any) -> bool:
        """Run the definitions that may yet write to a container; whether there were any."""
        if self.written is not None or not (self.containers.get(id(container)) is container or self._is_global(it, container)):
            return False
        if self._at == (len(self.names), len(it.modules.loaded)):
            return False
        self._at = (len(self.names), len(it.modules.loaded))
        ran = [self._fill_from(it, module) for module in list(it.modules.loaded.values()) if module is not None]
        return any(ran)

    def _fill_from(self, it: Interpreter, module: ModuleValue) -> bool:
        """Run the definitions of one module that bear a decorator which writes to a registry."""
        filled = self.filled.setdefault(module.name, set())
        wanted = self.names - filled
        filled |= wanted
        ran = False
        for statement in module.source.statements if wanted and module.source is not None else ():
            if statement.kind not in ("def", "class") or statement.index in module.done:
                continue
            if wanted.isdisjoint(_DECORATOR.findall(getattr(statement, "text", ""))):
                continue
            ran = True
            try:
                module.run(it, statement.index)
            except Raised:
                continue  # it fails when it is imported; others do not depend on it
        return ran

    def _is_global(self, it: Interpreter, container: Any) -> bool:
        """Whether a container is a global of the running function's module, whose own functions may be the decorators that fill it."""
        module = it.frame.module if it.frame is not None else None
        if module is None or module.source is None or not any(value is container for value in module.vars.values()):
            return False
        self.containers[id(container)] = container
        self.names.update(name for statement in module.source.statements if statement.kind == "def" for name in statement.binds)
        return True


def _name(decorator: ir.Expr) -> str | None:
    """The last part of a decorator's name."""
    node = decorator.func if isinstance(decorator, ir.Call) else decorator
    return node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else None
