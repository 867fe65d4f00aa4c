"""What training keeps of calls for the backward pass.

Kept is what PyTorch's autograd saves (``derivatives.yaml`` of torch 2.13): the input of a convolution, the output of a ReLU, of a product each
operand that the other one's derivative needs. Of a call that is not listed nobody knows how much is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import composites
from paramlint.frameworks import strides as lie
from paramlint.frameworks.memory import CASTS, NEW, SAME, Used, drops, may_copy, never_drops, shape_of
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


_NOTHING = frozenset({
    "add", "sub", "neg", "rsub", "cat", "stack", "mean", "sum", "upsample", "shuffle", "repeat", "tile", "roll", "flip", "clone", "floor", "round",
    "ceil", "sign", "fold", "cumsum", "tril", "triu", "pixel_unshuffle", "trace"})
_INPUT = frozenset({
    "gelu", "silu", "mish", "hardswish", "hardsigmoid", "hardtanh", "softplus", "elu", "celu", "selu", "leaky relu", "relu6", "glu", "avg pool",
    "log", "log1p", "log2", "log10", "abs", "absolute", "sin", "cos", "sinh", "cosh", "erf", "threshold", "var", "softshrink", "hardshrink", "atan"})
_OUTPUT = frozenset({"relu", "sigmoid", "tanh", "softmax", "exp", "exp2", "expm1", "sqrt", "rsqrt", "reciprocal", "tan"})
_BOTH = frozenset({"amax", "amin", "logsumexp", "std", "prod", "cumprod"})
_PLACES = frozenset({"max", "min", "topk", "sort", "median", "kthvalue", "mode"})  # with an axis
_CHANGED = frozenset({"elu", "selu", "celu", "leaky relu"})  # of which the result is kept where they change their input


def keeps_are_known(used: Used) -> bool:
    """Whether ``kept`` speaks of this framework at all."""
    return used.framework in ("torch", "einops")


def kept(used: Used) -> Kept | None:
    """What the backward pass needs of a call of which training asks for a derivative, or None where that is not known.

    Raises NeedsValue where it depends on what is not known.
    """
    found = used.word
    if found in _NOTHING or used.looks or may_copy(used) or found in SAME or found in CASTS or found in NEW:
        return _picked(used) if found == "getitem" else Kept()
    if found in _OUTPUT or (found in _CHANGED and used.changes):
        return Kept(outputs=(0,))
    if found in _INPUT:
        return Kept(inputs=(0,)) if len(used.inputs) == 1 else None
    if found in _BOTH:
        return Kept(inputs=(0,), outputs=(0,)) if len(used.inputs) == len(used.outputs) == 1 else None
    if found in composites.FOLLOWED:
        tape, _ = composites.follow(used)
        return Kept(tuple(tape.inputs), extra=tape.extra, loose=tuple(tape.loose))
    rule = _RULES.get(found)
    return rule(used) if rule is not None and used.inputs else None


def on_all_devices(found: Sequence[tuple[Used, Kept | None]]) -> Kept | None:
    """What is kept wherever it runs: where one device keeps an input and another one a copy of it, as many bytes; None where they differ."""
    (used, first), *others = found
    for _, other in others:
        if first is None or other is None:
            return None
        if first == other:
            continue
        loose = tuple(at for at in {*first.inputs, *other.inputs} if at not in first.inputs or at not in other.inputs)
        copies = [sum(_bytes(used.inputs[at]) for at in loose if at not in one.inputs) + sum(_bytes(used.inputs[at]) for at in one.loose)
                  for one in (first, other)]
        if first.outputs != other.outputs or not lie.same(first.extra - copies[0], other.extra - copies[1]):
            return None
        inputs = tuple(at for at in first.inputs if at not in loose)
        first = Kept(inputs, first.outputs, first.extra - copies[0], (*first.loose, *loose))
    return first


def _statistics(used: Used, numbers: Size) -> Size | None:
    """The bytes of means and deviations; of half precision that depends on the device."""
    size = {"float32": 4, "float64": 8}.get(used.inputs[0].dtype)
    return None if size is None else 2 * size * numbers


def _with_statistics(used: Used, numbers: Size, inputs: Sequence[int] = (0,)) -> Kept | None:
    extra = _statistics(used, numbers)
    return None if extra is None else Kept(inputs=tuple(inputs), extra=extra)


def _beside(used: Used, *arguments: tuple[str, int]) -> tuple[int, ...]:
    """The first input and others by their arguments, where they are given."""
    return (0, *(at for name, place in arguments if (at := used.at(name, place)) is not None))


def _product(used: Used) -> Kept:
    if len(used.inputs) < 2:
        return Kept()
    return Kept(inputs=tuple(at for at in (0, 1) if used.trained[1 - at]))


def _quotient(used: Used) -> Kept | None:
    if used.given("rounding_mode", 1, None) is not None:
        return None
    if len(used.inputs) < 2:
        return Kept()
    return Kept(inputs=(0, 1) if used.trained[1] else (1,))


def _reciprocal(used: Used) -> Kept:
    """A number divided by a tensor is the product of the number and a reciprocal, which is kept."""
    return Kept(extra=_bytes(used.outputs[0]))


def _power(used: Used) -> Kept | None:
    return Kept(inputs=(0,)) if len(used.inputs) == 1 else None


def _extreme(used: Used) -> Kept | None:
    """Along an axis the places; of two tensors both; of all elements the input and the result."""
    if len(used.outputs) == 2:
        return Kept(outputs=(1,))
    if used.word not in ("max", "min"):
        return None
    return Kept(inputs=(0, 1)) if len(used.inputs) == 2 else Kept(inputs=(0,), outputs=(0,))


def _two(used: Used) -> Kept | None:
    return Kept(inputs=(0, 1)) if len(used.inputs) == 2 else None


def _clamp(used: Used) -> Kept | None:
    return Kept(inputs=(0,)) if len(used.inputs) == 1 else None


def _where(used: Used) -> Kept | None:
    """What decides, not what is chosen from."""
    asked = [at for at, tensor in enumerate(used.inputs) if tensor.dtype == "bool"]
    return Kept(inputs=(asked[0],)) if len(asked) == 1 else None


def _mask(used: Used) -> Kept | None:
    at = used.at("mask", 1)
    return None if at is None else Kept(inputs=(at,))


def _picked(used: Used) -> Kept | None:
    """Slices keep nothing; where tensors and lists choose elements, those are kept."""
    index = used.options[0] if used.options else None
    parts = index if isinstance(index, tuple) else (index,)
    lists = [part for part in parts if isinstance(part, list)]
    if any(not all(isinstance(item, int) and not isinstance(item, bool) for item in part) for part in lists):
        return None
    return Kept(inputs=tuple(range(1, len(used.inputs))), extra=_PLACE * sum(map(len, lists)))


def _indexed(used: Used) -> Kept | None:
    at = used.at("index", 2)
    return None if at is None else Kept(inputs=(at,))


def _convolution(used: Used) -> Kept | None:
    """The input, and a weight that is not the layer's own."""
    if used.given("padding_mode", 99, "zeros") != "zeros":
        return None
    padding = used.given("padding", 3, 0) if isinstance(used.entry, Layer) or used.word == "convolution" else 0
    if padding == "same" and not _is_even_same(used):
        return None
    return Kept(inputs=_beside(used, ("weight", 1)))


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


