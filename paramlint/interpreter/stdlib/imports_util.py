"""``importlib.util``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.stdlib import imports_by_path
from paramlint.interpreter.stdlib.silent import Silent

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, **imports_by_path.BY_PATH}


@FUNCTIONS.raw("find_spec")
def find_spec(it: Interpreter, name: Any, package: Any = None) -> Any:
    """A package out of reach counts as not installed."""
    known(it, name)
    if isinstance(name, str) and it.library.optional(name.partition(".")[0]) and name.partition(".")[0] not in it.modules.needed:
        return it.unknown(Why.IMPORT, f"whether `{name}` is installed")
    return Silent("ModuleSpec", name=name) if it.modules.exists(name) else None
