"""The plugin inside the real flake8."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import LARGE, SMALL, flake8, write

BUDGET = "--max-layer-params=1k"
FOUND = "PRM101 `nn.Linear(10, 2000)` has 22,000 parameters"


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_findings_come_with_their_place(tmp_path: Path, jobs: str) -> None:
    write(tmp_path, large=LARGE, other=LARGE, small=SMALL, plain="x = 1\n")
    done = flake8(BUDGET, jobs, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["./large.py:3:9", "./other.py:3:9"]
    assert all(line.partition(": ")[2].startswith(FOUND) for line in lines)


def test_options_come_from_the_files_of_flake8(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE, small=SMALL)
    (tmp_path / ".flake8").write_text("[flake8]\nmax-layer-params = 1k\n")
    assert flake8(cwd=tmp_path).stdout.count("PRM101") == 1
    (tmp_path / ".flake8").write_text("[flake8]\nlayer_budgets =\n    torch.nn.Conv*=1,\n    torch.nn.Linear=5\n")
    assert flake8(cwd=tmp_path).stdout.count("PRM101") == 2


def test_options_come_from_our_files_and_flags_win(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    (tmp_path / "pyproject.toml").write_text("[tool.paramlint]\nmax-layer-params = '1k'\n")
    assert flake8(cwd=tmp_path).stdout.count("PRM101") == 1
    assert flake8("--max-layer-params=1M", cwd=tmp_path).stdout == ""
    (tmp_path / "pyproject.toml").write_text("[tool.paramlint]\nmax-layer-params = '1k'\nignore = ['PRM101']\n")
    assert flake8(cwd=tmp_path).stdout == ""


def test_bad_options_are_errors(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    done = flake8("--max-layer-params=tiny", cwd=tmp_path)
    assert done.returncode == 1 and "--max-layer-params: expected a whole number" in done.stdout + done.stderr
    (tmp_path / "paramlint.toml").write_text("max-layer-parms = 1\n")
    done = flake8(cwd=tmp_path)
    assert done.returncode == 1 and "paramlint.toml" in done.stdout and '"max-layer-params"' in done.stdout


def test_noqa_is_flake8s_and_ours_is_ours(tmp_path: Path) -> None:
    write(tmp_path, named=LARGE.rstrip() + "  # noqa: PRM101\n", blanket=LARGE.rstrip() + "  # noqa\n",
          ours=LARGE.rstrip() + "  # paramlint: ignore[PRM101]\n", unused=SMALL.rstrip() + "  # noqa: PRM101\n")
    assert flake8(BUDGET, cwd=tmp_path).stdout == ""
    shown = flake8(BUDGET, "--disable-noqa", cwd=tmp_path).stdout
    assert [line.partition(":")[0] for line in shown.splitlines()] == ["./blanket.py", "./named.py"]


def test_flake8_selects_and_ignores(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE, unknown="import torch.nn as nn\n\n\ndef make(size):\n    return nn.Linear(size.width, nothing())\n")
    assert flake8(BUDGET, "--ignore=PRM101", cwd=tmp_path).stdout == ""
    assert "PRM901" in flake8("--extend-select=PRM901", cwd=tmp_path).stdout
    assert "PRM901" not in flake8(cwd=tmp_path).stdout


def test_standard_input(tmp_path: Path) -> None:
    done = flake8(BUDGET, "--stdin-display-name", "net.py", "-", cwd=tmp_path, stdin=LARGE.encode())
    assert done.stdout.startswith("net.py:3:9: PRM101")


def test_encodings_are_read_as_flake8_reads_them(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\n# é\n".encode("latin-1") + LARGE.encode())
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbf" + LARGE.encode())
    assert [line.partition(": ")[0] for line in flake8(BUDGET, cwd=tmp_path).stdout.splitlines()] == ["./bom.py:3:9", "./latin.py:5:9"]
