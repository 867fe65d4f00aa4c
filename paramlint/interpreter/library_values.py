"""Values that stand for what is known by name only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.values import Foreign, FunctionValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class CodeValue(Foreign):
    """``function.__code__``: what ``types.FunctionType`` makes another function of."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionValue) -> None:
        self.function = function

    def type_name(self) -> str:
        return "code"

    def get(self, it: Interpreter, name: str) -> Any:
        code = self.function.code
        positional = tuple(p.name for p in (*code.positional_only, *code.parameters))
        keywords = tuple(p.name for p in code.keyword_only)
        known = {"co_name": code.name, "co_argcount": len(positional), "co_varnames": positional + keywords,
                 "co_kwonlyargcount": len(keywords), "co_posonlyargcount": len(code.positional_only)}
        return known.get(name, NotImplemented)


class LibraryModule(Foreign):
    """A module of a library that is known by name only; attributes are looked up when they are needed.

    One that is not ``certain`` is a name that nothing is known of: it may as well be a class or a function.
    """

    __slots__ = ("certain", "name")

    def __init__(self, name: str, *, certain: bool = True) -> None:
        self.name = name
        self.certain = certain

    def __repr__(self) -> str:
        return f"<library {self.name}>"

    def type_name(self) -> str:
        return "module"

    def get(self, it: Interpreter, name: str) -> Any:
        if name.startswith("__"):
            return self.name if name == "__name__" else NotImplemented
        return it.library_attribute(self.name, name)

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        it.write(it.modules.members)
        it.modules.members[f"{self.name}.{name}"] = value

    def is_callable(self, it: Interpreter) -> Any:
        return False if self.certain else it.unknown(Why.UNSUPPORTED, f"whether `{self.name}` can be called")

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        unknown = it.unknown(Why.UNSUPPORTED, f"`{self.name}` is not modelled")
        for value in (*args, *kwargs.values()):
            it.escaped(value, unknown.reason)
        from paramlint.interpreter import handed

        handed.over(it, unknown.reason, (*args, *kwargs.values()))
        return unknown
