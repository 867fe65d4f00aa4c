"""PaddlePaddle, as of Paddle 3.3.1."""

from __future__ import annotations

from paramlint.schema.framework import Framework

# The files in which Paddle defines what it documents under `paddle.nn`.
_MODULES = ("activation", "common", "container", "conv", "distance", "layers", "loss", "norm", "pooling", "rnn", "transformer", "vision")

_FAMILIES = (
    "activation",
    "attention",
    "attributes",
    "batch_normalisation",
    "class_losses",
    "convolution",
    "dropout",
    "embedding",
    "gating",
    "label_losses",
    "linear",
    "losses",
    "normalisation",
    "ops",
    "ops_functional",
    "ops_join",
    "ops_layers",
    "ops_shape",
    "padding",
    "pooling",
    "recurrent",
    "recurrent_cells",
    "recurrent_runs",
    "resampling",
    "shaping",
    "shuffling",
    "transformer",
    "transformer_stacks",
    "transposed",
    "unpooling",
)

FRAMEWORK = Framework(
    name="paddle",
    roots=("paddle",),
    aliases={
        "paddle.nn.layer": "paddle.nn",
        **{f"paddle.nn.layer.{name}": "paddle.nn" for name in _MODULES},
        "paddle.nn.modules": "paddle.nn",
        "paddle.nn.Module": "paddle.nn.Layer",
        "paddle.nn.ModuleList": "paddle.nn.LayerList",
        "paddle.nn.ModuleDict": "paddle.nn.LayerDict",
        "paddle.base.param_attr": "paddle",
        "paddle.base.ParamAttr": "paddle.ParamAttr",
        "paddle.framework.ParamAttr": "paddle.ParamAttr",
        "paddle.fluid.param_attr": "paddle",
        "paddle.fluid.ParamAttr": "paddle.ParamAttr",
        # Paddle 1's module classes that Paddle 2 kept under the same signature; its layers had signatures of their own.
        "paddle.fluid.dygraph.Layer": "paddle.nn.Layer",
        "paddle.fluid.dygraph.LayerList": "paddle.nn.LayerList",
        "paddle.fluid.dygraph.Sequential": "paddle.nn.Sequential",
        "paddle.fluid.dygraph.ParameterList": "paddle.nn.ParameterList",
        "paddle.fluid.dygraph.BatchNorm": "paddle.nn.BatchNorm",
    },
    families=tuple(f"{__name__}.{family}" for family in _FAMILIES),
    layers="paddle.nn",
    module_bases=("paddle.nn.Layer", "paddle.nn.Module", "paddle.nn.RNNCellBase"),
    call="forward",
)
