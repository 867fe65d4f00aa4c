"""What stands in the folders of a project: ``os.listdir`` and its relatives, ``glob``, ``pkgutil``.

Folders are listed as they stand beside the code, and nothing outside of the project is. Names come in the order of the alphabet; a path that
does not stand there may yet be written.
"""

from __future__ import annotations

import os.path
import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Harmless, Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.natives import Table, known, plain
from paramlint.interpreter.stdlib import named_tuples
from paramlint.interpreter.values import Foreign, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Entries = list[tuple[str, bool]]  # names, and whether a folder has that name
OS, GLOB, PACKAGES = Table(), Table(), Table()
_MAGIC = frozenset("*?[")
_CACHE = "__pycache__"


def entries(it: Interpreter, path: Any) -> Entries | None:
    """What stands in a folder of the project; None where that is not known."""
    text = path_text(path)
    source = it.frame.module.source if it.frame is not None else None
    if text is None or source is None or not posixpath.isabs(text):
        return None
    found = it.loader.entries(text, source.path)
    if found is None:
        return None
    shown = os.path.relpath(text, os.path.dirname(source.path))
    it.assumed(Harmless(Why.EFFECT, f"the folder `{shown}` is listed as it stands beside the code", it.site()))
    return [(name, folder) for name, folder in found if name != _CACHE]


def path_text(path: Any) -> str | None:
    """The text of a path; None where it is not known."""
    value = path.payload if isinstance(path, Instance) else path
    return None if value is None or isinstance(value, Unknown | bytes | int | tuple | list | dict) else str(value)


def _unlisted(it: Interpreter, name: str, raises: str = "") -> Unknown:
    if raises:
        may_raise(it, raises, f"`{name}()` succeeds")
    return it.outside(f"`{name}()` depends on the outside world")


def _listed(it: Interpreter, names: list[str]) -> list[str]:
    """A list that says that its order may be another."""
    if len(names) > 1:
        it.listed[id(names)] = names
    return it.made(names)  # type: ignore[no-any-return]


def _join(folder: Any, name: str) -> str:
    return posixpath.join(path_text(folder) or "", name)


# os -----------------------------------------------------------------------------------------------------------------------


@OS.raw("listdir")
def listdir(it: Interpreter, path: Any = ".") -> Any:
    known(it, path)
    found = entries(it, path)
    return _unlisted(it, "os.listdir", "OSError*") if found is None else _listed(it, [name for name, _ in found])


class Entry(Foreign):
    """One of what ``os.scandir`` gives."""

    __slots__ = ("folder", "name", "path")

    def __init__(self, path: str, name: str, folder: bool) -> None:
        self.path = path
        self.name = name
        self.folder = folder

    def type_name(self) -> str:
        return "DirEntry"

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("name", "path"):
            return getattr(self, name)
        if name in ("is_dir", "is_file"):
            return Native(name, lambda it, args, kwargs: self.folder == (name == "is_dir"))
        if name == "__fspath__":
            return Native(name, lambda it, args, kwargs: self.path)
        return NotImplemented if name.startswith("__") else it.outside(f"`{name}` of a file")


class Scan(Foreign):
    """What ``os.scandir`` gives: an iterator that is closed at the end of a ``with``."""

    __slots__ = ("found",)

    def __init__(self, found: list[Any]) -> None:
        self.found = found

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__enter__":
            return Native(name, lambda it, args, kwargs: self)
        return Native(name, lambda it, args, kwargs: None) if name in ("__exit__", "close") else NotImplemented

    def iterate(self, it: Interpreter) -> Any:
        return iter(self.found)


@OS.raw("scandir")
def scandir(it: Interpreter, path: Any = ".") -> Any:
    known(it, path)
    found = entries(it, path)
    return _unlisted(it, "os.scandir", "OSError*") if found is None else Scan([Entry(_join(path, name), name, folder) for name, folder in found])


@OS.raw("walk")
def walk(it: Interpreter, top: Any, topdown: Any = True, onerror: Any = None, followlinks: Any = False) -> Any:
    known(it, top, topdown)
    if entries(it, top) is None or topdown is not True:
        return _unlisted(it, "os.walk")

    def walked(folder: str) -> Iterator[Any]:
        found = entries(it, folder) or []
        it.step()
        inner = it.made([name for name, is_folder in found if is_folder])
        yield folder, inner, it.made([name for name, is_folder in found if not is_folder])
        for name in it.elements(inner):
            yield from walked(_join(folder, name))

    return GeneratorValue(walked(path_text(top) or ""), "walk")


