"""How sizes are computed, as it is written out: each text is worked out here and must give the size that the entry gives."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from paramlint import api
from paramlint.cli import cli
from paramlint.core.arithmetic import listening
from paramlint.frameworks import REGISTRY
from paramlint.schema.example import Example, arguments
from paramlint.schema.layer import Layer

LIBRARIES = {"torch": "torch.nn", "keras": "keras.layers", "paddle": "paddle.nn"}


def worked_out(text: str) -> Fraction:
    """A computation as a person does it."""
    code = re.sub(r"\d+", r"F(\g<0>)", text).translate(str.maketrans({"−": "-", "·": "*"}))
    for mark, name, end in (("⌊", "floor(", "⌋"), ("⌈", "ceil(", "⌉")):
        code = code.replace(mark, name).replace(end, ")")
    return Fraction(eval(code, {"F": Fraction, "floor": floor, "ceil": ceil}))


def examples() -> list[Any]:
    """Every example of every layer that computes a size."""
    found = []
    for framework in REGISTRY.frameworks:
        for entry in dict.fromkeys(REGISTRY.entries(framework).values()):
            if issubclass(entry, Layer):
                found += [pytest.param(framework.name, entry, one, id=f"{framework.name}-{one.call}") for one in entry.EXAMPLES
                          if isinstance(one, Example) and one.input is not None and _told(entry, one)]
    return found


def _told(entry: type[Layer], example: Example) -> list[Any]:
    call = ast.parse(example.call, mode="eval").body
    assert isinstance(call, ast.Call)
    try:
        args = [ast.literal_eval(arg) for arg in call.args]
        kwargs = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except ValueError:  # an argument that is a layer itself
        return []
    with listening() as found:
        entry.build(args, kwargs).shape(*arguments(example.input))
    return [one for one in found if isinstance(one.result, int) and re.fullmatch(r"[\d ().·/+−⌊⌋⌈⌉]+", one.text)]


@pytest.mark.parametrize(("framework", "entry", "example"), examples())
def test_texts_give_the_sizes(framework: str, entry: type[Layer], example: Example) -> None:
    for one in _told(entry, example):
        assert worked_out(one.text) == one.result, one.line


def test_every_framework_writes_its_windows_out() -> None:
    kinds = {(case.values[0], case.values[1].__name__) for case in examples()}
    for name in ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "Flatten"):
        assert ("torch", name) in kinds
    for name in ("Conv2D", "Conv2DTranspose", "MaxPooling2D", "AveragePooling2D", "DepthwiseConv2D"):
        assert ("keras", name) in kinds
    for name in ("Conv2D", "Conv2DTranspose", "MaxPool2D", "AvgPool2D"):
        assert ("paddle", name) in kinds


ALEXNET = '''
import torch.nn as nn

class AlexNet(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(256, 384, 3, padding=1), nn.Conv2d(384, 384, 3, padding=1), nn.Conv2d(384, 256, 3, padding=1), nn.MaxPool2d(3, 2),
            nn.Flatten(), nn.Linear(9216, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000))
'''


@pytest.fixture
def alexnet(tmp_path: Path) -> str:
    (tmp_path / "net.py").write_text(ALEXNET, encoding="utf-8")
    return f"{tmp_path / 'net.py'}::AlexNet"


def test_the_published_arithmetic_is_printed(alexnet: str) -> None:
    text = CliRunner().invoke(cli, ["summary", alexnet, "--input", "1,3,227,227", "--explain", "--convention", "thop"]).output
    for line in ("0   Conv2d     (227 − 11 + 2·0)/4 + 1 = 55", "2   MaxPool2d  (55 − 3 + 2·0)/2 + 1 = 27", "3   Conv2d     (27 − 5 + 2·2)/1 + 1 = 27",
                 "9   MaxPool2d  (13 − 3 + 2·0)/2 + 1 = 6", "10  Flatten    256·6·6 = 9216"):
        assert line in text
    assert "What the cost counts:\n  thop: Registered modules only" in text
    assert "What the cost counts:\n  macs: " in CliRunner().invoke(cli, ["summary", alexnet, "--input", "1,3,227,227", "--explain"]).output


def test_the_arithmetic_is_that_of_the_followed_shapes(alexnet: str) -> None:
    summary, = api.summary([alexnet], inputs=["1,3,227,227"])
    root = summary.models[0].root
    assert root is not None
    for node in root.walk():
        for line in node.arithmetic:
            text, _, result = line.rpartition(" = ")
            assert worked_out(text) == int(result) and int(result) in node.output


def test_without_an_input_there_is_no_arithmetic(alexnet: str) -> None:
    text = CliRunner().invoke(cli, ["summary", alexnet, "--explain"]).output
    assert "Output sizes" not in text and "What the cost counts" not in text
