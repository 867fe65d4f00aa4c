"""Where a project begins: the folder of its configuration or of its repository, the nearer one; and what a configuration may name.

A repository under review is hostile until read. Its configuration says what counts in it, and nothing about folders outside of it, unless the
person who runs the tool says that it is trusted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from paramlint.core.reading import is_below

TRUST = "--trust-config"


def repository(folder: str) -> str:
    """The nearest folder, at or above one, that holds a repository; empty where there is none."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    return folder


def nearer(folder: str, *marked: str) -> str:
    """The real path of the nearest of some folders that a folder is in; empty where it is in none."""
    above = [place for place in marked if place and is_below(folder, place)]
    return os.path.realpath(max(above, key=len)) if above else ""


def leaving(values: Mapping[str, Any], root: str) -> tuple[str, str] | None:
    """The key and the path of the first value of a configuration that leads out of a root, links and all; None where all stay in it."""
    paths: Iterable[tuple[str, str]] = (
        *(("search-path", path) for path in values.get("search_path", ())),
        *(("site-packages", path) for path in (values.get("site_packages"),) if path),
        *(("models", entry.path) for entry in values.get("models", ())),
    )
    return next(((key, path) for key, path in paths if not is_below(os.path.realpath(path), root)), None)


def refusal(key: str, root: str, *, trustable: bool = True) -> str:
    """Why a path that leads out of the project is not followed, and the ways out; ``key`` is the option that it is the value of."""
    flag = f" with --{key}" if key in ("search-path", "site-packages") else ""
    trust = f", or trust what the project says with {TRUST}" if trustable else ""
    return f"leads out of the project in {root}; give it on the command line{flag}{trust}"
