"""LibCST statements to IR: one function a node class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

import paramlint.syntax.strings  # noqa: F401  (fills the table of expressions)
from paramlint.syntax import ir
from paramlint.syntax.expressions import lower, optional, target
from paramlint.syntax.functions import class_def, function_def
from paramlint.syntax.lifting import lift
from paramlint.syntax.patterns import pattern
from paramlint.syntax.scopes import State

AUGMENTED: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/", cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.MatrixMultiplyAssign: "@", cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>", cst.BitAndAssign: "&", cst.BitOrAssign: "|", cst.BitXorAssign: "^",
}  # fmt: skip


def suite(s: State, node: cst.BaseSuite) -> tuple[ir.Stmt, ...]:
    """The statements of an indented block, or of a body on the line of its header."""
    return statements(s, node.body)


def statements(s: State, nodes: Sequence[cst.CSTNode]) -> tuple[ir.Stmt, ...]:
    result: list[ir.Stmt] = []
    for node in nodes:
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                _append(s, small, result)
        else:
            _append(s, node, result)
    return tuple(result)


def _append(s: State, node: cst.CSTNode, result: list[ir.Stmt]) -> None:
    scope = s.scope
    before = scope.suspensions
    statement = STATEMENTS[type(node)](s, node)
    if statement is None:
        return
    if scope.suspensions == before:
        result.append(statement)
    else:
        result.extend(lift(statement, scope.temporary))


def _expression(s: State, node: cst.Expr) -> ir.Stmt:
    return ir.Evaluate(s.at(node), lower(s, node.value))


def _assign(s: State, node: cst.Assign) -> ir.Stmt:
    at = s.at(node)
    value = lower(s, node.value)
    return ir.Assign(at, tuple([target(s, part.target) for part in node.targets]), value)


def _augmented(s: State, node: cst.AugAssign) -> ir.Stmt:
    return ir.AugAssign(s.at(node), AUGMENTED[type(node.operator)], _local(s, node.target), lower(s, node.value))


def _local(s: State, node: cst.CSTNode) -> ir.Expr:
    """A target that makes a name local to its function without giving it a value."""
    return lower(s, node) if s.scope.kind == "module" else target(s, node)


def _annotated(s: State, node: cst.AnnAssign) -> ir.Stmt:
    at = s.at(node)
    value = optional(s, node.value)
    goal = _local(s, node.target) if node.value is None else target(s, node.target)
    return ir.AnnAssign(at, goal, lower(s, node.annotation.annotation), value)


def _delete(s: State, node: cst.Del) -> ir.Stmt:
    at = s.at(node)
    goal = target(s, node.target)
    bare = isinstance(goal, ir.Display) and goal.kind == "tuple"
    return ir.Delete(at, goal.items if bare and isinstance(goal, ir.Display) else (goal,))


def _return(s: State, node: cst.Return) -> ir.Stmt:
    return ir.Return(s.at(node), optional(s, node.value))


def _raise(s: State, node: cst.Raise) -> ir.Stmt:
    cause = node.cause.item if node.cause is not None else None
    return ir.Raise(s.at(node), optional(s, node.exc), optional(s, cause))


def _assert(s: State, node: cst.Assert) -> ir.Stmt:
    return ir.Assert(s.at(node), lower(s, node.test), optional(s, node.msg))


def _break(s: State, node: cst.Break) -> ir.Stmt:
    return ir.Break(s.at(node))


def _continue(s: State, node: cst.Continue) -> ir.Stmt:
    return ir.Continue(s.at(node))


def _nothing(s: State, node: cst.Pass) -> None:
    return None


def _global(s: State, node: cst.Global) -> None:
    s.scope.globals.update([s.identifier(item.name.value) for item in node.names])


def _nonlocal(s: State, node: cst.Nonlocal) -> None:
    s.scope.nonlocals.update([s.identifier(item.name.value) for item in node.names])


def _dotted(node: cst.CSTNode) -> str:
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    assert isinstance(node, cst.Name)
    return ".".join([node.value, *reversed(parts)])


def _alias(node: cst.ImportAlias) -> tuple[str, str | None]:
    asname = node.asname.name if node.asname is not None else None
    return _dotted(node.name), asname.value if isinstance(asname, cst.Name) else None


def _import(s: State, node: cst.Import | cst.LazyImport) -> ir.Stmt:
    if isinstance(node, cst.LazyImport):
        s.needs((3, 15))
    names = tuple([_alias(alias) for alias in node.names])
    for name, asname in names:
        s.bind(asname or name.partition(".")[0])
    return ir.Import(s.at(node), names)


def _import_from(s: State, node: cst.ImportFrom | cst.LazyImportFrom) -> ir.Stmt:
    if isinstance(node, cst.LazyImportFrom):
        s.needs((3, 15))
    names: tuple[tuple[str, str | None], ...] = (("*", None),)
    if not isinstance(node.names, cst.ImportStar):
        names = tuple([_alias(alias) for alias in node.names])
    for name, asname in names:
        s.bind(asname or name)
    return ir.ImportFrom(s.at(node), _dotted(node.module) if node.module is not None else "", len(node.relative), names)


def _type_alias(s: State, node: cst.TypeAlias) -> ir.Stmt:
    s.needs((3, 12))
    at = s.at(node)
    outer = s.type_names
    if node.type_parameters is not None:
        s.type_names |= {part.param.name.value for part in node.type_parameters.params}
    value = lower(s, node.value)
    s.type_names = outer
    return ir.TypeAlias(at, s.bind(node.name.value), value)


def _if(s: State, node: cst.If) -> ir.Stmt:
    at = s.at(node)
    branches = [(lower(s, node.test), suite(s, node.body))]
    orelse = node.orelse
    while isinstance(orelse, cst.If):
        branches.append((lower(s, orelse.test), suite(s, orelse.body)))
        orelse = orelse.orelse
    return ir.If(at, tuple(branches), _else(s, orelse))


def _else(s: State, node: cst.Else | cst.Finally | None) -> tuple[ir.Stmt, ...]:
    return () if node is None else suite(s, node.body)


def _while(s: State, node: cst.While) -> ir.Stmt:
    return ir.While(s.at(node), lower(s, node.test), suite(s, node.body), _else(s, node.orelse))


def _for(s: State, node: cst.For) -> ir.Stmt:
    at = s.at(node)
    iterable = lower(s, node.iter)
    goal = target(s, node.target)
    return ir.For(at, goal, iterable, suite(s, node.body), _else(s, node.orelse), node.asynchronous is not None)


def _try(s: State, node: cst.Try | cst.TryStar) -> ir.Stmt:
    at = s.at(node)
    body = suite(s, node.body)
    handlers = tuple([_handler(s, handler) for handler in node.handlers])
    return ir.Try(at, body, handlers, _else(s, node.orelse), _else(s, node.finalbody), isinstance(node, cst.TryStar))


def _handler(s: State, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
    if isinstance(node.type, cst.Tuple) and not node.type.lpar:
        s.needs((3, 14))
    kind = optional(s, node.type)
    name = None
    if node.name is not None and isinstance(node.name.name, cst.Name):
        name = s.bind(node.name.name.value)
    return ir.Handler(kind, name, suite(s, node.body))


def _with(s: State, node: cst.With) -> ir.Stmt:
    at = s.at(node)
    items: list[tuple[ir.Expr, ir.Expr | None]] = []
    for item in node.items:
        context = lower(s, item.item)
        items.append((context, target(s, item.asname.name) if item.asname is not None else None))
    return ir.With(at, tuple(items), suite(s, node.body), node.asynchronous is not None)


def _match(s: State, node: cst.Match) -> ir.Stmt:
    at = s.at(node)
    subject = lower(s, node.subject)
    cases = []
    for case in node.cases:
        shape = pattern(s, case.pattern)
        cases.append(ir.Case(shape, optional(s, case.guard), suite(s, case.body)))
    return ir.Match(at, subject, tuple(cases))


def _function_def(s: State, node: cst.FunctionDef) -> ir.Stmt:
    return function_def(s, node, suite)


def _class_def(s: State, node: cst.ClassDef) -> ir.Stmt:
    return class_def(s, node, suite)


STATEMENTS: dict[type[cst.CSTNode], Callable[[State, Any], ir.Stmt | None]] = {
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AugAssign: _augmented,
    cst.AnnAssign: _annotated,
    cst.Del: _delete,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Pass: _nothing,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.LazyImport: _import,
    cst.LazyImportFrom: _import_from,
    cst.TypeAlias: _type_alias,
    cst.If: _if,
    cst.While: _while,
    cst.For: _for,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.FunctionDef: _function_def,
    cst.ClassDef: _class_def,
}
