"""The hook, installed and run by the real pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import LARGE, SMALL, write

ROOT = Path(__file__).parents[2]
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false")


def git(*arguments: str, cwd: Path) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a repository of its own, whatever state the one around the tests is in."""
    folder = tmp_path_factory.mktemp("paramlint")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "paramlint", folder / "paramlint", ignore=shutil.ignore_patterns("__pycache__"))
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "as it is", cwd=folder)
    return folder


@pytest.mark.network
def test_try_repo(hook_repository: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    git("init", "--quiet", cwd=tmp_path)
    write(tmp_path, large=LARGE, small=SMALL, left_out=LARGE)
    (tmp_path / "notes.txt").write_text(LARGE)
    (tmp_path / "paramlint.toml").write_text("max-layer-params = '1k'\nexclude = ['left_out.py']\n")
    git("add", "--all", cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(hook_repository), "paramlint", "--all-files", "--verbose"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("home")), "PYTHONUTF8": "1"})
    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    assert "exit code: 1" in output, output
    assert "large.py:3:9" in output and "22,000" in output
    assert "1 finding in 1 of 2 files." in output  # the file that is left out and the text are not there
