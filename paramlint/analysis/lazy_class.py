"""The base class of layers that build on call: construction, tracked attributes, weights of their own, and what code asks of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import (
    call_arguments,
    layer_setup,
    lazy,
    lazy_attributes,
    lazy_entries,
    lazy_methods,
    lazy_state,
    modules,
    older_versions,
    tracking,
    variables,
)
from paramlint.analysis.conflicts import clash_of
from paramlint.analysis.layers import LayerState
from paramlint.analysis.lazy_state import opened
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, leaves, mapped, tensors_in, written
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.stdlib.copying import COPIED
from paramlint.interpreter.unmodelled import OPAQUE
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, Instance, Native, Property
from paramlint.schema.framework import Framework
from paramlint.schema.weights import Weight

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

def base_class(overlay: Overlay, framework: Framework, qualified: str) -> ClassValue:
    """The base class of such a framework's layers."""
    cls = modules.base_class(overlay, framework, qualified)
    cls.facts["lazy"] = framework
    cls.facts[COPIED] = lambda it, module: _uncopied(overlay, it, module)
    cls.facts[OPAQUE] = Reason(Why.UNSUPPORTED, f"all attributes of a `{cls.name}`")

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(overlay, it, args, kwargs), binds=True)

    def getter(name: str, code: Any) -> None:
        cls.attrs[name] = Property(Native(name, lambda it, args, kwargs: code(overlay, it, args[0])))

    for name in ("register_parameter", "register_buffer", "register_module", "add_module", "parameters", "buffers", "children", "modules"):
        cls.attrs.pop(name, None)
    native("__init__", init)
    native("__setattr__", set_attribute)
    native("__getattr__", lazy_attributes.get_attribute)
    native("__delattr__", tracking.delete_attribute)
    native("__call__", lambda overlay, it, args, kwargs: lazy.call(overlay, framework, it, args, kwargs))
    native("add_weight", _add_weight)
    native("add_variable", _add_weight)
    native("build", _build)
    native("count_params", _count)
    native("get_config", _config)
    native("compute_output_shape", lambda overlay, it, args, kwargs: _output_shape(overlay, framework, it, args))
    native("get_weights", _get_weights)
    lazy_methods.equip_layers(overlay, cls)
    getter("weights", lambda overlay, it, self_: it.made(_weights(overlay, it, self_)))
    getter("variables", lambda overlay, it, self_: it.made(_weights(overlay, it, self_)))
    getter("trainable_weights", lambda overlay, it, self_: it.made(_weights(overlay, it, self_, True)))
    getter("trainable_variables", lambda overlay, it, self_: it.made(_weights(overlay, it, self_, True)))
    getter("non_trainable_weights", lambda overlay, it, self_: it.made(_weights(overlay, it, self_, False)))
    getter("output", lambda overlay, it, self_: _end(it, self_, "outputs"))
    getter("input", lambda overlay, it, self_: _end(it, self_, "args"))
    return cls


def _uncopied(overlay: Overlay, it: Interpreter, module: Instance) -> Unknown | None:
    """Copies are made by configurations, which the framework finds for its own layers and for registered classes alone."""
    own = next((one for one in lazy.walk(overlay, it, module) if one.cls.site is not None), None)
    return it.unknown(Why.UNSUPPORTED, f"a copy of a `{own.cls.name}`, which is made by its configuration") if own is not None else None


