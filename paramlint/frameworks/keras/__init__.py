"""Keras, as of Keras 3.15.1, by itself and inside TensorFlow."""

from __future__ import annotations

from paramlint.frameworks.keras.call_signatures import CALLS
from paramlint.frameworks.keras.ops_signatures import DOUBTED, KINDS, SIGNATURES, SURE
from paramlint.frameworks.keras.plain_objects import PLAIN_OBJECTS
from paramlint.schema.framework import Errors, Framework

# The folders and files in which Keras 3 defines what it documents under `keras.layers`.
_FOLDERS = {
    "activations": "activation elu leaky_relu prelu relu softmax",
    "attention": "additive_attention attention grouped_query_attention multi_head_attention",
    "convolutional": "base_conv base_conv_transpose base_depthwise_conv base_separable_conv conv1d conv1d_transpose conv2d "
                     "conv2d_transpose conv3d conv3d_transpose depthwise_conv1d depthwise_conv2d separable_conv1d separable_conv2d",
    "core": "dense einsum_dense embedding identity input_layer lambda_layer masking reversible_embedding wrapper",
    "merging": "add average base_merge concatenate dot maximum minimum multiply subtract",
    "normalization": "batch_normalization group_normalization layer_normalization rms_normalization spectral_normalization "
                     "unit_normalization",
    "pooling": "adaptive_average_pooling1d adaptive_average_pooling2d adaptive_average_pooling3d adaptive_max_pooling1d "
               "adaptive_max_pooling2d adaptive_max_pooling3d average_pooling1d average_pooling2d average_pooling3d "
               "global_average_pooling1d global_average_pooling2d global_average_pooling3d global_max_pooling1d global_max_pooling2d "
               "global_max_pooling3d max_pooling1d max_pooling2d max_pooling3d",
    "preprocessing": "category_encoding discretization feature_space hashed_crossing hashing image_preprocessing index_lookup "
                     "integer_lookup mel_spectrogram normalization pipeline rescaling stft_spectrogram string_lookup text_vectorization",
    "regularization": "activity_regularization alpha_dropout dropout gaussian_dropout gaussian_noise spatial_dropout",
    "reshaping": "cropping1d cropping2d cropping3d flatten permute repeat_vector reshape up_sampling1d up_sampling2d up_sampling3d "
                 "zero_padding1d zero_padding2d zero_padding3d",
    "rnn": "bidirectional conv_lstm conv_lstm1d conv_lstm2d conv_lstm3d gru lstm rnn simple_rnn stacked_rnn_cells time_distributed",
}
_IMAGES = (
    "aug_mix auto_contrast center_crop clahe cut_mix equalization max_num_bounding_box mix_up rand_augment random_brightness "
    "random_color_degeneration random_color_jitter random_contrast random_crop random_elastic_transform random_erasing random_flip "
    "random_gaussian_blur random_grayscale random_hue random_invert random_perspective random_posterization random_rotation "
    "random_saturation random_sharpness random_shear random_translation random_zoom resizing solarization"
)
# Where Keras 1 and 2 had them.
_LEGACY = (
    "advanced_activations convolutional convolutional_recurrent cudnn_recurrent dense_attention embeddings experimental.preprocessing "
    "kernelized layers.layer local merge noise normalization_v2 recurrent recurrent_v2 rnn_cell_wrapper_v2 wrappers"
)
_FAMILIES = (
    "activations", "attention", "axis_layers", "cells", "convolution", "convolutional_recurrent", "core", "depthwise", "edges",
    "einsum", "image_colours", "image_preprocessing", "merging", "normalisation", "ops_along_axes", "ops_blocks", "ops_composing", "ops_creation",
    "ops_elementwise", "ops_images", "ops_joining", "ops_linear_algebra", "ops_matrices", "ops_picking", "ops_reductions", "ops_shaping",
    "ops_statistics", "ops_windows", "pooling", "preprocessing",
    "recurrent", "regularisation", "reshaping", "sound", "training", "variables", "wrappers",
)
_PACKAGES = (
    "keras._tf_keras.keras", "keras.api", "keras.api._v2.keras", "keras.src", "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras",
    "tensorflow.contrib.keras", "tensorflow.keras", "tensorflow.python.keras", "tf_keras", "tf_keras.api", "tf_keras.src",
)

# The operation behind each of Python's operators.
_OPERATORS = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "true_divide", "//": "floor_divide", "%": "mod", "**": "power", "@": "matmul",
    "==": "equal", "!=": "not_equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "&": "logical_and",
    "|": "logical_or", "^": "logical_xor", "unary -": "negative", "unary +": "identity_of", "unary ~": "logical_not",
    "unary abs": "abs", "[]": "get_item",
}

