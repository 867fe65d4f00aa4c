"""Rows of numbers that are not computed: how many there are and of which kind is known all the same.

``[[pos / 10000 ** (2 * i / width) for i in range(width)] for pos in range(length)]`` has rows of one length, as what the inner list goes
through is the same for each, and whatever the numbers are, they are floats. A list says so until it is changed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.core.unknown import Unknown
from paramlint.interpreter.nodes import names_in
from paramlint.interpreter.values import ClassValue, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from paramlint.interpreter.machine import Interpreter

NUMBER = "number"  # int or float, Python's own or numpy's
_ELEMENTS = 10_000_000  # of all rows of a table
_LISTS = (ir.Comprehension, ir.Display)

_FRACTIONS = frozenset({
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "degrees", "erf", "exp", "expm1", "fabs", "fmod", "hypot",
    "log", "log10", "log1p", "log2", "pow", "radians", "sin", "sinh", "sqrt", "tan", "tanh",
})
_WHOLE = frozenset({"ceil", "floor"})
_ELEMENTWISE = frozenset(f"numpy.{name}" for name in ("power", "sin", "cos", "tan", "exp", "log", "log2", "log10", "sqrt", "floor", "ceil"))


class Numbers(NamedTuple):
    """A list whose elements, from the second on at the latest, are numbers that are not known."""

    row: list[Any]  # kept, as its id stands for it
    length: int
    kind: str  # "int", "float" or "number"


def numbers(it: Interpreter, row: Any) -> Numbers | None:
    """What is known of a list of numbers that are not known; None for any other value."""
    found = it.rows.get(id(row))
    return found if found is not None and found.row is row and len(row) == found.length else None


def mark(it: Interpreter, row: list[Any], kind: str) -> list[Any]:
    it.rows[id(row)] = Numbers(row, len(row), kind)
    return row


def others(it: Interpreter, node: ir.Comprehension, kinds: Kinds, first: Any, count: int, unknown: Unknown) -> list[Any] | None:
    """So many elements after the first, where they are certainly rows as long as it is."""
    sizes = _sizes(it, node.element, first, names_in(node.clauses[0].target))
    kind = kinds.of_rows(node.element) if sizes else ""
    if not sizes or not kind or count * math.prod(sizes) > _ELEMENTS or count * math.prod(sizes[:-1]) > it.limits.items:
        return None
    return [_filled(it, sizes, kind, unknown) for _ in range(count)]


def _filled(it: Interpreter, sizes: list[int], kind: str, unknown: Unknown) -> list[Any]:
    if len(sizes) == 1:
        return mark(it, it.made([unknown] * sizes[0]), kind)
    made: list[Any] = it.made([_filled(it, sizes[1:], kind, unknown) for _ in range(sizes[0])])
    return made


def _sizes(it: Interpreter, node: ir.Expr, first: Any, own: set[str]) -> list[int] | None:
    """The lengths of nested lists, which are those of the first; empty for what is no list, None where they may differ."""
    if not isinstance(node, _LISTS):
        return []
    if node.kind != "list" or first.__class__ is not list or not first or it.state.open_reason(first) is not None:
        return None
    if isinstance(node, ir.Display):
        plain = not any(isinstance(item, (*_LISTS, ir.Starred)) for item in node.items)
        return [len(first)] if plain else None
    clause = node.clauses[0]
    if len(node.clauses) != 1 or clause.conditions or not _same_each_time(clause.iterable, own):
        return None
    inner = _sizes(it, node.element, first[0], own | names_in(clause.target))
    return None if inner is None else [len(first), *inner]


def _same_each_time(node: ir.Expr, own: set[str]) -> bool:
    """Whether what a list goes through, which only computes, is the same whatever element it is a part of."""
    if isinstance(node, ir.Call):
        if not isinstance(node.func, ir.Name) or node.func.id not in ("range", "len", "int", "min", "max") or node.keywords:
            return False
        return all(_same_each_time(item, own) for item in node.args)
    if isinstance(node, ir.Binary):
        return _same_each_time(node.left, own) and _same_each_time(node.right, own)
    if isinstance(node, ir.Attribute):
        return _same_each_time(node.value, own)
    return isinstance(node, ir.Constant) or (isinstance(node, ir.Name) and node.id not in own)


class Kinds:
    """Of which kind a number is that is computed: "int", "float" or "number"; empty where it is not certain to be a number.

    The code is known to do nothing but to compute from plain values; ``reader`` gives what a name in it stands for.
    """

    def __init__(self, it: Interpreter, reader: Callable[[ir.Expr], Any]) -> None:
        self.it = it
        self.reader = reader
        self.own: dict[str, str] = {}

    def bind(self, target: ir.Expr, source: Iterable[Any]) -> None:
        """The names that go through the elements of a known value, or of one that is not known (None)."""
        self.own.update(dict.fromkeys(names_in(target), ""))
        if isinstance(target, ir.Name):
            items = source[:1] if isinstance(source, range) else source
            self.own[target.id] = _joined(map(_kind_of, items))

    def of_rows(self, node: ir.Expr) -> str:
        """The kind of the numbers in nested lists."""
        if isinstance(node, ir.Display):
            return _joined(map(self.of, node.items))
        if not isinstance(node, ir.Comprehension):
            return self.of(node)
        clause = node.clauses[0]
        through = clause.iterable
        whole = isinstance(through, ir.Call) and isinstance(through.func, ir.Name) and self._builtin(through) == "range"
        self.bind(clause.target, range(1) if whole else ())
        return self.of_rows(node.element)

    def of(self, node: ir.Expr) -> str:
        if isinstance(node, ir.Constant):
            return _kind_of(node.value)
        if isinstance(node, ir.Name) and node.id in self.own:
            return self.own[node.id]
        if isinstance(node, ir.Name | ir.Attribute):
            return _kind_of(self.reader(node))
        if isinstance(node, ir.Unary):
            return self.of(node.operand) if node.op in ("-", "+") else ""
        if isinstance(node, ir.Conditional):
            return _joined((self.of(node.then), self.of(node.otherwise)))
        if isinstance(node, ir.Binary):
            return self._binary(node)
        return self._call(node) if isinstance(node, ir.Call) and not node.keywords else ""

    def _binary(self, node: ir.Binary) -> str:
        left, right = self.of(node.left), self.of(node.right)
        if not left or not right:
            return ""
        if node.op == "**":  # a negative number has complex powers, and a negative power of an int is none
            return ("float" if "float" in (left, right) and NUMBER not in (left, right) else NUMBER) if self._positive(node.left) else ""
        if node.op not in ("+", "-", "*", "/", "//", "%"):
            return ""
        if NUMBER in (left, right):
            return NUMBER
        return "float" if node.op == "/" or "float" in (left, right) else "int"

    def _positive(self, node: ir.Expr) -> bool:
        if isinstance(node, ir.Name | ir.Attribute) and not names_in(node) & set(self.own):
            value = self.reader(node)
        else:
            value = node.value if isinstance(node, ir.Constant) else None
        return bool(_kind_of(value)) and value > 0

    def _call(self, node: ir.Call) -> str:
        if names_in(node.func) & set(self.own):
            return ""
        kinds = [self.of(item) for item in node.args]
        if not kinds or not all(kinds):
            return ""
        name = self._builtin(node)
        if name in ("int", "round") and len(kinds) == 1:
            return "int" if NUMBER not in kinds else NUMBER
        if name == "float" and len(kinds) == 1:
            return "float"
        if name == "abs" or (name in ("min", "max") and len(kinds) > 1):
            return _joined(kinds)
        called: Any = self.reader(node.func)
        name = called.name if isinstance(called, Native) else ""
        if name in _ELEMENTWISE:
            return NUMBER
        if name and self.it.modules.members.get(f"math.{name}") is called:
            return "float" if name in _FRACTIONS else "int" if name in _WHOLE else ""
        return ""

    def _builtin(self, node: ir.Call) -> str:
        called: Any = self.reader(node.func)
        name: str = called.name if isinstance(called, Native | ClassValue) else ""
        return name if name and self.it.builtins.get(name) is called else ""


def _kind_of(value: Any) -> str:
    return "int" if value.__class__ is int else "float" if value.__class__ is float else ""


def _joined(kinds: Iterable[str]) -> str:
    found = set(kinds)
    if len(found) < 2:
        return found.pop() if found else ""
    return "" if "" in found else NUMBER
