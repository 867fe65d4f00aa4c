"""Annotations of parameters and results, which are parsed for nothing: no run of the code depends on them, unless they call something.

They are blanked before a statement is parsed, as many characters as before, so that every other node stays where it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

Place = tuple[int, int]

_COLON = re.compile(r"[ \t]*:[ \t]*")
_ARROW = re.compile(r"->[ \t]*$")
_HEADER_END = re.compile(r"[ \t]*:")


def annotated(node: ast.stmt, source: str, starts: Sequence[int]) -> Iterator[Place]:
    """Where annotations stand in the signature of a function, or of the methods of a class; those that are easily told apart only."""
    if isinstance(node, ast.ClassDef):
        for item in node.body:
            yield from annotated(item, source, starts)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        given = node.args
        for argument in (*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg):
            if argument is not None and argument.annotation is not None:
                yield from _parameter(argument, argument.annotation, source, starts)
        if node.returns is not None:
            yield from _result(node.returns, source, starts)


def blanked(text: str, offset: int, places: Sequence[Place]) -> str:
    """The text, which begins at ``offset`` of the source, with spaces at those places."""
    parts: list[str] = []
    done = 0
    for begin, end in sorted(places):
        parts += [text[done:begin - offset], " " * (end - begin)]
        done = end - offset
    return "".join([*parts, text[done:]])


def _parameter(argument: ast.arg, annotation: ast.expr, source: str, starts: Sequence[int]) -> Iterator[Place]:
    place = _place(annotation, source, starts)
    if place is None or argument.lineno != annotation.lineno:
        return
    name_end = starts[argument.lineno - 1] + argument.col_offset + len(argument.arg)
    colon = _COLON.match(source, name_end)  # nothing else, brackets above all, stands between the name and its annotation
    if colon is not None and colon.end() == place[0] and "(" not in source[place[0]:place[1]]:
        yield name_end, place[1]


def _result(annotation: ast.expr, source: str, starts: Sequence[int]) -> Iterator[Place]:
    place = _place(annotation, source, starts)
    if place is None:
        return
    arrow = _ARROW.search(source, starts[annotation.lineno - 1], place[0])
    if arrow is not None and _HEADER_END.match(source, place[1]) and "(" not in source[place[0]:place[1]]:
        yield arrow.start(), place[1]


def _place(node: ast.expr, source: str, starts: Sequence[int]) -> Place | None:
    """Where a node of one line stands; None where columns are not characters, because the standard library counts bytes."""
    line = node.lineno
    if node.end_lineno != line or not source[starts[line - 1]:starts[line]].isascii():
        return None
    return starts[line - 1] + node.col_offset, starts[line - 1] + (node.end_col_offset or 0)


def annotations_of(text: str, name: str, parameters: set[str]) -> list[tuple[str, str]] | None:
    """The annotations of the function of that name and with those parameters in a statement; None where there are several such functions."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
             and {part.arg for part in _arguments(node)} == parameters]
    if len(found) != 1:
        return [] if name == "<lambda>" else None
    rows = [(part.arg, part.annotation) for part in _arguments(found[0])] + [("return", found[0].returns)]
    return [(name, ast.unparse(annotation)) for name, annotation in rows if annotation is not None]


def acting(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """The annotations of a function whose evaluation may do something, in the order in which that is done."""
    found = (*(part.annotation for part in _arguments(node)), node.returns)
    return [annotation for annotation in found if annotation is not None and acts(annotation)]


def acts(annotation: ast.expr) -> bool:
    """Whether the evaluation of an annotation may do something: it calls something, or binds a name."""
    while isinstance(annotation, ast.Attribute):
        annotation = annotation.value
    if isinstance(annotation, ast.Name | ast.Constant):
        return False
    if isinstance(annotation, ast.Subscript):
        return acts(annotation.value) or acts(annotation.slice)
    if isinstance(annotation, ast.Tuple | ast.List):
        return any(map(acts, annotation.elts))
    return any(isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(annotation))


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """The parameters in the order in which CPython evaluates their annotations."""
    given = node.args
    return [part for part in (*given.args, *given.posonlyargs, given.vararg, *given.kwonlyargs, given.kwarg) if part is not None]
