"""Calling a framework's layer on tensors, and the record of what calls cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis import contents, devices, gradients, modules, same_tensor, unmade
from paramlint.analysis.layers import LayerState, error_of, fill, kind_of
from paramlint.analysis.roles import roles
from paramlint.analysis.tensor_ops import Clash, argument, lay, located, mismatch, unexpected, wrapped
from paramlint.analysis.tensors import TensorValue, credit, maker_of
from paramlint.core import defects
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, FunctionValue, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer, call_signature
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


_FRACTIONS = ("float32", "float64")  # whether a machine knows other types of fractions is not known


_FLAT = frozenset({"rnn", "lstm", "gru"})  # layers that keep their weights in a list, too
_BY_CONTENTS = frozenset({"embedding", "loss", "attention"})  # what is refused for types and contents that are not looked at


class Call:
    """One call that costs something, or may cost something: of a layer, of an operation, of a module, or of what is not known.

    ``module`` is the innermost module that runs: the layer itself, or whoever calls the operation. ``entry`` is None for modules of the
    analysed code, whose inner calls are noted by themselves, and for code that is not run. ``inputs`` are shapes by name, ``outputs`` are
    nested as they are returned; what is not known is an Unknown. ``macs`` are multiply-accumulates, ``name`` is how an operation is
    spelled. ``doubt`` says why the call may happen another number of times than once.
    """

    __slots__ = ("doubt", "entry", "inputs", "macs", "module", "name", "outputs", "site", "whole")

    def __init__(self, it: Interpreter, module: Any, entry: Layer | Op | None, inputs: Mapping[str, Any], outputs: Any, macs: Any,
                 name: str = "", whole: bool = False) -> None:
        self.module = module
        self.entry = entry
        self.inputs = inputs
        self.outputs = outputs
        self.macs = macs
        self.name = name
        self.whole = whole  # a call of a module of the analysed code: what it costs, the calls inside it cost
        self.site = it.site()
        self.doubt: Reason | None = it.loop_reason
        if self.doubt is None and it.state.branching:
            self.doubt = Reason(Why.BRANCH, "this runs only on one side of a branch on what is not known", self.site)

    @property
    def kind(self) -> str:
        """The entry's word for the family."""
        return self.entry.KIND if self.entry is not None else ""

    def __repr__(self) -> str:
        return f"Call({type(self.entry).__name__}, {self.inputs} -> {self.outputs}, macs={self.macs})"


_STEPS = 20  # that a call of a layer takes


