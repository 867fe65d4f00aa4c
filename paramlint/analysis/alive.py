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

    __slots__ = ("changed", "first", "last", "loose", "origin", "saved", "size")

    def __init__(self, size: Any, step: int, origin: TensorValue | None = None) -> None:
        self.size = size
        self.first = self.last = step
        self.origin = origin  # the tensor itself, where it is there before the call: a weight, a constant
        self.saved = False  # for the backward pass
        self.loose = 0  # how often it or a copy of it is saved
        self.changed = False  # by something of which training asks for a derivative


class Held:
    """A tensor: the memory that it lies in, and how it lies there."""

    __slots__ = ("differentiable", "store", "strides", "value")

    def __init__(self, value: Any, store: Store, strides: Any, differentiable: bool) -> None:
        self.value = value  # a weak reference
        self.store = store
        self.strides = strides  # on the CPU and, where that differs, on the meta device; each None where it is not known
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


def is_real(tensor: Tensor) -> bool:
    """Whether a tensor holds floating-point numbers, the type of which a user may choose."""
    return tensor.dtype.startswith(_FLOATS)


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


def weights_of(module: Instance, *, buffers: bool = False) -> Iterator[tuple[str, TensorValue]]:
    """The weights of a module and of those inside, by path; with ``buffers`` these too."""
    from paramlint.analysis.modules import table

    stack, seen = [("", module)], set()
    while stack:
        path, item = stack.pop()
        if isinstance(item, Either):
            stack += [(path, one) for one in item.alternatives]
        if not isinstance(item, Instance) or id(item) in seen:
            continue
        seen.add(id(item))
        for kind in ("_parameters", "_buffers") if buffers else ("_parameters",):
            for name, value in table(item, kind).items():
                for one in value.alternatives if isinstance(value, Either) else (value,):
                    if isinstance(one, TensorValue):
                        yield f"{path}{name}", one
        stack += [(f"{path}{name}.", inner) for name, inner in table(item, "_modules").items()]


def given_tensors(args: Any, kwargs: Any) -> list[tuple[int | str, TensorValue]]:
    """The tensors in the arguments of a call, with the place or the keyword of the argument."""
    placed = enumerate(args) if isinstance(args, list | tuple) else [(0, args)]
    return [(key, value) for key, given in (*placed, *(kwargs or {}).items()) for value in tensors_in(given)]


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
