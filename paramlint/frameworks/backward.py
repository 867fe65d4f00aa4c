"""What training keeps of calls for the backward pass.

Kept is what PyTorch's autograd saves (``derivatives.yaml`` of torch 2.13): the input of a convolution, the output of a ReLU, of a product each
operand that the other one's derivative needs. Of a call that is not listed nobody knows how much is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import composites
from paramlint.frameworks import kept_by_layers as rules
from paramlint.frameworks import strides as lie
from paramlint.frameworks.kept_by_layers import Kept, beside, bytes_of
from paramlint.frameworks.memory import CASTS, NEW, SAME, Used, may_copy, shape_of
from paramlint.schema.fields import truth

_PLACE = 8  # bytes of the place of a maximum
_FIRST = (0, "input", "self")  # how the first argument is told


_NOTHING = frozenset({
    "add", "sub", "neg", "rsub", "cat", "stack", "mean", "sum", "upsample", "shuffle", "repeat", "tile", "roll", "flip", "clone", "floor", "round",
    "ceil", "sign", "fold", "cumsum", "tril", "triu", "pixel_unshuffle", "trace", "zero", "fill", "copy", "normal", "uniform",
    "random", "exponential"})
_INPUT = frozenset({
    "gelu", "silu", "mish", "hardswish", "hardsigmoid", "hardtanh", "softplus", "elu", "celu", "selu", "leaky relu", "relu6", "glu", "avg pool",
    "log", "log1p", "log2", "log10", "abs", "absolute", "sin", "cos", "sinh", "cosh", "erf", "threshold", "var", "softshrink", "hardshrink", "atan",
    "nan_to_num"})
_OUTPUT = frozenset({"relu", "sigmoid", "tanh", "softmax", "exp", "exp2", "expm1", "sqrt", "rsqrt", "reciprocal", "tan"})
_BOTH = frozenset({"amax", "amin", "logsumexp", "std", "prod", "cumprod"})
_PLACES = frozenset({"max", "min", "topk", "sort", "median", "kthvalue", "mode"})  # with an axis
_CHANGED = frozenset({"elu", "selu", "celu", "leaky relu"})  # of which the result is kept where they change their input


def has_kernels(used: Used) -> bool:
    """Whether devices compute a call by kernels that keep other tensors than the formula does."""
    return used.word == "fused attention" or (used.word == "attention" and truth(composites.call_argument(used, "need_weights", 4, True)) is False)


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
        copies = [sum(bytes_of(used.inputs[at]) for at in (*(at for at in loose if at not in one.inputs), *one.loose)) for one in (first, other)]
        if first.outputs != other.outputs or not lie.same(first.extra - copies[0], other.extra - copies[1]):
            return None
        inputs = tuple(at for at in first.inputs if at not in loose)
        first = Kept(inputs, first.outputs, first.extra - copies[0], (*first.loose, *loose))
    return first


def _product(used: Used) -> Kept:
    if len(used.inputs) < 2:
        return Kept()
    return Kept(inputs=tuple(at for at in (0, 1) if used.trained[1 - at]))


def _quotient(used: Used) -> Kept | None:
    if used.given("rounding_mode", 1, None) is not None:
        return None
    if len(used.inputs) < 2:  # a number divided by a tensor is the product of the number and a reciprocal, which is kept
        return Kept() if used.word == "div" and used.keys[0] in _FIRST else Kept(extra=bytes_of(used.outputs[0]))
    return Kept(inputs=(0, 1) if used.trained[1] else (1,))


def _power(used: Used) -> Kept | None:
    """The base; of a number to the power of a tensor this one and the result; of two tensors both, and the result for the exponent."""
    if len(used.inputs) == 2:
        return Kept(inputs=(0, 1), outputs=(0,) if used.trained[1] else ())
    if len(used.inputs) != 1:
        return None
    return Kept(inputs=(0,), outputs=(0,)) if used.word == "rpow" or used.keys[0] not in _FIRST else Kept(inputs=(0,))


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


def _gathered(used: Used) -> Kept | None:
    at = used.at("index", 2)
    return None if at is None else Kept(inputs=(0, at))


def _product_added(used: Used) -> Kept | None:
    if len(used.inputs) != 3:
        return None
    return Kept(inputs=tuple(at for at in (1, 2) if used.trained[3 - at]))


def _and_copy(used: Used) -> Kept:
    """The input, and as much again."""
    return Kept(inputs=() if used.word == "tanhshrink" else (0,), extra=bytes_of(used.outputs[0]))


def _indices(used: Used) -> Kept:
    return Kept(inputs=(0,))


def _repeated(used: Used) -> Kept | None:
    return Kept() if len(used.inputs) == 1 and isinstance(_count_of(used), int) else None


def _count_of(used: Used) -> Any:
    return used.given("repeats", 0, None)


def _prelu(used: Used) -> Kept:
    return Kept(inputs=beside(used, ("weight", 1)))


_RULES: dict[str, Callable[[Used], Kept | None]] = {
    "mul": _product, "div": _quotient, "rdiv": _quotient, "pow": _power, "rpow": _power, "where": _where, "masked_fill": _mask, "maximum": _two,
    "minimum": _two, "clamp": _clamp, "clamp_min": _clamp, "clamp_max": _clamp, "prelu": _prelu, "index_select": _indexed, "gather": _gathered,
    "getitem": _picked, "repeat_interleave": _repeated, "addcmul": _product_added, "grid_sample": _two, "atan2": _two,
    "softsign": _and_copy, "tanhshrink": _and_copy, "logsigmoid": _and_copy, "embedding": _indices,
    "batch norm": rules.channels, "layer norm": rules.rows, "group norm": rules.groups, "rms norm": rules.squares, "instance norm": rules.instances,
    "max pool": rules.maxima, "adaptive max pool": rules.maxima, "adaptive avg pool": rules.adaptive, "padding": rules.padding, "pad": rules.padding,
    "convolution": rules.convolution, "transposed convolution": rules.convolution,
    **dict.fromkeys(("dropout", "alpha dropout", "alphadropout", "channel dropout", "featurealphadropout"), rules.dropped),
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
