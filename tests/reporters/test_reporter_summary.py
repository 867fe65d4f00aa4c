"""Whole models as people and programs read them."""

from __future__ import annotations

import csv
import io
import json

from paramlint.core.counts import Count
from paramlint.core.dims import Formula, product
from paramlint.core.unknown import Reason, Why
from paramlint.model.totals import subtotals, tensors, weight_bytes
from paramlint.model.tree import Model, ModuleNode, WeightNode
from paramlint.reporters import registry


def weight(name: str, *shape, **more) -> WeightNode:
    return WeightNode(name, shape, Count.of(product(shape)), **more)


def model() -> Model:
    """An embedding tied to the head, one convolution in two places, a norm with a frozen bias."""
    table = weight("weight", 100, 16)
    conv = ModuleNode("body.conv", "Conv2d", "torch.nn.Conv2d", site="conv", weights=[weight("weight", 16, 3, 3, 3), weight("bias", 16)],
                      extra="3, 16, kernel_size=(3, 3)")
    norm = ModuleNode("body.norm", "BatchNorm2d", "torch.nn.BatchNorm2d", weights=[
        weight("weight", 16), weight("bias", 16, trainable=False), weight("running_mean", 16, trainable=False, buffer=True)])
    root = ModuleNode("", "Net", "net.Net", children=[
        ModuleNode("embedding", "Embedding", "torch.nn.Embedding", weights=[table]),
        ModuleNode("body", "Sequential", "torch.nn.Sequential", children=[conv, norm]),
        ModuleNode("again", "Sequential", "torch.nn.Sequential", children=[conv]),
        ModuleNode("head", "Linear", "torch.nn.Linear", weights=[table, weight("bias", 100)])])
    return Model("net.py::Net()", "Net", "torch", "net.py", 3, root, Count(2_180), Count(2_164), Count(16),
                 places={"conv": ("net.py", 8, 9)})


def unknown() -> Model:
    reason = Reason(Why.IMPORT, "package zoo is not in reach", "there")
    return Model("net.py::Other()", "Other", "torch", "net.py", 9, None, reasons=(reason,), places={"there": ("net.py", 11, 5)})


def written(format: str, *models: Model, **options) -> str:
    out = io.StringIO()
    registry.summary(format, iter(models), out, **options)
    return out.getvalue()


def test_the_table_is_a_tree_with_the_hand_calculation():
    lines = [line.split() for line in written("table", model()).split("\n")]
    assert ["│", "├─", "conv", "Conv2d(3,", "16,", "kernel_size=(3,", "3))", "weight", "16×3×3×3,", "bias", "16", "448", "0",
            "16·3·3·3", "+", "16", "=", "448"] in lines
    assert ["│", "└─", "norm", "BatchNorm2d", "weight", "16,", "bias", "16", "32", "16", "16", "+", "16", "=", "32"] in lines
    assert ["│", "└─", "conv", "Conv2d,", "counted", "above", "as", "body.conv"] in lines
    assert ["└─", "head", "Linear", "bias", "100,", "weight", "tied", "100", "0", "100"] in lines


def test_totals_follow_the_tree():
    text = written("table", model())
    assert text.endswith("""
Total parameters: 2,180 (exact)
Trainable: 2,164
Non-trainable: 16
Buffers: 16
Size of the parameters: 0.01 MB (float32)

""")


def test_depth_cuts_the_tree_and_keeps_the_sum():
    cut = written("table", model(), depth=1)
    assert "conv" not in cut
    assert ["├─", "body", "Sequential", "…", "480", "16"] in [line.split() for line in cut.split("\n")]
    only = json.loads(written("json", model(), depth=0))[0]["layers"]
    assert [(row["type"], row["params"], row["trainable_params"]) for row in only] == [("Net", 2_180, 2_164)]
    for depth in (None, 0, 1, 2):
        entry, = json.loads(written("json", model(), depth=depth))
        assert sum(row["params"] for row in entry["layers"]) == entry["params"]
        assert sum(row["buffers"] for row in entry["layers"]) == entry["buffers"]


def test_explain_writes_the_calculation_out():
    assert written("table", model(), explain=True).startswith("""\
net.py::Net()  Net

Each layer:
  embedding  Embedding    100·16 = 1,600
  body.conv  Conv2d       16·3·3·3 + 16 = 448
  body.norm  BatchNorm2d  16 + 16 = 32
  head       Linear       100
  body.conv: counted above, because it is the same module or has the same weights as another part
  head: counted above, because it is the same module or has the same weights as another part

By kind of layer:
  Embedding    1 layer  1,600
  Conv2d       1 layer    448
  BatchNorm2d  1 layer     32
  Linear       1 layer    100

Sum:
  1,600 + 448 + 32 + 100 = 2,180
""")


