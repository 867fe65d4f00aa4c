"""The conventions of cost against what the tools themselves print for single layers."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.frameworks.conventions import CallFacts, conventions, find
from paramlint.frameworks.conventions.functions import concerns
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

ORACLE = Path(__file__).parents[2] / "fixtures" / "oracle"
TABLE = json.loads((ORACLE / "flops-conventions.json").read_text())
PADDLE_ROWS = [row for row in json.loads((ORACLE / "paddle-3.3.1-layers.json").read_text()) if "paddle_flops" in row]

# The column of a tool in the table → our conventions, one for each figure of a cell.
COLUMNS = {"torchinfo1.8": ("torchinfo",), "fvcore": ("fvcore",), "thop": ("thop",), "ptflops_pt": ("ptflops=0.7.5",),
           "ptflops_aten": ("ptflops=aten",), "calflops[F,M]": ("calflops", "calflops=macs"), "torch.FlopCounterMode": ("flops",)}

LENET_TORCH = ["nn.Conv2d(1, 6, 3, padding=1)", "nn.ReLU()", "nn.MaxPool2d(2, 2)", "nn.Conv2d(6, 16, 5)", "nn.ReLU()", "nn.MaxPool2d(2, 2)",
               "nn.Flatten()", "nn.Linear(400, 120)", "nn.Linear(120, 84)", "nn.Linear(84, 10)"]

# The layers behind a row of the table, run one after the other.
LAYERS = {
    "conv2d(3,8,3,p1)+b @3x16x16": ["nn.Conv2d(3, 8, 3, padding=1)"],
    "conv2d(3,8,3,p1) nobias": ["nn.Conv2d(3, 8, 3, padding=1, bias=False)"],
    "conv2d(8,8,3,p1,groups=8)+b @8x16x16": ["nn.Conv2d(8, 8, 3, padding=1, groups=8)"],
    "convT2d(8,4,2,s2)+b @8x16x16": ["nn.ConvTranspose2d(8, 4, 2, stride=2)"],
    "convT2d(8,8,4,s2,p1,groups=4) nobias @8x16x16": ["nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1, groups=4, bias=False)"],
    "linear(10,20)+b @1x10": ["nn.Linear(10, 20)"],
    "linear(10,20)+b @1x5x10": ["nn.Linear(10, 20)"],
    "batchnorm2d(8) eval @8x16x16": ["nn.BatchNorm2d(8)"],
    "layernorm(16) @1x5x16": ["nn.LayerNorm(16)"],
    "groupnorm(2,8) @8x16x16": ["nn.GroupNorm(2, 8)"],
    "relu @8x16x16": ["nn.ReLU()"],
    "gelu @8x16x16": ["nn.GELU()"],
    "softmax(-1) @1x5x16": ["nn.Softmax(-1)"],
    "maxpool2d(2) @8x16x16": ["nn.MaxPool2d(2)"],
    "avgpool2d(2) @8x16x16": ["nn.AvgPool2d(2)"],
    "adaptiveavgpool2d(1) @8x16x16": ["nn.AdaptiveAvgPool2d(1)"],
    "upsample bilinear x2 @8x16x16": ["nn.Upsample(scale_factor=2, mode='bilinear')"],
    "upsample nearest x2 @8x16x16": ["nn.Upsample(scale_factor=2)"],
    "embedding(100,16) @1x5": ["nn.Embedding(100, 16)"],
    "lstm(10,20,1)bf @1x5x10": ["nn.LSTM(10, 20, 1, batch_first=True)"],
    "gru(10,20,2,bidir)bf @1x5x10": ["nn.GRU(10, 20, 2, batch_first=True, bidirectional=True)"],
    "MHA(16,4)bf self @1x5x16": ["nn.MultiheadAttention(16, 4, batch_first=True)"],
    "LeNet(paddle doc) @1x28x28": LENET_TORCH,
}
# The functions and operators behind a row: (name, shapes of the tensors, other arguments).
SCORES: tuple[str, Any, dict[str, Any]] = ("torch.Tensor.__matmul__", ((1, 4, 5, 16), (1, 4, 16, 5)), {})
OPERATIONS: dict[str, list[tuple[str, Any, dict[str, Any]]]] = {
    "F.sdpa @1x4x5x16": [("torch.nn.functional.scaled_dot_product_attention", ((1, 4, 5, 16),) * 3, {})],
    "x@xT softmax @x 1x4x5x16": [SCORES, ("torch.Tensor.__matmul__", ((1, 4, 5, 5), (1, 4, 5, 16)), {})],
    "F.conv2d with Parameter 3->8 k3p1 @3x16x16": [("torch.nn.functional.conv2d", ((1, 3, 16, 16), (8, 3, 3, 3)), {"padding": 1})],
}
INPUTS = {"conv2d(3,8,3,p1) nobias": (1, 3, 16, 16), "embedding(100,16) @1x5": (1, 5), "LeNet(paddle doc) @1x28x28": (1, 1, 28, 28)}

# Cells in which a tool misses what it counts elsewhere, because of what happens to run; we count it.
MISSED = {
    ("lstm(10,20,1)bf @1x5x10", "torch.FlopCounterMode"): "an LSTM is one fused operator on the CPU, which has no formula",
    ("MHA(16,4)bf self @1x5x16", "torch.FlopCounterMode"): "in evaluation mode nn.MultiheadAttention is one fused operator without a formula",
    ("F.sdpa @1x4x5x16", "torch.FlopCounterMode"): "the kernel of the CPU has no formula, those of the GPU do",
}


class _Layers:
    """Makes entries by the attribute's name, as ``nn.Conv2d(…)`` makes layers."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __getattr__(self, name: str) -> Any:
        entry = REGISTRY.find(f"{self.prefix}.{name}")
        assert entry is not None, name
        return lambda *args, **kwargs: entry.build(args, kwargs)


