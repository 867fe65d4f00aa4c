"""``sys.path``: the folders that scripts add are looked into for what they import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.imported import imported
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.turns import Phase
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue


class SearchPath(Foreign):
    """``sys.path``: what is added counts; where its other folders are, and what is taken away, is not known."""

    __slots__ = ("added", "first")

    def __init__(self) -> None:
        self.added: list[tuple[str, tuple[str, ...]]] = []  # folders, and what was looked into before
        self.first: list[str] = []  # those at the front, the last one first

    def type_name(self) -> str:
        return "list"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["list"]

    def add(self, it: Interpreter, folder: Any, *, first: bool = False) -> None:
        if isinstance(folder, str):
            it.outlives()
            self.added.append((folder, it.loader.roots))
            it.modules.look_in(folder, first=first)

    def add_all(self, it: Interpreter, folders: Any, *, first: bool = False) -> SearchPath:
        items = list(folders) if isinstance(folders, list | tuple) else []
        for folder in reversed(items) if first else items:
            self.add(it, folder, first=first)
        self.first += reversed(items) if first else ()
        return self

    def _insert(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.add(it, args[1], first=args[0] in (0, 1) if isinstance(args[0], int) else False)
        if args[0] == 0:
            self.first.append(args[1])

    def _remove(self, it: Interpreter, folder: Any) -> None:
        """Take out what was added last; what else is taken out is not followed."""
        if self.added and self.added[-1][0] == folder:
            it.outlives()
            it.loader.roots = self.added.pop()[1]
            if self.first and self.first[-1] == folder:
                self.first.pop()

    def _pop(self, it: Interpreter, index: Any = -1) -> Any:
        found = self.item(it, index)
        self._remove(it, found)
        return found

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "append":
            return Native(name, lambda it, args, kwargs: self.add(it, args[0]))
        if name == "insert":
            return Native(name, self._insert)
        if name == "extend":
            return Native(name, lambda it, args, kwargs: self.add_all(it, args[0]) and None)
        if name == "__contains__":
            return Native(name, lambda it, args, kwargs: self._has(it, args[0]))
        if name == "remove":
            return Native(name, lambda it, args, kwargs: self._remove(it, args[0]))
        if name == "pop":
            return Native(name, lambda it, args, kwargs: self._pop(it, *args))
        return Native(name, lambda it, args, kwargs: self._unknown(it))

    def _has(self, it: Interpreter, folder: Any) -> Any:
        return folder if isinstance(folder, Unknown) else any(added == folder for added, _ in self.added)

    def _unknown(self, it: Interpreter) -> Unknown:
        return it.unknown(Why.EFFECT, "the folders that modules are looked up in")

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return self.add_all(it, other, first=reflected) if op == "+" else NotImplemented

    def in_place(self, it: Interpreter, op: str, other: Any) -> Any:
        return self.add_all(it, other) if op == "+" else NotImplemented

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        if isinstance(index, slice):
            self.add_all(it, value, first=True)

    def item(self, it: Interpreter, index: Any) -> Any:
        """The first folder is that of the script, which is beside the modules that it imports; where the others are, is not known."""
        if index == 0 and self.first:
            return self.first[-1]
        source = it.frame.module.source if it.frame is not None else None
        if index == 0 and source is not None and os.path.dirname(source.path) == it.loader.roots[0]:
            return it.loader.roots[0]
        return self._unknown(it)

    def iterate(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def length(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return self._unknown(it)


def edit_elsewhere(it: Interpreter, name: str) -> bool:
    """Look for a module elsewhere that is not found; whether there is another place.

    Modules that the importing one imports before may change ``sys.path``; and the importing file may itself be a script, or in a folder that
    scripts add: files beside it count where nothing else has that name.
    """
    module = it.frame.module if it.frame is not None else None
    if module is None or module.source is None:
        return False
    found = _run_helpers(it, module)
    if not found or it.modules.load(name) is None:
        return it.loader.look_beside(name, module.source.path) or found
    return True


def _run_helpers(it: Interpreter, module: ModuleValue) -> bool:
    assert module.source is not None
    found = False
    for statement in module.source.statements:
        if statement.kind == "import" and statement.index < module.turns.next:
            for name in imported(it, module, statement.index):
                helper = it.modules.load(name)
                if helper is not None and helper.turns.phase is Phase.NEW and it.loader.may_define(name, "sys.path"):
                    _run_whole(it, helper)
                    found = True
    return found


def _run_whole(it: Interpreter, helper: ModuleValue) -> None:
    try:
        helper.turns.start(it)
    except Raised:
        return


def is_changed(package: ModuleValue) -> bool:
    """Whether a package has said that its modules are elsewhere, too."""
    return package.own_path is not None and package.vars.get("__path__") != package.own_path
