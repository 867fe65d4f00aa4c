"""Every limit in one table: its number and what it bounds, read from where it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_type_hints

from paramlint.analysis.sites import LIMITS as OF_CHECKED
from paramlint.config.load import LARGEST_FILE, LONGEST_KEY
from paramlint.config.values import MOST_ENTRIES
from paramlint.core import contents, shapes
from paramlint.core.reading import LARGEST_SOURCE
from paramlint.interpreter.hashing import COLLISIONS
from paramlint.interpreter.limits import DEFAULT, Limits
from paramlint.interpreter.stdlib.patterns import MOST_PATTERN
from paramlint.project.globs import LONGEST_PATTERN, MOST_PATTERNS, MOST_TEXT
from paramlint.project.loader import MAX_TEXT
from paramlint.project.loader import MOST_ENTRIES as MOST_LISTED
from paramlint.project.patterns import LARGEST_IGNORE_FILE
from paramlint.project.workers import LONGEST_TASK


def rows() -> Iterator[tuple[str, int]]:
    """What is bounded, and by which number."""
    for name, hint in get_type_hints(Limits, include_extras=True).items():
        yield get_args(hint)[1].description, getattr(DEFAULT, name)
    yield "steps of one function or class of a file that is checked", OF_CHECKED.steps
    yield "calls within calls in it", OF_CHECKED.depth
    yield "keys of one hash in a dictionary or set", COLLISIONS
    yield "dimensions of a tensor", shapes.MOST_AXES
    yield "parts that a tensor is split into", shapes.MOST_PARTS
    yield "numbers of a constant tensor that are followed", contents.LIMIT
    yield "characters of a regular expression", MOST_PATTERN
    yield "bytes of a source file", LARGEST_SOURCE
    yield "bytes of a configuration file", LARGEST_FILE
    yield "parts of a key in it", LONGEST_KEY
    yield "entries of a list or table in it", MOST_ENTRIES
    yield "bytes of an ignore file", LARGEST_IGNORE_FILE
    yield "patterns of an ignore file, or of an option", MOST_PATTERNS
    yield "characters of all its patterns", MOST_TEXT
    yield "characters of one of them", LONGEST_PATTERN
    yield "seconds that a process of `--jobs` may be at one file or target, before it is taken to hang", LONGEST_TASK
    yield "bytes of a text beside the code", MAX_TEXT
    yield "entries of a folder that the code lists", MOST_LISTED


def document() -> str:
    """The table as Markdown."""
    return "\n".join(["| at most | of |", "| ---: | --- |", *(f"| {number:,} | {what} |" for what, number in rows())])
