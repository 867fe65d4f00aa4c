"""Modules as text, for the interpreter: found by name, read once, parsed statement by statement."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from paramlint.core import reading
from paramlint.project import resolver

MAX_TEXT = 1_000_000  # bytes of a text beside the code
MOST_ENTRIES = 2_000  # of a folder that the code lists


MOST_FILES = 5_000  # files that are looked through for a word
_BEFORE = re.compile(rb"[ \t]*(?:@[ \t]*|\w+[ \t]*=[ \t]*)?(?:\w+\.)*")  # what may stand on a line before the word that a statement begins with
_ARGUMENT = re.compile(rb"[ \t]*[,)]")  # behind ``name=WORD``, which is handed on
_RENAMED = re.compile(rb"[ \t]+as[ \t]")
_WORD = re.compile(rb"\w")
_INDENT, _NAMES = 1_000, 10_000  # bytes before a word in which the begin of its line is looked for, and that of a list of imported names


class SourceModule:
    """One module: its outline now, the IR of its statements when they are needed."""

    def __init__(self, name: str, path: str, is_package: bool, outline: Any, lower: Callable[[Any, int], Any]) -> None:
        self.name = name
        self.path = path
        self.is_package = is_package
        self.outline = outline
        self._lower = lower

    @property
    def statements(self) -> Sequence[Any]:
        return self.outline.statements  # type: ignore[no-any-return]

    def lower(self, index: int) -> Any:
        return self._lower(self.outline, index)

    def statement(self, index: int) -> Any:
        """The statement that ``lower`` lowers under this number."""
        return self.outline.statement(index)


def _bytes(path: str, bounds: Sequence[str]) -> bytes:
    """The text of a file; nothing where it cannot be read."""
    try:
        return reading.read(path, within=bounds)
    except reading.Unreadable:
        return b""


def _has_statement(text: bytes, words: Iterable[bytes]) -> bool:
    """Whether a statement or decorator begins with one of the words, or an import renames one."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not _WORD.match(text, end) and not (at and _WORD.match(text, at - 1)):
                if _RENAMED.match(text, end):
                    return True
                start = max(text.rfind(b"\n", max(at - _INDENT, 0), at) + 1, at - _INDENT)
                if _BEFORE.fullmatch(text, start, at) and not _is_imported(text, start, at) \
                        and not (b"=" in text[start:at] and _ARGUMENT.match(text, end)):
                    return True
            at = text.find(word, end)
    return False


def _is_imported(text: bytes, start: int, at: int) -> bool:
    """Whether a word that stands first on its line is one of the names of ``from … import (…)``."""
    if text[start:at].strip():
        return False
    bracket = text.rfind(b"(", max(at - _NAMES, 0), at)
    return bracket >= 0 and text.endswith(b"import ", 0, bracket) and text.find(b")", bracket, at) < 0


class Files:
    """The modules below some folders. ``read`` turns a path into an outline, ``lower`` a statement of one into IR.

    One object serves all the targets of a run, so what many models share is read once.
    """

    def __init__(self, read: Callable[[str, Sequence[str]], Any], lower: Callable[[Any, int], Any]) -> None:
        self._read = read
        self._lower = lower
        self._modules: dict[tuple[str, str], SourceModule | None] = {}
        self.searched: dict[tuple[Any, ...], list[tuple[str, str]] | None] = {}
        self.listed: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
        self._found: dict[tuple[tuple[str, ...], tuple[str, ...], str], tuple[str, bool] | None] = {}

    def source(self, name: str, path: str, is_package: bool, bounds: Sequence[str]) -> SourceModule | None:
        """The module in a file below some folders, or None where it cannot be read."""
        key = (name, path)
        if key not in self._modules:
            outline = self._read(path, bounds)
            self._modules[key] = None if outline is None else SourceModule(name, path, is_package, outline, self._lower)
        return self._modules[key]

    def locate(self, name: str, roots: tuple[str, ...], bounds: tuple[str, ...]) -> tuple[str, bool] | None:
        """The file of a module and whether it is a package; None where there is none, or one that lies outside of the bounds."""
        key = (roots, bounds, name)
        if key not in self._found:
            found = resolver.find(name, roots)
            self._found[key] = found if found is not None and _is_inside(found[0], bounds) else None
        return self._found[key]


