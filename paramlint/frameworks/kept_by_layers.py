"""What training keeps of convolutions, pooling, normalisation and dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import strides as lie
from paramlint.frameworks.memory import Used, drops, never_drops, shape_of
from paramlint.schema.fields import truth
from paramlint.schema.layer import Layer

_PLACE = 8  # bytes of the place of a maximum


class Kept(msgspec.Struct, frozen=True):
    """What the backward pass needs: inputs and outputs by their position, and bytes beside them.

    ``loose``: of an input that lies in memory nobody knows how, itself or a copy of it.
    """

    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    extra: Size = 0
    loose: tuple[int, ...] = ()


def statistics(used: Used, numbers: Size) -> Size | None:
    """The bytes of means and deviations; of half precision that depends on the device."""
    size = {"float32": 4, "float64": 8}.get(used.inputs[0].dtype)
    return None if size is None else 2 * size * numbers


def with_statistics(used: Used, numbers: Size, inputs: Sequence[int] = (0,)) -> Kept | None:
    extra = statistics(used, numbers)
    return None if extra is None else Kept(inputs=tuple(inputs), extra=extra)


def beside(used: Used, *arguments: tuple[str, int]) -> tuple[int, ...]:
    """The first input and others by their arguments, where they are given."""
    return (0, *(at for name, place in arguments if (at := used.at(name, place)) is not None))


def convolution(used: Used) -> Kept | None:
    """The input, and a weight that is not the layer's own."""
    inputs = beside(used, ("weight", 1))
    mode = used.given("padding_mode", 99, "zeros")
    if used.word != "convolution" or (mode == "zeros" and (used.given("padding", 3, 0) != "same" or _is_even_same(used))):
        return Kept(inputs=inputs)
    padded = _padded(used)
    if padded is None or mode not in ("zeros", "reflect", "replicate", "circular"):
        return None
    return Kept(inputs=inputs if mode in ("reflect", "replicate") and used.trained[0] else inputs[1:], extra=padded)


def _padded(used: Used) -> Size | None:
    """The bytes of a convolution's input after it was padded in a step of its own."""
    shape = shape_of(used.inputs[0])
    kernel, padding, dilation = (used.given(name, 99, None) for name in ("kernel_size", "padding", "dilation"))
    axes = len(kernel) if isinstance(kernel, tuple | list) else int(_title(used)[-2])
    kernel, dilation = _each(kernel, axes), _each(dilation, axes)
    if isinstance(padding, str):
        more = [0] * axes if padding == "valid" else [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
    else:
        more = [2 * one for one in _each(padding, axes)]
    if len(shape) != axes + 2:
        return None
    size = product((*shape[:2], *(one + two for one, two in zip(shape[2:], more, strict=True))))
    return DTYPE_BYTES[used.inputs[0].dtype] * size if used.inputs[0].dtype in DTYPE_BYTES and isinstance(used.entry, Layer) else None


def _each(value: Any, axes: int) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value] * axes


def _is_even_same(used: Used) -> bool:
    """Whether "same" adds as much on each side, so that the input is not padded first."""
    kernel = used.given("kernel_size", 99, None)
    if kernel is None:
        at = used.at("weight", 1)
        kernel = None if at is None else tuple(shape_of(used.inputs[at])[2:])
    dilation = used.given("dilation", 4, 1)
    sizes = kernel if isinstance(kernel, tuple | list) else (kernel,)
    steps = dilation if isinstance(dilation, tuple | list) else (dilation,) * len(sizes)
    return all(isinstance(size, int) and isinstance(step, int) and step * (size - 1) % 2 == 0 for size, step in zip(sizes, steps, strict=False))


def channels(used: Used) -> Kept | None:
    """The input; and, of a batch, the mean and deviation of each channel."""
    inputs = beside(used, ("weight", 3))
    if isinstance(used.entry, Layer):
        batch = truth(used.training)
        if truth(used.given("track_running_stats", 99, True)) is False:
            batch = True
    else:
        batch = truth(used.given("training", 4, False))
    if batch is None:
        return None
    if not batch:  # on the meta device as much as in training, on others nothing
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "whether training keeps statistics of batch normalisation in evaluation mode"))
    return with_statistics(used, shape_of(used.inputs[0])[1], inputs)


