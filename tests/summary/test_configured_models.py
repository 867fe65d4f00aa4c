"""Models in the configuration, and rules about whole models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import paramlint, write

NET = """\
import torch.nn as nn
from blocks import block


class Net(nn.Module):
    def __init__(self, width=10, bias=True):
        super().__init__()
        self.stage = block(width, bias)
"""
BLOCKS = "import torch.nn as nn\n\n\ndef block(width, bias):\n    return nn.Linear(width, width, bias=bias)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, net=NET, blocks=BLOCKS)


def found(project: Path, configuration: str, *arguments: str) -> list[tuple[int, str, str]]:
    (project / "paramlint.toml").write_text(configuration)
    done = paramlint("check", "--format", "json", *arguments, cwd=project)
    assert done.returncode in (0, 1), done.stderr
    return [(item["line"], item["code"], item["message"]) for item in json.loads(done.stdout)]


def entry(**values: str) -> str:
    return "[[models]]\n" + "".join(f"{key.replace('_', '-')} = {value}\n" for key, value in values.items())


@pytest.mark.parametrize(("args", "params"), [
    ("{width = 20}", 420), ("{width = 20, bias = false}", 400), ("[20]", 420), ('"20, bias=False"', 400), ("{}", 110)])
def test_arguments_are_a_table_a_list_or_a_text(project: Path, args: str, params: int) -> None:
    assert found(project, entry(target='"net.py::Net"', args=args, params=str(params))) == []
    assert [code for _, code, _ in found(project, entry(target='"net.py::Net"', args=args, params=str(params + 1)))] == ["PRM107"]


def test_a_size_that_changes_does_not_pass_unnoticed(project: Path) -> None:
    kept = entry(target='"net.py::Net()"', params="110", name='"the net"')
    assert found(project, kept) == []
    write(project, blocks=BLOCKS.replace("bias=bias", "bias=False"))
    assert found(project, kept) == [(5, "PRM107", "`the net` has 100 parameters, 10 fewer than the 110 that the configuration says")]
    write(project, blocks="from missing import block\n")
    (line, code, message), = found(project, kept)
    assert (line, code) == (5, "PRM107") and "cannot be told" in message and "missing" in message


def test_an_entry_has_its_own_budgets(project: Path) -> None:
    tight = entry(target='"net.py::Net"', max_model_params='"100"') + entry(
        target='"net.py::Net(100)"', max_weight_memory='"30kB"') + entry(
        target='"net.py::Net(100)"', max_weight_memory='"30kB"', weight_dtype='"float16"')
    assert [(code, message) for _, code, message in found(project, tight)] == [
        ("PRM102", "`Net` has 110 parameters, 10 more than its budget of 100"),
        ("PRM105", "The weights of `Net(100)` take 40.4 kB as float32, 10.4 kB more than their budget of 30.0 kB")]
    loose = 'max-model-params = 50\n' + entry(target='"net.py::Net"', max_model_params="1000")
    assert found(project, loose) == []


def test_a_budget_for_all_models_is_a_flag_too(project: Path) -> None:
    assert [code for _, code, _ in found(project, "", "--max-model-params", "100")] == ["PRM102"]
    assert [code for _, code, _ in found(project, "", "--max-weight-memory", "400")] == ["PRM105"]
    assert found(project, "", "--max-model-params", "110", "--max-weight-memory", "440") == []


def test_targets_are_seen_from_the_configuration(project: Path) -> None:
    (project / "paramlint.toml").write_text(entry(target='"net.py::Net"', params="1"))
    done = paramlint("check", project / "net.py", "--format", "json", cwd=project.parent)
    assert [item["code"] for item in json.loads(done.stdout)] == ["PRM107"]
    assert json.loads(paramlint("check", project / "blocks.py", "--format", "json", cwd=project.parent).stdout) == []


@pytest.mark.parametrize(("text", "words"), [
    (entry(target='"gone.py::Net"', params="1"), "no such file"),
    (entry(params="1"), '"target" is missing'),
    (entry(target='"net.py"', params="1"), "PATH::Name"),
    (entry(target='"net.py"', args="[1]"), "PATH::Name"),
    (entry(target='"net.py::Net"', args="[2020-01-01]"), "argument"),
    (entry(target='"net.py::Net"', weight_dtype='"float17"'), "float16"),
    (entry(target='"net.py::Net"', prams="1"), 'did you mean "params"'),
])
def test_entries_that_cannot_be_meant_are_refused(project: Path, text: str, words: str) -> None:
    (project / "paramlint.toml").write_text(text)
    done = paramlint("check", cwd=project)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_an_entry_whose_model_is_not_there_is_a_finding(project: Path) -> None:
    (line, code, message), = found(project, entry(target='"net.py::Nett"', params="1"))
    assert (line, code) == (1, "PRM001") and "did you mean `Net`?" in message


def test_a_comment_silences_a_models_finding(project: Path) -> None:
    write(project, net=NET.replace("class Net(nn.Module):", "class Net(nn.Module):  # noqa: PRM102"))
    assert found(project, "max-model-params = 100\n") == []


def test_models_are_evaluated_only_where_somebody_asks(project: Path) -> None:
    write(project, net=NET.replace("block(width, bias)", "block(width, bias, missing)"))
    assert found(project, "max-layer-params = 1000\n") == []
    assert [code for _, code, _ in found(project, 'extend-select = ["PRM902"]\n')] == ["PRM902"]


def test_a_layer_rule_sees_the_values_of_real_calls_and_says_by_which_way(project: Path) -> None:
    write(project, stages="""\
import torch.nn as nn


def make_stage(inputs, outputs, kernel=3):
    return nn.Conv2d(inputs, outputs, kernel)


class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.first = make_stage(3, 8)
        self.second = make_stage(64, 128, kernel=5)
""")
    (line, code, message), = found(project, "max-layer-params = 1000\n")
    assert (line, code) == (5, "PRM101")
    assert message == ("`nn.Conv2d(inputs, outputs, kernel)` has 204,928 parameters, 203,928 more than its budget of 1,000 "
                       "(by way of Net() → make_stage(64, 128, kernel=5) → Conv2d)")


def test_a_layer_rule_sees_the_arguments_of_a_declared_model(project: Path) -> None:
    write(project, single="import torch.nn as nn\n\n\nclass One(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n"
                          "        self.layer = nn.Linear(width, width)\n")
    configuration = "max-layer-params = 1000\n" + entry(target='"single.py::One"', args="{width = 100}")
    (line, code, message), = found(project, configuration)
    assert (line, code) == (7, "PRM101") and "One(width=100) → Linear" in message
