"""``__dict__`` of modules of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import known
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class LibraryNames(Foreign):
    """``__dict__`` of a module of a library."""

    __slots__ = ("module",)

    def __init__(self, module: LibraryModule) -> None:
        self.module = module

    def type_name(self) -> str:
        return "dict"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["dict"]

    def item(self, it: Interpreter, index: Any) -> Any:
        known(it, index)
        found = self.module.get(it, index) if isinstance(index, str) else NotImplemented
        return it.throw("KeyError", index) if found is NotImplemented else found

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        known(it, index)
        self.module.set(it, index, value)

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "get":
            return Native(name, lambda it, args, kwargs: self._get(it, *args))
        if name == "__contains__":
            return Native(name, lambda it, args, kwargs: self.module.get(it, args[0]) is not NotImplemented)
        if name == "update":
            return Native(name, lambda it, args, kwargs: self._update(it, *args, **kwargs))
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of the names of `{self.module.name}`") if hasattr(dict, name) else NotImplemented

    def iterate(self, it: Interpreter) -> Any:
        return it.unknown(Why.UNSUPPORTED, f"the names of `{self.module.name}`")

    length = iterate

    def _get(self, it: Interpreter, index: Any, default: Any = None) -> Any:
        known(it, index)
        found = self.module.get(it, index)
        return default if found is NotImplemented else found

    def _update(self, it: Interpreter, other: Any = (), **more: Any) -> None:
        for key, value in {**it.call(it.classes["dict"], [other]), **more}.items():
            self.module.set(it, key, value)
