"""What calls do with memory: which give their input back, which look at it in another shape, which copy it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import EllipsisType, NoneType
from typing import Any

import msgspec

from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue
from paramlint.schema.fields import truth
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

_AXES = re.compile(r"[123]d$")


class Used(msgspec.Struct, frozen=True):
    """A call as memory sees it: its operation, the tensors that go in and those that come out, and arguments beside the operation's own.

    ``keys`` are the arguments that the inputs stand in, by place or keyword; ``strides`` how the inputs lie in memory; ``trained`` whether training
    asks for their derivatives. ``own`` are the weights of the layer itself, and whether they are trained; ``training`` is its mode.
    ``changes``: the result is the first input, with other contents.
    """

    word: str
    name: str  # as it is spelled: the last part
    framework: str
    entry: Any
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    options: Sequence[Any] = ()  # plain positional arguments after the first
    named: Any = None  # keyword arguments
    head: Any = None  # the first positional argument
    keys: Sequence[int | str] = ()
    sources: Sequence[int] = ()  # the inputs' identities
    strides: Sequence[Any] = ()
    trained: Sequence[bool] = ()
    own: Mapping[str, bool] = {}
    training: Any = None
    changes: bool = False
    device: str = "cpu"  # or "meta", where kernels lay some results otherwise

    @property
    def looks(self) -> bool:
        return looks(self)

    @property
    def gradient(self) -> bool:
        """Whether training asks for a derivative of anything that goes in."""
        return any(self.trained) or any(self.own.values())

    def at(self, name: str, place: int) -> int | None:
        """Which of the inputs an argument is."""
        return next((index for index, key in enumerate(self.keys) if key in (name, place)), None)

    def given(self, name: str, at: int, default: Any) -> Any:
        """An argument by its keyword or, counted after the first one, by its place; or a field of the layer."""
        if isinstance(self.entry, Layer):
            return getattr(self.entry, name, default)
        if self.named and name in self.named:
            return self.named[name]
        return self.options[at] if at < len(self.options) else default


def word(entry: Any, name: str) -> str:
    """The operation, whatever it is spelled like: ``relu``, ``conv``, ``add``; of a layer its kind, or its class in small letters."""
    last = name.rpartition(".")[2]
    if last.lower() in _CHANNELS:
        return "channel dropout"
    if last in ("__rtruediv__", "__rpow__"):  # a reciprocal and a product; a number to the power of a tensor
        return "rdiv" if last == "__rtruediv__" else "rpow"
    if name.endswith(".functional.unfold"):
        return "fold"
    if isinstance(entry, Layer):
        title = last.lower().removeprefix("lazy")
        return title if title in _LAYERS or entry.KIND == "activation" else entry.KIND or title
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

# What looks at its input for the shape or the type alone, so that the result has no derivative.
NEW = frozenset({"zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like", "new_zeros", "new_ones",
                 "new_empty", "new_full", "new_tensor", "one_hot", "multinomial", "heaviside"})

# Memory of their own ------------------------------------------------------------------------------------------------------

SAME = frozenset({"identity", "inputlayer", "detach", "positive", "requires_grad", "cuda", "cpu"})
LOOKS = frozenset({
    "view", "view_as", "unflatten", "squeeze", "unsqueeze", "expand_dims", "expand", "expand_as", "broadcast_to", "permute", "transpose",
    "swapaxes", "swapdims", "t", "h", "mt", "mh", "movedim", "moveaxis", "adjoint", "narrow", "select", "chunk", "split", "split_with_sizes",
    "tensor_split", "unbind", "getitem", "diagonal", "unfold", "real", "imag", "view_as_real", "view_as_complex", "as_strided",
    "broadcast_tensors", "meshgrid", "unstack"})
_MAY_COPY = frozenset({"reshape", "reshape_as", "flatten", "ravel", "contiguous", "shape", "batch_flatten"})
CASTS = frozenset({"to", "type", "float", "double", "half", "bfloat16", "long", "int", "short", "char", "byte", "bool", "type_as"})
COPYING = frozenset({"keras", "tensorflow"})  # whose axes are ordered by copying
_FREE_OF_COPIES = frozenset({"squeeze", "unsqueeze", "expand_dims"})


def gives_back(used: Used) -> bool | None:
    """Whether a call gives back its first input, changed or not, without memory of its own. None: that is not known."""
    if used.word in SAME:
        return True
    if used.word in _DROPOUTS:
        dropped = drops(used)
        return truth(used.given("inplace", 2, False)) if dropped else None if dropped is None else True
    if used.word in CASTS:
        if used.given("memory_format", 99, None) is not None:
            return None
        return bool(used.inputs) and len(used.outputs) == 1 and used.inputs[0].dtype == used.outputs[0].dtype and used.given("copy", 99, None) is None
    return truth(used.given("inplace", _PLACES.get(used.name, 0), False)) if _may_be_in_place(used) else False


def passes_on(used: Used) -> bool:
    """Whether a call gives back its first input as it is."""
    return used.word in SAME or (used.word in _DROPOUTS and drops(used) is False)


def drops(used: Used) -> bool | None:
    """Whether a call drops elements: a layer in training, a function that is not told otherwise."""
    if never_drops(used):
        return False
    if isinstance(used.entry, Layer):
        return truth(used.training)
    default = "alpha" not in used.word
    return truth(used.given("train", 99, used.given("training", 1, default)))


def never_drops(used: Used) -> bool:
    share = used.given("p", 0, 0.5)
    return isinstance(share, int | float) and share == 0


_DROPOUTS = frozenset({"dropout", "channel dropout", "alpha dropout", "alphadropout", "featurealphadropout"})


def _may_be_in_place(used: Used) -> bool:
    return isinstance(used.entry, Layer) or (used.framework == "torch" and used.word in _IN_PLACE)


_IN_PLACE = frozenset({"relu", "hardtanh", "silu", "elu", "selu", "celu", "leaky relu", "mish", "hardswish", "hardsigmoid", "threshold"})
_PLACES = {"elu": 1, "celu": 1, "leaky_relu": 1, "hardtanh": 2, "threshold": 2}  # of ``inplace`` among the options of a function


def looks(used: Used) -> bool:
    """Whether the results are views of the first input."""
    if used.framework in COPYING:
        return used.word in _FREE_OF_COPIES
    return used.word in LOOKS and not _picks(used)


def may_copy(used: Used) -> bool:
    """Whether the result is a view of the first input where that lies in order, and else a copy."""
    return used.word in _MAY_COPY


def _picks(used: Used) -> bool:
    """Whether an index holds tensors or lists, so that elements are copied."""
    plain = (int, slice, EllipsisType, NoneType)
    return used.word == "getitem" and not all(isinstance(part, plain) for part in _parts(used.options[0] if used.options else None))


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def shape_of(tensor: Tensor) -> Shape:
    if not isinstance(tensor.shape, Shape):
        raise NeedsValue(tensor.shape)
    return tensor.shape


def composite(entry: Any) -> bool:
    """Whether a layer is made of others, so that it has results of its own while it runs."""
    if isinstance(entry, Op) or not isinstance(entry, Layer):
        return False
    return type(entry).calls is not Layer.calls or entry.KIND in _MANY_STEPS


_MANY_STEPS = frozenset({"attention", "transformer", "rnn", "lstm", "gru", "rnn cell", "lstm cell", "gru cell", "loss"})
