"""A file without what its functions do, which is all that its outline takes from it.

Most of a file is bodies of functions, and most files are read for one or two of their names. In place of each longer body stands a constant
on its first and on its last line, so that whatever else the file has stays where it is. A body that is wanted is parsed with its statement.
"""

from __future__ import annotations

import re
from functools import cache

from paramlint.syntax.lexical import masked as mask

WORTH_IT = 4_000  # characters of a file; a shorter one is parsed as it is
_BODY = 120  # characters of a body that is worth taking out
_FUNCTION = re.compile(r"def +\w+ *(?=[\[(])")
_BEFORE = re.compile(r"( *)(?:async +)?")
_HEADER = re.compile(r"[\[({]|[\])}]|:")
_STRAY = ("'", '"', "\t", "\f")  # after masking: a quote that belongs to no string; indentation that is not told by counting
_OTHER = re.compile(r"[^\n ]")


def skeleton(source: str) -> str | None:
    """The text with the bodies of its functions taken out, or None where they are not easily told apart.

    What it is parsed to has the same statements on the same lines; what is wrong in a body does not show.
    """
    if len(source) < WORTH_IT:
        return None
    masked = mask(source)
    if "\\\n" in masked:
        masked = masked.replace("\\\n", "xx")
    if any(stray in masked for stray in _STRAY):
        return None
    parts: list[str] = []
    done = 0
    for found in _FUNCTION.finditer(masked):
        if found.start() < done:
            continue  # inside a body that is out already
        before = _BEFORE.fullmatch(masked, masked.rfind("\n", 0, found.start()) + 1, found.start())
        begin = _header_end(masked, found.end())
        if before is None or begin is None:
            return None
        indent = len(before[1])
        body = _extent(masked, begin, indent)
        if body is not None:
            parts += [source[done:body[0]], _blank(source, body, indent + 1)]
            done = body[1]
    return "".join([*parts, source[done:]])


def _header_end(masked: str, start: int) -> int | None:
    """After the colon that ends the header of a function whose parameters begin at ``start``."""
    depth = 0
    for found in _HEADER.finditer(masked, start):
        sign = found[0]
        if sign == ":":
            if depth == 0:
                return found.end()
        elif sign in "([{":
            depth += 1
        else:
            depth -= 1
            if depth < 0:
                return None
    return None


@cache
def _end(indent: int) -> re.Pattern[str]:
    """The end of a line after which a statement stands that is indented by ``indent`` at most; a closing bracket begins none."""
    return re.compile(rf"\n(?= {{0,{indent}}}[^ \n)\]}}])")


def _extent(masked: str, begin: int, indent: int) -> tuple[int, int] | None:
    """From the line of the first statement of a body to the end of its last one; None for a body that stays."""
    line_end = masked.find("\n", begin)
    if line_end < 0 or masked[begin:line_end].strip(" "):
        return None  # the body follows on the same line
    found = _end(indent).search(masked, line_end)
    end = line_end + len(masked[line_end:None if found is None else found.start()].rstrip("\n "))
    first = _OTHER.search(masked, line_end, end)
    if first is None or end - first.start() < _BODY:
        return None
    return masked.rindex("\n", 0, first.start()) + 1, end


def _blank(source: str, body: tuple[int, int], indent: int) -> str:
    """As many lines with nothing but a constant on the first and the last, where the first statement of the body stands."""
    first = _OTHER.search(source, body[0])
    lines = source.count("\n", *body)
    column = indent if first is None else first.start() - body[0]
    constant = " " * column + "0"
    return constant if lines == 0 else constant + "\n" * lines + constant
