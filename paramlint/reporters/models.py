"""Whole models for programs: JSON, one object a line, CSV. Keys are only ever added.

``status`` is that of the parameters; ``statuses`` holds that of each figure, by its key: "exact", "symbolic", "assumed", "lower-bound", "unknown",
and empty for what was not asked for. In CSV each figure's status stands in a column of its own, named after it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, TextIO

from paramlint.core.counts import Count
from paramlint.core.dims import Formula, render
from paramlint.core.outgoing import cell
from paramlint.core.unknown import Reason, Unknown
from paramlint.model.formula import hand_calculation
from paramlint.model.statuses import of_model, of_row
from paramlint.model.totals import Row, number, rows, tensors, weight_bytes
from paramlint.model.tree import Model
from paramlint.reporters.boundary import model_written
from paramlint.reporters.data import encoded, write_list
from paramlint.reporters.memory import memory_reasons, memory_row

_MODEL_COLUMNS = ("target", "name", "framework", "status", "params", "trainable_params", "buffers", "weight_bytes", "macs")
_MODEL_STATUSES = ("params", "trainable_params", "buffers", "weight_bytes", "macs")
_LAYER_COLUMNS = ("path", "type", "params", "trainable_params", "buffers", "formula", "output", "macs", "line", "column", "output_bytes")
_LAYER_STATUSES = ("params", "trainable_params", "buffers", "output", "macs", "output_bytes")


def write_json(models: Iterable[Model], out: TextIO, *, layers: bool = True, depth: int | None = None, dtype: str | None = None,
               **_: Any) -> None:
    """A list with an object a model."""
    write_list((model_written(model, lambda model: encoded(model_row(model, layers=layers, depth=depth, dtype=dtype))) for model in models), out)


def write_jsonl(models: Iterable[Model], out: TextIO, *, layers: bool = True, depth: int | None = None, dtype: str | None = None,
               **_: Any) -> None:
    """An object a model, one a line, as they come."""
    for model in models:
        out.write(model_written(model, lambda model: encoded(model_row(model, layers=layers, depth=depth, dtype=dtype))) + "\n")
        out.flush()


def write_csv(models: Iterable[Model], out: TextIO, *, layers: bool = True, depth: int | None = None, dtype: str | None = None,
               **_: Any) -> None:
    """A row a layer, with its target in the first column; without layers a row a model."""
    columns, statuses = (_LAYER_COLUMNS, _LAYER_STATUSES) if layers else (_MODEL_COLUMNS, _MODEL_STATUSES)

    def lines(model: Model) -> str:
        entry = model_row(model, layers=layers, depth=depth, dtype=dtype)
        found = [(entry["target"], *_cells(layer, columns, statuses)) for layer in entry["layers"]] if layers else [
            _cells(entry, columns, statuses)]
        return _csv([cell(value) if isinstance(value, str) else value for value in row] for row in found)

    out.write(_csv([(*(["target"] if layers else []), *columns, *(f"{name}_status" for name in statuses))]))
    for model in models:
        out.write(model_written(model, lines))


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(entry: dict[str, Any], columns: Iterable[str], statuses: Iterable[str]) -> tuple[Any, ...]:
    return (*(_cell(entry[key]) for key in columns), *(entry["statuses"][name] for name in statuses))


def model_row(model: Model, *, layers: bool = True, depth: int | None = None, dtype: str | None = None) -> dict[str, Any]:
    """A model as JSON can hold it."""
    value = model.params.value
    known = model.root is not None
    return {
        "target": model.target, "name": model.name, "framework": model.framework, "path": model.path, "line": model.line,
        "status": model.status.value,
        "params": number(model.params) if known else None, "trainable_params": number(model.trainable) if known else None,
        "buffers": number(model.buffers) if known else None,
        "weight_bytes": plain(weight_bytes(tensors(model.root), dtype)) if model.root is not None else None,
        "formula": render(value) if isinstance(value, Formula) else "",
        "input": plain(model.input), "output": plain(model.output), "macs": _cost(model.macs), "flops": plain(_twice(model.macs)),
        "reasons": [_reason(model, reason) for reason in _reasons(model)],
        "layers": [_layer(model, row) for row in rows(model.root, depth)] if layers and model.root is not None else [],
        "macs_status": "" if model.macs is None else model.macs.status.value, "macs_at_least": _least(model.macs),
        "convention": model.convention, "cost": _cost(model.cost), "input_from": model.origin, **memory_row(model, dtype),
        "statuses": of_model(model, dtype),
    }


def _cost(count: Count | None) -> Any:
    """A cost that is known: a number, or a formula as its text; None for a bound."""
    return None if count is None or count.bound else plain(count.value)


def _least(count: Count | None) -> Any:
    return None if count is None else plain(count.value)


def _reasons(model: Model) -> Iterable[Reason]:
    """Why a figure is not exact."""
    counts = (model.trainable, model.buffers, model.macs, model.cost)
    costs = [reason for count in counts if count is not None for reason in count.reasons]
    return dict.fromkeys((*model.reasons, *costs, *memory_reasons(model)))


def plain(value: Any) -> Any:
    """Sizes and shapes as JSON can hold them: a formula as its text, None for what is not known."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Formula):
        return render(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    sizes = getattr(value, "shape", value)
    if isinstance(sizes, Unknown):
        return None
    return [plain(item) for item in sizes] if isinstance(sizes, Iterable) else str(value)


def _twice(macs: Count | None) -> Any:
    return None if macs is None or macs.bound else 2 * macs.value


def _layer(model: Model, row: Row) -> dict[str, Any]:
    node = row.node
    _, line, column = model.places.get(node.site, (None, None, None)) if node.site is not None else (None, None, None)
    return {
        "path": node.path, "type": node.type, "params": number(row.total.params), "trainable_params": number(row.total.trainable),
        "buffers": number(row.total.buffers), "formula": "" if row.branch else hand_calculation(row.weights, row.total.params),
        "output": plain(node.output), "macs": _cost(row.total.macs), "line": line, "column": column, "depth": row.depth, "shared": row.shared,
        "arithmetic": list(node.arithmetic),
        "input": plain(node.input), "cost": _cost(row.total.cost), "output_bytes": None if row.shared else _cost(node.output_bytes),
        "statuses": of_row(row),
    }


def _reason(model: Model, reason: Any) -> dict[str, Any]:
    path, line, column = model.places.get(reason.site, (model.path, model.line, 1))
    return {"path": path, "line": line, "column": column, "message": reason.message, "kind": reason.kind.value}


def _cell(value: Any) -> Any:
    return "" if value is None else "×".join(map(str, value)) if isinstance(value, list) else value
