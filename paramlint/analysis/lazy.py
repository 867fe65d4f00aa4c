"""Layers that make their weights when they are first called: the call, and the tree of what was built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import call_arguments, lazy_entries, masks, modules, output_override, reruns, running, symbolic
from paramlint.analysis.layers import LayerState
from paramlint.analysis.lazy_state import CALLED, NOT_FOLLOWED, STEPS, is_built, lock, own_function, shape_of, shapes_of
from paramlint.analysis.own_calls import noted
from paramlint.analysis.symbolic import Args, Kwargs, Step, draw, leaves, mapped, tensors_in, unresolved, without_step, written
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, Either, FunctionValue, Instance, Property
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


# Calls --------------------------------------------------------------------------------------------------------------------


def call(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``layer(x)``: build it, run its ``call``, and remember the step where a graph is drawn."""
    self_, *given = args
    if overlay.watched is not None:
        return noted(overlay, it, self_, given, kwargs, lambda: call(overlay, framework, it, args, kwargs))
    if "built" not in self_.attrs and not isinstance(self_.payload, LayerState):
        it.library_throw("RuntimeError", f"In layer '{self_.cls.name}', `super().__init__()` has not been called")
    modules.prepare(it, self_)
    given, kwargs = call_arguments.with_tensors(framework, given), call_arguments.with_tensors(framework, kwargs)
    open_at = next((at for at, value in enumerate(given) if isinstance(value, Either)), None)
    if open_at is not None:
        before, after = given[:open_at], given[open_at + 1:]
        return it.each(given[open_at], lambda item: call(overlay, framework, it, [self_, *before, item, *after], kwargs))
    call_arguments.check(overlay, framework, it, self_, given, kwargs)
    taken = call_arguments.without_training(framework, self_, kwargs)
    tensors = tensors_in((given, kwargs))
    held: Any = None
    if not is_built(self_):
        not_followed(overlay, it, self_, None if tensors else _unknown_input(it, self_, given, kwargs))
        held = build(overlay, framework, it, self_, given, taken) if tensors else None
    with call_arguments.inside(overlay, it):
        trained = call_arguments.with_training(overlay, framework, it, self_, given, kwargs)
        filled, mask = call_arguments.with_masks(framework, self_, given, trained)
        if held is not None and call_arguments.differs(taken, filled):
            _trial(overlay, framework, it, self_, given, taken)
            held = None
        return _called(overlay, framework, it, self_, given, kwargs, filled, mask, held)


def _called(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, given: Args, kwargs: Kwargs, filled: Kwargs, mask: Any,
            held: Any) -> Any:
    """A call of a layer that is built, or with ``held`` the one that builds it; ``filled`` are its keywords with what the framework adds."""
    tensors = tensors_in((given, kwargs))
    unknown = unresolved((given, {name: value for name, value in kwargs.items() if name not in framework.call_context}))
    drawn = any(tensor.step is not None for tensor in tensors)
    if (drawn or held is not None) and own_function(self_, framework.call)[0] is not None:
        what = f"{self_.cls.name}.{framework.call}"
        result = reruns.followed(overlay, it, what, partial(_outputs, overlay, framework, it, self_, given, filled))
    else:
        result = _outputs(overlay, framework, it, self_, given, filled)
    if held is not None:
        lock(it, self_)
        if _state(self_) != held:  # that was the call that builds, and it has left something; the real one follows
            with overlay.unheard():
                result = _outputs(overlay, framework, it, self_, given, filled)
    if not tensors and unknown is None:
        return result
    if drawn:
        result = symbolic.passed_on(it, tensors, result, f"`{self_.cls.name}`")
    if drawn and overlay.is_user_class(self_.cls) and any(not isinstance(leaf, TensorValue | Unknown | Either) for leaf in leaves(result)):
        reason = it.unknown_reason(f"`{self_.cls.name}.{framework.call}` gives what is no tensor, which not every backend allows")
        not_followed(overlay, it, self_, reason)
        may_raise(it, "", f"`{self_.cls.name}` may give what is no tensor")
    for leaf in leaves(result):
        if isinstance(leaf, Unknown | Either) and overlay.is_user_class(self_.cls):
            not_followed(overlay, it, self_, leaf.reason)
    it.write(self_.attrs)
    if tensors:
        self_.attrs["built"] = True
        running.returned(overlay, it, self_, given, kwargs, result)
        if CALLED not in self_.attrs:
            self_.attrs[CALLED] = (shapes_of(given[0] if given else list(kwargs.values())), shapes_of(result))
    first = given[0] if given else next(iter(kwargs.values()), None)
    if unknown is None and not drawn:
        return masks.hand_on(framework, it, self_, first, result, mask)
    step = Step(self_, given, kwargs)
    self_.attrs[STEPS] = [*self_.attrs.get(STEPS, ()), step]
    outputs = masks.hand_on(framework, it, self_, first, draw(framework, step, result), mask)
    return it.made(outputs) if isinstance(outputs, list | dict) else outputs


