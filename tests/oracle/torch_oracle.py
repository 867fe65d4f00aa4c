"""The real torch beside our entries: the same call, built and called in both."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue
from paramlint.frameworks.torch import FRAMEWORK
from paramlint.schema.conditions import Refused
from paramlint.schema.registry import Registry
from paramlint.schema.weights import Weights

REGISTRY = Registry([FRAMEWORK])
SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@dataclass(frozen=True)
class Case:
    """A constructor call, and a call of what it makes. ``inputs`` are shapes; a dtype may be given for each."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[tuple[int, ...], ...] | None = None
    call_kwargs: Mapping[str, Any] = field(default_factory=dict)
    dtypes: tuple[torch.dtype, ...] = ()
    training: bool = True


REFUSED = "refused when built"
MISMATCH = "refused when called"
UNDECIDED = "depends on what the source does not say"


@dataclass
class Outcome:
    """What became of a case; ``why`` is not compared."""

    built: Any  # REFUSED, or the names and shapes of parameters and buffers
    called: Any  # MISMATCH, the output's shape, or None where nothing was called
    why: str = ""


def real(case: Case) -> Outcome:
    """Builds and calls the real layer. Shapes are checked on the CPU: the meta device refuses less."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = getattr(torch.nn, case.name)(*case.args, **case.kwargs)
        except Exception as error:  # whatever torch raises is a refusal
            return Outcome(REFUSED, None, str(error))
        layer.train(case.training)
        lazy = hasattr(layer, "initialize_parameters")
        if case.inputs is None:
            return Outcome(None if lazy else _state(layer), None)
        dtypes = case.dtypes or (torch.float32,) * len(case.inputs)
        tensors = [torch.ones(shape, dtype=dtype) if dtype.is_floating_point else torch.zeros(shape, dtype=dtype)
                   for shape, dtype in zip(case.inputs, dtypes, strict=True)]
        before = None if lazy else _state(layer)
        try:
            with torch.no_grad():
                output = layer(*tensors, **case.call_kwargs)
        except Exception as error:
            return Outcome(before, MISMATCH, str(error))
        return Outcome(_state(layer), _shapes(output))


def ours(case: Case) -> Outcome:
    entry = REGISTRY.find("torch.nn." + case.name)
    assert entry is not None, f"no entry for {case.name}"
    try:
        layer = entry.build(case.args, case.kwargs)
    except Refused as refused:
        return Outcome(REFUSED, None, refused.message)
    layer.training = case.training
    lazy = layer.BUILDS_ON_CALL
    before = None if lazy else _weights(layer.weights())
    if case.inputs is None:
        return Outcome(before, None)
    inputs = [Shape(shape) for shape in case.inputs]
    try:
        output = layer.shape(*inputs, **case.call_kwargs)
        weights = layer.weights(*inputs[:1]) if lazy else layer.weights()
    except NeedsValue as undecided:
        return Outcome(before, UNDECIDED, str(undecided))
    except ShapeMismatch as mismatch:
        return Outcome(before, MISMATCH, mismatch.message)
    return Outcome(_weights(weights), _plain(output))


def assert_same(case: Case) -> None:
    truth, answer = real(case), ours(case)
    if answer.called == UNDECIDED and (answer.built is None or answer.built == truth.built):
        return
    assert (answer.built, answer.called) == (truth.built, truth.called), f"{case}\n torch: {truth}\n entry: {answer}"


def _state(layer: Any) -> list[Any]:
    return [[(name, tuple(weight.shape), weight.requires_grad) for name, weight in layer.named_parameters()],
            [(name, tuple(weight.shape), str(weight.dtype).removeprefix("torch.")) for name, weight in layer.named_buffers()]]


def _weights(weights: Weights) -> list[Any]:
    return [[(name, tuple(weight.shape), weight.trainable) for name, weight in weights.items() if not weight.buffer],
            [(name, tuple(weight.shape), weight.dtype) for name, weight in weights.items() if weight.buffer]]


def _shapes(output: Any) -> Any:
    if isinstance(output, torch.Tensor):
        return tuple(output.shape)
    return [_shapes(one) for one in output] if isinstance(output, tuple | list) else None


def _plain(output: Any) -> Any:
    if isinstance(output, Shape):
        return tuple(output)
    return [_plain(one) for one in output] if isinstance(output, tuple | list) else None


# Arguments ------------------------------------------------------------------------------------------------------------

ODD = st.sampled_from([0, -1, 2.0, 1.5, True, None, "2", (2, 2), ()])


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any] = ODD, one_in: int = 12) -> st.SearchStrategy[Any]:
    """Usual values, and now and then an odd one."""
    return st.integers(1, one_in).flatmap(lambda n: odd if n == one_in else usual)


def size(least: int = 1, most: int = 6) -> st.SearchStrategy[Any]:
    return mostly(st.integers(least, most))


def per_axis(axes: int, least: int, most: int) -> st.SearchStrategy[Any]:
    """One number, or a tuple or list of them, mostly of the right length."""
    one = st.integers(least, most)
    full = st.tuples(*[one] * axes)
    return mostly(st.one_of(one, full, full.map(list)), st.one_of(ODD, st.lists(st.integers(-1, most), max_size=axes + 2).map(tuple)))


def options(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments, each there or not."""
    return st.fixed_dictionaries({}, optional=dict(strategies))


def shape(axes: int, channels: st.SearchStrategy[int], most: int = 9) -> st.SearchStrategy[tuple[int, ...]]:
    """``(N, C, *)``, mostly; also without the batch, with empty axes and with another number of axes."""
    spatial = st.lists(st.integers(1, most), min_size=axes, max_size=axes).map(tuple)
    batched = st.builds(lambda n, c, rest: (n, c, *rest), st.integers(1, 3), channels, spatial)
    unbatched = st.builds(lambda c, rest: (c, *rest), channels, spatial)
    empty = st.builds(lambda n, c, rest: (n, c, *rest), st.integers(0, 2), st.integers(0, 4),
                      st.lists(st.integers(0, 3), min_size=axes, max_size=axes))
    other = st.lists(st.integers(1, 4), max_size=6).map(tuple)
    return st.integers(0, 9).flatmap(lambda n: batched if n < 6 else (unbatched, unbatched, empty, other)[n - 6])


def cases(name: str, required: Sequence[st.SearchStrategy[Any]], inputs: st.SearchStrategy[Any], *,
          call: st.SearchStrategy[dict[str, Any]] | None = None, dtypes: tuple[torch.dtype, ...] = (),
          **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    """Calls of one class: positional arguments, optional ones by name, then a call on ``inputs`` (a tuple of shapes)."""
    return st.builds(lambda args, kwargs, shapes, more, training: Case(name, args, kwargs, shapes, more, dtypes, training),
                     st.tuples(*required), options(**optional), inputs, st.just({}) if call is None else call, st.booleans())
