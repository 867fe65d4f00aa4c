"""Patterns as in ``.gitignore``: what they match, whatever they are, and what they may cost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from paramlint.project.files import Found, find
from paramlint.project.globs import LONGEST_PATTERN, MOST_PATTERNS, MOST_TEXT, BadPatternError, Globs

PIECES = ("a", "b", "*", "**", "/", "?", "[ab]", "[!a]", "foo", "!", ".", "a/", "\\", "é", " ", "#")


def verdict(patterns: list[str], name: str) -> bool | None:
    return Globs([patterns], strict=False).verdicts(name).get(0)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=5),
       st.lists(st.lists(st.sampled_from(("a", "b", "foo", "é", ".b")), min_size=1, max_size=2).map("".join), min_size=1, max_size=4), st.booleans())
def test_the_verdicts_are_those_of_pathspec(patterns: list[str], parts: list[str], folder: bool) -> None:
    usable = []
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern], backend="simple")
        except ValueError:
            continue
        usable.append(pattern)
    name = "/".join(parts) + "/" * folder
    assert verdict(patterns, name) == GitIgnoreSpec.from_lines(usable, backend="simple").check_file(name).include


def test_lists_have_verdicts_of_their_own() -> None:
    globs = Globs([["*.py", "!a.py"], ["b.py"], [], ["a*"]], strict=True)
    assert globs.verdicts("a.py") == {0: False, 3: True}
    assert globs.verdicts("x/b.py") == {0: True, 1: True}
    assert globs.verdicts("c.txt") == {}


@pytest.mark.parametrize(("pattern", "name"), [
    ("*a" * 30 + "b", "a" * 61), ("/".join(["**", "a*"] * 15) + "/x", "a/" * 25 + "y.py"), ("**/" * 1_000 + "x", "a/" * 500 + "y"),
    ("?*" * 500 + "z", "a" * 250), ("[a-z]*" * 400 + "9", "a" * 250), ("*a" + "?" * 41 + "b", "ab" * 100), ("a" * LONGEST_PATTERN, "a" * 4_000),
])
def test_any_pattern_is_matched_in_linear_time(pattern: str, name: str) -> None:
    """With an engine that goes back, each of these takes longer than anybody waits."""
    assert verdict([pattern], name) is None
    assert verdict([pattern, "*"], name) is True


def test_many_patterns() -> None:
    """More than go into one automaton, of which the last that matches decides."""
    patterns = [("!" if number % 3 == 2 else "") + f"*n{number // 3}.py" for number in range(MOST_PATTERNS)]
    globs = Globs([patterns], strict=True)
    assert globs.verdicts("x/an3000.py") == {0: False}
    assert globs.verdicts(f"n{MOST_PATTERNS // 3}.py") == {0: True}
    assert globs.verdicts("n99999.py") == {}


@pytest.mark.parametrize("pattern", ["[z-a]", "src/[9-0]*.py", "[a", "a\\", "!", "a" * (LONGEST_PATTERN + 1)])
def test_what_is_no_pattern(pattern: str) -> None:
    assert verdict([pattern, "b"], "b") is True
    with pytest.raises(BadPatternError, match="not a pattern"):
        Globs([["b", pattern]], strict=True)


def test_too_much() -> None:
    for patterns in (["a"] * (MOST_PATTERNS + 1), ["a" * 1_000] * (MOST_TEXT // 1_000 + 1)):
        with pytest.raises(BadPatternError, match="the limit"):
            Globs([patterns], strict=False)


def test_names_that_are_no_text() -> None:
    assert verdict(["*.py"], os.fsdecode(b"a\xff.py")) is True
    assert verdict([os.fsdecode(b"a\xff.py")], os.fsdecode(b"a\xff.py")) is True
    assert verdict(["?.py"], "é.py") is True


# Ignore files -------------------------------------------------------------------------------------------------------------


def looked_at(root: Path) -> list[Found]:
    for name in ("a.py", "sub/b.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("import torch\n", encoding="utf-8")
    from paramlint.config import Patterns

    return [*find([str(root)], lambda folder: Patterns())]


def names(found: list[Found]) -> list[str]:
    return [os.path.basename(item.path) for item in found if item.problem is None]


def test_lines_that_are_no_patterns_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbf# all\n[z-a]\n\xff\xfe\n!\n\0\n" + b"x" * 10_000 + b"\nb.py\n")
    found = looked_at(tmp_path)
    assert names(found) == ["a.py"] and len(found) == 1


@pytest.mark.parametrize(("data", "why"), [
    (b"a\n" * (MOST_PATTERNS + 1), "more than 10,000 patterns"), (b"#" * (2 << 20) + b"\nb.py\n", "larger than 1 MiB"),
    (b"a" * 1_000 + b"\n" + (b"b" * 1_000 + b"\n") * 200, "more than 131,072 characters")])
def test_an_ignore_file_that_is_too_large_is_said(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / ".gitignore").write_bytes(data)
    found = looked_at(tmp_path)
    assert names(found) == ["a.py", "b.py"]
    problem = next(item for item in found if item.problem is not None)
    assert problem.path == str(tmp_path / ".gitignore") and problem.problem is not None and why in problem.problem.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this platform")
def test_an_ignore_file_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".ignore").symlink_to("/dev/zero")
    found = looked_at(tmp_path)
    assert names(found) == ["a.py", "b.py"]
    assert [os.path.relpath(item.path, tmp_path) for item in found if item.problem is not None] == [".gitignore", "sub/.ignore"]


def test_a_folder_called_like_an_ignore_file(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    assert len(looked_at(tmp_path)) == 2


def test_ignore_files_in_many_folders(tmp_path: Path) -> None:
    for number in range(200):
        folder = tmp_path / f"d{number:03}"
        folder.mkdir()
        (folder / ".gitignore").write_text("".join(f"*x{line}*\n" for line in range(50)) + "y.py\n", encoding="utf-8")
        (folder / "x.py").touch()
        (folder / "y.py").touch()
    assert names(looked_at(tmp_path)) == ["a.py", *["x.py"] * 200, "b.py"]
