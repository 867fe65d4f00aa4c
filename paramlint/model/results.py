"""Results without ties to the source: plain, picklable, ready to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from paramlint.core.counts import Status
from paramlint.core.diagnostic import Diagnostic
from paramlint.core.dims import Formula, render
from paramlint.model.facts import FileFacts, LayerCall, WeightFact
from paramlint.model.statuses import of_evaluation
from paramlint.model.totals import number

# A number of elements; a formula as text; None where nothing is known.
Number = int | str | None


class FileResult(msgspec.Struct, frozen=True):
    """The findings in one file, and the text of the lines that they are about (by number, from 1)."""

    path: str
    diagnostics: tuple[Diagnostic, ...] = ()
    lines: Mapping[int, str] = msgspec.field(default_factory=dict)


class WeightRow(msgspec.Struct, frozen=True):
    """A parameter of a layer (buffers are counted, not listed). Sizes are numbers or formulas as text; ``shape`` is None where unknown."""

    name: str
    shape: tuple[int | str, ...] | None
    trainable: bool


class LayerRow(msgspec.Struct, frozen=True):
    """A layer call as a reviewer reads it; the field names are the keys of the JSON. ``status`` is that of the parameters."""

    path: str
    line: int
    column: int
    name: str
    call: str
    status: str
    params: Number
    trainable_params: Number
    buffers: Number
    weights: tuple[WeightRow, ...]
    formula: str
    reason: str
    statuses: dict[str, str] = msgspec.field(default_factory=lambda: of_evaluation(None, several=False))  # of each figure, by its key


def file_result(facts: FileFacts, diagnostics: Iterable[Diagnostic]) -> FileResult:
    """The findings with the lines that their spans touch."""
    found = tuple(diagnostics)
    lines: dict[int, str] = {}
    if facts.source is not None:
        for diagnostic in found:
            for number in range(diagnostic.span.line, diagnostic.span.end_line + 1):
                if number not in lines:
                    lines[number] = facts.source.line(number)
    return FileResult(facts.path, found, lines)


def layer_row(path: str, call: LayerCall) -> LayerRow:
    """One layer call; of several evaluations the largest stands for it."""
    span, best = call.span, call.largest
    if best is not None and best.refusal is not None:
        return LayerRow(path, span.line, span.column, call.name, call.text, Status.UNKNOWN.value, None, None, None, (), "",
                        f"refused: {best.refusal.message}")
    reason = call.reason or next((r for e in call.evaluations for r in e.params.reasons), None)
    why = reason.message if reason is not None else ""
    return LayerRow(
        path=path, line=span.line, column=span.column, name=call.name, call=call.text, status=call.status.value,
        params=number(best.params) if best else None,
        trainable_params=number(best.trainable) if best else None,
        buffers=number(best.buffers) if best else None,
        weights=tuple(_weight(weight) for weight in best.weights if not weight.buffer) if best else (),
        formula=best.formula if best else "", reason=why,
        statuses=of_evaluation(best, several=len(call.built) > 1))


def _weight(weight: WeightFact) -> WeightRow:
    shape = None if weight.shape is None else tuple(_size(size) for size in weight.shape)
    return WeightRow(weight.name, shape, weight.trainable)


def _size(size: Any) -> int | str:
    return size if isinstance(size, int) else render(size) if isinstance(size, Formula) else "?"
