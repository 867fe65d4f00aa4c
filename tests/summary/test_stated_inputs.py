"""Inputs that nobody gives on the command line: from comments, the configuration, and the file's own calls; and bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command import paramlint, write

NET = """\
import torch
import torch.nn as nn


class Net(nn.Module):{comment}
    def __init__(self, channels=3):
        super().__init__()
        self.conv = nn.Conv2d(channels, 8, 3)

    def forward(self, x):
        return self.conv(x)
"""
TWO = """\
import torch
import torch.nn as nn


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 8)
        self.conv = nn.Conv1d(3, 8, 3)

    {comment}
    def forward(self, x, ids, mask=None):
        return self.conv(x), self.embed(ids)
"""
COST = 8 * 30 * 30 * 3 * 9


def models(folder: Path, target: str, *arguments: str) -> list[dict[str, Any]]:
    done = paramlint("summary", target, "--format", "json", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def refused(folder: Path, target: str, *arguments: str) -> str:
    """What is said of bad input: nothing on the output, exit code 2."""
    done = paramlint("summary", target, *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("place", [
    "class Net(nn.Module):  {}", "{}\nclass Net(nn.Module):", "class Net(nn.Module):\n    {}",
    'class Net(nn.Module):\n    """A net."""\n\n    {}\n', "class Net(nn.Module):\n    # Small.\n    {}\n    # And green."])
@pytest.mark.parametrize("text", ["input=(1, 3, 32, 32)", "input = 1, 3, 32, 32", "input=[1,3,32,32]", "input=float32(1, 3, 32, 32)"])
def test_a_comment_on_the_class(tmp_path: Path, place: str, text: str) -> None:
    source = NET.format(comment="").replace("class Net(nn.Module):", place.format(f"# paramlint: {text}"))
    (model,) = models(write(tmp_path, net=source), "net.py::Net")
    assert (model["macs"], model["output"]) == (COST, [1, 8, 30, 30])
    line = source[:source.index("# paramlint")].count("\n") + 1
    assert model["input_from"] == f"the comment in line {line}"


@pytest.mark.parametrize("place", [
    "def forward(self, x):  {}", "{}\n    def forward(self, x):", "def forward(self, x):\n        {}", "{}\n    @torch.no_grad()\n    def forward(self, x):"])
def test_a_comment_on_forward(tmp_path: Path, place: str) -> None:
    source = NET.format(comment="").replace("def forward(self, x):", place.format("# paramlint: input=(1, 3, 32, 32)"))
    (model,) = models(write(tmp_path, net=source), "net.py::Net()")
    assert model["macs"] == COST


def test_several_inputs_with_types_and_names(tmp_path: Path) -> None:
    for text in ("(1, 3, 16), int64[1, 128]", "[(1, 3, 16), int64[1, 128]]", "(1, 3, 16), ids=int64[1, 128], mask=bool[1, 128]"):
        write(tmp_path, net=TWO.format(comment=f"# paramlint: input={text}"))
        (model,) = models(tmp_path, "net.py::Two")
        assert (model["macs"], model["output"]) == (8 * 14 * 3 * 3, [[1, 8, 14], [1, 128, 8]])


def test_a_comment_on_a_base_holds_for_what_derives_from_it(tmp_path: Path) -> None:
    source = NET.format(comment="  # paramlint: input=(1, 3, 32, 32)") + "\n\nclass Derived(Net):\n    pass\n"
    assert [model["macs"] for model in models(write(tmp_path, net=source), "net.py")] == [COST, COST]


@pytest.mark.parametrize("call", [
    "net = Net()\nout = net(torch.randn(1, 3, 32, 32))\n",
    "x = torch.zeros((1, 3, 32, 32))\nNet().eval()(x)\n",
    "def test():\n    net = Net()\n    y = net(torch.randn(1, 3, 32, 32))\n    assert y.shape == (1, 8, 30, 30)\n",
    "def main(batch, folder):\n    size = 32\n    x = torch.rand(1, 3, size, size)\n    print(Net().to('cpu')(x).shape)\n",
    "if __name__ == '__main__':\n    import sys\n    x = torch.ones(1, 3, 32, 32)\n    print(open(sys.argv[1]).read())\n    print(Net()(x=x))\n",
    "class TestNet:\n    def test_forward(self):\n        assert Net()(torch.rand(1, 3, 32, 32)).ndim == 4\n",
])
def test_a_call_in_the_same_file(tmp_path: Path, call: str) -> None:
    source = NET.format(comment="") + "\n\n" + call
    model = models(write(tmp_path, net=source), "net.py::Net")[0]
    assert (model["macs"], model["output"]) == (COST, [1, 8, 30, 30])
    assert model["input_from"].startswith("the call in line ")


def test_what_no_call_and_no_comment_says_is_not_guessed(tmp_path: Path) -> None:
    source = NET.format(comment="") + "\n\ndef run(x):\n    y = torch.zeros(1, 3, 32, 32)\n    return Net()(x) + y\n"
    assert [model["macs"] for model in models(write(tmp_path, net=source), "net.py")] == [None]


def test_the_call_of_another_object_of_the_class_is_only_taken_where_it_fits(tmp_path: Path) -> None:
    source = NET.format(comment="") + "\n\ndef test():\n    Net(1)(torch.rand(1, 1, 8, 8))\n    Net()(torch.rand(1, 3, 32, 32))\n"
    assert models(write(tmp_path, net=source), "net.py::Net")[0]["macs"] == COST


@pytest.mark.parametrize(("framework", "call", "macs"), [
    ("import paddle\nimport paddle.nn as nn\nnet = nn.Sequential(nn.Conv2D(3, 8, 3))\n", "net(paddle.randn([1, 3, 32, 32]))", COST),
    ("import tensorflow as tf\nfrom tensorflow import keras\nnet = keras.Sequential([keras.layers.Conv2D(8, 3)])\n",
     "net(tf.random.normal((1, 32, 32, 3)))", COST),
    ("import keras\nnet = keras.Sequential([keras.layers.Dense(5)])\n", "net(keras.ops.zeros((2, 7)))", 70),
])
def test_the_other_frameworks(tmp_path: Path, framework: str, call: str, macs: int) -> None:
    (model,) = models(write(tmp_path, net=f"{framework}out = {call}\n"), "net.py::net")
    assert (model["macs"], model["status"]) == (macs, "exact")


@pytest.mark.parametrize(("model", "macs", "shapes"), [
    ("inputs = keras.Input((28, 28, 1))\nx = layers.Conv2D(8, 3)(inputs)\nnet = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))\n",
     "102752*N", [[None, 28, 28, 1], [None, 10]]),
    ("net = keras.Sequential([keras.Input((5,)), layers.Dense(3)])\n", "15*N", [[None, 5], [None, 3]]),
    ("a, b = keras.Input((5,)), keras.Input((7,), batch_size=2)\nnet = keras.Model([a, b], [layers.Dense(3)(a), layers.Dense(1)(b)])\n",
     "15*N + 14", [[[None, 5], [2, 7]], [[None, 3], [2, 1]]]),
    ("net = keras.Sequential([keras.Input((None, 5)), layers.Dense(3)])\n", "15*N*size_1", [[None, None, 5], [None, None, 3]]),
])
def test_a_drawn_model_is_called_with_what_it_is_drawn_from(tmp_path: Path, model: str, macs: str, shapes: list[Any]) -> None:
    (found,) = models(write(tmp_path, net=f"import keras\nfrom keras import layers\n\n{model}"), "net.py::net")
    assert (found["macs"], found["macs_status"], found["input_from"]) == (macs, "symbolic", "its `Input`")
    assert [found["input"], found["output"]] == shapes


def test_the_configuration_wins_over_the_source_and_the_command_line_over_both(tmp_path: Path) -> None:
    write(tmp_path, net=NET.format(comment="  # paramlint: input=(1, 3, 8, 8)"))
    assert models(tmp_path, "net.py::Net")[0]["input"] == [1, 3, 8, 8]
    (tmp_path / "paramlint.toml").write_text('[[models]]\ntarget = "net.py::Net"\ninput = "2,3,32,32"\n')
    model = models(tmp_path, "net.py::Net")[0]
    assert (model["input"], model["macs"], model["input_from"]) == ([2, 3, 32, 32], 2 * COST, "[[tool.paramlint.models]]")
    assert models(tmp_path, "net.py")[0]["input"] == [2, 3, 32, 32]
    given = models(tmp_path, "net.py::Net", "--input", "1,3,9,9")[0]
    assert (given["input"], given["input_from"]) == ([1, 3, 9, 9], "")


def test_the_configuration_names_several_inputs(tmp_path: Path) -> None:
    write(tmp_path, net=TWO.format(comment=""))
    for text in ('["1,3,16", "int64[1,128]"]', '"(1, 3, 16), int64[1, 128]"', '["1,3,16", "ids=int64[1,128]"]'):
        (tmp_path / "paramlint.toml").write_text(f'[[models]]\ntarget = "net.py"\ninput = {text}\n')
        assert models(tmp_path, "net.py::Two")[0]["output"] == [[1, 8, 14], [1, 128, 8]]


def test_people_see_who_says_what_the_input_is(tmp_path: Path) -> None:
    write(tmp_path, net=NET.format(comment="  # paramlint: input=(1, 3, 32, 32)"))
    assert "Input: (1, 3, 32, 32), from the comment in line 5\n" in paramlint("summary", "net.py", cwd=tmp_path).stdout
    assert "Input: (1, 3, 9, 9)\n" in paramlint("summary", "net.py", "--input", "1,3,9,9", cwd=tmp_path).stdout


def test_a_cost_needs_an_input_that_somebody_states(tmp_path: Path) -> None:
    write(tmp_path, net=NET.format(comment=""), told=NET.format(comment="  # paramlint: input=(1, 3, 32, 32)"))
    assert "a cost needs an input" in refused(tmp_path, "net.py", "--convention", "flops")
    assert "a cost needs an input" in refused(tmp_path, "net.py", "--sort", "macs")
    assert models(tmp_path, "told.py", "--convention", "flops")[0]["cost"] == 2 * COST


# Bad input ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), [
    ("1,-3,32,32", "a size cannot be negative, got -3; expected whole numbers from 0"),
    ("flaot32[1,3,32,32]", "there is no dtype 'flaot32'; expected one of float64, float32"),
    ("1,3,x!,32", "'x!' is no size; expected sizes such as 1,3,224,224"),
    ("int64[1,3", "is no input: expected sizes such as 1,3,224,224, with a dtype int64[1,128]"),
    ("", "expected sizes such as 1,3,224,224"),
    ("1,3,32,99999999999999", "the size 99999999999999 is too large; expected at most"),
])
def test_an_input_that_is_none(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refused(write(tmp_path, net=NET.format(comment="")), "net.py::Net", "--input", text)


@pytest.mark.parametrize(("texts", "expected"), [
    (["1,3"], "takes 3 (unbatched) or 4 (batched) dimensions, got 2: (1, 3)"),
    (["1,4,32,32"], "expected 3 channels, got 4: (1, 4, 32, 32)"),
    (["1,3,2,2"], "the kernel (3) is larger than the padded input (2)"),
    (["1,3,8,8", "1,3"], "takes 2 positional arguments but 3 were given"),
    (["y=1,3,8,8"], "unexpected keyword argument 'y'"),
])
@pytest.mark.parametrize("target", ["net.py", "net.py::Net"])
def test_an_input_that_the_model_rejects(tmp_path: Path, texts: list[str], expected: str, target: str) -> None:
    given = [part for text in texts for part in ("--input", text)]
    said = refused(write(tmp_path, net=NET.format(comment="")), target, *given)
    assert "the model does not take the input" in said and expected in said and "net.py:" in said


def test_too_few_inputs(tmp_path: Path) -> None:
    said = refused(write(tmp_path, net=TWO.format(comment="")), "net.py::Two", "--input", "1,3,16")
    assert "missing 1 required" in said and "'ids'" in said


@pytest.mark.parametrize("text", ['"1,-3"', '["1,3", 4]', '"floot[1]"', "7"])
def test_an_input_of_the_configuration_that_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, net=NET.format(comment=""))
    (tmp_path / "paramlint.toml").write_text(f'[[models]]\ntarget = "net.py::Net"\ninput = {text}\n')
    for command in ("summary", "check"):
        done = paramlint(command, "net.py", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "paramlint.toml" in done.stderr and "input" in done.stderr and "expected" in done.stderr


def test_a_comment_that_is_no_input(tmp_path: Path) -> None:
    write(tmp_path, net=NET.format(comment="  # paramlint: input=(1, 3, x!, 32)"))
    assert "line 5" in (said := refused(tmp_path, "net.py::Net")) and "'x!' is no size; expected sizes such as" in said
    done = paramlint("check", "net.py", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1 and [(item["code"], item["line"]) for item in json.loads(done.stdout)] == [("PRM003", 5)]


def test_a_stated_input_that_the_model_does_not_take(tmp_path: Path) -> None:
    write(tmp_path, net=NET.format(comment="  # paramlint: input=(1, 3, 8, 8), (1, 3)"))
    (found,) = json.loads(paramlint("check", "net.py", "--format", "json", cwd=tmp_path).stdout)
    assert (found["code"], found["line"]) == ("PRM003", 5) and "takes 2 positional arguments but 3 were given" in found["message"]
    write(tmp_path, net=NET.format(comment=""))
    (tmp_path / "paramlint.toml").write_text('[[models]]\ntarget = "net.py::Net"\ninput = "y=1,3,8,8"\n')
    (found,) = json.loads(paramlint("check", "net.py", "--format", "json", cwd=tmp_path).stdout)
    assert "Net does not take the input y=(1, 3, 8, 8), from [[tool.paramlint.models]]" in found["message"]
    (tmp_path / "paramlint.toml").write_text('[[models]]\ntarget = "net.py::Net"\ninput = "1,4,8,8"\n')
    (found,) = json.loads(paramlint("check", "net.py", "--format", "json", cwd=tmp_path).stdout)
    assert (found["code"], found["line"]) == ("PRM202", 8) and "in_channels should be 4" in found["message"]