# Names of operations in a graph that are not those of the functions.
_OPERATION_NAMES = {
    "keras.activations.exponential": "exp", "keras.activations.linear": "", "keras.activations.relu": "re_lu", "keras.activations.swish": "silu",
    "keras.ops.abs": "absolute", "keras.ops.allclose": "all_close", "keras.ops.cdist": "c_dist", "keras.ops.conj": "conjugate",
    "keras.ops.hard_swish": "hard_silu", "keras.ops.isin": "is_in", "keras.ops.layer_normalization": "layer_norm",
    "keras.ops.rms_normalization": "rms_norm", "keras.ops.swish": "silu",
}

# What `build` of these layers is given: the shapes of several arguments of their call.
_BUILD_SHAPES = {
    "Bidirectional ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU LSTM RNN SimpleRNN": ("sequences_shape", "initial_state_shape"),
    "GroupQueryAttention MultiHeadAttention": ("query_shape", "value_shape", "key_shape"),
}

# What arguments of layers may be besides plain values.
_CALLED = ("function", "object", "class", "handle", "value of its own class", "dict")
_OBJECTS = {
    "*initializer": _CALLED, "*regularizer": _CALLED, "*constraint": _CALLED,
    "*activation": ("function", "library function", "handle", "module", "value of its own class"),
    "dtype": ("constant", "dict", "DTypePolicy()"), "arguments": ("dict", "tensor", "array"), "vocabulary_dtype": ("constant",),
    "quantization_config": ("object", "handle"), "noise_shape": ("range",),
    **dict.fromkeys(("cell", "cells", "layer", "layers", "backward_layer"), ("module",)),
    **dict.fromkeys(("function", "library function", "mask", "output_shape", "standardize", "split"), ("function", "library function", "array")),
    **dict.fromkeys(("weights", "mean", "variance", "vocabulary", "idf_weights", "input_tensor"), ("tensor", "array")),
    **dict.fromkeys(("input_shape", "target_shape", "shape", "batch_shape"), ("array", "range")),
}

