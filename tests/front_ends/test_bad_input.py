"""Files that cannot be read cost themselves alone, through every front door; each says what and where."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from command import LARGE, flake8, paramlint

HEAD = "import torch.nn as nn\n\nlayer = nn.Linear(2, 3)\n"  # the fourth line is the bad one
TEXTS: dict[str, tuple[str, int, str]] = {  # source behind the head, the line of its problem, a part of the message
    "unclosed": ("x = (1\n\n\ny = 2\n", 4, "never closed"),
    "zeros": ("x = 1\n\n\ny = 0777\n", 7, "leading zeros"),
    "open string": ("x = 1\n\ns = 'abc\n", 6, "unterminated string"),
    "open triple string": ("x = 1\ns = '''abc\n\n\n", 5, "unterminated triple-quoted"),
    "dedent": ("if x:\n    a\n  b\n", 6, "unindent"),
    "character": ("x = 1\ny = $\n", 5, "invalid syntax"),
    "NUL": ("x = 1\0\n", 4, "NUL"),
    "brackets": ("x = " + "(" * 800 + "1" + ")" * 800, 4, "the limit is 60"),
    "more brackets": ("x = " + "[" * 1_250 + "]" * 1_250, 4, "the limit is 60"),
    "brackets of a layer": ("y = nn.Linear(" + "(" * 90 + "1" + ")" * 90 + ", 3)", 4, "the limit is 60"),
    "attributes": ("x = a" + ".b" * 1_900, 4, "the limit is 400"),
    "calls": ("x = f" + "()" * 1_900, 4, "the limit is 400"),
    "lambdas": ("x = " + "lambda: " * 2_500 + "1", 4, "the limit is 400"),
    "sum": ("x = 1" + "+1" * 2_600, 4, "the limit is 400"),
    "sum of a layer": ("y = nn.Linear(1" + "\n+ 1" * 2_600 + ", 3)", 2_604, "the limit is 400"),
    "not": ("x = " + "not " * 2_700 + "1", 4, "the limit is 400"),
    "minus": ("x = " + "-" * 3_700 + "1", 4, "the limit is 400"),
    "or": ("x = 1" + " or 1" * 7_000, 4, "the limit is 400"),
    "elif": ("if a: pass\n" + "elif a: pass\n" * 8_400, 8_404, "the limit is 500"),
    "format specs": ("x = f'" + "{a:" * 4_000 + "}" * 4_000 + "'", 4, "the limit is 60"),
    "items": ("x = [" + "0," * 84_000 + "]", 4, "100,000 tokens"),
    "items in lines": ("x = [\n" + "0,\n" * 84_000 + "]", 4, "100,000 tokens"),
    "a long line": ("x = '" + "a" * 10_000_000 + "'", 1, "2,000,000 are not read"),
    "a method": ("class A:\n  def f(self):\n    " + "x = 1\n    " * 40 + "return 1" + "+1" * 2_600 + "\n", 46, "the limit is 400"),
}
BYTES: dict[str, tuple[bytes, int, str]] = {
    "utf-16": (HEAD.encode("utf-16"), 1, "utf-8"),
    "latin-1": (HEAD.encode() + b"s = '\xe9'\n", 4, "utf-8"),
    "no such encoding": (b"# coding: nonsense\n" + HEAD.encode(), 1, "nonsense"),
    "no text encoding": (b"# coding: zlib\n" + HEAD.encode(), 1, "zlib"),
    "noise": (b"torch.nn Linear " + bytes(range(128, 256)), 1, "utf-8"),
}
STILL_READ = {"attributes", "calls", "lambdas", "sum", "not", "minus", "or", "items", "items in lines", "a method", "brackets of a layer",
              "sum of a layer"}
HARMLESS = {
    "deep strings": "x = '" + "(" * 5_000 + "' # " + "[" * 5_000 + "\ny = '''" + "a or " * 500 + "\n" + "{" * 5_000 + "'''\n",
    "empty": "",
    "huge arguments": 'y = nn.Linear("a" * 10**9, 2 ** 10**9)\nz = nn.Linear(2 ** 10**9, 3)\n',
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, (text, _, _) in TEXTS.items():
        (folder / f"{name}.py").write_text(HEAD + text, encoding="utf-8")
    for name, (data, _, _) in BYTES.items():
        (folder / f"{name}.py").write_bytes(data)
    for name, text in HARMLESS.items():
        (folder / f"{name}.py").write_text(HEAD + text if text else "", encoding="utf-8")
    (folder / "dangling.py").symlink_to("nowhere.py")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "folder.py").mkdir()
    (folder / "good.py").write_text(LARGE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bad_file_costs_itself_alone(sources: Path, jobs: str) -> None:
    done = paramlint("check", "--isolated", "--max-layer-params", "20_000", "--jobs", jobs, "--format", "json", ".", cwd=sources)
    found: dict[str, list[tuple[str, int, str]]] = {}
    for finding in json.loads(done.stdout):
        found.setdefault(finding["path"].removesuffix(".py"), []).append((finding["code"], finding["line"], finding["message"]))
    assert done.returncode == 1
    assert [code for code, _, _ in found.pop("good")] == ["PRM101"]
    for link in ("dangling", "loop"):
        ((code, line, message),) = found.pop(link)
        assert (code, line) == ("PRM001", 1)
        assert "does not exist" in message
    for name, (_, place, part) in {**TEXTS, **BYTES}.items():
        ((code, line, message),) = found.pop(name)
        assert (code, line) == ("PRM001", place), name
        assert part in message, name
    assert not found


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_can_be_read_of_a_bad_file_is_listed(sources: Path, jobs: str) -> None:
    done = paramlint("layers", "--isolated", "--jobs", jobs, "--format", "json", ".", cwd=sources)
    rows = json.loads(done.stdout)
    names = {row["path"].removesuffix(".py") for row in rows if row["line"] == 3 and row["params"] == 9}
    assert names == {*STILL_READ, "deep strings", "huge arguments"}
    assert all(name in done.stderr for name in {**TEXTS, **BYTES})


def test_flake8_goes_on_after_bad_files(sources: Path) -> None:
    """After those that it survives itself: it parses each file before any plugin does."""
    names = ["attributes.py", "sum of a layer.py", "deep strings.py", "empty.py", "huge arguments.py", "or.py", "good.py"]
    done = flake8("--max-layer-params", "20_000", "-j2", *names, cwd=sources)
    found = [re.match(r"(?:\./)?(.*?)\.py:\d+:\d+: (PRM\d+)", line) for line in done.stdout.splitlines()]
    expected = ["attributes PRM001", "good PRM101", "or PRM001", "sum of a layer PRM001"]
    assert sorted(" ".join(match.groups()) for match in found if match) == expected


def test_sizes_are_looked_at_before_anything_is_made_of_them(tmp_path: Path) -> None:
    (tmp_path / "huge.py").write_text(HEAD + HARMLESS["huge arguments"])
    start = time.process_time()
    done = paramlint("layers", "--isolated", "huge.py", cwd=tmp_path)
    assert done.returncode == 0
    assert time.process_time() - start < 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_costs_itself(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "a.py").write_text(LARGE)
    (tmp_path / "secret.py").write_text(LARGE)
    (tmp_path / "good.py").write_text(LARGE)
    (tmp_path / "closed").chmod(0)
    (tmp_path / "secret.py").chmod(0)
    try:
        done = paramlint("check", "--isolated", "--max-layer-params", "20_000", "--format", "concise", ".", cwd=tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert done.returncode == 1
    assert sorted(line.split(":")[0] for line in done.stdout.splitlines() if "PRM" in line) == ["closed", "good.py", "secret.py"]


@pytest.mark.parametrize("name", ["this", "random", "argparse", "statistics"])
def test_a_file_named_as_a_module_of_python_is_not_imported(tmp_path: Path, name: str) -> None:
    source = "import collections\nfrom torch import nn\nprint('executed')\nKind = collections.namedtuple('Kind', 'a')\nKind.width = 3\n" \
             "net = nn.Linear(Kind.width + hasattr(Kind(1), '__reduce__') + len(vars(Kind)) * 0, 1, bias=False)\n"
    (tmp_path / f"{name}.py").write_text(source)  # which the running Python would look for here
    done = paramlint("summary", "--isolated", "--format", "json", f"{name}.py", cwd=tmp_path, PYTHONHASHSEED="0")
    assert json.loads(done.stdout)[0]["params"] == 4
    (tmp_path / f"{name}.py").write_text(source.replace("print('executed')\n", ""))
    done = paramlint("summary", "--isolated", "--format", "json", f"{name}.py", cwd=tmp_path)
    assert json.loads(done.stdout)[0]["params"] == 4
