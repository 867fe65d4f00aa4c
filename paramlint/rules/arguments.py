"""Where an argument stands in the text of a call."""

from __future__ import annotations

import ast
from typing import NamedTuple

from paramlint.core.spans import Span
from paramlint.model.conflicts import Argument

_NUMBERS = (ast.Expression, ast.Constant, ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop)


class Found(NamedTuple):
    """Lines from 1 and columns from 0 of an argument in the text of its call, in characters; the node itself."""

    line: int
    column: int
    end_line: int
    end_column: int
    node: ast.expr

    def moved(self, call: Span) -> Span:
        """The place in the file, where the call stands at ``call``."""
        return Span(self.line + call.line - 1, self.column + (call.column if self.line == 1 else 1),
                    self.end_line + call.line - 1, self.end_column + (call.column if self.end_line == 1 else 1))


def span_of(text: str, argument: Argument) -> Found | None:
    """Where a call gives an argument; None where it does not, or by a star."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(node, ast.Call):
        return None
    names = (argument.name, *argument.aliases)
    value = next((keyword.value for keyword in node.keywords if keyword.arg in names), None)
    if value is None and argument.position is not None and argument.position < len(node.args):
        if any(isinstance(arg, ast.Starred) for arg in node.args[:argument.position + 1]):
            return None
        value = node.args[argument.position]
    if value is None or value.end_lineno is None or value.end_col_offset is None:
        return None
    lines = text.split("\n")
    return Found(value.lineno, _characters(lines[value.lineno - 1], value.col_offset),
                 value.end_lineno, _characters(lines[value.end_lineno - 1], value.end_col_offset), value)


def is_number(text: str, found: Found) -> bool:
    """Whether an argument is written out in numbers (``16 * 5 * 5``), so that it is the same wherever the call is reached."""
    return all(isinstance(node, _NUMBERS) and (not isinstance(node, ast.Constant) or isinstance(node.value, int)) for node in ast.walk(found.node))


def _characters(line: str, offset: int) -> int:
    return len(line.encode()[:offset].decode(errors="ignore"))
