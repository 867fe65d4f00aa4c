"""The parameters of the functions of `keras.ops` and `keras.activations`: a name with ``=`` has a default.

Recorded from Keras 3.15.1; `tests/oracle/test_keras_graph_operations.py` compares them.
"""

from __future__ import annotations

SIGNATURES = {
    "*x, indexing=": "ops.meshgrid",
    "N, M=, k=, dtype=": "ops.eye ops.tri",
    "a, b": "ops.solve",
    "a, b, lower=": "ops.solve_triangular",
    "a, b, rcond=": "ops.lstsq",
    "a, n=, axis=": "ops.diff",
    "abs_, angle": "ops.polar",
    "array, k=, axes=": "ops.rot90",
    "cond, body, loop_vars, maximum_iterations=": "ops.while_loop",
    "condition, x1=, x2=": "ops.where",
    "condlist, choicelist, default=": "ops.select",
    "data, segment_ids, num_segments=, sorted=": "ops.segment_max ops.segment_min ops.segment_prod ops.segment_sum",
    "f": "ops.custom_gradient",
    "f, elems, reverse=, axis=": "ops.associative_scan",
    "f, init, xs=, length=, reverse=, unroll=": "ops.scan",
    "f, xs": "ops.map",
    "fun, primals, tangents, has_aux=": "ops.jvp",
    "function, elements": "ops.vectorized_map",
    "image1, image2, max_val=, filter_size=, filter_sigma=, k1=, k2=, data_format=": "ops.image.ssim",
    "images, alpha=, sigma=, interpolation=, fill_mode=, fill_value=, seed=, data_format=": "ops.image.elastic_transform",
    "images, data_format=": "ops.image.hsv_to_rgb ops.image.rgb_to_grayscale ops.image.rgb_to_hsv ops.image.sobel_edges",
    "images, kernel_size=, sigma=, data_format=": "ops.image.gaussian_blur",
    "images, output_shape, scale, translation, spatial_dims, method, antialias=": "ops.image.scale_and_translate",
    "images, size, interpolation=, antialias=, crop_to_aspect_ratio=, pad_to_aspect_ratio=, fill_mode=, fill_value=, data_format=": (
        "ops.image.resize"
    ),
    "images, size, strides=, dilation_rate=, padding=, data_format=": "ops.image.extract_patches",
    "images, start_points, end_points, interpolation=, fill_value=, data_format=": "ops.image.perspective_transform",
    "images, top_cropping=, left_cropping=, bottom_cropping=, right_cropping=, target_height=, target_width=, data_format=": "ops.image.crop_images",
    "images, top_padding=, left_padding=, bottom_padding=, right_padding=, target_height=, target_width=, data_format=": "ops.image.pad_images",
    "images, transform, interpolation=, fill_mode=, fill_value=, data_format=": "ops.image.affine_transform",
    "index, branches, *operands": "ops.switch",
    "indices, shape": "ops.unravel_index",
    "indices, values, shape": "ops.scatter",
    "inputs, coordinates, order, fill_mode=, fill_value=": "ops.image.map_coordinates",
    "inputs, depthwise_kernel, pointwise_kernel, strides=, padding=, data_format=, dilation_rate=": "ops.separable_conv",
    "inputs, indices, updates, reduction=": "ops.scatter_update",
    "inputs, kernel, strides=, padding=, data_format=, dilation_rate=": "ops.conv ops.depthwise_conv",
    "inputs, kernel, strides=, padding=, output_padding=, data_format=, dilation_rate=": "ops.conv_transpose",
    "inputs, num_classes=, axis=, dtype=, sparse=, **kwargs": "ops.multi_hot",
    "inputs, output_size, data_format=": "ops.adaptive_average_pool ops.adaptive_max_pool",
    "inputs, pool_size, strides=, padding=, data_format=": "ops.average_pool ops.max_pool",
    "inputs, sequence_lengths, strategy=, beam_width=, top_paths=, merge_repeated=, mask_index=": "ops.ctc_decode",
    "inputs, start_indices, shape": "ops.slice",
    "inputs, start_indices, updates": "ops.slice_update",
    "lower, upper, body_fun, init_val": "ops.fori_loop",
    "n, dtype=": "ops.identity",
    "pred, true_fn, false_fn": "ops.cond",
    "pyfunc, *, excluded=, signature=": "ops.vectorize",
    "query, key, value, bias=, mask=, scale=, is_causal=, flash_attention=, attn_logits_soft_cap=": "ops.dot_product_attention",
    "shape, dtype=": "ops.empty ops.ones ops.zeros",
    "shape, fill_value, dtype=": "ops.full",
    "sorted_sequence, values, side=": "ops.searchsorted",
    "start, stop, num=, endpoint=, base=, dtype=, axis=": "ops.logspace",
    "start, stop, num=, endpoint=, dtype=, axis=": "ops.geomspace",
    "start, stop, num=, endpoint=, retstep=, dtype=, axis=": "ops.linspace",
    "start, stop=, step=, dtype=": "ops.arange",
    "subscripts, *operands, **kwargs": "ops.einsum",
    "target, output, from_logits=": "ops.binary_crossentropy",
    "target, output, from_logits=, axis=": "ops.categorical_crossentropy ops.sparse_categorical_crossentropy",
    "target, output, target_length, output_length, mask_index=": "ops.ctc_loss",
    "targets, predictions, k": "ops.in_top_k",
    "tensor, pattern, **axes_lengths": "ops.rearrange",
    "variable": "ops.stop_gradient",
    "volumes, size, strides=, dilation_rate=, padding=, data_format=": "ops.image.extract_patches_3d",
    "x": (
        "ops.abs ops.absolute ops.angle ops.arccos ops.arccosh ops.arcsin ops.arcsinh ops.arctan ops.arctanh ops.bartlett "
        "ops.bitwise_invert ops.bitwise_not ops.blackman ops.cbrt ops.ceil ops.conj ops.conjugate ops.convert_to_numpy ops.copy "
        "ops.corrcoef ops.cos ops.cosh ops.deg2rad ops.det ops.dtype ops.eig ops.eigh ops.erf ops.erfc ops.erfinv ops.exp ops.exp2 "
        "ops.expm1 ops.fabs ops.fft ops.fft2 ops.fliplr ops.flipud ops.floor ops.hamming ops.hanning ops.hard_sigmoid ops.hard_silu "
        "ops.hard_swish ops.hard_tanh ops.i0 ops.ifft2 ops.imag ops.inv ops.is_tensor ops.isfinite ops.isinf ops.isnan ops.isneginf "
        "ops.isposinf ops.isreal ops.log ops.log10 ops.log1p ops.log2 ops.log_sigmoid ops.logdet ops.logical_not ops.lu_factor ops.ndim "
        "ops.negative ops.nonzero ops.rad2deg ops.ravel ops.real ops.reciprocal ops.relu ops.relu6 ops.rsqrt ops.selu ops.shape ops.sigmoid "
        "ops.sign ops.signbit ops.silu ops.sin ops.sinc ops.sinh ops.size ops.slogdet ops.softplus ops.softsign ops.sparse_plus "
        "ops.sparse_sigmoid ops.sqrt ops.square ops.swish ops.tan ops.tanh ops.tanh_shrink ops.trunc ops.view_as_complex ops.view_as_real "
        "activations.exponential activations.hard_sigmoid activations.hard_silu activations.hard_swish activations.hard_tanh "
        "activations.linear activations.log_sigmoid activations.mish activations.relu6 activations.selu activations.sigmoid "
        "activations.silu activations.softplus activations.softsign activations.sparse_plus activations.sparse_sigmoid activations.swish "
        "activations.tanh activations.tanh_shrink"
    ),
    "x, N=, increasing=": "ops.vander",
    "x, alpha=": "ops.celu ops.elu activations.celu activations.elu",
    "x, approximate=": "ops.gelu activations.gelu",
    "x, axes, keepdims=, synchronized=": "ops.moments",
    "x, axes=": "ops.transpose",
    "x, axis": "ops.expand_dims",
    "x, axis1, axis2": "ops.swapaxes",
    "x, axis=": (
        "ops.argsort ops.count_nonzero ops.flip ops.glu ops.log_softmax ops.softmax ops.sort ops.sparsemax ops.squeeze ops.stack "
        "activations.glu activations.log_softmax activations.softmax activations.sparsemax"
    ),
    "x, axis=, dtype=": "ops.cumprod ops.cumsum ops.nancumprod ops.nancumsum",
    "x, axis=, keepdims=": (
        "ops.all ops.amax ops.amin ops.any ops.argmax ops.argmin ops.logsumexp ops.mean ops.median ops.nanargmax ops.nanargmin ops.nanmax "
        "ops.nanmean ops.nanmedian ops.nanmin ops.nanprod ops.nanstd ops.nansum ops.nanvar ops.ptp ops.std ops.sum ops.var"
    ),
    "x, axis=, keepdims=, dtype=": "ops.prod",
    "x, axis=, keepdims=, initial=": "ops.max ops.min",
    "x, axis=, order=, epsilon=": "ops.normalize",
    "x, axis=, weights=": "ops.average",
    "x, b=": "ops.squareplus activations.squareplus",
    "x, beta": "ops.kaiser",
    "x, bins": "ops.digitize",
    "x, bins=, range=": "ops.histogram",
    "x, block_size, data_format=": "ops.depth_to_space ops.space_to_depth",
    "x, decimals=": "ops.round",
    "x, dtype": "ops.cast ops.saturate_cast",
    "x, dtype=": "ops.array ops.empty_like ops.ones_like ops.view ops.zeros_like",
    "x, dtype=, sparse=, ragged=": "ops.convert_to_tensor",
    "x, fft_length=": "ops.irfft ops.rfft",
    "x, fill_value, dtype=": "ops.full_like",
    "x, full_matrices=, compute_uv=": "ops.svd",
    "x, gamma=, beta=, axis=, epsilon=, **kwargs": "ops.layer_normalization",
    "x, indices, axis=": "ops.take ops.take_along_axis",
    "x, indices_or_sections": "ops.dsplit ops.hsplit ops.vsplit",
    "x, indices_or_sections, axis=": "ops.array_split ops.split",
    "x, k, sorted=": "ops.top_k",
    "x, k=": "ops.diag ops.diagflat ops.tril ops.triu",
    "x, kernel_size, dilation=, padding=, stride=": "ops.unfold",
    "x, key": "ops.get_item",
    "x, kth, axis=": "ops.argpartition",
    "x, mean, variance, axis, offset=, scale=, epsilon=": "ops.batch_normalization",
    "x, mode=": "ops.qr",
    "x, nan=, posinf=, neginf=": "ops.nan_to_num",
    "x, negative_slope=": "ops.leaky_relu activations.leaky_relu",
    "x, negative_slope=, max_value=, threshold=": "activations.relu",
    "x, newshape": "ops.reshape",
    "x, num=, axis=": "ops.unstack",
    "x, num_classes, axis=, dtype=, sparse=": "ops.one_hot",
    "x, offset=, axis1=, axis2=": "ops.diagonal ops.trace",
    "x, ord=, axis=, keepdims=": "ops.norm",
    "x, output_size, kernel_size, dilation=, padding=, stride=": "ops.fold",
    "x, pad_width, mode=, constant_values=": "ops.pad",
    "x, q, axis=, method=, keepdims=": "ops.nanpercentile ops.nanquantile ops.percentile ops.quantile",
    "x, rcond=": "ops.pinv",
    "x, repeats": "ops.tile",
    "x, repeats, axis=": "ops.repeat",
    "x, scale=, axis=, epsilon=": "ops.rms_normalization",
    "x, sequence_length, sequence_stride": "ops.extract_sequences",
    "x, sequence_length, sequence_stride, fft_length, length=, window=, center=": "ops.istft",
    "x, sequence_length, sequence_stride, fft_length, window=, center=": "ops.stft",
    "x, shape": "ops.broadcast_to",
    "x, shift, axis=": "ops.roll",
    "x, sorted=, return_index=, return_inverse=, return_counts=, axis=, size=, fill_value=": "ops.unique",
    "x, source, destination": "ops.moveaxis",
    "x, threshold, default_value": "ops.threshold activations.threshold",
    "x, threshold=": "ops.hard_shrink ops.soft_shrink activations.hard_shrink activations.soft_shrink",
    "x, tol=": "ops.matrix_rank",
    "x, upper=": "ops.cholesky ops.cholesky_inverse",
    "x, weights=, minlength=, sparse=": "ops.bincount",
    "x, x_min, x_max": "ops.clip",
    "x, y": "ops.bitwise_and ops.bitwise_left_shift ops.bitwise_or ops.bitwise_right_shift ops.bitwise_xor ops.cdist ops.left_shift ops.right_shift",
    "x1, x2": (
        "ops.add ops.arctan2 ops.divide ops.divide_no_nan ops.dot ops.equal ops.floor_divide ops.fmax ops.fmin ops.fmod ops.gcd ops.greater "
        "ops.greater_equal ops.heaviside ops.hypot ops.inner ops.kron ops.lcm ops.ldexp ops.less ops.less_equal ops.logaddexp "
        "ops.logaddexp2 ops.logical_and ops.logical_or ops.logical_xor ops.matmul ops.maximum ops.minimum ops.mod ops.multiply "
        "ops.nextafter ops.not_equal ops.outer ops.power ops.subtract ops.true_divide ops.vdot"
    ),
    "x1, x2, assume_unique=, invert=": "ops.isin",
    "x1, x2, axes=": "ops.tensordot",
    "x1, x2, axis=": "ops.append",
    "x1, x2, axisa=, axisb=, axisc=, axis=": "ops.cross",
    "x1, x2, max_val": "ops.psnr",
    "x1, x2, mode=": "ops.correlate",
    "x1, x2, rtol=, atol=, equal_nan=": "ops.allclose ops.isclose",
    "xs": "ops.dstack ops.hstack ops.vstack",
    "xs, axis=": "ops.concatenate",
    "y, x=, dx=, axis=": "ops.trapezoid",
}

