"""``paramlint summary``, run as people run it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command import paramlint, write

NET = """\
import torch.nn as nn
from blocks import make_block


class Net(nn.Module):
    def __init__(self, width=4, depth=2):
        super().__init__()
        self.blocks = nn.Sequential(*(make_block(width) for _ in range(depth)))
        self.head = nn.Linear(width, 3, bias=False)


class Feed(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.up = nn.Linear(d_model, 4 * d_model)


def wide():
    return Net(width=10)


def helper(count):
    return count
"""
BLOCKS = """\
import torch.nn as nn


def make_block(width):
    return nn.Sequential(nn.Linear(width, width), nn.ReLU())
"""
LOST = """\
import torch.nn as nn
from zoo.backbones import Backbone


class Lost(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.head = nn.Linear(512, 10)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, net=NET, blocks=BLOCKS, lost=LOST)


def entries(output: str) -> list[tuple[str, str, int | str | None]]:
    return [(entry["target"], entry["status"], entry["params"]) for entry in map(json.loads, output.splitlines())]


def test_a_file_offers_its_classes_and_builders(project: Path) -> None:
    done = paramlint("summary", "net.py", "--format", "jsonl", cwd=project)
    assert done.returncode == 0 and done.stderr == ""
    assert entries(done.stdout) == [
        ("net.py::Net", "exact", 52), ("net.py::Feed", "symbolic", "4*d_model**2 + 4*d_model"), ("net.py::wide", "exact", 250)]


def test_an_expression_is_evaluated_in_the_files_namespace(project: Path) -> None:
    done = paramlint("summary", "net.py::Net(width=2, depth=len([1, 2, 3]))", "net.py::nn.Sequential(wide(), wide())", "--format", "jsonl",
                     cwd=project)
    assert [params for _, _, params in entries(done.stdout)] == [24, 500]


def test_the_json_of_a_model(project: Path) -> None:
    entry, = json.loads(paramlint("summary", "net.py::wide()", "--format", "json", cwd=project).stdout)
    assert {key: entry[key] for key in ("target", "name", "framework", "path", "line", "status", "params", "trainable_params", "buffers",
                                        "weight_bytes", "formula", "input", "output", "macs", "flops", "reasons")} == {
        "target": "net.py::wide()", "name": "wide", "framework": "torch", "path": "net.py", "line": 18, "status": "exact", "params": 250,
        "trainable_params": 250, "buffers": 0, "weight_bytes": 1000, "formula": "", "input": None, "output": None, "macs": None,
        "flops": None, "reasons": []}
    rows = {row["path"]: row for row in entry["layers"]}
    assert list(rows) == ["", "blocks", "blocks.0", "blocks.0.0", "blocks.0.1", "blocks.1", "blocks.1.0", "blocks.1.1", "head"]
    assert (rows["head"]["type"], rows["head"]["params"], rows["head"]["line"], rows["head"]["column"]) == ("Linear", 30, 9, 21)
    assert (rows["blocks.0.0"]["formula"], rows["blocks.0.0"]["line"]) == ("10·10 + 10 = 110", 5)
    assert (rows[""]["type"], rows[""]["line"]) == ("Net", 19)


def test_the_table_has_the_tree_the_totals_and_the_calculation(project: Path) -> None:
    text = paramlint("summary", "net.py::wide()", cwd=project).stdout
    lines = [line.split() for line in text.splitlines()]
    assert ["└─", "head", "Linear", "weight", "3×10", "30", "0", "3·10", "=", "30"] in lines
    assert "Total parameters: 250 (exact)\nTrainable: 250\nNon-trainable: 0\nBuffers: 0\nSize of the parameters: 0.00 MB (float32)\n" in text


def test_explain_writes_the_calculation_out(project: Path) -> None:
    text = paramlint("summary", "net.py::wide()", "--explain", cwd=project).stdout
    assert "  Linear  3 layers  250\n" in text and "blocks.0.0  Linear  10·10 + 10 = 110\n" in text


def test_depth_and_no_layers_shorten(project: Path) -> None:
    shallow, = json.loads(paramlint("summary", "net.py::wide()", "--format", "json", "--depth", "1", cwd=project).stdout)
    assert [(row["path"], row["params"]) for row in shallow["layers"]] == [("", 0), ("blocks", 220), ("head", 30)]
    short, = json.loads(paramlint("summary", "net.py::wide()", "--format", "json", "--no-layers", cwd=project).stdout)
    assert short["layers"] == [] and short["params"] == 250
    assert "head" not in paramlint("summary", "net.py::wide()", "--no-layers", cwd=project).stdout


def test_csv_and_markdown(project: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(paramlint("summary", "net.py", "--format", "csv", "--no-layers", cwd=project).stdout)))
    assert [(row["name"], row["params"]) for row in rows] == [("Net", "52"), ("Feed", "4*d_model**2 + 4*d_model"), ("wide", "250")]
    assert "| &nbsp;&nbsp;head | Linear | weight 3×10 | 30 | 0 | 3·10 = 30 |" in paramlint(
        "summary", "net.py::wide()", "--format", "markdown", cwd=project).stdout


