"""``__dict__`` of modules of libraries, and of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import comparison
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import known
from paramlint.interpreter.values import ABSENT, ClassValue, Foreign, FunctionValue, Native

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


# What a function has besides its ``__dict__``.
_OF_FUNCTIONS = frozenset({"__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "__defaults__", "__kwdefaults__", "__code__"})


class FunctionNames(Foreign):
    """``__dict__`` of a function: its attributes, without those that are kept elsewhere."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionValue) -> None:
        self.function = function

    def type_name(self) -> str:
        return "dict"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["dict"]

    def shown(self, it: Interpreter) -> Any:
        return it.made({name: value for name, value in self.function.attrs.items() if name not in _OF_FUNCTIONS})

    def item(self, it: Interpreter, index: Any) -> Any:
        return it.item(self.shown(it), index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        known(it, index)
        if index in _OF_FUNCTIONS:
            it.limit(f"`{index}` in the names of a function")
        it.set(self.function, index, value)

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return comparison.compare(it, op, self.shown(it), other.shown(it) if isinstance(other, FunctionNames) else other)

    def iterate(self, it: Interpreter) -> Any:
        return it.iterate(self.shown(it))

    def length(self, it: Interpreter) -> Any:
        return len(self.shown(it))

    def truth(self, it: Interpreter) -> Any:
        return bool(self.shown(it))

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "update":
            return Native(name, lambda it, args, kwargs: self._update(it, *args, **kwargs))
        if name in ("pop", "__delitem__"):
            return Native(name, lambda it, args, kwargs: self._pop(it, *args))
        if name in ("get", "keys", "values", "items", "copy", "__contains__", "__repr__"):
            return it.get(self.shown(it), name)
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of the names of a function") if hasattr(dict, name) else NotImplemented

    def _update(self, it: Interpreter, other: Any = (), **more: Any) -> None:
        for key, value in {**it.call(it.classes["dict"], [other]), **more}.items():
            self.set_item(it, key, value)

    def _pop(self, it: Interpreter, index: Any, default: Any = ABSENT) -> Any:
        found = it.call(it.get(self.shown(it), "pop"), [index] if default is ABSENT else [index, default])
        if index in self.function.attrs and index not in _OF_FUNCTIONS:
            it.write(self.function.attrs)
            del self.function.attrs[index]
        return found
