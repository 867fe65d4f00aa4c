"""Calling a framework's layer on tensors, and the record of what calls cost."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.layers import LayerState, fill, kind_of
from paramlint.analysis.tensor_ops import argument, located, mismatch, wrapped
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.values import Instance
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


class Call:
    """One call of a layer or of an operation that costs something.

    ``module`` is the innermost module that runs: the layer itself, or whoever calls the operation. Shapes are nested as they are
    passed and returned; one that is not known is an Unknown. ``macs`` are multiply-accumulates, ``kind`` the entry's word for the family.
    """

    __slots__ = ("entry", "inputs", "kind", "macs", "module", "outputs", "site")

    def __init__(self, module: Any, entry: Any, inputs: Any, outputs: Any, macs: Any, site: Any) -> None:
        self.module = module
        self.entry = entry
        self.kind: str = entry.KIND
        self.inputs = inputs
        self.outputs = outputs
        self.macs = macs
        self.site = site

    def __repr__(self) -> str:
        return f"Call({type(self.entry).__name__}, {self.inputs} -> {self.outputs}, macs={self.macs})"


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
    state = module.payload
    entry = state.entry if isinstance(state, LayerState) else None
    if entry is None:
        return TensorValue(Tensor(it.unknown(Why.INPUT, f"the output of `{module.cls.name}`"), "unknown"), kind=kind_of(module))
    given = [argument(overlay, it, value) for value in args]
    options = {name: argument(overlay, it, value) for name, value in kwargs.items()}
    entry.training = module.attrs.get("training", True)
    try:
        bound = inspect.signature(entry.shape).bind(*given, **options).arguments
    except TypeError:
        return TensorValue(Tensor(it.unknown(Why.UNSUPPORTED, f"a call of `{module.cls.name}` with such arguments"), "unknown"), kind=kind_of(module))
    inputs = {name: shapes(value) for name, value in bound.items()}
    try:
        if entry.BUILDS_ON_CALL and not modules.table(module, "_parameters"):
            fill(overlay, it, module, entry, inputs)
        _check_weights(it, module, entry)
        outputs = entry.shape(**inputs)
    except NeedsValue as error:
        outputs = located(it, error.unknown)
    except Refused as error:
        raise it.error("RuntimeError", f"{module.cls.name}: {error.message}") from None
    except ShapeMismatch as error:
        raise mismatch(it, "RuntimeError", module.cls.name, error) from None
    except (TypeError, ValueError, AttributeError, IndexError, KeyError, ArithmeticError) as error:
        outputs = it.unknown(Why.UNSUPPORTED, f"a call of `{module.cls.name}` with such arguments ({error})")
    if overlay.calls is not None:
        overlay.calls.append(Call(module, entry, list(inputs.values()), outputs, _macs(entry.macs, {**inputs, "y": outputs}), it.site()))
    return _tensors(overlay, it, outputs, _dtype(module, given, options), kind_of(module))


def _check_weights(it: Interpreter, module: Instance, entry: Layer) -> None:
    """A weight that was replaced by one of another shape decides, not the arguments that the layer was made with."""
    if entry.BUILDS_ON_CALL:
        return
    own = modules.table(module, "_parameters")
    for name, weight in entry.weights().items():
        value = own.get(name)
        if isinstance(value, TensorValue):
            shape = value.tensor.shape
            if isinstance(shape, Unknown) or isinstance(weight.shape, Unknown):
                continue
            if len(shape) != len(weight.shape) or any(map(differs, shape, weight.shape)):
                raise NeedsValue(it.unknown(Why.UNSUPPORTED, f"the output of `{module.cls.name}`, whose `{name}` was replaced"))


def _macs(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """The cost, from those arguments that its formula needs."""
    names = inspect.signature(method).parameters
    if isinstance(given["y"], Unknown):
        return given["y"]
    try:
        return method(**{name: value for name, value in given.items() if name in names})
    except NeedsValue as error:
        return error.unknown
    except (TypeError, ValueError, AttributeError, IndexError, KeyError, ArithmeticError) as error:
        return Unknown.because(Why.UNSUPPORTED, f"the cost of this call ({error})")


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


def note_call(overlay: Overlay, it: Interpreter, module: Instance, entry: Layer, inputs: Mapping[str, Any], outputs: Any) -> None:
    """Record a call of a layer that somebody else has run."""
    if overlay.calls is not None:
        macs = _macs(entry.macs, {**inputs, "y": outputs})
        overlay.calls.append(Call(module, entry, list(inputs.values()), outputs, macs, it.site()))


def note_operation(overlay: Overlay, it: Interpreter, op: Op | None, given: list[Any], result: Any) -> None:
    """Record an operation that costs something."""
    if overlay.calls is None or op is None or type(op).macs is Op.macs:
        return
    macs = _macs(op.macs, {"y": result})
    if not (isinstance(macs, int) and macs == 0):
        inputs = [shapes(value) for value in given if isinstance(value, Tensor)]
        overlay.calls.append(Call(overlay.running[-1] if overlay.running else None, op, inputs, shapes(result), macs, it.site()))
