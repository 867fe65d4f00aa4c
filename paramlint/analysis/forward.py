"""Following the data: a built model is called on inputs, and what its modules get, give and cost is kept with them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from paramlint.analysis import memory, modules
from paramlint.analysis.feeds import Feed
from paramlint.analysis.inputs import Input
from paramlint.analysis.layer_calls import Call, shape_tree
from paramlint.analysis.layers import LayerState
from paramlint.analysis.memory import Trace
from paramlint.analysis.own_calls import fresh
from paramlint.analysis.symbolic import Symbol
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.frameworks.conventions import CallFacts, find
from paramlint.frameworks.conventions.facts import Name, weights_of
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import Either, FunctionValue, Instance
from paramlint.model.tree import Model, ModuleNode
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight, Weights

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


class Flow(msgspec.Struct):
    """What one call of a model came to."""

    trace: Trace
    calls: list[Call] = msgspec.field(default_factory=list)
    output: Any = None
    raised: Raised | None = None  # the exception that the model answers the inputs with
    stopped: Reason | None = None  # a limit
    kept: Count = msgspec.field(default_factory=Count)  # what a call in training mode keeps
    note: str = ""  # how that is computed, where devices differ

    def ended(self, why: Reason) -> None:
        """The call ended early: nothing is known of what it takes but that it takes at least that."""
        self.trace.skipped(why)
        self.kept = Count(0, True, (why,))


def run(overlay: Overlay, it: Interpreter, module: Instance, feed: Feed) -> Flow:
    """Call a model in evaluation mode; and, where a person wants to read what training takes, before that in training mode, which is undone."""
    flow = Flow(Trace(feed.dtype))
    late = builds_on_call(module)  # then the first call makes weights, which stay
    if feed.details and not late:
        with it.half():
            flow.kept, flow.note = it.state.tried(lambda: _training(overlay, it, module, feed))
    with suppress(Raised, LimitReached):
        set_mode(it, module, training=False)
    _call(overlay, it, module, feed, flow)
    if late or not feed.details:
        flow.kept, flow.note = _training(overlay, it, module, feed)
    return flow


def _training(overlay: Overlay, it: Interpreter, module: Instance, feed: Feed) -> tuple[Count, str]:
    """What a call in training mode keeps, and how that is computed."""
    if not feed.details:
        return Count(0, True, (Reason(Why.UNSUPPORTED, "nobody has asked what training keeps"),)), ""
    if module.cls.fact("lazy") is not None:
        return Count(0, True, (Reason(Why.UNSUPPORTED, "what training keeps is known of PyTorch alone"),)), ""
    again = Flow(Trace(feed.dtype, training=True))
    if overlay.grading is not None:
        again.trace.lose(overlay.grading)
    try:
        set_mode(it, module, training=True)
        _call(overlay, it, module, feed, again)
        set_mode(it, module, training=False)
    except (Raised, LimitReached) as stop:
        again.trace.skipped(Reason(Why.ERROR, "in training the code raises", getattr(stop, "site", None)))
    if again.raised is not None or again.stopped is not None:
        why = again.stopped or Reason(Why.ERROR, "in training the code raises with this input", again.raised.site if again.raised else None)
        again.trace.skipped(why)
    again.trace.owned(module)
    return again.trace.kept(), again.trace.note


def _call(overlay: Overlay, it: Interpreter, module: Instance, feed: Feed, flow: Flow) -> None:
    args, kwargs = _arguments(module, feed)
    overlay.calls, overlay.running, overlay.trace, overlay.outside = flow.calls, [], flow.trace, it.frame
    flow.trace.begin((args, kwargs))
    try:
        result = it.decide(lambda: it.call(module, args, kwargs))
        flow.trace.end((args, kwargs), result)
        flow.output = shape_tree(result)
    except Raised as raised:
        flow.raised = raised
    except LimitReached as reached:
        flow.stopped = reached.reason
    except RecursionError:
        flow.stopped = Reason(Why.LIMIT, "calls nested too deep")
    finally:
        overlay.calls, overlay.running, overlay.trace, overlay.outside = None, [], None, None


def _arguments(module: Instance, feed: Feed) -> tuple[list[Any], dict[str, Any]]:
    if feed.values is not None:
        return [fresh(value) for value in feed.values[0]], {name: fresh(value) for name, value in feed.values[1].items()}
    return [_tensor(module, one) for one in feed.inputs if not one.name], {one.name: _tensor(module, one) for one in feed.inputs if one.name}


def _tensor(module: Instance, one: Input) -> Any:
    framework = module.cls.fact("framework")
    lazy = module.cls.fact("lazy")
    if lazy is not None:
        return Symbol(one.tensor, lazy)
    return TensorValue(one.tensor, kind=framework.tensor[0] if framework is not None and framework.tensor else "torch.Tensor")


def set_mode(it: Interpreter, module: Any, *, training: bool) -> None:
    """Set ``training`` of a module and all below it, also of those that it holds only perhaps; as their own ``train`` does where they have one."""
    stack, seen = [module], set()
    while stack:
        item = stack.pop()
        if isinstance(item, Either):
            stack += item.alternatives
        if not isinstance(item, Instance) or id(item) in seen:
            continue
        seen.add(id(item))
        own = item.cls.find("train")
        if isinstance(own, FunctionValue):
            it.decide(lambda item=item: it.call(it.get(item, "train"), [training]))  # type: ignore[misc]
            continue
        if modules.is_ready(item) and item.cls.fact("lazy") is None:
            it.write(item.attrs)
            item.attrs["training"] = training
        stack += modules.table(item, "_modules").values()


def builds_on_call(root: Instance) -> bool:
    """Whether a model may have weights after its first call that it has not before."""
    stack, seen = [root], set()
    while stack:
        item = stack.pop()
        if not isinstance(item, Instance) or id(item) in seen:
            continue
        seen.add(id(item))
        state = item.payload
        if item.cls.fact("lazy") is not None or (isinstance(state, LayerState) and state.entry is not None and state.entry.BUILDS_ON_CALL):
            return True
        stack += modules.table(item, "_modules").values()
    return False


# From calls to the tree ---------------------------------------------------------------------------------------------------


def fill(model: Model, nodes: dict[int, ModuleNode], flow: Flow, feed: Feed) -> None:
    """Keep what a call came to with the model and its modules. Costs are bounds where a part was not followed."""
    assert model.root is not None
    convention = None if feed.convention == "macs" else find(feed.convention)
    total = cost = Count() if flow.stopped is None else Count(0, True, (flow.stopped,))
    layers: set[int] = set()
    for call in flow.calls:
        node = nodes.get(id(call.module), model.root)
        if call.entry is None and not call.whole:  # it was not followed
            total, cost = total + _count(call.macs, call), cost + _count(call.macs, call)
            continue
        if (call.whole or not isinstance(call.entry, Op | None)) and not (feed.drawn and node.output is not None):
            node.input, node.output = _one(list(call.inputs.values())), call.outputs
        if feed.arithmetic and call.entry is not None:
            from paramlint.analysis import computations

            node.arithmetic = tuple(dict.fromkeys((*node.arithmetic, *computations.of(call))))
        macs = _count(call.macs, call)
        total = total + macs
        if not call.whole:
            node.macs = macs if node.macs is None else node.macs + macs
        if isinstance(call.entry, Layer):
            layers.add(id(call.module))
        if convention is not None and not (call.whole and id(call.module) in layers):  # a derived layer has counted as the layer that it is
            one = _count(convention.cost(_facts(call)), call)
            node.cost = one if node.cost is None else node.cost + one
            cost = cost + one
    model.given, model.origin = feed.given, feed.origin
    if not (feed.drawn and model.output is not None):
        model.input, model.output = _one([one.tensor.shape for one in feed.inputs]), flow.output
    if flow.stopped is not None:
        flow.ended(flow.stopped)
    memory.fill(model, nodes, flow.trace, flow.kept, flow.note)
    model.macs = total
    model.counted = find(feed.convention).explanation
    if convention is not None:
        model.convention, model.cost, model.note = convention.name, cost, convention.note


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)


def _count(size: Any, call: Call) -> Count:
    """The cost of a call. One that may not happen, or happen more than once, has no exact cost."""
    if isinstance(size, Unknown):
        reason = size.reason if size.reason.site is not None else Reason(size.reason.kind, size.reason.message, call.site)
        return Count.doubt((reason,))
    if isinstance(size, bool) or not isinstance(size, int | Formula):
        return Count(0, True, (Reason(Why.UNSUPPORTED, "the cost of this call", call.site),))
    if isinstance(size, int) and size == 0:
        return Count()
    return Count(size) if call.doubt is None else Count(0, True, (call.doubt,))


def _facts(call: Call) -> CallFacts:
    """A call as the conventions look at it."""
    if isinstance(call.entry, Op):
        return CallFacts.of_operation(call.entry, call.name, call.outputs, macs=call.macs)
    if isinstance(call.entry, Layer):
        written = call.module.cls
        exact = "entry" in written.facts
        weights = Weights() if call.entry.BUILDS_ON_CALL else weights_of(call.entry, call.inputs)
        return CallFacts.of_layer(call.entry, call.inputs, call.outputs, type=written.name, exact=exact, macs=call.macs,
                                  weights=_own(call.module) or weights)
    weights = Weights() if any(modules.table(call.module, "_modules").values()) else _own(call.module)
    return CallFacts(None, call.inputs, call.outputs, 0, Name(), call.module.cls.name, exact=False, weights=weights)


def _own(module: Instance) -> Weights:
    """The parameters of a module itself."""
    return Weights({name: Weight(value.tensor.shape, dtype=value.tensor.dtype)
                    for name, value in modules.table(module, "_parameters").items() if isinstance(value, TensorValue)})


