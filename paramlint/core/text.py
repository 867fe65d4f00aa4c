"""Source text for messages."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

LONGEST_WORD: Final = 60  # characters of a name in a message
_MOST_NAMES = 1_000
_BLANKS = re.compile(r"\s+")
_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_INNER = re.compile(r"(?<=[(\[{]) | (?=[)\]}])|,(?= ?[)\]}]) ?")


def one_line(source: str) -> str:
    """An expression on one line: comments, line breaks and the comma before the closing bracket are left out.

    >>> one_line("nn.Linear(\\n    10,  # inputs\\n    20,\\n)")
    'nn.Linear(10, 20)'
    """
    if "\n" not in source:
        return source.strip()
    text = _BLANKS.sub(" ", _without_comments(source) if "#" in source else source).strip()
    return _INNER.sub("", text)


def shortened(text: str, most: int = LONGEST_WORD) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else text[:most] + "…"


def closest(word: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that looks most like a word. Long ones are not compared, nor thousands: that takes cubic time."""
    if len(word) > LONGEST_WORD:
        return None
    import difflib

    short = [name for name in islice(names, _MOST_NAMES) if len(name) <= LONGEST_WORD]
    return next(iter(difflib.get_close_matches(word, short, 1, cutoff)), None)


def shown_bytes(size: int) -> str:
    """``40.4 kB``, ``102 MB``: about three digits, and every one of them below a thousand bytes."""
    for unit, scale in _UNITS:
        if size >= scale:
            if size >= 100 * scale:  # in whole numbers: it may be larger than any float
                return f"{(2 * size + scale) // (2 * scale):,} {unit}"
            value = size / scale
            return f"{value:,.{1 if value >= 10 else 2}f} {unit}"
    return f"{size} bytes"


def error_text(error: BaseException) -> str:
    """An exception of our own: what it is, and the line of ours that it comes from."""
    trace, place = error.__traceback__, ""
    package = os.path.dirname(os.path.dirname(__file__))
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.startswith(package):
            place = f" ({os.path.relpath(path, os.path.dirname(package))}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}"[:500]


def _without_comments(source: str) -> str:
    import tokenize

    lines = source.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column] + "\n"
    except (tokenize.TokenError, SyntaxError, IndexError):  # only the look of a message depends on it
        return source
    return "".join(lines)
