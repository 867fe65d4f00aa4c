"""Every limit in one table: its number and what it bounds, read from where it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_type_hints

from paramlint.analysis.sites import LIMITS as OF_CHECKED
from paramlint.config.load import LARGEST_FILE
from paramlint.core import contents, shapes
from paramlint.core.reading import LARGEST_SOURCE
from paramlint.interpreter.hashing import COLLISIONS
from paramlint.interpreter.limits import DEFAULT, Limits
from paramlint.interpreter.stdlib.patterns import MOST_PATTERN
from paramlint.project.loader import MAX_TEXT, MOST_ENTRIES


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
    yield "bytes of a text beside the code", MAX_TEXT
    yield "entries of a folder that the code lists", MOST_ENTRIES


def document() -> str:
    """The table as Markdown."""
    return "\n".join(["| at most | of |", "| ---: | --- |", *(f"| {number:,} | {what} |" for what, number in rows())])
