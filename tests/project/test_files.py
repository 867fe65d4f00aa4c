"""Which files are looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paramlint.config import Patterns
from paramlint.core.reading import LARGEST_SOURCE
from paramlint.model.facts import Problem
from paramlint.project.files import find, read


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text("import torch\n", encoding="utf-8")


def found(*paths: Path | str, exclude: tuple[str, ...] = (), base: Path | None = None, force: bool = False) -> list[str]:
    patterns = Patterns(str(base or Path.cwd()), exclude)
    return [item.path for item in find(map(str, paths), lambda folder: patterns, force_exclude=force)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folders_are_walked_in_the_order_of_names(here: Path) -> None:
    tree(here, "b.py", "a/z.py", "a/b/c.py", "c/x.txt", "c/y.pyw", "c/z.pyi", "Ä.py", "a.py")
    expected = ["a/b/c.py", "a/z.py", "a.py", "b.py", "c/y.pyw", "Ä.py"]
    assert found(".") == expected
    assert found(here) == [str(here / name) for name in expected]


def test_arguments_keep_their_order_and_files_come_once(here: Path) -> None:
    tree(here, "a/x.py", "b/y.py", "script")
    assert found("b", "script", "a/x.py", "a", "./b/y.py", ".") == ["b/y.py", "script", "a/x.py"]


def test_environments_and_caches_are_looked_into_only_where_they_are_named(here: Path) -> None:
    tree(here, ".venv/lib/x.py", "node_modules/y.py", ".git/hooks/z.py", "a.py")
    assert found(".") == ["a.py"]
    assert found(".venv") == [".venv/lib/x.py"]


def test_excludes_hold_in_folders_and_for_named_files_only_where_forced(here: Path) -> None:
    tree(here, "a.py", "vendor/b.py", "sub/vendor/c.py", "x_pb2.py", "docs/conf.py", "sub/docs/conf.py")
    exclude = ("vendor/", "*_pb2.py", "/docs")
    assert found(".", exclude=exclude) == ["a.py", "sub/docs/conf.py"]
    assert found("vendor/b.py", "x_pb2.py", exclude=exclude) == ["vendor/b.py", "x_pb2.py"]
    assert found("vendor", "sub/vendor", exclude=exclude) == ["vendor/b.py", "sub/vendor/c.py"]
    assert found("vendor/b.py", "vendor", "a.py", exclude=exclude, force=True) == ["a.py"]


def test_ignore_files_hold_as_in_git(here: Path) -> None:
    tree(here, "a.py", "out/b.py", "keep/out/c.py", "gen_x.py", "sub/gen_x.py", "sub/deep/mine.py", "sub/deep/other.py", "scratch/x.py")
    (here / ".git").mkdir()
    (here / ".git" / "info").mkdir()
    (here / ".git" / "info" / "exclude").write_text("scratch\n")
    (here / ".gitignore").write_text("# generated\n/out\ngen_*.py\n\n[\n")
    (here / "sub" / ".gitignore").write_text("!gen_x.py\nother.py\n")
    (here / "sub" / "deep" / ".ignore").write_text("!other.py\nmine.py\n")
    assert found(".") == ["a.py", "keep/out/c.py", "sub/deep/other.py", "sub/gen_x.py"]
    assert found("sub") == ["sub/deep/other.py", "sub/gen_x.py"]  # the ignore files above hold, too
    assert found("out", "scratch", "gen_x.py") == ["out/b.py", "scratch/x.py", "gen_x.py"]  # what is named is looked at


def test_ignore_files_above_hold_only_within_a_repository(here: Path) -> None:
    tree(here, "sub/a.py", "sub/b.py")
    (here / ".gitignore").write_text("a.py\n")
    assert found("sub") == ["sub/a.py", "sub/b.py"]
    (here / ".git").mkdir()
    assert found("sub") == ["sub/b.py"]


def test_links(here: Path) -> None:
    tree(here, "real/a.py")
    (here / "again").symlink_to("real")
    (here / "link.py").symlink_to("real/a.py")
    (here / "loop").symlink_to(".")
    (here / "gone.py").symlink_to("nowhere.py")
    (here / ".#a.py").symlink_to("someone@machine.123")  # the lock file of an editor
    items = {item.path: item.problem for item in find(["."], lambda folder: Patterns())}
    assert list(items) == ["gone.py", "link.py", "real/a.py"]
    assert items["link.py"] is None
    assert items["gone.py"] is not None and "nowhere.py" in items["gone.py"].message
    assert found("again") == ["again/a.py"]


def test_pipes_in_folders_are_passed_over(here: Path) -> None:
    tree(here, "a.py")
    os.mkfifo(here / "pipe.py")
    assert found(".") == ["a.py"]


def test_a_folder_without_permission_costs_itself(here: Path) -> None:
    tree(here, "a.py", "locked/b.py", "z.py")
    here.chmod(0o755)
    (here / "locked").chmod(0)
    root = os.geteuid() == 0
    if root:  # whom nothing is locked to
        os.seteuid(65534)
    try:
        items = [(item.path, item.problem.kind if item.problem else "") for item in find(["."], lambda folder: Patterns())]
    finally:
        if root:
            os.seteuid(0)
        (here / "locked").chmod(0o755)
    assert items == [("a.py", ""), ("locked", "read"), ("z.py", "")]


def test_names_of_any_bytes(here: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    tree(here, name, "with space.py", "new\nline.py")
    assert found(".") == sorted([name, "with space.py", "new\nline.py"])
    assert read(name) == b"import torch\n"


def test_what_cannot_be_read_says_why(here: Path) -> None:
    for path, kind in ((".", "read"), ("missing.py", "read"), ("nul\0.py", "read")):
        problem = read(path)
        assert isinstance(problem, Problem)
        assert problem.kind == kind and problem.message
    with open("large.py", "wb") as file:
        file.truncate(LARGEST_SOURCE + 1)
    problem = read("large.py")
    assert isinstance(problem, Problem) and problem.kind == "limit" and "64 MiB" in problem.message
