"""What code does with layers and models that build on call, besides calling them: training, saving, weights, configurations."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from paramlint.analysis import cloning, lazy, lazy_entries, lazy_state, modules, symbolic, variables
from paramlint.analysis.effects import INERT, Inert
from paramlint.analysis.layers import LayerState
from paramlint.analysis.lazy_state import own_function
from paramlint.analysis.modules import argument_of
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, leaves
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import escape
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import ClassMethod, ClassValue, Either, Instance, Native, Property

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework

_TRAINING = ("fit", "evaluate", "train_on_batch", "test_on_batch")
_RUNNING = ("predict", "predict_on_batch")
_NOTHING = ("save", "save_weights", "load_weights", "export", "reset_metrics")
_SUMMARY = ("line_length", "positions", "print_fn", "expand_nested", "show_trainable", "layer_range")
_COMPILED = "compiled"


def equip_layers(overlay: Overlay, cls: ClassValue) -> None:
    """The methods of every layer."""
    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(overlay, it, args, kwargs), binds=True)

    native("add_loss", lambda overlay, it, args, kwargs: None)
    native("add_metric", lambda overlay, it, args, kwargs: it.library_throw("NotImplementedError", "Layer `add_metric()` method is deprecated."))
    native("set_weights", _set_weights)
    cls.attrs["from_config"] = ClassMethod(Native("from_config", lambda it, args, kwargs: cloning.from_config(overlay, it, args, kwargs)))
    cls.attrs["losses"] = Property(Native("losses", lambda it, args, kwargs: it.made([])))
    cls.attrs["metrics"] = Property(Native("metrics", lambda it, args, kwargs: _metrics(it, args[0])))


def equip_models(overlay: Overlay, framework: Framework, cls: ClassValue) -> None:
    """The methods of models."""
    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, code, binds=True)

    native("compile", lambda it, args, kwargs: _compile(overlay, framework, it, args, kwargs))
    for name in (*_TRAINING, *_RUNNING):
        native(name, lambda it, args, kwargs, name=name: _run(overlay, framework, it, name, args, kwargs))
    for name in _NOTHING:
        native(name, lambda it, args, kwargs, name=name: may_raise(it, "", f"`{name}` can do so"))
    native("to_json", lambda it, args, kwargs: it.outside("the text of a model"))
    native("summary", _summary)
    cls.attrs["metrics_names"] = Property(Native("metrics_names", lambda it, args, kwargs: it.outside("the names of a model's metrics")))


def equip_entry(overlay: Overlay, cls: ClassValue, entry: Any) -> None:
    """The methods of one of the framework's layers."""
    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(overlay, it, args, kwargs), binds=True)

    fields = {field.name for field in entry.signature().fields}
    if "lora_rank" in fields:
        native("enable_lora", enable_lora)
    if "stateful" in fields:
        native("reset_state", lambda overlay, it, args, kwargs: None)
        native("reset_states", lambda overlay, it, args, kwargs: None)
    if getattr(entry, "ADAPTS", False):
        native("adapt", _adapt)
        if not entry.BUILDS_ON_CALL:
            native("set_vocabulary", lambda overlay, it, args, kwargs: None)
            native("get_vocabulary", lambda overlay, it, args, kwargs: it.outside("a vocabulary"))
            native("vocabulary_size", lambda overlay, it, args, kwargs: it.outside("the size of a vocabulary"))


# Training -----------------------------------------------------------------------------------------------------------------


