"""``importlib.util``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.stdlib import imports_by_path
from paramlint.interpreter.stdlib.silent import Silent

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    by_path = ("spec_from_file_location", "spec_from_loader")
    return {**FUNCTIONS, **{name: value for name, value in imports_by_path.names(it).items() if name in by_path}}


@FUNCTIONS.raw("find_spec")
def find_spec(it: Interpreter, name: Any, package: Any = None) -> Any:
    """A package out of reach counts as not installed."""
    known(it, name)
    return Silent("ModuleSpec", name=name) if it.modules.exists(name) else None
