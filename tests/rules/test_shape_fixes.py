"""The fixes of PRM202: made where there is one right answer, and then nothing is left to find."""

from __future__ import annotations

import pytest

from paramlint import api
from paramlint.core.diagnostic import Diagnostic

NET = """\
import torch
import torch.nn as nn

FEATURES = 256


class Net(nn.Module):  # paramlint: input=(1, 3, 32, 32)
    def __init__(self, hidden=10):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 5), nn.MaxPool2d(5))
        self.fc = {layer}

    def forward(self, x):
        return self.fc({flat})
"""


def findings(source: str) -> list[Diagnostic]:
    return [finding for finding in api.check_source(source, "net.py").diagnostics if finding.code == "PRM202"]


def fixed(source: str) -> str:
    """The source with all fixes made."""
    lines = source.split("\n")
    edits = sorted((edit for finding in findings(source) if finding.fix is not None for edit in finding.fix.edits), reverse=True,
                   key=lambda edit: edit.span)
    for edit in edits:
        span = edit.span
        before, after = lines[span.line - 1][:span.column - 1], lines[span.end_line - 1][span.end_column - 1:]
        lines[span.line - 1:span.end_line] = [before + edit.text + after]
    return "\n".join(lines)


@pytest.mark.parametrize("layer", [
    "nn.Linear(256, 10)", "nn.Linear(in_features=256, out_features=10)", "nn.Linear(out_features=10, in_features=256)", "nn.Linear(16 * 4 * 4, hidden)",
    "nn.Linear(\n            16\n            * 16,  # features\n            10,\n        )", 'nn.Sequential(nn.Identity(("äöü",)), nn.Linear(256, 10))'])
@pytest.mark.parametrize("flat", ["self.features(x).flatten(1)", "torch.flatten(self.features(x), 1)", "self.features(x).view(-1, 16 * 5 * 5)"])
def test_a_number_that_follows_from_the_others_is_set(layer: str, flat: str) -> None:
    source = NET.format(layer=layer, flat=flat)
    (finding,) = findings(source)
    assert "in_features should be 400" in finding.message and finding.help == "Set in_features=400." and finding.fix is not None
    assert finding.fix.title == "set in_features to 400"
    after = fixed(source)
    assert findings(after) == [] and "400" in after and after.count("\n") <= source.count("\n")


@pytest.mark.parametrize("layer", ["nn.Linear(FEATURES, 10)", "nn.Linear(*[256, 10])", "nn.Linear(**{'in_features': 256, 'out_features': 10})"])
def test_what_is_not_written_as_a_number_is_left_to_a_person(layer: str) -> None:
    (finding,) = findings(NET.format(layer=layer, flat="self.features(x).flatten(1)"))
    assert "in_features should be 400" in finding.message and finding.fix is None


@pytest.mark.parametrize("row", [
    "nn.Linear(10, 20), nn.Linear(30, 5)", "nn.Conv2d(3, 16, 3), nn.BatchNorm2d(32)", "nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Conv2d(32, 8, 3)"])
def test_two_numbers_of_which_either_may_be_wrong_are_left_to_a_person(row: str) -> None:
    (finding,) = findings(f"import torch.nn as nn\n\nnet = nn.Sequential({row})\n")
    assert finding.fix is None and "or change the layer" in finding.help


def test_an_input_that_may_be_wrong_is_left_to_a_person() -> None:
    source = NET.format(layer="nn.Linear(400, 10)", flat="self.features(x).flatten(1)").replace("input=(1, 3,", "input=(1, 4,")
    (finding,) = findings(source)
    assert "in_channels should be 3" not in finding.message and "in_channels should be 4" in finding.message
    assert finding.fix is None and finding.help == "Set in_channels=4, or change the input."


def test_a_layer_that_is_made_for_two_models_is_left_alone() -> None:
    source = (
        "import torch\nimport torch.nn as nn\n\n\ndef head():\n    return nn.Linear(99, 2)\n\n\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.head = head()\n\n"
        "    def forward(self, x):\n        return self.head(x.flatten(1))\n\n\n"
        "def small():\n    return Net()(torch.zeros(1, 4, 4))\n\n\ndef large():\n    return Net()(torch.zeros(1, 8, 8))\n")
    (finding,) = findings(source)
    assert finding.span.line == 6 and finding.fix is None
