"""What ``paddle.flops`` counts."""

from __future__ import annotations

from paramlint.core.dims import Size, product
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts

_CONVOLUTIONS = frozenset(f"conv{axes}d{direction}" for axes in "123" for direction in ("", "transpose"))
_CONVOLUTIONS_OF_TORCH = frozenset(f"convtranspose{axes}d" for axes in "123")
_AVERAGES = frozenset(f"avgpool{axes}d" for axes in "123")
_ADAPTIVE = frozenset(f"adaptiveavgpool{axes}d" for axes in "123")


def _count(call: CallFacts) -> Size:
    """Modules by their exact class; functions and derived classes count nothing."""
    if not call.module or not call.exact:
        return 0
    title = call.title
    if title in _CONVOLUTIONS or title in _CONVOLUTIONS_OF_TORCH:
        return _convolution(call)
    if title == "linear":
        return _linear(call)
    if title in ("batchnorm2d", "batchnorm"):
        # Only BatchNorm2D and the legacy BatchNorm are known: the other two count nothing. Affine or not makes no difference.
        return 2 * call.x.numel
    if title == "leakyrelu":
        return call.x.numel  # alone among the activations
    if title in _AVERAGES:
        return call.y.numel  # whatever the kernel is
    if title in _ADAPTIVE:
        return _adaptive(call)
    return 0  # treated as zero: activations, normalisations but one, recurrent layers, pooling by maximum, the products of attention


def _convolution(call: CallFacts) -> Size:
    # The second axis is taken for the channels: NHWC layers count their height instead. A transposed convolution counts as if every output
    # element saw the whole kernel, so too much by the product of the strides.
    kernel = product(call.weight_shape()[2:])
    groups = getattr(call.entry, "groups", 1)
    return call.y.numel * call.x[1] * kernel // groups + call.has("bias") * call.y.numel


def _linear(call: CallFacts) -> Size:
    return call.macs  # the bias is ignored, though that of a convolution is not


def _adaptive(call: CallFacts) -> Size:
    kernel = product(before // after for before, after in zip(call.x[2:], call.y[2:], strict=True))
    return call.y.numel * (kernel + 1)


PADDLE = Convention(
    name="paddle",
    unit="one multiply-accumulate, or one operation of the few others that are counted",
    doc="Convolutions with their bias (transposed ones by output elements, which is too much), linear layers without it, 2 an element for "
        "BatchNorm2D, LeakyReLU, average pooling. Recurrent layers and the products of attention count nothing.",
    source="paddle.flops, Paddle 3.3.1",
    formula=_count,
    frameworks=("paddle", "torch"),
)
