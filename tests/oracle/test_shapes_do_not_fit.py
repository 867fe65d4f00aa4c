"""PRM202 beside the real torch: models that are drawn, and called by both."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paramlint import api

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

SIZES = st.sampled_from([2, 3, 4, 8])
LAYERS = st.one_of(
    st.builds("nn.Linear({}, {})".format, SIZES, SIZES),
    st.builds("nn.Conv2d({}, {}, {}, padding={})".format, SIZES, SIZES, st.sampled_from([1, 3]), st.sampled_from([0, 1])),
    st.builds("nn.Conv1d({}, {}, 1)".format, SIZES, SIZES),
    st.builds("nn.BatchNorm2d({})".format, SIZES),
    st.builds("nn.BatchNorm1d({})".format, SIZES),
    st.builds("nn.LayerNorm({})".format, SIZES),
    st.builds("nn.GroupNorm(2, {})".format, st.sampled_from([2, 4, 8])),
    st.builds("nn.Embedding({}, {})".format, SIZES, SIZES),
    st.sampled_from(["nn.ReLU()", "nn.Flatten()", "nn.Flatten(0)", "nn.MaxPool2d(2)", "nn.AdaptiveAvgPool2d(1)", "nn.Identity()", "nn.PixelShuffle(2)",
                     "nn.Softmax(dim=1)", "nn.Unflatten(1, (2, -1))"]),
)
SHAPES = st.lists(st.integers(1, 8), min_size=1, max_size=5).map(tuple)
OPERATIONS = st.sampled_from([
    "x = self.l{}(x)", "x = torch.relu(self.l{}(x))", "x = x + self.l{}(x)", "x = torch.cat([x, self.l{}(x)], 1)", "x = self.l{}(x).flatten(1)",
    "x = self.l{}(x).mean(-1)", "x = self.l{}(x).transpose(1, -1)", "x = self.l{}(x.view(x.size(0), -1))", "x = self.l{}(x)[:, 0]",
    "x = self.l{}(x).permute(0, 2, 1)", "x = self.l{}(x) if x.ndim == 4 else x"])


def alarms(source: str) -> list[str]:
    return [finding.message for finding in api.check_source(source, "net.py").diagnostics if finding.code == "PRM202"]


def made(source: str) -> dict[str, object]:
    namespace: dict[str, object] = {}
    exec(source, namespace)
    return namespace


def works(net: torch.nn.Module, shape: tuple[int, ...]) -> bool:
    for value in (torch.zeros(shape), torch.zeros(shape, dtype=torch.int64)):
        try:
            net.eval()(value)
        except (RuntimeError, IndexError, ValueError, TypeError):
            continue
        return True
    return False


ODDS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@ODDS
@given(st.lists(LAYERS, min_size=2, max_size=4), st.lists(SHAPES, min_size=20, max_size=40))
def test_a_row_that_is_reported_takes_no_input(layers: list[str], shapes: list[tuple[int, ...]]) -> None:
    source = f"import torch.nn as nn\n\nnet = nn.Sequential({', '.join(layers)})\n"
    if alarms(source):
        net = made(source)["net"]
        sizes = (1, 2, 3, 4, 8, 16)
        plain = [(4, *[size] * rank) for size in sizes for rank in range(4)] + [(2, size, 8, 8) for size in sizes] + [(2, 8, size) for size in sizes]
        assert not any(works(net, shape) for shape in [*shapes, *plain])


def model(layers: list[str], operations: list[str], call: str) -> str:
    init = "".join(f"        self.l{number} = {layer}\n" for number, layer in enumerate(layers))
    body = "".join(f"        {operation.format(number)}\n" for number, operation in enumerate(operations[:len(layers)]))
    return (f"import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{init}\n"
            f"    def forward(self, x):\n{body}        return x\n\n\n{call}")


@ODDS
@given(st.lists(LAYERS, min_size=2, max_size=4), st.lists(OPERATIONS, min_size=4, max_size=4), st.lists(SHAPES, min_size=20, max_size=40))
def test_a_forward_that_is_reported_takes_no_input(layers: list[str], operations: list[str], shapes: list[tuple[int, ...]]) -> None:
    source = model(layers, operations, "")
    if alarms(source):
        net = made(source)["Net"]()  # type: ignore[operator]
        assert not any(works(net, shape) for shape in [*shapes, *((4, *[size] * rank) for size in (1, 2, 3, 4, 8, 16) for rank in range(4))])


@ODDS
@given(st.lists(LAYERS, min_size=1, max_size=4), st.lists(OPERATIONS, min_size=4, max_size=4), SHAPES)
def test_a_call_is_reported_if_and_only_if_it_fails(layers: list[str], operations: list[str], shape: tuple[int, ...]) -> None:
    source = model(layers, operations, "")
    called = model(layers, operations, f"Net().eval()(torch.zeros({shape}))\n")
    try:
        made(source)["Net"]().eval()(torch.zeros(shape))  # type: ignore[operator]
        fails = False
    except (RuntimeError, IndexError, ValueError, TypeError) as error:
        fails = True
        if any(word in str(error) for word in ("indices", "dtype", "scalar", "no dimensions")):
            return  # the type, or an index, not the shape
    found = alarms(called)
    assert bool(found) == fails, (called, found)
