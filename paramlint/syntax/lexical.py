"""Patterns for strings, comments and identifiers, shared by whatever looks at source text without parsing it."""

from __future__ import annotations

import keyword
import re
import unicodedata

# Possessive, so that an unclosed quote costs one pass and a 10 MB string no memory.
_BODY = r"(?:'''(?:[^'\\]++|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\"|'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\")"
FORMATTED_PREFIX = r"(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])"
COMMENT_OR_STRING = re.compile(rf"(?P<formatted>{FORMATTED_PREFIX}{_BODY})|{_BODY}|(?P<comment>#[^\n]*+)", re.DOTALL)
_IDENTIFIER = re.compile(r"[^\W\d]\w*+(?!['\"])")  # not the prefix of a string
_KEYWORDS = frozenset(keyword.kwlist) - {"None", "True", "False"}


def identifiers(text: str) -> frozenset[str]:
    """Every identifier in ``text`` outside of comments and strings; those in f-strings count, the text around their fields, too."""
    code = COMMENT_OR_STRING.sub(_keep_formatted, text)
    names = frozenset(_IDENTIFIER.findall(code)) - _KEYWORDS
    if not code.isascii():
        names = frozenset([unicodedata.normalize("NFKC", name) for name in names])
    return names


def all_identifiers(text: str) -> frozenset[str]:
    """Every identifier in ``text``, strings and comments included."""
    return frozenset([unicodedata.normalize("NFKC", name) for name in _IDENTIFIER.findall(text)]) - _KEYWORDS


def _keep_formatted(match: re.Match[str]) -> str:
    return match["formatted"] or ("" if match["comment"] else '"')
