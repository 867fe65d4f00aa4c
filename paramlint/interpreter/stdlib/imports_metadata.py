"""``importlib.metadata``: what is installed is not known, only what is in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ClassValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    missing = ClassValue("PackageNotFoundError", (it.classes["ModuleNotFoundError"],), {}, module="importlib.metadata")
    return {**FUNCTIONS, "PackageNotFoundError": missing}


@FUNCTIONS.raw("version")
def version(it: Interpreter, distribution_name: Any) -> Any:
    if isinstance(distribution_name, str) and it.modules.covered(distribution_name):
        found = it.modules.library_attribute(distribution_name, "__version__")
        if isinstance(found, str):
            return found
    return it.unknown(Why.IMPORT, f"the installed version of `{distribution_name}`")
