"""Many files, several processes, and files that kill who reads them."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from command import LARGE, SMALL, paramlint, write

# Stands in for a crash of native code: reading this source kills the process that does it.
FATAL = LARGE + "fatal = True\n"
CRASH = """
import os, signal
import paramlint.analysis.run as run
read_file = run.read_file
def crash(path, data, settings):
    if b"fatal" in data:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"broken" in data:
        raise ZeroDivisionError("a bug")
    return read_file(path, data, settings)
run.read_file = crash
"""


@pytest.fixture
def crashing(tmp_path: Path) -> str:
    """A folder for PYTHONPATH."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CRASH)
    return str(folder)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def test_a_worker_that_dies_costs_its_file_and_no_other(sources: Path, crashing: str) -> None:
    write(sources, a=LARGE, b=FATAL, c=LARGE, d=FATAL, e=FATAL, f=LARGE, plain="x = 1\n")
    done = paramlint("check", "--jobs", "2", "--max-layer-params", "1k", "--format", "json", cwd=sources, PYTHONPATH=crashing)
    assert done.returncode == 1
    found = [(item["path"], item["code"]) for item in json.loads(done.stdout)]
    assert found == [(f"{name}.py", "PRM000" if name in "bde" else "PRM101") for name in "abcdef"]
    assert all("SIGSEGV" in item["message"] for item in json.loads(done.stdout) if item["code"] == "PRM000")


def test_layers_names_the_file_that_killed_its_worker(sources: Path, crashing: str) -> None:
    write(sources, a=LARGE, b=FATAL, c=SMALL)
    done = paramlint("layers", "-j2", "--format", "json", cwd=sources, PYTHONPATH=crashing)
    assert [row["path"] for row in json.loads(done.stdout)] == ["a.py", "c.py"]
    assert done.returncode == 1 and done.stderr.startswith("b.py:1:1: ") and "SIGSEGV" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_internal_error_costs_its_file_and_is_never_silent(sources: Path, crashing: str, jobs: str) -> None:
    write(sources, a=LARGE, b=LARGE + "broken = True\n", c=LARGE)
    for selection in ((), ("--select", "PRM101")):
        done = paramlint("check", "-j", jobs, "--max-layer-params", "1k", "--format", "json", *selection, cwd=sources, PYTHONPATH=crashing)
        found = json.loads(done.stdout)
        assert [(item["path"], item["code"]) for item in found] == [("a.py", "PRM101"), ("b.py", "PRM000"), ("c.py", "PRM101")]
        assert "ZeroDivisionError: a bug" in found[1]["message"]


def test_processes_and_one_process_say_the_same(sources: Path) -> None:
    write(sources, **{f"f{number:02}": LARGE if number % 3 else SMALL for number in range(30)}, plain="x = 1\n")
    for arguments in (("check", "--max-layer-params", "1k", "--format", "full"), ("layers",)):
        outputs = {paramlint(*arguments, "--jobs", jobs, cwd=sources).stdout for jobs in ("1", "2", "5")}
        outputs.add(paramlint(*arguments, cwd=sources).stdout)
        assert len(outputs) == 1 and "f01.py" in outputs.pop()


