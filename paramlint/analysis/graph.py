"""Models that are drawn: from the tensors that go in to the tensors that come out, the layers between are the model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from paramlint.analysis import (
    call_arguments,
    drawn_calls,
    layer_names,
    layer_setup,
    lazy,
    lazy_methods,
    lazy_state,
    model_attributes,
    modules,
)
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import PASSED_ON, Args, Kwargs, Step, Symbol, leaves, mapped, tensors_in
from paramlint.analysis.tensors import credit
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native, Property
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

INPUTS, OUTPUTS = "<inputs>", "<outputs>"  # the ends of a model that is drawn


def model_class(overlay: Overlay, framework: Framework, qualified: str) -> ClassValue:
    """The class of models: ``Model(inputs, outputs)`` is drawn, a subclass with a ``call`` of its own is a layer with layers."""
    owner, _, last = qualified.rpartition(".")
    if framework.models[qualified] == "drawn":  # what `Model(inputs, outputs)` gives
        return ClassValue(last, (overlay.module_class(_named(framework, "graph")),), {}, module=owner)
    cls = ClassValue(last, (overlay.module_base(framework),), {}, module=owner)

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(overlay, framework, it, args, kwargs), binds=True)

    def getter(name: str, code: Any) -> None:
        cls.attrs[name] = Property(Native(name, lambda it, args, kwargs: code(overlay, it, args[0])))

    native("__init__", _init)
    native(framework.call, drawn_calls.call)
    native("get_layer", model_attributes.get_layer)
    getter("layers", model_attributes.layers)
    getter("inputs", lambda overlay, it, self_: it.made(list(leaves(_end(it, self_, INPUTS)))))
    getter("outputs", lambda overlay, it, self_: it.made(list(leaves(_end(it, self_, OUTPUTS)))))
    getter("input", lambda overlay, it, self_: one(_end(it, self_, INPUTS)))
    getter("output", lambda overlay, it, self_: one(_end(it, self_, OUTPUTS)))
    lazy_methods.equip_models(overlay, framework, cls)
    return cls


def _named(framework: Framework, kind: str) -> str:
    return next(name for name, how in framework.models.items() if how == kind)


def one(found: Any) -> Any:
    return found[0] if isinstance(found, list | tuple) and len(found) == 1 else found


def _end(it: Interpreter, self_: Instance, which: str) -> Any:
    found = self_.attrs.get(which, ABSENT)
    if found is not ABSENT:
        return found
    steps = self_.attrs.get(lazy_state.STEPS, ())
    reason = it.state.open_reason(self_.attrs["_modules"])
    if not steps and reason is not None:
        return Unknown(reason)
    if not steps:
        return it.library_throw("AttributeError", f"{self_.cls.name} has not been built: it has no defined {which.strip('<>')}")
    return steps[0].args[0] if which == INPUTS else steps[0].outputs


def _init(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self_, *given = args
    drawn = len(given) == 2 or (len(given) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)
    if not drawn:
        call_arguments.check_options(overlay, it, given, kwargs)
    call_arguments.check_name(it, kwargs.get("name"))
    modules.prepare(it, self_)
    if drawn and self_.cls is overlay.lookup(_named(framework, "graph")):
        self_.cls = overlay.module_class(_named(framework, "drawn"))
    layer_setup.set_up(overlay, it, self_, kwargs)
    if not drawn:
        return
    inputs = given[0] if given else kwargs["inputs"]
    outputs = given[1] if len(given) > 1 else kwargs["outputs"]
    for name, end in (("inputs", inputs), ("outputs", outputs)):
        if isinstance(end, list | tuple | dict) and not any(True for _ in leaves(end)) and not (isinstance(end, list) and it.state.open_reason(end)):
            it.library_throw("ValueError", f"`{name}` argument cannot be empty.")
    for leaf in leaves((inputs, outputs)):
        if isinstance(leaf, Unknown | Either):
            _not_drawn(overlay, it, self_, leaf.reason)
            return
        if not isinstance(leaf, Symbol):
            it.library_throw("ValueError", "All `inputs` and `outputs` values must be KerasTensors")
        if leaf.step is None:  # data, or a symbolic tensor that nothing has made
            it.library_throw("", "All `inputs` and `outputs` values must be KerasTensors of a graph")
    _draw(overlay, it, self_, inputs, outputs)


def _draw(overlay: Overlay, it: Interpreter, self_: Instance, inputs: Any, outputs: Any) -> None:
    it.write(self_.attrs)
    self_.attrs[INPUTS], self_.attrs[OUTPUTS] = inputs, outputs
    table = self_.attrs["_modules"]
    it.write(table)
    steps = steps_between(it, tensors_in(inputs), tensors_in(outputs))
    known = {id(layer) for layer in table.values()}
    begins = _new_inputs(overlay, it, tensors_in(inputs))
    if begins:
        copies = _copies(tensors_in(inputs), steps, begins)
        for which, end in ((INPUTS, inputs), (OUTPUTS, outputs)):
            copied = mapped(end, lambda leaf: copies.get(id(leaf), leaf))
            self_.attrs[which] = it.made(copied) if isinstance(copied, list | dict) else copied
    steps = in_order([*begins.values(), *steps], begins)
    layer_names.check_unique(overlay, it, self_, [step.operation for step in steps])
    for step in steps:
        operation = step.operation
        if isinstance(operation, Instance) and id(operation) not in known:
            known.add(id(operation))
            table[unique(table, operation.attrs.get("name"), operation)] = operation
    reason = next((step.unresolved for step in steps if step.unresolved is not None), None)
    if reason is not None:  # what leads to such a tensor is part of the model, too
        it.state.mark_open(table, reason)
    lazy_state.mark_built(it, self_)
    self_.attrs[lazy_state.CALLED] = (lazy_state.shapes_of(inputs), lazy_state.shapes_of(outputs))


def _not_drawn(overlay: Overlay, it: Interpreter, self_: Instance, reason: Reason) -> None:
    """Which layers a model has is not known, as one of its ends is not."""
    lazy.not_followed(overlay, it, self_, reason)
    it.state.mark_open(self_.attrs["_modules"], reason)


def unique(table: dict[str, Any], name: Any, module: Instance) -> str:
    """A name for a layer that no other has; the layer's own where it is known."""
    base = name if isinstance(name, str) else layer_setup.snake(module.cls.name)
    if base not in table:
        return base
    taken, free = 0, 1
    while f"{base}_{free}" in table:
        taken, free = free, free * 2
    while free - taken > 1:  # the names before a taken one are taken, too: there may be thousands
        middle = (taken + free) // 2
        taken, free = (middle, free) if f"{base}_{middle}" in table else (taken, middle)
    return f"{base}_{free}"


