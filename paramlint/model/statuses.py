"""How much each figure of an answer can be trusted: each has a status of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramlint.core.counts import Count, Status, worst
from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown
from paramlint.model.facts import Evaluation
from paramlint.model.totals import Row, tensors, trained_bytes, weight_bytes
from paramlint.model.tree import Memory, Model

NOT_ASKED = ""  # the status of what was not asked for: nothing was called


def of_model(model: Model, dtype: str | None = None) -> dict[str, str]:
    """The status of each figure of a model, by its key in the JSON; empty for what needs a call that there was not."""
    root, called = model.root, model.macs is not None
    memory = model.memory or Memory()
    found: dict[str, Status | None] = {
        "params": model.status, "trainable_params": model.trainable.status, "buffers": model.buffers.status,
        "weight_bytes": Status.UNKNOWN, "weight_bytes_by_dtype": Status.UNKNOWN, "gradient_bytes": Status.UNKNOWN,
        "output": of_shape(model.output) if called else None, "macs": of_count(model.macs), "flops": of_count(model.macs),
        "cost": of_count(model.cost),
        "peak_bytes": memory.peak.status, "training_bytes": memory.kept.status, "forward_bytes": memory.made.status,
    }
    if model.memory is None:
        found |= dict.fromkeys(("peak_bytes", "training_bytes", "forward_bytes"))
    if root is None:
        found |= {"trainable_params": Status.UNKNOWN, "buffers": Status.UNKNOWN}
    else:
        found["weight_bytes"] = of_bytes(weight_bytes(tensors(root), dtype), model.params)
        found["weight_bytes_by_dtype"] = of_bytes(weight_bytes(tensors(root), "float32"), model.params)
        found["gradient_bytes"] = of_bytes(trained_bytes(root, dtype), model.trainable)
    found["optimizer_bytes"] = found["gradient_bytes"]
    return _plain(found)


def of_row(row: Row) -> dict[str, str]:
    """The status of each figure of a module."""
    total, node = row.total, row.node
    called = node.output is not None or total.macs is not None
    return _plain({
        "params": total.params.status, "trainable_params": total.trainable.status, "buffers": total.buffers.status,
        "output": of_shape(node.output) if called else None, "macs": of_count(total.macs), "cost": of_count(total.cost),
        "output_bytes": None if row.shared else of_count(node.output_bytes),
    })


def of_evaluation(evaluation: Evaluation | None, several: bool) -> dict[str, str]:
    """The status of each figure of a layer call; ``several``: it is reached in other ways too."""
    counts = {} if evaluation is None else {
        "params": evaluation.params, "trainable_params": evaluation.trainable, "buffers": evaluation.buffers}
    return {name: (worst(count.status, Status.LOWER_BOUND) if several else count.status).value for name, count in counts.items()} or dict.fromkeys(
        ("params", "trainable_params", "buffers"), Status.UNKNOWN.value)


def of_count(count: Count | None) -> Status | None:
    return None if count is None else count.status


def of_bytes(size: Any, count: Count) -> Status:
    """The status of bytes that follow from a count."""
    if size is None:
        return Status.UNKNOWN
    return Count(size, count.bound, (), count.assumed).status


def of_shape(value: Any) -> Status:
    """The status of a shape, or of several in a structure."""
    found = set(_leaves(value))
    return next((status for status in (Status.UNKNOWN, Status.SYMBOLIC) if status in found), Status.EXACT)


def _leaves(value: Any) -> Iterable[Status]:
    sizes = getattr(value, "shape", value)
    if sizes is None or isinstance(sizes, Unknown):
        yield Status.UNKNOWN
    elif isinstance(sizes, Formula):
        yield Status.SYMBOLIC
    elif isinstance(sizes, dict):
        for item in sizes.values():
            yield from _leaves(item)
    elif isinstance(sizes, Shape) or not isinstance(sizes, Iterable) or isinstance(sizes, str):
        yield from (_size(size) for size in (sizes if isinstance(sizes, Shape) else ()))
    else:
        for item in sizes:
            yield from _leaves(item)


def _size(size: Any) -> Status:
    if isinstance(size, Unknown):
        return Status.UNKNOWN
    return Status.EXACT if size is None or isinstance(size, int) else Status.SYMBOLIC  # None is what Keras itself leaves open


def _plain(found: dict[str, Status | None]) -> dict[str, str]:
    return {name: NOT_ASKED if status is None else status.value for name, status in found.items()}
