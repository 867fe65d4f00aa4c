"""Functions that compile what they are given, and give it back: what they refuse, and what they call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import initialisers, word_signatures
from paramlint.analysis.modules import walk
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import BoundMethod, ClassValue, Either, FunctionValue, Instance, Native
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, type(None), TensorValue)
_MODES = ("default", "lite", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
_BACKENDS = ("inductor", "eager", "aot_eager")


def run(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    signature = framework.passing_functions[name]
    if not signature:
        return initialisers.first(it, args, kwargs)
    given = word_signatures.bound(it, name, signature, args, kwargs)
    return _CHECKS[name.rpartition(".")[2]](it, name, given)


def _compile(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    """``torch.compile``, also as a decorator with arguments."""
    model, mode, backend = given.get("model"), given.get("mode"), given.get("backend")
    if model is not None and isinstance(model, _PLAIN):
        it.library_throw("AssertionError", f"A callable function is expected, but {type_name(model)} is provided.")
    if mode is not None and given.get("options") is not None:
        it.library_throw("RuntimeError", "Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and not isinstance(mode, Unknown | Either) and mode not in _MODES:
        it.library_throw("RuntimeError", f"Unrecognized mode={mode!r}")
    if not (isinstance(backend, Unknown | Either | FunctionValue | None) or backend in _BACKENDS) or given.get("options"):
        hedge(it, f"`{name}` has such a backend")
    return initialisers.first(it, [] if model is None else [model], {})


def _script(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    value = given["obj"]
    if isinstance(value, list | dict | set):
        hedge(it, f"`{name}` takes a {type_name(value)}")
    elif isinstance(value, _PLAIN):
        it.library_throw("TypeError", f"a {type_name(value)} cannot be compiled")
    elif isinstance(value, ClassValue | Native | BoundMethod) or (isinstance(value, FunctionValue) and value.name == "<lambda>") or (
            isinstance(value, Instance) and not _of_framework(it, value)):
        hedge(it, f"`{name}` can compile this {type_name(value)}")
    return value


def _of_framework(it: Interpreter, value: Instance) -> bool:
    """Whether all modules in a module are the framework's own."""
    return all(isinstance(inner, Instance) and inner.cls.site is None for _, inner in walk(it, value))


def _trace(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    """A module or function that is called on an example."""
    function, example = given.get("func"), given.get("example_inputs")
    if isinstance(function, _PLAIN):
        it.library_throw("RuntimeError", f"a {type_name(function)} cannot be traced")
    if example is None and given.get("example_kwarg_inputs") is None:
        it.library_throw("TypeError" if "example_inputs" in given else "RuntimeError", "an example of the inputs is needed")
    if isinstance(example, int | float | str):
        it.library_throw("TypeError" if not isinstance(example, str) else "", f"{type_name(example)} is no example of inputs")
    if isinstance(example, TensorValue | list | tuple) and isinstance(function, Instance | FunctionValue | BoundMethod):
        made = it.call(function, [example] if isinstance(example, TensorValue) else list(example), given.get("example_kwarg_inputs") or {})
        if not isinstance(made, TensorValue | Unknown | Either) or given.keys() - {"func", "example_inputs", "example_kwarg_inputs", "strict"}:
            hedge(it, f"`{name}` can trace this {type_name(function)}")
    else:
        hedge(it, f"`{name}` can trace this {type_name(function)}")
    return function


def _marks(kind: str) -> Callable[[Interpreter, str, dict[str, Any]], Any]:
    """A decorator that marks a function."""

    def mark(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
        value = next(iter(given.values()), None)
        if isinstance(value, _PLAIN) and not isinstance(value, bool) and value is not None:
            it.library_throw(kind, f"`{name}` marks functions, not a {type_name(value)}")
        return initialisers.first(it, [] if value is None or isinstance(value, bool) else [value], {})

    return mark


def _annotate(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    return given["the_value"]


def _script_later(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    return given["fn"]


def _wrap(it: Interpreter, name: str, given: dict[str, Any]) -> Any:
    """A function, or the name of one, that is not traced."""
    value = given["fn_or_name"]
    return value if isinstance(value, str) else _marks("RuntimeError")(it, name, given)


_CHECKS: dict[str, Callable[[Interpreter, str, dict[str, Any]], Any]] = {
    "compile": _compile, "script": _script, "trace": _trace, "annotate": _annotate, "ignore": _marks("RuntimeError"),
    "unused": _marks("AttributeError"), "export": _marks("AttributeError"), "interface": _marks("RuntimeError"), "wrap": _wrap,
    "disable": _marks("AssertionError"), "script_if_tracing": _script_later,
}