def _compile(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self_, *given = args
    name = f"{next(name for name, kind in framework.models.items() if kind == 'graph')}.compile"
    variables.described(overlay, it, name, given, kwargs)
    optimizer = argument_of(args, kwargs, 1, "optimizer", "rmsprop")
    it.write(self_.attrs)
    self_.attrs["optimizer"] = INERT if isinstance(optimizer, str) else optimizer
    self_.attrs[_COMPILED] = True


def _run(overlay: Overlay, framework: Framework, it: Interpreter, name: str, args: Args, kwargs: Kwargs) -> Any:
    """A model is run on data, which builds what is not built."""
    self_, *given = args
    if name in _TRAINING and self_.attrs.get(_COMPILED, False) is False:
        it.library_throw("AttributeError" if name == "evaluate" else "ValueError", f"You must call `compile()` before calling `{name}()`.")
    data = given[0] if given else kwargs.get("x")
    may_raise(it, "", f"`{name}` works with its data")
    _told(it, self_, name, kwargs.get("callbacks"))
    if name in _TRAINING and any(own_function(layer, framework.call)[0] is not None for layer in lazy.walk(overlay, it, self_)):
        escape.over(it, it.unknown_reason(f"how often `{name}` runs the code of its model"), [
            own_function(layer, framework.call)[0] for layer in lazy.walk(overlay, it, self_) if own_function(layer, framework.call)[0] is not None])
    if any(not lazy_state.is_built(layer) for layer in lazy.walk(overlay, it, self_)):
        shapes = [leaf for leaf in leaves(data) if not isinstance(leaf, TensorValue)]
        if shapes or not isinstance(data, TensorValue):
            lazy.not_followed(overlay, it, self_, it.unknown_reason(f"`{name}` builds layers for its data", Why.INPUT))
        else:
            it.call(self_, [data if isinstance(data, Symbol) else Symbol(data.tensor, framework)])
    return Unknown(Reason(Why.INPUT, f"what `{name}` gives", it.site()), data=True)


def _told(it: Interpreter, self_: Instance, name: str, callbacks: Any) -> None:
    """Callbacks run with the model at hand: they may change anything of it."""
    found = [one for one in leaves(callbacks) if one is not None and not isinstance(one, Inert)]
    if found:
        reason = it.unknown_reason(f"what callbacks do while `{name}` runs")
        it.escaped(self_, reason)
        escape.over(it, reason, [self_, *found])


def _metrics(it: Interpreter, self_: Instance) -> Any:
    compiled = self_.attrs.get(_COMPILED, False)
    return it.made([]) if compiled is False else it.outside("the metrics of a compiled model")


def _summary(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Prints; a function that prints instead gets hold of the lines."""
    unknown = next((key for key in kwargs if key not in _SUMMARY), None)
    if unknown is not None:
        it.throw("TypeError", f"Model.summary() got an unexpected keyword argument '{unknown}'")
    printer = args[3] if len(args) > 3 else kwargs.get("print_fn")
    if printer is not None:
        escape.over(it, it.unknown_reason("what a function does that prints a summary"), [printer])


# Weights ------------------------------------------------------------------------------------------------------------------


def _set_weights(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    values = elements_or_unknown(it, argument_of(args, kwargs, 1, "weights"))
    own = elements_or_unknown(it, it.get(args[0], "weights"))
    if isinstance(values, Unknown) or isinstance(own, Unknown):
        return
    if len(values) != len(own):
        it.library_throw("ValueError", f"`set_weights` gets {len(values)} weights, the layer has {len(own)}")
    for variable, value in zip(own, values, strict=True):
        if isinstance(variable, variables.Variable):
            variables.assign(it, variable, value)
        if isinstance(value, Unknown) and value.reason.kind is Why.UNSUPPORTED:  # an array of a shape that is not known
            overlay.doubt(it, args[0], value.reason)


def enable_lora(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Adds the factors of a low-rank adaptation to a built layer, whose own kernel is not trained from then on."""
    self_, state = args[0], args[0].payload
    if not isinstance(state, LayerState) or state.entry is None:
        return
    entry, rank = state.entry, argument_of(args, kwargs, 1, "rank")
    if getattr(entry, "kernel_constraint", None) is not None or getattr(entry, "embeddings_constraint", None) is not None:
        it.library_throw("ValueError", "Lora is incompatible with constraints")
    if not lazy_state.is_built(self_):
        it.library_throw("ValueError", "Cannot enable lora on a layer that isn't yet built.")
    if entry.lora_rank:  # type: ignore[attr-defined]
        it.library_throw("ValueError", "lora is already enabled. This can only be done once per layer.")
    adapted = copy(entry)
    adapted.lora_rank, adapted.trainable = rank, True  # type: ignore[attr-defined]
    shape = self_.attrs.get(lazy_state.BUILT_FOR)
    if not isinstance(rank, int) or (entry.BUILDS_ON_CALL and shape is None):
        overlay.doubt(it, self_, it.unknown_reason("`enable_lora` of a layer whose input is not known"))
        return
    try:
        weights = lazy_entries.entry_weights(adapted, [shape], {})
    except NeedsValue as error:
        overlay.doubt(it, self_, error.unknown.reason)
        return
    table = modules.table(self_, "_parameters")
    for name, weight in weights.items():
        known = table.get(name)
        if known is None:
            lazy_entries.add_weight(overlay, it, self_, name, weight)
        elif isinstance(known, TensorValue) and weight.trainable is False:
            it.write(known.state)
            known.state["requires_grad"] = False
    self_.payload = LayerState(state.name, adapted)


def _adapt(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Computes the state of a layer of preprocessing from data; one that is not built is built for the data."""
    self_, data = args[0], argument_of(args, kwargs, 1, "data")
    needed = self_.cls.fact("entry").ADAPTS_BY
    if needed and needed not in it.modules.needed:
        it.limit(f"`{self_.cls.name}.adapt` needs the package `{needed}`, which nothing imports")
    if lazy_state.is_built(self_):
        return
    if isinstance(data, TensorValue):
        it.call(it.get(self_, "build"), [symbolic.written(data.tensor.shape)])
    elif isinstance(data, Unknown | Either):
        lazy.not_followed(overlay, it, self_, it.unknown_reason("`adapt` builds the layer for its data", Why.INPUT))
