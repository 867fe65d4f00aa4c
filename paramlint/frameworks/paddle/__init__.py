"""PaddlePaddle, as of Paddle 3.3.1."""

from __future__ import annotations

from paramlint.frameworks.paddle.attributes import OBJECTS
from paramlint.frameworks.paddle.errors import INPUT_TYPES, UNTENSORED
from paramlint.schema.framework import Errors, Framework

# The files in which Paddle defines what it documents under `paddle.nn`.
_MODULES = ("activation", "common", "container", "conv", "distance", "layers", "loss", "norm", "pooling", "rnn", "transformer", "vision")

_FAMILIES = (
    "activation",
    "attention",
    "attributes",
    "axis_layers",
    "batch_normalisation",
    "class_losses",
    "convolution",
    "dropout",
    "embedding",
    "gating",
    "initializer_bases",
    "label_losses",
    "linear",
    "losses",
    "normalisation",
    "ops",
    "ops_functional",
    "ops_indexing",
    "ops_join",
    "ops_layers",
    "ops_parameters",
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

# What arguments of its layers may be besides plain values.
_OBJECTS = {
    "*": ("dict", "set", "text of bytes"),
    "*attr": ("object", "handle"), "dtype": ("constant",), "device": ("handle",), "distance_function": ("function", "library function", "handle"),
    **dict.fromkeys(("cell", "cell_fw", "cell_bw", "encoder_layer", "decoder_layer", "norm", "custom_encoder", "custom_decoder"), ("module",)),
    **dict.fromkeys(("weight", "pos_weight", "_weight"), ("tensor",)),
}

# Arguments that no number of numpy may be.
_WINDOWS = ("kernel_size:ValueError", "stride:ValueError", "dilation:ValueError")
_PLAIN_INTEGERS = {
    **{f"Conv1D{kind}": _WINDOWS for kind in ("", "Transpose")},
    **{f"Conv{axes}D{kind}": (*_WINDOWS, "padding:ValueError") for axes in (2, 3) for kind in ("", "Transpose")},
    "PixelShuffle": ("upscale_factor:TypeError",), "PixelUnshuffle": ("downscale_factor:TypeError",), "ChannelShuffle": ("groups:TypeError",),
}

# The files in which Paddle defines what it documents under `paddle.nn.initializer`.
_INITIALIZERS = ("assign", "bilinear", "constant", "dirac", "initializer", "kaiming", "normal", "orthogonal", "uniform", "xavier")

# The methods of Layer, and what each is in our words.
_METHODS = {
    **{name: name for name in (
        "add_module", "add_parameter", "apply", "bfloat16", "buffers", "children", "cpu", "cuda", "double", "eval", "extra_repr", "float",
        "get_buffer", "get_parameter", "get_submodule", "half", "load_state_dict", "modules", "named_buffers", "named_children",
        "named_modules", "named_parameters", "parameters", "register_buffer", "register_module", "register_parameter", "requires_grad_",
        "set_submodule", "state_dict", "to", "train", "type", "zero_grad", "_get_name", "__setstate__")},
    "add_sublayer": "register_module", "sublayers": "submodules", "named_sublayers": "named_submodules",
    "get_sublayer": "get_submodule", "set_sublayer": "set_submodule",
    **dict.fromkeys(("set_state_dict", "set_dict", "load_dict"), "load_state_dict"), "to_static_state_dict": "state_dict",
    **dict.fromkeys(("astype", "float16", "xpu"), "to"), **dict.fromkeys(("clear_gradients", "backward"), "zero_grad"),
    **dict.fromkeys(("create_tensor", "create_variable"), "unknown_tensor"), "full_name": "unique_name",
    **dict.fromkeys(("register_forward_hook", "register_forward_post_hook"), "register_forward_hook"),
    "register_forward_pre_hook": "register_forward_pre_hook", "register_state_dict_hook": "_register_state_dict_hook",
}
_WEIGHED = ("linear", "bilinear", "convolution", "transposed convolution", "layer norm", "group norm", "rms norm", "batch norm")

FRAMEWORK = Framework(
    name="paddle",
    object_arguments=_OBJECTS,
    plain_integers=_PLAIN_INTEGERS,
    roots=("paddle", "einops.layers.paddle"),
    aliases={
        "paddle.nn.layer": "paddle.nn",
        **{f"paddle.nn.layer.{name}": "paddle.nn" for name in _MODULES},
        "paddle.nn.modules": "paddle.nn",
        **{f"paddle.nn.initializer.{name}": "paddle.nn.initializer" for name in _INITIALIZERS},
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
    errors=Errors(refused="TypeError", wrong_kind="TypeError", mismatch="ValueError"),
    method_names=_METHODS,
    argument_names={"include_sublayers": "recurse", "sublayer": "module", "layer": "module", "parameter": "param",
                    "persistable": "persistent"},
    walks=("named_sublayers",),
    root_walks=("parameters", "named_parameters"),
    lists=("parameters", "buffers", "sublayers"),
    base_arguments={"dtype": ("_dtype", "float32")},
    tables={"_sub_layers": "_modules", "_modules": "_modules", "_parameters": "_parameters", "_buffers": "_buffers"},
    keeps_tensors=True,
    constructor_methods=("create_parameter", "__setattr__", "add_parameter", "register_parameter", "add_sublayer", "register_buffer"),
    private_prefix="_",
    containers={
        "paddle.nn.Sequential": ("_modules", "named sequential"),
        "paddle.nn.LayerList": ("_modules", "list"),
        "paddle.nn.LayerDict": ("_modules", "dict"),
        "paddle.nn.ParameterList": ("_parameters", "list"),
        "paddle.nn.ParameterDict": ("_parameters", "dict"),
    },
    parameter=("paddle.nn.Parameter", "paddle.nn.parameter.Parameter", "paddle.base.framework.EagerParamBase",
               "paddle.base.framework.Parameter", "paddle.framework.EagerParamBase"),
    before_init=frozenset({"add_sublayer", "add_module", "register_module", "add_parameter", "register_parameter", "register_buffer", "extra_repr",
                           "astype", "backward", "float16", "bfloat16", "forward", "get_extra_state"}),
    tensor=("paddle.Tensor",),
    trained={"stop_gradient": False, "trainable": True, "requires_grad": True},
    trained_errors={"stop_gradient": "TypeError", "trainable": "ValueError", "requires_grad": "TypeError"},
    fixed_attributes=frozenset({"shape", "dtype", "place", "ndim", "size", "T", "is_leaf"}),
    class_names={"paddle.nn.Parameter": "EagerParamBase"},
    objects=OBJECTS,
    dtypes={
        "half": "float16", "float": "float32", "double": "float64", "long": "int64", "int": "int32", "short": "int16",
        "cfloat": "complex64", "cdouble": "complex128",
    },
    constants={
        "paddle.__version__": "3.3.1",
        "paddle.inf": float("inf"),
        "paddle.nan": float("nan"),
        "paddle.pi": 3.141592653589793,
        "paddle.e": 2.718281828459045,
    },
    reparametrisations={
        "paddle.nn.utils.weight_norm": "flat split",
        "paddle.nn.utils.spectral_norm": "spectral, affine turned",
    },
    restorations={"paddle.nn.utils.remove_weight_norm": "flat split"},
    default_dtype=("paddle.get_default_dtype", "paddle.set_default_dtype"),
    text_dtypes=True,
    untensored=UNTENSORED,
    input_types=INPUT_TYPES,
    downloads=("paddle.utils.download.get_weights_path_from_url", "paddle.utils.download.get_path_from_url", "paddle.hub.load",
               "paddle.hub.load_state_dict_from_url"),
    absent={**dict.fromkeys(_WEIGHED, ("weight", "bias")), "instance norm": ("scale", "bias")},
    absent_attributes=("weight", "bias", "scale"),
    layer_methods={kind: {"flatten_parameters": ()} for kind in ("rnn", "lstm", "gru")},
    unchanging=frozenset({"cpu", "contiguous", "astype", "float", "float32", "double", "float64", "half", "float16", "reshape", "__pos__"}),
    leaf_error="ValueError",
    leaf_methods=frozenset({
        "uniform_", "normal_", "fill_", "zero_", "clip_", "scale_", "add_", "subtract_", "multiply_", "divide_", "fill_diagonal_", "squeeze_",
        "unsqueeze_", "flatten_", "reshape_", "cast_", ""}),
    passing_functions=dict.fromkeys(("paddle.jit.to_static", "paddle.jit.not_to_static", "paddle.no_grad", "paddle.incubate.jit.inference"), ""),
    inert=("paddle.no_grad", "paddle.enable_grad", "paddle.set_grad_enabled", "paddle.inference_mode", "paddle.amp", "paddle.jit",
           "paddle.autograd", "paddle.profiler", "paddle.device", "paddle.io", "paddle.optimizer", "paddle.metric", "paddle.callbacks",
           "paddle.onnx", "paddle.CPUPlace", "paddle.CUDAPlace", "paddle.base.dygraph.no_grad", "paddle.utils.unique_name",
           "paddle.utils.decorator_utils", "paddle.nn.initializer.set_global_initializer", "paddle.nn.ClipGradByGlobalNorm",
           "paddle.nn.ClipGradByNorm", "paddle.nn.ClipGradByValue"),
    plain_objects={"paddle.nn.initializer.set_global_initializer": "weight_init=object bias_init=object"},
    wrappers={"paddle.Model": ("network", "parameters")},
    savers=("paddle.jit.save",),
    measures={"paddle.flops": True, "paddle.summary": False},
    kept_by={"paddle.optimizer": {"_parameter_list": "parameters", "_param_groups": "parameters"}},
    nothing=(*(f"paddle.nn.init.{name}_" for name in (
        "constant", "dirac", "eye", "kaiming_normal", "kaiming_uniform", "normal", "ones", "orthogonal", "trunc_normal", "uniform",
        "xavier_normal", "xavier_uniform", "zeros")),
        "paddle.seed", "paddle.set_device", "paddle.set_flags", "paddle.disable_static",
             "paddle.enable_static", "paddle.set_printoptions", "paddle.save",
             "paddle.device.set_device", "paddle.distributed.init_parallel_env"),
    effects=("paddle.load", "paddle.get_device", "paddle.is_compiled_with_cuda", "paddle.is_compiled_with_xpu",
             "paddle.is_compiled_with_rocm", "paddle.device.get_device", "paddle.device.cuda.device_count",
             "paddle.device.is_compiled_with_cuda", "paddle.nn.initializer.calculate_gain", "paddle.distributed.get_rank",
             "paddle.distributed.get_world_size"),
)
