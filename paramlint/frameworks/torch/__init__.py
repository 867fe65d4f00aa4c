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
        "torch.nn.utils.weight_norm.weight_norm": "torch.nn.utils.weight_norm",
        "torch.nn.utils.spectral_norm.spectral_norm": "torch.nn.utils.spectral_norm",
    },
    families=tuple(f"{__name__}.{family}" for family in _FAMILIES),
    layers="torch.nn",
    module_bases=("torch.nn.Module", "torch.nn.modules.module.Module"),
    call="forward",
    containers={
        "torch.nn.Sequential": ("_modules", "sequential"),
        "torch.nn.ModuleList": ("_modules", "list"),
        "torch.nn.ModuleDict": ("_modules", "dict"),
        "torch.nn.ParameterList": ("_parameters", "list"),
        "torch.nn.ParameterDict": ("_parameters", "dict"),
    },
    parameter=("torch.nn.Parameter",),
    tensor=("torch.Tensor",),
    dtypes={
        "half": "float16", "float": "float32", "double": "float64", "long": "int64", "int": "int32", "short": "int16",
        "cfloat": "complex64", "cdouble": "complex128",
    },
    constants={
        "torch.__version__": "2.13.0",
        "torch.contiguous_format": "contiguous_format",
        "torch.channels_last": "channels_last",
        "torch.preserve_format": "preserve_format",
        "torch.strided": "strided",
        "torch.inf": float("inf"),
        "torch.nan": float("nan"),
        "torch.pi": 3.141592653589793,
        "torch.e": 2.718281828459045,
    },
    reparametrisations={
        "torch.nn.utils.weight_norm": "split",
        "torch.nn.utils.spectral_norm": "spectral",
        "torch.nn.utils.parametrizations.weight_norm": "parametrised split",
        "torch.nn.utils.parametrizations.spectral_norm": "parametrised spectral",
        "torch.nn.utils.parametrize.register_parametrization": "parametrised",
    },
    passes=("torch.nn.init",),
    passing_functions=("torch.compile", "torch.jit.script", "torch.jit.ignore", "torch.jit.unused", "torch.jit.export", "torch.jit.interface",
                       "torch.fx.wrap", "torch.compiler.disable", "torch._dynamo.disable", "torch.jit.script_if_tracing",
                       "torch.jit.annotate", "torch.no_grad", "torch.inference_mode"),
    inert=("torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.autocast", "torch.amp",
           "torch.cuda.amp", "torch.jit", "torch.compiler", "torch.profiler", "torch.random", "torch.distributed", "torch.device",
           "torch.autograd", "torch.backends", "torch.hub", "torch.onnx", "torch.overrides", "torch.utils.data", "torch.fx",
           "torch.utils.checkpoint", "torch.library", "torch.serialization", "torch.multiprocessing", "torch._dynamo", "torch.Generator"),
    nothing=("torch.manual_seed", "torch.set_default_dtype", "torch.set_default_device", "torch.set_default_tensor_type",
             "torch.set_float32_matmul_precision", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all", "torch.cuda.empty_cache",
             "torch.cuda.synchronize", "torch._assert", "torch.set_num_threads", "torch.use_deterministic_algorithms",
             "torch._C._log_api_usage_once", "torch._check"),
    effects=("torch.cuda.is_available", "torch.cuda.device_count", "torch.load", "torch.hub.load", "torch.hub.load_state_dict_from_url",
             "torch.cuda.get_device_capability", "torch.cuda.current_device", "torch.get_num_threads",
             "torch.distributed.is_available", "torch.distributed.is_initialized", "torch.distributed.get_world_size",
             "torch.distributed.get_rank", "torch.backends.mps.is_available", "torch.backends.cuda.is_built"),
)