class _Paddle:
    nn = _Layers("paddle.nn")

    def __getattr__(self, name: str) -> Any:
        return getattr(_Layers("paddle"), name)


def facts(entry: Any, *inputs: Any, training: bool = False) -> CallFacts:
    given = inspect.signature(entry.shape).bind(*inputs).arguments
    entry.training = training
    return CallFacts.of_layer(entry, given, entry.shape(**given), training=training)


def run(calls: list[str], shape: Any, framework: str = "torch") -> list[CallFacts]:
    """The calls of layers one after the other."""
    x, found = Shape(shape), []
    for call in calls:
        entry = eval(compile(ast.parse(call, mode="eval"), call, "eval"), {"nn": _Layers(f"{framework}.nn"), "paddle": _Paddle()})
        inputs = (x, x, x) if framework == "torch" and "MultiheadAttention" in call else (x,)
        found.append(facts(entry, *inputs))
        x = found[-1].y
    return found


def operation(name: str, shapes: Any, options: dict[str, Any]) -> CallFacts:
    entry = REGISTRY.find(name)
    assert entry is not None and issubclass(entry, Op), name
    op = entry.build([Tensor(Shape(shape)) for shape in shapes], options)
    return CallFacts.of_operation(op, name, op.result())


def calls_of(label: str) -> list[CallFacts]:
    if label in OPERATIONS:
        return [operation(*one) for one in OPERATIONS[label]]
    written = re.search(r"@([\dx]+)$", label)
    if label in INPUTS:
        return run(LAYERS[label], INPUTS[label])
    assert written is not None, label
    shape = tuple(int(size) for size in written.group(1).split("x"))
    return run(LAYERS[label], shape if shape[0] == 1 else (1, *shape))


def total(convention: str, calls: list[CallFacts]) -> Any:
    result: Any = 0
    for call in calls:
        result = result + find(convention).cost(call)
    return result


def cells() -> list[Any]:
    found = []
    for label in (*LAYERS, *OPERATIONS):
        for column, names in COLUMNS.items():
            figure = TABLE[label][column][0]
            for name, value in zip(names, figure if isinstance(figure, list) else [figure], strict=False):
                if isinstance(value, int):
                    found.append(pytest.param(label, column, name, value, id=f"{name}: {label}"))
    return found


@pytest.mark.parametrize("label, column, name, value", cells())
def test_single_layers(label: str, column: str, name: str, value: int) -> None:
    counted = total(name, calls_of(label))
    if (label, column) in MISSED:
        assert value == 0 and counted > 0, "this is no exception any more"
    else:
        assert counted == value


def test_every_row_that_is_no_whole_model_is_counted() -> None:
    rest = {label for label in TABLE if label not in LAYERS and label not in OPERATIONS}
    assert all(label.endswith("@224") for label in rest), rest


def test_ptflops_by_its_table_counts_once() -> None:
    """The documentation's table of LeNet's layers sums to 360,382 where the total says 372,990."""
    lenet = calls_of("LeNet(paddle doc) @1x28x28")
    assert (total("ptflops", lenet), total("ptflops=0.7.5", lenet)) == (360_382, 372_990)
    assert total("ptflops", calls_of("relu @8x16x16")) == 2_048
    assert total("ptflops", calls_of("softmax(-1) @1x5x16")) == 80


