"""``__future__``: what is imported from it changes how a file is read, and is an object of no use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import ClassValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_NAMES = ("nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function", "unicode_literals", "barry_as_FLUFL",
          "generator_stop", "annotations")


def names(it: Interpreter) -> dict[str, Any]:
    feature = ClassValue("_Feature", (it.classes["object"],), {}, module="__future__")
    return {name: it.instance(feature) for name in _NAMES}