# The graph ----------------------------------------------------------------------------------------------------------------


def steps_between(it: Interpreter, inputs: list[Symbol], outputs: list[Symbol]) -> list[Step]:
    """The steps that lead from the inputs to the outputs, each after those it depends on. Raises ValueError in the analysed code."""
    ends = {id(tensor) for tensor in inputs}
    if any(id(output) in ends and output.step is not None and not is_input(output.step) for output in outputs):
        raise NeedsValue(it.unknown(Why.UNSUPPORTED, "a graph that begins and ends with one tensor"))
    done: dict[int, Step] = {}
    for output in outputs:
        stack: list[tuple[Symbol, bool]] = [(output, False)]
        while stack:
            tensor, ready = stack.pop()
            step = tensor.step
            if PASSED_ON in tensor.state:
                raise NeedsValue(Unknown(tensor.state[PASSED_ON]))
            if step is None:
                continue
            if id(step) in done or (id(tensor) in ends and not is_input(step)):
                continue
            if ready:
                it.step()
                done[id(step)] = step
                continue
            stack.append((tensor, True))
            stack.extend((source, False) for source in reversed(step.inputs))
    found = list(done.values())
    loose = [step for step in found if is_input(step) and not any(id(tensor) in ends for tensor in tensors_in(step.outputs))]
    if loose:
        it.library_throw("ValueError", "Graph disconnected: an output depends on an input that is not among the model's inputs")
    first = [tensor.step for tensor in inputs if tensor.step is not None and is_input(tensor.step) and id(tensor.step) not in done]
    return [*dict.fromkeys(step for step in first), *found]


