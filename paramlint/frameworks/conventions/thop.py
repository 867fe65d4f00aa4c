"""What thop counts."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size, floor_divide, is_known, product
from paramlint.core.unknown import Unknown
from paramlint.frameworks.conventions import recurrent
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts

_RESAMPLED = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}  # "trilinear" has a price of 31, but is refused before


def _axes(*titles: str) -> frozenset[str]:
    return frozenset(f"{title}{axes}d" for title in titles for axes in "123")


_CONVOLUTIONS = _axes("conv", "convtranspose")
_NORMS = _axes("batchnorm", "instancenorm") | {"layernorm", "syncbatchnorm"}
_UPSAMPLES = frozenset({"upsample", "upsamplingbilinear2d", "upsamplingnearest2d"})


def _count(call: CallFacts) -> Size:
    """Modules by their exact class, in evaluation mode. Functions, operators and derived classes count nothing."""
    title = call.title
    if not call.module or not call.exact:
        return 0
    if title in _CONVOLUTIONS:
        # The second axis is taken for the channels. A transposed convolution counts as if every output element saw the whole kernel.
        return call.y.numel * floor_divide(call.x[1], getattr(call.entry, "groups", 1)) * product(call.weight_shape()[2:])
    if title == "linear":
        return call.y.numel * call.weight_shape()[1]
    if title in _NORMS:
        # The flag decides, not the weights; GroupNorm and RMSNorm are not known and count nothing, not even their parameters.
        return 2 * call.x.numel * (1 + call.flag("elementwise_affine" if title == "layernorm" else "affine"))
    return _rest(call, title)


def _rest(call: CallFacts, title: str) -> Size:
    if title == "prelu":
        return call.x.numel  # the only activation but softmax that counts
    if title == "softmax":
        axis: Any = getattr(call.entry, "dim", None)
        along = call.x[axis]  # without `dim` thop itself fails
        return floor_divide(call.x.numel, along) * (3 * along - 1)
    if title in _axes("avgpool"):
        return call.y.numel
    if title in _axes("adaptiveavgpool"):
        return _adaptive(call)
    if title in _UPSAMPLES:
        mode: Any = getattr(call.entry, "mode", None)
        return mode if isinstance(mode, Unknown) else _RESAMPLED.get(mode, 0) * call.y.numel
    if title in recurrent.LAYERS or title in recurrent.CELLS:
        return _recurrent(call)
    return 0  # so do nn.MultiheadAttention (without its parameters), embeddings, GELU


def _adaptive(call: CallFacts) -> Size:
    """An output element costs the ratio of the sizes, a fraction, and a division; the total is cut to a whole number."""
    before, after = call.x[2:], call.y[2:]
    if all(map(is_known, (*before, *call.y))):
        kernel = 1.0
        for one, other in zip(before, after, strict=True):
            kernel *= one / other  # in double precision, as thop computes it: the cut may lose one
        return int((kernel + 1) * call.y.numel)
    return floor_divide(product(before) * call.y.numel, product(after)) + call.y.numel


def _recurrent(call: CallFacts) -> Size:
    """Gates, with the additions of both biases, and the element-wise work on the state. A projection (``proj_size``) is ignored."""
    entry = call.entry
    hidden, features, layers = (getattr(entry, name, 1) for name in ("hidden_size", "input_size", "num_layers"))
    biased = call.flag("bias")
    gates, extra = {"rnn": (1, 0), "gru": (3, 4), "lstm": (4, 4)}[call.title.removesuffix("cell")]

    def cell(inputs: Size) -> Size:
        return gates * (hidden * (inputs + hidden) + hidden + 2 * biased * hidden) + extra * hidden

    both = recurrent.directions(call)
    return both * (cell(features) + (layers - 1) * cell(both * hidden)) * recurrent.rows(call)


THOP = Convention(
    name="thop",
    unit="one multiply-accumulate, or one operation of the few others that are counted",
    doc="Registered modules only: convolutions (transposed ones by output elements, which is too much) and linear layers without bias, "
        "2 or 4 an element for batch, instance and layer normalisation, average pooling, softmax, upsampling, recurrent layers with their "
        "element-wise work. Functions, operators, attention and derived classes count nothing.",
    source="thop 0.1.1",
    formula=_count,
)

