"""The names that every module sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import builtin_classes, builtin_code, builtin_iteration, builtin_numbers, builtin_objects, namespaces, spoken
from paramlint.interpreter.natives import effect, inert
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Functions that run or read something from outside: never done, the result is not known.
_EFFECTS = ("input", "aiter", "anext")
_INERT = ("breakpoint",)
# Names of classes that Python keeps in ``types``, not in ``builtins``.
_HIDDEN = {"NoneType", "ellipsis", "NotImplementedType", "dict_keys", "dict_values", "dict_items", "function", "builtin_function", "method",
           "module", "generator"}


def _open(it: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from paramlint.interpreter.stdlib import text_files

    return it.call(text_files.OPEN, args, kwargs)


def classes() -> dict[str, ClassValue]:
    return builtin_classes.classes()


def _exit(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    raise Raised(it.call(it.classes["SystemExit"], args), it.site())


def namespace(known: dict[str, ClassValue]) -> dict[str, Any]:
    """Every built-in name with its value."""
    result: dict[str, Any] = {name: cls for name, cls in known.items() if name not in _HIDDEN}
    for name in _EFFECTS:
        result[name] = effect(name, data=name == "input")
    result["open"] = Native("open", _open)
    result["print"] = Native("print", spoken.print_)
    for name in _INERT:
        result[name] = inert(name)
    result.update(builtin_numbers.FUNCTIONS)
    result.update(builtin_iteration.FUNCTIONS)
    result.update(builtin_objects.FUNCTIONS)
    result.update(builtin_code.FUNCTIONS)
    result.update(namespaces.FUNCTIONS)
    result.update({"NotImplemented": NotImplemented, "Ellipsis": Ellipsis, "__debug__": True, "__name__": "builtins"})
    for name in ("exit", "quit"):
        result[name] = Native(name, _exit)
    return result