def is_input(step: Step) -> bool:
    return not step.inputs and step.unresolved is None


def _new_inputs(overlay: Overlay, it: Interpreter, inputs: list[Symbol]) -> dict[int, Step]:
    """Where a model begins with a tensor that a layer has made, it gets an input layer in place of what leads to that; by the tensors' ids.

    Source: clone_graph_nodes in keras/src/models/functional.py.
    """
    found: dict[int, Step] = {}
    for tensor in inputs:
        if tensor.step is not None and not is_input(tensor.step) and id(tensor) not in found:
            name = it.unknown(Why.UNSUPPORTED, "the name of a tensor of a graph")
            found[id(tensor)] = Step(input_layer(overlay, it, tensor.framework, name), [], {})
    return found


def _copies(inputs: list[Symbol], steps: list[Step], begins: Mapping[int, Step]) -> dict[int, Symbol]:
    """Copies of the tensors of a model that begins inside a graph, by the ids of those that they stand for: its ends are copies."""
    made: dict[int, Symbol] = {}

    def copy_of(tensor: Any, step: Step) -> Any:
        if not isinstance(tensor, Symbol):
            return tensor
        new = made[id(tensor)] = credit(Symbol(tensor.tensor, tensor.framework, step), tensor.maker)
        new.mask = made.get(id(tensor.mask), tensor.mask)
        return new

    for tensor in inputs:
        if (step := begins.get(id(tensor))) is not None and id(tensor) not in made:
            step.outputs = copy_of(tensor, step)
            step.operation.attrs[lazy_state.STEPS] = [step]
    for old in steps:
        if not is_input(old):
            args, kwargs = (mapped(given, lambda leaf: made.get(id(leaf), leaf)) for given in (old.args, old.kwargs))
            new = Step(old.operation, args, kwargs, old.doubt)
            new.outputs = mapped(old.outputs, partial(copy_of, step=new))
    return made


def in_order(steps: list[Step], begins: Mapping[int, Step] = MappingProxyType({})) -> list[Step]:
    """Steps as the framework lists them: by their distance from the outputs, the farthest first.

    ``steps`` are ordered by dependence, ``begins`` stand for what has made some tensors. Source: map_graph in keras/src/ops/function.py.
    """
    inside = {id(step) for step in steps}
    depths: dict[int, int] = {}
    operations: dict[int, int] = {}
    for step in reversed(steps):
        depth = max(depths.setdefault(id(step), 0), operations.get(id(step.operation), 0))
        depths[id(step)] = operations[id(step.operation)] = depth
        for tensor in step.inputs:
            before = begins.get(id(tensor), tensor.step)
            if before is not None and id(before) in inside:
                depths[id(before)] = max(depth + 1, depths.get(id(before), 0))
    return sorted(steps, key=lambda step: -operations[id(step.operation)])


# Inputs -------------------------------------------------------------------------------------------------------------------


def input_layer(overlay: Overlay, it: Interpreter, framework: Framework, name: Any = None) -> Instance:
    made = it.instance(overlay.module_class(framework.input_layer))
    modules.prepare(it, made)
    made.payload = LayerState(framework.input_layer, None)
    layer_setup.set_up(overlay, it, made, {"name": name})
    made.attrs["built"] = True
    return made


def new_input(overlay: Overlay, it: Interpreter, framework: Framework, tensor: Tensor, layer: Instance | None = None,
              name: Any = None) -> Symbol:
    """A tensor that begins a graph."""
    step = Step(layer if layer is not None else input_layer(overlay, it, framework, name), [], {})
    symbol = Symbol(tensor, framework, step)
    step.outputs = symbol
    step.operation.attrs[lazy_state.STEPS] = [step]
    step.operation.attrs[lazy_state.CALLED] = (lazy_state.shapes_of(symbol), lazy_state.shapes_of(symbol))
    if isinstance(name, str):
        symbol.state["name"] = name
    return symbol
