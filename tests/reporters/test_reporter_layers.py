"""Layer calls as a table and as JSON."""

from __future__ import annotations

import io
import json

from handmade import TextSource, call, evaluation

from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Why
from paramlint.model.facts import Evaluation, Refusal, WeightFact
from paramlint.model.results import LayerRow, layer_row
from paramlint.reporters import registry

SOURCE = TextSource("""\
a = nn.Linear(2, 5)
b = nn.Linear(n, 3)
c = nn.Linear(  # wide
    x,
    3,
)
d = nn.ReLU()
e = nn.Conv2d(3, 4, 1, groups=5)
""")
WIDE = "nn.Linear(  # wide\n    x,\n    3,\n)"


def rows() -> list[LayerRow]:
    calls = [
        call(SOURCE, "nn.Linear(2, 5)", evaluation((5, 2), (5,))),
        call(SOURCE, "nn.Linear(n, 3)", evaluation((3, Formula.free("n")), (3,))),
        call(SOURCE, WIDE, reason=Reason(Why.IMPORT, "x is imported from a package that is not in reach")),
        call(SOURCE, "nn.ReLU()", evaluation(), name="torch.nn.ReLU"),
        call(SOURCE, "nn.Conv2d(3, 4, 1, groups=5)", evaluation(refusal=Refusal("arguments", "groups (5) do not divide")),
             name="torch.nn.Conv2d"),
    ]
    return [layer_row("net.py", layer) for layer in calls]


def written(format: str, given: list[LayerRow]) -> str:
    out = io.StringIO()
    registry.layers(format, iter(given), out)
    return out.getvalue()


def test_the_table_has_every_call_and_ends_with_the_tally():
    assert written("table", rows()) == """\
net.py
  1:5  nn.Linear(2, 5)                     15  5·2 + 5 = 15
  2:5  nn.Linear(n, 3)               symbolic  3*n + 3
  3:5  nn.Linear(x, 3)                unknown  x is imported from a package that is not in reach
  7:5  nn.ReLU()                            0
  8:5  nn.Conv2d(3, 4, 1, groups=5)   unknown  refused: groups (5) do not divide

5 layer calls: 2 exact, 1 symbolic, 2 unknown
"""


def test_the_tally_of_nothing_and_of_lower_bounds():
    assert written("table", []) == "0 layer calls: 0 exact, 0 symbolic, 0 unknown\n"
    ways = call(SOURCE, "nn.Linear(2, 5)", evaluation((5, 2)), evaluation((7, 2)))
    text = written("table", [layer_row("net.py", ways)])
    assert "≥ 14" in text
    assert text.endswith("\n1 layer call: 0 exact, 0 symbolic, 1 lower-bound, 0 unknown\n")


def test_json_has_the_promised_keys():
    exact, symbolic, unknown, empty, refused = json.loads(written("json", rows()))
    assert exact == {
        "path": "net.py", "line": 1, "column": 5, "name": "torch.nn.Linear", "call": "nn.Linear(2, 5)", "status": "exact", "params": 15,
        "trainable_params": 15, "buffers": 0, "formula": "5·2 + 5 = 15", "reason": "",
        "weights": [{"name": "weight", "shape": [5, 2], "trainable": True}, {"name": "bias", "shape": [5], "trainable": True}],
        "statuses": {"params": "exact", "trainable_params": "exact", "buffers": "exact"}}
    assert (symbolic["status"], symbolic["params"], symbolic["weights"][0]["shape"]) == ("symbolic", "3*n + 3", [3, "n"])
    assert (unknown["status"], unknown["params"], unknown["weights"], unknown["call"]) == ("unknown", None, [], WIDE)
    assert (empty["status"], empty["params"], empty["formula"]) == ("exact", 0, "")
    assert (refused["status"], refused["params"], refused["reason"]) == ("unknown", None, "refused: groups (5) do not divide")
    assert json.loads(written("json", [])) == []


def test_buffers_are_counted_and_not_listed():
    from paramlint.core.counts import Count

    weights = (WeightFact("weight", (8,), True, False), WeightFact("running_mean", (8,), False, True))
    norm = call(SOURCE, "nn.ReLU()", Evaluation(weights, Count(8), Count(8), Count(8)), name="torch.nn.BatchNorm1d")
    row = layer_row("net.py", norm)
    assert (row.params, row.buffers, [weight.name for weight in row.weights]) == (8, 8, ["weight"])


def test_a_refused_way_does_not_stand_for_the_others():
    n = Formula.free("n")
    both = call(SOURCE, "nn.Linear(n, 3)", evaluation(refusal=Refusal("arguments", "no")), evaluation((3, n)))
    row = layer_row("net.py", both)
    assert (row.status, row.params) == ("symbolic", "3*n")
