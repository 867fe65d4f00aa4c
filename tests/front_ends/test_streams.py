"""Streams that are closed, full or endless, and a system that refuses: one line says what is wrong, and nothing waits."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="devices and limits of Linux")

PARAMLINT = f"{shlex.quote(sys.executable)} -P -m paramlint"
SOURCE = "from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(-1, 2)\n"
COMMANDS = ("check x.py", "check x.py --format json", "check x.py --format sarif", "layers x.py", "layers x.py --format json", "summary x.py",
            "summary x.py --format jsonl", "summary x.py --explain", "rule --all", "rule PRM101 --format json", "check --help", "--help", "--version")


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which PARAMLINT is the tool; no run of these takes long, and one that waits for ever fails here."""
    return subprocess.run(["bash", "-c", line.replace("PARAMLINT", PARAMLINT)], cwd=cwd, capture_output=True, text=True, timeout=100, check=False,
                          stdin=subprocess.DEVNULL)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return write(tmp_path, x=SOURCE)


def says(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It has failed, with one line that has these words."""
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("Error: ") and all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_takes_nothing(here: Path, command: str) -> None:
    says(shell(f"PARAMLINT {command} > /dev/full", here), "output", "no space left")
    says(shell(f"PARAMLINT {command} >&-", here), "standard output is closed")
    assert shell(f"PARAMLINT {command} >/dev/full 2>/dev/full", here).returncode == 2


def test_output_that_is_cut_short(here: Path) -> None:
    done = shell("PARAMLINT rule PRM101 | true; echo ${PIPESTATUS[0]}", here)
    assert done.stdout in ("0\n", "2\n") and done.stderr == ""
    says(shell("ulimit -f 0; trap '' XFSZ; PARAMLINT rule PRM101 > out.txt", here), "output", "too large")


def test_no_place_for_messages_costs_no_findings(here: Path) -> None:
    done = shell("PARAMLINT check x.py 2>&-", here)
    assert done.returncode == 1 and "PRM201" in done.stdout


@pytest.mark.parametrize("command", ["check -", "layers -", "summary --targets-from -"])
def test_input_that_cannot_be_read(here: Path, command: str) -> None:
    says(shell(f"PARAMLINT {command} <&-", here), "standard input is closed")
    says(shell(f"PARAMLINT {command} 0>/dev/null", here), "standard input cannot be read")


def test_endless_input(here: Path) -> None:
    done = shell("ulimit -v 4000000; PARAMLINT check - < /dev/zero", here)
    assert done.returncode == 1 and "PRM001" in done.stdout and "64 MiB" in done.stdout
    says(shell("ulimit -v 4000000; PARAMLINT summary --targets-from - < /dev/zero", here), "standard input", "1 MiB")


def test_a_list_of_targets_that_is_no_file(here: Path) -> None:
    says(shell("mkfifo list; PARAMLINT summary --targets-from list", here), "list", "pipe")
    says(shell("PARAMLINT summary --targets-from /dev/zero", here), "/dev/zero", "device")
    says(shell("truncate -s 5G large; PARAMLINT summary --targets-from large", here), "large", "1 MiB")
    says(shell("printf '\\xff\\xfe' > utf16; PARAMLINT summary --targets-from utf16", here), "utf16", "UTF-8")
    assert shell("printf '\\xef\\xbb\\xbfx.py\\r\\n' > bom; PARAMLINT summary --targets-from bom", here).returncode == 0


@pytest.mark.parametrize("command", ["check $file", "layers $file", "summary $file", "check -", "summary --targets-from $file"])
def test_a_folder_that_is_gone(here: Path, command: str) -> None:
    says(shell(f"file=$PWD/x.py; mkdir gone; cd gone; rmdir ../gone; PARAMLINT {command}", here), "the folder you are in")


def test_a_rule_is_explained_wherever_one_is(here: Path) -> None:
    assert shell("mkdir gone; cd gone; rmdir ../gone; PARAMLINT rule PRM101", here).returncode == 0


@pytest.mark.parametrize("command", ["check", "layers", "summary"])
def test_few_open_files(here: Path, command: str) -> None:
    names = [f"y{number}" for number in range(30)]
    write(here, **dict.fromkeys(names, SOURCE))
    done = shell(f"ulimit -n 10; PARAMLINT {command} . --jobs 4", here)
    assert done.returncode == {"check": 1, "layers": 0, "summary": 0}[command] and all(f"{name}.py" in done.stdout for name in names)
    assert "raceback" not in done.stderr and "bug" not in done.stderr + done.stdout


@pytest.mark.parametrize("megabytes", [60, 120, 180, 240, 300, 400])
@pytest.mark.parametrize("command", ["check x.py", "summary x.py", "check . --jobs 2"])
def test_little_memory(here: Path, command: str, megabytes: int) -> None:
    done = shell(f"ulimit -v {megabytes * 1024}; PARAMLINT {command}", here)
    assert done.returncode in (0, 1, 2)
    assert "raceback" not in done.stderr and "bug" not in done.stderr + done.stdout