def test_what_is_not_exact_says_why_and_is_no_failure(project: Path) -> None:
    done = paramlint("summary", "lost.py", cwd=project)
    assert done.returncode == 0
    assert "Total parameters: ≥ 5,130 (lower-bound)" in done.stdout
    assert "lost.py:2:1: " in done.stdout and "zoo.backbones" in done.stdout and "--search-path" in done.stdout


def test_a_search_path_brings_a_package_into_reach(project: Path) -> None:
    package = project / "elsewhere" / "zoo"
    package.mkdir(parents=True)
    write(package, __init__="", backbones="from torch import nn\n\nclass Backbone(nn.Linear):\n    def __init__(self):\n"
                                          "        super().__init__(2, 2)\n")
    for flag in ("--search-path", "--site-packages"):
        done = paramlint("summary", "lost.py", flag, "elsewhere", "--format", "jsonl", cwd=project)
        assert entries(done.stdout) == [("lost.py::Lost", "exact", 5_136)]


# Targets that name nothing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "words"), [
    ("gone.py", "no such file"),
    ("gone.py::Net()", "no such file"),
    ("net.py::Nett()", "there is no `Nett` in this file; did you mean `Net`?"),
    ("net.py::Net(", "is no Python expression"),
    ("net.py::", "is no Python expression"),
    ("net.py::x = 1", "is no Python expression"),
    ("net.py::Net; Net", "is no Python expression"),
    ("::Net", "PATH::EXPRESSION"),
    ("broken.py", "line 1"),
])
def test_a_target_that_cannot_be_found_is_a_failure(project: Path, target: str, words: str) -> None:
    write(project, broken="def f(:\n")
    done = paramlint("summary", target, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ") and words in done.stderr and "Traceback" not in done.stderr


def test_a_bad_target_costs_itself_only(project: Path) -> None:
    done = paramlint("summary", "gone.py", "net.py::wide", "--format", "jsonl", cwd=project)
    assert done.returncode == 2
    assert entries(done.stdout) == [("gone.py", "unknown", None), ("net.py::wide", "exact", 250)]


def test_what_is_no_model_is_an_answer(project: Path) -> None:
    done = paramlint("summary", "net.py::helper(3)", "--format", "jsonl", cwd=project)
    assert done.returncode == 0
    entry = json.loads(done.stdout)
    assert entry["status"] == "unknown" and "no model" in entry["reasons"][0]["message"]


def test_code_that_raises_is_an_answer(project: Path) -> None:
    done = paramlint("summary", "net.py::Net('wide')", "net.py::Net(1, 2, 3)", "--format", "jsonl", cwd=project)
    assert done.returncode == 0
    assert all(json.loads(line)["status"] == "unknown" for line in done.stdout.splitlines())


def test_an_abstract_class_is_no_model_of_its_file_and_an_answer_if_it_is_named(project: Path) -> None:
    write(project, base=(
        "from abc import ABC, abstractmethod\n"
        "from torch import nn\n"
        "class Base(nn.Module, ABC):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.head = nn.Linear(2, 3)\n"
        "    @property\n"
        "    @abstractmethod\n"
        "    def width(self): ...\n"
        "class Wide(Base):\n"
        "    width = 4\n"
    ))
    done = paramlint("summary", "base.py", "base.py::Base", "--format", "jsonl", cwd=project)
    whole, named = map(json.loads, done.stdout.splitlines())
    assert (whole["status"], whole["params"]) == ("exact", 9) and whole["target"].endswith("::Wide")
    assert named["status"] == "unknown" and "abstract class Base with abstract method width" in named["reasons"][0]["message"]


def test_a_file_without_models_is_said(project: Path) -> None:
    write(project, plain="x = 1\n")
    done = paramlint("summary", "plain.py", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "plain.py: no models in this file\n")


def test_without_a_target_it_says_what_one_is(project: Path) -> None:
    done = paramlint("summary", cwd=project)
    assert done.returncode == 2 and "PATH::EXPRESSION" in done.stderr


# Many targets -------------------------------------------------------------------------------------------------------------


def test_targets_come_from_a_file_or_from_standard_input(project: Path) -> None:
    listed = "# the models of the paper\nnet.py::Net\n\nnet.py::wide()  # twice as wide\n"
    (project / "list.txt").write_text(listed)
    for arguments, stdin in ((("--targets-from", "list.txt"), b""), (("--targets-from", "-"), listed.encode())):
        done = paramlint("summary", *arguments, "--format", "jsonl", cwd=project, stdin=stdin)
        assert entries(done.stdout) == [("net.py::Net", "exact", 52), ("net.py::wide()", "exact", 250)]
    assert "no such file" in paramlint("summary", "--targets-from", "nowhere.txt", cwd=project).stderr.lower()


def test_several_processes_give_the_same_in_the_same_order(project: Path) -> None:
    targets = [f"net.py::Net({width})" for width in range(1, 12)] + ["lost.py", "gone.py", "net.py"]
    one, two = (paramlint("summary", *targets, "--format", "jsonl", "--jobs", jobs, cwd=project) for jobs in "12")
    assert one.stdout == two.stdout and one.stderr == two.stderr and one.returncode == two.returncode == 2
    assert len(one.stdout.splitlines()) == 16


CRASH = """
import os, signal
import paramlint.analysis.targets as targets
build = targets.build
def crash(place, it, value):
    if "13" in place.target:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "7" in place.target:
        raise ZeroDivisionError("a bug")
    return build(place, it, value)
targets.build = crash
"""


def test_a_process_that_dies_costs_its_target_and_an_error_of_ours_is_an_answer(project: Path, tmp_path_factory) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(CRASH)
    targets = [f"net.py::Net({width})" for width in (5, 7, 13, 20)]
    done = paramlint("summary", *targets, "--format", "jsonl", "--jobs", "2", cwd=project, PYTHONPATH=str(site))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["exact", "unknown", "unknown", "exact"] and done.returncode == 0
    assert "internal error" in rows[1]["reasons"][0]["message"] and "ZeroDivisionError" in rows[1]["reasons"][0]["message"]
    assert "SIGSEGV" in rows[2]["reasons"][0]["message"]


def test_a_folder_stands_for_its_files(project: Path) -> None:
    done = paramlint("summary", ".", "--format", "jsonl", cwd=project)
    assert [target for target, _, _ in entries(done.stdout)] == ["lost.py::Lost", "net.py::Net", "net.py::Feed", "net.py::wide"]


def test_a_model_that_is_another_one_with_downloaded_weights(tmp_path: Path) -> None:
    """It is counted as it is built without, and the answer says so and names both."""
    source = (Path(__file__).parents[2] / "fixtures" / "models" / "torch" / "downloads.py").read_text()
    write(tmp_path, net=source)
    same, another = json.loads(paramlint("summary", "--format", "json", "net.py::same()", "net.py::another()", cwd=tmp_path).stdout)
    assert (same["params"], same["status"], same["reasons"]) == (28, "exact", [])
    assert (another["params"], another["status"]) == (28, "exact")
    (reason,) = another["reasons"]
    assert "`weights_backbone=None` (28 parameters, 28 of them trained)" in reason["message"] and "(20 parameters, 16" in reason["message"]


OPTIONS = """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=4)
args = parser.parse_args()
"""


def test_an_answer_says_that_the_command_line_counts_as_empty(tmp_path: Path):
    write(tmp_path, options=OPTIONS, blocks=BLOCKS, net=NET.replace("from blocks", "from options import args\nfrom blocks"))
    done = paramlint("summary", "--no-layers", "net.py::Net(args.width)", "blocks.py::make_block(4)", cwd=tmp_path)
    assert done.returncode == 0
    depends, plain = done.stdout.split("blocks.py::make_block(4)")
    assert "Total parameters: 52 (exact)" in depends
    assert "Notes:\n  options.py:5:8: nothing stands on the command line: options have their defaults\n" in depends
    assert "Notes:" not in plain
