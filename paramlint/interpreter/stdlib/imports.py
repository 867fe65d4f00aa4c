"""``importlib``: modules are found as ``import`` finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import Table, known

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, "metadata": LibraryModule("importlib.metadata"), "util": LibraryModule("importlib.util")}


@FUNCTIONS.raw("import_module")
def import_module(it: Interpreter, name: Any, package: Any = None) -> Any:
    if isinstance(name, Unknown):
        it.modules.import_unnamed(it.located(name).reason)
    known(it, name, package)
    if not isinstance(name, str):
        it.throw("AttributeError", "the name of a module is a string")
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        parts = str(package or "").split(".")
        parts = parts[:len(parts) - level + 1]
        name = ".".join([*parts, name[level:]]) if name[level:] else ".".join(parts)
    return it.modules.import_module(name)


@FUNCTIONS.raw("reload")
def reload(it: Interpreter, module: Any) -> Any:
    """Execute a module again, in the names that it has."""
    known(it, module)
    if isinstance(module, ModuleValue):
        if it.state.logs:
            raise it.not_followed("a module that is executed again in a branch")
        module.again(it)
    return module


@FUNCTIONS.raw("invalidate_caches")
def invalidate_caches(it: Interpreter) -> None:
    return None
