"""Regular expressions whose worst case is long, matched by the package ``regex``, which gives up after a time.

Only patterns and texts that ``re`` and ``regex`` are certain to read alike: no flags but those of lines, groups that are entered once, ASCII.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from paramlint.interpreter.stdlib.regex_package import of_regex_alone

SECONDS = 2.0  # of processor time, for all calls of a program
_FLAGS = re.MULTILINE | re.DOTALL | re.UNICODE
_PLAIN = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "AT", "IN"})
_SETS = re.compile(r"\[:|--|&&|\|\||~~|\{(?!\d*,?\d*\})")  # other words for sets, and errors that a match may have
_SEPARATORS = re.compile(r"[\x00-\x08\x0e-\x1f]")  # some of them are space to one of the two
_TEMPLATE = re.compile(r"(?:[^\\]|\\[1-9](?!\d)|\\g<\w+>|\\n|\\\\)*")


@lru_cache(maxsize=200)
def timed(pattern: re.Pattern[Any]) -> Any:
    """A pattern of ``regex`` that finds what a pattern finds in ASCII texts; None where it may not."""
    from re import _parser  # type: ignore[attr-defined]

    text = pattern.pattern
    if not isinstance(text, str) or not text.isascii() or pattern.flags & ~_FLAGS or of_regex_alone(text) or _SETS.search(text):
        return None
    try:
        if not _is_shared(_parser.parse(text, pattern.flags), once=True):
            return None
    except RecursionError:
        return None
    import regex

    return regex.compile(text, int(pattern.flags & ~re.UNICODE) | regex.VERSION0)


def is_shared(text: Any) -> bool:
    """Whether both know the same classes for all characters of a text."""
    return isinstance(text, str) and text.isascii() and _SEPARATORS.search(text) is None


def is_plain_template(text: str) -> bool:
    """Whether both put the same in place of a match; ``text`` is one that ``re`` does not refuse."""
    return _TEMPLATE.fullmatch(text) is not None


def _is_shared(parsed: Any, *, once: bool) -> bool:
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            if not _is_shared(argument[2], once=False):
                return False
        elif name == "SUBPATTERN":
            group, added, removed, body = argument
            if added or removed or (group is not None and not once) or not _is_shared(body, once=once):
                return False
        elif name == "BRANCH":
            if not all(_is_shared(branch, once=once) for branch in argument[1]):
                return False
        elif name in ("ASSERT", "ASSERT_NOT"):
            if not _is_shared(argument[1], once=False):
                return False
        elif name not in _PLAIN or str(argument) == "AT_NON_BOUNDARY":  # of an empty text, they do not agree on it
            return False
    return True


__all__ = ["SECONDS", "is_plain_template", "is_shared", "timed"]
