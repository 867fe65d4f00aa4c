"""Operations of which all is modelled that torch refuses, given tensors of one type of fractions: shapes, axes and sizes."""

from __future__ import annotations

from paramlint.schema.framework import ArgumentParser

_WORDS = """
view reshape permute transpose swapaxes swapdims t mT movedim moveaxis flatten squeeze unsqueeze unflatten expand expand_as repeat cat concat
concatenate stack hstack vstack split chunk unbind narrow __getitem__ size dim ndim shape numel __len__ T contiguous detach
add sub mul div truediv pow neg rsub radd rmul __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __neg__
__pos__ __abs__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __matmul__ eq ne lt le gt ge matmul mm bmm mv dot outer einsum linear conv1d conv2d conv3d
relu gelu silu sigmoid tanh exp log sqrt rsqrt abs sin cos square softmax log_softmax leaky_relu elu dropout layer_norm sum mean zeros ones rand
randn empty full eye arange linspace zeros_like ones_like empty_like rand_like randn_like full_like new_zeros new_ones tensor as_tensor
clone float double half bfloat16 floor ceil sign reciprocal erf expm1 log1p log2 log10 tan sinh cosh atan
interpolate max_pool1d max_pool2d avg_pool1d avg_pool2d adaptive_avg_pool1d adaptive_avg_pool2d pad
pad_sequence pack_sequence pack_padded_sequence
"""
CHECKED = frozenset(_WORDS.split())

_ARITHMETIC = ("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide")
PARSER = ArgumentParser(
    functions="torch.nn.functional",
    operands=frozenset({*_ARITHMETIC, *(f"{name}_" for name in _ARITHMETIC), "copy_"}),
    numpy_names={"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"},
    tensors=frozenset({"target", "weight", "bias", "running_mean", "running_var", "indices", "grid", "input1", "input2", "x1", "x2"}),
    sized=("pool", "upsample", "interpolate"),
)

# Fields of operations that may be a text.
TEXTS = frozenset({
    "p", "mode", "reduction", "type", "pad_mode", "interpolation", "UPLO", "padding_mode", "padding_side", "padding", "rounding_mode", "device",
    "dtype", "out_dtype", "layout", "memory_format", "equation", "names", "norm", "compute_mode", "reduce", "data", "input", "dim",
    "packed_sequences",
})

# Orders of axes in memory, with the axes that each needs.
MEMORY_FORMATS: dict[str, int | None] = {"contiguous_format": None, "preserve_format": None, "channels_last": 4, "channels_last_3d": 5}
