"""Tensors and the memory that they lie in, and the sums that these come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.values import Either, Instance

_FLOATS = ("float", "bfloat")


class Store:
    """Memory that one tensor or several views of it lie in, from the step that fills it to the last that reads it."""

    __slots__ = ("first", "last", "saved", "size")

    def __init__(self, size: Any, step: int) -> None:
        self.size = size
        self.first = self.last = step
        self.saved = False  # for the backward pass


class Held:
    """A tensor: the memory that it lies in, in inference and in training, and whether its elements lie in order there."""

    __slots__ = ("differentiable", "in_order", "store", "trained", "value")

    def __init__(self, value: Any, store: Store, trained: Store, in_order: bool | None, differentiable: bool) -> None:
        self.value = value  # a weak reference
        self.store = store
        self.trained = trained
        self.in_order = in_order  # None: not known
        self.differentiable = differentiable


def total_of(sizes: Iterable[Any]) -> Count:
    total: Any = 0
    for size in sizes:
        total = total + size
    return Count.of(total)


def largest_of(sizes: Iterator[Any]) -> Count:
    """The largest size; of formulas the one that is largest for all sizes of the input, if there is one."""
    best: Any = 0
    for size in sizes:
        more = size - best
        if isinstance(more, Unknown):
            return Count(0, True, (more.reason,))
        signs = {count > 0 for count in more.terms.values()} if isinstance(more, Formula) else {more > 0}
        if signs == {True}:
            best = size
        elif len(signs) > 1:
            return Count(0, True, (Reason(Why.INPUT, "where the peak is depends on the sizes of the input that are left open"),))
    return Count(best)


def tensor_bytes(tensor: Tensor, dtype: str | None = None) -> Any:
    """The bytes of a tensor's elements: a number, a formula, or why that is not known. ``dtype`` replaces its type where that is a floating one."""
    kind = dtype if dtype is not None and tensor.dtype.startswith(_FLOATS) else tensor.dtype
    size = DTYPE_BYTES.get(kind)
    if isinstance(tensor.shape, Unknown):
        return tensor.shape
    if size is None:
        return Unknown.because(Why.UNSUPPORTED, "the dtype of a tensor that is made on the way")
    return size * tensor.shape.numel


def is_float(tensor: Tensor) -> bool:
    return tensor.dtype.startswith((*_FLOATS, "complex", "unknown"))


def is_trained(value: TensorValue) -> bool:
    """Whether a tensor is one that training asks for the derivative of, or may be one."""
    return value.state.get("requires_grad", value.is_parameter) is not False


def open_training(value: TensorValue) -> Reason | None:
    """Why it is not known whether a tensor is trained."""
    found = value.state.get("requires_grad", False)
    return found.reason if isinstance(found, Unknown | Either) else None


def computes_weights(module: Instance) -> bool:
    """Whether a layer computes its weights from others with each call (weight norm, spectral norm)."""
    from paramlint.analysis.modules import table

    return "parametrizations" in table(module, "_modules") or any(name.endswith(("_orig", "_g")) for name in table(module, "_parameters"))


def own_parameters(module: Instance) -> Iterator[TensorValue]:
    from paramlint.analysis.modules import table

    return (value for value in table(module, "_parameters").values() if isinstance(value, TensorValue))


def tensors_in(value: Any) -> Iterator[TensorValue]:
    """The tensors in what is passed and returned."""
    if isinstance(value, TensorValue):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, Instance):
        if isinstance(value.payload, list | tuple | dict):
            yield from tensors_in(value.payload)
        elif value.cls.fact("module base") is None:
            yield from (item for item in value.attrs.values() if isinstance(item, TensorValue))
    elif isinstance(value, Either):
        for item in value.alternatives:
            yield from tensors_in(item)


def unknowns_in(value: Any) -> Iterator[Any]:
    if isinstance(value, Unknown | Either):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from unknowns_in(item)
