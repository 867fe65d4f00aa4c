"""Texts that only a reader sees: what is written is of no consequence, what the methods do that give the texts is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason
from paramlint.interpreter import texts
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.values import FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_METHODS = ("__str__", "__repr__", "__format__")
_DEPTH = 3
_MANY = 200


def _tells(method: Any) -> bool:
    """Whether it is a method of the analysed code, or one of a library's class, which may call such."""
    return method.__class__ is FunctionValue or (method.__class__ is Native and method.binds)


def speaks(value: Any, depth: int = 0) -> bool:
    """Whether a method of the analysed code gives the text of a value, or of what is in it."""
    kind = value.__class__
    if kind is Instance:
        return any(_tells(value.cls.find(name)) for name in _METHODS)
    if (kind is list or kind is tuple or kind is dict or kind is set) and depth < _DEPTH and len(value) <= _MANY:
        return any(speaks(item, depth + 1) for item in (*value, *value.values()) if item.__class__ is not str) if kind is dict else \
            any(speaks(item, depth + 1) for item in value if item.__class__ is not str)
    return False


def perhaps(it: Interpreter, values: Iterable[Any], reason: Reason) -> None:
    """The texts of some values may be made: ``str`` of each, ``repr``, or none."""
    found = [value for value in values if speaks(value)]
    if found:
        it.fork([lambda: [texts.text(it, value) for value in found], lambda: [texts.representation(it, value) for value in found],
                 lambda: None], reason)


def silent(name: str, result: Any = None) -> Native:
    """A function that may write what it is given, where nobody looks."""
    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if args or kwargs:
            perhaps(it, (*args, *kwargs.values()), it.unknown_reason(f"whether `{name}` makes the text of what it is given"))
        return result

    return Native(name, call)


def print_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """``print``: each text is made in turn, and given to ``file`` where that is an object of the analysed code."""
    file = kwargs.get("file")
    file = it.get(LibraryModule("sys"), "stdout") if file is None else file
    write = it.get(file, "write") if isinstance(file, Instance) else None
    sep, end = kwargs.get("sep"), kwargs.get("end")
    for position, value in enumerate(args):
        if write is not None and position:
            it.call(write, [" " if sep is None else sep])
        text = texts.text(it, value) if write is not None or speaks(value) else None
        if write is not None:
            it.call(write, [text])
    if write is not None:
        it.call(write, ["\n" if end is None else end])
        if kwargs.get("flush"):
            it.call(it.get(file, "flush"))
