"""Where the nodes of the IR stand in their file.

Positions are wanted for the few nodes that are reported, so the IR has none: the statement is parsed and lowered again by the same
code, which numbers the nodes in the same order; the standard library's tree has positions, for LibCST's the code generation is run once
to count characters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from paramlint.core.spans import Span
from paramlint.syntax import parse
from paramlint.syntax.outline import Outline, line_starts
from paramlint.syntax.stack import with_room

Extent = tuple[int, int]


def spans(outline: Outline, index: int, anchors: Iterable[int]) -> dict[int, Span]:
    """The places of nodes of statement ``index``: lines and columns of the file, from 1, in characters.

    A call's span is the whole call, an expression's is without the parentheses around it (a tuple's and a generator's with them), a
    function's and a class's its name, and any other statement's its text up to the end of its first line, or of its header.

    Raises:
        SyntaxProblem: as ``parse.lower`` does.
        IndexError: for an anchor that the statement does not have.
    """
    anchors = list(anchors)
    extents = _extents(outline, index, anchors)
    statement = outline.statement(index)
    starts = line_starts(statement.text)

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset - statement.offset, hi=len(starts) - 1)
        return statement.start + line - 1, offset - outline.source.rfind("\n", 0, offset)

    return {anchor: Span(*place(extents[anchor][0]), *place(extents[anchor][1])) for anchor in anchors}


def text(outline: Outline, index: int, anchor: int) -> str:
    """The source of a node, as written."""
    start, end = _extents(outline, index, [anchor])[anchor]
    return outline.source[start:end]


def _extents(outline: Outline, index: int, anchors: list[int]) -> dict[int, Extent]:
    """Kept in the outline. Who asks a second time for something else gets all there is, so that nobody pays three times."""
    known = outline.extents.get(index)
    if known is None:
        known = outline.extents[index] = with_room(lambda: _measure(outline, index, anchors))
    elif not all(anchor in known for anchor in anchors):
        known = outline.extents[index] = with_room(lambda: _measure(outline, index, None))
    return known


def _measure(outline: Outline, index: int, anchors: list[int] | None) -> dict[int, Extent]:
    base = 0 if outline.whole else outline.statement(index).offset
    found = _lossless(outline, index, anchors) if outline.is_lossless(index) else _standard(outline, index, anchors)
    return {anchor: _trimmed(outline.source, start + base, end + base, one_line) for anchor, (start, end, one_line) in found.items()}


def _lossless(outline: Outline, index: int, anchors: list[int] | None) -> dict[int, tuple[int, int, bool]]:
    from paramlint.syntax.codegen import anchor_extents
    from paramlint.syntax.native import lower_unit

    unit = parse.unit(outline, index)
    return anchor_extents(unit.module, lower_unit(unit)[1].nodes, anchors)


def _standard(outline: Outline, index: int, anchors: list[int] | None) -> dict[int, tuple[int, int, bool]]:
    from paramlint.syntax.standard import anchor_extents

    return anchor_extents(*parse.parsed(outline, index), anchors)


def _trimmed(source: str, start: int, end: int, one_line: bool) -> Extent:
    if one_line:
        newline = source.find("\n", start, end)
        end = newline if newline >= 0 else end
        end = start + len(source[start:end].rstrip())
    return start, end
