"""Models that are layers in a row, built one after the other as soon as the shape of the first input is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import call_arguments, drawn_calls, graph, layer_names, layer_setup, lazy, lazy_state, modules
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, tensors_in
from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.iteration import elements_or_unknown, is_error
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassValue, Either, FunctionValue, Instance, Native, Property
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

ENDS = "<ends>"  # the tensor before the first layer and the one after each


class Stack:
    """Methods of such a model."""

    def __init__(self, overlay: Overlay, framework: Framework) -> None:
        self.overlay = overlay
        self.framework = framework

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, *given = args
        unknown = next((key for key in kwargs if key not in ("layers", "trainable", "name")), None)
        if unknown is not None or len(given) > 3:
            it.throw("TypeError", f"Sequential.__init__() got an unexpected argument: {unknown or 'a fourth one'}")
        call_arguments.check_name(it, kwargs.get("name"))
        modules.prepare(it, self_)
        layer_setup.set_up(self.overlay, it, self_, kwargs)
        self.overlay.made_row(self_)
        layers = given[0] if given else kwargs.get("layers")
        if len(given) > 1 and not isinstance(given[1], bool):
            self_.attrs["name"] = given[1]
        elif len(given) > 2:
            self_.attrs["name"] = given[2]
        if layers is None:
            return
        if self.overlay.is_module(layers):
            it.throw("TypeError", f"'{layers.cls.name}' object is not iterable")
        found = elements_or_unknown(it, layers)
        if isinstance(found, Unknown):
            it.state.mark_open(self_.attrs["_modules"], found.reason)
            return
        own = isinstance(self_.cls.find("add"), FunctionValue)
        for layer in found:
            if own:
                it.call(it.get(self_, "add"), [layer], {"rebuild": False})
            else:
                self.add(it, [self_, layer], {})

    def ends(self, self_: Instance) -> list[Symbol]:
        found = self_.attrs.get(ENDS)
        return found if isinstance(found, list) else []

    def _begin(self, it: Interpreter, self_: Instance, tensor: Symbol) -> None:
        it.write(self_.attrs)
        self_.attrs[ENDS] = [tensor]

    def add(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, layer = args[0], args[1] if len(args) > 1 else kwargs.get("layer")
        modules.prepare(it, self_)
        table = self_.attrs["_modules"]
        if isinstance(layer, Unknown | Either):
            it.state.mark_open(table, layer.reason)
            return
        doubtful = layer.cls.fact("unknown_base") if isinstance(layer, Instance) and not self.overlay.is_module(layer) else None
        if doubtful is not None:
            it.state.mark_open(table, doubtful)
            return
        given = layer.step.operation if isinstance(layer, Symbol) and layer.step is not None else layer
        if not isinstance(given, Instance) or not self.overlay.is_module(given) or (given is not layer and not self._is_input(given)):
            it.library_throw("ValueError", "Only instances of `keras.Layer` can be added to a Sequential model")
        ends = self.ends(self_)
        for other in (*([ends[0].step.operation] if ends and ends[0].step is not None else []), *table.values()):
            layer_names.check_pair(self.overlay, it, self_, other, given)
        if self._is_input(given):
            self._add_input(it, self_, given, layer)
            return
        if not table and not self.ends(self_):
            self._start(it, self_, None, self._declared(given) or self._drawn_shape(given))
        it.write(table)
        table[graph.unique(table, given.attrs.get("name"), given)] = given
        self._advance(it, self_)

    def _is_input(self, layer: Instance) -> bool:
        return bool(layer.cls.fact("qualified") == self.framework.input_layer)

    def _add_input(self, it: Interpreter, self_: Instance, layer: Instance, given: Any) -> None:
        if self.ends(self_):
            it.library_throw("ValueError", "The model has already been configured to use another input shape")
        if self_.attrs["_modules"]:  # such a model is never built by what is added
            lazy.not_followed(self.overlay, it, self_, it.unknown_reason("an input that is added after other layers"))
        elif isinstance(given, Symbol):
            self._begin(it, self_, given)
        else:
            self._start(it, self_, layer, self._declared(layer))

    def _declared(self, layer: Instance) -> Any:
        """The input shape that a layer promises for itself, with its batch; None where it promises none."""
        state = layer.payload
        declared = layer.attrs.get("<declared>")
        if isinstance(state, LayerState) and state.entry is not None:
            try:
                return state.entry.declared_input()
            except Refused as error:
                raise self.overlay.it.library_error(error.error, f"{layer.cls.name}: {error.message}") from None
        if declared is None:
            return None
        return lazy_state.opened((None, *declared)) if isinstance(declared, list | tuple) else None

    def _drawn_shape(self, layer: Instance) -> Any:
        """The shape of a model's own input, where the first layer is one that has been built."""
        first = layer.attrs.get(graph.INPUTS) or layer.attrs.get(ENDS)
        found = tensors_in(first) if first is not None else []
        return found[0].tensor.shape if found and (len(found) == 1 or ENDS in layer.attrs) else None

    def _start(self, it: Interpreter, self_: Instance, layer: Instance | None, shape: Any) -> None:
        if isinstance(shape, Shape):
            if layer is not None:
                layer.attrs["built"] = True
            self._begin(it, self_, graph.new_input(self.overlay, it, self.framework, Tensor(shape), layer))

    def _advance(self, it: Interpreter, self_: Instance) -> None:
        """Call the layers that have not been called yet."""
        ends = list(self.ends(self_))
        layers = list(self_.attrs["_modules"].values())
        if not ends or it.state.open_reason(self_.attrs["_modules"]) is not None:
            return
        while len(ends) <= len(layers):
            try:
                result = it.call(layers[len(ends) - 1], [ends[-1]])
            except Raised as raised:
                if not is_error(it, raised, "NotImplementedError"):
                    raise
                lazy.not_followed(self.overlay, it, self_, it.unknown_reason("a layer that is not implemented: the model is not built"))
                return
            if not isinstance(result, Symbol):
                reason = getattr(result, "reason", None) or it.unknown_reason("a layer that gives no tensor")
                lazy.not_followed(self.overlay, it, self_, reason)
                return
            ends.append(result)
        it.write(self_.attrs)
        self_.attrs[ENDS] = ends
        if layers:
            self_.attrs["built"] = True
            self_.attrs[lazy_state.CALLED] = (lazy_state.shapes_of(ends[0]), lazy_state.shapes_of(ends[-1]))

    def pop(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_ = args[0]
        table = self_.attrs["_modules"]
        reason = it.state.open_reason(table)
        if reason is not None:
            raise NeedsValue(Unknown(reason))
        if not table:
            it.library_throw("IndexError", "pop from empty list")
        it.write(table)
        _, layer = table.popitem()
        ends = self.ends(self_)
        if len(ends) > len(table) + 1:
            it.write(self_.attrs)
            self_.attrs[ENDS] = ends[:len(table) + 1]
        return layer

    def build(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, *given = args
        given = [*given, *kwargs.values()]
        if not given or given[0] is None:
            return
        shape = lazy_state.opened(given[0])
        ends = self.ends(self_)
        if isinstance(shape, Shape) and not ends and not self_.attrs["_modules"] and it.state.open_reason(self_.attrs["_modules"]) is None:
            it.library_throw("ValueError", f"{self_.cls.name} cannot be built because it has no layers")
        if ends:
            self._check_shape(it, self_, shape, ends[0].tensor.shape)
            return
        if isinstance(shape, Shape):
            self._start(it, self_, None, shape)
            self._advance(it, self_)

    def _check_shape(self, it: Interpreter, self_: Instance, shape: Any, known: Any) -> None:
        """A model that has an input shape cannot be built with another."""
        if not isinstance(shape, Shape) or not isinstance(known, Shape):
            return
        if len(shape) != len(known) or any(is_unsized(one) is not is_unsized(other) or differs(one, other)
                                           for one, other in zip(shape, known, strict=True)):
            it.library_throw("ValueError", f"{self_.cls.name} has already been configured to use input shape {known.text}")

    def call(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, *given = args
        value = given[0] if given else next(iter(kwargs.values()), None)
        shape = value.tensor.shape if isinstance(value, Symbol) else None
        first = not self.ends(self_) and isinstance(shape, Shape)
        if first:
            with call_arguments.building(self.overlay):
                self._start(it, self_, None, shape)
                self._advance(it, self_)
        reason = it.state.open_reason(self_.attrs["_modules"])
        if reason is not None:
            return Unknown(reason)
        ends = self.ends(self_)
        whole = len(ends) == len(self_.attrs["_modules"]) + 1
        if whole and not first and isinstance(value, Symbol):
            value = drawn_calls.taken(it, self_, value, ends[0])
        again = isinstance(value, Symbol) and value.step is None and (value.mask is not None or drawn_calls.runs_code(self.overlay, it, self_))
        known = whole and not again and (first or self.overlay.calls is None)
        if known and isinstance(value, Symbol) and drawn_calls.same_shape(value, ends[0]):
            return drawn_calls.as_data(ends[-1])
        if isinstance(value, Symbol) and value.step is not None and ends:
            return drawn_calls.without_checks(it, lambda: self._through(it, self_, value))
        return self._through(it, self_, value)

    def _through(self, it: Interpreter, self_: Instance, value: Any) -> Any:
        for layer in list(self_.attrs["_modules"].values()):
            value = it.call(layer, [value])
        return value


def model_class(overlay: Overlay, framework: Framework, qualified: str) -> ClassValue:
    """The class of these models."""
    base = overlay.lookup(next(name for name, kind in framework.models.items() if kind == "graph"))
    cls = ClassValue(qualified.rpartition(".")[2], (base,), {}, module=qualified.rpartition(".")[0])
    cls.facts["tracks layers only"] = cls.facts["row"] = True
    stack = Stack(overlay, framework)

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, code, binds=True)

    def end(it: Interpreter, self_: Instance, index: int) -> Any:
        found = stack.ends(self_)
        return found[index] if found else it.library_throw("AttributeError", f"{self_.cls.name} has no defined input shape yet")

    def first(it: Interpreter, self_: Instance, which: str) -> Any:
        """An end of the first call in a graph. Where there was none, versions of the framework differ."""
        steps = self_.attrs.get(lazy_state.STEPS)
        if not steps and stack.ends(self_):
            return it.unknown(Why.UNSUPPORTED, f"the {which} of a `{self_.cls.name}` that is not called in a graph")
        if not steps:
            return it.library_throw("AttributeError", f"'{self_.cls.name}' object has no attribute '{which}'")
        return steps[0].outputs if which == "output" else steps[0].args[0]

    native("__init__", stack.init)
    native("add", stack.add)
    native("pop", stack.pop)
    native("build", stack.build)
    native(framework.call, stack.call)
    cls.attrs["input"] = Property(Native("input", lambda it, args, kwargs: first(it, args[0], "input")))
    cls.attrs["output"] = Property(Native("output", lambda it, args, kwargs: first(it, args[0], "output")))
    cls.attrs["inputs"] = Property(Native("inputs", lambda it, args, kwargs: it.made([end(it, args[0], 0)])))
    cls.attrs["outputs"] = Property(Native("outputs", lambda it, args, kwargs: it.made([end(it, args[0], -1)])))
    return cls