# Arguments that no number of numpy may be, with the exception where it is no ValueError.
_WINDOWS, _STRIDED = ("kernel_size", "strides", "dilation_rate"), ("kernel_size", "strides")
_PLAIN_INTEGERS = {
    "*": ("seed", "name", "dtype", "trainable"),  # of any layer, which may look at them later
    "Dense": ("units",), "GRU": ("units",), "SimpleRNN": ("units",), "Embedding": ("input_dim", "output_dim"),
    "ReversibleEmbedding": ("input_dim", "output_dim"), "MultiHeadAttention": ("num_heads", "key_dim"), "GroupNormalization": ("groups",),
    "RepeatVector": ("n:TypeError",), "LayerNormalization": ("axis:TypeError",), "UnitNormalization": ("axis:TypeError",),
    "Normalization": ("axis:TypeError",), "Dot": ("axes:TypeError",), "UpSampling1D": ("size:TypeError",), "UpSampling2D": ("size",),
    **{f"Conv{d}D": _WINDOWS for d in (1, 2, 3)},
    **{f"Conv{d}DTranspose": _WINDOWS for d in (1, 2, 3)},
    **{f"{kind}{d}D": _STRIDED for d in (1, 2) for kind in ("DepthwiseConv", "SeparableConv")},
    **{f"{kind}Pooling{d}D": ("pool_size", "strides") for d in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"ConvLSTM{d}D": ("kernel_size",) for d in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{d}D": ("output_size:TypeError",) for d in (1, 2, 3) for kind in ("Max", "Average")},
    **{f"ZeroPadding{d}D": ("padding",) for d in (1, 2)}, **{f"Cropping{d}D": ("cropping",) for d in (1, 2)},
}

FRAMEWORK = Framework(
    name="keras",
    roots=("keras", "tensorflow", "tf_keras", "einops.layers.keras", "einops.layers.tensorflow"),
    optional_roots=("tensorflow", "tf_keras"),
    aliases={
        **dict.fromkeys(_PACKAGES, "keras"),
        **{f"keras.{name}": f"keras.dtype_policies.{name}" for name in ("DTypePolicy", "FloatDTypePolicy")},
        **{f"keras.layers.{folder}": "keras.layers" for folder in _FOLDERS},
        **{f"keras.layers.{folder}.{file}": "keras.layers" for folder, files in _FOLDERS.items() for file in files.split()},
        **{f"keras.layers.preprocessing.image_preprocessing.{file}": "keras.layers" for file in _IMAGES.split()},
        **{f"keras.layers.{file}": "keras.layers" for file in _LEGACY.split()},
        "keras.layers.layer": "keras.layers",
        "keras.layers.experimental": "keras.layers",
        "keras.engine.input_layer": "keras.layers",
        "keras.engine.base_layer": "keras.layers",
        "keras.engine.topology": "keras.layers",
        "keras.engine.training": "keras",
        "keras.engine.sequential": "keras",
        "keras.models.model": "keras.models",
        "keras.models.sequential": "keras.models",
        "keras.models.functional": "keras.models",
        "keras.models.Model": "keras.Model",
        "keras.models.Sequential": "keras.Sequential",
        "keras.Layer": "keras.layers.Layer",
        "keras.layers.Input": "keras.Input",
        "keras.backend.KerasTensor": "keras.KerasTensor",
        "keras.backend.Variable": "keras.Variable",
        "keras.backend.config": "keras.config",
        "keras.backend.image_data_format": "keras.config.image_data_format",
        "keras.backend.set_image_data_format": "keras.config.set_image_data_format",
        "keras.activations.activations": "keras.activations",
        "keras.ops.numpy": "keras.ops",
        "keras.ops.nn": "keras.ops",
        "keras.ops.core": "keras.ops",
        "keras.ops.math": "keras.ops",
        "keras.layers.core.activation": "keras.layers",
    },
    families=tuple(f"{__name__}.{family}" for family in _FAMILIES),
    layers="keras.layers",
    module_bases=("keras.layers.Layer",),
    call="call",
    object_arguments=_OBJECTS,
    operation_arguments=KINDS,
    doubted=DOUBTED,
    sure_operations=SURE,
    needed_packages=dict.fromkeys(("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization"), "tensorflow"),
    plain_integers=_PLAIN_INTEGERS,
    errors=Errors(refused="ValueError", unexpected_keyword="ValueError", mismatch="ValueError"),
    older=("tf_keras",),
    builds_on_call=True,
    models={"keras.Model": "graph", "keras.models.Functional": "drawn", "keras.Sequential": "stack"},
    graph_names={
        "keras.Input": "input",
        "keras.backend.is_keras_tensor": "is tensor",
        "keras.utils.is_keras_tensor": "is tensor",
        "keras.utils.get_source_inputs": "sources",
        "keras.ops.operation_utils.get_source_inputs": "sources",
        "keras.models.clone_model": "clone",
        "keras.config.image_data_format": "data format",
        "keras.config.set_image_data_format": "set data format",
        "keras.activations.get": "activation",
        "keras.Variable": "variable",
        "tensorflow.Variable": "variable",
        "keras.backend.backend": "backend",
        "keras.config.backend": "backend",
        **dict.fromkeys(("keras.config.floatx", "keras.backend.floatx"), "floatx"),
        **dict.fromkeys(("keras.config.set_floatx", "keras.backend.set_floatx", "keras.config.set_dtype_policy",
                         "keras.mixed_precision.set_dtype_policy", "keras.mixed_precision.set_global_policy"), "set types"),
        **dict.fromkeys(("keras.config.epsilon", "keras.backend.epsilon"), "epsilon"),
        **dict.fromkeys(("keras.config.set_epsilon", "keras.backend.set_epsilon"), "set epsilon"),
        "keras.KerasTensor": "tensor class",
        "keras.backend.clear_session": "clear names",
        "keras.utils.clear_session": "clear names",
        "tensorflow.TensorShape": "shape class",
    },
    tensor=("keras.KerasTensor",),
    operation_names=_OPERATION_NAMES,
    operators={op: f"keras.ops.{name}" for op, name in _OPERATORS.items()},
    signatures={text: f"{SIGNATURES.get(text, '')} {CALLS.get(text, '')}" for text in (*SIGNATURES, *CALLS)},
    outside_of_graphs=("tensorflow.", "keras.backend."),
    input_layer="keras.layers.InputLayer",
    activations="keras.activations",
    input_entry="keras.Input",
    build_shapes={f"keras.layers.{name}": shapes for names, shapes in _BUILD_SHAPES.items() for name in names.split()},
    call_context={"training": False, "mask": None},
    inert=("keras.api_export.keras_export", "keras.backend.name_scope", "keras.name_scope", "keras.utils.register_keras_serializable",
           "keras.saving.register_keras_serializable", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers",
           "keras.losses", "keras.metrics", "keras.callbacks", "keras.mixed_precision", "keras.dtype_policies", "keras.datasets",
           "keras.random.SeedGenerator", "tensorflow.name_scope", "tensorflow.initializers", "tensorflow.function", "tensorflow.device",
           "tensorflow.random_normal_initializer", "tensorflow.constant_initializer", "tensorflow.zeros_initializer",
           "tensorflow.ones_initializer", "tensorflow.config", "tensorflow.distribute", "tensorflow.data", "tensorflow.summary"),
    plain_objects=PLAIN_OBJECTS,
    nothing=("keras.utils.set_random_seed", "tensorflow.random.set_seed",
             "tensorflow.compat.v1.disable_eager_execution", "keras.utils.plot_model"),
    constants={"keras.__version__": "3.15.1", "tensorflow.__version__": "2.19.0"},
)
