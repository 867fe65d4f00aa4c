"""PyTorch, as of torch 2.13."""

from __future__ import annotations

from paramlint.schema.framework import Framework

# The files in which torch defines what it documents under `torch.nn`.
_MODULES = (
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten", "fold", "instancenorm",
    "lazy", "linear", "linear_cross_entropy", "loss", "module", "normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse",
    "transformer", "upsampling",
)

_FAMILIES = (
    "activation",
    "adaptive",
    "attention",
    "class_losses",
    "convolution",
    "distances",
    "dropout",
    "embedding",
    "group_normalisation",
    "lazy",
    "linear",
    "losses",
    "normalisation",
    "padding",
    "pair_losses",
    "pooling",
    "recurrent",
    "recurrent_cells",
    "resampling",
    "shaping",
    "softmax",
    "trained_losses",
    "transformer",
    "transformer_layers",
    "transposed",
)

FRAMEWORK = Framework(
    name="torch",
    roots=("torch",),
    aliases={
        "torch.nn.modules": "torch.nn",
        **{f"torch.nn.modules.{name}": "torch.nn" for name in _MODULES},
        "torch.nn.parameter": "torch.nn",
    },
    families=tuple(f"{__name__}.{family}" for family in _FAMILIES),
    layers="torch.nn",
    module_bases=("torch.nn.Module", "torch.nn.modules.module.Module"),
    call="forward",
)
