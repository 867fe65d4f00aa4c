"""Layers that run a function of the analysed code on their inputs, and functions that say the shape of what a layer gives.

Source: Lambda in keras/src/layers/core/lambda_layer.py, Layer.compute_output_spec in keras/src/layers/layer.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.lazy_state import opened, shape_of
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, mapped, tensors_in, without_step, written
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, Either, FunctionValue, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def run(framework: Framework, it: Interpreter, entry: Layer, args: Args, kwargs: Kwargs) -> Any:
    """What such a layer gives; absent where its entry says it."""
    function, shapes = entry.called_function(), entry.shape_function()
    drawn = any(tensor.step is not None for tensor in tensors_in(args))
    if drawn and isinstance(shapes, FunctionValue | Native):
        said = it.call(shapes, [mapped(args[0] if args else None, lambda leaf: written(shape_of(leaf)))], {})
        return told(framework, it, said)
    if not isinstance(function, FunctionValue | Native | Instance) or (shapes is not None and drawn):
        return ABSENT
    given = _keywords(function, entry, kwargs)
    if given is None:
        return it.unknown(Why.UNSUPPORTED, "what a function is given besides")
    try:
        return it.call(function, [mapped(value, without_step) for value in args], given)
    except Raised:
        if drawn:  # the framework asks the function for its shape, and tells any exception as this one
            it.library_throw("NotImplementedError", "We could not automatically infer the shape of the Lambda's output.")
        raise


def _keywords(function: Any, entry: Layer, kwargs: Kwargs) -> Kwargs | None:
    """What the function is given by name; None where that is not known."""
    given = entry.called_arguments()
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        return None
    names = {p.name for p in (*function.code.positional_only, *function.code.parameters)} if isinstance(function, FunctionValue) else set()
    return {**given, **{name: kwargs.get(name) for name in ("mask", "training") if name in names}}


def told(framework: Framework, it: Interpreter, said: Any) -> Any:
    """The tensors of the shapes that the analysed code says."""
    if isinstance(said, list) and (not said or said[0] is None or isinstance(said[0], int)):
        said = tuple(said)
    if said is None or isinstance(said, int | float | str | bytes):
        it.library_throw("ValueError", "a method or function that says output shapes returns what cannot be interpreted as a shape")
    if isinstance(said, tuple):
        wrong = next((size for size in said if isinstance(size, float | str) or (isinstance(size, int) and size < 0)), None)
        if wrong is not None:
            it.library_throw("ValueError", f"a shape with the dimension {wrong!r}")
    return mapped(opened(said), lambda leaf: _tensor(it, framework, leaf))


def _tensor(it: Interpreter, framework: Framework, shape: Any) -> Any:
    if isinstance(shape, Unknown | Either):
        return Unknown(shape.reason)
    if not isinstance(shape, Shape):
        return it.unknown(Why.UNSUPPORTED, "an output shape of such a kind")
    return Symbol(Tensor(shape), framework)
