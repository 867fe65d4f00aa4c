"""What code that initialises fills, and what it has asked before: read from the code, held against the objects that it may meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.interpreter.nodes import bound_in
from paramlint.interpreter.values import ClassValue, FunctionValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Fill(NamedTuple):
    """A tensor that is filled: one that attributes lead to from the objects that are met, or what a parameter of the code stands for.

    ``classes`` are those of which the code makes sure that such an object is; None where it asks for none. ``given``: it makes sure that
    the tensor is there. ``least`` and ``most``: the ranks that are taken.
    """

    parameter: str = ""
    path: tuple[str, ...] = ()
    classes: frozenset[ClassValue] | None = None
    given: bool = False
    least: int = 0
    most: int = 99


class Filling(NamedTuple):
    """What a function takes that fills its argument ``tensor``: names of parameters, "=" behind those that may be left out."""

    signature: tuple[str, ...]
    words: Mapping[str, frozenset[str]]
    least: int
    most: int

    def bound(self, call: ir.Call) -> dict[str, ir.Expr] | None:
        """The arguments by name; None for a call that is refused, or that may be."""
        names = [name.rstrip("=") for name in self.signature]
        if any(isinstance(arg, ir.Starred) for arg in call.args) or any(key is None for key, _ in call.keywords) or len(call.args) > len(names):
            return None
        given = dict(zip(names, call.args, strict=False))
        named = {key: value for key, value in call.keywords if key is not None}
        required = {name for name in self.signature if not name.endswith("=")}
        if named.keys() & given.keys() or not named.keys() <= set(names) or not required <= given.keys() | named.keys():
            return None
        given |= named
        return given if all(_is_word(given[name], words) for name, words in self.words.items() if name in given) else None


def _is_word(node: ir.Expr, words: frozenset[str]) -> bool:
    return isinstance(node, ir.Constant) and isinstance(node.value, str) and node.value.lower() in words


class Guards:
    """What the code that is being read has made sure of, by the names of its objects."""

    def __init__(self, evaluate: Callable[[ir.Expr], Any]) -> None:
        self.evaluate = evaluate  # gives what a global name stands for
        self.classes: dict[str, frozenset[ClassValue]] = {}
        self.given: frozenset[tuple[str, ...]] = frozenset()  # an object, and the attributes that lead from it to what is not None

    @contextmanager
    def after(self, test: ir.Expr, body: Sequence[ir.Stmt]) -> Iterator[None]:
        """While the code under a condition is read."""
        before = self.classes, self.given
        rebound = bound_in(tuple(body))
        for part in test.values if isinstance(test, ir.Boolean) and test.op == "and" else (test,):
            self._note(part)
        self.classes = {name: classes for name, classes in self.classes.items() if name not in rebound}
        self.given = frozenset(path for path in self.given if path[0] not in rebound)
        try:
            yield
        finally:
            self.classes, self.given = before

    def _note(self, test: ir.Expr) -> None:
        if isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and len(test.args) == 2 and isinstance(test.args[0], ir.Name):
            classes = self._classes(test.args[1]) if test.func.id == "isinstance" else None
            if classes is not None:
                self.classes = {**self.classes, test.args[0].id: classes}
        elif isinstance(test, ir.Compare) and test.ops == ("is not",) and _is_none(test.right[0]):
            self.given |= {_path(test.left)} - {()}

    def _classes(self, node: ir.Expr) -> frozenset[ClassValue] | None:
        """The classes that an expression names; None for any other, and for those that decide themselves what is of them."""
        nodes = node.items if isinstance(node, ir.Display) and node.kind == "tuple" else (node,)
        found = [self.evaluate(item) for item in nodes]
        if not all(isinstance(cls, ClassValue) and not _decides(cls) for cls in found):
            return None
        return frozenset(found)

    def fill(self, node: ir.Expr, parameters: frozenset[str], least: int, most: int) -> Fill | None:
        """The tensor that an expression stands for; None where that is not read from it."""
        while (isinstance(node, ir.Attribute) and node.attr == "data") or _detaches(node):
            node = node.value if isinstance(node, ir.Attribute) else node.func.value  # type: ignore[attr-defined]
        if isinstance(node, ir.Name) and node.id in parameters:
            return Fill(parameter=node.id, least=least, most=most)
        name, *path = _path(node) or ("",)
        return Fill("", tuple(path), self.classes.get(name), (name, *path) in self.given, least, most) if path else None


def _path(node: ir.Expr) -> tuple[str, ...]:
    """A name and the attributes that lead on from it; empty for any other expression."""
    names: list[str] = []
    while isinstance(node, ir.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ir.Name) else ()


def argument(code: ir.Function, node: ir.Call, name: str) -> ir.Expr | None:
    """The expression that a call hands over for a parameter; None where that cannot be told."""
    if any(isinstance(arg, ir.Starred) for arg in node.args) or any(key is None for key, _ in node.keywords):
        return None
    for key, value in node.keywords:
        if key == name:
            return value
    positional = [p.name for p in (*code.positional_only, *code.parameters)]
    place = positional.index(name) if name in positional else len(node.args)
    return node.args[place] if place < len(node.args) else None


def _decides(cls: ClassValue) -> bool:
    return cls.metaclass is not None and isinstance(cls.metaclass.find("__instancecheck__"), FunctionValue)


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and node.value is None


def _detaches(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "detach"


def holds_objects(value: Any) -> bool:
    """Whether a value is an object of the analysed code, or a container with one."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else (value,)
    return any(isinstance(item, Instance) for item in items)


def steps_to(node: ir.Expr) -> tuple[str, ...]:
    """The names of attributes and methods that lead to a value."""
    names: list[str] = []
    while isinstance(node, ir.Attribute | ir.Call | ir.Subscript):
        if isinstance(node, ir.Attribute):
            names.append(node.attr)
        node = node.func if isinstance(node, ir.Call) else node.value
    return tuple(names)


def is_partial(value: Any) -> bool:
    """Whether a value is ``functools.partial``."""
    return isinstance(value, ClassValue) and (value.module, value.name) == ("functools", "partial")


__all__ = ["Fill", "Filling", "Guards", "argument", "holds_objects", "is_partial", "steps_to"]
