"""Where tensors lie, what shapes have besides a tuple's methods, and tensors of which two ways leave one."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import Either
from paramlint.syntax.outline import outline

_HEAD = "import torch\nimport torch.nn as nn\nfrom somewhere import unknown\n\n"


def _value(expression: str, before: str = "") -> Any:
    lines = textwrap.indent(textwrap.dedent(before).strip(), "    ")
    it, module = Session().alone("code.py", outline(f"{_HEAD}def run():\n    x = torch.rand(2, 3)\n{lines}\n    return {expression}\n"))
    it.start()
    return it.call(module.attribute(it, "run"))


@pytest.mark.parametrize(("expression", "value"), [
    ("x.device.type", "cpu"), ("str(x.device)", "cpu"), ("f'{x.device}'", "cpu"), ("x.device.index", None), ("x.is_cuda", False),
    ("x.device == nn.Linear(2, 3).weight.device", True), ("x.device != torch.device('cpu')", False),
    ("x.to(x.device).is_cpu", True), ("x.to(torch.float16).is_cpu", True), ("nn.Linear(2, 3).to(x).weight.is_cpu", True),
    ("torch.device('cuda:1').index", 1), ("torch.device('cuda', 1) == torch.device('cuda:1')", True),
    ("torch.zeros(2, device=x.device, dtype=x.dtype).device.type", "cpu"),
    ("repr(torch.device('cuda:0'))", "device(type='cuda', index=0)"),
    ("{x.device: 5}[(x + 1).device]", 5),
])
def test_tensors_lie_where_they_are_made(expression: str, value: Any) -> None:
    assert _value(expression) == value


@pytest.mark.parametrize("before", [
    "x = x.cuda()", "x = x.to('cuda')", "x = x.to(unknown)", "x = torch.rand(2, 3, device='meta')", "x = x.to(0)",
    "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nx = x.to(device)",
    "net = nn.Linear(2, 3).cuda()\nx = net.weight",
    "with torch.device('meta'):\n    x = torch.rand(2, 3)",
])
def test_a_tensor_that_may_have_been_moved_lies_anywhere(before: str) -> None:
    assert isinstance(_value("x.device.type", before), Unknown)
    assert isinstance(_value("x.is_cuda", before), Unknown)


@pytest.mark.parametrize("expression", ["x.shape.numel()", "x.size().numel()", "torch.Size([2, 3]).numel()", "x[None].shape[1:].numel()"])
def test_shapes_count_their_elements(expression: str) -> None:
    assert _value(expression) == 6


def test_two_ways_leave_one_tensor() -> None:
    found = _value("y", "y = torch.zeros(4)\nif unknown:\n    y = y + 1")
    assert isinstance(found, TensorValue) and found.tensor.shape == (4,) and found.tensor.data is None


def test_a_change_of_what_two_ways_left_is_seen_by_both() -> None:
    found = _value("a[0].item()", "a = torch.arange(3)\nb = torch.arange(3)\nc = a if unknown else b\nc += 1")
    assert isinstance(found, Unknown | Either)


@pytest.mark.parametrize("expression", [
    "x[:, np.newaxis].shape", "x[:, torch.newaxis].shape", "x[:, None].shape", "np.zeros(3) is None or x.unsqueeze(1).shape",
])
def test_a_new_axis_has_many_names(expression: str) -> None:
    assert _value(expression, "import numpy as np") == (2, 1, 3)


@pytest.mark.parametrize("layer", ["nn.BatchNorm1d(3)", "nn.Conv2d(3, 4, 1)", "nn.Linear(3, 4)", "nn.MultiheadAttention(4, 2)", "nn.LSTM(3, 4)"])
def test_what_a_layer_is_given_is_why_its_output_is_not_known(layer: str) -> None:
    found = _value(f"{layer}(unknown, unknown, unknown)" if "Attention" in layer else f"{layer}(torch.zeros(unknown))")
    found = found[0] if isinstance(found, tuple) else found
    shape = found if isinstance(found, Unknown) else found.tensor.shape
    assert isinstance(shape, Unknown) and "somewhere" in shape.reason.message