def test_json_has_the_promised_keys():
    known, other = json.loads(written("json", model(), unknown()))
    assert list(known)[:22] == ["target", "name", "framework", "path", "line", "status", "params", "trainable_params", "buffers", "weight_bytes",
                           "formula", "input", "output", "macs", "flops", "reasons", "layers", "macs_status", "macs_at_least", "convention",
                           "cost", "input_from"]
    assert (known["params"], known["trainable_params"], known["buffers"], known["weight_bytes"]) == (2_180, 2_164, 16, 4 * 2_180)
    conv = next(row for row in known["layers"] if row["path"] == "body.conv")
    assert (conv["params"], conv["formula"], conv["line"], conv["column"]) == (448, "16·3·3·3 + 16 = 448", 8, 9)
    assert (other["status"], other["params"], other["layers"]) == ("unknown", None, [])
    assert other["reasons"] == [{"path": "net.py", "line": 11, "column": 5, "message": "package zoo is not in reach", "kind": "import"}]
    assert json.loads(written("json", model(), layers=False))[0]["layers"] == []


def test_jsonl_is_an_object_a_line():
    lines = written("jsonl", model(), unknown()).splitlines()
    assert [json.loads(line)["target"] for line in lines] == ["net.py::Net()", "net.py::Other()"]


def test_csv_has_a_row_a_layer_or_a_row_a_model():
    layers = list(csv.DictReader(io.StringIO(written("csv", model(), unknown()))))
    assert [(row["path"], row["params"]) for row in layers if row["path"] == "head"] == [("head", "100")]
    models = list(csv.DictReader(io.StringIO(written("csv", model(), unknown(), layers=False))))
    assert [(row["target"], row["params"], row["status"]) for row in models] == [
        ("net.py::Net()", "2180", "exact"), ("net.py::Other()", "", "unknown")]


def test_markdown_is_a_table():
    text = written("markdown", model(), unknown())
    assert "| module | type | weights | params | not trained | calculation |\n|---|---|---|---:|---:|---|\n" in text
    assert "| &nbsp;&nbsp;embedding | Embedding | weight 100×16 | 1,600 | 0 | 100·16 = 1,600 |\n" in text
    assert "- Total parameters: 2,180 (exact)\n" in text


def test_what_is_not_known_says_which_line_stopped_it_and_what_would_help():
    text = written("table", unknown())
    assert "Total parameters: unknown\nWhy the count is not exact:\n  net.py:11:5: package zoo is not in reach\n    help: " in text
    assert "--search-path" in text


def test_bounds_and_formulas():
    d = Formula.free("d")
    reason = Reason(Why.LOOP, "repeated as often as the configuration says", "loop")
    block = ModuleNode("blocks.0", "Linear", "torch.nn.Linear", weights=[weight("weight", d, d)], repeated=reason)
    root = ModuleNode("", "Net", "net.Net", children=[block])
    bound = Model("net.py::Net", "Net", "torch", "net.py", 1, root, Count(d * d, True, (reason,)), Count(d * d, True), Count(), (reason,))
    text = written("table", bound)
    assert "Total parameters: ≥ d**2 (lower-bound)" in text
    assert "Non-trainable: unknown" in text
    assert "Linear × unknown times" in text
    symbolic = Model("net.py::Net", "Net", "torch", "net.py", 1, root, Count(d * d), Count(d * d), Count())
    entry, = json.loads(written("json", symbolic))
    assert (entry["status"], entry["params"], entry["formula"], entry["weight_bytes"]) == ("symbolic", "d**2", "d**2", "4*d**2")
    assert "Total parameters: d**2 (symbolic)\nTrainable: d**2\nNon-trainable: 0\n" in written("table", symbolic)


def test_totals_count_tied_tensors_and_shared_modules_once():
    root = model().root
    assert sum(item.count.value for item in tensors(root) if not item.buffer) == 2_180
    assert weight_bytes(tensors(root), "float16") == 2 * 2_180
    assert weight_bytes([weight("weight", 3, dtype="odd")]) is None
    assert {kind: (modules, count.value) for kind, (modules, count) in subtotals(root).items()} == {
        "Embedding": (1, 1_600), "Conv2d": (1, 448), "BatchNorm2d": (1, 32), "Linear": (1, 100)}


def test_a_model_that_holds_itself_is_printed_once():
    root = ModuleNode("", "Net", "net.Net")
    root.children.append(root)
    assert "counted above as the model" in written("table", Model("net.py::Net", "Net", "torch", "net.py", 1, root))
