"""Statements of the standard library's tree to IR: one function a node class."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from paramlint.syntax import ir
from paramlint.syntax.lifting import lift
from paramlint.syntax.scopes import State
from paramlint.syntax.signatures import reading
from paramlint.syntax.standard_expressions import EXPRESSIONS, OPERATORS, keywords, lower, optional, pattern, several, target

Function = ast.FunctionDef | ast.AsyncFunctionDef


def statements(s: State, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
    result: list[ir.Stmt] = []
    scope = s.scope
    for node in nodes:
        before = scope.suspensions
        statement = STATEMENTS[type(node)](s, node)
        if statement is None:
            continue
        if scope.suspensions == before:
            result.append(statement)
        else:
            result.extend(lift(statement, scope.temporary))
    return tuple(result)


def _evaluate(s: State, node: ast.Expr) -> ir.Stmt:
    return ir.Evaluate(s.at(node), lower(s, node.value))


def _assign(s: State, node: ast.Assign) -> ir.Stmt:
    at, value = s.at(node), lower(s, node.value)
    return ir.Assign(at, tuple([target(s, goal) for goal in node.targets]), value)


def _augmented(s: State, node: ast.AugAssign) -> ir.Stmt:
    return ir.AugAssign(s.at(node), OPERATORS[type(node.op)], _local(s, node.target), lower(s, node.value))


def _local(s: State, node: ast.expr) -> ir.Expr:
    """A target that makes a name local to its function without giving it a value."""
    return lower(s, node) if s.scope.kind == "module" else target(s, node)


def _annotated(s: State, node: ast.AnnAssign) -> ir.Stmt:
    at, value = s.at(node), optional(s, node.value)
    goal = _local(s, node.target) if node.value is None else target(s, node.target)
    return ir.AnnAssign(at, goal, lower(s, node.annotation), value)


def _delete(s: State, node: ast.Delete) -> ir.Stmt:
    at = s.at(node)
    goals = tuple([target(s, goal) for goal in node.targets])
    only = goals[0] if len(goals) == 1 else None
    return ir.Delete(at, only.items if isinstance(only, ir.Display) and only.kind == "tuple" else goals)


def _return(s: State, node: ast.Return) -> ir.Stmt:
    return ir.Return(s.at(node), optional(s, node.value))


def _raise(s: State, node: ast.Raise) -> ir.Stmt:
    return ir.Raise(s.at(node), optional(s, node.exc), optional(s, node.cause))


def _assert(s: State, node: ast.Assert) -> ir.Stmt:
    return ir.Assert(s.at(node), lower(s, node.test), optional(s, node.msg))


def _nothing(s: State, node: ast.Pass) -> None:
    return None


def _global(s: State, node: ast.Global) -> None:
    s.scope.globals.update([s.identifier(name) for name in node.names])


def _nonlocal(s: State, node: ast.Nonlocal) -> None:
    s.scope.nonlocals.update([s.identifier(name) for name in node.names])


def _import(s: State, node: ast.Import) -> ir.Stmt:
    for alias in node.names:
        s.bind(alias.asname or alias.name.partition(".")[0])
    return ir.Import(s.at(node), tuple([(alias.name, alias.asname) for alias in node.names]))


def _import_from(s: State, node: ast.ImportFrom) -> ir.Stmt:
    for alias in node.names:
        s.bind(alias.asname or alias.name)
    return ir.ImportFrom(s.at(node), node.module or "", node.level, tuple([(alias.name, alias.asname) for alias in node.names]))


def _type_alias(s: State, node: Any) -> ir.Stmt:
    at, outer = s.at(node), s.type_names
    s.type_names |= _type_parameters(node)
    value = lower(s, node.value)
    s.type_names = outer
    return ir.TypeAlias(at, s.bind(node.name.id), value)


def _type_parameters(node: Any) -> frozenset[str]:
    return frozenset([parameter.name for parameter in getattr(node, "type_params", ())])


def _if(s: State, node: ast.If) -> ir.Stmt:
    """``elif`` is an ``if`` alone in an ``else`` here."""
    at = s.at(node)
    branches = [(lower(s, node.test), statements(s, node.body))]
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
        branches.append((lower(s, node.test), statements(s, node.body)))
    return ir.If(at, tuple(branches), statements(s, node.orelse))


def _while(s: State, node: ast.While) -> ir.Stmt:
    return ir.While(s.at(node), lower(s, node.test), statements(s, node.body), statements(s, node.orelse))


def _for(s: State, node: ast.For | ast.AsyncFor) -> ir.Stmt:
    at, iterable = s.at(node), lower(s, node.iter)
    goal = target(s, node.target)
    return ir.For(at, goal, iterable, statements(s, node.body), statements(s, node.orelse), isinstance(node, ast.AsyncFor))


def _try(s: State, node: Any) -> ir.Stmt:
    at, body = s.at(node), statements(s, node.body)
    handlers = tuple([_handler(s, handler) for handler in node.handlers])
    return ir.Try(at, body, handlers, statements(s, node.orelse), statements(s, node.finalbody), not isinstance(node, ast.Try))


def _handler(s: State, node: ast.ExceptHandler) -> ir.Handler:
    kind = optional(s, node.type)
    return ir.Handler(kind, None if node.name is None else s.bind(node.name), statements(s, node.body))


def _with(s: State, node: ast.With | ast.AsyncWith) -> ir.Stmt:
    at = s.at(node)
    items: list[tuple[ir.Expr, ir.Expr | None]] = []
    for item in node.items:
        context = lower(s, item.context_expr)
        items.append((context, None if item.optional_vars is None else target(s, item.optional_vars)))
    return ir.With(at, tuple(items), statements(s, node.body), isinstance(node, ast.AsyncWith))


def _match(s: State, node: ast.Match) -> ir.Stmt:
    at, subject = s.at(node), lower(s, node.subject)
    cases = []
    for case in node.cases:
        shape = pattern(s, case.pattern)
        cases.append(ir.Case(shape, optional(s, case.guard), statements(s, case.body)))
    return ir.Match(at, subject, tuple(cases))


# Functions and classes ------------------------------------------------------------------------------------------------


def _parameters(s: State, args: Sequence[ast.arg], defaults: Sequence[ast.expr | None]) -> tuple[ir.Parameter, ...]:
    return tuple([ir.Parameter(s.identifier(arg.arg), optional(s, default)) for arg, default in zip(args, defaults, strict=True)])


def _function(s: State, name: str, node: Function | ast.Lambda, body: Callable[[], tuple[ir.Stmt, ...]]) -> ir.Function:
    """Defaults belong to the scope around the function."""
    args = node.args
    plain: list[ast.expr | None] = [None] * (len(args.posonlyargs) + len(args.args) - len(args.defaults))
    defaults = [*plain, *args.defaults]
    cut = len(args.posonlyargs)
    positional_only = _parameters(s, args.posonlyargs, defaults[:cut])
    parameters = _parameters(s, args.args, defaults[cut:])
    keyword_only = _parameters(s, args.kwonlyargs, args.kw_defaults)
    star, double_star = [None if arg is None else s.identifier(arg.arg) for arg in (args.vararg, args.kwarg)]
    scope = s.push("function")
    scope.bound |= {parameter.name for group in (positional_only, parameters, keyword_only) for parameter in group}
    scope.bound |= {starred for starred in (star, double_star) if starred is not None}
    lowered = body()
    s.pop()
    bound, outside, around = scope.names()
    annotations = () if isinstance(node, ast.Lambda) else several(s, reading(node))
    return ir.Function(
        name=name,
        positional_only=positional_only,
        parameters=parameters,
        star=star,
        keyword_only=keyword_only,
        double_star=double_star,
        body=lowered,
        locals=bound,
        global_names=outside,
        nonlocal_names=around,
        is_generator=scope.is_generator,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        doc=None if isinstance(node, ast.Lambda) else _docstring(node),
        annotations=annotations,
        is_annotated=not isinstance(node, ast.Lambda) and (node.returns is not None or any(arg.annotation is not None for arg in _arguments(args))),
    )


def _arguments(args: ast.arguments) -> list[ast.arg]:
    starred = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def _docstring(node: Function | ast.ClassDef) -> str | None:
    first = node.body[0].value if isinstance(node.body[0], ast.Expr) else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _lambda(s: State, node: ast.Lambda) -> ir.Expr:
    return ir.Lambda(s.at(node), _function(s, "<lambda>", node, lambda: (ir.Return(s.at(node.body), lower(s, node.body)),)))


EXPRESSIONS[ast.Lambda] = _lambda


def _function_def(s: State, node: Function) -> ir.Stmt:
    at, decorators = s.at(node), several(s, node.decorator_list)
    name = s.bind(node.name)
    return ir.FunctionDef(at, _function(s, name, node, lambda: statements(s, node.body)), decorators)


def _class_def(s: State, node: ast.ClassDef) -> ir.Stmt:
    at, decorators = s.at(node), several(s, node.decorator_list)
    name = s.bind(node.name)
    outer_types = s.type_names
    s.type_names |= _type_parameters(node)
    bases, named = several(s, node.bases), keywords(s, node.keywords)
    s.type_names = outer_types
    outer_private, s.private = s.private, node.name.lstrip("_")
    scope = s.push("class")
    body = statements(s, node.body)
    s.pop()
    s.private = outer_private
    return ir.ClassDef(at, name, bases, named, decorators, body, _docstring(node), *scope.names())


STATEMENTS: dict[type[ast.AST], Callable[[State, Any], ir.Stmt | None]] = {
    ast.Expr: _evaluate,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.AnnAssign: _annotated,
    ast.Delete: _delete,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: lambda s, node: ir.Break(s.at(node)),
    ast.Continue: lambda s, node: ir.Continue(s.at(node)),
    ast.Pass: _nothing,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.FunctionDef: _function_def,
    ast.AsyncFunctionDef: _function_def,
    ast.ClassDef: _class_def,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12
    STATEMENTS[ast.TypeAlias] = _type_alias
