"""What training keeps of calls for the backward pass.

Kept is what PyTorch's autograd saves on the CPU (``derivatives.yaml`` of torch 2.13): the input of a convolution, the output of a ReLU, both
operands of a product. Of a call that is not listed nobody knows how much is kept.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from paramlint.core.dims import Size, product
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.memory import CASTS, SAME, Used, drops, drops_in_training, gives_back, looks, may_copy, shape_of
from paramlint.schema.fields import truth
from paramlint.schema.layer import Layer

_PLACE = 8  # bytes of the place of a maximum
_FLOAT = 4  # statistics are kept in single precision


class Kept(msgspec.Struct, frozen=True):
    """What the backward pass needs: inputs by their position, the output, and bytes beside them.

    ``crossed``: inputs that are needed only for the derivative of another one, so only where another one has a derivative. ``folded``: an input whose
    elements do not lie in order may be kept as a copy. ``copied``: kept is not the
    input, which the call changes, but a tensor like it.
    """

    inputs: tuple[int, ...] = ()
    output: bool = False
    extra: Size = 0
    crossed: tuple[int, ...] = ()
    folded: bool = False
    copied: bool = False


_NOTHING = frozenset({
    "add", "sub", "neg", "rsub", "cat", "stack", "mean", "sum", "upsample", "shuffle", "repeat", "tile", "roll", "flip", "clone",
    "floor", "round", "ceil", "sign", "fold", "repeat_interleave"})
_INPUT = frozenset({
    "convolution", "transposed convolution", "gelu", "silu", "mish", "hardswish", "hardsigmoid", "hardtanh", "softplus", "elu", "celu", "selu",
    "leaky relu", "relu6", "prelu", "glu", "avg pool", "log", "abs", "absolute", "sin", "cos", "clamp", "clamp_min", "clamp_max", "erf", "threshold",
    "where"})
_OUTPUT = frozenset({"relu", "sigmoid", "tanh", "softmax", "exp", "sqrt", "rsqrt", "reciprocal"})


def keeps_are_known(used: Used) -> bool:
    """Whether ``kept`` speaks of this framework at all."""
    return used.framework in ("torch", "einops")


def kept(used: Used, trained: bool) -> Kept | None:
    """What the backward pass needs of a call, or None where that is not known. ``trained``: the layer's own weights are trained.

    Raises NeedsValue where it depends on what is not known.
    """
    found = used.word
    if found in _NOTHING or looks(used) or may_copy(used) or found in SAME or found in CASTS:
        return Kept()
    if found in _OUTPUT or (found in ("elu", "selu", "celu", "leaky relu") and gives_back(used)):
        return Kept(output=True)
    if found in _INPUT:
        return Kept(inputs=(0,), copied=gives_back(used) is True)
    rule = _RULES.get(found)
    return rule(used, trained) if rule is not None and used.inputs else None


def _linear(used: Used, trained: bool) -> Kept:
    if isinstance(used.entry, Layer):
        return Kept(inputs=(0,) if trained else ())
    return Kept(inputs=(0, 1), crossed=(0, 1))


def _product(used: Used, trained: bool) -> Kept:
    """Both, each for the derivative of the other; of more than three axes the first are made one."""
    folded = used.word == "matmul" and any(len(shape_of(tensor)) > 3 for tensor in used.inputs)
    return Kept(inputs=(0, 1), crossed=(0, 1), folded=folded) if len(used.inputs) > 1 else Kept()


def _quotient(used: Used, trained: bool) -> Kept:
    return Kept(inputs=(0, 1), crossed=(0,)) if len(used.inputs) > 1 else Kept()


def _power(used: Used, trained: bool) -> Kept | None:
    return Kept(inputs=(0,)) if len(used.inputs) == 1 else None


def _channels(used: Used, trained: bool) -> Kept:
    """The input, and the mean and deviation of each channel."""
    return Kept(inputs=(0,), extra=2 * _FLOAT * shape_of(used.inputs[0])[1])


def _rows(used: Used, trained: bool) -> Kept | None:
    """The input, and the mean and deviation of each row."""
    normalized = used.given("normalized_shape", 0, None)
    if normalized is None:
        return None
    axes = len(normalized) if isinstance(normalized, tuple | list) else 1
    return Kept(inputs=(0,), extra=2 * _FLOAT * product(shape_of(used.inputs[0])[:-axes]))


def _groups(used: Used, trained: bool) -> Kept | None:
    groups = used.given("num_groups", 0, None)
    return None if groups is None else Kept(inputs=(0,), extra=2 * _FLOAT * shape_of(used.inputs[0])[0] * groups)


def _maxima(used: Used, trained: bool) -> Kept:
    """The input, and the place of each maximum."""
    return Kept(inputs=(0,), extra=_PLACE * shape_of(used.outputs[0]).numel)


def _adaptive(used: Used, trained: bool) -> Kept:
    """The input; an average over everything is a mean, which needs only its size."""
    title = (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__
    axes = int(title[-2]) if title[-2:-1].isdigit() else len(shape_of(used.inputs[0])) - 2
    return Kept() if all(truth(size == 1) for size in shape_of(used.outputs[0])[-axes:]) else Kept(inputs=(0,))


def _padding(used: Used, trained: bool) -> Kept | None:
    """A constant needs nothing, what is mirrored the input."""
    mode = used.given("mode", 1, "constant")
    title = type(used.entry).__name__.lower() if isinstance(used.entry, Layer) else ""
    if "zero" in title or "constant" in title or (not title and mode == "constant"):
        return Kept()
    return Kept(inputs=(0,)) if "reflection" in title or "replication" in title or mode in ("reflect", "replicate") else None


def _mask(used: Used, trained: bool) -> Kept:
    """What each element is multiplied with, as many and of the same type as the elements."""
    return Kept(inputs=(0,), copied=True) if drops(used) or drops_in_training(used) else Kept()


def _indices(used: Used, trained: bool) -> Kept:
    return Kept(inputs=(0,))


def _attention(used: Used, trained: bool) -> Kept:
    """Query, key, value, the result, and a number for each row of the weights."""
    return Kept(inputs=(0, 1, 2), output=True, extra=_FLOAT * product(shape_of(used.inputs[0])[:-1]))


_RULES: dict[str, Callable[[Used, bool], Kept | None]] = {
    "linear": _linear, "mul": _product, "matmul": _product, "div": _quotient, "pow": _power, "batch norm": _channels, "layer norm": _rows,
    "group norm": _groups, "max pool": _maxima, "adaptive max pool": _maxima, "adaptive avg pool": _adaptive, "dropout": _mask,
    "embedding": _indices, "fused attention": _attention, "padding": _padding, "pad": _padding,
}


def transient(used: Used) -> Size:
    """Bytes that a call makes beside its results and drops at once: the places of maxima, the statistics of rows and groups.

    Raises NeedsValue.
    """
    if used.framework != "torch" or len(used.outputs) != 1 or used.word not in ("max pool", "adaptive max pool", "layer norm", "group norm"):
        return 0
    if not used.inputs:
        raise NeedsValue(Unknown.because(Why.INPUT, "the shape of what a layer works on"))
    found = _RULES[used.word](used, True)
    return 0 if found is None else found.extra
