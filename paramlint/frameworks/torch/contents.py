"""Calls that torch refuses as the contents of their tensors decide, or as their numbers do: the parameters that matter, and the rule.

Rules are those of ``analysis.contents``. Source: ATen/native and the documentation of torch, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Mapping

CONTENTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("gather", "index_select", "scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "index_reduce"),
                    ("input dim index", "places")),
    "take": ("input index", "flat"),
    "functional.embedding": ("index weight", "rows"),
    **dict.fromkeys(("cross_entropy", "nll_loss"), ("input target weight size_average ignore_index", "classes")),
    **dict.fromkeys(("CrossEntropyLoss", "NLLLoss", "NLLLoss2d"), ("input target", "classes")),
    "BCELoss": ("input target", "fractions"),
    "ctc_loss": ("input", "doubt"),
    **dict.fromkeys(("binary_cross_entropy", "bce_loss"), ("input target", "fractions")),
    "bernoulli": ("input p", "chances"),
    "bernoulli_": ("input p", "chance or none"),
    "poisson": ("input", "rates"),
    "torch.normal": ("mean std", "spread"),
    "normal_": ("input mean std", "spread"),
    "uniform_": ("input from to", "range"),
    "random_": ("input from to", "whole range"),
    "exponential_": ("input lambd", "positive"),
    "geometric_": ("input p", "chance"),
    "cauchy_": ("input median sigma", "positive spread"),
    "log_normal_": ("input mean std", "positive spread"),
    "bincount": ("input", "counts"),
    "repeat_interleave": ("input repeats", "repeats"),
    **dict.fromkeys(("inv", "inverse", "cholesky", "solve", "kthvalue", "quantile", "nanquantile", "histc",
                     "searchsorted", "bucketize", "cartesian_prod"), ("input", "doubt")),
    **dict.fromkeys(("tril_indices", "triu_indices"), ("row col", "lengths")),
    **dict.fromkeys(("__floordiv__", "__mod__", "floor_divide", "remainder", "fmod", "__rfloordiv__"), ("input other", "divisor")),
    **dict.fromkeys(("div", "divide"), ("input other", "rounded divisor")),
    **dict.fromkeys(("pow", "__pow__"), ("input exponent", "exponent")),
    **dict.fromkeys(("masked_select", "masked_fill"), ("input mask", "mask")),
}
