"""What cannot be written costs itself alone: a model, layer call or finding that says so stands in its place, and the others are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from paramlint.core.counts import Status
from paramlint.core.diagnostic import Diagnostic
from paramlint.core.refusal import failure_text
from paramlint.core.unknown import Reason, Why
from paramlint.model.results import LayerRow
from paramlint.model.tree import Model

Written = TypeVar("Written")
Item = TypeVar("Item")


def model_written(model: Model, render: Callable[[Model], Written]) -> Written:
    """What is written of a model, or of one of unknown size in its place."""
    return _guarded(model, render, lambda error: Model(model.target, model.name, model.framework, model.path, model.line, None, reasons=(
        Reason(Why.UNSUPPORTED, failure_text(error)),)))


def row_written(row: LayerRow, render: Callable[[LayerRow], Written]) -> Written:
    """What is written of a layer call, or of an unknown one in its place."""
    return _guarded(row, render, lambda error: replace(row, status=Status.UNKNOWN.value, params=None, formula="", reason=failure_text(error)))


def finding_written(finding: Diagnostic, render: Callable[[Diagnostic], Written]) -> Written:
    """What is written of a finding, or of an internal error in its place."""
    return _guarded(finding, render, lambda error: replace(
        finding, code="PRM000", name="internal-error", message=f"Internal error in the report of {finding.code}: {failure_text(error)}", detail="",
        help="", fix=None))


def _guarded(item: Item, render: Callable[[Item], Written], failed: Callable[[Exception], Item]) -> Written:
    """Writing that goes wrong is tried once more with what says so; what the system refuses ends the run."""
    try:
        return render(item)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        return render(failed(error))


__all__ = ["finding_written", "model_written", "row_written"]
