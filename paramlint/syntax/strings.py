"""String literals, implicit concatenation and f-strings to IR."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import libcst as cst

from paramlint.syntax import ir, literals
from paramlint.syntax.expressions import EXPRESSIONS, lower
from paramlint.syntax.scopes import State

QUOTED = (3, 12)  # PEP 701: quotes, backslashes, comments and newlines inside the fields of an f-string


def _simple(s: State, node: cst.SimpleString) -> ir.Expr:
    return ir.Constant(s.at(node), literals.string(node.value))


def _formatted(s: State, node: cst.FormattedString) -> ir.Expr:
    return ir.FString(s.at(node), tuple(_merge(_pieces(s, node))))


def _concatenated(s: State, node: cst.ConcatenatedString) -> ir.Expr:
    at = s.at(node)
    pieces: list[ir.Expr] = []
    part: cst.BaseString = node
    plain = True
    while True:
        first = part.left if isinstance(part, cst.ConcatenatedString) else part
        if isinstance(first, cst.FormattedString):
            pieces.extend(_pieces(s, first))
            plain = False
        else:
            pieces.append(lower(s, first))
        if not isinstance(part, cst.ConcatenatedString):
            break
        part = part.right
    merged = _merge(pieces)
    if not plain:
        return ir.FString(at, tuple(merged))
    only = merged[0] if len(merged) == 1 else None
    return ir.Constant(at, only.value) if isinstance(only, ir.Constant) else ir.Name(at, "<template string>")


def _merge(pieces: Sequence[ir.Expr]) -> list[ir.Expr]:
    """Neighbouring texts become one, as they do in Python."""
    merged: list[ir.Expr] = []
    run: list[str | bytes] = []
    first = 0
    for piece in (*pieces, None):
        if isinstance(piece, ir.Constant):
            first = first if run else piece.at
            run.append(piece.value)
            continue
        if run:
            merged.append(ir.Constant(first, run[0][:0].join(run)))  # type: ignore[arg-type]
            run = []
        if piece is not None:
            merged.append(piece)
    return merged


def _pieces(s: State, node: cst.FormattedString) -> list[ir.Expr]:
    if sys.version_info < QUOTED and s.feature < QUOTED and _is_newer(node):
        s.needs(QUOTED)
    return _contents(s, node.parts, "r" in node.start.lower())


def _contents(s: State, parts: Sequence[cst.BaseFormattedStringContent], raw: bool) -> list[ir.Expr]:
    pieces: list[ir.Expr] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringText):
            pieces.append(ir.Constant(s.at(part), literals.formatted_text(part.value, raw)))
        else:
            assert isinstance(part, cst.FormattedStringExpression)
            pieces.append(_field(s, part, raw))
    return pieces


def _field(s: State, node: cst.FormattedStringExpression, raw: bool) -> ir.Formatted:
    at = s.at(node)
    value = lower(s, node.expression)
    spec = None
    if node.format_spec is not None:
        spec = ir.FString(s.at(node), tuple(_merge(_contents(s, node.format_spec, raw))))
    conversion = node.conversion
    prefix = ""
    if node.equal is not None:
        module = cst.Module(())
        around = (node.whitespace_before_expression, node.expression, node.equal)
        prefix = "".join(module.code_for_node(part) for part in around)
        if conversion is None and spec is None:
            conversion = "r"  # what ``{x=}`` means
    return ir.Formatted(at, value, conversion, spec, prefix)


def _is_newer(node: cst.FormattedString) -> bool:
    """Whether the fields hold what only Python 3.12 reads."""
    module = cst.Module(())
    fields = "".join(module.code_for_node(part) for part in node.parts if isinstance(part, cst.FormattedStringExpression))
    return node.end in fields or "\\" in fields or "#" in fields or (len(node.end) == 1 and "\n" in fields)


def _template(s: State, node: cst.TemplatedString) -> ir.Expr:
    """A t-string is no string; nothing of it is modelled, and no source can bind this name."""
    s.needs((3, 14))
    return ir.Name(s.at(node), "<template string>")


EXPRESSIONS[cst.SimpleString] = _simple
EXPRESSIONS[cst.FormattedString] = _formatted
EXPRESSIONS[cst.ConcatenatedString] = _concatenated
EXPRESSIONS[cst.TemplatedString] = _template
