"""How the results of calls lie in memory, as PyTorch 2.13 lays them on the CPU and on the meta device; None where that is not known.

What a call keeps for the backward pass depends on it: a shape that fits the memory is a view, another one a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue
from paramlint.frameworks import strides as lie
from paramlint.frameworks.memory import CASTS, COPYING, SAME, Used, gives_back, may_copy, passes_on
from paramlint.frameworks.strides import Strides
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import truth
from paramlint.schema.op import Op

# Each element of the result is computed from the elements at its place.
ELEMENTWISE = frozenset({
    "relu", "sigmoid", "tanh", "gelu", "silu", "mish", "hardswish", "hardsigmoid", "hardtanh", "softplus", "elu", "celu", "selu", "leaky relu",
    "relu6", "prelu", "logsigmoid", "softsign", "add", "sub", "rsub", "mul", "div", "rdiv", "pow", "neg", "exp", "log", "sqrt", "rsqrt",
    "reciprocal", "abs", "absolute", "sin", "cos", "clamp", "clamp_min", "clamp_max", "erf", "threshold", "where", "dropout", "clone", "floor",
    "round", "ceil", "sign", "maximum", "minimum", "lerp", "addcmul", "rpow", "log1p", "log2", "expm1", "eq", "ne", "lt", "le", "gt", "ge",
    "logical_and", "logical_or", "logical_not", "and", "or", "xor", "invert", "bitwise_not", "atan2", "tan", "sinh", "cosh", "isnan", "flip",
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "normalize", "floordiv", "mod", "fmod", "remainder",
    "isfinite", "isinf", "bitwise_and", "bitwise_or", "bitwise_xor", "lshift", "rshift", "nan_to_num",
    "isclose", "randint_like", "sort", "argsort", "softshrink", "tanhshrink"})
# In order, or channel by channel where the input's channels lie side by side.
_IMAGES = frozenset({"max pool", "avg pool", "adaptive avg pool", "adaptive max pool", "upsample", "rms norm", "pixel_unshuffle"})
# In order on the meta device, and on others as the input lies.
_BY_DEVICE = frozenset({"convolution", "transposed convolution", "group norm", "roll", "shuffle"})
_IN_ORDER = frozenset({
    "linear", "layer norm", "softmax", "matmul", "embedding", "fused attention", "attention", "mean", "sum", "max", "min", "amax", "amin",
    "argmax", "argmin", "cumsum", "cumprod", "prod", "std", "var", "norm", "logsumexp", "index_select", "gather", "masked_fill", "repeat", "tile",
    "tril", "triu", "fold", "stack", "instance norm", "topk", "one_hot", "any", "all", "count_nonzero", "repeat_interleave", "zeros", "ones",
    "empty", "full", "rand", "randn", "arange", "linspace", "eye", "new_zeros", "new_ones", "new_empty", "new_full", "scatter",
    "grid_sample", "affine_grid", "embedding_bag", "bilinear", "outer", "ger", "baddbmm", "addmm", "histc", "bincount", "nonzero", "unique",
    "cdist", "var_mean", "std_mean", "masked_select", "take", "chain_matmul", "median", "mode", "kthvalue", "cummax",
    "cummin", "gumbel_softmax", "vector_norm", "cosine_similarity", "pairwise_distance", "take_along_dim", "index_add", "scatter_add", "bucketize",
    "searchsorted", "tensordot", "inner", "block_diag", "diag_embed", "cosinesimilarity", "pairwisedistance", "rrelu"})
_SAME_AXES = frozenset({"narrow", "chunk", "split", "split_with_sizes", "tensor_split"})
_MOVED = frozenset({"permute", "transpose", "swapaxes", "swapdims", "t", "h", "mt", "mh", "movedim", "moveaxis", "adjoint"})
_AS_SEEN = frozenset({"view", "view_as", "unflatten", "squeeze", "unsqueeze", "expand_dims"})
_EXPANDED = frozenset({"expand", "expand_as", "broadcast_to", "broadcast_tensors"})
# Of a tensor that lies in order, the result does too.
KEEPS_ORDER = frozenset({"view", "view_as", "reshape", "reshape_as", "flatten", "ravel", "unflatten", "squeeze", "unsqueeze", "contiguous", "cat",
                         *CASTS, *SAME})
# Computed in the order that the algorithm works in: column by column, or axis by axis.
_AS_COMPUTED = frozenset({
    "rot90", "nonzero", "argwhere", "quantile", "nanquantile", "stft", "istft", "inv", "inverse", "qr", "svd", "svdvals", "eig", "eigh", "solve",
    "lstsq", "lu", "cholesky", "cholesky_inverse", "cholesky_solve", "solve_triangular", "triangular_solve", "pinv", "pinverse", "matrix_power",
    "matrix_exp", "lu_factor", "householder_product", "tensorinv", "tensorsolve", "inv_ex", "cholesky_ex", "solve_ex", "svd_lowrank", "pca_lowrank",
    "geqrf", "orgqr", *(f"{kind}fft{axes}" for kind in ("", "i", "h", "ih", "r", "ir") for axes in ("", "2", "n"))})
_RECURRENT = frozenset({"lstm", "gru", "rnn", "recurrent"})
# Of tensors that lie in order, results may lie otherwise.
TURNS = frozenset({"attention", "einsum", "pad_packed_sequence", "unpack_sequence", *_RECURRENT, *_AS_COMPUTED})
_LARGE = 1 << 20  # sizes that stand for axes


def of_results(used: Used) -> list[Strides | None]:
    """The strides of each result."""
    found: list[Strides | None] = []
    for at, output in enumerate(used.outputs):
        try:
            found.append(_strides(used, output, at) if isinstance(output.shape, Shape) else None)
        except NeedsValue:
            found.append(None)
    return found


def depends_on_device(used: Used) -> bool:
    """Whether devices may lay the results of a call differently."""
    if used.word not in _BY_DEVICE and used.word not in ("batch norm", "padding", "pad"):
        return False
    try:
        return not lie.is_in_order(*_first(used))
    except (NeedsValue, _NotKnown):
        return False


def overlaps(used: Used) -> bool:
    """Whether elements of the first input certainly lie in one place."""
    try:
        return any(lie.is_zero(step) and not lie.is_one(size) for size, step in zip(*_first(used), strict=True))
    except (NeedsValue, _NotKnown):
        return False


def copies(used: Used) -> bool | None:
    """Whether a call that may copy its input does; None where that is not known."""
    try:
        first, output = _first(used), used.outputs[0]
        if used.word == "contiguous":
            return not _is_laid_out(used, *first)
        return lie.viewed(*first, tuple(output.shape)) is None
    except (NeedsValue, _NotKnown):
        return None


def refusal(used: Used) -> str | None:
    """Why PyTorch refuses a call, or may do so, for how its first input lies in memory; None where it does not.

    Raises ShapeMismatch where it certainly does.
    """
    if used.changes or (gives_back(used) and not passes_on(used) and used.word not in CASTS):
        if used.word not in _ONE_BY_ONE:
            _require_apart(used)
        return None
    if used.word not in _SEEN_ONLY:
        return None
    try:
        output, given = used.outputs[0], used.inputs[0]
        if used.word != "kron" and given.dtype == output.dtype and _only_splits(_known(given.shape), _known(output.shape)):
            return None
        first = _first(used)
        if used.word == "kron":
            first = _kron(first, _first(used, 1))
        elif given.dtype != output.dtype:
            raise _NotKnown
        if lie.viewed(*first, _known(output.shape)) is not None:
            return None
    except (NeedsValue, _NotKnown):
        return f"a tensor lies in memory so that `{used.name}` can see it in another shape"
    raise ShapeMismatch(f"the elements of {first[0].text} do not lie in memory so that it can be seen as {_known(output.shape).text} without a copy:"
                        " `reshape` makes one", error="RuntimeError")


_SEEN_ONLY = frozenset({"view", "view_as", "kron"})  # what makes no copy where a view is not possible


# What changes a tensor of which several elements are one in memory.
_ONE_BY_ONE = frozenset({
    "fill", "zero", "masked_fill", "index_add", "index_copy", "index_fill", "index_put", "index_reduce", "scatter", "scatter_add", "scatter_reduce",
    "tril", "triu", "put", "fill_diagonal", "geometric", "addmm", "baddbmm", "addmv", "addr", "addbmm", "nan_to_num", "detach", "requires_grad",
    "share_memory", "set", "resize", "conj_physical", "float_power", "map", "apply", "renorm", "set_value"})


def _require_apart(used: Used) -> None:
    """Refuse to change a tensor of which several elements are one in memory."""
    try:
        shape, strides = _first(used)
    except _NotKnown:
        return
    if any(lie.is_zero(step) and isinstance(size, int) and size > 1 for size, step in zip(shape, strides, strict=True)) and 0 not in tuple(shape):
        raise ShapeMismatch(f"`{used.name}` cannot change a tensor of shape {shape.text} of which several elements are one in memory:"
                            " `clone` makes a copy", error="RuntimeError")


def _kron(one: tuple[Shape, Strides], other: tuple[Shape, Strides]) -> tuple[Shape, Strides]:
    """The product of which a Kronecker product is a view: the axes of both in turn."""
    rank = max(len(one[0]), len(other[0]))
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape, _ in (one, other)]
    wide = [tuple(item for pair in zip(padded[0], (1,) * rank, strict=True) for item in pair),
            tuple(item for pair in zip((1,) * rank, padded[1], strict=True) for item in pair)]
    steps = [lie.viewed(*given, sizes) for given, sizes in zip((one, other), wide, strict=True)]
    whole = Shape(left * right for left, right in zip(*wide, strict=True))
    return whole, lie.elementwise(whole, [(sizes, found) for sizes, found in zip(wide, steps, strict=True) if found is not None])


def _only_splits(shape: Shape, wanted: Shape) -> bool:
    """Whether another shape splits axes and joins none, so that every tensor can be seen in it."""
    sizes = iter([size for size in wanted if not lie.is_one(size)])
    for size in shape:
        if lie.is_one(size):
            continue
        found: Any = 1
        while not lie.same(found, size):
            step = next(sizes, None)
            if step is None or (isinstance(found, int) and isinstance(size, int) and found >= size):
                return False
            found = found * step
    return next(sizes, None) is None


def _known(shape: Any) -> Shape:
    if not isinstance(shape, Shape):
        raise NeedsValue(shape)
    return shape


class _NotKnown(Exception):
    """How an input lies is not known."""


def _first(used: Used, at: int = 0) -> tuple[Shape, Strides]:
    shape = used.inputs[at].shape if len(used.inputs) > at else None
    strides = used.strides[at] if len(used.strides) > at else None
    if not isinstance(shape, Shape) or strides is None:
        raise _NotKnown
    return shape, strides


def _strides(used: Used, output: Tensor, at: int) -> Strides | None:
    shape = output.shape
    assert isinstance(shape, Shape)
    try:
        return _of_view(used, shape, at) if used.looks or may_copy(used) else _of_new(used, shape, at)
    except _NotKnown:
        return None


def _of_view(used: Used, shape: Shape, at: int) -> Strides | None:
    word = used.word
    if word in _EXPANDED:
        given = _first(used, at if word == "broadcast_tensors" else 0)
        return lie.expanded(*given, shape)
    before, strides = _first(used)
    if word in _AS_SEEN:
        return lie.viewed(before, strides, shape)
    if word == "contiguous":
        return strides if _is_laid_out(used, before, strides) else _laid_out(used, shape)
    if may_copy(used):
        return lie.viewed(before, strides, shape) or lie.in_order(shape)
    if word in _SAME_AXES:
        return strides
    if word in _MOVED:
        order = _order(used, len(before))
        return None if order is None else tuple(strides[axis] for axis in order)
    if word in ("unbind", "select", "unstack"):
        axis = used.given("dim", 0, 0)
        return _without(strides, axis) if isinstance(axis, int) else None
    return _indexed(used.options[0] if used.options else None, before, strides) if word == "getitem" else None


def _without(strides: Strides, axis: int) -> Strides:
    found = list(strides)
    del found[axis]
    return tuple(found)


def _order(used: Used, rank: int) -> list[int] | None:
    """How a call orders axes: it is asked for a tensor whose sizes tell them apart."""
    if not (isinstance(used.entry, type) and issubclass(used.entry, Op)):
        return None
    try:
        found = used.entry.build([Tensor(Shape(_LARGE + axis for axis in range(rank))), *used.options], used.named or {}).result()
    except (Refused, NeedsValue, TypeError, ValueError, IndexError):
        return None
    shape = found.shape if isinstance(found, Tensor) else None
    return [int(size) - _LARGE for size in shape] if isinstance(shape, Shape) and len(shape) == rank else None


def _indexed(index: Any, before: Shape, strides: Strides) -> Strides | None:
    """What slices, integers and new axes leave of the strides."""
    parts = list(index) if isinstance(index, tuple) else [index]
    named = sum(part is not None and part is not Ellipsis for part in parts)
    if Ellipsis not in [part if part is Ellipsis else None for part in parts]:
        parts.append(Ellipsis)
    found: list[Any] = []
    axis = 0
    for part in parts:
        if part is None:
            found.append(before[axis] * strides[axis] if axis < len(before) else 1)
        elif part is Ellipsis:
            rest = len(before) - named
            found += strides[axis:axis + rest]
            axis += rest
        else:
            if isinstance(part, slice):
                step = 1 if part.step is None else part.step
                found.append(strides[axis] * step)
            axis += 1
    return tuple(found)


def _is_laid_out(used: Used, shape: Sequence[Any], strides: Strides) -> bool:
    wanted = _laid_out(used, shape)
    if wanted is None:
        raise _NotKnown
    return all(lie.is_one(size) or lie.same(one, other) for size, one, other in zip(shape, strides, wanted, strict=True))


def _laid_out(used: Used, shape: Sequence[Any]) -> Strides | None:
    """In order, or as the call's ``memory_format`` says."""
    wanted = str(used.given("memory_format", 0, "contiguous_format")).rpartition(".")[2]
    if wanted == "contiguous_format":
        return lie.in_order(shape)
    return lie.channels_last(shape) if wanted in ("channels_last", "channels_last_3d") and len(shape) > 3 else None


