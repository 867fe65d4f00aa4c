"""Patterns as in ``.gitignore``: what they match, and the ignore files that hold them. Imports pathspec only where there are patterns."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from paramlint.config.values import Patterns
from paramlint.core import reading

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".ignore")
_LARGEST_IGNORE_FILE = 1 << 20


def matches(patterns: Patterns, path: str, *, folder: bool = False) -> bool:
    """Whether patterns match a file, or a folder above it. Raises ValueError for a pattern that is none."""
    if not patterns.globs:
        return False
    return bool(_verdict(compiled(patterns.globs), path, patterns.base, folder=folder))


@lru_cache(maxsize=256)
def compiled(globs: tuple[str, ...]) -> GitIgnoreSpec:
    """Raises ValueError, which names the pattern that is none."""
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(globs)
    except ValueError as error:
        raise ValueError(f"not a pattern: {error}") from None


class Ignored:
    """Whether an entry of a walk is left out: patterns with the folder each list is relative to, the deepest list deciding first.

    A list that matches the walk's root itself is not used: what a person names is looked at, ignored or not.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.abspath(root)
        self._by_folder: dict[str, tuple[tuple[str, GitIgnoreSpec], ...]] = {}

    def __call__(self, path: str, *, folder: bool) -> bool:
        """Whether the ignore files say so for an entry below the root; ``path`` is absolute."""
        for base, spec in self._lists(os.path.dirname(path)):
            verdict = _verdict(spec, path, base, folder=folder)
            if verdict is not None:
                return verdict
        return False

    def _lists(self, folder: str) -> tuple[tuple[str, GitIgnoreSpec], ...]:
        """The lists that hold in a folder, its own first."""
        found = self._by_folder.get(folder)
        if found is None:
            parent = os.path.dirname(folder)
            if folder == self._root:
                above = tuple(item for item in self._above() if not _verdict(item[1], folder, item[0], folder=True))
            else:
                above = () if parent == folder else self._lists(parent)
            found = self._by_folder[folder] = (*_read_lists(folder), *above)
        return found

    def _above(self) -> Iterable[tuple[str, GitIgnoreSpec]]:
        """The lists of the folders above the root, up to the top of the repository; none where there is no repository."""
        folders = [self._root]
        while not os.path.exists(os.path.join(folders[-1], ".git")):
            parent = os.path.dirname(folders[-1])
            if parent == folders[-1]:
                return
            folders.append(parent)
        for folder in folders[1:]:
            yield from _read_lists(folder)
        yield from _read_list(os.path.join(folders[-1], ".git", "info", "exclude"), folders[-1])


def _verdict(spec: GitIgnoreSpec, path: str, base: str, *, folder: bool) -> bool | None:
    name = _relative(path, base)
    return None if name is None else spec.check_file(name + "/" if folder else name).include


def _read_lists(folder: str) -> Iterable[tuple[str, GitIgnoreSpec]]:
    for name in reversed(IGNORE_FILES):
        yield from _read_list(os.path.join(folder, name), folder)


def _read_list(path: str, base: str) -> Iterable[tuple[str, GitIgnoreSpec]]:
    """The list of an ignore file, if it can be read; lines that are no patterns are passed over, as git does."""
    try:
        lines = reading.read(path, _LARGEST_IGNORE_FILE).decode("utf-8", "surrogateescape").splitlines()
    except reading.Unreadable:
        return
    globs = [line for line in lines if line.strip() and not line.startswith("#")]
    if not globs:
        return
    try:
        yield base, compiled(tuple(globs))
    except ValueError:
        good = tuple(glob for glob in globs if _is_pattern(glob))
        if good:
            yield base, compiled(good)


def _is_pattern(glob: str) -> bool:
    try:
        compiled((glob,))
    except ValueError:
        return False
    return True


def _relative(path: str, base: str) -> str | None:
    """The path from a folder, with slashes; None where it is not below."""
    full = path if os.path.isabs(path) else os.path.abspath(path)
    start = base if base.endswith(os.sep) else base + os.sep
    if not full.startswith(start):
        return None
    return full[len(start):].replace(os.sep, "/") or None
