"""Values that stand for what is known by name only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.values import ABSENT, ClassValue, Foreign, FunctionValue

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
        if name not in known and name in _OF_CODE:
            return it.unknown(Why.UNSUPPORTED, f"`{name}` of a function's code")
        return known.get(name, NotImplemented)


# What else the code of a function has.
_OF_CODE = frozenset({"co_qualname", "co_filename", "co_firstlineno", "co_flags", "co_consts", "co_names", "co_nlocals", "co_cellvars", "co_freevars",
                      "co_code", "co_stacksize", "co_lnotab", "co_linetable", "co_exceptiontable", "co_lines", "co_positions", "replace"})


# Names with underscores that modules have, or may have.
_OF_MODULES = frozenset({"__version__", "__file__", "__path__", "__doc__", "__dict__", "__all__", "__spec__", "__package__", "__loader__"})


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

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["module"] if self.certain or it.library.has(self.name, "") is not None else None  # whose names are recorded

    def get(self, it: Interpreter, name: str) -> Any:
        if name.startswith("__") and name not in _OF_MODULES:
            if not self.certain and name != "__name__":  # it may be a class
                return it.unknown(Why.UNSUPPORTED, f"`{self.name}.{name}` is not modelled")
            if name != "__name__" and (it.library.has(self.name, name) is True or it.library.lookup(f"{self.name}.{name}") is not None):
                return it.library_attribute(self.name, name)
            return self.name if name == "__name__" else NotImplemented
        if name == "__dict__" and self.certain:
            from paramlint.interpreter.library_dicts import LibraryNames

            return LibraryNames(self)
        found = it.library_attribute(self.name, name)
        if found is ABSENT:
            return NotImplemented
        if it.dropped is not None:
            from paramlint.interpreter import library_names

            library_names.attribute(it, self.name, name, found)
        return found

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        it.modules.define_classes()  # those that wait have the bases that they were written with
        it.write(it.modules.members)
        it.modules.members[f"{self.name}.{name}"] = value
        it.write(it.modules.assigned)
        it.modules.assigned[f"{self.name}.{name}"] = True
        it.rebound(self, name, value)
        if self.name == "builtins":
            it.write(it.builtins)
            it.builtins[name] = value

    def item(self, it: Interpreter, index: Any) -> Any:
        return NotImplemented if self.certain else it.unknown(Why.UNSUPPORTED, f"`{self.name}[…]` is not modelled")

    def iterate(self, it: Interpreter) -> Any:
        return NotImplemented if self.certain else it.unknown(Why.UNSUPPORTED, f"what `{self.name}` holds")

    length = iterate

    def is_callable(self, it: Interpreter) -> Any:
        return False if self.certain else it.unknown(Why.UNSUPPORTED, f"whether `{self.name}` can be called")

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        it.library.require_arguments(it, self.name, args, kwargs)
        unknown = it.unknown(Why.UNSUPPORTED, f"`{self.name}` is not modelled")
        for value in (*args, *kwargs.values()):
            it.escaped(value, unknown.reason)
        from paramlint.interpreter import escape, library_names

        if args or kwargs:
            library_names.called(it, self.name, (*args, *kwargs.values()))
        escape.over(it, unknown.reason, (*args, *kwargs.values()))
        return it.result_of(unknown, (*args, *kwargs.values()))