def squares(used: Used) -> Kept | None:
    """The input, the inverse length of each row and, for the weight, the rows of length one."""
    normalized = used.given("normalized_shape", 0, None)
    if normalized is None or used.inputs[0].dtype not in ("float32", "float64"):
        return None
    at = used.at("weight", 2)
    trained = used.own.get("weight", False) if at is None else used.trained[at]
    if not trained and at is not None:
        return None
    axes = len(normalized) if isinstance(normalized, tuple | list | Shape) else 1
    size = DTYPE_BYTES[used.inputs[0].dtype]
    rows = bytes_of(used.inputs[0]) if trained else 0
    return Kept(inputs=(0,), extra=size * product(shape_of(used.inputs[0])[:-axes]) + rows) if used.trained[0] else Kept(extra=rows)


def instances(used: Used) -> Kept | None:
    """As batch normalisation of a batch of one, with each weight once a sample."""
    shape = shape_of(used.inputs[0])
    if not isinstance(used.entry, Layer) or used.strides[0] is None or not lie.is_in_order(shape, used.strides[0]) or (
            len(shape) != int(_title(used)[-2]) + 2):
        return None
    tracks = truth(used.given("track_running_stats", 99, False))
    if tracks is None or (tracks and truth(used.training) is not True) or shape[0] == 1:
        return None
    times = 2 + ("weight" in used.own) + 2 * tracks
    found = statistics(used, shape[0] * shape[1])
    return None if found is None else Kept(inputs=(0,), extra=found // 2 * times)


def rows(used: Used) -> Kept | None:
    """The input, and the mean and deviation of each row."""
    normalized = used.given("normalized_shape", 0, None)
    if normalized is None:
        return None
    axes = len(normalized) if isinstance(normalized, tuple | list | Shape) else 1
    return with_statistics(used, product(shape_of(used.inputs[0])[:-axes]), beside(used, ("weight", 2), ("bias", 3)))


def groups(used: Used) -> Kept | None:
    """The input, in order, and the mean and deviation of each group."""
    groups = used.given("num_groups", 0, None)
    if groups is None:
        return None
    shape = shape_of(used.inputs[0])
    found = with_statistics(used, shape[0] * groups, beside(used, ("weight", 2)))
    if found is None or used.strides[0] is None:
        return None
    if lie.is_in_order(shape, used.strides[0]) or (lie.is_channels_last(shape, used.strides[0]) and used.device == "cpu"):
        return found
    return msgspec.structs.replace(found, inputs=found.inputs[1:], extra=found.extra + bytes_of(used.inputs[0]))


def maxima(used: Used) -> Kept:
    """The input, and the place of each maximum."""
    if len(used.outputs) == 2:
        return Kept(inputs=(0,), outputs=(1,))
    return Kept(inputs=(0,), extra=_PLACE * shape_of(used.outputs[0]).numel)


def adaptive(used: Used) -> Kept:
    """The input; an average over everything is a mean, which needs only its size."""
    title = (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__
    axes = int(title[-2]) if title[-2:-1].isdigit() else len(shape_of(used.inputs[0])) - 2
    return Kept() if all(truth(size == 1) for size in shape_of(used.outputs[0])[-axes:]) else Kept(inputs=(0,))


def padding(used: Used) -> Kept | None:
    """A constant needs nothing, what is mirrored the input."""
    mode = used.given("mode", 1, "constant")
    title = type(used.entry).__name__.lower() if isinstance(used.entry, Layer) else ""
    if "zero" in title or "constant" in title or "circular" in title or (not title and mode in ("constant", "circular")):
        return Kept()
    return Kept(inputs=(0,)) if "reflection" in title or "replication" in title or mode in ("reflect", "replicate") else None


def dropped(used: Used) -> Kept | None:
    """What each element is multiplied with, of the same type as the elements; of whole channels a number for each."""
    dropped = drops(used)
    if dropped is None:
        raise NeedsValue(Unknown.because(Why.ARGUMENT, "whether elements are dropped"))
    if not dropped or never_drops(used):
        return Kept()
    share = used.given("p", 0, 0.5)
    shape = shape_of(used.inputs[0])
    size = DTYPE_BYTES.get(used.inputs[0].dtype)
    if size is None or not isinstance(share, int | float) or used.given("inplace", 2, False) is None:
        return None
    if share == 1:
        return Kept(extra=size) if "alpha" not in used.word else None
    if used.word in ("channel dropout", "featurealphadropout"):
        alone = len(shape) == {"1": 2, "3": 4}.get(used.name.rstrip("d")[-1:])  # no batch
        return Kept(extra=size * shape[0] * (1 if alone else shape[1]))
    return Kept(extra=bytes_of(used.inputs[0]))


def _title(used: Used) -> str:
    return (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__


def bytes_of(tensor: Any) -> Any:
    size = DTYPE_BYTES.get(tensor.dtype)
    if size is None:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the dtype of a tensor that is made on the way"))
    return size * shape_of(tensor).numel


