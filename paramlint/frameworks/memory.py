"""What calls do with memory: which give their input back, which look at it in another shape, and what training keeps of them.

What is kept for the backward pass is what PyTorch's autograd saves on the CPU (``derivatives.yaml`` of torch 2.13): the input of a convolution,
the output of a ReLU, both operands of a product. A call that is not listed keeps nobody knows how much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import EllipsisType, NoneType
from typing import Any

import msgspec

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.fields import truth
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

_AXES = re.compile(r"[123]d$")
_PLACE = 8  # bytes of the place of a maximum
_FLOAT = 4  # statistics are kept in single precision


class Used(msgspec.Struct, frozen=True):
    """A call as memory sees it: its operation, the tensors that go in and those that come out, and arguments beside the operation's own."""

    word: str
    framework: str
    entry: Any
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    options: Sequence[Any] = ()  # plain positional arguments after the first
    named: Any = None  # keyword arguments

    def given(self, name: str, at: int, default: Any) -> Any:
        """An argument by its keyword or, counted after the first one, by its place; or a field of the layer."""
        if isinstance(self.entry, Layer):
            return getattr(self.entry, name, default)
        if self.named and name in self.named:
            return self.named[name]
        return self.options[at] if at < len(self.options) else default


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


def word(entry: Any, name: str) -> str:
    """The operation, whatever it is spelled like: ``relu``, ``conv``, ``add``; of a layer its kind, or its class in small letters."""
    last = name.rpartition(".")[2]
    if last.lower() in _CHANNELS:
        return "channel dropout"
    if last == "__rtruediv__":  # a reciprocal and a product
        return "rdiv"
    if name.endswith(".functional.unfold"):
        return "fold"
    if isinstance(entry, Layer):
        title = last.lower().removeprefix("lazy")
        return title if title in _LAYERS else entry.KIND or title
    if last.startswith("__"):
        last = last.strip("_")
        last = last[1:] if last[:1] in "ir" and last[1:] in _OPERATORS else last
    return _WORDS.get(found := _AXES.sub("", last.removesuffix("_").lower()), found)


_CHANNELS = frozenset({"dropout1d", "dropout2d", "dropout3d", "feature_dropout", "spatialdropout1d", "spatialdropout2d", "spatialdropout3d"})
_OPERATORS = frozenset({"add", "sub", "mul", "truediv", "matmul", "pow", "and", "or", "xor", "floordiv", "mod"})
_LAYERS = frozenset({"silu", "swish", "mish", "hardswish", "hardsigmoid", "hardtanh", "sigmoid", "tanh", "softplus", "selu", "celu", "relu6",
                     "flatten", "reshape", "inputlayer", "identity", "logsigmoid", "glu", "alphadropout", "featurealphadropout"})
_WORDS = {
    "conv": "convolution", "conv_transpose": "transposed convolution", "multiply": "mul", "truediv": "div", "divide": "div", "true_divide": "div",
    "subtract": "sub", "swish": "silu", "relu6": "hardtanh", "leaky_relu": "leaky relu", "log_softmax": "softmax", "softmin": "softmax",
    "logsoftmax": "softmax", "concat": "cat", "concatenate": "cat", "hstack": "cat", "vstack": "cat", "dstack": "cat", "clip": "clamp",
    "max_pool": "max pool", "avg_pool": "avg pool", "adaptive_avg_pool": "adaptive avg pool", "adaptive_max_pool": "adaptive max pool",
    "batch_norm": "batch norm", "layer_norm": "layer norm", "group_norm": "group norm", "mm": "matmul", "bmm": "matmul", "mv": "matmul",
    "interpolate": "upsample", "upsample_nearest": "upsample", "upsample_bilinear": "upsample", "maxpooling": "max pool",
    "averagepooling": "avg pool", "negative": "neg", "square": "pow", "sqr": "pow", "scaled_dot_product_attention": "fused attention",
    "pixel_shuffle": "shuffle", "pixel_unshuffle": "shuffle", "channel_shuffle": "shuffle",
    "alpha_dropout": "alpha dropout", "feature_alpha_dropout": "alpha dropout",
}

