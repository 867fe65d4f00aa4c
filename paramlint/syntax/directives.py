"""Comments that speak to paramlint: ``# noqa: PRM101``, ``# paramlint: ignore[PRM101]``, ``# paramlint: input=(1, 3, 224, 224)``.

They are found in comments only, never in strings, and each keeps its place, so that one that has no effect can be reported.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, NamedTuple

from paramlint.core.spans import Span
from paramlint.syntax.lexical import COMMENT_OR_STRING
from paramlint.syntax.outline import line_starts, normalised

Kind = Literal["noqa", "ignore", "setting", "unknown"]
_CODE = re.compile(r"[A-Za-z]+[0-9]*")
# As flake8 reads it: any case, anywhere in the comment; what follows the colon and is no list of codes leaves a blanket noqa.
_NOQA = re.compile(r"#\s*noqa\b(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_OURS = re.compile(r"#\s*paramlint:\s*(?P<body>[^#]*)")
_IGNORE = re.compile(r"ignore\s*(?:\[(?P<codes>[^\]]*)\])?\s*$")
_SETTING = re.compile(r"(?P<name>[a-z][\w-]*)\s*=\s*(?P<value>.*\S)")


class Code(NamedTuple):
    """A code or the beginning of one (``PRM2``), in upper case, and where it stands."""

    name: str
    span: Span


class Directive(NamedTuple):
    """One directive.

    ``codes`` is empty for a blanket ``# noqa`` or ``# paramlint: ignore``. A setting has its ``name`` and ``value`` as written; of kind
    "unknown" is what follows ``# paramlint:`` and means nothing, in ``value``. ``span`` is the directive from its ``#`` on;
    ``own_line`` says that nothing else stands on the line.
    """

    kind: Kind
    codes: tuple[Code, ...]
    name: str
    value: str
    span: Span
    own_line: bool


class _Places:
    """Offsets to lines and columns."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.starts = line_starts(source)

    def span(self, start: int, end: int) -> Span:
        line = bisect_right(self.starts, start)
        first = self.starts[line - 1]
        return Span(line, start - first + 1, line, end - first + 1)

    def alone(self, start: int) -> bool:
        first = self.starts[bisect_right(self.starts, start) - 1]
        return not self.source[first:start].strip()


def directives(source: str) -> tuple[Directive, ...]:
    """The directives of a file, in the order of the source; never an exception, whatever the text is."""
    if "paramlint:" not in source and "noqa" not in source.lower():
        return ()
    source = normalised(source)
    places = _Places(source)
    found: list[Directive] = []
    for match in COMMENT_OR_STRING.finditer(source):
        if match[0][0] == "#":
            found.extend(_in_comment(match[0], match.start(), places))
    return tuple(sorted(found, key=lambda directive: directive.span))


def _in_comment(comment: str, offset: int, places: _Places) -> list[Directive]:
    found = []
    for match in _NOQA.finditer(comment):
        codes = _codes(match, offset, places)
        span = places.span(offset + match.start(), offset + match.end())
        found.append(Directive("noqa", codes, "", "", span, places.alone(offset)))
    return found + [_ours(match, offset, places) for match in _OURS.finditer(comment)]


def _ours(match: re.Match[str], offset: int, places: _Places) -> Directive:
    body = match["body"].rstrip()
    begin = match.start("body")
    span = places.span(offset + match.start(), offset + begin + len(body))
    alone = places.alone(offset)
    ignore = _IGNORE.match(match.string, begin, begin + len(body))
    if ignore is not None:
        return Directive("ignore", _codes(ignore, offset, places), "", "", span, alone)
    setting = _SETTING.match(body)
    if setting is not None:
        return Directive("setting", (), setting["name"], setting["value"], span, alone)
    return Directive("unknown", (), "", body, span, alone)


def _codes(match: re.Match[str], offset: int, places: _Places) -> tuple[Code, ...]:
    """The codes in the group ``codes``, which starts at ``offset`` plus its place in the comment."""
    if match["codes"] is None:
        return ()
    found = _CODE.finditer(match.string, match.start("codes"), match.end("codes"))
    return tuple([Code(code[0].upper(), places.span(offset + code.start(), offset + code.end())) for code in found])
