"""Classes of several results that have names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.stdlib import named_tuples
from paramlint.interpreter.unmodelled import UNMODELLED
from paramlint.interpreter.values import ClassValue, Native, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PLAIN = "torch.return_types.results"


def results_class(it: Interpreter, names: tuple[str, ...]) -> ClassValue:
    """The class of results with these names; code may make objects of one that a framework has a name for."""
    qualified, methods = next(((name, methods) for framework in REGISTRY.frameworks for name, (fields, methods) in framework.results.items()
                               if fields == names), (_PLAIN, frozenset()))
    owner, _, last = qualified.rpartition(".")
    cls = named_tuples.build(it, last, names, {}, owner)
    if qualified == _PLAIN:
        return cls

    def verdict(name: str, on_instance: bool) -> Reason | None:
        return Reason(Why.UNSUPPORTED, f"`{last}.{name}` is not modelled") if name in methods else None

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        hedge(it, f"`{last}` takes such arguments")
        rest = names[len(args) - 1:]
        return it.instance(args[0], payload=(*args[1:len(names) + 1], *[kwargs.get(name) for name in rest]))

    cls.facts[UNMODELLED] = verdict
    cls.make = make
    cls.attrs["__new__"] = StaticMethod(Native("__new__", make))
    return cls
