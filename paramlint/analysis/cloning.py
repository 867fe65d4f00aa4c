"""Models that are made again from what another is made of: ``clone_model`` and ``from_config``, by each layer's configuration."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

from paramlint.analysis import drawn_calls, graph
from paramlint.analysis.inner_modules import InnerModule
from paramlint.analysis.layers import LayerState
from paramlint.analysis.lazy_attributes import fresh
from paramlint.analysis.lazy_state import own_function
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, leaves, mapped, tensors_in
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Why
from paramlint.interpreter.containers import mapping_or_unknown
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

ENDS = "<ends>"


def from_config(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``Layer.from_config``: the class called with the configuration."""
    cls, config = args[0], args[1] if len(args) > 1 else kwargs.get("config")
    found = mapping_or_unknown(it, config)
    if not isinstance(found, dict) or cls.fact("row") or not isinstance(cls, ClassValue):
        may_raise(it, "", "a model can be made of a configuration")
        return it.unknown(Why.UNSUPPORTED, f"what `{cls.name}.from_config` makes")
    try:
        return it.call(cls, [], dict(found))
    except Raised as raised:  # a layer tells every exception as a TypeError, a model may tell it otherwise
        kind = "TypeError" if cls.fact("entry") is not None else "Exception"
        if isinstance(raised.value, Instance) and raised.value.cls.derives(it.classes["Exception"]):
            raise it.library_error(kind, f"`{cls.name}` cannot be made of such a configuration") from None
        raise


def clone_model(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    given = {**dict(zip(("model", "input_tensors", "clone_function", "call_function", "recursive"), args, strict=False)), **kwargs}
    model, function = given.get("model"), given.get("clone_function")
    if not isinstance(model, Instance) or given.get("call_function") is not None or given.get("recursive", False) is not False:
        return it.unknown(Why.UNSUPPORTED, "what `clone_model` makes of such arguments")
    clones: dict[int, Any] = {}

    def cloned(layer: Any) -> Any:
        if id(layer) not in clones:
            clones[id(layer)] = clone_layer(overlay, framework, it, layer) if function is None else it.call(function, [layer])
        return clones[id(layer)]

    if model.cls.fact("row"):
        return _row(overlay, framework, it, model, given.get("input_tensors"), cloned)
    if graph.INPUTS in model.attrs and (function is not None or not isinstance(model.cls.find("get_config"), FunctionValue)):
        return _drawn(overlay, framework, it, model, given.get("input_tensors"), cloned)
    if function is not None or given.get("input_tensors") is not None:
        it.library_throw("ValueError", "`clone_function` and `input_tensors` are only supported for Sequential models or Functional models")
    return clone_layer(overlay, framework, it, model)


def clone_layer(overlay: Overlay, framework: Framework, it: Interpreter, layer: Any) -> Any:
    """``layer.__class__.from_config(layer.get_config())``."""
    if not isinstance(layer, Instance):
        raise NeedsValue(it.unknown(Why.UNSUPPORTED, "the copy of a layer that is not known"))
    cls, state = layer.cls, layer.payload
    if own_function(layer, "get_config")[0] is not None or _is_own(cls.find("from_config")):
        return it.call(it.get(cls, "from_config"), [it.call(it.get(layer, "get_config"))])
    if cls.fact("row") or graph.INPUTS in layer.attrs:
        return clone_model(overlay, framework, it, [layer], {})
    init = cls.find("__init__")
    if isinstance(init, FunctionValue):
        code = init.code
        if [*code.positional_only, *code.parameters][1:] or code.keyword_only or code.star:
            raise NeedsValue(it.unknown(Why.UNSUPPORTED, f"the configuration that the framework makes of a `{cls.name}`"))
        options = {"name": layer.attrs.get("name"), "trainable": layer.attrs.get("trainable", True)} if code.double_star == "kwargs" else {}
        return it.call(cls, [], options)
    if isinstance(state, LayerState) and state.entry is not None:
        if any(isinstance(child, InnerModule) for child in state.entry.children().values()):
            raise NeedsValue(it.unknown(Why.UNSUPPORTED, f"the copy of a `{cls.name}` around a layer of the code"))
        made = fresh(overlay, it, copy(state.entry))
        made.cls = cls
    else:
        made = it.call(cls, [], {})
    for key in ("name", "trainable", "<declared>"):
        if key in layer.attrs:
            made.attrs[key] = layer.attrs[key]
    made.attrs.setdefault("built", False)
    return made


def _is_own(method: Any) -> bool:
    return isinstance(method.func if isinstance(method, ClassMethod) else method, FunctionValue)


def _row(overlay: Overlay, framework: Framework, it: Interpreter, model: Instance, inputs: Any, cloned: Callable[[Any], Any]) -> Any:
    layers = [cloned(layer) for layer in it.elements(it.get(model, "layers"))]
    first = next(iter(leaves(inputs)), None) if inputs is not None else None
    ends = model.attrs.get(ENDS)
    if first is None and isinstance(ends, list):
        first = graph.new_input(overlay, it, framework, Tensor(ends[0].tensor.shape, ends[0].tensor.dtype))
    kind = overlay.lookup(next(name for name, how in framework.models.items() if how == "stack"))
    return it.call(kind, [it.made([*([first] if first is not None else []), *layers])],
                   {"name": model.attrs.get("name"), "trainable": model.attrs.get("trainable", True)})


def _drawn(overlay: Overlay, framework: Framework, it: Interpreter, model: Instance, inputs: Any, cloned: Callable[[Any], Any]) -> Any:
    old, outputs = model.attrs[graph.INPUTS], model.attrs[graph.OUTPUTS]

    def again(leaf: Any) -> Any:
        return graph.new_input(overlay, it, framework, Tensor(leaf.tensor.shape, leaf.tensor.dtype)) if isinstance(leaf, Symbol) else leaf

    made = mapped(old, again) if inputs is None else inputs

    def swapped(operation: Any) -> Any:
        return cloned(operation) if isinstance(operation, Instance) else operation

    results = drawn_calls.replay(it, tensors_in(old), tensors_in(made), outputs, swapped)
    kind = overlay.lookup(next(name for name, how in framework.models.items() if how == "graph"))
    return it.call(kind, [made, results], {"name": model.attrs.get("name")})
