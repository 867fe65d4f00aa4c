"""All output formats, by name. Each is imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from paramlint.model.results import FileResult, LayerRow
from paramlint.model.tree import Model

_FINDINGS = {
    "full": "full:write", "concise": "lines:write_concise", "json": "data:write_findings", "github": "lines:write_github",
    "sarif": "sarif:write",
}
_LAYERS = {"table": "layers:write", "json": "data:write_layers"}
_SUMMARIES = {
    "table": "summary:write", "json": "models:write_json", "jsonl": "models:write_jsonl", "markdown": "summary:write_markdown",
    "csv": "models:write_csv",
}

DIAGNOSTICS: tuple[str, ...] = tuple(_FINDINGS)
LAYERS: tuple[str, ...] = tuple(_LAYERS)
SUMMARIES: tuple[str, ...] = tuple(_SUMMARIES)


def diagnostics(format: str, results: Iterable[FileResult], out: TextIO, *, color: bool = False,
                rules: Sequence[Mapping[str, Any]] = (), version: str = "") -> int:
    """Write findings as they come and return how many there are. ``rules`` and ``version`` describe the tool where the format asks."""
    count: int = _load(_FINDINGS[format])(results, out, color=color, rules=rules, version=version)
    return count


def layers(format: str, rows: Iterable[LayerRow], out: TextIO, *, color: bool = False) -> None:
    """Write layer calls; the table ends with how many are exact, symbolic and unknown."""
    _load(_LAYERS[format])(rows, out, color=color)


def summary(format: str, models: Iterable[Model], out: TextIO, *, color: bool = False, layers: bool = True,
            depth: int | None = None, explain: bool = False, sort: str | None = None, dtype: str | None = None) -> None:
    """Write whole models: with or without their layers, the tree down to ``depth`` or the layers sorted by one of ``totals.SORTS``, and
    the calculation written out on request. ``dtype`` is the type that weights are taken to be kept in, if not their own."""
    _load(_SUMMARIES[format])(models, out, color=color, layers=layers, depth=depth, explain=explain, sort=sort, dtype=dtype)


def _load(where: str) -> Callable[..., Any]:
    module, _, name = where.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(f"paramlint.reporters.{module}"), name)
    return function
