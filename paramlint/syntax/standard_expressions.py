"""Expressions and patterns of the standard library's tree to IR: one function a node class."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from paramlint.syntax import ir
from paramlint.syntax.scopes import State

Lower = Callable[[State, Any], ir.Expr]

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Not: "not", ast.And: "and", ast.Or: "or", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def lower(s: State, node: ast.AST) -> ir.Expr:
    return EXPRESSIONS[type(node)](s, node)


def optional(s: State, node: ast.AST | None) -> ir.Expr | None:
    return None if node is None else EXPRESSIONS[type(node)](s, node)


def several(s: State, nodes: Sequence[ast.AST]) -> tuple[ir.Expr, ...]:
    return tuple([EXPRESSIONS[type(node)](s, node) for node in nodes])


def target(s: State, node: ast.AST) -> ir.Expr:
    """An assignment target; names in it are bound in the scope."""
    if isinstance(node, ast.Name):
        return ir.Name(s.at(node), s.bind(node.id))
    if isinstance(node, ast.Tuple | ast.List):
        kind = "tuple" if isinstance(node, ast.Tuple) else "list"
        return ir.Display(s.at(node), kind, tuple([target(s, element) for element in node.elts]))
    if isinstance(node, ast.Starred):
        return ir.Starred(s.at(node), target(s, node.value))
    return lower(s, node)


def _constant(s: State, node: ast.Constant) -> ir.Expr:
    return ir.Constant(s.at(node), node.value)


def _name(s: State, node: ast.Name) -> ir.Expr:
    if node.id in s.type_names:
        return ir.Constant(s.at(node), node.id)  # a type parameter is as good as a forward reference
    return ir.Name(s.at(node), s.identifier(node.id))


def _attribute(s: State, node: ast.Attribute) -> ir.Expr:
    return ir.Attribute(s.at(node), lower(s, node.value), s.identifier(node.attr))


def _subscript(s: State, node: ast.Subscript) -> ir.Expr:
    return ir.Subscript(s.at(node), lower(s, node.value), lower(s, node.slice))


def _slice(s: State, node: ast.Slice) -> ir.Expr:
    return ir.Slice(s.at(node), optional(s, node.lower), optional(s, node.upper), optional(s, node.step))


def keywords(s: State, nodes: Sequence[ast.keyword]) -> tuple[tuple[str | None, ir.Expr], ...]:
    return tuple([(None if node.arg is None else s.identifier(node.arg), lower(s, node.value)) for node in nodes])


def _call(s: State, node: ast.Call) -> ir.Expr:
    return ir.Call(s.at(node), lower(s, node.func), several(s, node.args), keywords(s, node.keywords))


def _unary(s: State, node: ast.UnaryOp) -> ir.Expr:
    return ir.Unary(s.at(node), OPERATORS[type(node.op)], lower(s, node.operand))


def _binary(s: State, node: ast.BinOp) -> ir.Expr:
    return ir.Binary(s.at(node), OPERATORS[type(node.op)], lower(s, node.left), lower(s, node.right))


def _boolean(s: State, node: ast.BoolOp) -> ir.Expr:
    at, op = s.at(node), OPERATORS[type(node.op)]
    values: list[ir.Expr] = []
    for value in several(s, node.values):
        values += value.values if isinstance(value, ir.Boolean) and value.op == op else (value,)
    return ir.Boolean(at, op, tuple(values))


def _compare(s: State, node: ast.Compare) -> ir.Expr:
    ops = tuple([OPERATORS[type(op)] for op in node.ops])
    return ir.Compare(s.at(node), lower(s, node.left), ops, several(s, node.comparators))


def _conditional(s: State, node: ast.IfExp) -> ir.Expr:
    return ir.Conditional(s.at(node), lower(s, node.test), lower(s, node.body), lower(s, node.orelse))


def _display(kind: str) -> Lower:
    return lambda s, node: ir.Display(s.at(node), kind, several(s, node.elts))


def _dict(s: State, node: ast.Dict) -> ir.Expr:
    items = tuple([(optional(s, key), lower(s, value)) for key, value in zip(node.keys, node.values, strict=True)])
    return ir.DictDisplay(s.at(node), items)


def _starred(s: State, node: ast.Starred) -> ir.Expr:
    return ir.Starred(s.at(node), lower(s, node.value))


def _comprehension(kind: str) -> Lower:
    def comprehension(s: State, node: Any) -> ir.Expr:
        at = s.at(node)
        s.push("comprehension")
        clauses = tuple([_clause(s, clause) for clause in node.generators])
        element = lower(s, node.key if kind == "dict" else node.elt)
        value = lower(s, node.value) if kind == "dict" else None
        s.pop()
        return ir.Comprehension(at, kind, element, value, clauses)

    return comprehension


def _clause(s: State, node: ast.comprehension) -> ir.Clause:
    iterable = lower(s, node.iter)
    return ir.Clause(target(s, node.target), iterable, several(s, node.ifs), bool(node.is_async))


def _await(s: State, node: ast.Await) -> ir.Expr:
    s.scope.suspensions += 1
    return ir.Await(s.at(node), lower(s, node.value))


def _yield(s: State, node: ast.Yield) -> ir.Expr:
    s.scope.is_generator = True
    s.scope.suspensions += 1
    return ir.Yield(s.at(node), optional(s, node.value))


def _yield_from(s: State, node: ast.YieldFrom) -> ir.Expr:
    s.scope.is_generator = True
    s.scope.suspensions += 1
    return ir.YieldFrom(s.at(node), lower(s, node.value))


def _walrus(s: State, node: ast.NamedExpr) -> ir.Expr:
    at, value = s.at(node), lower(s, node.value)
    return ir.Walrus(at, s.bind_outside(node.target.id), value)


def _formatted(s: State, node: ast.JoinedStr) -> ir.Expr:
    at = s.at(node)
    parts: list[ir.Expr] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(_field(s, part, node))
        elif isinstance(part, ast.Constant) and part.value:
            parts.append(ir.Constant(s.at(node), part.value))
    return ir.FString(at, tuple(parts))


def _field(s: State, node: ast.FormattedValue, whole: ast.JoinedStr) -> ir.Formatted:
    """The text of ``{x=}`` is part of the text before the field, so there is no prefix."""
    at = s.at(whole)  # before Python 3.12 a field does not know where it stands
    value = lower(s, node.value)
    spec = None if node.format_spec is None else _formatted(s, node.format_spec)  # type: ignore[arg-type]
    return ir.Formatted(at, value, chr(node.conversion) if node.conversion > 0 else None, spec, "")  # type: ignore[arg-type]


EXPRESSIONS: dict[type[ast.AST], Lower] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Tuple: _display("tuple"),
    ast.List: _display("list"),
    ast.Set: _display("set"),
    ast.Dict: _dict,
    ast.Starred: _starred,
    ast.GeneratorExp: _comprehension("generator"),
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.DictComp: _comprehension("dict"),
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _formatted,
}
if hasattr(ast, "TemplateStr"):  # Python 3.14; a t-string is no string, nothing of it is modelled, and no source can bind this name
    EXPRESSIONS[ast.TemplateStr] = lambda s, node: ir.Name(s.at(node), "<template string>")


# Patterns -------------------------------------------------------------------------------------------------------------


def pattern(s: State, node: ast.pattern) -> ir.Pattern:
    match node:
        case ast.MatchValue():
            return ir.MatchValue(lower(s, node.value))
        case ast.MatchSingleton():
            return ir.MatchValue(ir.Constant(s.at(node), node.value))
        case ast.MatchSequence():
            return ir.MatchSequence(_patterns(s, node.patterns))
        case ast.MatchStar():
            return ir.MatchStar(_bound(s, node.name))
        case ast.MatchMapping():
            items = tuple([(lower(s, key), pattern(s, value)) for key, value in zip(node.keys, node.patterns, strict=True)])
            return ir.MatchMapping(items, _bound(s, node.rest))
        case ast.MatchClass():
            named = zip(node.kwd_attrs, node.kwd_patterns, strict=True)
            inner = _patterns(s, node.patterns)
            return ir.MatchClass(lower(s, node.cls), inner, tuple([(s.identifier(name), pattern(s, value)) for name, value in named]))
        case ast.MatchAs():
            return ir.MatchAs(None if node.pattern is None else pattern(s, node.pattern), _bound(s, node.name))
        case ast.MatchOr():
            return ir.MatchOr(_patterns(s, node.patterns))
    raise TypeError(type(node).__name__)


def _patterns(s: State, nodes: Sequence[ast.pattern]) -> tuple[ir.Pattern, ...]:
    return tuple([pattern(s, node) for node in nodes])


def _bound(s: State, name: str | None) -> str | None:
    return None if name is None else s.bind(name)
