"""Methods of top-level classes, which are parsed by themselves when they are called.

Most of a class of a model is what it does with tensors. To build it, its ``__init__`` is enough, so a class is parsed with the bodies of its
longer methods blanked: as many characters and lines as before, in one string, so that every other node stays where it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from paramlint.syntax.lexical import identifiers

WORTH_IT = 80  # characters of a body; a shorter one is parsed with its class
_QUOTES = '"""'


class Member:
    """A method that is parsed by itself: ``text`` is a class with nothing else in it, ``start`` and ``offset`` say where that would stand."""

    __slots__ = ("_mentions", "body", "end", "index", "offset", "ordinal", "owner", "start", "text")

    def __init__(self, owner: int, ordinal: int, header: str, lines: tuple[int, int], text: str, offset: int, body: tuple[int, int]) -> None:
        self.index = -1  # beyond those of the statements
        self.owner = owner
        self.ordinal = ordinal  # among the functions of the class body
        self.start, self.end = lines[0] - 1, lines[1]
        self.text = header + text
        self.offset = offset - len(header)
        self.body = body  # where its body begins and ends in the source
        self._mentions: frozenset[str] | None = None

    @property
    def mentions(self) -> frozenset[str]:
        """Every identifier and attribute name inside."""
        if self._mentions is None:
            self._mentions = identifiers(self.text)
        return self._mentions


def cut(node: ast.ClassDef, owner: int, source: str, starts: Sequence[int]) -> Iterator[Member]:
    """The methods of a class that are worth it."""
    header = f"class {node.name}:\n"
    functions = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
    for ordinal, function in enumerate(functions):
        first, last = function.body[0], function.end_lineno or function.lineno
        begin = min([first.lineno, *(decorator.lineno for decorator in getattr(first, "decorator_list", ()))])
        place = starts[begin - 1] + first.col_offset, starts[last]
        if function.name == "__init__" or begin <= function.lineno or place[1] - place[0] < WORTH_IT:
            continue
        if "\n" in source[place[0]:place[0] + len(_QUOTES)] or "\n" in source[place[1] - 1 - len(_QUOTES):place[1] - 1]:
            continue  # no room for quotes
        if source[starts[begin - 1] - 2] == "\\" or not _indented(source, starts[function.lineno - 1], function.col_offset):
            continue
        if _header_ends(function) < begin and _indented(source, starts[begin - 1], first.col_offset):
            top = starts[function.lineno - 1]
            yield Member(owner, ordinal, header, (function.lineno, last), source[top:starts[last]], top, place)


def _header_ends(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The last line of a parameter, default, annotation or return type."""
    args = function.args
    parts = (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg, *args.defaults, *args.kw_defaults, function.returns)
    return max([part.end_lineno or 0 for part in parts if part is not None], default=function.lineno)


def _indented(source: str, start: int, column: int) -> bool:
    return not source[start:start + column].strip(" \t")


def blanked(text: str, offset: int, members: Sequence[Member]) -> str:
    """The text of a class, which begins at ``offset`` of the source, without the bodies of those methods."""
    parts: list[str] = []
    done = 0
    for member in members:
        begin, end = (place - offset for place in member.body)
        body = text[begin:end].removesuffix("\n")
        inside = "\n".join(" " * len(line) for line in body[len(_QUOTES):-len(_QUOTES)].split("\n"))
        parts += [text[done:begin], _QUOTES, inside, _QUOTES]
        done = begin + len(body)
    return "".join([*parts, text[done:]])
