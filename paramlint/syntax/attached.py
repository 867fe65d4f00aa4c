"""What comments stand on: the class or function that a comment beside, above or first inside it speaks of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from paramlint.syntax.directives import Directive

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Owner(NamedTuple):
    """A class or function: its dotted name as seen from the module, and whether it is a class."""

    name: str
    is_class: bool


def owners(source: str, directives: Sequence[Directive], may_be: Callable[[Owner], bool]) -> list[Owner | None]:
    """The definition that each directive stands on, of those that it may speak of; None for one that stands on none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [None] * len(directives)
    lines = source.split("\n")
    regions = [(*_region(node, lines), owner) for node, owner in _definitions(tree.body, "") if may_be(owner)]
    return [_innermost(directive, regions) for directive in directives]


def _definitions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[_Definition, Owner]]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, Owner(prefix + node.name, isinstance(node, ast.ClassDef))
            inside = f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else f"{prefix}{node.name}.<locals>."
            yield from _definitions(node.body, inside)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(node, part, ()), prefix)


def _region(node: _Definition, lines: list[str]) -> tuple[int, int, int]:
    """The first line that speaks of a definition, its own first line, and the last before its first statement."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    above = first
    while above > 1 and lines[above - 2].lstrip().startswith("#"):
        above -= 1
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
        body = body[1:]
    if not body:
        return above, first, node.end_lineno or node.lineno
    begin = min([body[0].lineno, *(decorator.lineno for decorator in getattr(body[0], "decorator_list", ()))])
    return above, first, max(begin - 1, node.lineno)


def _innermost(directive: Directive, regions: list[tuple[int, int, int, Owner]]) -> Owner | None:
    line = directive.span.line
    found = [(first, owner) for above, first, last, owner in regions if (above if directive.own_line else first) <= line <= last]
    return max(found, key=lambda entry: entry[0])[1] if found else None