# What every backend takes for a parameter of this name, of one function or of all. Of an argument whose parameter has no kind here, it is
# not known whether it is taken. A kind with bars lists words.
KINDS = {
    **dict.fromkeys(("keepdims", "sparse", "sorted", "endpoint", "from_logits", "full_matrices", "compute_uv", "antialias", "is_causal", "lower",
                     "upper", "reverse", "return_inverse", "return_index", "return_counts", "center", "normalize", "approximate", "ragged",
                     "invert", "assume_unique", "equal_nan", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "increasing", "retstep",
                     "synchronized", "flash_attention"), "flag"),
    **dict.fromkeys(("axis", "axes", "source", "destination"), "axes"),
    **dict.fromkeys(("strides", "dilation_rate", "pool_size", "output_size", "kernel_size", "output_padding", "resize.size", "extract_patches.size",
                     "unfold.padding", "fold.padding", "indices_or_sections", "shift", "stride", "dilation"), "integers"),
    **dict.fromkeys(("k", "n", "N", "M", "decimals", "fft_length", "sequence_length", "sequence_stride", "num_segments",
                     "num_classes", "minlength", "axis1", "axis2", "axisa", "axisb", "axisc", "offset", "num", "block_size", "kth",
                     "histogram.bins", "target_height", "target_width",
                     *(f"{side}_{what}" for side in ("top", "bottom", "left", "right") for what in ("cropping", "padding"))), "integer"),
    **dict.fromkeys(("epsilon", "alpha", "negative_slope", "threshold", "rtol", "atol", "rcond", "initial", "max_value", "lambd", "tol",
                     "posinf", "neginf", "nan", "beta", "max_val", "sigma", "start", "stop", "step", "base", "default_value", "dx",
                     "dot_product_attention.scale", "attn_logits_soft_cap", "constant_values", "normalize.order"), "number"),
    **dict.fromkeys(("data_format", "method", "window", "subscripts"), "text"),
    "mode": "constant|reflect|symmetric", "correlate.mode": "valid|same|full", "qr.mode": "reduced|complete", "padding": "valid|same",
    "interpolation": "nearest|bilinear|bicubic", "fill_mode": "constant|nearest|reflect|wrap|mirror", "reduction": "add|max|min|mul",
    "indexing": "xy|ij", "side": "left|right", "strategy": "greedy|beam_search", "ord": "norm",
    "dtype": "type",
    **dict.fromkeys(("x", "a", "inputs", "images", "array", "v", "target", "output", "abs_", "angle", "data", "segment_ids", "kernel",
                     "depthwise_kernel", "pointwise_kernel", "query", "dot_product_attention.key", "value", "sorted_sequence", "values", "targets",
                     "predictions", "variable", "mean", "variance", "updates", "transform", "start_points", "end_points", "scatter.indices",
                     "scatter_update.indices", "digitize.bins", "meshgrid.*"), "tensor"),
    **dict.fromkeys(("x1", "x2", "y", "b", "fill_value", "x_min", "x_max", "condition", "default"), "operand"),
    **dict.fromkeys(("bias", "mask", "weights", "gamma", "layer_normalization.beta", "scale", "batch_normalization.offset",
                     "trapezoid.x"), "tensor or none"),
    **dict.fromkeys(("stack.x", "fft.x", "fft2.x", "ifft2.x", "irfft.x", "istft.x", "xs", "condlist", "choicelist"), "tensors"),
    **dict.fromkeys((f"{name}.{operand}" for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift",
                                                      "left_shift", "right_shift", "gcd", "lcm", "bitwise_not", "bitwise_invert", "ldexp")
                     for operand in ("x", "y", "x1", "x2") if (name, operand) != ("ldexp", "x1")), "whole operand"),
    **dict.fromkeys(("mod.x2", "fmod.x2", "floor_divide.x2"), "divisor"),
    **dict.fromkeys(("indices", "start_indices"), "places"), **dict.fromkeys(("pad_width", "tensordot.axes"), "nested integers"),
    **dict.fromkeys(("shape", "newshape", "repeats"), "size or sizes"), "key": "key", "seed": "seed",
    "q": "numbers", "gaussian_blur.sigma": "numbers",
    **dict.fromkeys(("unravel_index.shape", "scatter.shape", "slice.shape"), "sizes"),
}