# Memory of their own ------------------------------------------------------------------------------------------------------

_SAME = frozenset({"identity", "inputlayer", "detach", "positive", "requires_grad", "cuda", "cpu"})
_LOOKS = frozenset({
    "view", "view_as", "unflatten", "squeeze", "unsqueeze", "expand_dims", "expand", "expand_as", "broadcast_to", "permute", "transpose", "swapaxes",
    "swapdims", "t", "h", "mt", "mh", "movedim", "moveaxis", "narrow", "select", "chunk", "split", "split_with_sizes", "tensor_split", "unbind",
    "getitem", "diagonal", "unfold", "real", "imag", "view_as_real", "view_as_complex", "as_strided", "broadcast_tensors", "meshgrid", "unstack"})
_MAY_COPY = frozenset({"reshape", "reshape_as", "flatten", "ravel", "contiguous", "shape", "batch_flatten"})
_CASTS = frozenset({"to", "type", "float", "double", "half", "bfloat16", "long", "int", "short", "char", "byte", "bool", "type_as"})
_COPYING_FRAMEWORKS = frozenset({"keras", "tensorflow"})  # whose axes are ordered by copying
_FREE_OF_COPIES = frozenset({"squeeze", "unsqueeze", "expand_dims"})


def gives_back(used: Used) -> bool | None:
    """Whether a call in inference gives back its first input, changed or not, without memory of its own. None: that is not known."""
    if used.word in _SAME:
        return True
    if used.word in _DROPOUTS:
        return not drops(used)
    if used.word in _CASTS:
        return bool(used.inputs) and len(used.outputs) == 1 and used.inputs[0].dtype == used.outputs[0].dtype
    return truth(used.given("inplace", 1 if used.word in ("leaky relu", "elu") else 0, False)) if _may_be_in_place(used) else False


def drops(used: Used) -> bool:
    """Whether elements are dropped in inference too, as a function does that is not told otherwise."""
    return not isinstance(used.entry, Layer) and truth(used.given("training", 1, True)) is not False and not _never(used)


def drops_in_training(used: Used) -> bool:
    """Whether a call that passes its input on in inference makes a result of its own in training."""
    return used.word in _DROPOUTS and isinstance(used.entry, Layer) and not _never(used)


def _never(used: Used) -> bool:
    share = used.given("p", 0, 0.5)
    return isinstance(share, int | float) and share == 0


_DROPOUTS = frozenset({"dropout", "channel dropout", "alpha dropout", "alphadropout", "featurealphadropout"})


def _may_be_in_place(used: Used) -> bool:
    return isinstance(used.entry, Layer) or (used.framework == "torch" and used.word in _IN_PLACE)


_IN_PLACE = frozenset({"relu", "hardtanh", "silu", "elu", "selu", "celu", "leaky relu", "mish", "hardswish", "hardsigmoid"})


def looks(used: Used) -> bool:
    """Whether the results are views of the first input."""
    if used.framework in _COPYING_FRAMEWORKS:
        return used.word in _FREE_OF_COPIES
    return used.word in _LOOKS and not _picks(used)


def may_copy(used: Used) -> bool:
    """Whether the result is a view of the first input where that lies in order, and else a copy."""
    return used.word in _MAY_COPY


def may_rearrange(used: Used, in_order: Sequence[bool | None]) -> bool:
    """Whether a call may need a copy of an input whose elements do not lie in order: products of more axes than a matrix or a batch of them has."""
    most = {"linear": 2, "matmul": 3}.get(used.word)
    return used.word == "rdiv" or (most is not None and any(
        known is not True and len(_shape(tensor)) > most for known, tensor in zip(in_order, used.inputs, strict=True)))


def orders(used: Used) -> bool:
    """Whether the result lies in order whatever the order of the input is."""
    return used.word in ("linear", "layer norm", "softmax", "matmul", "embedding", "fused attention")


