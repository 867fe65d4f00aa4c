"""Models that are drawn: from the tensors that go in to the tensors that come out, the layers between are the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import layer_names, lazy, lazy_class, lazy_methods, lazy_state, modules
from paramlint.analysis.conflicts import clash_of
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Args, Kwargs, Step, Symbol, leaves, mapped, tensors_in, unresolved
from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native, Property
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

INPUTS, OUTPUTS = "<inputs>", "<outputs>"  # the ends of a model that is drawn


def model_class(overlay: Overlay, framework: Framework, qualified: str) -> ClassValue:
    """The class of models: ``Model(inputs, outputs)`` is drawn, a subclass with a ``call`` of its own is a layer with layers."""
    cls = ClassValue(qualified.rpartition(".")[2], (overlay.module_base(framework),), {}, module=qualified.rpartition(".")[0])

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(overlay, framework, it, args, kwargs), binds=True)

    def getter(name: str, code: Any) -> None:
        cls.attrs[name] = Property(Native(name, lambda it, args, kwargs: code(overlay, it, args[0])))

    native("__init__", _init)
    native(framework.call, _call)
    native("get_layer", _get_layer)
    getter("layers", _layers)
    getter("inputs", lambda overlay, it, self_: it.made(list(leaves(_end(it, self_, INPUTS)))))
    getter("outputs", lambda overlay, it, self_: it.made(list(leaves(_end(it, self_, OUTPUTS)))))
    getter("input", lambda overlay, it, self_: _one(_end(it, self_, INPUTS)))
    getter("output", lambda overlay, it, self_: _one(_end(it, self_, OUTPUTS)))
    lazy_methods.equip_models(overlay, framework, cls)
    return cls


def _one(found: Any) -> Any:
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
    modules.prepare(it, self_)
    lazy_class.set_up(overlay, it, self_, kwargs)
    drawn = len(given) >= 2 or (len(given) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)
    if not drawn:
        return
    inputs = given[0] if given else kwargs["inputs"]
    outputs = given[1] if len(given) > 1 else kwargs["outputs"]
    if len(given) > 2:
        self_.attrs["name"] = given[2]
    for name, end in (("inputs", inputs), ("outputs", outputs)):
        if isinstance(end, list | tuple | dict) and not any(True for _ in leaves(end)) and not (isinstance(end, list) and it.state.open_reason(end)):
            it.library_throw("ValueError", f"`{name}` argument cannot be empty.")
    for leaf in leaves((inputs, outputs)):
        if isinstance(leaf, Unknown | Either):
            _not_drawn(overlay, it, self_, leaf.reason)
            return
        if not isinstance(leaf, Symbol):
            it.library_throw("ValueError", "All `inputs` and `outputs` values must be KerasTensors")
        if leaf.step is None:
            _not_drawn(overlay, it, self_, it.unknown_reason("a tensor that no layer or operation of the graph gives"))
            return
    _draw(overlay, it, self_, inputs, outputs)


def _draw(overlay: Overlay, it: Interpreter, self_: Instance, inputs: Any, outputs: Any) -> None:
    it.write(self_.attrs)
    self_.attrs[INPUTS], self_.attrs[OUTPUTS] = inputs, outputs
    table = self_.attrs["_modules"]
    it.write(table)
    steps = steps_between(it, tensors_in(inputs), tensors_in(outputs))
    known = {id(layer) for layer in table.values()}
    steps = in_order(steps)
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
    base = name if isinstance(name, str) else lazy_class.snake(module.cls.name)
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
    if any(id(output) in ends and output.step is not None and not _is_input(output.step) for output in outputs):
        raise NeedsValue(it.unknown(Why.UNSUPPORTED, "a graph that begins and ends with one tensor"))
    done: dict[int, Step] = {}
    for output in outputs:
        stack: list[tuple[Symbol, bool]] = [(output, False)]
        while stack:
            tensor, ready = stack.pop()
            step = tensor.step
            if step is None:
                continue
            if id(step) in done or (id(tensor) in ends and not _is_input(step)):
                continue
            if ready:
                it.step()
                done[id(step)] = step
                continue
            stack.append((tensor, True))
            stack.extend((source, False) for source in reversed(step.inputs))
    found = list(done.values())
    loose = [step for step in found if _is_input(step) and not any(id(tensor) in ends for tensor in tensors_in(step.outputs))]
    if loose:
        it.library_throw("ValueError", "Graph disconnected: an output depends on an input that is not among the model's inputs")
    first = [tensor.step for tensor in inputs if tensor.step is not None and _is_input(tensor.step) and id(tensor.step) not in done]
    return [*dict.fromkeys(step for step in first), *found]


def _is_input(step: Step) -> bool:
    return not step.inputs and step.unresolved is None


def in_order(steps: list[Step]) -> list[Step]:
    """Steps as the framework lists them: by their distance from the outputs, the farthest first.

    ``steps`` are ordered by dependence. Source: map_graph in keras/src/ops/function.py.
    """
    inside = {id(step) for step in steps}
    depths: dict[int, int] = {}
    operations: dict[int, int] = {}
    for step in reversed(steps):
        depth = max(depths.setdefault(id(step), 0), operations.get(id(step.operation), 0))
        depths[id(step)] = operations[id(step.operation)] = depth
        for tensor in step.inputs:
            if tensor.step is not None and id(tensor.step) in inside:
                depths[id(tensor.step)] = max(depth + 1, depths.get(id(tensor.step), 0))
    return sorted(steps, key=lambda step: -operations[id(step.operation)])


# Calls --------------------------------------------------------------------------------------------------------------------


def _call(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Run a drawn model on other tensors."""
    self_, *given = args
    reason = it.state.open_reason(self_.attrs["_modules"])
    if reason is not None and OUTPUTS not in self_.attrs:
        return Unknown(reason)
    if OUTPUTS not in self_.attrs:
        return it.library_throw("NotImplementedError", f"Model {self_.cls.name} does not have a `{framework.call}()` method implemented")
    reason = unresolved(given or list(kwargs.values()))
    if reason is not None:
        return Unknown(reason)
    new = tensors_in(given or list(kwargs.values()))
    old = tensors_in(self_.attrs[INPUTS])
    outputs = self_.attrs[OUTPUTS]
    if len(new) != len(old):
        return it.library_throw("ValueError", f"{self_.cls.name} expects {len(old)} input(s), got {len(new)}")
    if overlay.calls is not None and not overlay.calls:  # it is the model itself that is called, and no part of another one
        new = [_fitting(it, self_, symbol, wanted) for symbol, wanted in zip(new, old, strict=True)]
    if overlay.calls is None and all(same_shape(a, b) for a, b in zip(new, old, strict=True)):
        return _one(mapped(outputs, lambda leaf: Symbol(leaf.tensor, framework)))
    if any(symbol.step is not None for symbol in new):
        for symbol, wanted in zip(new, old, strict=True):
            check_drawn(it, self_, symbol, wanted)
        return without_checks(it, lambda: _one(replay(it, old, new, outputs)))
    return _one(replay(it, old, new, outputs))