def _is_inside(path: str, bounds: Sequence[str]) -> bool:
    """Whether a file or folder lies below some folders, whatever links lead to it."""
    try:
        real = os.path.realpath(path)
    except ValueError:  # a NUL in the name
        return False
    return any(reading.is_below(real, folder) for folder in bounds)


class Loader:
    """What one target can import: the roots of its file, in order.

    Nothing outside of the ``bounds`` is read, wherever the code looks for it; the first of them is the project's root. They are real paths.
    """

    def __init__(self, files: Files, roots: Sequence[str], bounds: Sequence[str]) -> None:
        self.files = files
        self.roots = tuple(roots)
        self._bounds = tuple(bounds)

    @property
    def bounds(self) -> tuple[str, ...]:
        """The folders below which anything is read, as real paths, the project's root first."""
        return self._bounds

    def look_in(self, folder: str, origin: str, *, first: bool) -> bool:
        """Look imports up in one more folder, before or after all others; whether there is one that is not looked into yet.

        A relative one is sought beside the file that names it, then below the roots: scripts are run from there.
        """
        places = [os.path.normpath(os.path.join(base, folder)) for base in (os.path.dirname(origin), *self.roots)]
        found = next((place for place in places if _is_inside(place, self.bounds) and os.path.isdir(place)), None)
        if found is None or (found in self.roots and (not first or self.roots[0] == found)):
            return False
        rest = tuple(root for root in self.roots if root != found)
        self.roots = (found, *rest) if first else (*rest, found)
        return True

    def text(self, path: str, origin: str) -> str | None:
        """A text of the project. A relative path leads beside the file that names it, or below the roots: scripts are run from there.

        Where a path leads out of the project's root, or into what is hidden there (a repository's own files hold credentials), there is none.
        """
        for folder in (os.path.dirname(origin), *self.roots):
            found = os.path.realpath(os.path.join(folder, path))
            if not self._is_open(found, self.bounds[:1]):
                return None
            if os.path.isfile(found):
                try:
                    return reading.read(found, MAX_TEXT, within=self.bounds[:1], single=True).decode("utf-8")
                except (reading.Unreadable, UnicodeDecodeError):
                    return None
        return None

    def source_at(self, name: str, path: str, origin: str) -> SourceModule | None:
        """The file at a path as a module; a relative one leads below the roots. None where it does not lie in the bounds."""
        for folder in (os.path.dirname(origin), *self.roots):
            found = os.path.realpath(os.path.join(folder, path))
            if not self._is_open(found, self.bounds):
                return None
            if found.endswith(".py") and os.path.isfile(found):
                return self.files.source(name, found, os.path.basename(found) == "__init__.py", self.bounds)
        return None

    def entries(self, folder: str, origin: str) -> list[tuple[str, bool]] | None:
        """What stands in a folder below the bounds; None for other folders, and where there is too much."""
        found = os.path.realpath(folder)
        if not self._is_open(found, self.bounds):
            return None
        try:
            with os.scandir(found) as scan:
                entries = sorted((entry.name, entry.is_dir()) for entry in islice(scan, MOST_ENTRIES + 1))
        except OSError:
            return None
        return entries if len(entries) <= MOST_ENTRIES else None

    @staticmethod
    def _is_open(real: str, bounds: Sequence[str]) -> bool:
        """Whether a real path lies below one of the bounds and is not hidden in it."""
        inner = [os.path.relpath(real, folder) for folder in bounds if reading.is_below(real, folder)]
        return any(path == os.curdir or not any(part.startswith(".") for part in path.split(os.sep)) for path in inner)

    def look_beside(self, name: str, origin: str) -> bool:
        """Look imports up beside a file too, if another file there has the name that is missing."""
        folder = os.path.dirname(origin)
        found = self.files.locate(name.partition(".")[0], (folder,), self.bounds)
        if found is None or found[0] == origin or folder in self.roots:
            return False
        self.roots = (*self.roots, folder)
        return True

    def reaches_above(self, path: str) -> bool:
        """Whether imports may also be looked up in a folder above that of a file and of its packages."""
        _, top = resolver.module_name(path)
        return any(top.startswith(os.path.join(root, "")) and root != top for root in self.roots)

    def find(self, name: str) -> Any:
        found = self._located(name) if name else None
        if found is not None:
            return self.files.source(name, *found, self.bounds)
        return Namespace(name) if name and self._has_modules(name) else None

    def _located(self, name: str) -> tuple[str, bool] | None:
        return self.files.locate(name, self.roots, self.bounds)

    def exists(self, name: str) -> bool:
        return bool(name) and (self._located(name) is not None or self._has_modules(name))

    def size(self, name: str) -> int:
        """The bytes of the file of a module; 0 where it has none."""
        found = self._located(name) if name else None
        try:
            return 0 if found is None else os.path.getsize(found[0])
        except OSError:
            return 0

    def may_define(self, name: str, word: str) -> bool:
        """Whether the text of a module has a word, or an ``import *`` that may bring it; only the text is read."""
        found = self._located(name) if name else None
        if found is None:
            return True
        try:
            text = reading.read(found[0], within=self.bounds)
        except reading.Unreadable:
            return True
        return word.encode() in text or b"import *" in text

    def writing(self, words: Sequence[str], packages: Iterable[str], also: str = "") -> list[str] | None:
        """The modules of some top-level packages with a statement or decorator that begins with one of the words, and ``also`` in its text.

        None where there are too many files to look at.

        Beside a top-level module that is a file, all that stands in its folder counts.
        """
        asked = (self.roots, tuple(words), tuple(packages), self.bounds)
        if asked not in self.files.searched:
            self.files.searched[asked] = self._search(*asked[1:3])
        found = self.files.searched[asked]
        return None if found is None else [name for path, name in found if not also or also.encode() in _bytes(path, self.bounds)]

    def _search(self, words: tuple[str, ...], packages: tuple[str, ...]) -> list[tuple[str, str]] | None:
        """Files and the names of their modules."""
        asked = (self.roots, packages, self.bounds)
        if asked not in self.files.listed:
            self.files.listed[asked] = list(islice(self._texts(packages), MOST_FILES + 1))
        files = self.files.listed[asked]
        if len(files) > MOST_FILES:
            return None
        wanted = [word.encode() for word in words]
        return [(path, name) for path, name in files if _has_statement(_bytes(path, self.bounds), wanted)]

    def _texts(self, packages: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The files of some top-level packages and the names of the modules in them."""
        folders: dict[str, str] = {}
        for package in packages:
            found = self._located(package)
            if found is not None:
                folder = os.path.dirname(found[0])
                folders[folder] = package if found[1] else ""
            else:
                spaces = (os.path.join(root, package) for root in self.roots)
                folders.update({folder: package for folder in spaces if os.path.isdir(folder) and _is_inside(folder, self.bounds)})
        for folder, prefix in folders.items():
            for place, inner, files in os.walk(folder):
                inner[:] = sorted(name for name in inner if name.isidentifier())
                parts = [*prefix.split("."), *os.path.relpath(place, folder).split(os.sep)]
                package = ".".join(part for part in parts if part and part != ".")
                for file in sorted(files):
                    if file.endswith(".py"):
                        yield os.path.join(place, file), f"{package}.{file[:-3]}".strip(".").removesuffix(".__init__")

    def _has_modules(self, name: str) -> bool:
        relative = name.replace(".", os.sep)
        for root in self.roots:
            folder = os.path.join(root, relative)
            if os.path.isdir(folder) and _is_inside(folder, self.bounds):
                try:
                    if any(entry.endswith(".py") or os.path.isdir(os.path.join(folder, entry)) for entry in os.listdir(folder)):
                        return True
                except OSError:
                    continue
        return False


class Namespace:
    """A folder of modules without ``__init__.py``: a module without statements."""

    is_package = True
    is_folder = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = name

    @property
    def statements(self) -> Sequence[Any]:
        return ()

    def lower(self, index: int) -> Any:
        raise IndexError(index)