def _trial(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, given: Args, kwargs: Kwargs) -> None:
    """The call for nothing that builds a layer: it is not told of training by this call, and gets no masks."""
    try:
        with overlay.unheard(), call_arguments.building(overlay):
            run = partial(_outputs, overlay, framework, it, self_, given, kwargs)
            reruns.followed(overlay, it, f"{self_.cls.name}.{framework.call}", run)
    except Raised as raised:
        it.not_taken(raised, it.unknown_reason(f"`{self_.cls.name}.{framework.call}` raises without what the framework fills in"))
        return
    lock(it, self_)


def _outputs(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, given: Args, kwargs: Kwargs) -> Any:
    """What a layer gives: what its ``call`` returns or, while a graph is drawn, what the layer says of its output."""
    method = it.get_or(self_, framework.call, ABSENT)
    if method is ABSENT:
        return it.library_throw("NotImplementedError", f"Layer {self_.cls.name} does not have a `{framework.call}()` method implemented")
    if call_arguments.function_of(self_, framework)[0] is None and not output_override.method_of(self_):
        return it.call(method, given, kwargs)
    if framework.call not in self_.attrs and self_.cls.find(framework.call) is ABSENT:  # it is given elsewhere, if at all
        return it.unknown(Why.UNSUPPORTED, f"what a call of `{self_.cls.name}` gives")
    drawn = any(tensor.step is not None for tensor in tensors_in((given, kwargs)))
    override = output_override.method_of(self_) if drawn or overlay.calls is not None else ""
    plain = [mapped(value, without_step) for value in given] if drawn else given
    named = {k: mapped(v, without_step) for k, v in kwargs.items()} if drawn else kwargs
    named = call_arguments.with_required(overlay, framework, it, self_, given, named)
    if not override:
        return it.call(method, plain, named)
    if not drawn:
        return output_override.compared(overlay, framework, it, self_, override, given, kwargs, it.call(method, given, named))
    output_override.trace(overlay, framework, it, self_, plain, named)
    return output_override.call(overlay, framework, it, self_, override, given, kwargs)


def not_followed(overlay: Overlay, it: Interpreter, module: Instance, reason: Reason | None) -> None:
    """Part of a call was not evaluated: layers that are not built by now may yet be. None: a call begins that may build them after all."""
    it.write(module.attrs)
    if reason is None:
        module.attrs.pop(NOT_FOLLOWED, None)
    else:
        module.attrs.setdefault(NOT_FOLLOWED, reason)


def _unknown_input(it: Interpreter, module: Instance, args: Args, kwargs: Kwargs) -> Reason | None:
    """Why it is not known what a layer is built with by a call without tensors."""
    if _has_no_weights(module):
        return None
    unknown = next((leaf for leaf in leaves((args, kwargs)) if isinstance(leaf, Unknown | Either)), None)
    return unknown.reason if unknown is not None else it.unknown(Why.INPUT, f"the input of `{module.cls.name}`").reason


# Building -----------------------------------------------------------------------------------------------------------------


def _state(module: Instance) -> list[Any]:
    """What a call may have changed of a module: its attributes, and how many layers and weights it has."""
    sizes: list[Any] = [len(modules.table(module, name)) for name in modules.TABLES]
    for name, value in module.attrs.items():
        if not name.startswith("<") and name not in modules.TABLES and name != "built":
            sizes.append((name, value if isinstance(value, int | float | str | bool | None) else id(value),
                          len(value) if isinstance(value, list | dict | set) else 0))
    return sizes