# Functions without an entry of which it is not known what data they take.
DOUBTED = frozenset(f"keras.ops.{name}" for name in (
    "bartlett", "blackman", "hamming", "hanning", "kaiser", "istft", "nonzero", "unique", "ctc_decode", "ctc_loss", "separable_conv", "rearrange",
    "image.ssim", "image.sobel_edges", "image.scale_and_translate", "image.map_coordinates", "image.extract_patches_3d"))

# What takes all tensors of fractions whose shapes fit, on every backend.
_SURE = (
    "abs absolute add arctan arctan2 average average_pool batch_normalization broadcast_to cast ceil celu clip concatenate convert_to_tensor copy "
    "cos cosh cumsum divide dot einsum elu equal exp expand_dims expm1 flip floor full_like gelu greater greater_equal hard_sigmoid hard_silu "
    "layer_normalization leaky_relu less less_equal log log1p log_sigmoid log_softmax logsumexp matmul max max_pool maximum mean min minimum "
    "mish moveaxis multiply negative normalize not_equal ones ones_like pad power reciprocal relu relu6 repeat reshape rms_normalization rsqrt "
    "selu sigmoid sign silu sin sinh softmax softplus softsign split sqrt square squeeze stack std stop_gradient subtract sum swapaxes swish tan "
    "tanh tensordot tile transpose true_divide var where zeros zeros_like")
SURE = frozenset(_SURE.split())
