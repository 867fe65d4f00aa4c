"""SARIF 2.1.0, the exchange format of static analysis (OASIS standard): one run, one result a finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from paramlint.core.diagnostic import Diagnostic, Fix
from paramlint.core.outgoing import json_text, safe_lines
from paramlint.core.spans import Span
from paramlint.model.results import FileResult
from paramlint.reporters.boundary import finding_written

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(results: Iterable[FileResult], out: TextIO, *, rules: Sequence[Mapping[str, Any]] = (), version: str = "", **_: Any) -> int:
    """One SARIF log. ``rules`` are entries with code, name, summary, doc and severity, as the list of rules has them."""
    places = {str(rule["code"]): index for index, rule in enumerate(rules)}
    found = [finding_written(finding, lambda finding: _result(finding, places)) for result in results for finding in result.diagnostics]
    driver: dict[str, Any] = {"name": "paramlint", "rules": [_rule(rule) for rule in rules]}
    if version:
        driver["version"] = version
    log = {"$schema": _SCHEMA, "version": "2.1.0",
           "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found}]}
    out.write(json_text(json.dumps(log, indent=2)) + "\n")
    return len(found)


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["code"], "name": rule["name"], "shortDescription": {"text": rule["summary"]},
        "help": {"text": rule["doc"], "markdown": rule["doc"]},
        "defaultConfiguration": {"level": rule.get("severity", "error"), "enabled": bool(rule.get("default", True))},
    }


def _result(finding: Diagnostic, places: Mapping[str, int]) -> dict[str, Any]:
    lines = [finding.message, *([finding.detail] if finding.detail else []), *([f"Help: {finding.help}"] if finding.help else [])]
    result: dict[str, Any] = {
        "ruleId": finding.code, "level": finding.severity.value, "message": {"text": _message("\n".join(lines))},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(finding.path)}, "region": _region(finding.span)}}],
    }
    if finding.code in places:
        result["ruleIndex"] = places[finding.code]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.path, finding.fix)]
    return result


def _fix(path: str, fix: Fix) -> dict[str, Any]:
    edits = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": _clean(edit.text)}} for edit in fix.edits]
    return {"description": {"text": _message(fix.title)}, "artifactChanges": [{"artifactLocation": {"uri": uri(path)}, "replacements": edits}]}


def _region(span: Span) -> dict[str, int]:
    return {"startLine": span.line, "startColumn": span.column, "endLine": max(span.line, span.end_line), "endColumn": span.end_column}


def uri(path: str) -> str:
    """A path as a URI reference: relative ones stay relative, to the folder that the tool runs in."""
    place = Path(path)
    return place.as_uri() if place.is_absolute() else quote(place.as_posix().encode("utf-8", "surrogateescape"))


def _message(text: str) -> str:
    """A text that viewers show as it is: they make links of `[text](place)`, even in plain text."""
    return safe_lines(text).replace("](", "] (")


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
