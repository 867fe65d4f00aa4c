"""Layers that make their weights when they are first called: the base class of frameworks that build on call."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any

from paramlint.analysis import layers, modules
from paramlint.analysis.layers import LayerState, to_entry
from paramlint.analysis.symbolic import STRANGE, Args, Kwargs, Step, Symbol, draw, leaves, mapped, tensors_in, written
from paramlint.analysis.tensor_ops import located, mismatch
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.values import ABSENT, Either, FunctionValue, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

STEPS = "<steps>"  # the attribute that keeps the calls of a layer while a graph is drawn
NOT_FOLLOWED = "<not followed>"  # why part of a call was not evaluated
INNER = "<inner>"  # the layers among the arguments of a layer's constructor
CALLED = "<called>"  # the shapes of a layer's first call: what went in, what came out
TRACKED = "<tracked>"  # layers whose attribute has been given another value; they stay


def is_built(module: Instance) -> bool:
    return module.attrs.get("built") is True


def mark_built(it: Interpreter, module: Instance) -> None:
    it.write(module.attrs)
    module.attrs["built"] = True


def shape_of(value: Any) -> Any:
    """A tensor's shape; anything else as it is."""
    return value.tensor.shape if isinstance(value, TensorValue) else value


def shapes_of(value: Any) -> Any:
    """The shapes of nested tensors as the framework shows them, one for one tensor."""
    found = mapped(value, lambda leaf: written(shape_of(leaf)) if isinstance(leaf, TensorValue) else None)
    return found[0] if isinstance(found, list) and len(found) == 1 else found


# Calls --------------------------------------------------------------------------------------------------------------------


