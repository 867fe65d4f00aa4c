"""Findings and layer calls as JSON lists, written entry by entry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

import msgspec

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.outgoing import json_text
from paramlint.core.spans import Span
from paramlint.model.results import FileResult, LayerRow
from paramlint.reporters.boundary import finding_written, row_written


def write_findings(results: Iterable[FileResult], out: TextIO, **_: Any) -> int:
    """A list of objects with path, line, column, end_line, end_column, code, name, message and more; keys are only ever added."""
    findings = (finding for result in results for finding in result.diagnostics)
    return write_list((finding_written(finding, lambda finding: encoded(finding_row(finding))) for finding in findings), out)


def write_layers(rows: Iterable[LayerRow], out: TextIO, **_: Any) -> None:
    """A list of objects with the fields of ``LayerRow``."""
    write_list((row_written(row, lambda row: encoded(msgspec.to_builtins(row))) for row in rows), out)


def finding_row(finding: Diagnostic) -> dict[str, Any]:
    """A finding as JSON can hold it. Lines and columns count from 1, the end is exclusive."""
    fix = finding.fix
    return {
        "path": finding.path, **_place(finding.span), "code": finding.code, "name": finding.name, "message": finding.message,
        "severity": finding.severity.value, "help": finding.help, "detail": finding.detail,
        "fix": None if fix is None else {
            "title": fix.title, "edits": [{**_place(edit.span), "text": edit.text} for edit in fix.edits]},
    }


def write_list(entries: Iterable[str], out: TextIO) -> int:
    """Write a JSON list with an entry a line, each encoded already, as entries come; returns how many there are."""
    count = 0
    for text in entries:
        out.write(("[\n" if count == 0 else ",\n") + text)
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def encoded(entry: object) -> str:
    """One line of JSON, in ASCII: any terminal, pipe and encoding takes it. Broken surrogates of odd paths are replaced."""
    text = json.dumps(entry, ensure_ascii=False)
    if not text.isascii():
        text = json.dumps(json.loads(text.encode("utf-8", "replace")))
    return json_text(text)


def _place(span: Span) -> dict[str, int]:
    return {"line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}
