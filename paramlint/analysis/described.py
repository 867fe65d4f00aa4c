"""The text of a module: the methods that tell it are called, which may do more; what it says is not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import table
from paramlint.core.unknown import Unknown
from paramlint.interpreter import texts
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def represent(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``Module.__repr__``: what it says of itself, then the texts of the modules in it, then its name."""
    module = args[0]
    if _tells(it, module, "extra_repr"):
        said = it.call(it.get(module, "extra_repr"))
        if it.truth(said) is not False and not isinstance(said, str | Unknown | Either) and not isinstance(getattr(said, "payload", None), str):
            it.throw("AttributeError", f"'{type_name(said)}' object has no attribute 'split'")
    for inner in list(table(module, "_modules").values()):
        for one in inner.alternatives if isinstance(inner, Either) else (inner,):
            if isinstance(one, Instance):
                texts.representation(it, one)
    if _tells(it, module, "_get_name"):
        it.call(it.get(module, "_get_name"))
    return Unknown(it.unknown_reason(f"the text of a `{module.cls.name}`"), data=True)


def _tells(it: Interpreter, module: Instance, name: str) -> bool:
    """Whether the analysed code has put something in place of a method that tells a part of the text."""
    return name in module.attrs or isinstance(module.cls.find(name), FunctionValue | Unknown | Either)
