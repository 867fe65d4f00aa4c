"""Places in source files."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of source: lines from 1, columns from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """A span in a file; ``span`` is None where only the file is known."""

    path: str
    span: Span | None