# paddle.flops -----------------------------------------------------------------------------------------------------------

PADDLE_LAYERS = {
    "conv2d(3,8,3,p1)+b": ("nn.Conv2D(3, 8, 3, padding=1)", (1, 3, 16, 16)),
    "conv2d nobias": ("nn.Conv2D(3, 8, 3, padding=1, bias_attr=False)", (1, 3, 16, 16)),
    "dwconv groups=8": ("nn.Conv2D(8, 8, 3, padding=1, groups=8)", (1, 8, 16, 16)),
    "convT(8,4,2,s2)+b": ("nn.Conv2DTranspose(8, 4, 2, stride=2)", (1, 8, 16, 16)),
    "convT groups=4 (8,8,4,s2,p1)": ("nn.Conv2DTranspose(8, 8, 4, stride=2, padding=1, groups=4, bias_attr=False)", (1, 8, 16, 16)),
    "linear 1x10": ("nn.Linear(10, 20)", (1, 10)),
    "linear 1x5x10": ("nn.Linear(10, 20)", (1, 5, 10)),
    "bn2d(8)": ("nn.BatchNorm2D(8)", (1, 8, 16, 16)),
    "bn1d(8)": ("nn.BatchNorm1D(8)", (1, 8, 16)),
    "layernorm": ("nn.LayerNorm(16)", (1, 5, 16)),
    "relu": ("nn.ReLU()", (1, 8, 16, 16)),
    "leakyrelu": ("nn.LeakyReLU()", (1, 8, 16, 16)),
    "gelu": ("nn.GELU()", (1, 8, 16, 16)),
    "maxpool": ("nn.MaxPool2D(2)", (1, 8, 16, 16)),
    "avgpool": ("nn.AvgPool2D(2)", (1, 8, 16, 16)),
    "adaptiveavg1": ("nn.AdaptiveAvgPool2D(1)", (1, 8, 16, 16)),
    "lstm(10,20)": ("nn.LSTM(10, 20)", (1, 5, 10)),
    "MHA(16,4)": ("nn.MultiHeadAttention(16, 4)", (1, 5, 16)),
}
LENET_PADDLE = [layer.replace("2d(", "2D(") for layer in LENET_TORCH]


def printed_by_paddle() -> dict[str, int]:
    lines = re.findall(r"^(.+?) (\d+) \|printed", (ORACLE / "flops-paddle.txt").read_text(), re.MULTILINE)
    return {label: int(figure) for label, figure in lines}


@pytest.mark.parametrize("label", PADDLE_LAYERS)
def test_paddle_prints(label: str) -> None:
    call, shape = PADDLE_LAYERS[label]
    assert total("paddle", run([call], shape, "paddle")) == printed_by_paddle()[label]


def test_paddle_prints_nothing_else() -> None:
    assert set(printed_by_paddle()) - set(PADDLE_LAYERS) == {"LeNet", "resnet18", "resnet50", "mobilenet_v2"}


def test_paddle_lenet_layer_by_layer() -> None:
    lenet = run(LENET_PADDLE, (1, 1, 28, 28), "paddle")
    figures = [find("paddle").cost(call) for call in lenet]
    assert [figure for figure in figures if figure] == [47_040, 241_600, 48_000, 10_080, 840]
    assert sum(figures) == 347_560 == printed_by_paddle()["LeNet"]


def test_paddle_convolution_of_its_guide() -> None:
    assert total("paddle", run(["nn.Conv2D(2, 4, 3, padding=1)"], (1, 2, 320, 320), "paddle")) == 7_782_400


@pytest.mark.parametrize("row", PADDLE_ROWS, ids=lambda row: row["call"])
def test_paddle_layers(row: dict[str, Any]) -> None:
    inside = re.fullmatch(r"nn\.Sequential\((.*)\)", row["call"])
    tree = ast.parse(row["call"], mode="eval").body
    assert isinstance(tree, ast.Call)
    calls = [ast.unparse(layer) for layer in tree.args] if inside else [row["call"]]
    assert total("paddle", run(calls, row["input_shape"], "paddle")) == row["paddle_flops"]


# What is not known ------------------------------------------------------------------------------------------------------

UNKNOWN = Unknown.because(Why.INPUT, "no input was given")


