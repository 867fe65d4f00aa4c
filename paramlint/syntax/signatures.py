"""Annotations of parameters and results, which are parsed for nothing: no run of the code depends on them, unless they call something or raise.

They are blanked before a statement is parsed, as many characters as before, so that every other node stays where it is.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from paramlint.syntax.type_words import refuses

Place = tuple[int, int]

_COLON = re.compile(r"[ \t]*:[ \t]*")
_ARROW = re.compile(r"->[ \t]*$")
_HEADER_END = re.compile(r"[ \t]*:")
_BUILTINS = frozenset(dir(builtins))
_BINDING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Settled:
    """The names that a file has certainly bound so far, of which annotations may be passed over: reading them does nothing."""

    def __init__(self, body: Iterable[ast.stmt]) -> None:
        self.postponed = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" and "annotations" in [part.name for part in node.names]
                             for node in body)
        self.names = set(_BUILTINS)
        self.classes = {"int", "str", "float", "bool", "bytes", "complex", "object"}  # of these and of the file's own: those that take no arguments
        self.dotted: set[str] = set()  # what annotations have named in modules so far

    def passes(self, annotation: ast.expr, read: set[str]) -> bool:
        """Whether an annotation does nothing; ``read`` gets the names that may not be bound when it is evaluated.

        It gets ``name[]``, too, for a class that may take no arguments.
        """
        if self.postponed or annotation.__class__ is ast.Constant or (isinstance(annotation, ast.Name) and annotation.id in self.names):
            return True
        names: set[str] = set()
        _names(annotation, names)
        names -= self.names
        names -= self.dotted
        self.dotted.update(name for name in names if "." in name)
        names = {name for name in names if name[-1] != "]" or name[:-2] in self.classes}
        read |= names
        return not names and not _is_refused(annotation)

    def add(self, node: ast.stmt, binds: Iterable[str], text: str) -> None:
        """A top-level statement has its turn."""
        if isinstance(node, _BINDING) or (isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets)):
            self.names.update(binds)
            if isinstance(node, ast.ClassDef):
                self.classes.add(node.name)
        elif "del " in text:
            self.names = set(_BUILTINS)


def _names(node: ast.expr, found: set[str]) -> None:
    """The names in an annotation that are read when it is evaluated, dotted ones too."""
    dotted = ""
    while isinstance(node, ast.Subscript | ast.Attribute):
        if isinstance(node, ast.Subscript):
            _names(node.slice, found)
            dotted = ""
            if isinstance(node.value, ast.Name):
                found.add(f"{node.value.id}[]")
        else:
            dotted = f".{node.attr}{dotted}"
        node = node.value
    if isinstance(node, ast.Name):
        found.add(node.id)
        if dotted:
            found.add(node.id + dotted)
    elif isinstance(node, ast.BinOp | ast.Tuple | ast.List):
        for part in (node.left, node.right) if isinstance(node, ast.BinOp) else node.elts:
            _names(part, found)
    elif not isinstance(node, ast.Constant):
        found.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def annotated(node: ast.stmt, source: str, starts: Sequence[int], settled: Settled, read: set[str]) -> Iterator[Place]:
    """Where annotations stand in the signature of a function, or of the methods of a class, that do nothing; those easily told apart only.

    ``read`` gets the names in the others.
    """
    if isinstance(node, ast.ClassDef):
        for item in node.body:
            yield from annotated(item, source, starts, settled, read)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if getattr(node, "type_params", None):
            settled = _ANYTHING
        given = node.args
        for argument in (*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg):
            if argument is not None and argument.annotation is not None and settled.passes(argument.annotation, read):
                yield from _parameter(argument, argument.annotation, source, starts)
        if node.returns is not None and settled.passes(node.returns, read):
            yield from _result(node.returns, source, starts)


def _joins_text(annotation: ast.expr) -> bool:
    """Whether an annotation is a union with a text (``int | "Net"``), which classes refuse."""
    return isinstance(annotation, ast.BinOp) and any((isinstance(part, ast.Constant) and isinstance(part.value, str)) or _joins_text(part)
                                                     for part in (annotation.left, annotation.right))


def _is_refused(annotation: ast.expr) -> bool:
    """Whether it can be told from an annotation alone that its evaluation may raise: ``int | "Net"``, ``None | None``, ``list[int][str]``."""
    if isinstance(annotation, ast.Name | ast.Constant | ast.Attribute):
        return False
    if isinstance(annotation, ast.Subscript):
        owner = annotation.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        count = len(annotation.slice.elts) if isinstance(annotation.slice, ast.Tuple) else 1
        return isinstance(owner, ast.Subscript) or refuses(name, count) or _is_refused(annotation.slice)
    if isinstance(annotation, ast.Tuple | ast.List):
        return any(map(_is_refused, annotation.elts))
    if isinstance(annotation, ast.BinOp):
        both = (annotation.left, annotation.right)
        constants = [part.value for part in both if isinstance(part, ast.Constant)]
        return _joins_text(annotation) or len(constants) > 1 or any(value is not None for value in constants) or any(map(_is_refused, both))
    return False


_ANYTHING = Settled(())  # where type parameters have names of their own
_ANYTHING.postponed = True


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


_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")  # of statements


@lru_cache(maxsize=256)  # every model of a library that puts docstrings together asks for those of the same classes
def annotations_of(text: str, name: str, parameters: frozenset[str]) -> tuple[tuple[str, str], ...] | None:
    """The annotations of the function of that name and with those parameters in a statement; None where there are several such functions."""
    functions = _functions(text)
    if functions is None:
        return None
    found = [node for node in functions if node.name == name and {part.arg for part in _arguments(node)} == parameters]
    if len(found) != 1:
        return () if name == "<lambda>" else None
    rows = [(part.arg, part.annotation) for part in _arguments(found[0])] + [("return", found[0].returns)]
    return tuple((name, ast.unparse(annotation)) for name, annotation in rows if annotation is not None)


@lru_cache(maxsize=16)  # the methods of a class are asked for one after another
def _functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef] | None:
    """The functions that are defined in a statement; None for one that cannot be parsed."""
    try:
        waiting: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(node)
        waiting += [part for field in _BODIES for part in getattr(node, field, ())]
    return found


def acting(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """The annotations of a function whose evaluation may do something, in the order in which that is done."""
    return [annotation for annotation in _annotations(node) if acts(annotation)]


def reading(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """The annotations of a function that are more than a constant, in the order in which they are evaluated."""
    return [] if getattr(node, "type_params", None) else [part for part in _annotations(node) if not isinstance(part, ast.Constant)]


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    found = (*(part.annotation for part in _arguments(node)), node.returns)
    return [annotation for annotation in found if annotation is not None]


def acts(annotation: ast.expr) -> bool:
    """Whether the evaluation of an annotation may do something: it calls something, binds a name, or adds a text to a class."""
    while isinstance(annotation, ast.Attribute):
        annotation = annotation.value
    if isinstance(annotation, ast.Name | ast.Constant):
        return False
    if isinstance(annotation, ast.Subscript):
        return _is_refused(annotation) or acts(annotation.value) or acts(annotation.slice)
    if isinstance(annotation, ast.Tuple | ast.List):
        return any(map(acts, annotation.elts))
    return _is_refused(annotation) or any(isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(annotation))


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """The parameters in the order in which CPython evaluates their annotations."""
    given = node.args
    return [part for part in (*given.args, *given.posonlyargs, given.vararg, *given.kwonlyargs, given.kwarg) if part is not None]
