"""What code asks of a model: its layers, one of them, its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import lazy, modules
from paramlint.analysis.symbolic import Args, Kwargs
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def layers(overlay: Overlay, it: Interpreter, self_: Instance) -> list[Any]:
    found: list[Any] = it.made([child for _, child in lazy.submodules(overlay, it, self_)])
    reason = it.state.open_reason(modules.table(self_, "_modules"))
    if reason is not None:
        it.state.mark_open(found, reason)
    return found


def get_layer(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``model.get_layer(name=None, index=None)``."""
    self_, *given = args
    name = given[0] if given else kwargs.get("name")
    index = given[1] if len(given) > 1 else kwargs.get("index")
    open_ = next((value for value in (name, index) if isinstance(value, Unknown | Either)), None)
    if open_ is not None:
        return Unknown(open_.reason, tuple(it.elements(it.get(self_, "layers"))))
    if index is not None and name is not None:
        it.library_throw("ValueError", "Provide only a layer name or a layer index.")
    if index is None and name is None:
        it.library_throw("ValueError", "Provide either a layer name or layer index at `get_layer`.")
    found = it.elements(it.get(self_, "layers"))
    reason = it.state.open_reason(found) if isinstance(found, list) else None
    if index is not None:
        if reason is None and isinstance(index, int) and index >= len(found):
            it.library_throw("ValueError", f"Was asked to retrieve layer at index {index} but model only has {len(found)} layers.")
        return it.item(found, index)
    for layer in found:
        if isinstance(layer, Instance):
            known = layer.attrs.get("name")
            if known == name if isinstance(known, str) else False:
                return layer
    if reason is not None:
        return Unknown(reason)
    if any(not isinstance(layer, Instance) or not isinstance(layer.attrs.get("name"), str) for layer in found):
        return it.unknown(Why.UNSUPPORTED, f"the layer named {name!r}")
    return it.library_throw("ValueError", f"No such layer: {name}")
