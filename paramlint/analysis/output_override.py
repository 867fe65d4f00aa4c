"""Layers of the analysed code that say what they give: ``compute_output_spec`` or ``compute_output_shape`` instead of a run of ``call``.

While a graph is drawn these alone decide the tensors that come out. Source: Layer.compute_output_spec in keras/src/layers/layer.py.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from paramlint.analysis import called_functions, lazy, lazy_entries, lazy_state
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, tensors_in
from paramlint.core.shapes import Shape, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Why
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import FunctionValue, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


ENTRY = "compute_output_shape of its base"  # the layer derives from one of the framework's, whose own says it


def method_of(layer: Instance) -> str:
    """By what a layer says what it gives; empty where its ``call`` is run."""
    spec, shape = (layer.cls.find(name) for name in ("compute_output_spec", "compute_output_shape"))
    if isinstance(spec, FunctionValue):
        return "compute_output_spec"
    if isinstance(shape, FunctionValue):
        return "compute_output_shape"
    entry = layer.payload.entry if isinstance(layer.payload, LayerState) else None
    derived = entry is not None and entry.SAYS_SHAPE and not (entry.CALLS_FUNCTION and entry.shape_function() is None)
    return ENTRY if derived and ("entry" not in layer.cls.facts or "call" in layer.attrs) else ""


def call(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, method: str, args: Args, kwargs: Kwargs) -> Any:
    """What such a layer gives."""
    if method == ENTRY:
        lazy.require_names(it, self_, framework, "compute_output_shape")
        return lazy_entries.run_entry(overlay, framework, it, self_, args, kwargs)
    if method == "compute_output_spec":
        return it.call(it.get(self_, method), args, kwargs)
    given = lazy.named_shapes(framework, it, self_, method, args, kwargs)
    return called_functions.told(framework, it, it.call(it.get(self_, method), *given))


def compared(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, method: str, args: Args, kwargs: Kwargs,
             result: Any) -> Any:
    """What ``call`` has returned; not known where the layer says that it is of another shape, which later layers were built for."""
    try:
        said = call(overlay, framework, it, self_, method, args, kwargs)
    except Raised:
        return result
    pairs = zip_longest(tensors_in(said), tensors_in(result))
    if all(one is not None and other is not None and _agree(one.tensor.shape, other.tensor.shape) for one, other in pairs):
        return result
    why = f"the output of `{self_.cls.name}`: {'the' if method == ENTRY else 'its'} `{method}` says another shape than its `{framework.call}` gives"
    return Symbol(Tensor(it.unknown(Why.UNSUPPORTED, why)), framework)


def _agree(one: Any, other: Any) -> bool:
    if not isinstance(one, Shape) or not isinstance(other, Shape):
        return True
    return len(one) == len(other) and not any(map(differs, one[1:], other[1:]))


def trace(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> None:
    """Run ``call`` once, where that builds layers inside: the framework does so for layers without a ``build`` of their own."""
    if all(lazy_state.is_built(child) for _, child in lazy.submodules(overlay, it, self_) if isinstance(child, Instance)):
        return
    if isinstance(self_.cls.find("build"), FunctionValue) or isinstance(self_.payload, LayerState):
        why = f"layers inside `{self_.cls.name}`, which make their weights on the first call with data"
        lazy.not_followed(overlay, it, self_, it.unknown_reason(why, Why.INPUT))
        return
    try:
        it.call(it.get(self_, framework.call), args, kwargs)
    except Raised as raised:
        lazy.not_followed(overlay, it, self_, it.unknown_reason(f"`{self_.cls.name}.{framework.call}` raises {raised.value.cls.name}"))