def _channels(used: Used) -> Kept | None:
    """The input; and, of a batch, the mean and deviation of each channel."""
    inputs = _beside(used, ("weight", 3))
    if isinstance(used.entry, Layer):
        batch = truth(used.training)
        if truth(used.given("track_running_stats", 99, True)) is False:
            batch = True
    else:
        batch = truth(used.given("training", 4, False))
    if batch is None:
        return None
    return _with_statistics(used, shape_of(used.inputs[0])[1], inputs) if batch else Kept(inputs=inputs)


def _rows(used: Used) -> Kept | None:
    """The input, and the mean and deviation of each row."""
    normalized = used.given("normalized_shape", 0, None)
    if normalized is None:
        return None
    axes = len(normalized) if isinstance(normalized, tuple | list | Shape) else 1
    return _with_statistics(used, product(shape_of(used.inputs[0])[:-axes]), _beside(used, ("weight", 2), ("bias", 3)))


def _groups(used: Used) -> Kept | None:
    """The input, in order, and the mean and deviation of each group."""
    groups = used.given("num_groups", 0, None)
    if groups is None:
        return None
    shape = shape_of(used.inputs[0])
    found = _with_statistics(used, shape[0] * groups, _beside(used, ("weight", 2)))
    if found is None or used.strides[0] is None:
        return None
    if lie.is_in_order(shape, used.strides[0]) or (lie.is_channels_last(shape, used.strides[0]) and used.device == "cpu"):
        return found
    return msgspec.structs.replace(found, inputs=found.inputs[1:], extra=found.extra + _bytes(used.inputs[0]))


def _maxima(used: Used) -> Kept:
    """The input, and the place of each maximum."""
    if len(used.outputs) == 2:
        return Kept(inputs=(0,), outputs=(1,))
    return Kept(inputs=(0,), extra=_PLACE * shape_of(used.outputs[0]).numel)


