"""Objects whose effects have no consequence: loggers, locks, streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.spoken import silent
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Silent(Foreign):
    """An object whose methods do nothing and give None, except those that would tell something."""

    __slots__ = ("attrs", "name")

    def __init__(self, name: str, /, **attrs: Any) -> None:
        self.name = name
        self.attrs = attrs

    def type_name(self) -> str:
        return self.name

    def get(self, it: Interpreter, name: str) -> Any:
        if name in self.attrs:
            return self.attrs[name]
        if name == "__enter__":
            return Native(name, lambda it, args, kwargs: self)
        if name == "__exit__" or not name.startswith("_"):
            return silent(name)
        return NotImplemented

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        self.attrs[name] = value

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return None

    def iterate(self, it: Interpreter) -> Any:
        return it.outside(f"the contents of a {self.name}")


def maker(name: str, **attrs: Any) -> Native:
    """A function that makes such an object."""
    return Native(name, lambda it, args, kwargs: Silent(name, **attrs))


def silent_class(it: Interpreter, name: str, module: str) -> ClassValue:
    """A class that analysed code may derive from; what its methods do has no consequence."""

    def method(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if args[1].startswith("_"):
            return it.throw("AttributeError", f"'{name}' object has no attribute '{args[1]}'")
        return silent(args[1])

    own = {"__init__": Native("__init__", lambda it, args, kwargs: None, binds=True), "__getattr__": Native("__getattr__", method, binds=True)}
    return ClassValue(name, (it.classes["object"],), own, module=module)
