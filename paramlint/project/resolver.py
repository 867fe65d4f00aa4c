"""Module names and files: which file a dotted name stands for, and what a file is called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from paramlint.core.reading import is_below

_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
# What the root of a project has that was unpacked or copied, the surest first.
_SIGNS = (
    ("requirements.txt", "environment.yml", "environment.yaml", "LICENSE", "LICENSE.txt", "LICENSE.md", ".gitignore"),
    ("README.md", "README.rst"),
)
_MAX_PARENTS = 8


def module_name(path: str) -> tuple[str, str]:
    """The dotted name of a file and the folder that its top-level package stands in; packages are folders with ``__init__.py``."""
    folder, file = os.path.split(os.path.abspath(path))
    stem = file.removesuffix(".py")
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
        if not name:
            break
    return ".".join(parts) or stem, folder


def bounds_of(path: str, root: str = "", search_path: Iterable[str] = (), site_packages: str | None = None) -> tuple[str, ...]:
    """The folders below which modules of a file's program are read, as real paths; the first is the project's root, and texts are read below it
    alone.

    The root is the one that a configuration or a repository marks; else the nearest folder that looks like that of a project, or that the
    person stands in; else the folder of the file's top-level package, or of the file. The other folders are those that imports are looked up in.
    A home folder, and what is above it, holds many projects: a file that stands there by itself reads no texts.
    """
    found = root or os.path.realpath(_unmarked_root(path))
    alone = () if root or not is_below(_home(), found) else (os.path.realpath(path),)
    named = (*search_path, *((site_packages,) if site_packages else ()))
    return tuple(dict.fromkeys((*alone, found, *map(os.path.realpath, named))))


def _home() -> str:
    return os.path.realpath(os.path.expanduser("~"))


def _unmarked_root(path: str) -> str:
    name, first = module_name(path)
    folder = os.path.dirname(os.path.abspath(path))
    top = os.path.join(first, name.partition(".")[0]) if folder != first else folder
    home = _home()
    above = [place for place in _above(top) if not is_below(home, os.path.realpath(place))]
    for signs in (_MARKERS, *_SIGNS):
        marked = next((place for place in above if _has(place, signs)), None)
        if marked is not None:
            return marked
    return os.getcwd() if os.getcwd() in above else top


def roots_of(path: str, search_path: Iterable[str] = (), site_packages: str | None = None) -> list[str]:
    """The folders in which absolute imports of a file are looked up, in order.

    The folder of its top-level package, the configured ones, the folders above up to the project's root (scripts are run from there), and last an
    environment's installed sources, if asked for. Where nothing marks a root, it is the current folder if that is above the file; else nothing
    says how far up imports may reach.
    """
    _, first = module_name(path)
    above = _above(first)
    root = next((folder for folder in above if _has(folder, _MARKERS)), None)
    extra = [os.path.join(root, "src")] if root is not None else []
    for signs in _SIGNS:
        root = root or next((folder for folder in above if _has(folder, signs)), None)
    if root is None and os.getcwd() in above:  # where people stand when they start a script
        root = os.getcwd()
    roots = [first, *search_path, *above[1:above.index(root) + 1], *extra] if root is not None else [first, *search_path]
    if site_packages is not None:
        roots.append(site_packages)
    return list(dict.fromkeys(roots))


def _above(folder: str) -> list[str]:
    """A folder and those that it stands in, the nearest first."""
    found = [folder]
    while len(found) <= _MAX_PARENTS and os.path.dirname(found[-1]) != found[-1]:
        found.append(os.path.dirname(found[-1]))
    return found


def _has(folder: str, names: Iterable[str]) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in names)


def find(name: str, roots: Sequence[str]) -> tuple[str, bool] | None:
    """The file of a module and whether it is a package; None where no root has it.

    A folder without ``__init__.py`` is no file, see ``is_namespace``.
    """
    relative = name.replace(".", os.sep)
    for root in roots:
        base = os.path.join(root, relative)
        if os.path.isfile(os.path.join(base, "__init__.py")):
            return os.path.join(base, "__init__.py"), True
        if os.path.isfile(base + ".py"):
            return base + ".py", False
    return None


def is_namespace(name: str, roots: Sequence[str]) -> bool:
    """Whether a name is a folder of modules without ``__init__.py``."""
    relative = name.replace(".", os.sep)
    return any(os.path.isdir(os.path.join(root, relative)) for root in roots)
