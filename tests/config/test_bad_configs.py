"""Configurations that cannot be read: one line says what is wrong and where, soon and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paramlint.config.load import LARGEST_FILE

HEAD = "[tool.paramlint]\n"
SOURCE = "from torch import nn\n\nx = nn.Linear(-1, 2)\n"
MODEL = "[[tool.paramlint.models]]\ntarget = 'x.py::x'\n"
BAD: dict[str, tuple[str, str]] = {  # the text, and a part of what is said
    "a key of many parts": (HEAD + ".".join(["a"] * 30_000) + " = 1\n", "a key of more than 64 parts (at line 2)"),
    "a key of many quoted parts": (HEAD + " . ".join(['"\\""', "'b'"] * 15_000) + " = 1\n", "a key of more than 64 parts (at line 2)"),
    "a table of many parts": ("#paramlint\n[" + ".".join(["a"] * 30_000) + "]\n", "a key of more than 64 parts (at line 2)"),
    "a key of many parts in a table": (HEAD + "exclude = {" + ".".join(["a"] * 30_000) + " = 1}\n", "a key of more than 64 parts (at line 2)"),
    "an integer of many digits": (HEAD + "max-layer-params = " + "9" * 5_000 + "\n", "a number of more than"),
    "a foreign integer of many digits": ("[other]\nx = -" + "9" * 5_000 + "\n" + HEAD, "a number of more than"),
    "a hexadecimal integer": (HEAD + "max-layer-params = 0x" + "f" * 500_000 + "\n", "max-layer-params: expected a whole number"),
    "a large number": (HEAD + "max-layer-params = 1e300\n", "max-layer-params: expected a whole number"),
    "a large argument": (MODEL + "args = [0x" + "f" * 5_000 + "]\n", "not a value that is too large"),
    "deep lists": (HEAD + "exclude = " + "[" * 100_000 + "]" * 100_000 + "\n", "nested too deeply"),
    "deep tables": (HEAD + "exclude = " + "{a=" * 50_000 + "1" + "}" * 50_000 + "\n", "nested too deeply"),
    "many overrides": (HEAD + "[[tool.paramlint.overrides]]\npaths = ['a']\n" * 20_000, "overrides: 20,000 entries, and the limit is 2,000"),
    "many models": (HEAD + MODEL * 20_000, "models: 20,000 entries, and the limit is 2,000"),
    "many rules": (HEAD + "select = [" + "'PRM101'," * 20_000 + "]\n", "select: 20,000 entries, and the limit is 2,000"),
    "many budgets": (HEAD + "layer-budgets = {" + ",".join(f"a{number}=1" for number in range(3_000)) + "}\n", "layer-budgets: 3,000 entries"),
    "many patterns": (HEAD + "exclude = [" + "'a'," * 20_000 + "]\n", "exclude: more than 10,000 patterns, the limit"),
    "long patterns": (HEAD + "exclude = [" + f"'{'a*' * 1_000}'," * 100 + "]\n", "exclude: patterns of more than 131,072 characters in all"),
    "a long pattern": (HEAD + "exclude = ['" + "a*" * 20_000 + "']\n", 'exclude: not a pattern: "a*a*'),
    "a range backwards": (HEAD + "exclude = ['ok', '[z-a]']\n", 'exclude: not a pattern: "[z-a]"'),
    "a range backwards for rules": (HEAD + "per-file-ignores = {'src/[9-0]*.py' = ['PRM201']}\n", 'per-file-ignores: not a pattern: "src/[9-0]*.py"'),
    "an open range": (HEAD + "[[tool.paramlint.overrides]]\npaths = ['[a']\n", 'overrides: not a pattern: "[a"'),
    "a pattern with NUL": (HEAD + 'search-path = ["a\\u0000b"]\nexclude = ["\\"]\n', "not TOML"),
    "a long key": (HEAD + "k" * 100_000 + " = 1\n", "unknown key"),
    "a long rule": (HEAD + "select = ['" + "P" * 100_000 + "']\n", "no rule is called"),
    "a long input": (MODEL + "input = '" + "9" * 5_000 + "'\n", "the size 999"),
    "a long word": (HEAD + "weight-dtype = '" + "f" * 100_000 + "'\n", "weight-dtype: expected one of"),
}


def check(folder: Path, *arguments: str, megabytes: int = 2_000, **files: str | bytes) -> subprocess.CompletedProcess[str]:
    """The command line in a fresh process with a limit on its memory; the limit on time is only there for what never ends."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_bytes(text.encode() if isinstance(text, str) else text)
    command = [sys.executable, "-P", "-m", "paramlint", "check", *(arguments or ("x.py",))]
    limited = ["bash", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "-", *command] if sys.platform == "linux" else command
    return subprocess.run(limited, cwd=folder, capture_output=True, text=True, timeout=100, check=False, stdin=subprocess.DEVNULL)


def says(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and len(done.stderr) < 1_000, done.stderr[-2_000:]
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("name", BAD)
def test_a_bad_configuration(tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    says(check(tmp_path, pyproject_toml=text, x_py=SOURCE), "pyproject.toml", said)


def test_a_large_configuration(tmp_path: Path) -> None:
    with open(tmp_path / "pyproject.toml", "wb") as file:
        file.write(HEAD.encode())
        file.truncate(4 << 30)
    says(check(tmp_path, x_py=SOURCE, megabytes=400), "pyproject.toml", f"{LARGEST_FILE >> 20} MiB, the limit")


def test_a_configuration_that_is_no_file(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this platform")
    os.mkfifo(tmp_path / "conf.toml")
    says(check(tmp_path, "x.py", "--config", "conf.toml", x_py=SOURCE), "conf.toml", "pipe")
    os.mkfifo(tmp_path / "pyproject.toml")  # looked for, not named: it is passed by
    assert check(tmp_path).returncode == 1
    says(check(tmp_path, "x.py", "--config", "/dev/zero"), "/dev/zero", "device")
    says(check(tmp_path, "x.py", "--config", "."), "folder")


@pytest.mark.parametrize("data", [b"\xff\xfe[tool.paramlint]", "[tool.paramlint]\nexclude = ['é']\n".encode("latin-1")])
def test_an_encoding_that_is_none_of_toml(tmp_path: Path, data: bytes) -> None:
    says(check(tmp_path, pyproject_toml=data, x_py=SOURCE), "pyproject.toml", "not UTF-8")


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert check(tmp_path, pyproject_toml="\ufeff" + HEAD + "ignore = ['PRM201']\n", x_py=SOURCE).returncode == 0


def test_a_text_with_many_dots_is_a_text(tmp_path: Path) -> None:
    text = HEAD + f"# {'a.' * 50}\nexclude = ['vendor/{'x.' * 50}x', '...{'.' * 500}']\n"
    assert check(tmp_path, pyproject_toml=text, x_py=SOURCE).returncode == 1


def test_many_overrides_and_ignores_are_used(tmp_path: Path) -> None:
    overrides = "".join(f"[[tool.paramlint.overrides]]\npaths = ['f{number}.py']\nignore = ['PRM201']\n" for number in range(1_500))
    ignores = HEAD + "per-file-ignores = {" + ", ".join(f"'g{number}.py' = ['PRM201']" for number in range(1_500)) + "}\n"
    done = check(tmp_path, ".", pyproject_toml=ignores + overrides, x_py=SOURCE, f77_py=SOURCE, g1499_py=SOURCE, f1500_py=SOURCE)
    assert "x.py:3" in done.stdout and "f1500.py:3" in done.stdout and "f77.py" not in done.stdout and "g1499.py" not in done.stdout