def init(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """``Layer.__init__``: a name and whether it is trained; other options change neither weights nor shapes."""
    self_ = args[0]
    call_arguments.check_options(overlay, it, args[1:], kwargs)
    modules.prepare(it, self_)
    layer_setup.set_up(overlay, it, self_, kwargs)


def keep_arguments(it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> None:
    """Remember the layers among a layer's arguments, and its name."""
    inner = [leaf for leaf in leaves([*args, *kwargs.values()]) if isinstance(leaf, Instance)]
    if inner:
        self_.attrs[lazy_state.INNER] = inner
    entry: Any = self_.payload.entry
    entry.trainable = True  # the layer itself says from now on whether it is trained: what holds it asks the layer
    layer_setup.set_up(it.library, it, self_, kwargs)  # type: ignore[arg-type]
    lazy_attributes.adopt(it.library, it, self_, entry, inner)  # type: ignore[arg-type]
    for name, layer in lazy_attributes.activation_layers(self_, inner):
        tracking.set_attribute(it.library, it, [self_, name, layer], {})  # type: ignore[arg-type]


# Attributes ---------------------------------------------------------------------------------------------------------------


def set_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """``layer.name = value``; ``trainable`` is handed on to all below."""
    self_, name, value = args
    if name == "trainable" and not isinstance(self_.cls.find(name), Property):
        set_trainable(overlay, it, self_, value)
    else:
        tracking.set_attribute(overlay, it, args, kwargs)


def set_trainable(overlay: Overlay, it: Interpreter, self_: Instance, value: Any) -> None:
    """Freezes (or thaws) every weight that exists, of this layer and of those below it; weights made later follow the layer's own flag."""
    truth = it.truth(value)
    for module in lazy.walk(overlay, it, self_):
        for one in (module, module.attrs.get(lazy_attributes.CELL)):
            if isinstance(one, Instance):
                it.write(one.attrs)
                one.attrs["trainable"] = truth
        for weight in modules.table(module, "_parameters").values():
            if isinstance(weight, TensorValue) and weight.state.get("trains", True) is not False:
                it.write(weight.state)
                weight.state["requires_grad"] = truth


def masked(overlay: Overlay, it: Interpreter, module: Instance, trainable: Count) -> Count:
    """How many weights a model trains: none where the model itself is not trainable, whatever the layers below say."""
    own = it.truth(it.get_or(module, "trainable", True))
    if isinstance(own, Unknown):
        return Count(0, True, (own.reason,))
    frozen = [one for one in lazy.walk(overlay, it, module) if one.attrs.get("trainable") is False] if older_versions.is_older(overlay, it) else []
    if own and any(_weights(overlay, it, one, True) for one in frozen):
        reason = it.unknown_reason("layers below one that is not trainable, which an older version does not train")
        return Count(0, True, (*trainable.reasons, reason))
    return trainable if own else Count(0, trainable.bound, trainable.reasons, trainable.assumed)


# Weights ------------------------------------------------------------------------------------------------------------------


def _add_weight(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> TensorValue:
    self_, *given = args
    if "built" not in self_.attrs and not isinstance(self_.payload, LayerState):
        it.library_throw("RuntimeError", f"In layer '{self_.cls.name}', `super().__init__()` has not been called")
    for key, value in zip(("shape", "initializer", "dtype"), given, strict=False):
        if kwargs.get(key) is not None or (isinstance(value, str) and key == "shape"):
            it.library_throw("ValueError", f"`{key}` is given twice, or a name by position")
        kwargs = {**kwargs, key: value}
    if len(given) > 3:
        it.library_throw("TypeError", f"add_weight() takes at most 3 positional arguments but {len(given)} were given")
    tensor, op = variables.described(overlay, it, f"{self_.cls.fact('lazy').module_bases[0]}.add_weight", [], kwargs)
    if lazy_state.is_locked(self_):
        it.library_throw("ValueError", tracking.LOCKED)
    trainable = getattr(op, "trainable", True)
    dtype = tensor.dtype if kwargs.get("dtype") is not None else self_.attrs.get("variable_dtype", tensor.dtype)
    weight = Weight(tensor.shape, trainable=True if trainable is None else trainable, dtype=dtype)
    name = getattr(op, "name", None)
    return lazy_entries.add_weight(overlay, it, self_, name if isinstance(name, str) else "variable", weight)


# Layers that make their weights again when they are built once more, which a built layer refuses.
_BUILT_ONCE = ("linear", "convolution", "transposed convolution", "batch norm", "layer norm", "group norm", "rms norm")


def _build(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """``Layer.build``: of a framework's own layer its weights, of any other nothing."""
    self_, *given = args
    modules.prepare(it, self_)
    shapes = [opened(value) for value in (*given, *kwargs.values())]
    state = self_.payload
    if isinstance(state, LayerState):
        if state.entry is not None and state.entry.KIND in _BUILT_ONCE and lazy_state.is_locked(self_) and modules.table(self_, "_parameters"):
            it.throw("ValueError", tracking.LOCKED)
        try:
            lazy_entries.build_entry(overlay, it, self_, shapes, {}, [])
        except Raised as raised:
            first = shapes[0] if shapes else None
            if clash_of(raised) is None or not isinstance(first, Shape) or any(map(is_unsized, first[1:])):
                raise
            reason = it.unknown_reason(f"`{self_.cls.name}.build` with a shape that a call would not take")
            overlay.doubt(it, self_, reason)
            it.not_taken(raised, reason)
    if state is None and overlay.is_user_class(self_.cls) and older_versions.is_older(overlay, it):
        lazy.not_followed(overlay, it, self_, it.unknown_reason("`build` of an older version, which calls the model"))
    if isinstance(self_.cls.find("build"), Native):
        lazy_state.lock(it, self_)
    else:  # called by a `build` of the analysed code, which may go on
        lazy_state.mark_built(it, self_)


def _weights(overlay: Overlay, it: Interpreter, self_: Instance, trainable: bool | None = None) -> list[Any]:
    found: dict[int, TensorValue] = {}
    for module in lazy.walk(overlay, it, self_):
        for weight in modules.table(module, "_parameters").values():
            if not isinstance(weight, TensorValue):
                raise NeedsValue(Unknown(getattr(weight, "reason", None) or it.unknown_reason("the weights of a layer")))
            if trainable is None or weight.state.get("requires_grad") is trainable:
                found[id(weight)] = weight
    return list(found.values())


def _get_weights(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return it.made([variables.array_of(it, weight) for weight in _weights(overlay, it, args[0])])


def _count(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    if args[0].attrs.get("built") is False and not isinstance(args[0].attrs.get(lazy_state.NOT_FOLLOWED), Reason):
        it.library_throw("ValueError", f"You tried to call `count_params` on layer '{args[0].attrs.get('name')}', but the layer isn't built.")
    total: Any = 0
    for weight in _weights(overlay, it, args[0]):
        if not weight.count.exact:
            return it.unknown(Why.INPUT, "the number of parameters")
        total = total + weight.count.value
    return total


# What code asks of a layer ------------------------------------------------------------------------------------------------


def _end(it: Interpreter, self_: Instance, which: str) -> Any:
    steps = self_.attrs.get(lazy_state.STEPS, ())
    if not steps:
        return it.library_throw("AttributeError", f"The layer {self_.cls.name} has never been called and thus has no defined {which}.")
    found = getattr(steps[0], which)
    return found[0] if which == "args" and len(found) == 1 else found


def _config(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    self_ = args[0]
    if self_.cls.fact("row") or "<outputs>" in self_.attrs:
        may_raise(it, "", "a configuration has what is asked of it")
        return it.unknown(Why.UNSUPPORTED, f"the configuration of a `{self_.cls.name}`")
    found = {key: self_.attrs.get(key) for key in ("name", "trainable", "dtype")}
    state, init = self_.payload, self_.cls.find("__init__")
    entry = state.entry if isinstance(state, LayerState) else None
    if entry is None and isinstance(init, FunctionValue) and lazy_state.own_function(self_, "get_config")[0] is None:
        if [*init.code.positional_only, *init.code.parameters][1:] or init.code.keyword_only or init.code.star:
            may_raise(it, "NotImplementedError", f"the framework makes a configuration of a `{self_.cls.name}`")
            return it.unknown(Why.UNSUPPORTED, f"the configuration that the framework makes of a `{self_.cls.name}`")
        if init.code.double_star != "kwargs":
            del found["name"]
    if entry is not None:
        found.update(entry.arguments())
        found.update({key: self_.attrs.get(key) for key in ("name", "trainable")})
    return it.made(found)


def _output_shape(overlay: Overlay, framework: Framework, it: Interpreter, args: Args) -> Any:
    self_, *shapes = args

    def symbol(leaf: Any) -> Any:
        return Symbol(Tensor(leaf), framework) if isinstance(leaf, Shape) else leaf

    given = [mapped(opened(shape), symbol) for shape in shapes]
    state = self_.payload
    if isinstance(state, LayerState) and state.entry is not None:
        made = lazy_entries.output_shape(overlay, framework, it, self_, state.entry, given, {})
        return mapped(made, lambda leaf: written(leaf) if isinstance(leaf, Shape) else leaf)
    return mapped(it.call(self_, given), lambda leaf: written(lazy_state.shape_of(leaf)))


__all__ = ["ABSENT", "base_class", "init", "keep_arguments", "set_attribute", "tensors_in"]
