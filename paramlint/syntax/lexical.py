"""Patterns for strings, comments and identifiers, shared by whatever looks at source text without parsing it."""

from __future__ import annotations

import keyword
import re

# Possessive, so that an unclosed quote costs one pass and a 10 MB string no memory. Every branch begins with a character of its own, so
# that code between strings is passed over quickly: prefixes are looked for behind the match.
COMMENT_OR_STRING = re.compile(
    r"#[^\n]*+"
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\""
    r"|'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\"",
    re.DOTALL,
)
_FORMATTED_PREFIX = re.compile(r"(?<!\w)(?:[ft]r?|r[ft])\Z", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[^\W\d]\w*+(?!['\"])")  # not the prefix of a string
_KEYWORDS = frozenset(keyword.kwlist) - {"None", "True", "False"}


def identifiers(text: str) -> frozenset[str]:
    """Every identifier in ``text`` outside of comments and strings; those in f-strings count, the text around their fields, too."""
    code = COMMENT_OR_STRING.sub(_keep_formatted, text)
    names = frozenset(_IDENTIFIER.findall(code)) - _KEYWORDS
    return names if code.isascii() else _normal(names)


def all_identifiers(text: str) -> frozenset[str]:
    """Every identifier in ``text``, strings and comments included."""
    names = frozenset(_IDENTIFIER.findall(text)) - _KEYWORDS
    return names if text.isascii() else _normal(names) - _KEYWORDS


def _normal(names: frozenset[str]) -> frozenset[str]:
    """Names as Python compares them."""
    from unicodedata import normalize

    return frozenset([normalize("NFKC", name) for name in names])


def masked(text: str) -> str:
    """As many characters: spaces for comments, and for strings, even of several lines, something that is neither space nor bracket."""
    return COMMENT_OR_STRING.sub(_mask, text)


def _keep_formatted(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "#":
        return ""
    start = match.start()
    return found if start and _FORMATTED_PREFIX.search(match.string, max(start - 3, 0), start) else '"'


def _mask(match: re.Match[str]) -> str:
    found = match[0]
    return (" " if found[0] == "#" else "x") * len(found)
