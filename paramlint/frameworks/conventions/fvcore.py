"""What fvcore's FlopCountAnalysis counts."""

from __future__ import annotations

import math

from paramlint.core.dims import Size
from paramlint.core.unknown import Unknown
from paramlint.frameworks.conventions.attention import asks_weights, mask_elements, parts
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.frameworks.conventions.functions import function
from paramlint.frameworks.conventions.tensor_operations import einsum_report, matrix_product
from paramlint.schema.fields import truth

_PRODUCTS = frozenset({"matmul", "__matmul__", "mm", "bmm", "addmm"})
_FIXED_EINSUMS = frozenset({"abc,abd->acd", "abc,adc->adb"})


def _count(call: CallFacts) -> Size:
    """Operators of a trace, whoever calls them. What is not supported counts nothing, with a warning."""
    if call.kind == "attention":
        return _attention(call)
    if not call.module and call.name.last in (*_PRODUCTS, "einsum"):
        return _product(call)
    name = function(call) or call.name.last.rstrip("123d").rstrip("_")
    if name in ("conv", "conv_transpose"):
        # A convolution with padding="same" or "valid" traces as another operator, which is not supported.
        return 0 if isinstance(getattr(call.entry, "padding", None), str) and _zero_padded(call) else call.macs
    if name == "linear" or (call.module and call.kind.endswith("cell")):
        return call.macs  # a cell traces as its linear maps, a recurrent layer as one operator, which is not supported
    if name in ("batch_norm", "layer_norm", "group_norm", "instance_norm"):
        return _norm(call, name)
    if name == "interpolate":
        return _resampled(call)
    if name == "adaptive_avg_pool":
        return call.x.numel if _axes(call) == 2 else 0  # only that of two axes is supported
    if name in ("grid_sample", "grid_sampler"):
        return 4 * call.y.numel
    return 0  # activations, other pooling, recurrent layers, fused attention, embeddings


def _zero_padded(call: CallFacts) -> bool:
    mode = getattr(call.entry, "padding_mode", "zeros")
    return truth(mode == "zeros") is not False


def _axes(call: CallFacts) -> int:
    """Spatial axes, by the class or function where it says so."""
    last = call.name.last.lower()
    return int(last[-2]) if last[-2:] in ("1d", "2d", "3d") else len(call.x) - 2


def _norm(call: CallFacts, name: str) -> Size:
    affine = call.has("weight")
    if name == "batch_norm" and not _batch_statistics(call):
        return call.x.numel * (1 + affine)
    return call.x.numel * (4 + affine)


def _batch_statistics(call: CallFacts) -> bool:
    """Whether a batch normalisation computes statistics: in training, and where it keeps none."""
    if not call.module:
        return bool(call.flag("training"))
    return call.training or not truth(getattr(call.entry, "track_running_stats", True))


def _resampled(call: CallFacts) -> Size:
    mode = getattr(call.entry, "mode", "nearest")
    if isinstance(mode, Unknown):
        return mode
    if len(call.x) != 4:
        return 0
    if mode == "area":
        return call.x.numel  # runs as adaptive pooling
    return {"nearest": 1, "bilinear": 4}.get(mode, 0) * call.y.numel


def _attention(call: CallFacts) -> Size:
    """The projections; and the two products only where the weights are asked for, else they run in a fused kernel and count nothing."""
    if not call.module:
        return 0
    projections, products = parts(call)
    if not asks_weights(call):
        return projections
    # With a mask the first product is a baddbmm, which is not supported.
    return projections + (products if mask_elements(call) is None else products // 2)


def _product(call: CallFacts) -> Size:
    if call.name.last == "einsum":
        return _einsum(call)
    if call.name.last == "addmm" or len(call.input(1)) < 2:
        return call.macs
    return matrix_product(call)


def _einsum(call: CallFacts) -> Size:
    """Half of what numpy's report of the path prints; two equations are exact."""
    equation = getattr(call.entry, "equation", "")
    if not isinstance(call.macs, int) or (isinstance(equation, str) and _renamed(equation) in _FIXED_EINSUMS):
        return call.macs
    return math.floor(einsum_report(call.macs) / 2)


def _renamed(equation: str) -> str:
    """The equation with its letters in the order a, b, c."""
    equation = equation.replace(" ", "")
    letters = dict.fromkeys(letter for letter in equation if letter.isalpha())
    return equation.translate({ord(letter): 97 + at for at, letter in enumerate(letters)})




FVCORE = Convention(
    name="fvcore",
    unit='one multiply-accumulate, called a "flop", or an estimated operation of normalisation and resampling',
    doc="Operators of a trace: convolutions, linear layers and matrix products without bias, 5 an element for layer, group and instance "
        "normalisation (4 without weight), 2 for batch normalisation (1), resampling and adaptive pooling of two axes. Fused attention "
        "and recurrent layers count nothing.",
    source="fvcore 0.1.5.post20221221",
    formula=_count,
)