def build(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> Any:
    """What the first call does before it runs: ``build`` with the shapes of the inputs.

    A layer that has no ``build`` but layers to be built is built by a call for nothing, which may add to it: what it has before that.
    """
    if isinstance(own_function(self_, "build")[0], FunctionValue):
        it.call(it.get(self_, "build"), *named_shapes(framework, it, self_, "build", args, kwargs))
        lock(it, self_)
        return None
    if isinstance(self_.payload, LayerState):
        require_names(it, self_, framework, "build")
        lazy_entries.build_entry(overlay, it, self_, lazy_entries.entry_shapes(overlay, it, args),
                                 {k: lazy_entries.entry_argument(overlay, it, v) for k, v in kwargs.items()}, args)
    elif any(isinstance(child, Instance) and not is_built(child) for _, child in submodules(overlay, it, self_)):
        return _state(self_)
    lock(it, self_)
    return None


def named_shapes(framework: Framework, it: Interpreter, self_: Instance, method: str, args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """The arguments of a method that takes the shapes of a call's inputs: the first one's, or each by its name."""
    found, bound = own_function(self_, method)
    assert isinstance(found, FunctionValue)
    parameters = [p.name for p in (*found.code.positional_only, *found.code.parameters)][bound:]
    parameters += [p.name for p in found.code.keyword_only]
    if len(parameters) > 1:
        _require_names(it, self_, framework, method, parameters)
        named = _by_parameter(self_, framework, args, kwargs)
        return [], {name: mapped(named[name.removesuffix("_shape")], lambda leaf: written(shape_of(leaf)))
                    for name in parameters if name.removesuffix("_shape") in named}
    first = args[0] if args else next(iter(kwargs.values()), None)
    return [mapped(first, lambda leaf: written(shape_of(leaf)))] if parameters or found.code.star else [], {}


def require_names(it: Interpreter, self_: Instance, framework: Framework, method: str) -> None:
    """The same where the method is the framework's and the call is not."""
    names = framework.build_shapes.get(self_.payload.name) if isinstance(self_.payload, LayerState) else None
    if names is not None and own_function(self_, framework.call)[0] is not None:
        _require_names(it, self_, framework, method, names)


def _require_names(it: Interpreter, self_: Instance, framework: Framework, method: str, names: Sequence[str]) -> None:
    """Of several shapes each is called as the argument of the call that it belongs to."""
    call = self_.cls.find(framework.call)
    if not isinstance(call, FunctionValue):
        return
    taken = [p.name for p in (*call.code.positional_only, *call.code.parameters, *call.code.keyword_only)]
    for name in names:
        if not name.endswith("_shape") or name.removesuffix("_shape") not in taken:
            it.library_throw("ValueError", f"`{name}` of `{self_.cls.name}.{method}` names no argument of `{framework.call}` with `_shape` behind")


def _by_parameter(self_: Instance, framework: Framework, args: Args, kwargs: Kwargs) -> Kwargs:
    method = self_.cls.find(framework.call)
    names = [p.name for p in method.code.parameters[1:]] if isinstance(method, FunctionValue) else []
    return {**dict(zip(names, args, strict=False)), **kwargs}


# The tree -----------------------------------------------------------------------------------------------------------------


def submodules(overlay: Overlay, it: Interpreter, module: Instance) -> list[tuple[str, Any]]:
    """The layers that a module tracks, by name, each once."""
    found: list[tuple[str, Any]] = []
    seen: set[int] = set()
    for name, value in modules.table(module, "_modules").items():
        if overlay.is_module(value):
            if id(value) not in seen:
                seen.add(id(value))
                found.append((name, value))
        elif isinstance(value, Unknown | Either):
            found.append((name, value))
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
    for name, what in (("weights", "what its weights are"), ("trainable", "whether it is trained")):
        own = module.cls.find(name)
        if isinstance(own, Property) and isinstance(own.getter, FunctionValue):
            return it.unknown_reason(f"`{module.cls.name}` says itself {what}")
    found: Reason | None = module.attrs.get(NOT_FOLLOWED)
    if found is not None or inside or is_built(module) or _has_no_weights(module) or _only_built(it, module):
        return found
    return Reason(Why.INPUT, f"`{module.cls.name}` makes its weights on the first call: give an input")


def _only_built(it: Interpreter, module: Instance) -> bool:
    """Whether a model in a row, which has no weights of its own, has layers alone that are built."""
    table = modules.table(module, "_modules")
    if not module.cls.fact("row") or any(isinstance(module.cls.find(name), FunctionValue) for name in ("build", "call", "__call__")):
        return False
    return bool(table) and it.state.open_reason(table) is None and all(isinstance(one, Instance) and is_settled(one) for one in table.values())


def _has_no_weights(module: Instance) -> bool:
    """Whether a layer has no weights whatever its input is."""
    state = module.payload
    return isinstance(state, LayerState) and state.entry is not None and not state.entry.BUILDS_ON_CALL and not state.entry.weights()