def shapes(value: Any) -> Any:
    """Tensors as their shapes, in lists and tuples too."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, list | tuple) and not isinstance(value, Shape):
        items = [shapes(item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def call_layer(overlay: Overlay, it: Interpreter, module: Instance, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What a layer returns. What it refuses is a RuntimeError of the analysed code."""
    it.charge(_STEPS if overlay.trace is None else 2 * _STEPS)
    state = module.payload
    entry = state.entry if isinstance(state, LayerState) else None
    if entry is None:
        return _not_followed(overlay, it, module, it.unknown(Why.INPUT, f"the output of `{module.cls.name}`"))
    if (own := module.cls.facts.get("entry")) is not None and not isinstance(entry, own) and not _makes(entry, own):
        return _not_followed(overlay, it, module, it.unknown(Why.UNSUPPORTED, f"the output of a layer that has become a `{module.cls.name}`"))
    if entry.KIND == "identity" and args and isinstance(args[0], Instance | str | int | float | list | tuple | dict | None):
        return args[0]
    open_at = next((at for at, value in enumerate(args) if isinstance(value, Either)), None) if overlay.probe is not None else None
    if open_at is not None:
        before, after = args[:open_at], args[open_at + 1:]
        return it.each(args[open_at], lambda one: call_layer(overlay, it, module, [*before, one, *after], kwargs))
    _require_tensor(it, module, entry, args, kwargs)
    if entry.DEPENDS_ON_BUILD:
        may_raise(it, "", f"this build of the framework can call `{module.cls.name}`")
    if entry.KIND == "embedding" and overlay.probe is None:
        _require_rows(it, module, entry, args[0] if args else kwargs.get("input"))
    if getattr(entry, "inplace", False) is True and args and isinstance(args[0], TensorValue) and "dropout" not in entry.KIND:
        gradients.change(overlay, it, args[0], "relu_")
    if overlay.hollow:
        devices.together(overlay, it, module.cls.name, args, 1)
    given = [argument(overlay, it, value) for value in args]
    options = {name: argument(overlay, it, value) for name, value in kwargs.items()}
    entry.training = module.attrs.get("training", True)
    try:
        bound = call_signature(entry.shape).bind(*given, **options).arguments
    except TypeError:
        question = f"`{module.cls.name}` takes such arguments"
        if overlay.trace is None and overlay.probe is None:
            hedge(it, question, "TypeError")
        else:
            may_raise(it, "TypeError", question)
        return _not_followed(overlay, it, module, it.unknown(Why.UNSUPPORTED, f"a call of `{module.cls.name}` with such arguments"))
    inputs = {name: shapes(value) for name, value in bound.items()}
    if it.dropped is not None and entry.KIND in _BY_CONTENTS:
        may_raise(it, "", f"`{module.cls.name}` takes such contents")
    if overlay.probe is not None:
        inputs = overlay.probe.shaped(entry, inputs)
    try:
        if entry.BUILDS_ON_CALL and not state.made:
            _make_weights(overlay, it, module, entry, inputs)
        _check_weights(it, module, entry)
        outputs = entry.shape(**inputs)
    except NeedsValue as error:
        outputs = located(it, error.unknown)
    except Refused as error:
        raise it.library_error(error_of(state.name, error), f"{module.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        if _is_reparametrised(module, entry):
            return _not_followed(overlay, it, module, it.unknown(Why.UNSUPPORTED, f"the output of `{module.cls.name}`, whose weights are computed"))
        clash = Clash(module, entry, module.cls.name, inputs, [*args, *kwargs.values()], it.site())
        raise mismatch(it, error.error or entry.RAISES or error_of(state.name, error), module.cls.name, error, clash) from None
    except defects.ERRORS as error:
        outputs = unexpected(it, f"a call of `{module.cls.name}`", inputs.values(), error)
    _require_type(overlay, it, module, entry, [*args, *kwargs.values()])
    if entry.KIND == "loss":
        given_too = {"ignore_index": getattr(entry, "ignore_index", None), **kwargs}
        contents.check(overlay, it, REGISTRY.framework_of(state.name), state.name, args, given_too)
    note_call(overlay, it, module, entry, inputs, outputs)
    same = same_tensor.passed(overlay, module, entry.KIND, args)
    if same is not None:
        return same
    result = _tensors(overlay, it, outputs, _dtype(module, given, options), kind_of(module))
    lay(overlay, it, entry, state.name, args, kwargs, result)
    gradients.record_layer(overlay, it, module, (*args, *kwargs.values()), result)
    return credit(result, (maker_of(args) or module) if roles(entry).passes_on else module)


def _make_weights(overlay: Overlay, it: Interpreter, module: Instance, entry: Layer, inputs: Mapping[str, Any]) -> None:
    """What the first call of a layer makes, where code has not made it before."""
    waiting = len(unmade.of(module))
    wanted = sum(isinstance(weight.shape, Unknown) for weight in entry.unmade().values())
    if 0 < waiting < wanted:
        raise NeedsValue(it.unknown(Why.UNSUPPORTED, f"the output of `{module.cls.name}`, some of whose weights are made"))
    if waiting or not wanted:
        fill(overlay, it, module, entry, inputs)
    else:
        module.payload.made.append(entry.unmade())
    _become(overlay, it, module, entry)


def _become(overlay: Overlay, it: Interpreter, module: Instance, entry: Layer) -> None:
    """A layer that has made its weights is of another class from then on, where the framework says so."""
    made = getattr(entry, "BECOMES", None)
    if made is None:
        return
    if it.state.logs or module.cls.facts.get("entry") is not type(entry):
        overlay.doubt(it, module, it.unknown_reason(f"whether `{module.cls.name}` has become another class"))
    else:
        module.cls = overlay.module_class(made.NAMES[0])


_CALLED = (FunctionValue, BoundMethod, ClassValue, Native)


def _makes(entry: Layer, own: type[Layer]) -> bool:
    """Whether an entry is for another way to make layers of a class, which begin as others or come from a method of the class."""
    return getattr(entry, "BECOMES", None) is own or any(name.startswith(f"{own.NAMES[0]}.") for name in entry.NAMES)


def _require_tensor(it: Interpreter, module: Instance, entry: Layer, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Refuse a call without an input, or with a number, a text, a list of numbers, a module or a function as its first."""
    framework = REGISTRY.framework_of(module.payload.name)
    if framework is None or not framework.untensored or not module.payload.name.startswith(framework.layers):
        return
    if not args and not kwargs:
        it.throw("TypeError", f"{module.cls.name}.forward() missing 1 required positional argument: 'input'")
    if entry.KIND == "identity":
        return
    value = args[0] if args else next(iter(kwargs.values()))
    if isinstance(value, Instance) and isinstance(value.payload, tuple) and entry.KIND not in _FLAT:
        hedge(it, f"`{module.cls.name}` takes a `{value.cls.name}`")
    numbers = isinstance(value, list | tuple) and all(isinstance(item, int | float | str) for item in value)
    called = isinstance(value, _CALLED) or (isinstance(value, Instance) and it.library.is_module(value))  # type: ignore[attr-defined]
    if value is None or numbers or called or isinstance(value, bool | int | float | str | bytes | dict | set):
        last = module.payload.name.rpartition(".")[2]
        error = framework.untensored.get(last) or framework.untensored.get(entry.KIND, "")
        raise it.library_error(error, f"the input of `{module.cls.name}` must be a tensor")


def _require_rows(it: Interpreter, module: Instance, entry: Layer, value: Any) -> None:
    """Refuse known numbers of rows that a table does not have."""
    data, rows = value.tensor.data if isinstance(value, TensorValue) else None, getattr(entry, "num_embeddings", None)
    framework = REGISTRY.framework_of(module.payload.name)
    if data is not None and isinstance(rows, int) and framework is not None and framework.row_error and _beyond(data, rows):
        it.library_throw(framework.row_error, f"a row that `{module.cls.name}` of {rows} rows does not have")


def _beyond(data: Any, rows: int) -> bool:
    return any(_beyond(one, rows) for one in data) if isinstance(data, tuple) else isinstance(data, int) and not 0 <= data < rows


def _require_type(overlay: Overlay, it: Interpreter, module: Instance, entry: Layer, values: list[Any]) -> None:
    """Refuse a tensor of another type than the weights', where no input is made up."""
    framework = REGISTRY.framework_of(module.payload.name)
    errors = framework.input_types.get(entry.KIND) if framework is not None and framework.input_types else None
    if errors is None or overlay.probe is not None or overlay.trace is not None or not values or not isinstance(values[0], TensorValue):
        return
    given, own = values[0].tensor.dtype, _dtype(module, [], {})
    if own == "unknown" and entry.KIND == "transformer":  # its weights are those of the layers in it
        own = next((tensor.tensor.dtype for _, tensor, _ in modules.named_tensors(it, module)), own)
    fractions = given.startswith(("float", "bfloat")) and own.startswith(("float", "bfloat"))
    if overlay.retyped:
        hedge(it, f"`{module.cls.name}` and its input are of one type, as the code sets another for new tensors")
    elif given != own and fractions and not {given, own} <= {*_FRACTIONS}:
        hedge(it, f"`{module.cls.name}` with weights of {own} takes an input of {given}")
    if own not in _FRACTIONS or overlay.retyped or (given not in _FRACTIONS and not given.startswith(("int", "uint", "bool"))):
        return
    error = errors[1] if given not in _FRACTIONS else errors[0] if given != own or not errors[1] else ""
    if error:
        raise it.library_error(error, f"`{module.cls.name}` with weights of {own} takes no input of {given}")


def _not_followed(overlay: Overlay, it: Interpreter, module: Instance, why: Unknown) -> TensorValue:
    """The output of a layer's call of which nothing is known, nor what it costs."""
    note_skipped(overlay, it, why.reason, None)
    return TensorValue(Tensor(why, "unknown"), kind=kind_of(module))


def _check_weights(it: Interpreter, module: Instance, entry: Layer) -> None:
    """A weight that was replaced by one of another shape decides, not the arguments that the layer was made with."""
    if entry.BUILDS_ON_CALL:
        return
    own = modules.table(module, "_parameters")
    for name, weight in entry.weights().items():
        value = own.get(name)
        if name not in own and "." not in name and entry.KIND not in _FLAT and name not in module.attrs and not _is_computed(it, module, name):
            it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '{name}'")
        if isinstance(value, TensorValue):
            shape = value.tensor.shape
            if isinstance(shape, Unknown) or isinstance(weight.shape, Unknown):
                continue
            if len(shape) != len(weight.shape) or any(map(differs, shape, weight.shape)):
                raise NeedsValue(it.unknown(Why.UNSUPPORTED, f"the output of `{module.cls.name}`, whose `{name}` was replaced"))


def _is_computed(it: Interpreter, module: Instance, name: str) -> bool:
    """Whether a class, or a buffer, gives what a layer needs as a weight."""
    return module.cls.find(name) is not ABSENT or name in modules.table(module, "_buffers")


def _is_reparametrised(module: Instance, entry: Layer) -> bool:
    """Whether a weight is no longer the layer's own: what computes it may give it another shape."""
    own = modules.table(module, "_parameters")
    return not entry.BUILDS_ON_CALL and any(name not in own for name, weight in entry.weights().items() if not weight.buffer and "." not in name)


def _macs(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """The cost, from those arguments that its formula needs."""
    names = call_signature(method).parameters
    if isinstance(given["y"], Unknown):
        return given["y"]
    try:
        return method(**{name: value for name, value in given.items() if name in names})
    except NeedsValue as error:
        return error.unknown
    except defects.ERRORS as error:
        return Unknown.because(Why.UNSUPPORTED, f"the cost of this call ({defects.noted(error)})")


def _dtype(module: Instance, args: list[Any], kwargs: Mapping[str, Any]) -> str:
    """The type of a layer's output: that of its weights, else that of its input."""
    for value in modules.table(module, "_parameters").values():
        if isinstance(value, TensorValue):
            return value.tensor.dtype
    return next((value.dtype for value in (*args, *kwargs.values()) if isinstance(value, Tensor)), "unknown")


def _tensors(overlay: Overlay, it: Interpreter, outputs: Any, dtype: str, kind: str) -> Any:
    """Shapes as tensors."""
    if isinstance(outputs, Shape | Unknown):
        return wrapped(overlay, it, Tensor(outputs, dtype), kind)
    if isinstance(outputs, list):
        return it.made([_tensors(overlay, it, item, dtype, kind) for item in outputs])
    if isinstance(outputs, tuple):
        items = tuple(_tensors(overlay, it, item, dtype, kind) for item in outputs)
        names = getattr(outputs, "_fields", None)
        return items if names is None else it.instance(overlay.results_class(names), payload=items)
    return outputs


# Notes of what was called, while somebody listens --------------------------------------------------------------------------


def note_call(overlay: Overlay, it: Interpreter, module: Instance, entry: Layer, inputs: Mapping[str, Any], outputs: Any) -> None:
    """A call of a framework's layer."""
    if overlay.calls is not None:
        overlay.calls.append(Call(it, module, entry, inputs, outputs, _macs(entry.macs, {**inputs, "y": outputs})))


def note_module(overlay: Overlay, it: Interpreter, module: Instance, args: list[Any], kwargs: Mapping[str, Any], result: Any) -> None:
    """A call of a module that is no layer of a framework's own."""
    if overlay.calls is None or (isinstance(module.payload, LayerState) and not overlay.is_user_class(module.cls)):
        return
    given = {**{str(at): value for at, value in enumerate(args)}, **kwargs}
    inputs = {name: found for name, value in given.items() if (found := shape_tree(value)) is not None}
    overlay.calls.append(Call(it, module, None, inputs, shape_tree(result), 0, whole=True))


def note_operation(overlay: Overlay, it: Interpreter, op: Op | None, result: Any, entry: type[Op], name: str) -> None:
    """An operation that costs something, or that some tool counts; without ``op`` one of which nothing is known."""
    from paramlint.frameworks.conventions.functions import concerns

    costs = entry.macs is not Op.macs
    if overlay.calls is None or not (costs or concerns(name)):
        return
    running = overlay.running[-1] if overlay.running else None
    macs: Any = 0
    if costs:
        macs = _macs(op.macs, {"y": result}) if op is not None else _why(result, entry)
        if isinstance(macs, Unknown) and macs.reason.site is None:
            macs = located(it, macs)
    overlay.calls.append(Call(it, running, op, {}, shapes(result), macs, name))


def _why(result: Any, entry: type[Op]) -> Unknown:
    """Why a result is not known."""
    found = result.shape if isinstance(result, Tensor) else result
    return found if isinstance(found, Unknown) else Unknown.because(Why.UNSUPPORTED, f"the cost of {entry.__name__}")


def note_skipped(overlay: Overlay, it: Interpreter, reason: Reason, values: Sequence[Any] | None) -> None:
    """Code that was not run because something is not known; ``values`` are what it would have worked on, None if that may be anything."""
    if overlay.calls is not None and may_cost(values):
        why = located(it, Unknown(reason))
        overlay.calls.append(Call(it, overlay.running[-1] if overlay.running else None, None, {}, why, why))


def may_cost(values: Sequence[Any] | None) -> bool:
    """Whether code that works on these values may cost something; None is anything."""
    return values is None or any(map(_may_cost, values))


def _may_cost(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_may_cost, value))
    if isinstance(value, dict):
        return any(map(_may_cost, value.values()))
    return isinstance(value, TensorValue | Unknown | Either | Instance | FunctionValue | BoundMethod)


def shape_tree(value: Any) -> Any:
    """The shapes of the tensors in what analysed code passes and returns; None for everything else."""
    if isinstance(value, TensorValue):
        return value.tensor.shape
    if isinstance(value, Unknown | Either):
        return value if isinstance(value, Unknown) else Unknown(value.reason)
    if isinstance(value, list | tuple):
        return tuple(map(shape_tree, value))
    if isinstance(value, dict):
        return {str(key): shape_tree(item) for key, item in value.items()}
    if isinstance(value, Instance):
        if isinstance(value.payload, list | tuple | dict):
            return shape_tree(value.payload)
        return {name: shape_tree(item) for name, item in value.attrs.items() if isinstance(item, TensorValue)} or None
    return None
