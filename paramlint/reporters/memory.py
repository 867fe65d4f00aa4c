"""What a model takes in memory: weights, what a call of it makes, what training needs besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramlint.core.counts import Count, Status
from paramlint.core.dims import Formula, render
from paramlint.core.outgoing import safe
from paramlint.core.text import shown_bytes
from paramlint.core.unknown import Reason
from paramlint.model.totals import number, tensors, trained_bytes, weight_bytes
from paramlint.model.tree import Model

DTYPES = ("float64", "float32", "float16", "bfloat16", "int8")  # in which weights are kept

ASSUMED = (
    "a tensor is alive while the code refers to it, and in it: Python drops what no name, list or running call holds",
    "views, operations in place and layers that pass their input on take no memory of their own",
    "a layer needs its inputs and its outputs; what a kernel needs for itself, the weights and the rounding of an allocator are not counted",
    "training keeps what PyTorch's autograd saves of one call in training mode, weights and buffers left out; for other frameworks it is not known",
    "scaled dot product attention is computed by its formula, as on the meta device; a fused kernel keeps other tensors of it",
    "SGD with momentum keeps a number for each parameter that is trained, Adam two, in the type of the parameter",
)


def bytes_text(count: Count) -> str:
    """``3.21 MB``, ``≥ 3.21 MB``, ``4*N bytes``, ``?``."""
    if count.status is Status.UNKNOWN:
        return "?"
    text = f"{render(count.value)} bytes" if isinstance(count.value, Formula) else shown_bytes(count.value)
    return f"≥ {text}" if count.bound else text


def memory_lines(model: Model, dtype: str | None, explain: bool) -> Iterator[str]:
    """The lines below the totals of a model that was called; with ``explain`` also what is assumed."""
    if model.memory is None or model.root is None:
        return
    found = model.memory
    yield f"Peak of the forward pass in inference: {_status_text(found.peak)}"
    yield f"Kept for the backward pass in training: {_status_text(found.kept, found.note)}"
    yield f"All results of the forward pass: {_status_text(found.made)}"
    trained = trained_bytes(model.root, dtype)
    if trained is not None:
        gradients, twice = (_size(size, model.trainable.bound) for size in (trained, 2 * trained))
        yield f"Gradients: {gradients}"
        yield f"State of the optimiser: SGD none, SGD with momentum {gradients}, Adam {twice}"
    else:
        yield "Gradients and state of the optimiser: unknown"
    others = [kind for kind in DTYPES if kind != dtype and weight_bytes(tensors(model.root), kind) is not None]
    if others:
        sizes = {kind: weight_bytes(tensors(model.root), kind) for kind in others}
        yield "Parameters in other types: " + ", ".join(f"{_size(size, model.params.bound)} {kind}" for kind, size in sizes.items())
    if explain:
        yield "Assumed of memory:"
        yield from (f"  {line}" for line in ASSUMED)


def _status_text(count: Count, note: str = "") -> str:
    return "unknown" if count.status is Status.UNKNOWN else f"{bytes_text(count)} ({count.status.value}{f'; {safe(note)}' if note else ''})"


def _size(size: Any, bound: bool) -> str:
    return bytes_text(Count(size, bound)).replace("?", "unknown")


def memory_row(model: Model, dtype: str | None) -> dict[str, Any]:
    """The memory of a model as JSON can hold it; what needs a call is None without one."""
    root, found = model.root, model.memory
    trained = None if root is None else _plain(trained_bytes(root, dtype))
    row: dict[str, Any] = {
        "dtype": dtype,
        "weight_bytes_by_dtype": None if root is None else {kind: _plain(weight_bytes(tensors(root), kind)) for kind in DTYPES},
        "gradient_bytes": trained,
        "optimizer_bytes": None if trained is None or root is None else {
            "sgd": 0, "sgd_momentum": trained, "adam": _plain(2 * trained_bytes(root, dtype))},
    }
    counts = (None, None, None) if found is None else (found.peak, found.kept, found.made)
    for key, count in zip(("peak", "training", "forward"), counts, strict=True):
        row[f"{key}_bytes"] = None if count is None or count.bound else number(count)
        row[f"{key}_bytes_status"] = "" if count is None else count.status.value
        row[f"{key}_bytes_at_least"] = None if count is None else number(Count(count.value))
    row["training_bytes_note"] = "" if found is None else found.note
    return row


def _plain(size: Any) -> int | str | None:
    return size if size is None or isinstance(size, int) else str(size)


def memory_reasons(model: Model) -> tuple[Reason, ...]:
    """Why figures of memory are not exact."""
    found = model.memory
    return () if found is None else tuple(dict.fromkeys((*found.peak.reasons, *found.kept.reasons)))