def stands(it: Interpreter, path: Any, word: str) -> Any:
    """Whether a path is there, as a file or folder; not known where it is not there now."""
    known(it, path)
    text = path_text(path)
    folder, _, name = (text or "").rstrip("/").rpartition("/")
    found = dict(entries(it, folder) or ()) if folder else {}
    if name in found and name != _CACHE:
        return word in ("exists", "lexists") or found[name] == (word in ("isdir", "is_dir"))
    return _unlisted(it, f"os.path.{word}")


# glob ---------------------------------------------------------------------------------------------------------------------


def matched(it: Interpreter, folder: str, pattern: str, *, deep: bool = False) -> list[str] | None:
    """The paths below a folder whose names match a pattern, in the folder itself or ``deep`` in those below it too."""
    found = entries(it, folder)
    if found is None:
        return None
    paths = [_join(folder, name) for name, _ in found if fnmatchcase(name, pattern) and (not name.startswith(".") or pattern.startswith("."))]
    for name, is_folder in found if deep else ():
        if is_folder and not name.startswith("."):
            it.step()
            paths += matched(it, _join(folder, name), pattern, deep=True) or []
    return paths


@GLOB.raw("glob", "iglob")
def glob(it: Interpreter, pathname: Any, *, root_dir: Any = None, recursive: Any = False, **options: Any) -> Any:
    known(it, pathname, recursive, root_dir)
    folder, _, pattern = (path_text(pathname) or "").rpartition("/")
    deep = recursive is True and folder.endswith("/**")
    folder = folder.removesuffix("/**") if deep else folder
    found = None
    if root_dir is None and not options and not _MAGIC & set(folder) and "**" not in pattern and pattern:
        found = matched(it, folder, pattern, deep=deep)
    return _unlisted(it, "glob.glob") if found is None else _listed(it, found)


def of_path(it: Interpreter, path: Instance, pattern: Any, word: str) -> Any:
    """``Path.iterdir``, ``Path.glob`` and ``Path.rglob``."""
    known(it, pattern)
    text = str(plain(pattern))
    folder = str(path.payload)
    deep = word == "rglob" or text.startswith("**/")
    text = text.removeprefix("**/")
    found = None if "/" in text or "**" in text else matched(it, folder, text, deep=deep)
    if word == "iterdir":
        found = [_join(folder, name) for name, _ in listed] if (listed := entries(it, folder)) is not None else None
    if found is None:
        return _unlisted(it, f"Path.{word}", "OSError*" if word == "iterdir" else "")
    return GeneratorValue(iter([it.call(path.cls, [one]) for one in found]), word)


# pkgutil ------------------------------------------------------------------------------------------------------------------


def _modules(it: Interpreter, path: Any, prefix: str) -> list[tuple[str, str, bool]] | None:
    """The folders, names and kinds (whether packages) of the modules in some folders."""
    if not isinstance(path, list | tuple):
        return None
    modules: list[tuple[str, str, bool]] = []
    for folder in it.elements(path):
        found = entries(it, folder)
        if found is None:
            return None
        names: dict[str, bool] = {}
        for name, is_folder in found:
            package = is_folder and name.isidentifier() and ("__init__.py", False) in (entries(it, _join(folder, name)) or ())
            if package or (name.endswith(".py") and not is_folder and name != "__init__.py" and "." not in name[:-3]):
                names[name.removesuffix(".py")] = package
        modules += [(_join(folder, name), prefix + name, package) for name, package in sorted(names.items())]
    return modules


def _info(it: Interpreter, name: str, package: bool) -> Any:
    cls = it.modules.members.get("<pkgutil.ModuleInfo>")
    if cls is None:
        cls = it.modules.members["<pkgutil.ModuleInfo>"] = named_tuples.build(it, "ModuleInfo", ("module_finder", "name", "ispkg"), {}, "pkgutil")
    return it.call(cls, [it.unknown(Why.UNSUPPORTED, "the finder of a module"), name, package])


@PACKAGES.raw("iter_modules")
def iter_modules(it: Interpreter, path: Any = None, prefix: Any = "") -> Any:
    known(it, path, prefix)
    found = _modules(it, path, prefix)
    if found is None:
        return _unlisted(it, "pkgutil.iter_modules")
    return GeneratorValue(iter([_info(it, name, package) for _, name, package in found]), "iter_modules")


@PACKAGES.raw("walk_packages")
def walk_packages(it: Interpreter, path: Any = None, prefix: Any = "", onerror: Any = None) -> Any:
    known(it, path, prefix)
    if _modules(it, path, prefix) is None:
        return _unlisted(it, "pkgutil.walk_packages")

    def walked(folders: Any, prefix: str) -> Iterator[Any]:
        for folder, name, package in _modules(it, folders, prefix) or ():
            yield _info(it, name, package)
            if package:
                it.step()
                it.modules.import_module(name)
                yield from walked([folder], f"{name}.")

    return GeneratorValue(walked(path, prefix), "walk_packages")
