"""Which paths the patterns of a configuration match, and the ignore files that a walk meets. Imports what matches only where there are patterns."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from paramlint.config.roots import repository
from paramlint.config.values import Patterns
from paramlint.core import reading
from paramlint.model.facts import Problem

if TYPE_CHECKING:
    from paramlint.project.globs import Globs

IGNORE_FILES = (".gitignore", ".ignore")
LARGEST_IGNORE_FILE = 1 << 20  # bytes, comments included


class Matcher:
    """Which of several lists of patterns match a path."""

    def __init__(self, lists: Sequence[Patterns]) -> None:
        """Raises ValueError, which names the pattern that is none."""
        self._by_base: list[tuple[str, list[int], Globs]] = []
        for base in dict.fromkeys(patterns.base for patterns in lists if patterns.globs):
            from paramlint.project.globs import Globs

            numbers = [number for number, patterns in enumerate(lists) if patterns.base == base]
            self._by_base.append((base, numbers, Globs([lists[number].globs for number in numbers], strict=True)))

    def __call__(self, path: str, *, folder: bool = False) -> list[int]:
        """The numbers of the lists that match a file, or a folder above it."""
        found: list[int] = []
        for base, numbers, globs in self._by_base:
            name = _relative(path, base, folder=folder)
            if name is not None:
                found.extend(numbers[owner] for owner, include in globs.verdicts(name).items() if include)
        return sorted(found)


def matches(patterns: Patterns, path: str, *, folder: bool = False) -> bool:
    """Whether patterns match a file, or a folder above it. Raises ValueError for a pattern that is none."""
    return bool(patterns.globs) and bool(_matcher(patterns)(path, folder=folder))


@lru_cache(maxsize=4)
def _matcher(patterns: Patterns) -> Matcher:
    return Matcher([patterns])


class _List(msgspec.Struct, frozen=True):
    """An ignore file: the folder that it is relative to, and its patterns."""

    base: str
    globs: Globs

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        name = _relative(path, self.base, folder=folder)
        return None if name is None else self.globs.verdicts(name).get(0)


class Ignored:
    """Whether an entry of a walk is left out: patterns with the folder each list is relative to, the deepest list deciding first.

    A list that matches the walk's root itself is not used: what a person names is looked at, ignored or not. Lists are kept for one folder
    and those above it, so that a walk through any number of folders with ignore files takes the memory of one branch.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.abspath(root)
        self._by_folder: dict[str, tuple[_List, ...]] = {}
        self._problems: list[tuple[str, Problem]] = []

    def __call__(self, path: str, *, folder: bool) -> bool:
        """Whether the ignore files say so for an entry below the root; ``path`` is absolute."""
        for found in self._lists(os.path.dirname(path)):
            verdict = found.verdict(path, folder=folder)
            if verdict is not None:
                return verdict
        return False

    def problems(self) -> Iterator[tuple[str, Problem]]:
        """Ignore files that could not be used since the last time of asking: their paths, and why."""
        while self._problems:
            yield self._problems.pop(0)

    def _lists(self, folder: str) -> tuple[_List, ...]:
        """The lists that hold in a folder, its own first."""
        found = self._by_folder.get(folder)
        if found is None:
            parent = os.path.dirname(folder)
            if folder == self._root:
                above = tuple(item for item in self._above() if not item.verdict(folder, folder=True))
            else:
                above = () if parent == folder else self._lists(parent)
            for left in [name for name in self._by_folder if not reading.is_below(folder, name)]:
                del self._by_folder[left]
            found = self._by_folder[folder] = (*self._read_lists(folder), *above)
        return found

    def _above(self) -> Iterator[_List]:
        """The lists of the folders above the root, up to the top of the repository; none where there is no repository."""
        folders = [self._root]
        while not os.path.exists(os.path.join(folders[-1], ".git")):
            parent = os.path.dirname(folders[-1])
            if parent == folders[-1]:
                return
            folders.append(parent)
        for folder in folders[1:]:
            yield from self._read_lists(folder)
        yield from self._read_list(os.path.join(folders[-1], ".git", "info", "exclude"), folders[-1])

    def _read_lists(self, folder: str) -> Iterator[_List]:
        for name in reversed(IGNORE_FILES):
            yield from self._read_list(os.path.join(folder, name), folder)

    def _read_list(self, path: str, base: str) -> Iterator[_List]:
        """The list of an ignore file, if there is one with patterns; lines that are no patterns are passed over, as git does."""
        if not os.path.exists(path) or os.path.isdir(path):
            return
        from paramlint.project.globs import BadPatternError, Globs

        try:
            within = [os.path.realpath(repository(base) or base)] if os.path.islink(path) else None
            lines = reading.read(path, LARGEST_IGNORE_FILE, within=within).decode("utf-8-sig", "surrogateescape").splitlines()
            globs = [line for line in lines if line.strip() and not line.startswith("#")]
            if globs:
                yield _List(base, Globs([globs], strict=False))
        except (reading.Unreadable, BadPatternError) as error:
            self._problems.append((path, Problem(f"this ignore file is not used: {error}", kind="read",
                                                 help="Until it is mended, what it leaves out is looked at.")))


def _relative(path: str, base: str, *, folder: bool) -> str | None:
    """The path from a folder, with slashes, and one behind a folder; None where it is not below."""
    full = path if os.path.isabs(path) else os.path.abspath(path)
    start = base if base.endswith(os.sep) else base + os.sep
    if not full.startswith(start) or full == start:
        return None
    return full[len(start):].replace(os.sep, "/") + "/" * folder