@pytest.mark.parametrize("name", [one.name for one in conventions()])
def test_sizes_that_are_free_give_formulas_that_hold(name: str) -> None:
    """With a free batch each convention is a formula; with a number in its place, the number."""
    free = Formula.free("N")
    rows = [("nn.Conv2d(3, 8, 3)", (3, 9, 9)), ("nn.Linear(10, 20)", (5, 10)), ("nn.BatchNorm2d(3)", (3, 4, 4)), ("nn.Softmax(-1)", (5, 4)),
            ("nn.LSTM(10, 20, batch_first=True)", (5, 10)), ("nn.AdaptiveAvgPool2d(2)", (3, 5, 7)), ("nn.Upsample(scale_factor=2)", (3, 4, 4)),
            ("nn.ConvTranspose2d(8, 4, 3, stride=2)", (8, 5, 5)), ("nn.MultiheadAttention(16, 4, batch_first=True)", (5, 16)),
            ("nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)", (5, 16))]
    for call, shape in rows:
        symbolic = total(name, run([call], (free, *shape)))
        known = total(name, run([call], (3, *shape)))
        if isinstance(symbolic, Formula):
            symbolic = eval(repr(symbolic), {"N": 3})
        assert symbolic == known, call


@pytest.mark.parametrize("name", [one.name for one in conventions()])
def test_unknown_arguments_never_give_a_wrong_number(name: str) -> None:
    """A size that is not known makes the cost unknown, or does not matter; it raises nothing."""
    for prefix in ("torch.nn", "paddle.nn"):
        for layer, args, shape in (("Conv2d", (UNKNOWN, 8, 3), (1, 3, 9, 9)), ("Conv2d", (3, 8, UNKNOWN), (1, 3, 9, 9)),
                                   ("Linear", (10, UNKNOWN), (1, 10)), ("LSTM", (10, UNKNOWN), (1, 5, 10)), ("Upsample", (UNKNOWN,), (1, 3, 4, 4))):
            entry = REGISTRY.find(f"{prefix}.{layer}")
            assert entry is not None and issubclass(entry, Layer)
            built = entry.build(args)
            for x in (Shape(shape), UNKNOWN):
                call = CallFacts.of_layer(built, {"input": x}, UNKNOWN)
                counted = find(name).cost(call)
                assert isinstance(counted, Unknown | Formula) or counted in (0, 48), (prefix, layer, counted)


def test_a_flag_that_is_not_known_makes_its_part_unknown() -> None:
    entry = _Layers("torch.nn").Conv2d(3, 8, 3, bias=UNKNOWN)
    call = facts(entry, Shape((1, 3, 9, 9)))
    assert isinstance(find("ptflops").cost(call), Unknown)
    assert find("fvcore").cost(call) == find("macs").cost(call) == 8 * 49 * 27


def test_derived_classes() -> None:
    """Tools that look the class up miss a derived one; those that replace functions or trace do not."""
    entry = _Layers("torch.nn").LayerNorm(16)
    plain = facts(entry, Shape((1, 5, 16)))
    derived = CallFacts.of_layer(entry, plain.inputs, plain.output, type="LayerNorm2d", exact=False)
    assert [find(name).cost(derived) for name in ("thop", "ptflops", "fvcore", "calflops", "torchinfo")] == [0, 0, 400, 400, 32]


def test_user_modules_count_by_their_weights_in_torchinfo() -> None:
    entry = _Layers("torch.nn").LayerNorm(16)
    call = CallFacts(None, {"x": Shape((2, 5, 16))}, Shape((2, 5, 16)), type="Norm", weights=entry.weights())
    assert find("torchinfo").cost(call) == 64
    assert find("thop").cost(call) == find("fvcore").cost(call) == find("macs").cost(call) == 0


def test_training_costs_more_in_tools_that_run_as_the_model_is() -> None:
    entry = _Layers("torch.nn").BatchNorm2d(8)
    assert find("fvcore").cost(facts(entry, Shape((2, 8, 4, 4)), training=True)) == 5 * 256
    assert find("fvcore").cost(facts(entry, Shape((2, 8, 4, 4)))) == 2 * 256


def test_conventions_are_found_and_explained() -> None:
    assert [one.name for one in conventions()][:3] == ["macs", "flops", "paddle"]
    for one in conventions():
        assert find(one.name) is one
        assert one.doc.endswith(".") and one.unit in one.explanation and one.source in one.explanation
    with pytest.raises(KeyError, match="torchinfo"):
        find("flop")


def test_functions_that_only_tools_count() -> None:
    assert all(map(concerns, ("torch.nn.functional.relu", "torch.nn.functional.max_pool2d", "torch.Tensor.add")))
    assert not any(map(concerns, ("torch.relu", "torch.Tensor.__add__", "torch.nn.functional.dropout")))
