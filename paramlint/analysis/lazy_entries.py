"""A framework's own layers that build on call: their weights for the inputs of the first call, their output shapes."""

from __future__ import annotations

from copy import copy
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from paramlint.analysis import called_functions, layers, modules, running, tracking
from paramlint.analysis.effects import INERT
from paramlint.analysis.inner_modules import InnerModule
from paramlint.analysis.layer_calls import note_call
from paramlint.analysis.layers import LayerState, to_entry
from paramlint.analysis.lazy_attributes import CELL, is_as_given
from paramlint.analysis.lazy_state import BUILT_FOR, INNER, STEPS, is_built, mark_built
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, leaves, mapped, tensors_in
from paramlint.analysis.tensor_ops import CLASH, Clash, located, mismatch, unexpected
from paramlint.analysis.tensors import TensorValue, credit
from paramlint.analysis.variables import made
from paramlint.core import defects
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, FunctionValue, Instance
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer, call_signature
from paramlint.schema.weights import Weight, Weights

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

# Weights ------------------------------------------------------------------------------------------------------------------


def entry_shapes(overlay: Overlay, it: Interpreter, values: Args) -> list[Any]:
    return [entry_argument(overlay, it, value) for value in values]


def entry_argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """An argument of a layer's call as its entry takes it: shapes for tensors."""
    def leaf(item: Any) -> Any:
        return item.tensor.shape if isinstance(item, TensorValue) else to_entry(overlay, it, item)

    return mapped(value, leaf)