def _adaptive(used: Used) -> Kept:
    """The input; an average over everything is a mean, which needs only its size."""
    title = (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__
    axes = int(title[-2]) if title[-2:-1].isdigit() else len(shape_of(used.inputs[0])) - 2
    return Kept() if all(truth(size == 1) for size in shape_of(used.outputs[0])[-axes:]) else Kept(inputs=(0,))


def _padding(used: Used) -> Kept | None:
    """A constant needs nothing, what is mirrored the input."""
    mode = used.given("mode", 1, "constant")
    title = type(used.entry).__name__.lower() if isinstance(used.entry, Layer) else ""
    if "zero" in title or "constant" in title or "circular" in title or (not title and mode in ("constant", "circular")):
        return Kept()
    return Kept(inputs=(0,)) if "reflection" in title or "replication" in title or mode in ("reflect", "replicate") else None


def _dropped(used: Used) -> Kept | None:
    """What each element is multiplied with, of the same type as the elements; of whole channels a number for each."""
    dropped = drops(used)
    if dropped is None:
        raise NeedsValue(Unknown.because(Why.ARGUMENT, "whether elements are dropped"))
    if not dropped or never_drops(used):
        return Kept()
    share = used.given("p", 0, 0.5)
    shape = shape_of(used.inputs[0])
    size = DTYPE_BYTES.get(used.inputs[0].dtype)
    if size is None or not isinstance(share, int | float) or used.word == "featurealphadropout":
        return None
    if share == 1:
        return Kept(extra=size) if used.word == "dropout" else None
    if used.word == "channel dropout":
        return Kept(extra=size * shape[0] * shape[1]) if len(shape) > 3 or (len(shape) == 3 and "1" in _title(used)) else None
    return Kept(extra=_bytes(used.inputs[0]))


def _title(used: Used) -> str:
    return (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__


def _indices(used: Used) -> Kept:
    return Kept(inputs=(0,))


def _repeated(used: Used) -> Kept | None:
    return Kept() if len(used.inputs) == 1 and isinstance(_count_of(used), int) else None


def _count_of(used: Used) -> Any:
    return used.given("repeats", 0, None)


def _prelu(used: Used) -> Kept:
    return Kept(inputs=_beside(used, ("weight", 1)))


def size_of(used: Used, at: int) -> Any:
    """The bytes of an input."""
    return _bytes(used.inputs[at])


def _bytes(tensor: Any) -> Any:
    size = DTYPE_BYTES.get(tensor.dtype)
    if size is None:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the dtype of a tensor that is made on the way"))
    return size * shape_of(tensor).numel


_RULES: dict[str, Callable[[Used], Kept | None]] = {
    "mul": _product, "div": _quotient, "rdiv": _reciprocal, "pow": _power, "batch norm": _channels, "layer norm": _rows, "group norm": _groups,
    "max pool": _maxima, "adaptive max pool": _maxima, "adaptive avg pool": _adaptive, "dropout": _dropped, "alpha dropout": _dropped,
    "alphadropout": _dropped, "channel dropout": _dropped, "embedding": _indices, "padding": _padding, "pad": _padding, "where": _where,
    "masked_fill": _mask, "maximum": _two, "minimum": _two, "clamp": _clamp, "clamp_min": _clamp, "clamp_max": _clamp, "prelu": _prelu,
    "convolution": _convolution, "transposed convolution": _convolution, "index_select": _indexed, "gather": _indexed, "getitem": _picked,
    **dict.fromkeys(_PLACES, _extreme),
}


def transient(used: Used) -> Size | None:
    """Bytes that a call makes beside its results and drops at once: places of maxima, statistics of rows and groups, copies in order.

    None where that is not known. Raises NeedsValue.
    """
    if used.framework != "torch" or len(used.outputs) != 1:
        return 0
    if used.word in ("max pool", "adaptive max pool", "layer norm", "group norm"):
        if not used.inputs:
            raise NeedsValue(Unknown.because(Why.INPUT, "the shape of what a layer works on"))
        found = _RULES[used.word](used)
        return 0 if found is None else found.extra
    if used.word in ("linear", "matmul", "einsum") and used.inputs:
        return composites.follow(used)[0].copied
    if used.word == "fused attention":  # a number for each row of the weights
        rows = shape_of(used.inputs[0]) if used.inputs else Shape()
        return 4 * product(rows[:-1]) if len(rows) == 4 and len(used.inputs) == 3 and drops_nothing(used) else None
    return None if used.word in ("rdiv", "addmm", "baddbmm", "normalize") else 0


def drops_nothing(used: Used) -> bool:
    share = used.given("dropout_p", 3, 0.0)
    return isinstance(share, int | float) and share == 0
