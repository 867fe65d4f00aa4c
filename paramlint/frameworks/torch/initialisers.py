"""The functions of torch.nn.init: what they take, and what they refuse.

Source: torch/nn/init.py, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Mapping

_FILLS = {"uniform_": "a= b= generator=", "normal_": "mean= std= generator=", "trunc_normal_": "mean= std= a= b= generator=", "constant_": "val",
          "ones_": "", "zeros_": "", "eye_": "", "dirac_": "groups=", "orthogonal_": "gain= generator=", "sparse_": "sparsity std= generator="}
# Function → its parameters, "=" behind those that may be left out.
SIGNATURES: Mapping[str, str] = {
    **{f"torch.nn.init.{name}": f"tensor {rest}" for name, rest in {
        **_FILLS, **dict.fromkeys(("xavier_uniform_", "xavier_normal_"), "gain= generator="),
        **dict.fromkeys(("kaiming_uniform_", "kaiming_normal_"), "a= mode= nonlinearity= generator=")}.items()},
    "torch.nn.init.calculate_gain": "nonlinearity param=",
}
# Functions that refuse tensors of other ranks → the least rank, and the most, and what they say.
RANKS: Mapping[str, tuple[int, int, str]] = {f"torch.nn.init.{name}": rank for names, rank in (
    (("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"),
     (2, 99, "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")),
    (("orthogonal_",), (2, 99, "Only tensors with 2 or more dimensions are supported")),
    (("eye_", "sparse_"), (2, 2, "Only tensors with 2 dimensions are supported")),
    (("dirac_",), (3, 5, "Only tensors with 3, 4, or 5 dimensions are supported")),
) for name in names}
# Function and parameter → the words that it takes.
WORDS: Mapping[tuple[str, str], frozenset[str]] = {
    **{(f"torch.nn.init.kaiming_{kind}_", "mode"): frozenset({"fan_in", "fan_out"}) for kind in ("uniform", "normal")},
    **{(f"torch.nn.init.{name}", "nonlinearity"): frozenset({
        "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid", "tanh", "relu",
        "leaky_relu", "selu"}) for name in ("kaiming_uniform_", "kaiming_normal_", "calculate_gain")},
}