def without_checks(it: Interpreter, run: Callable[[], Any]) -> Any:
    """What comes of other inputs of a graph. There the layers inside do not check theirs: what becomes of shapes that do not fit is not known."""
    try:
        return run()
    except Raised as raised:
        if clash_of(raised) is None:
            raise
        return it.unknown(Why.UNSUPPORTED, "what a graph gives for inputs that do not fit its layers")


def check_drawn(it: Interpreter, self_: Instance, given: Symbol, wanted: Symbol) -> None:
    """What is checked of a tensor of another graph: the sizes side by side, a last one of 1 left out, as far as both have them."""
    have, want = ([*one.tensor.shape] if isinstance(one.tensor.shape, Shape) else [] for one in (given, wanted))
    have, want = (sizes[:-1] if sizes and isinstance(sizes[-1], int) and sizes[-1] == 1 else sizes for sizes in (have, want))
    for new, old in zip(have[1:], want[1:], strict=False):
        if isinstance(new, int) and isinstance(old, int) and new != old:
            it.library_throw("ValueError", f"{self_.cls.name} expects {wanted.tensor.shape}, got {given.tensor.shape}")


def _fitting(it: Interpreter, self_: Instance, given: Symbol, wanted: Symbol) -> Symbol:
    """An input as the model takes it: without a last axis of size 1 that is too many, with one that is missing.

    Source: InputSpec and _adjust_input_rank of Functional, Keras 3.15.
    """
    have, want = given.tensor.shape, wanted.tensor.shape
    if not isinstance(have, Shape) or not isinstance(want, Shape):
        return given
    adjusted = have
    if len(have) == len(want) + 1 and agrees(have[-1], 1):
        adjusted = Shape(have[:-1])
    elif len(have) == len(want) - 1 and agrees(want[-1], 1):
        adjusted = Shape((*have, 1))
    if len(adjusted) != len(want) or any(map(differs, adjusted[1:], want[1:])):
        expected = ", ".join("None" if is_unsized(size) else str(size) for size in want)
        it.library_throw("ValueError", f"{self_.cls.name} expects shape=({expected}), got {have.text}")
    return given if adjusted is have else Symbol(Tensor(adjusted, given.tensor.dtype), given.framework)


