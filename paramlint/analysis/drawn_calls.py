"""Calls of models that are drawn: what they check of their inputs, and what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import graph, lazy
from paramlint.analysis.conflicts import clash_of
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, mapped, tensors_in, unresolved
from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def call(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Run a drawn model on other tensors."""
    self_, *given = args
    reason = it.state.open_reason(self_.attrs["_modules"])
    if reason is not None and graph.OUTPUTS not in self_.attrs:
        return Unknown(reason)
    if graph.OUTPUTS not in self_.attrs:
        return it.library_throw("NotImplementedError", f"Model {self_.cls.name} does not have a `{framework.call}()` method implemented")
    reason = unresolved(given or list(kwargs.values()))
    if reason is not None:
        return Unknown(reason)
    new = tensors_in(given or list(kwargs.values()))
    old = tensors_in(self_.attrs[graph.INPUTS])
    outputs = self_.attrs[graph.OUTPUTS]
    if len(new) != len(old):
        return it.library_throw("ValueError", f"{self_.cls.name} expects {len(old)} input(s), got {len(new)}")
    drawn = any(symbol.step is not None for symbol in new)
    for symbol, wanted in zip(new, old, strict=True):
        check_drawn(it, self_, symbol, wanted)
    if not drawn:
        new = [_fitting(it, self_, symbol, wanted) for symbol, wanted in zip(new, old, strict=True)]
    unknown = next((name for name in kwargs if name not in ("inputs", "training", "mask")), None) if drawn else None
    if unknown is not None:
        it.throw("TypeError", f"Functional.compute_output_spec() got an unexpected keyword argument '{unknown}'")
    again = not drawn and (any(symbol.mask is not None for symbol in new) or runs_code(overlay, it, self_))
    if overlay.calls is None and not again and all(same_shape(a, b) for a, b in zip(new, old, strict=True)):
        return graph.one(mapped(outputs, as_data))
    if drawn:
        return without_checks(it, lambda: graph.one(replay(it, old, new, outputs)))
    return graph.one(replay(it, old, new, outputs))


def as_data(leaf: Any) -> Any:
    """A tensor of a graph as one that stands for data."""
    if not isinstance(leaf, Symbol):
        return leaf
    made = Symbol(leaf.tensor, leaf.framework)
    made.mask = as_data(leaf.mask)
    return made


def runs_code(overlay: Overlay, it: Interpreter, model: Instance) -> bool:
    """Whether a call of a model runs code that is analysed, which may do something else each time."""
    return any(overlay.is_user_class(layer.cls) for layer in lazy.walk(overlay, it, model))


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


def taken(it: Interpreter, self_: Instance, given: Symbol, wanted: Symbol) -> Symbol:
    """The input of a model of layers in a row that has an input shape: in a graph the sizes are checked, of data the number of axes."""
    have, want = given.tensor.shape, wanted.tensor.shape
    if given.step is not None:
        check_drawn(it, self_, given, wanted)
    elif isinstance(have, Shape) and isinstance(want, Shape) and len(have) != len(want):
        return _fitting(it, self_, given, wanted)
    return given


def same_shape(left: Symbol, right: Symbol) -> bool:
    a, b = left.tensor.shape, right.tensor.shape
    return isinstance(a, Shape) and isinstance(b, Shape) and len(a) == len(b) and all(
        x.same(y) if hasattr(x, "same") else isinstance(x, int) and isinstance(y, int) and x == y for x, y in zip(a, b, strict=True))


def replay(it: Interpreter, old: list[Symbol], new: list[Symbol], outputs: Any, swap: Callable[[Any], Any] = lambda operation: operation) -> Any:
    """The outputs that the same steps give for other inputs; ``swap`` gives what to call instead of each layer or operation."""
    values = {id(before): after for before, after in zip(old, new, strict=True)}

    def now(leaf: Any) -> Any:
        return values.get(id(leaf), leaf) if isinstance(leaf, Symbol) else leaf

    for step in graph.steps_between(it, old, tensors_in(outputs)):
        if graph.is_input(step):
            continue
        again = it.call(swap(step.operation), [mapped(arg, now) for arg in step.args], {k: mapped(v, now) for k, v in step.kwargs.items()})
        for before, after in zip(tensors_in(step.outputs), tensors_in(again), strict=False):
            values[id(before)] = after
    return mapped(outputs, now)
