"""Text for people: colours, widths, columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paramlint.core.counts import Count, Status
from paramlint.core.dims import Formula, render

Paint = Callable[[str, str], str]

_CODES = {"bold": "1", "dim": "2", "red": "1;31", "yellow": "1;33", "blue": "1;34", "cyan": "36", "green": "32"}


def painter(color: bool) -> Paint:
    """A function that gives text a style, or leaves it as it is."""
    return (lambda text, style: f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text) if color else (lambda text, style: text)


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shortened(text: str, limit: int) -> str:
    """The text, cut at ``limit`` characters with an ellipsis."""
    return text if len(text) <= limit else text[:limit - 1] + "…"


def columns(rows: Sequence[Sequence[str]], align: str, *, gap: str = "  ") -> list[list[str]]:
    """Cells padded to the width of their column; ``align`` has an ``l`` or ``r`` for each."""
    widths = [max((width(row[index]) for row in rows), default=0) for index in range(len(align))]
    padded: list[list[str]] = []
    for row in rows:
        cells = []
        for cell, side, wide in zip(row, align, widths, strict=True):
            blank = " " * (wide - width(cell))
            cells.append(blank + cell if side == "r" else cell + blank)
        padded.append(cells)
    return padded


def number(value: int | str | None, *, bound: bool = False) -> str:
    """A count as people read it: ``1,234``, ``≥ 1,234``, a formula, ``unknown``."""
    if value is None:
        return "unknown"
    text = f"{value:,}" if isinstance(value, int) else value
    return f"≥ {text}" if bound else text


def count_text(count: Count) -> str:
    """``1,234``, ``≥ 1,234``, a formula, ``unknown``."""
    if count.status is Status.UNKNOWN:
        return "unknown"
    text = render(count.value) if isinstance(count.value, Formula) else f"{count.value:,}"
    return f"≥ {text}" if count.bound else text