FIXTURES = Path(__file__).parents[2] / "fixtures" / "models" / "torch"
# Programs of one folder that change what all of them import, or is Python's own or the library's.
CHANGED = """
import collections, math, os, sys
from torch import nn
import shared
sys.argv = ["x", "64"]
sys.path.insert(0, "elsewhere")
math.tau = 30
os.environ["WIDTH"] = "90"
collections.WIDTH = 11
nn.Linear.extra = 7
nn.init.zeros_.extra = 5
shared.width = 64
shared.table.append(1)
shared.Kind.width = 6
next(shared.numbers)
@shared.register
class Net(nn.Linear):
    def __init__(self):
        super().__init__(2, 2)
net = Net()
"""
UNCHANGED = """
import collections, math, os, sys
from torch import nn
import shared
def of(size):
    return nn.Linear(size, 1, bias=False)
net = of(shared.width + len(shared.table) + shared.Kind.width + next(shared.numbers) + len(shared.known))  # 3 + 0 + 2 + 1 + 0
other = of(int(math.tau) + int(os.environ.get("WIDTH", "3")) + getattr(collections, "WIDTH", 2) + getattr(nn.Linear, "extra", 4)
           + getattr(nn.init.zeros_, "extra", 1))  # 6 + 3 + 2 + 4 + 1
"""
SHARED = """
width, table, known, numbers = 3, [], {}, iter(range(1, 9))
class Kind:
    width = 2
def register(cls):
    known[cls.__name__] = cls
    return cls
"""
FOLLOWED = """
import shared, changed
from torch import nn
net = nn.Linear(shared.width + len(shared.known), 1, bias=False)
"""


def counted(cwd: Path, *arguments: str) -> dict[str, tuple[int, str]]:
    """By target: how many parameters, and how sure that is."""
    done = paramlint("summary", "--isolated", "--format", "json", *arguments, cwd=cwd)
    return {row["target"]: (row["params"], row["status"]) for row in json.loads(done.stdout)}


def test_each_file_is_a_program_of_its_own(sources: Path) -> None:
    write(sources, shared=SHARED, changed=CHANGED, unchanged=UNCHANGED, followed=FOLLOWED)
    wanted = {"changed.py::Net": (6, "exact"), "changed.py::net": (6, "exact"), "unchanged.py::net": (6, "exact"),
              "unchanged.py::other": (16, "exact"), "followed.py::net": (65, "exact")}
    for files in permutations(("changed.py", "unchanged.py", "followed.py")):
        for jobs in ("1", "2"):
            assert counted(sources, "--jobs", jobs, *files) == wanted, files


def test_each_module_of_a_package_is_a_program_of_its_own(sources: Path) -> None:
    package = sources / "nets"
    package.mkdir()
    write(package, __init__="", shared=SHARED, changed=CHANGED.replace("import shared", "from nets import shared"),
          unchanged=UNCHANGED.replace("import shared", "from nets import shared"))
    wanted = {"nets/unchanged.py::net": (6, "exact"), "nets/unchanged.py::other": (16, "exact")}
    assert counted(sources, "nets/changed.py", "nets/unchanged.py").items() >= wanted.items()
    write(package, __init__="from nets import changed\n")  # now Python executes it before the other
    wanted = {"nets/unchanged.py::net": (74, "exact"), "nets/unchanged.py::other": (143, "exact")}
    for files in (["nets/changed.py", "nets/unchanged.py"], ["nets/unchanged.py", "nets/changed.py"]):
        assert counted(sources, *files).items() >= wanted.items()


@pytest.mark.parametrize("command", ["check", "layers"])
def test_findings_of_a_file_do_not_depend_on_the_others(sources: Path, command: str) -> None:
    write(sources, shared=SHARED, changed=CHANGED, unchanged=UNCHANGED, followed=FOLLOWED)
    arguments = ("--isolated", "--format", "json", *(("--max-model-params", "1") if command == "check" else ()))
    alone = [row for name in ("changed.py", "followed.py", "unchanged.py")
             for row in json.loads(paramlint(command, *arguments, name, cwd=sources).stdout)]
    assert len(alone) >= 2
    for jobs in ("1", "2"):
        rows = json.loads(paramlint(command, *arguments, "--jobs", jobs, "changed.py", "followed.py", "unchanged.py", cwd=sources).stdout)
        assert rows == alone


def test_reasons_come_whole_from_other_processes() -> None:
    files = ("code_out_of_reach.py", "bases_out_of_reach.py", "command_line.py", "module_level.py")
    one, two = (paramlint("summary", "--isolated", "--format", "json", "--jobs", jobs, *files, cwd=FIXTURES).stdout for jobs in ("1", "2"))
    assert json.loads(one) == json.loads(two)