def call(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``layer(x)``: build it, run its ``call``, and remember the step where a graph is drawn."""
    self_, *given = args
    modules.prepare(it, self_)
    open_at = next((at for at, value in enumerate(given) if isinstance(value, Either)), None)
    if open_at is not None:
        return it.each(given[open_at], lambda item: call(overlay, framework, it, [self_, *given[:open_at], item, *given[open_at + 1:]], kwargs))
    tensors = tensors_in((given, kwargs))
    if tensors and not is_built(self_):
        build(overlay, framework, it, self_, given, kwargs)
    method = it.get_or(self_, framework.call, ABSENT)
    if method is ABSENT:
        return it.throw("NotImplementedError", f"Layer {self_.cls.name} does not have a `{framework.call}()` method implemented")
    result = it.call(method, given, _with_context(it, self_, framework, given, kwargs))
    if not tensors:
        return result
    for leaf in leaves(result):
        if isinstance(leaf, Unknown | Either) and overlay.is_user_class(self_.cls):
            not_followed(overlay, it, self_, leaf.reason)
    it.write(self_.attrs)
    self_.attrs["built"] = True
    self_.attrs.setdefault(CALLED, (shapes_of(given[0] if given else list(kwargs.values())), shapes_of(result)))
    if not any(tensor.step is not None for tensor in tensors):
        return result
    step = Step(self_, given, kwargs)
    self_.attrs[STEPS] = [*self_.attrs.get(STEPS, ()), step]
    drawn = draw(framework, step, result)
    return it.made(drawn) if isinstance(drawn, list | dict) else drawn


def not_followed(overlay: Overlay, it: Interpreter, module: Instance, reason: Reason) -> None:
    """Part of a call was not evaluated: layers that are not built by now may yet be."""
    it.write(module.attrs)
    module.attrs.setdefault(NOT_FOLLOWED, reason)


def _with_context(it: Interpreter, self_: Instance, framework: Framework, given: Args, kwargs: Kwargs) -> Kwargs:
    """Arguments that the framework itself fills in where the layer's ``call`` asks for them."""
    method = self_.cls.find(framework.call)
    if not isinstance(method, FunctionValue):
        return kwargs
    code = method.code
    required = [p.name for p in (*code.positional_only, *code.parameters)]
    required = required[1 + len(given):len(required) - len(method.defaults)]
    return {**{name: value for name, value in framework.call_context.items() if name in required and name not in kwargs}, **kwargs}


# Building -----------------------------------------------------------------------------------------------------------------


def build(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> None:
    """What the first call does before it runs: ``build`` with the shapes of the inputs."""
    custom = self_.cls.find("build")
    if isinstance(custom, FunctionValue):
        shapes = [mapped(value, lambda leaf: written(shape_of(leaf))) for value in args]
        parameters = [p.name for p in custom.code.parameters[1:]]
        if len(parameters) > 1 and all(name.endswith("_shape") for name in parameters):
            named = _by_parameter(self_, framework, args, kwargs)
            given = {name: mapped(named[name.removesuffix("_shape")], lambda leaf: written(shape_of(leaf)))
                     for name in parameters if name.removesuffix("_shape") in named}
            it.call(it.get(self_, "build"), [], given)
        else:
            first = shapes[0] if shapes else next(iter(mapped(kwargs, lambda leaf: written(shape_of(leaf))).values()), None)
            it.call(it.get(self_, "build"), [first] if parameters or custom.code.star else [])
    elif isinstance(self_.payload, LayerState):
        build_entry(overlay, it, self_, _shapes(overlay, it, args), {k: _shape_argument(overlay, it, v) for k, v in kwargs.items()})
    mark_built(it, self_)


def _by_parameter(self_: Instance, framework: Framework, args: Args, kwargs: Kwargs) -> Kwargs:
    method = self_.cls.find(framework.call)
    names = [p.name for p in method.code.parameters[1:]] if isinstance(method, FunctionValue) else []
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _shapes(overlay: Overlay, it: Interpreter, values: Args) -> list[Any]:
    return [_shape_argument(overlay, it, value) for value in values]


def _shape_argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """An argument of a layer's call as its entry takes it: shapes for tensors."""
    def leaf(item: Any) -> Any:
        return item.tensor.shape if isinstance(item, TensorValue) else to_entry(overlay, it, item)

    return mapped(value, leaf)


def _parameters(entry: Layer, method: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of an entry's method, but ``self``."""
    return _function_parameters(getattr(type(entry), method))


@cache
def _function_parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    found = list(inspect.signature(function).parameters.values())[1:]
    return {parameter.name: parameter for parameter in found}


def build_entry(overlay: Overlay, it: Interpreter, self_: Instance, shapes: Args, options: Kwargs) -> None:
    """Give a framework's layer the weights that it has for these inputs."""
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
        raise it.error("ValueError", f"{self_.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        raise mismatch(it, "ValueError", self_.cls.name, error) from None
    except STRANGE as error:
        overlay.doubt(it, self_, it.unknown(Why.UNSUPPORTED, f"`{self_.cls.name}` with such inputs ({error})").reason)
        return
    take(overlay, it, self_, weights)


def entry_weights(entry: Layer, shapes: Args, options: Kwargs) -> Weights:
    if not entry.BUILDS_ON_CALL:
        return entry.weights()
    wanted = _parameters(entry, "weights")
    bound = dict(zip(_parameters(entry, "shape"), shapes, strict=False)) if len(wanted) > 1 else {}
    given = {**{name: value for name, value in bound.items() if name in wanted}, **{k: v for k, v in options.items() if k in wanted}}
    if len(wanted) == 1 and shapes:
        return entry.weights(shapes[0])
    return entry.weights(**given)


def take(overlay: Overlay, it: Interpreter, self_: Instance, weights: Weights) -> None:
    """Make a layer's weights its own, those of the layers inside it theirs."""
    state = self_.payload
    assert isinstance(state, LayerState) and state.entry is not None
    state.made.append(weights if self_.attrs.get("trainable", True) is True else weights.frozen())
    inner = [item for item in self_.attrs.get(INNER, ()) if isinstance(item, Instance)]
    children = state.entry.children()
    for name, child in children.items():
        part = Weights({key.removeprefix(f"{name}."): weight for key, weight in weights.items() if key.startswith(f"{name}.")})
        shared = sum(other is child for other in children.values()) == 1
        _take_child(overlay, it, self_, name, child, part, inner if shared else [], inner)
    taken = tuple(f"{name}." for name in children)
    for name, weight in weights.items():
        if not name.startswith(taken) or not taken:
            add_weight(overlay, it, self_, name, weight)
    mark_built(it, self_)


def _take_child(overlay: Overlay, it: Interpreter, self_: Instance, name: str, child: Any, part: Weights, shared: Args,
                inner: Args) -> None:
    table = self_.attrs["_modules"]
    it.write(table)
    if isinstance(child, layers.InnerModule):
        table[name] = child.instance
    elif isinstance(child, Layer):
        owner = next((item for item in shared if isinstance(item.payload, LayerState) and item.payload.entry is child), None)
        if owner is None:
            owner = it.instance(overlay.module_class(type(child).NAMES[0]))
            overlay.prepare(it, owner)
            owner.payload = LayerState(type(child).NAMES[0], child)
            for item in inner:  # a copy is built, not the layer that was given; what it weighs is known all the same
                if isinstance(item.payload, LayerState) and item.payload.entry is child:
                    item.payload.made.append(part)
        table[name] = owner
        if not is_built(owner):
            take(overlay, it, owner, part)
    elif isinstance(child, Unknown):
        overlay.doubt(it, self_, child.reason)


def add_weight(overlay: Overlay, it: Interpreter, self_: Instance, name: str, weight: Weight) -> TensorValue:
    shape = weight.shape if isinstance(weight.shape, Unknown) else Shape(weight.shape)
    value = TensorValue(Tensor(shape, weight.dtype), parameter=not weight.buffer, maybe=weight.maybe)
    value.is_buffer = weight.buffer
    value.state["trains"] = weight.trainable  # what it does once its layer is trainable
    trainable = self_.attrs.get("trainable", True)
    value.state["requires_grad"] = weight.trainable if trainable is True or weight.trainable is False else trainable
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
        return Symbol(Tensor(it.unknown(Why.UNSUPPORTED, f"the output of `{self_.cls.name}`")), framework)
    if not tensors_in((args, kwargs)):
        return it.unknown(Why.INPUT, f"the output of `{self_.cls.name}`")
    function = state.entry.called_function()
    if function is not None:
        found = _run_function(it, function, args)
        if found is not ABSENT:
            return found
    result = _entry_shape(overlay, framework, it, self_, state.entry, args, kwargs)
    dtype = next((tensor.tensor.dtype for tensor in tensors_in(args) if tensor.tensor.dtype.startswith(("float", "bfloat"))), "float32")
    return mapped(result, lambda leaf: Symbol(Tensor(leaf, dtype), framework) if isinstance(leaf, Shape | Unknown) else leaf)


def _entry_shape(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, entry: Layer, args: Args, kwargs: Kwargs) -> Any:
    accepted = _parameters(entry, "shape")
    options = {name: _shape_argument(overlay, it, value) for name, value in kwargs.items()
               if name in accepted or name not in framework.call_context}
    given = _shapes(overlay, it, args)
    try:
        result = entry.shape(*given, **options)
    except NeedsValue as error:
        result = located(it, error.unknown)
    except Refused as error:
        raise it.error("ValueError", f"{self_.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        raise mismatch(it, "ValueError", self_.cls.name, error) from None
    except STRANGE as error:
        result = it.unknown(Why.UNSUPPORTED, f"a call of `{self_.cls.name}` with such arguments ({error})")
    if overlay.calls is not None:
        bound = {**dict(zip(accepted, given, strict=False)), **options}
        overlay.note_call(it, self_, entry, bound, result)
    return result


def _run_function(it: Interpreter, function: Any, args: Args) -> Any:
    """A function that a layer calls, where it is one of the analysed code."""
    if isinstance(function, FunctionValue | Native | Instance):
        return it.call(function, args)
    return ABSENT


class LazyModule(layers.InnerModule):
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


# The tree -----------------------------------------------------------------------------------------------------------------


def submodules(overlay: Overlay, it: Interpreter, module: Instance) -> list[tuple[str, Any]]:
    """The layers that a module tracks, by name: its own attributes, and what stands in lists and dicts among them, each once."""
    found: list[tuple[str, Any]] = []
    seen: set[int] = set()

    def add(name: str, value: Any) -> None:
        if overlay.is_module(value):
            if id(value) not in seen:
                seen.add(id(value))
                found.append((name, value))
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                add(f"{name}.{index}", item)
        elif isinstance(value, dict):
            for key, item in value.items():
                add(f"{name}.{key}", item)
        elif isinstance(value, Either) and overlay.may_hold_modules(value):
            found.append((name, value))

    for name, value in modules.table(module, "_modules").items():
        add(name, value)
    if not module.cls.fact("tracks layers only"):
        for name, value in module.attrs.items():
            if isinstance(value, list | tuple | dict) and name not in modules.TABLES and not name.startswith("<"):
                add(name, value)
        for index, value in enumerate(module.attrs.get(TRACKED, ())):
            add(f"replaced_{index}", value)
    return found


def walk(overlay: Overlay, it: Interpreter, module: Instance, seen: set[int] | None = None) -> Iterator[Instance]:
    """A module and all below it, each once."""
    seen = set() if seen is None else seen
    if id(module) in seen or not isinstance(module, Instance):
        return
    seen.add(id(module))
    it.step()
    yield module
    for _, child in submodules(overlay, it, module):
        yield from walk(overlay, it, child, seen)


def is_settled(module: Instance) -> bool:
    """Whether a module was called and all of its call was followed: what it has not built by then it does not use."""
    return is_built(module) and NOT_FOLLOWED not in module.attrs


def not_built(it: Interpreter, module: Instance, inside: bool) -> Reason | None:
    """Why a module may have more weights than it shows; ``inside`` a module that has built all it uses, one without weights has none."""
    for name, value in module.attrs.items():
        if isinstance(value, list | dict) and name not in modules.TABLES and not name.startswith("<"):
            reason = it.state.open_reason(value)
            if reason is not None and any(isinstance(item, Instance) for item in leaves(value)):
                return reason
    found: Reason | None = module.attrs.get(NOT_FOLLOWED)
    if found is not None or inside or is_built(module):
        return found
    return Reason(Why.INPUT, f"`{module.cls.name}` makes its weights on the first call: give an input")
