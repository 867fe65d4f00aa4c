"""Tables of numbers that are foreseen to cost more steps than there are: their entries are not known instead.

``[[pos / 10000 ** (2 * i / width) for i in range(width)] for pos in range(length)]`` fills a table whose numbers are seldom asked for.
After its first element the cost of a list is known. If all such lists cost too much, and if computing an element does nothing but to compute, the
other elements need not run. Where code is prepared for an exception they run all the same, as the table may be what raises it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import rows
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.nodes import bound_in, names_in
from paramlint.interpreter.purity import Effect, of_call
from paramlint.interpreter.values import ABSENT, FunctionValue
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (int, float, str, range, type(None))  # with their kinds: their operators compute, and do nothing else
_SPREADS = (ir.Constant, ir.Binary, ir.Unary, ir.Boolean, ir.Compare, ir.Conditional, ir.Display, ir.Subscript, ir.Slice)

_SMALL = 1_000  # steps that nobody asks about


class Costs(Exception):
    """An expression that may do more than to compute."""


def rest(it: Interpreter, node: ir.Comprehension, frame: Frame, source: Any, items: list[Any], steps: int) -> bool:
    """Add the elements after the first, which has cost so many steps; False if they are to be computed."""
    if not isinstance(source, range | list | tuple) or len(node.clauses) != 1 or node.clauses[0].conditions or it.dropped is not None:
        return False
    left = len(source) - 1
    cost = left * steps
    if cost <= _SMALL or left >= it.limits.items or it.state.open_reason(source) is not None:
        return False
    if it.tables + cost <= it.limits.steps // 10:
        it.tables += cost
        return False
    try:
        reader = _Reader(it, frame)
        if not all(_is_plain(item) for item in source):
            return False
        reader.expression(node.element, names_in(node.clauses[0].target))
    except Costs:
        return False
    unknown = it.unknown(Why.LIMIT, f"a number of a table whose computation takes about {cost:,} steps")
    with suppress(Costs):
        kinds = rows.Kinds(it, reader.value)
        kinds.bind(node.clauses[0].target, source)
        made = rows.others(it, node, kinds, items[0], left, unknown)
        kind = "" if made is not None else kinds.of(node.element)
        items += made or [unknown] * left
        if kind and items[0].__class__ in (int, float):
            rows.mark(it, items, kind)
        return True
    items += [unknown] * left
    return True


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN) or (isinstance(value, tuple | list) and all(isinstance(item, _PLAIN) for item in value))


class _Reader:
    """Reads code that runs in a frame. Every method raises Costs for what may do more than to compute from plain values."""

    def __init__(self, it: Interpreter, frame: Frame) -> None:
        self.it = it
        self.frame: Frame | None = frame
        self.functions: list[FunctionValue] = []

    def expression(self, node: ir.Expr | None, own: set[str]) -> None:
        """``own`` are names that hold what has been computed here."""
        kind = node.__class__
        if node is None:
            return
        if kind is ir.Name:
            if node.id not in own and not _is_plain(self.value(node)):  # type: ignore[attr-defined]
                raise Costs
        elif kind is ir.Attribute:
            if not _is_plain(self.value(node)):
                raise Costs
        elif kind is ir.Call:
            self._call(node, own)  # type: ignore[arg-type]
        elif kind is ir.Comprehension:
            self._comprehension(node, own)  # type: ignore[arg-type]
        elif kind in _SPREADS:
            for name in node.__struct_fields__:
                part = getattr(node, name)
                for item in part if isinstance(part, tuple) else (part,):
                    if isinstance(item, ir.Expr):
                        self.expression(item, own)
        else:
            raise Costs

    def _call(self, node: ir.Call, own: set[str]) -> None:
        if names_in(node.func) & own or any(key is None for key, _ in node.keywords):
            raise Costs
        for value in (*node.args, *(value for _, value in node.keywords)):
            self.expression(value, own)
        called = self.value(node.func)
        if isinstance(called, FunctionValue):
            self._function(called)
        elif of_call(self.it, called) is not Effect.COMPUTES:
            raise Costs

    def _comprehension(self, node: ir.Comprehension, own: set[str]) -> None:
        if node.kind == "generator" or node.value is not None:
            raise Costs
        own = set(own)
        for clause in node.clauses:
            self.expression(clause.iterable, own)
            own |= names_in(clause.target)
            if clause.is_async or bound_in(clause) != names_in(clause.target):
                raise Costs
            for condition in clause.conditions:
                self.expression(condition, own)
        self.expression(node.element, own)

    # Functions ---------------------------------------------------------------------------------------------------

    def _function(self, function: FunctionValue) -> None:
        code = function.code
        if (
            function in self.functions
            or function.attrs
            or function.owner is not None
            or code.is_generator
            or code.is_async
            or code.global_names
            or code.nonlocal_names
            or not all(map(_is_plain, (*function.defaults, *function.keyword_defaults.values())))
        ):
            raise Costs
        outer, self.frame = self.frame, function.closure
        self.functions.append(function)
        self._body(code.body, set(code.locals))
        self.functions.pop()
        self.frame = outer

    def _body(self, body: Sequence[ir.Stmt], own: set[str]) -> None:
        for statement in body:
            kind = statement.__class__
            if kind is ir.Assign and not all(isinstance(target, ir.Name) for target in statement.targets):  # type: ignore[attr-defined]
                raise Costs
            if kind is ir.Return or kind is ir.Evaluate or kind is ir.Assign:
                self.expression(statement.value, own)  # type: ignore[attr-defined]
            elif kind is ir.If:
                for test, inner in statement.branches:  # type: ignore[attr-defined]
                    self.expression(test, own)
                    self._body(inner, own)
                self._body(statement.orelse, own)  # type: ignore[attr-defined]
            else:
                raise Costs

    # Names -------------------------------------------------------------------------------------------------------

    def value(self, node: ir.Expr) -> Any:
        """What a name stands for, or an attribute of a module."""
        if isinstance(node, ir.Name):
            frame = self.frame
            while frame is not None and frame.kind != "module":
                if node.id in frame.vars and frame.kind != "class":
                    return frame.vars[node.id]
                if frame.kind == "function" and frame.function is not None and node.id in frame.function.code.locals:
                    raise Costs
                frame = frame.parent
            assert self.frame is not None
            value = self.frame.module.lookup(self.it, node.id)
            return self.it.builtins.get(node.id) if value is ABSENT else value
        if isinstance(node, ir.Attribute):
            owner = self.value(node.value)
            if isinstance(owner, ModuleValue | LibraryModule):
                return self.it.get(owner, node.attr)
        raise Costs
