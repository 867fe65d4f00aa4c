"""What ptflops counts with its pytorch backend.

It hooks modules by their exact class and replaces functions while the model runs. A module that is hooked and also runs a function that is
replaced counts twice in the total that it returns. ``ptflops`` counts each call once, as its documentation and its table of layers do;
``ptflops=0.7.5`` is the total that version 0.7.5 returns. Both are for an input of one sample: ptflops divides what its hooks count by
the batch, but not what its functions count.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import Size, product
from paramlint.core.unknown import Unknown
from paramlint.frameworks.conventions import recurrent
from paramlint.frameworks.conventions.attention import asks_weights, mask_elements, parts, scores
from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts, held_unknown
from paramlint.frameworks.conventions.functions import POOLS, extra_elements, function, tensor_operation
from paramlint.frameworks.conventions.tensor_operations import elementwise, matrix_product, with_addend
from paramlint.schema.fields import truth


def _axes(*titles: str) -> frozenset[str]:
    return frozenset(f"{title}{axes}d" for title in titles for axes in "123")


_ACTIVATIONS = frozenset({"relu", "prelu", "elu", "leakyrelu", "relu6", "gelu"})
_POOLS = _axes("maxpool", "avgpool", "adaptivemaxpool", "adaptiveavgpool")
_NORMS = _axes("batchnorm", "instancenorm") | {"groupnorm", "layernorm"}
_BY_INPUT = frozenset({"relu", "prelu", "elu", "relu6", "gelu", "silu", "softmax"}) | POOLS


def _once(call: CallFacts) -> Size:
    hooked = _hook(call)
    return _replaced(call) if hooked is None else hooked


def _both(call: CallFacts) -> Size:
    hooked = _hook(call)
    return (0 if hooked is None else hooked) + _replaced(call) + _inside_attention(call)


def _hook(call: CallFacts) -> Size | None:
    """What the hook of a module counts, or None for what is not hooked."""
    title = call.title
    if not call.module or not call.exact:
        return None
    if title in _axes("conv", "convtranspose"):
        return _convolution(call, transposed="transpose" in title)
    if title == "linear":
        inputs, outputs = call.x[-1], call.y[-1]
        return (inputs * outputs + call.has("bias") * outputs) * product(call.x[:-1])
    if title in _ACTIVATIONS:
        return call.y.numel
    if title in _POOLS:
        return call.x.numel
    if title in _NORMS:
        return call.x.numel * (1 + call.flag("affine"))  # LayerNorm has no flag of this name, so its affine part is forgotten
    if title == "upsample":
        return product(call.y[1:])  # of the first sample only
    if title in recurrent.LAYERS or title in recurrent.CELLS:
        return recurrent.by_weights(call, doubled=False)
    return _attention(call) if title == "multiheadattention" else None


def _convolution(call: CallFacts, transposed: bool) -> Size:
    # The first axis is taken for the batch, the spatial ones are the third and following.
    weight = call.weight_shape()
    positions = product((call.x if transposed else call.y)[2:])
    return product(weight) * call.x[0] * positions + call.has("bias") * call.x[0] * product(call.y[1:])


def _attention(call: CallFacts) -> Size:
    """Projections, scaling, products and softmax. Keys and values are taken to be projected to their own sizes, not to ``embed_dim``."""
    if truth(getattr(call.entry, "batch_first", False)) is None:
        return held_unknown(getattr(call.entry, "batch_first", None), "batch_first")
    at = 1 if truth(getattr(call.entry, "batch_first", False)) else 0
    query, key, value = (call.input(position) for position in range(3))
    heads: Any = getattr(call.entry, "num_heads", 1)
    (q, k, v), (e, of_key, of_value) = (query[at], key[at], value[at]), (query[2], key[2], value[2])
    projections = q * e * e + k * of_key * of_key + v * of_value * of_value + call.flag("bias") * (q + k + v) * e
    head = q * k * (e // heads) + q * k + q * k * (of_value // heads)
    return query[1 - at] * (q * e + projections + heads * head + q * of_value * (of_value + 1))


def _replaced(call: CallFacts) -> Size:
    """What the replaced functions count: those that a module runs, and those that the model calls."""
    name = function(call)
    if name in _BY_INPUT:
        return call.x.numel
    if name in ("interpolate", "upsample"):
        # F.upsample calls F.interpolate, both are replaced.
        return _resampled(call) * (2 if name == "upsample" else 1) + extra_elements(call, "interpolate")
    if name in ("lp_pool", "local_response_norm"):
        return extra_elements(call, name)
    operation = tensor_operation(call)
    if operation in ("matmul", "mm", "bmm"):
        return matrix_product(call)
    if operation in ("addmm", "baddbmm") and call.name.qualified != "torch.Tensor.baddbmm":
        return with_addend(call, 1)
    return elementwise(call) if operation in ("mul", "add") else 0  # operators (`@`, `*`) are not seen; F.linear and F.conv2d neither


def _resampled(call: CallFacts) -> Size:
    """Elements of the output, as ``size`` or the factor say it."""
    size, factor = (getattr(call.entry, name, None) for name in ("size", "scale_factor"))
    if size is not None or factor is None:
        return call.y.numel
    if isinstance(factor, Unknown) or not isinstance(call.x.numel, int):
        return call.y.numel
    if isinstance(factor, tuple):
        return call.x.numel * product(int(one) for one in factor)  # each is cut to a whole number
    return int(call.x.numel * factor ** (len(call.x) - 2))


def _inside_attention(call: CallFacts) -> Size:
    """torch.bmm and softmax inside nn.MultiheadAttention, which its hook counts too; not in the fused kernel."""
    if call.kind != "attention" or not call.module or not asks_weights(call):
        return 0
    mask = mask_elements(call)
    return scores(call) + parts(call)[1] + (0 if mask is None else mask)


PTFLOPS = Convention(
    name="ptflops",
    unit="one multiply-accumulate, or one operation on an element",
    doc="Each call once: convolutions and linear layers with their bias, attention with scaling and softmax, recurrent layers with their "
        "element-wise work, 1 an element for activations and pooling, 2 for batch normalisation, torch.matmul and its kin. Operators "
        "(`@`, `*`), F.linear, F.conv2d and fused attention count nothing. For an input of one sample.",
    source="ptflops 0.7.5, backend pytorch, by its table of layers",
    formula=_once,
    # A bug of ptflops: its rows, one a module, add up to this where the model is made of modules alone; the total that it prints above them
    # adds what the replaced functions count, also those that a hooked module runs.
    note="the total that ptflops 0.7.5 prints counts ReLU, GELU, pooling and others twice: --convention ptflops=0.7.5",
)

PTFLOPS_075 = Convention(
    name="ptflops=0.7.5",
    unit="one multiply-accumulate, or one operation on an element",
    doc="The total that version 0.7.5 returns: as `ptflops`, but ReLU, ELU, PReLU, GELU, pooling, upsampling and the inside of attention "
        "twice, once by the hook of the module and once by the function that it runs. For an input of one sample.",
    source="ptflops 0.7.5, backend pytorch, as measured",
    formula=_both,
)
