"""Findings with the code they are about, the calculation and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import msgspec

from paramlint.core.diagnostic import Diagnostic, Severity
from paramlint.core.outgoing import safe
from paramlint.core.spans import Span
from paramlint.model.results import FileResult
from paramlint.reporters.boundary import finding_written
from paramlint.reporters.text import Paint, painter, width

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_MOST_LINES = 8  # of a span; of a longer one the first and the last lines are shown
_WIDEST = 160  # characters of a source line
_TAB = 4


def write(results: Iterable[FileResult], out: TextIO, *, color: bool = False, **_: Any) -> int:
    """Each finding as a paragraph: message, place, source with the span marked, hand calculation, way out."""
    paint, count = painter(color), 0
    for result in results:
        for finding in result.diagnostics:
            count += 1
            out.write(finding_written(finding, lambda finding: "\n".join(_paragraph(finding, result.lines, paint))) + "\n\n")
    return count


class _Drawing(msgspec.Struct, frozen=True):
    """What the drawing of a source excerpt needs: the lines, the width of the margin, the colours."""

    lines: Mapping[int, str]
    margin: int
    paint: Paint
    colour: str

    def source(self, number: int, text: str) -> str:
        return f"{self.paint(f'{number:>{self.margin}} |', 'blue')} {text}".rstrip()

    def below(self, text: str = "") -> str:
        return f"{' ' * self.margin} {self.paint('|', 'blue')} {text}".rstrip()


def _paragraph(finding: Diagnostic, lines: Mapping[int, str], paint: Paint) -> list[str]:
    colour, span = _COLOURS[finding.severity], finding.span
    numbers = [number for number in range(span.line, max(span.line, span.end_line) + 1) if number in lines]
    drawing = _Drawing(lines, len(str(numbers[-1] if numbers else span.line)), paint, colour)
    blank = " " * drawing.margin
    text = [f"{paint(finding.code, colour)} {paint(safe(finding.message), 'bold')}",
            f"{blank}{paint('-->', 'blue')} {safe(finding.path)}:{span.line}:{span.column}"]
    notes = [safe(line) for line in finding.detail.split("\n") if line]
    if numbers:
        draw = _one_line if len(numbers) == 1 else _several_lines
        text += [drawing.below(), *draw(drawing, span, numbers, notes[0] if notes else ""), drawing.below()]
        notes = notes[1:]
    text += [f"{blank} {paint('=', 'blue')} {note}" for note in notes]
    if finding.help:
        text.append(f"{paint('help', 'cyan')}: {safe(finding.help)}")
    if finding.fix is not None:
        text.append(f"{paint('fix', 'green')}: {safe(finding.fix.title)}")
    return text


def _one_line(drawing: _Drawing, span: Span, numbers: list[int], note: str) -> list[str]:
    source = drawing.lines[numbers[0]].rstrip("\r\n")
    start = min(span.column, len(source) + 1) - 1
    end = max(start + 1, min(span.end_column - 1, len(source)))
    first = max(0, start - _WIDEST // 4) if len(source) > _WIDEST else 0  # of a long line a window is shown that holds the span's start
    last = first + _WIDEST
    before = "…" if first else ""
    after = "…" if last < len(source) else ""
    left = width(_expanded(before + source[first:start]))
    carets = "^" * max(1, width(_expanded(source[start:min(end, last)])))
    return [drawing.source(numbers[0], _expanded(before + source[first:last] + after)),
            drawing.below(" " * left + drawing.paint(f"{carets} {note}".rstrip(), drawing.colour))]


def _several_lines(drawing: _Drawing, span: Span, numbers: list[int], note: str) -> list[str]:
    text: list[str] = []
    bar = drawing.paint("|", drawing.colour)
    middle = numbers[_MOST_LINES // 2:-_MOST_LINES // 2] if len(numbers) > _MOST_LINES else []
    for number in numbers:
        if number in middle:
            text += [drawing.below(f"{bar} …")] if number == middle[0] else []
            continue
        side = drawing.paint("/", drawing.colour) if number == span.line else bar
        source = _expanded(drawing.lines[number].rstrip("\r\n")[:_WIDEST])
        text.append(drawing.source(number, f"{side} {source}"))
    closing = _expanded(drawing.lines[numbers[-1]][:max(0, min(span.end_column - 1, _WIDEST))])
    line = "_" * max(1, width(closing)) + "^"
    text.append(drawing.below(drawing.paint(f"|{line} {note}".rstrip(), drawing.colour)))
    return text


def _expanded(text: str) -> str:
    return safe(text.replace("\t", " " * _TAB))
