"""Modules that are executed by the path of their file: which they are is not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import Table

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return dict(_FUNCTIONS)


@_FUNCTIONS.raw("run_path", "run_module", "load_source", "SourceFileLoader", "spec_from_file_location", "spec_from_loader")
def execute(it: Interpreter, *args: Any, **kwargs: Any) -> Any:
    unknown = it.unknown(Why.UNSUPPORTED, "a module is found by the path of its file")
    it.modules.import_unnamed(unknown.reason)
    return unknown
