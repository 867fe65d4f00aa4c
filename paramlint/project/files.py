"""Which files to look at: paths as given, folders walked in order, what is ignored left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator

import msgspec

from paramlint.config.values import Patterns
from paramlint.core import reading
from paramlint.model.facts import Problem
from paramlint.project import resolver
from paramlint.project.patterns import Ignored, Matcher, matches

SUFFIXES = (".py", ".pyw")

# Folders that hold no source of the project's own; looked into only where they are named.
SKIPPED_FOLDERS = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pixi", ".pytest_cache", ".pytype",
    ".ruff_cache", ".svn", ".tox", ".venv", "__pycache__", "__pypackages__", "node_modules", "site-packages", "venv",
})


_WAYS_OUT = {
    "limit": ("limit", "exclude it"),
    "outside": ("read", "name the file itself, by a path without the link"),
}


class Found(msgspec.Struct, frozen=True):
    """A file to look at, as the person would write its path; or a path that cannot be looked at, and why."""

    path: str
    problem: Problem | None = None


Excludes = Callable[[str], Patterns]  # the patterns that hold in a folder


def find(paths: Iterable[str], excludes: Excludes, *, force_exclude: bool = False) -> Iterator[Found]:
    """The files behind paths, each once: arguments in their order, folders in the order of names.

    What is named is looked at whatever it is called, unless ``force_exclude`` says that excludes hold for it too;
    folders are looked at for Python files that no ignore file and no exclude leaves out. Links to folders are not followed.
    """
    seen: set[str] = set()
    for path in paths:
        found: Iterable[Found]
        if force_exclude and matches(excludes(os.path.dirname(os.path.abspath(path))), path, folder=os.path.isdir(path)):
            found = ()
        elif os.path.isdir(path):
            found = _walk(path, excludes)
        else:
            found = (_file(path),)
        for item in found:
            full = os.path.abspath(item.path)
            if full not in seen:
                seen.add(full)
                yield item


def read(path: str, root: str = "") -> bytes | Problem:
    """The bytes of a file, or why there are none. A link does not lead out of the project, whose root may be known."""
    try:
        direct = os.path.realpath(path) == os.path.abspath(path)  # where no link is on the way, none leads out
        return reading.read(path, within=None if direct else resolver.bounds_of(path, root))
    except ValueError as error:  # a NUL in the name
        return _unreadable(error)
    except reading.Unreadable as error:
        kind, help_ = _WAYS_OUT.get(error.kind, ("read", ""))
        return Problem(f"cannot be read: {error.why}", kind=kind, help=help_)


def too_large(data: bytes) -> Problem | None:
    """What is wrong with source that is larger than a file may be."""
    if len(data) <= reading.LARGEST_SOURCE:
        return None
    return Problem(f"cannot be read: it is larger than {reading.LARGEST_SOURCE >> 20} MiB, the limit", kind="limit")


def _file(path: str) -> Found:
    if os.path.islink(path) and not os.path.exists(path):
        return Found(path, _dangling(path))
    return Found(path)


def _walk(root: str, excludes: Excludes) -> Iterator[Found]:
    ignored, start = Ignored(root), os.path.abspath(root)
    excluded = _Excluded(start, excludes)
    stack: list[tuple[str, str, bool]] = [(start, root, True)]  # absolute path, path as shown, whether a folder
    while stack:
        full, shown, is_folder = stack.pop()
        if not is_folder:
            yield _file(shown)
            continue
        try:
            entries = sorted(os.scandir(shown), key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Found(shown, _unreadable(error))
            continue
        for entry in entries:
            below = _is_folder(entry)
            path = os.path.join(full, entry.name)
            wanted = entry.name not in SKIPPED_FOLDERS if below else _is_source(entry)
            if wanted and not excluded(path, folder=below) and not ignored(path, folder=below):
                stack.append((path, _joined(shown, entry.name), below))
        yield from (Found(_beside(path, full, shown), problem) for path, problem in ignored.problems())


class _Excluded:
    """Whether the configured patterns leave an entry out; patterns that match the walk's root itself are not used."""

    def __init__(self, root: str, excludes: Excludes) -> None:
        self._root = root
        self._excludes = excludes
        self._folder: tuple[str, Matcher | None] = ("", None)  # the last one, and what holds in it
        self._made: dict[int, tuple[Patterns, Matcher | None]] = {}  # by the identity of the patterns, which are those of a configuration

    def __call__(self, path: str, *, folder: bool) -> bool:
        parent = os.path.dirname(path)
        if self._folder[0] != parent:
            self._folder = parent, self._matcher(self._excludes(parent))
        matcher = self._folder[1]
        return matcher is not None and bool(matcher(path, folder=folder))

    def _matcher(self, patterns: Patterns) -> Matcher | None:
        if not patterns.globs:
            return None
        if id(patterns) not in self._made:
            dropped = {*Matcher([Patterns(patterns.base, (glob,)) for glob in patterns.globs])(self._root, folder=True)}
            kept = tuple(glob for number, glob in enumerate(patterns.globs) if number not in dropped)
            self._made[id(patterns)] = patterns, Matcher([Patterns(patterns.base, kept)]) if kept else None
        return self._made[id(patterns)][1]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a Python file: by its name, and no pipe, socket or folder; a dangling link is one, to be reported."""
    if not entry.name.endswith(SUFFIXES) or entry.name.startswith(".#"):  # editors lock files with dangling links `.#name.py`
        return False
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return True


def _beside(path: str, full: str, shown: str) -> str:
    """How an ignore file is shown that was met in a folder."""
    return _joined(shown, os.path.basename(path)) if os.path.dirname(path) == full else path


def _joined(folder: str, name: str) -> str:
    return name if folder in (".", "") else os.path.join(folder, name)


def _dangling(path: str) -> Problem:
    try:
        target = os.readlink(path)
    except OSError:
        target = "nothing"
    return Problem(f"a link to {target}, which does not exist", kind="read", help="remove the link, or exclude it")


def _unreadable(error: OSError | ValueError) -> Problem:
    return Problem(f"cannot be read: {reading.reason(error)}", kind="read")