def same_shape(left: Symbol, right: Symbol) -> bool:
    a, b = left.tensor.shape, right.tensor.shape
    return isinstance(a, Shape) and isinstance(b, Shape) and len(a) == len(b) and all(
        x.same(y) if hasattr(x, "same") else isinstance(x, int) and isinstance(y, int) and x == y for x, y in zip(a, b, strict=True))


def replay(it: Interpreter, old: list[Symbol], new: list[Symbol], outputs: Any, swap: Callable[[Any], Any] = lambda operation: operation) -> Any:
    """The outputs that the same steps give for other inputs; ``swap`` gives what to call instead of each layer or operation."""
    values = {id(before): after for before, after in zip(old, new, strict=True)}

    def now(leaf: Any) -> Any:
        return values.get(id(leaf), leaf) if isinstance(leaf, Symbol) else leaf

    for step in steps_between(it, old, tensors_in(outputs)):
        if _is_input(step):
            continue
        again = it.call(swap(step.operation), [mapped(arg, now) for arg in step.args], {k: mapped(v, now) for k, v in step.kwargs.items()})
        for before, after in zip(tensors_in(step.outputs), tensors_in(again), strict=False):
            values[id(before)] = after
    return mapped(outputs, now)


# Inputs -------------------------------------------------------------------------------------------------------------------


def input_layer(overlay: Overlay, it: Interpreter, framework: Framework, name: Any = None) -> Instance:
    made = it.instance(overlay.module_class(framework.input_layer))
    modules.prepare(it, made)
    made.payload = LayerState(framework.input_layer, None)
    lazy_class.set_up(overlay, it, made, {"name": name})
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


# What code asks of a model ------------------------------------------------------------------------------------------------


def _layers(overlay: Overlay, it: Interpreter, self_: Instance) -> list[Any]:
    found: list[Any] = it.made([child for _, child in lazy.submodules(overlay, it, self_)])
    reason = it.state.open_reason(modules.table(self_, "_modules"))
    if reason is not None:
        it.state.mark_open(found, reason)
    return found


def _get_layer(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    self_, *given = args
    name = given[0] if given else kwargs.get("name")
    index = given[1] if len(given) > 1 else kwargs.get("index")
    found = it.elements(it.get(self_, "layers"))
    if index is not None:
        return it.item(found, index)
    if isinstance(name, Unknown | Either):
        return Unknown(name.reason)
    for layer in found:
        if isinstance(layer, Instance):
            known = layer.attrs.get("name")
            if known == name if isinstance(known, str) else False:
                return layer
    reason = it.state.open_reason(found) if isinstance(found, list) else None
    if reason is not None:
        return Unknown(reason)
    if any(not isinstance(layer, Instance) or not isinstance(layer.attrs.get("name"), str) for layer in found):
        return it.unknown(Why.UNSUPPORTED, f"the layer named {name!r}")
    return it.library_throw("ValueError", f"No such layer: {name}")
