"""Arguments of layers' constructors that are objects: what a layer makes of one where it takes none is not known, nor whether it refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis.handed_over import as_given
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.unknown import MayRefuse, UnknownArray
from paramlint.interpreter.values import BoundMethod, ClassValue, Foreign, FunctionValue, GeneratorValue, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (str, bool, int, float, tuple, list, dict)  # payloads of what stands for a plain value
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (TensorValue, "tensor"), ((Numbers, UnknownArray), "array"), ((FunctionValue, BoundMethod), "function"), (Native, "library function"),
    (Named, "constant"), (Foreign, "handle"), (GeneratorValue, "generator"), (range, "range"), (complex, "complex number"), (dict, "dict"),
    ((set, frozenset), "set"), (bytes, "text of bytes"))


def check(overlay: Overlay, framework: Framework, it: Interpreter, entry: type[Layer], args: list[Any], kwargs: dict[str, Any]) -> None:
    """End the evaluation where an argument is an object of a kind that the layer is not known to take.

    Raises MayRefuse where it is an array that is not known itself.
    """
    package = framework.needed_packages.get(entry.__name__, "")
    if package and package not in it.modules.needed:
        it.limit(f"`{entry.__name__}` needs the package `{package}`, which nothing imports")
    for name, value in as_given(entry, args, kwargs).items():
        kinds = set(_kinds(overlay, value, 0))
        if kinds:
            known = framework.object_arguments
            taken = known.get(name) or known.get(f"*{name.rpartition('_')[2]}", ())
            if isinstance(value, Foreign) and str(getattr(value, "name", "")).rpartition(".")[2] in taken:  # an object of that class
                continue
            for kind in sorted(kinds.difference(taken, known.get("*", ()))):
                if isinstance(value, UnknownArray):
                    raise MayRefuse(value)
                it.limit(f"`{entry.__name__}` given a {kind} as `{name}`, which is not modelled")


def _kinds(overlay: Overlay, value: Any, depth: int) -> Iterator[str]:
    """The kinds of the objects in a value."""
    if isinstance(value, list | tuple) and depth < 3:
        for item in value:
            yield from _kinds(overlay, item, depth + 1)
    elif isinstance(value, ClassValue):
        yield "class of modules" if value.fact("module base") is not None else "built-in class" if value.module == "builtins" else "class"
    elif isinstance(value, Instance):
        if overlay.is_module(value):
            yield "module"
        elif not isinstance(value.payload, _PLAIN):
            yield "object" if value.cls.fact("object") is not None else "value of its own class"
    else:
        for types, kind in _KINDS:
            if isinstance(value, types):
                yield kind
                return
