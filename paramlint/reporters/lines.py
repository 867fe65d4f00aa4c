"""Formats with a line for each finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from paramlint.core import outgoing
from paramlint.core.diagnostic import Diagnostic, Severity
from paramlint.core.outgoing import safe
from paramlint.model.results import FileResult
from paramlint.reporters.boundary import finding_written
from paramlint.reporters.text import Paint, painter

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def write_concise(results: Iterable[FileResult], out: TextIO, *, color: bool = False, **_: Any) -> int:
    """``path:line:column: CODE message``, which editors and other tools read."""
    paint, count = painter(color), 0
    for result in results:
        for finding in result.diagnostics:
            count += 1
            out.write(finding_written(finding, lambda finding: _concise(finding, paint)) + "\n")
    return count


def _concise(finding: Diagnostic, paint: Paint) -> str:
    place = f"{paint(outgoing.path(finding.path), 'bold')}:{finding.span.line}:{finding.span.column}"
    return f"{place}: {paint(finding.code, 'red')} {safe(finding.message)}"


def write_github(results: Iterable[FileResult], out: TextIO, **_: Any) -> int:
    """Workflow commands of GitHub Actions, which become annotations in a pull request."""
    count = 0
    for result in results:
        for finding in result.diagnostics:
            count += 1
            out.write(finding_written(finding, _command) + "\n")
    return count


def _command(finding: Diagnostic) -> str:
    span = finding.span
    where = {"file": safe(finding.path), "line": span.line, "endLine": max(span.line, span.end_line)}
    if span.line == span.end_line:  # GitHub ignores columns on spans of several lines
        where |= {"col": span.column, "endColumn": max(span.column, span.end_column)}
    where["title"] = f"paramlint {finding.code} ({finding.name})"
    properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    text = f"{finding.path}:{span.line}:{span.column}: {finding.code} {finding.message}"
    lines = [safe(line) for line in (text, *finding.detail.split("\n")) if line]
    return f"::{_GITHUB[finding.severity]} {properties}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