def _picks(used: Used) -> bool:
    """Whether an index holds tensors or lists, so that elements are copied."""
    plain = (int, slice, EllipsisType, NoneType)
    return used.word == "getitem" and not all(isinstance(part, plain) for part in _parts(used.options[0] if used.options else None))


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


# Training -----------------------------------------------------------------------------------------------------------------

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
    if found in _NOTHING or looks(used) or may_copy(used) or found in _SAME or found in _CASTS:
        return Kept()
    if found in _OUTPUT or (found in ("elu", "selu", "celu", "leaky relu") and gives_back(used)):
        return Kept(output=True)
    if found in _INPUT:
        return Kept(inputs=(0,), copied=gives_back(used) is True)
    rule = _RULES.get(found)
    return rule(used, trained) if rule is not None and used.inputs else None


def _shape(tensor: Tensor) -> Shape:
    if not isinstance(tensor.shape, Shape):
        raise NeedsValue(tensor.shape)
    return tensor.shape


def _linear(used: Used, trained: bool) -> Kept:
    if isinstance(used.entry, Layer):
        return Kept(inputs=(0,) if trained else ())
    return Kept(inputs=(0, 1), crossed=(0, 1))


def _product(used: Used, trained: bool) -> Kept:
    """Both, each for the derivative of the other; of more than three axes the first are made one."""
    folded = used.word == "matmul" and any(len(_shape(tensor)) > 3 for tensor in used.inputs)
    return Kept(inputs=(0, 1), crossed=(0, 1), folded=folded) if len(used.inputs) > 1 else Kept()


def _quotient(used: Used, trained: bool) -> Kept:
    return Kept(inputs=(0, 1), crossed=(0,)) if len(used.inputs) > 1 else Kept()


def _power(used: Used, trained: bool) -> Kept | None:
    return Kept(inputs=(0,)) if len(used.inputs) == 1 else None


def _channels(used: Used, trained: bool) -> Kept:
    """The input, and the mean and deviation of each channel."""
    return Kept(inputs=(0,), extra=2 * _FLOAT * _shape(used.inputs[0])[1])


def _rows(used: Used, trained: bool) -> Kept | None:
    """The input, and the mean and deviation of each row."""
    normalized = used.given("normalized_shape", 0, None)
    if normalized is None:
        return None
    axes = len(normalized) if isinstance(normalized, tuple | list) else 1
    return Kept(inputs=(0,), extra=2 * _FLOAT * product(_shape(used.inputs[0])[:-axes]))


def _groups(used: Used, trained: bool) -> Kept | None:
    groups = used.given("num_groups", 0, None)
    return None if groups is None else Kept(inputs=(0,), extra=2 * _FLOAT * _shape(used.inputs[0])[0] * groups)


def _maxima(used: Used, trained: bool) -> Kept:
    """The input, and the place of each maximum."""
    return Kept(inputs=(0,), extra=_PLACE * _shape(used.outputs[0]).numel)


def _adaptive(used: Used, trained: bool) -> Kept:
    """The input; an average over everything is a mean, which needs only its size."""
    title = (used.entry if isinstance(used.entry, type) else type(used.entry)).__name__
    axes = int(title[-2]) if title[-2:-1].isdigit() else len(_shape(used.inputs[0])) - 2
    return Kept() if all(truth(size == 1) for size in _shape(used.outputs[0])[-axes:]) else Kept(inputs=(0,))


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
    return Kept(inputs=(0, 1, 2), output=True, extra=_FLOAT * product(_shape(used.inputs[0])[:-1]))


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


def composite(entry: Any) -> bool:
    """Whether a layer is made of others, so that it has results of its own while it runs."""
    if isinstance(entry, Op) or not isinstance(entry, Layer):
        return False
    return type(entry).calls is not Layer.calls or entry.KIND in _MANY_STEPS


_MANY_STEPS = frozenset({"attention", "transformer", "rnn", "lstm", "gru", "rnn cell", "lstm cell", "gru cell", "loss"})
