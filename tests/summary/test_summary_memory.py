"""Memory, shapes and names in `summary`, as people and programs read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from paramlint.cli import cli, run

TORCH = '''
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, p=0.0):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU()
        self.flat = nn.Flatten()
        self.head = nn.Linear(8 * 16 * 16, 10)
        self.head.bias.requires_grad = False

    def forward(self, x):
        return self.head(self.flat(self.relu(self.conv(x))))

class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.LSTM(4, 5)

    def forward(self, x):
        return self.body(x)[0]
'''
KERAS = '''
from keras import Input, Sequential, layers
model = Sequential([Input((224, 224, 3)), layers.Conv2D(16, 3), layers.ReLU(), layers.MaxPooling2D(), layers.Conv2DTranspose(4, 2)])
dense = Sequential([Input((2,)), layers.Dense(5), layers.Dense(1)])
'''
PADDLE = '''
import paddle.nn as nn

class Net(nn.Layer):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        return self.fc(x)
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("net.py", TORCH), ("k.py", KERAS), ("p.py", PADDLE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["summary", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def row(*arguments: str) -> Any:
    return json.loads(printed(*arguments, "--format", "json"))[0]


def test_bytes_of_layers_weights_and_optimisers() -> None:
    found = row("net.py::Net", "--input", "2,3,16,16")
    sizes = {layer["path"]: layer["output_bytes"] for layer in found["layers"]}
    conv = 2 * 8 * 16 * 16 * 4
    assert sizes == {"": 80, "conv": conv, "relu": conv, "flat": conv, "head": 80}
    assert (found["peak_bytes"], found["peak_bytes_status"]) == (2 * 3 * 256 * 4 + 2 * conv, "exact")
    assert (found["training_bytes"], found["training_bytes_status"]) == (2 * 3 * 256 * 4 + conv, "exact")  # input of conv; output of relu
    assert found["forward_bytes"] == 2 * conv + 80
    params = 224 + 20_490
    assert found["weight_bytes"] == 4 * params and found["weight_bytes_by_dtype"]["float16"] == 2 * params
    assert found["weight_bytes_by_dtype"] == {
        "float64": 8 * params, "float32": 4 * params, "float16": 2 * params, "bfloat16": 2 * params, "int8": params}
    trained = 4 * (params - 10)
    assert found["gradient_bytes"] == trained
    assert found["optimizer_bytes"] == {"sgd": 0, "sgd_momentum": trained, "adam": 2 * trained}


def test_another_type() -> None:
    full, half = (row("net.py::Net", "--input", "2,3,16,16", "--dtype", name) for name in ("float32", "float16"))
    for key in ("peak_bytes", "training_bytes", "forward_bytes", "weight_bytes", "gradient_bytes"):
        assert full[key] == 2 * half[key], key
    assert half["dtype"] == "float16" and full["weight_bytes_by_dtype"] == half["weight_bytes_by_dtype"]
    assert "Size of the parameters: 0.04 MB (float16)" in printed("net.py::Net", "--dtype", "float16")


def test_a_type_that_does_not_exist_is_refused() -> None:
    result = CliRunner().invoke(cli, ["summary", "net.py::Net", "--dtype", "float17"])
    assert result.exit_code == 2 and "float16" in result.output


def test_an_open_batch_gives_formulas() -> None:
    found = row("net.py::Net", "--input", "N,3,16,16")
    assert (found["peak_bytes"], found["peak_bytes_status"]) == ("19456*N", "symbolic")
    assert "Peak of the forward pass in inference: 19456*N bytes (symbolic)" in printed("net.py::Net", "--input", "N,3,16,16")


def test_what_is_not_known_says_why() -> None:
    found = row("net.py::Odd", "--input", "3,2,4")
    assert found["peak_bytes"] is None and found["peak_bytes_status"] == "lower-bound" and found["peak_bytes_at_least"] > 0
    text = printed("net.py::Odd", "--input", "3,2,4")
    assert "Peak of the forward pass in inference: ≥ " in text
    assert "what `LSTM` holds while it runs" in text.partition("Why the memory is not exact:")[2]


def test_without_an_input_there_are_only_weights() -> None:
    found = row("net.py::Net")
    assert (found["peak_bytes"], found["peak_bytes_status"], found["training_bytes"]) == (None, "", None)
    assert found["optimizer_bytes"]["adam"] == 8 * 20_704
    assert "Peak" not in printed("net.py::Net")


def test_the_largest_outputs_first() -> None:
    text = printed("net.py::Net", "--input", "2,3,16,16", "--sort", "memory")
    names = [line.split()[0] for line in text.split("\n\n")[1].splitlines()[1:]]
    assert names == ["conv", "relu", "flat", "head"]
    weights = printed("net.py::Net", "--sort", "memory")
    assert [line.split()[0] for line in weights.split("\n\n")[1].splitlines()[1:]] == ["head", "conv"]


def test_what_is_assumed_is_said() -> None:
    text = printed("net.py::Net", "--input", "2,3,16,16", "--explain")
    assert "Assumed of memory:\n  a tensor is alive while the code refers to it" in text


@pytest.mark.parametrize(("arguments", "shapes"), [
    (["k.py::model"], ["(None, 222, 222, 16)", "(None, 111, 111, 16)", "(None, 112, 112, 4)"]),
    (["k.py::dense"], ["(None, 5)", "(None, 1)"]),
    (["k.py::dense", "--input", "3,2"], ["(3, 5)", "(3, 1)", "Input: (3, 2)", "Output: (3, 1)"]),
    (["net.py::Net", "--input", "1,3,16,16"], ["(1, 8, 16, 16)", "Output: (1, 10)"]),
    (["p.py::Net", "--input", "1,4"], ["Input: [1, 4]", "Output: [1, 5]"]),
])
def test_shapes_look_as_in_the_framework(arguments: list[str], shapes: list[str]) -> None:
    text = printed(*arguments)
    assert all(shape in text for shape in shapes)


def test_layers_of_keras_have_the_names_that_keras_gives() -> None:
    text = printed("k.py::model")
    assert all(f"─ {name} " in text for name in ("conv2d", "re_lu", "max_pooling2d", "conv2d_transpose"))


def test_memory_of_keras_and_paddle() -> None:
    for target, given, peak in (("k.py::dense", "3,2", 24 + 60 + 12), ("p.py::Net", "1,4", 16 + 20)):
        found = row(target, "--input", given)
        assert (found["peak_bytes"], found["peak_bytes_status"]) == (peak, "exact")
        assert found["training_bytes"] is None and any("PyTorch alone" in reason["message"] for reason in found["reasons"])


DRAWN = '''
from keras import Input, Model, layers

def rows():
    x = Input((2,))
    return Model(x, layers.Dense(1)(x))

def images():
    x = Input((32, 32, 3))
    return Model(x, layers.Conv2D(4, 3)(x))
'''


@pytest.mark.parametrize(("name", "given", "output"), [
    ("rows", "2,2", [2, 1]), ("rows", "2,2,1", [2, 1]), ("rows", "2,3", None), ("rows", "2,4,4,2", None),
    ("images", "1,32,32,3", [1, 30, 30, 4]), ("images", "1,16,16,3", None), ("images", "1,32,32", None)])
def test_a_drawn_model_takes_what_its_input_says(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, given: str, output: Any) -> None:
    (tmp_path / "drawn.py").write_text(DRAWN, encoding="utf-8")
    if output is not None:
        assert row(f"drawn.py::{name}", "--input", given)["output"] == output
        return
    assert run(["summary", f"drawn.py::{name}", "--input", given]) == 2
    assert "Functional expects " in capsys.readouterr().err
