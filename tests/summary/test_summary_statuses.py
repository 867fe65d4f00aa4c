"""Each figure of an answer has a status of its own, in every format: a bound is never shown as if it were exact."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from paramlint import api
from paramlint.cli import cli

NETS = '''
import torch
import torch.nn as nn
from somewhere import Backbone, activation, flag, size

class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(2, 3), nn.Linear(3, 3)
        self.register_buffer("kept", torch.zeros(2))

    def forward(self, x):
        return self.b(self.a(x))

class Whole(Base):
    pass

class OpenBuffer(Base):
    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.zeros(size))

class OpenTraining(Base):
    def __init__(self):
        super().__init__()
        for parameter in self.a.parameters():
            parameter.requires_grad = flag

class OpenParameter(Base):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(size))

class OpenPart(Base):
    def __init__(self):
        super().__init__()
        self.backbone = Backbone()

class OpenOutput(Base):
    def forward(self, x):
        return activation(self.a(x))

class OpenCost(Base):
    def forward(self, x):
        y = self.a(x)
        activation(y)
        return y

class Raises(Base):
    def forward(self, x):
        return self.a(self.a(x))

class RaisesInTraining(Base):
    def forward(self, x):
        if self.training:
            raise ValueError("not now")
        return self.a(x)
'''
EXACT = dict.fromkeys((
    "params", "trainable_params", "buffers", "weight_bytes", "weight_bytes_by_dtype", "gradient_bytes", "optimizer_bytes", "output", "macs",
    "flops", "peak_bytes", "training_bytes", "forward_bytes"), "exact") | {"cost": ""}
TRAINED = ("gradient_bytes", "optimizer_bytes")
CALLED = ("macs", "flops", "peak_bytes", "training_bytes", "forward_bytes")


def but(status: str, *names: str, **more: str) -> dict[str, str]:
    return {**EXACT, **dict.fromkeys(names, status), **more}


STATUSES = {
    "Whole": EXACT,
    "OpenBuffer": but("lower-bound", "buffers"),
    "OpenTraining": but("unknown", *TRAINED, trainable_params="lower-bound", training_bytes="lower-bound"),
    "OpenParameter": but("unknown", "weight_bytes", "weight_bytes_by_dtype", *TRAINED, params="lower-bound", trainable_params="lower-bound"),
    "OpenPart": but("lower-bound", "params", "trainable_params", "buffers", "weight_bytes", "weight_bytes_by_dtype", *TRAINED),
    "OpenOutput": but("lower-bound", *CALLED, output="unknown"),
    "OpenCost": but("lower-bound", *CALLED),
    "Raises": but("lower-bound", *CALLED, output="unknown", training_bytes="unknown"),
    "RaisesInTraining": but("unknown", "training_bytes"),
}
LINES = {
    "Total parameters": "params", "Trainable": "trainable_params", "Buffers": "buffers", "Size of the parameters": "weight_bytes",
    "Output": "output", "Multiply-accumulates": "macs", "Peak of the forward pass in inference": "peak_bytes",
    "Kept for the backward pass in training": "training_bytes", "All results of the forward pass": "forward_bytes",
    "Gradients": "gradient_bytes", "State of the optimiser": "optimizer_bytes"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nets.py").write_text(NETS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def printed(name: str, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["summary", f"nets.py::{name}()", *([] if name == "Raises" else ["--input", "5,2"]), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def expected(name: str) -> dict[str, str]:
    return STATUSES[name]


@pytest.fixture(autouse=True)
def stated(folder: None) -> None:
    """An input that a model refuses ends the command, so it stands beside the model."""
    path = Path("nets.py")
    path.write_text(path.read_text().replace("class Raises(Base):", "class Raises(Base):  # paramlint: input=(5, 2)"))


@pytest.mark.parametrize("name", STATUSES)
def test_json(name: str) -> None:
    for text in (printed(name, "--format", "json"), f"[{printed(name, '--format', 'jsonl')}]"):
        row, = json.loads(text)
        assert row["statuses"] == expected(name)
        assert row["status"] == row["statuses"]["params"] and row["macs_status"] == row["statuses"]["macs"]
        for key, status in row["statuses"].items():
            values = list(row[key].values()) if isinstance(row[key], dict) else [row[key]]
            at_least = f"{'macs' if key == 'flops' else key}_at_least"
            assert (None in values) == (status in ("", "unknown") or (status == "lower-bound" and at_least in row)), key
        if any(status not in ("", "exact") for status in row["statuses"].values()):
            assert row["reasons"], name
        sums_are_told(row)


def sums_are_told(row: dict[str, Any]) -> None:
    """Where the sum is exact each layer is, and where it is not one of them is not."""
    for key in ("params", "trainable_params", "buffers"):
        inexact = any(layer["statuses"][key] != "exact" for layer in row["layers"])
        assert inexact == (row["statuses"][key] != "exact"), key


@pytest.mark.parametrize("name", STATUSES)
def test_csv(name: str) -> None:
    row, = csv.DictReader(io.StringIO(printed(name, "--format", "csv", "--no-layers")))
    wanted = expected(name)
    assert {key: row[f"{key}_status"] for key in ("params", "trainable_params", "buffers", "weight_bytes", "macs")} == {
        key: wanted[key] for key in ("params", "trainable_params", "buffers", "weight_bytes", "macs")}
    layers = list(csv.DictReader(io.StringIO(printed(name, "--format", "csv"))))
    assert any(layer["buffers_status"] != "exact" for layer in layers) == (wanted["buffers"] != "exact")


@pytest.mark.parametrize("format", ["table", "markdown"])
@pytest.mark.parametrize("name", STATUSES)
def test_text(name: str, format: str) -> None:
    lines = dict(line.lstrip("- ").split(": ", 1) for line in printed(name, "--format", format).splitlines() if ": " in line and "half" not in line)
    lines.setdefault("Size of the parameters", "unknown")
    unknown = lines.get("Gradients and state of the optimiser", "")
    for start, key in LINES.items():
        text = lines.get(start, unknown)
        assert ("≥" in text or "unknown" in text) == (expected(name)[key] != "exact"), (start, text)


def test_the_python_interface() -> None:
    for name, wanted in STATUSES.items():
        result, = api.summary([f"nets.py::{name}()"], inputs=() if name == "Raises" else ["5,2"])
        model, = result.models
        assert model.macs is not None and model.memory is not None
        found = {"params": model.params, "trainable_params": model.trainable, "buffers": model.buffers, "macs": model.macs,
                 "peak_bytes": model.memory.peak, "training_bytes": model.memory.kept, "forward_bytes": model.memory.made}
        assert {key: count.status.value for key, count in found.items()} == {key: wanted[key] for key in found}
        assert all(count.exact or count.reasons for count in found.values()), name


BUDGETS = {"max-model-params": 1, "max-layer-macs": 1, "max-model-macs": 1, "max-weight-memory": 1, "max-activation-memory": 1}


@pytest.mark.parametrize(("name", "bounds"), [
    ("Whole", set()), ("OpenParameter", {"PRM102", "PRM105"}), ("OpenPart", {"PRM102", "PRM105"}), ("OpenTraining", set()),
    ("OpenOutput", {"PRM104", "PRM106"}), ("OpenCost", {"PRM104", "PRM106"})])
def test_budgets(tmp_path: Path, name: str, bounds: set[str]) -> None:
    text = "[tool.paramlint]\n" + "\n".join(f"{key} = {value}" for key, value in BUDGETS.items()) + f"""
[[tool.paramlint.models]]
target = "nets.py::{name}()"
input = "5,2"
"""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", "nets.py", "--format", "json"])
    found = [row for row in json.loads(result.stdout) if f"{name}()" in row["message"]]
    assert {row["code"] for row in found} >= {"PRM102", "PRM104", "PRM105", "PRM106"}
    assert {row["code"] for row in found if "at least" in row["message"]} == bounds
