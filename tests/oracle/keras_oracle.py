"""The real Keras beside our entries: the same call, built and called on a symbolic input in both."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from hypothesis import HealthCheck, settings

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue
from paramlint.frameworks.keras import FRAMEWORK
from paramlint.schema.conditions import Refused
from paramlint.schema.example import arguments
from paramlint.schema.layer import Layer
from paramlint.schema.registry import Registry

REGISTRY = Registry([FRAMEWORK])
SETTINGS = settings(max_examples=30, deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

REFUSED = "refused when built"
MISMATCH = "refused when called"


@dataclass(frozen=True)
class Nested:
    """A layer given as an argument of another."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A constructor call, and what the layer is called on: a shape, or a list of arguments, each a shape or a list of shapes."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    input: Any = None
    call_kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What became of a case; ``why`` is not compared."""

    built: Any  # REFUSED, MISMATCH, or the weights: (last part of the name, shape, whether trained)
    output: Any = None
    why: str = ""


def _nested(value: Any, make: Any) -> Any:
    if isinstance(value, Nested):
        return make(value.name, [_nested(one, make) for one in value.args], {k: _nested(v, make) for k, v in value.kwargs.items()})
    return type(value)(_nested(one, make) for one in value) if isinstance(value, list | tuple) else value


def _real_layer(name: str, args: Any, kwargs: Any) -> Any:
    return getattr(keras.layers, name)(*args, **kwargs)


def _our_layer(name: str, args: Any, kwargs: Any) -> Any:
    entry = REGISTRY.find("keras.layers." + name)
    assert entry is not None and issubclass(entry, Layer), f"no entry for {name}"
    return entry.build(args, kwargs)


def _tensors(given: Any) -> Any:
    return [_tensors(one) for one in given] if isinstance(given, list) else keras.KerasTensor(given)


def real(case: Case) -> Outcome:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            layer = _nested(Nested(case.name, case.args, case.kwargs), _real_layer)
        except Exception as error:  # whatever Keras raises is a refusal
            return Outcome(REFUSED, why=str(error))
        if case.input is None:
            return Outcome([])
        inputs = _tensors(case.input) if isinstance(case.input, list) else [_tensors(case.input)]
        try:
            output = layer(*inputs, **case.call_kwargs)
        except Exception as error:
            return Outcome(MISMATCH, why=str(error))
    trained = {id(weight) for weight in layer.trainable_weights}
    weights = [(weight.path.rpartition("/")[2], tuple(weight.shape), id(weight) in trained) for weight in layer.weights]
    return Outcome(weights, _plain(output))


def ours(case: Case) -> Outcome:
    try:
        layer = _nested(Nested(case.name, case.args, case.kwargs), _our_layer)
    except Refused as refused:
        return Outcome(REFUSED, why=refused.message)
    if case.input is None:
        return Outcome([])
    inputs = arguments(case.input)
    try:
        weights = layer.weights(*inputs) if layer.BUILDS_ON_CALL else layer.weights()
        output = layer.shape(*inputs, **case.call_kwargs)
        layer.macs(*inputs, y=output)
    except (Refused, ShapeMismatch) as mismatch:
        return Outcome(MISMATCH, why=mismatch.message)
    except NeedsValue as needs:
        return Outcome("not known", why=str(needs))
    named = [(name.rpartition(".")[2], tuple(weight.shape), weight.trainable) for name, weight in weights.items()]
    return Outcome(named, _plain(output))


def _plain(output: Any) -> Any:
    """Shapes as nested lists; a size that is not known is None."""
    if isinstance(output, Shape):
        return [size if isinstance(size, int) else None for size in output]
    if isinstance(output, keras.KerasTensor):
        return list(output.shape)
    return [_plain(one) for one in output]


def assert_same(case: Case) -> None:
    truth, answer = real(case), ours(case)
    assert (answer.built, answer.output) == (truth.built, truth.output), f"{case}\n keras: {truth}\n entry: {answer}"
