"""The table of layer calls that a reviewer of a paper's code reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any, TextIO

from paramlint.core import outgoing
from paramlint.core.counts import Status
from paramlint.core.outgoing import safe
from paramlint.core.text import one_line
from paramlint.model.results import LayerRow
from paramlint.reporters.boundary import row_written
from paramlint.reporters.text import Paint, columns, number, painter, shortened

_LONGEST_CALL = 60
_LONGEST_NOTE = 120


def write(rows: Iterable[LayerRow], out: TextIO, *, color: bool = False, **_: Any) -> None:
    """A block for each file with place, call, parameters and calculation of every layer call; then how many have which status."""
    paint = painter(color)
    tally: Counter[str] = Counter()
    for path, group in groupby(rows, key=lambda row: row.path):
        calls = list(group)
        tally.update(row.status for row in calls)
        out.write(paint(outgoing.path(path), "bold") + "\n" + "".join(_block(calls, paint)) + "\n")
    out.write(_tally(tally) + "\n")


def _block(calls: list[LayerRow], paint: Paint) -> Iterable[str]:
    cells = [row_written(row, _cells) for row in calls]
    for row, (place, call, count), (*_, note) in zip(calls, columns([cell[:3] for cell in cells], "rlr"), cells, strict=True):
        shade = "dim" if row.status == Status.UNKNOWN else "bold"
        yield f"  {paint(place, 'dim')}  {call}  {paint(count, shade)}  {note}".rstrip() + "\n"


def _cells(row: LayerRow) -> tuple[str, str, str, str]:
    """Place, call, count and note."""
    return f"{row.line}:{row.column}", shortened(safe(one_line(row.call)), _LONGEST_CALL), _count(row), _note(row)


def _count(row: LayerRow) -> str:
    if isinstance(row.params, str):
        return Status.SYMBOLIC.value
    return number(row.params, bound=row.status == Status.LOWER_BOUND)


def _note(row: LayerRow) -> str:
    """The calculation where there is one, the formula, or the reason why there is neither."""
    if isinstance(row.params, str):
        return shortened(safe(row.params), _LONGEST_NOTE)
    return shortened(safe(row.formula if row.params is not None and row.formula else row.reason), _LONGEST_NOTE)


def _tally(tally: Counter[str]) -> str:
    """``12 layer calls: 9 exact, 2 symbolic, 1 unknown``; bounds and assumptions are named where there are any."""
    parts = [f"{tally[status.value]:,} {status.value}" for status in Status
             if tally[status.value] or status not in (Status.ASSUMED, Status.LOWER_BOUND)]
    total = sum(tally.values())
    return f"{total:,} layer call{'' if total == 1 else 's'}: {', '.join(parts)}"
