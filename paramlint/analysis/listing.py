"""Models whose classes override how their parameters are listed: what they hold is not what they say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.dispatch import overrides
from paramlint.analysis.modules import table, walk
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import Either, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_LISTS = (("_parameters", "parameters", ("parameters", "named_parameters")), ("_buffers", "buffers", ("buffers", "named_buffers")))


def doubt(overlay: Overlay, it: Interpreter, model: Instance) -> Reason | None:
    """Why a model lists other tensors than it holds; None where it lists them all, each once."""
    try:
        held = [module for _, module in walk(it, model) if isinstance(module, Instance)]
    except NeedsValue:  # what it holds is in doubt in any case
        return None
    for module in held:
        for name, child in table(module, "_modules").items():
            if not isinstance(name, str | Unknown | Either) and child is not None:
                return Reason(Why.ERROR, f"a sublayer of `{module.cls.name}` whose name is no text: the parameters cannot be named", it.site())
    kinds = {module.cls: module for module in held}  # one of each class
    below = any(overrides(it, module, "named_modules", "__eq__", "__hash__") for module in kinds.values()) or any(
        "named_modules" in module.attrs for module in held)
    for kind, method, words in _LISTS:
        if not (below or overrides(it, model, *words, "_named_members")):
            continue
        known = {id(value) for module in held for value in table(module, kind).values() if value is not None}
        if _listed(overlay, it, model, method) != known:
            return Reason(Why.UNSUPPORTED, f"`{method}()` is overridden and does not list what the model holds", it.site())
    return None


def _listed(overlay: Overlay, it: Interpreter, model: Instance, method: str) -> set[int] | None:
    """The tensors that a model lists, by id; None where that is not known."""
    try:
        with overlay.unheard():
            found: list[Any] = it.elements(it.call(it.get(model, method)))
    except (NeedsValue, Raised, LimitReached, RecursionError):
        return None
    return {id(value) for value in found} if all(isinstance(value, TensorValue) for value in found) and len(
        {id(value) for value in found}) == len(found) else None
