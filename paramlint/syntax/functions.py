"""Parameters, lambdas, functions and classes to IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from paramlint.syntax import ir
from paramlint.syntax.expressions import EXPRESSIONS, arguments, lower, optional
from paramlint.syntax.scopes import State

Body = Callable[[State, Any], tuple[ir.Stmt, ...]]


class _Signature:
    """Parameters with their defaults, which belong to the scope around the function."""

    def __init__(self, s: State, node: cst.Parameters) -> None:
        self.positional_only = _parameters(s, node.posonly_params)
        self.parameters = _parameters(s, node.params)
        self.star = s.identifier(node.star_arg.name.value) if isinstance(node.star_arg, cst.Param) else None
        self.keyword_only = _parameters(s, node.kwonly_params)
        self.double_star = s.identifier(node.star_kwarg.name.value) if node.star_kwarg is not None else None

        starred = [part for part in (node.star_arg, node.star_kwarg) if isinstance(part, cst.Param)]
        self.is_annotated = any(part.annotation is not None for part in (*node.posonly_params, *node.params, *node.kwonly_params, *starred))
        self.annotations = [part.annotation for part in (*node.params, *node.posonly_params, node.star_arg, *node.kwonly_params, node.star_kwarg)
                            if isinstance(part, cst.Param)]

    def names(self) -> set[str]:
        names = {p.name for group in (self.positional_only, self.parameters, self.keyword_only) for p in group}
        return names | ({self.star, self.double_star} - {None})  # type: ignore[operator]


def _parameters(s: State, nodes: Sequence[cst.Param]) -> tuple[ir.Parameter, ...]:
    return tuple([ir.Parameter(s.identifier(node.name.value), optional(s, node.default)) for node in nodes])


def _function(s: State, name: str, node: cst.FunctionDef | cst.Lambda, body: Body, is_async: bool) -> ir.Function:
    signature = _Signature(s, node.params)
    scope = s.push("function")
    scope.bound |= signature.names()
    statements = body(s, node.body)
    s.pop()
    bound, outside, around = scope.names()
    annotations = [*signature.annotations, node.returns] if isinstance(node, cst.FunctionDef) and node.type_parameters is None else []
    return ir.Function(
        name=name,
        positional_only=signature.positional_only,
        parameters=signature.parameters,
        star=signature.star,
        keyword_only=signature.keyword_only,
        double_star=signature.double_star,
        body=statements,
        locals=bound,
        global_names=outside,
        nonlocal_names=around,
        is_generator=scope.is_generator,
        is_async=is_async,
        doc=_docstring(node.body, statements),
        annotations=tuple([lower(s, part.annotation) for part in annotations if part is not None and _reads(part.annotation)]),
        is_annotated=isinstance(node, cst.FunctionDef) and (node.returns is not None or signature.is_annotated),
    )


def _reads(annotation: cst.BaseExpression) -> bool:
    """Whether an annotation is more than a constant."""
    return not isinstance(annotation, cst.SimpleString | cst.ConcatenatedString | cst.BaseNumber | cst.Ellipsis) and not (
        isinstance(annotation, cst.Name) and annotation.value in ("None", "True", "False"))


def _docstring(source: cst.CSTNode, body: Sequence[ir.Stmt]) -> str | None:
    """The text that the body begins with, in the source too: ``pass`` and ``global`` leave nothing in the IR."""
    line = source.body[0] if isinstance(source, cst.BaseSuite) and source.body else None
    small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else line
    first = body[0] if isinstance(small, cst.Expr) and body else None
    if isinstance(first, ir.Evaluate) and isinstance(first.value, ir.Constant) and isinstance(first.value.value, str):
        return first.value.value
    return None


def _lambda(s: State, node: cst.Lambda) -> ir.Expr:
    at = s.at(node)
    return ir.Lambda(at, _function(s, "<lambda>", node, _lambda_body, False))


def _lambda_body(s: State, node: cst.BaseExpression) -> tuple[ir.Stmt, ...]:
    return (ir.Return(s.at(node), lower(s, node)),)


EXPRESSIONS[cst.Lambda] = _lambda


def function_def(s: State, node: cst.FunctionDef, body: Body) -> ir.Stmt:
    at = s.at(node)
    decorators = _decorators(s, node.decorators)
    name = s.bind(node.name.value)
    if node.type_parameters is not None:
        s.needs((3, 12))
    return ir.FunctionDef(at, _function(s, name, node, body, node.asynchronous is not None), decorators)


def class_def(s: State, node: cst.ClassDef, body: Body) -> ir.Stmt:
    at = s.at(node)
    decorators = _decorators(s, node.decorators)
    name = s.bind(node.name.value)
    outer_types = s.type_names
    if node.type_parameters is not None:
        s.needs((3, 12))
        s.type_names |= {part.param.name.value for part in node.type_parameters.params}
    bases, keywords = arguments(s, (*node.bases, *node.keywords))
    s.type_names = outer_types
    outer_private, s.private = s.private, node.name.value.lstrip("_")
    scope = s.push("class")
    statements = body(s, node.body)
    s.pop()
    s.private = outer_private
    return ir.ClassDef(at, name, bases, keywords, decorators, statements, _docstring(node.body, statements), *scope.names())


def _decorators(s: State, nodes: Sequence[cst.Decorator]) -> tuple[ir.Expr, ...]:
    return tuple([lower(s, node.decorator) for node in nodes])
