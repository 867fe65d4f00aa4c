"""Programs of several modules: CPython runs them against a stand-in for torch, and what is read from their source is the same.

A fixture is a list of files, ``main.py`` first. Its first line names an expression in that file and the parameters of the model it gives.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "modules").glob("*.txt"))
TORCH = """\
class Module:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    def add_module(self, name, module):
        setattr(self, name, module)

    def parameters(self):
        return sum(part.parameters() for part in vars(self).values() if isinstance(part, Module))

class Linear(Module):
    def __init__(self, i, o):
        self.count = i * o + o

    def parameters(self):
        return self.count

class Sequential(Module):
    def __init__(self, *parts):
        self.__dict__.update({str(k): part for k, part in enumerate(parts)})

class ModuleList(Sequential):
    def __init__(self, parts):
        super().__init__(*parts)
"""
RUN = """\
import main
found = eval({expression!r}, vars(main))
print((found() if isinstance(found, type) else found).parameters())
"""


def read(path: Path) -> tuple[str, str, dict[str, str]]:
    """The expression, what it gives, and the files by their paths."""
    first, *parts = re.split(r"^# file: (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    expression, _, expected = first.removeprefix("# ").strip().rpartition(": ")
    return expression, expected, dict(zip(parts[::2], parts[1::2], strict=True))


def written(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_python_gives_what_a_fixture_says(path: Path, tmp_path: Path) -> None:
    expression, expected, files = read(path)
    written(tmp_path, {**files, "torch/__init__.py": "", "torch/nn.py": TORCH})
    command = [sys.executable, "-B", "-c", RUN.format(expression=expression)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    if expected == "raises":
        assert done.returncode != 0
    else:
        assert done.stdout.splitlines()[-1:] == [expected], done.stderr


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_modules_are_followed_in_the_order_of_python(path: Path, tmp_path: Path) -> None:
    expression, expected, files = read(path)
    written(tmp_path, files)
    model = evaluate(Session(), str(tmp_path / "main.py"), expression)
    if expected == "raises":
        assert "the code raises" in model.reasons[0].message
    else:
        assert (model.params.exact, model.params.value) == (True, int(expected)), model.reasons
