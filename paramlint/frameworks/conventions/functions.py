"""Which function of torch.nn.functional a call runs.

Tools that replace functions see a module by the functions that it calls, and nothing of what has no function of its own.
"""

from __future__ import annotations

import re
from typing import Any

from paramlint.core.dims import Size, floor_divide
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.schema.fields import truth

_AXES = re.compile(r"[123]d$")
_FUNCTIONAL = "torch.nn.functional."

_OF_KIND = {
    "convolution": "conv", "transposed convolution": "conv_transpose", "linear": "linear", "bilinear": "bilinear", "relu": "relu",
    "relu6": "relu6", "elu": "elu", "gelu": "gelu", "leaky relu": "leaky_relu", "prelu": "prelu", "softmax": "softmax",
    "max pool": "max_pool", "avg pool": "avg_pool", "adaptive avg pool": "adaptive_avg_pool", "adaptive max pool": "adaptive_max_pool",
    "batch norm": "batch_norm", "layer norm": "layer_norm", "group norm": "group_norm", "instance norm": "instance_norm",
    "upsample": "interpolate", "embedding": "embedding", "lp pool": "lp_pool", "local response norm": "local_response_norm",
}

# Classes of a kind that call another function than the rest of it.
_OF_CLASS = {
    "silu": "silu", "swish": "silu", "softmin": "softmin", "logsoftmax": "log_softmax",
    "fractionalmaxpool2d": "fractional_max_pool", "fractionalmaxpool3d": "fractional_max_pool",
    "crossmaplrn2d": "", "embeddingbag": "embedding_bag",
}

POOLS = frozenset({"max_pool", "avg_pool", "adaptive_avg_pool", "adaptive_max_pool"})


def function(call: CallFacts) -> str:
    """The function of torch.nn.functional behind a call, without its number of axes: ``conv``, ``max_pool``; empty where there is none."""
    if not call.module:
        qualified = call.name.qualified
        return _AXES.sub("", qualified.removeprefix(_FUNCTIONAL)) if qualified.startswith(_FUNCTIONAL) else ""
    if call.title == "relu6" and call.name.framework == "torch":
        return "hardtanh"  # ReLU6 inherits its forward from Hardtanh
    found = _OF_CLASS.get(call.title)
    return _OF_KIND.get(call.kind, "") if found is None else found


def tensor_operation(call: CallFacts) -> str:
    """The function of a tensor operation (``matmul``), called as torch.matmul or as a tensor's method; an operator is neither."""
    if call.module:
        return ""
    prefix, _, last = call.name.qualified.rpartition(".")
    return last if prefix in ("torch", "torch.Tensor") else ""


_COUNTED = frozenset({"relu", "elu", "gelu", "leaky_relu", "prelu", "relu6", "silu", "softmax", "batch_norm", "layer_norm", "group_norm",
                      "instance_norm", "interpolate", "upsample", "lp_pool", "local_response_norm", "grid_sample"}) | POOLS
_ELEMENTWISE = frozenset(f"{prefix}.{name}" for prefix in ("torch", "torch.Tensor") for name in ("mul", "add"))


def concerns(qualified: str) -> bool:
    """Whether some tool counts a function that has no multiply-accumulates, so that its calls matter too."""
    if not qualified.startswith(_FUNCTIONAL):
        return qualified in _ELEMENTWISE or qualified in ("torch.layer_norm", "torch.batch_norm", "torch.group_norm", "torch.instance_norm")
    return _AXES.sub("", qualified.removeprefix(_FUNCTIONAL)) in _COUNTED


def extra_elements(call: CallFacts, name: str) -> Size:
    """What the functions that ``name`` itself is made of count: 1 an element of each, in ptflops and calflops alike."""
    x = call.x.numel
    if name == "lp_pool":  # an average of powers, then relu and a multiplication
        return x + 2 * call.y.numel
    if name == "local_response_norm":  # a square, an average over padded channels, a multiplication and an addition
        around: Any = getattr(call.entry, "size", None)
        return 3 * x + floor_divide(x, call.x[1]) * (call.x[1] + around - 1)
    if name == "interpolate" and truth(getattr(call.entry, "mode", "nearest") == "area"):
        return x  # runs adaptive_avg_pool
    return 0
