"""What a call of a model takes in memory, against the real torch: the storages that are alive while it runs, and those that autograd saves."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from paramlint import api
from paramlint.model.tree import Memory

pytestmark = pytest.mark.oracle

FOLDER = Path(__file__).parents[2] / "fixtures" / "models" / "memory"
CASES = [(file, *case) for file in sorted(FOLDER.glob("*_nets.py"))
         for case in re.findall(r"^class (\w+)\(.*# input: ([\d,]+)(?:  (bound|kept bound))?$", file.read_text(encoding="utf-8"), re.MULTILINE)]


class Alive(TorchDispatchMode):
    """The largest sum of bytes of the storages that exist after an operation, those of the model itself left out."""

    def __init__(self, model: Any, *inputs: Any) -> None:
        super().__init__()
        self.own = own(model)
        self.found: dict[int, tuple[Any, int]] = {}
        self.peak = 0
        for tensor in inputs:
            self.note(tensor)

    def note(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key not in self.own and (key not in self.found or self.found[key][0].expired()):
            self.found[key] = StorageWeakRef(storage), storage.nbytes()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                self.note(tensor)
        self.found = {key: entry for key, entry in self.found.items() if not entry[0].expired()}
        self.peak = max(self.peak, sum(size for _, size in self.found.values()))
        return result


def own(model: Any) -> set[int]:
    return {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers())}


def measured(make: Any, x: Any) -> tuple[int, int]:
    """Bytes alive at once in inference, and saved in training, each of the first call of a model."""
    saved: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        saved.setdefault(tensor.untyped_storage()._cdata, tensor)
        return tensor

    model = make().train()
    with saved_tensors_hooks(pack, lambda tensor: tensor):
        result = model(x.clone())
    torch.set_grad_enabled(True)
    del result
    ours = own(model)
    kept = sum(tensor.untyped_storage().nbytes() for key, tensor in saved.items() if key not in ours)
    model = make()
    with torch.no_grad(), Alive(model.eval(), x) as alive:
        model(x)
    return alive.peak, kept


def real(file: Path, name: str, shape: tuple[int, ...]) -> tuple[int, int]:
    def make() -> Any:
        """The model in a module of its own, where nothing has run before."""
        spec = spec_from_file_location(file.stem, file)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)()

    torch.set_num_threads(1)
    return measured(make, torch.randn(shape))


def told(file: Path, name: str, shape: str) -> Memory:
    summary, = api.summary([f"{file}::{name}"], inputs=[shape])
    model, = summary.models
    assert model.memory is not None
    return model.memory


@pytest.mark.parametrize(("file", "name", "shape", "bound"), CASES, ids=[name for _, name, *_ in CASES])
def test_memory_is_what_torch_takes(file: Path, name: str, shape: str, bound: str) -> None:
    peak, kept = real(file, name, tuple(map(int, shape.split(","))))
    memory = told(file, name, shape)
    if not bound:
        assert memory.peak.exact and memory.kept.exact, (memory.peak.reasons, memory.kept.reasons)
        assert (memory.peak.value, memory.kept.value) == (peak, kept)
    else:
        assert memory.kept.bound and memory.kept.reasons and memory.kept.value <= kept
        assert bound == "kept bound" or (memory.peak.bound and memory.peak.reasons)
        assert memory.peak.value > 0 and (bound == "kept bound" or memory.peak.value <= peak)
