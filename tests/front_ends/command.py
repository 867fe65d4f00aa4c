"""Runs the tool as people do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LARGE = "import torch.nn as nn\n\nlarge = nn.Linear(10, 2000)\n"  # 22,000 parameters
SMALL = "from torch import nn\n\nsmall = nn.Linear(2, 3)\n"  # 9 parameters


def paramlint(*arguments: str | Path, cwd: Path, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """``python -m paramlint`` in a folder, with its output as text."""
    return _run([sys.executable, "-m", "paramlint", *map(str, arguments)], cwd, stdin, environment)


def flake8(*arguments: str | Path, cwd: Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """flake8 with the plugins that are installed, its findings limited to ours."""
    return _run([sys.executable, "-m", "flake8", "--select", "PRM", *map(str, arguments)], cwd, stdin, {})


def _run(command: list[str], cwd: Path, stdin: bytes | None, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    outer = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    done = subprocess.run(command, cwd=cwd, input=stdin if stdin is not None else b"", capture_output=True, check=False,
                          env={**outer, "PYTHONUTF8": "1", **environment})
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def write(folder: Path, **files: str) -> Path:
    """Python files by name, without their suffix."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder
