"""What calflops counts: floating-point operations, and multiply-accumulates apart from them.

It replaces functions while the model runs, so modules count by the functions that they call, whatever their class. Source: calflops 0.3.2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from paramlint.core.dims import Size, floor_divide, product
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.conventions import recurrent
from paramlint.frameworks.conventions.attention import asks_weights, mask_elements, parts, scores
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.frameworks.conventions.functions import POOLS, extra_elements, function, tensor_operation
from paramlint.frameworks.conventions.tensor_operations import einsum_report, elementwise, matrix_product
from paramlint.schema.fields import truth

_BY_INPUT = frozenset({"relu", "prelu", "elu", "leaky_relu", "relu6", "silu", "gelu", "softmax"}) | POOLS


class _Pair(NamedTuple):
    """Floating-point operations beyond two for each multiply-accumulate, and multiply-accumulates."""

    extra: Size
    macs: Size = 0

    @property
    def flops(self) -> Size:
        return 2 * self.macs + self.extra


def _count(call: CallFacts) -> _Pair:
    if call.module and call.exact and (call.title in recurrent.LAYERS or call.title in recurrent.CELLS):
        return _Pair(recurrent.by_weights(call, doubled=True))  # no multiply-accumulates
    if call.kind == "attention":
        return _attention(call) if call.module else _Pair(0)  # the fused kernel is not seen
    name = function(call)
    if name == "conv":
        return _convolution(call)
    if name == "conv_transpose":
        return _transposed(call)
    if name == "linear":
        return _Pair(0, call.macs)  # the bias is ignored, though that of a convolution is not
    if name in _BY_INPUT:
        return _Pair(call.x.numel)
    if name in ("batch_norm", "layer_norm", "group_norm", "instance_norm"):
        return _norm(call, name)
    if name in ("interpolate", "upsample"):
        # F.upsample calls F.interpolate, both are replaced.
        return _Pair(_resampled(call) * (2 if name == "upsample" else 1) + extra_elements(call, "interpolate"))
    if name in ("lp_pool", "local_response_norm"):
        return _Pair(extra_elements(call, name))
    return _operation(call)


def _operation(call: CallFacts) -> _Pair:
    name = tensor_operation(call)
    if name == "matmul":
        return _Pair(0, matrix_product(call))
    if name == "addmm" or call.name.qualified == "torch.baddbmm":
        return _Pair(call.input(0).numel, call.input(1).numel * call.input(2)[-1])
    if call.name.qualified == "torch.einsum":  # what numpy's report prints; no multiply-accumulates
        return _Pair(int(einsum_report(call.macs)) if isinstance(call.macs, int) else 2 * call.macs)
    return _Pair(elementwise(call)) if name in ("mul", "add") else _Pair(0)  # operators, mm and bmm are not seen


def _per_axis(call: CallFacts, name: str, count: int) -> list[Any]:
    value = getattr(call.entry, name, None)
    if value is None or isinstance(value, str | Unknown):
        raise NeedsValue(value if isinstance(value, Unknown) else Unknown.because(Why.UNSUPPORTED, f"`{name}` is {value!r}"))
    return list(value) if isinstance(value, list | tuple) else [value] * count


def _forward_sizes(call: CallFacts, kernel: tuple[Any, ...]) -> list[Any]:
    """The output's axes by the formula of a convolution."""
    options = (_per_axis(call, name, len(kernel)) for name in ("stride", "padding", "dilation"))
    return [floor_divide(size + 2 * around - (apart * (width - 1) + 1), step) + 1
            for size, width, step, around, apart in zip(call.x[2:], kernel, *options, strict=True)]


def _convolution(call: CallFacts) -> _Pair:
    if len(call.x) != len(call.weight_shape()):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "calflops fails on a convolution without a batch axis"))
    weight, places = call.weight_shape(), call.y[2:]
    if getattr(call.entry, "padding", None) == "same" and getattr(call.entry, "padding_mode", "zeros") == "zeros":
        # Half of the padding, rounded down, is taken on both sides: even kernels lose a place.
        spread = _per_axis(call, "dilation", len(places))
        places = type(call.y)(size - apart * (width - 1) % 2 for size, apart, width in zip(call.x[2:], spread, weight[2:], strict=True))
    positions = call.x[0] * product(places)
    return _Pair(call.has("bias") * weight[0] * positions, product(weight) * positions)


def _transposed(call: CallFacts) -> _Pair:
    # The weight holds the output channels of one group, which are divided by the groups again: nothing is left where Cout < groups squared.
    # The bias counts at the places that a convolution of this stride would have, not at those of the output.
    weight = call.weight_shape()
    kernel = product(weight[2:])
    filters = floor_divide(weight[1], getattr(call.entry, "groups", 1))
    biased = call.has("bias")
    bias = biased * weight[1] * call.x[0] * product(_forward_sizes(call, tuple(weight[2:]))) if not isinstance(biased, int) or biased else 0
    return _Pair(bias, kernel * weight[0] * filters * call.x[0] * product(call.x[2:]))


def _norm(call: CallFacts, name: str) -> _Pair:
    affine = call.has("weight")
    if name == "batch_norm":
        statistics = truth(getattr(call.entry, "track_running_stats", True)) is False if call.module else call.flag("training")
        if not call.training and not statistics:
            return _Pair(call.x.numel * (1 + affine))
    return _Pair(call.x.numel * (4 + affine))


def _resampled(call: CallFacts) -> Size:
    size = getattr(call.entry, "size", None)
    if size is not None:  # the product of `size`, without batch and channels; one number stands for itself, not for all axes
        return product(size) if isinstance(size, list | tuple) else size
    factor = getattr(call.entry, "scale_factor", None)
    if isinstance(factor, list | tuple):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "calflops fails on a `scale_factor` of several numbers"))
    return call.x.numel  # the factor is computed and thrown away


def _attention(call: CallFacts) -> _Pair:
    """The projections; where the weights are asked for also softmax and, with a mask, the first product (baddbmm is replaced, bmm not)."""
    projections, products = parts(call)
    if not asks_weights(call):
        return _Pair(0, projections)
    mask = mask_elements(call)
    return _Pair(scores(call), projections) if mask is None else _Pair(scores(call) + mask, projections + products // 2)


CALFLOPS = Convention(
    name="calflops",
    unit="one multiplication, one addition, or one operation on an element",
    doc="Two for each multiply-accumulate of convolutions, linear layers and torch.matmul, the bias of convolutions, 1 an element for "
        "activations, pooling and softmax, 2 for batch normalisation, 5 for the others, recurrent layers. Operators (`@`, `*`), bmm and "
        "fused attention count nothing; transposed convolutions with groups far too little.",
    source="calflops 0.3.2, FLOPs",
    formula=lambda call: _count(call).flops,
    per_mac=2,
)

CALFLOPS_MACS = Convention(
    name="calflops=macs",
    unit="one multiply-accumulate",
    doc="The multiply-accumulates that calflops prints beside its FLOPs: convolutions, linear layers, torch.matmul. Recurrent layers, "
        "einsum, operators and the products of attention count nothing.",
    source="calflops 0.3.2, MACs",
    formula=lambda call: _count(call).macs,
)