def _of_new(used: Used, shape: Shape, at: int) -> Strides | None:
    word = used.word
    if used.framework in COPYING or (word != "einsum" and sum(not lie.is_one(size) for size in shape) < 2):
        return lie.in_order(shape)
    if word in _AS_COMPUTED:
        return None
    if word == "einsum":  # which operand comes first, and so the order of the result, is the framework's choice
        return None
    if word == "attention" and truth(getattr(used.entry, "batch_first", False)) and len(shape) == 3 and at == 0:
        return lie.ordered_by(shape, (2, 0, 1))
    if used.given("memory_format", 99, None) is not None and (word in CASTS or word == "clone" or word.endswith("_like")):
        return _laid_out(used, shape)
    if word == "rpow" or (word == "pow" and isinstance(used.head, int | float)) or (word == "logsigmoid" and used.inputs):
        return lie.in_order(shape)
    if word in _RECURRENT:
        batches = truth(getattr(used.entry, "batch_first", False)) and len(shape) == 3 and at == 0
        return lie.ordered_by(shape, (2, 0, 1)) if batches else lie.in_order(shape)
    if (word in SAME or word in CASTS or passes_on(used)) and gives_back(used):
        return _first(used, at)[1]
    if word in ELEMENTWISE or (word in ("max", "min") and len(used.inputs) > 1) or word in CASTS or word in SAME:
        operands = [_first(used, at) for at in range(len(used.inputs))]
        return lie.elementwise(shape, [(one, steps) for one, steps in operands if one]) if operands else lie.in_order(shape)
    if word in _IN_ORDER or not used.inputs:
        return lie.in_order(shape)
    given = [_first(used, at) for at in range(len(used.inputs) if word == "cat" else 1)]
    if all(lie.is_in_order(*one) for one in given):
        return lie.in_order(shape)
    return _of_images(used, shape, given)


