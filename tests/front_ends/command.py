"""Runs the tool as people do."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from paramlint.__main__ import main

LARGE = "import torch.nn as nn\n\nlarge = nn.Linear(10, 2000)\n"  # 22,000 parameters
SMALL = "from torch import nn\n\nsmall = nn.Linear(2, 3)\n"  # 9 parameters


def paramlint(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a folder, with its output as text: in this process, or with an environment of its own in a fresh one."""
    given = [*map(str, arguments)]
    if environment:
        return _run([sys.executable, "-m", "paramlint", *given], cwd, stdin, environment)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    try:
        with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(given)
    finally:
        sys.stdin = before
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(given, code, *texts)


def flake8(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """flake8 with the plugins that are installed, its findings limited to ours."""
    return _run([sys.executable, "-m", "flake8", "--select", "PRM", *map(str, arguments)], cwd, stdin, {})


def _run(command: list[str], cwd: Path, stdin: bytes, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    outer = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False,
                          env={**outer, "PYTHONUTF8": "1", **environment})
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def write(folder: Path, **files: str) -> Path:
    """Python files by name, without their suffix."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder
