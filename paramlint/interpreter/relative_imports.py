"""Relative imports: which module they name, and whether there is a package that they start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.interpreter import library_names

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue


def absolute(it: Interpreter, name: str, level: int, importer: ModuleValue) -> str:
    """The absolute name of an import. Raises ImportError where it leads out of all packages.

    A file that is read for itself may stand in a plain folder that the project imports as a package, if the project reaches above it.
    """
    if level == 0:
        return name
    package = importer.package(it)
    parts = package.split(".") if package else []
    if level > len(parts):
        if importer.imported or importer.source is None or not it.loader.reaches_above(importer.source.path):
            it.throw("ImportError", "attempted relative import beyond top-level package" if parts else
                     "attempted relative import with no known parent package")
        library_names.may_raise(it, "ImportError", "the folder of the file is imported as a package")
    if level > 1:
        parts = parts[:len(parts) - (level - 1)]
    return ".".join([*parts, name] if name else parts)