def _is_less_or_same(size: Any, other: Any) -> bool:
    return not (isinstance(size, int) and isinstance(other, int) and size > other)


def _of_images(used: Used, shape: Shape, given: list[tuple[Shape, Strides]]) -> Strides | None:
    """The layout of what works on images that do not lie in order."""
    word = used.word
    beside = all(lie.is_channels_last(*one) for one in given) and len(shape) == len(given[0][0])
    if word == "batch norm" and not beside:
        return lie.elementwise(shape, given) if used.device == "meta" else lie.in_order(shape)
    if word in _BY_DEVICE and used.device == "meta":
        return lie.in_order(shape)
    if word in ("padding", "pad"):
        constant = used.given("mode", 1, "constant") == "constant" and (word == "pad" or "Constant" in used.name or "Zero" in used.name)
        smaller = any(map(_is_less_or_same, shape, given[0][0]))  # then it may crop, which keeps the order of the axes
        return None if not constant or (smaller and not beside) else lie.channels_last(shape) if beside else lie.in_order(shape)
    if word == "shuffle" and used.name not in ("channel_shuffle", "ChannelShuffle"):
        return None if "unshuffle" in used.name.lower() else lie.in_order(shape)
    if (word in _IMAGES and len(shape) == 3) or used.name.lower().startswith("fractional"):
        return None
    if word == "avg pool" and len(shape) == 5:
        return lie.in_order(shape)
    if word in _IMAGES or word in _BY_DEVICE or word in ("cat", "batch norm"):
        return lie.channels_last(shape) if beside else lie.in_order(shape)
    return None