def build_entry(overlay: Overlay, it: Interpreter, self_: Instance, shapes: Args, options: Kwargs, values: Args) -> None:
    """Give a framework's layer the weights that it has for inputs of these shapes; ``values`` are the inputs."""
    state = self_.payload
    assert isinstance(state, LayerState)
    if state.entry is None or is_built(self_):
        return
    entry = copy(state.entry)
    entry.trainable = True  # type: ignore[attr-defined]
    try:
        weights = entry_weights(entry, shapes, options)
    except NeedsValue as error:
        overlay.doubt(it, self_, error.unknown.reason)
        return
    except Refused as error:
        raise it.library_error(layers.error_of(self_.payload.name, error), f"{self_.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        inputs = {str(at): shape for at, shape in enumerate(shapes)}
        clash = Clash(self_, None, self_.cls.name, inputs, values, it.site())
        raise mismatch(it, layers.error_of(state.name, error), self_.cls.name, error, clash) from None
    except defects.ERRORS as error:
        overlay.doubt(it, self_, it.unknown(Why.UNSUPPORTED, f"`{self_.cls.name}` with such inputs ({defects.noted(error)})").reason)
        return
    take(overlay, it, self_, weights)
    if shapes and isinstance(shapes[0], Shape):
        self_.attrs[BUILT_FOR] = shapes[0]


def called_again(overlay: Overlay, it: Interpreter, self_: Instance, entry: Layer, args: Args) -> None:
    """What is checked when a layer is called that has its weights."""
    first, now = self_.attrs.get(BUILT_FOR), args[0].tensor.shape if args and isinstance(args[0], TensorValue) else None
    if not isinstance(first, Shape) or not isinstance(now, Shape) or first is now:
        return
    if INNER in self_.attrs:
        if len(first) != len(now):
            may_raise(it, "ValueError", f"`{self_.cls.name}` takes an input of another rank than its first")
        return
    try:
        entry.called_again(first, now)
    except ShapeMismatch as error:
        clash = Clash(self_, entry, self_.cls.name, {"0": now}, args, it.site())
        raise mismatch(it, layers.error_of(self_.payload.name, error), self_.cls.name, error, clash) from None
    except NeedsValue as error:
        overlay.doubt(it, self_, located(it, error.unknown).reason)


def entry_weights(entry: Layer, shapes: Args, options: Kwargs) -> Weights:
    if not entry.BUILDS_ON_CALL:
        return entry.weights()
    wanted = call_signature(entry.weights).parameters
    bound = dict(zip(call_signature(entry.shape).parameters, shapes, strict=False)) if len(wanted) > 1 else {}
    given = {**{name: value for name, value in bound.items() if name in wanted}, **{k: v for k, v in options.items() if k in wanted}}
    if len(wanted) == 1 and shapes:
        return entry.weights(shapes[0])
    missing = [name for name, parameter in wanted.items() if parameter.default is parameter.empty and name not in given]
    if missing:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a call of `{type(entry).__name__}` without `{missing[0]}`"))
    return entry.weights(**given)


def take(overlay: Overlay, it: Interpreter, self_: Instance, weights: Weights) -> None:
    """Make a layer's weights its own, those of the layers inside it theirs."""
    state = self_.payload
    assert isinstance(state, LayerState) and state.entry is not None
    state.made.append(weights if self_.attrs.get("trainable", True) is True else weights.frozen())
    children = state.entry.children()
    for name, child in children.items():
        part = Weights({key.removeprefix(f"{name}."): weight for key, weight in weights.items() if key.startswith(f"{name}.")})
        _take_child(overlay, it, self_, name, child, part)
    taken = tuple(f"{name}." for name in children)
    for name, weight in weights.items():
        if not name.startswith(taken) or not taken:
            _make(overlay, it, self_, name, weight)
    mark_built(it, self_)
    cell = self_.attrs.get(CELL)
    if isinstance(cell, Instance):
        if not is_as_given(cell, state.entry.cell_of()):  # type: ignore[attr-defined]
            overlay.doubt(it, self_, it.unknown_reason(f"the cell of a `{self_.cls.name}` is changed before it is built"))
        mark_built(it, cell)


def _take_child(overlay: Overlay, it: Interpreter, self_: Instance, name: str, child: Any, part: Weights) -> None:
    owner = self_.attrs.get(name, modules.table(self_, "_modules").get(name))
    if isinstance(child, Unknown):
        overlay.doubt(it, self_, child.reason)
    elif isinstance(child, Layer):
        if not isinstance(owner, Instance) or not is_as_given(owner, child):
            overlay.doubt(it, self_, it.unknown_reason(f"`{name}` of a `{self_.cls.name}` is changed before it is built"))
        elif not is_built(owner):
            take(overlay, it, owner, part)
        for item in self_.attrs.get(INNER, ()):  # a copy is built, not the layer that was given; what it weighs is known all the same
            if item is not owner and isinstance(item.payload, LayerState) and item.payload.entry is child:
                item.payload.made.append(part)


def _make(overlay: Overlay, it: Interpreter, self_: Instance, name: str, weight: Weight) -> None:
    """A weight that a framework's layer makes for itself, by ``add_weight`` of the analysed code where there is one."""
    if not isinstance(self_.cls.find("add_weight"), FunctionValue):
        add_weight(overlay, it, self_, name, weight)
        return
    options: Kwargs = {"name": name, "shape": weight.shape, "initializer": INERT, "regularizer": None, "constraint": None}
    if weight.trainable is not True:
        options["trainable"] = weight.trainable
    made = it.call(it.get(self_, "add_weight"), [], options)
    it.write(self_.attrs)
    self_.attrs[name] = tracking.Tracker(overlay, self_, name).tracked(it, made, name)


def _trains(self_: Instance) -> Any:
    """Whether a layer trains its weights: it says so, and its cell where the weights are the cell's."""
    cell = self_.attrs.get(CELL)
    own = self_.attrs.get("trainable", True)
    return cell.attrs.get("trainable", True) if isinstance(cell, Instance) and own is True else own


def add_weight(overlay: Overlay, it: Interpreter, self_: Instance, name: str, weight: Weight) -> TensorValue:
    shape = weight.shape if isinstance(weight.shape, Unknown) else Shape(weight.shape)
    value = made(it, self_.cls.fact("lazy"), Tensor(shape, weight.dtype), weight.trainable, trained=_trains(self_))
    value.is_parameter, value.is_buffer, value.maybe = not weight.buffer, weight.buffer, weight.maybe
    table = self_.attrs["_buffers" if weight.buffer else "_parameters"]
    it.write(table)
    key, count = name, 0
    while key in table:
        count += 1
        key = f"{name}_{count}"
    table[key] = value
    return value


# Entries ------------------------------------------------------------------------------------------------------------------


def run_entry(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> Any:
    """The ``call`` of a framework's own layer: its output shape."""
    state = self_.payload
    if not isinstance(state, LayerState) or state.entry is None:
        running.skipped(overlay, it.unknown_reason(f"the cost of `{self_.cls.name}`"), None)
        return Symbol(Tensor(it.unknown(Why.UNSUPPORTED, f"the output of `{self_.cls.name}`")), framework)
    tensors = tensors_in(args)
    if not tensors and not tensors_in(kwargs):
        unknown = next((leaf for leaf in leaves((args, kwargs)) if isinstance(leaf, Unknown)), None)
        running.skipped(overlay, unknown.reason if unknown is not None else it.unknown_reason(f"the cost of `{self_.cls.name}`"), None)
        return unknown or it.unknown(Why.INPUT, f"the output of `{self_.cls.name}`")
    if state.entry.CALLS_FUNCTION:
        found = called_functions.run(framework, it, state.entry, args, kwargs)
        if found is not ABSENT:
            return found
    called_again(overlay, it, self_, state.entry, args)
    drawn = any(tensor.step is not None for tensor in tensors)
    if state.entry.PASSES_ON and drawn:  # type: ignore[attr-defined]
        return it.limit(f"a graph in which `{self_.cls.name}` gives back the tensor that it is called on")
    result = _shape_again(overlay, framework, it, self_, state.entry, args, kwargs)
    if not drawn:  # while a graph is drawn, the layer's own shape counts
        result = _activated(overlay, framework, it, self_, state.entry, result)
    dtype = next((tensor.tensor.dtype for tensor in tensors if tensor.tensor.dtype.startswith(("float", "bfloat"))), "float32")
    return mapped(result, lambda leaf: credit(Symbol(Tensor(leaf, dtype), framework), self_) if isinstance(leaf, Shape | Unknown) else leaf)


def _shape_again(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, entry: Layer, args: Args, kwargs: Kwargs) -> Any:
    """The output shape of a call; what a layer inside makes of a later input of a graph is not known where it does not fit: it is not checked."""
    try:
        return output_shape(overlay, framework, it, self_, entry, args, kwargs)
    except Raised as raised:
        if not isinstance(raised.value, Instance) or CLASH not in raised.value.attrs or INNER not in self_.attrs or not self_.attrs.get(STEPS):
            raise
        return it.unknown(Why.UNSUPPORTED, f"what the layer inside `{self_.cls.name}` makes of another input")


_RECURRENT = ("rnn", "lstm", "gru")


def _activated(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, entry: Layer, result: Any) -> Any:
    """The result after an activation that is a layer, which may have weights, or a function of the analysed code."""
    function = self_.attrs.get("activation", getattr(entry, "activation", None))
    if not isinstance(function, Instance | FunctionValue):
        return result
    if entry.KIND in _RECURRENT or not isinstance(result, Shape):
        if isinstance(function, Instance) and not is_built(function):
            overlay.doubt(it, self_, it.unknown_reason(f"a layer as the activation of `{self_.cls.name}`"))
        return result
    found = it.call(function, [Symbol(Tensor(result), framework)])
    if isinstance(found, TensorValue):
        return found.tensor.shape
    return found if isinstance(found, Unknown) else it.unknown(Why.UNSUPPORTED, "the result of an activation")


def output_shape(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, entry: Layer, args: Args,
                 kwargs: Kwargs) -> Any:
    signature = call_signature(entry.shape)
    accepted = signature.parameters
    options = {name: entry_argument(overlay, it, value) for name, value in kwargs.items()
               if name in accepted or name not in framework.call_context}
    given = entry_shapes(overlay, it, args)
    if overlay.probe is not None and given:
        name = next(iter(accepted))
        given[0] = overlay.probe.shaped(entry, {name: given[0]})[name]
    if not _binds(signature, given, options):
        return it.unknown(Why.UNSUPPORTED, f"a call of `{self_.cls.name}` with such arguments")
    try:
        result = entry.shape(*given, **options)
    except NeedsValue as error:
        result = located(it, error.unknown)
    except Refused as error:
        raise it.library_error(framework.errors.of(error), f"{self_.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        clash = Clash(self_, entry, self_.cls.name, dict(zip(accepted, given, strict=False)), args, it.site())
        raise mismatch(it, framework.errors.of(error), self_.cls.name, error, clash) from None
    except defects.ERRORS as error:
        result = unexpected(it, f"a call of `{self_.cls.name}`", given, error)
    if overlay.calls is not None:
        bound = {**dict(zip(accepted, given, strict=False)), **options}
        note_call(overlay, it, self_, entry, bound, result)
    return result


def _binds(signature: Signature, given: Args, options: Kwargs) -> bool:
    """Whether a function takes such arguments; one by position, as most calls have it, is told without binding it."""
    first = next(iter(signature.parameters.values()), None)
    if len(given) == 1 and not options and first is not None and first.kind is not Parameter.KEYWORD_ONLY:
        return all(parameter.default is not Parameter.empty or parameter.kind in _GATHERS for parameter in [*signature.parameters.values()][1:])
    try:
        signature.bind(*given, **options)
    except TypeError:
        return False
    return True


_GATHERS = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class LazyModule(InnerModule):
    """A module of the analysed code inside a framework's layer (``TimeDistributed(model)``): built when its weights are asked for."""

    BUILDS_ON_CALL = True

    def __init__(self, overlay: Overlay, it: Interpreter, instance: Instance, framework: Framework) -> None:
        super().__init__(overlay, it, instance)
        self.framework = framework

    def _run(self, inputs: tuple[Any, ...]) -> Any:
        given = [mapped(value, lambda leaf: Symbol(Tensor(leaf), self.framework) if isinstance(leaf, Shape) else leaf) for value in inputs]
        return self.it.call(self.instance, given)

    def weights(self, *inputs: Any, **options: Any) -> Weights:
        if inputs and not is_built(self.instance):
            self._run(inputs)
        return super().weights()

    def shape(self, *inputs: Any, **options: Any) -> Any:
        def leaf(item: Any) -> Any:
            if not isinstance(item, TensorValue):
                raise NeedsValue(item if isinstance(item, Unknown) else Unknown.because(Why.INPUT, "what a layer returns"))
            return item.tensor.shape

        return mapped(self._run(inputs), leaf)
