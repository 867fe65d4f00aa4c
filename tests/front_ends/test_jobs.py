"""Many files, several processes, and files that kill who reads them."""

from __future__ import annotations

import json
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
