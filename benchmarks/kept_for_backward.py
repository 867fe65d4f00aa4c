"""Whether what training is said to keep for the backward pass is what the real autograd saves.

    python benchmarks/kept_for_backward.py FOLDER TRUTH [--only TEXT] [--every N] [--batch N] [--size N] [--path FOLDER …] [--reasons N]

FOLDER is an unpacked wheel of models for PyTorch, TRUTH a JSON list of rows with `target` (a file of the wheel and an expression) and, where
it is known, `input`. Each model is built on the meta device and called in training mode below ``torch.autograd.graph.saved_tensors_hooks``:
what counts are the bytes of the distinct storages that are saved, those of the model's own parameters and buffers left out. A figure that is
marked exact and differs is DIFFERENT and ends the run with exit code 1. ``--path`` adds folders with what the package imports.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import warnings
from collections import Counter
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import torch
from torch.autograd.graph import saved_tensors_hooks

from paramlint import api
from paramlint.model.tree import Model

OUTCOMES = ("equal", "not exact", "DIFFERENT", "refused")
_OPERATIONS = ("nms", "qnms")  # of torchvision's extension, which need not be there to build and call a model


def build(target: str) -> Any:
    """The real model of a target, on the meta device, in training mode."""
    path, _, expression = target.partition("::")
    module = importlib.import_module(path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
    try:
        with torch.device("meta"):
            return eval(expression, vars(module)).train()
    except NotImplementedError:  # it computes with numbers that a tensor on the meta device does not have
        with ExitStack() as stack:
            for name in [name for name in vars(torch.nn.init) if name.endswith("_") and not name.startswith("_")]:
                stack.enter_context(patch.object(torch.nn.init, name, lambda tensor, *_, **__: tensor))
            return eval(expression, vars(module)).to("meta").train()


def size_of_input(model: Any, row: dict[str, Any], batch: int, size: int) -> tuple[int, ...]:
    """The shape that a model is called with: the row's, or what the model says of itself."""
    shape = row.get("input") or [1, *(getattr(model, "pretrained_cfg", None) or {}).get("input_size", (3, 224, 224))]
    wanted = [batch, *shape[1:]]
    return tuple([*wanted[:-2], size, size] if size else wanted)


def saved(model: Any, shape: tuple[int, ...]) -> int:
    """Bytes of the storages that autograd saves of a call."""
    found: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        found.setdefault(tensor.untyped_storage()._cdata, tensor)
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        result = model(torch.empty(shape, device="meta"))
    own = {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers())}
    del result
    return sum(tensor.untyped_storage().nbytes() for key, tensor in found.items() if key not in own)


def told(folder: str, target: str, shape: tuple[int, ...]) -> Model | None:
    result, = api.summary([os.path.join(folder, target)], api.configs(isolated=True), places=False, inputs=[",".join(map(str, shape))])
    return next(iter(result.models), None)


def outcome(model: Model | None, truth: int | Exception) -> tuple[str, str]:
    """What a model comes to, and why it is not more."""
    kept = model.memory.kept if model is not None and model.memory is not None else None
    if isinstance(truth, Exception):
        exact = kept is not None and kept.exact
        return ("DIFFERENT" if exact else "refused"), f"{type(truth).__name__}: {truth}".partition("\n")[0]
    if kept is None or model is None:
        return "not exact", str(model.refusal.message if model is not None and model.refusal else "not called")
    if kept.exact and kept.value == truth:
        return "equal", ""
    if kept.exact or (isinstance(kept.value, int) and kept.value > truth):
        return "DIFFERENT", f"{kept.value:,} bytes; torch saves {truth:,} ({kept.value - truth:+,})"
    return "not exact", kept.reasons[0].message if kept.reasons else "no reason"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("truth")
    parser.add_argument("--only", default="", help="only the targets with this text")
    parser.add_argument("--every", type=int, default=1, help="each N-th target")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--size", type=int, default=0, help="height and width of the input")
    parser.add_argument("--path", action="append", default=[], help="a folder that holds what the package imports")
    parser.add_argument("--reasons", type=int, default=20, help="how many reasons to show")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.path[:0] = [given.folder, *given.path]
    extension = torch.library.Library("torchvision", "FRAGMENT")
    for name in _OPERATIONS:
        if not hasattr(torch.ops.torchvision, name):
            extension.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    with open(given.truth, encoding="utf-8") as file:
        rows = [row for row in json.load(file) if given.only in row["target"]][::given.every]
    table: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in rows:
        found, why = compared(given, row)
        table[found] += 1
        reasons[why] += found == "not exact"
        if found != "not exact":
            print(f"{found:10} {row['target']}  {why}".rstrip(), flush=True)
        else:
            print(f"{found:10} {row['target']}  {why}"[:200], flush=True)
    print(", ".join(f"{table[name]:,} {name}" for name in OUTCOMES))
    for reason, count in reasons.most_common(given.reasons):
        if count:
            print(f"{count:5}  {reason}")
    return 1 if table["DIFFERENT"] else 0


def compared(given: Any, row: dict[str, Any]) -> tuple[str, str]:
    truth: int | Exception
    try:
        model = build(row["target"])
        shape = size_of_input(model, row, given.batch, given.size)
        truth = saved(model, shape)
    except Exception as error:
        return "refused", f"{type(error).__name__}: {error}".partition("\n")[0]
    return outcome(told(given.folder, row["target"], shape), truth)


if __name__ == "__main__":
    sys.exit(main())
