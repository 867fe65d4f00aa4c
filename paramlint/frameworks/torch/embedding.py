"""Lookup tables of torch.nn: Embedding and EmbeddingBag, and how they are made from a tensor.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.frameworks.torch.submodules import PLAIN, comparable
from paramlint.schema.conditions import Refused, certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights


def _is_tensor(name: str, value: Any) -> bool:
    """Whether the shape of a tensor argument is known. Raises Refused for what is none."""
    if value is None or isinstance(value, PLAIN):
        raise Refused(f"`{name}` must be a tensor, got {shown(value)}", field=name, error="AttributeError")
    return isinstance(value, Tensor) and not isinstance(value.shape, Unknown)


def _trains(name: str, tensor: Any, frozen: Any) -> None:
    """Refuse a trained table of whole numbers: only floating-point tensors have gradients."""
    if isinstance(tensor, Tensor) and truth(frozen) is False and tensor.dtype.startswith(("int", "uint", "bool")):
        raise Refused(f"`{name}` has the dtype {tensor.dtype}: only tensors of floating-point numbers can be trained", field=name,
                      error="RuntimeError")


def _wrapped_padding(index: Any, rows: Any, *, made: bool) -> Any:
    """``padding_idx`` as stored: counted from the front. ``made`` tables set that row to zero, so it must exist."""
    if index is None or not comparable("padding_idx", index):
        return index
    outside = f"`padding_idx` ({index}) must be within {rows} embeddings"
    require(lambda: not index >= rows or not index > 0, outside, field="padding_idx", error="AssertionError")
    require(lambda: not index < -rows, outside, field="padding_idx", error="AssertionError")
    if made:
        require(not isinstance(index, float), f"`padding_idx` must be an integer, got {index}", field="padding_idx", error="IndexError")
        require(lambda: index != 0 or rows != 0, "`padding_idx` is 0, but there are no embeddings", field="padding_idx", error="IndexError")
    negative = certainly(lambda: index < 0)
    if isinstance(index, Unknown) or not (negative or certainly(lambda: index >= 0)):
        return index if isinstance(index, Unknown) else Unknown.because(Why.ARGUMENT, f"whether `padding_idx={index}` is negative")
    return rows + index if negative else index


def _embedded(layer: Any, input: Any) -> Any:
    unfit(isinstance(layer.padding_idx, float | bool), f"`padding_idx` must be an integer, got {layer.padding_idx}")
    if isinstance(input, Unknown):
        return input
    unfit(lambda: layer.num_embeddings == 0 and input.numel != 0, "the table is empty: no index is within it")
    return Shape((*input, layer.embedding_dim))


def _table(layer: Any, tensor: Any, frozen: Any) -> Weights:
    dtype = tensor.dtype if isinstance(tensor, Tensor) else "float32"
    fixed = truth(frozen)
    trainable = Unknown.because(Why.ARGUMENT, "whether the table is frozen is not known") if fixed is None else not fixed
    return Weights(weight=Weight((layer.num_embeddings, layer.embedding_dim), trainable=trainable, dtype=dtype))


def _check_given(layer: Any, tensor: Any) -> None:
    if _is_tensor("_weight", tensor):
        given, wanted = tensor.shape, (layer.num_embeddings, layer.embedding_dim)
        if len(given) != 2 or differs(given[0], wanted[0]) or differs(given[1], wanted[1]):
            raise Refused(f"`_weight` has the shape {given.text}, not {Shape(wanted).text}", field="_weight",
                          error="AssertionError")


def _rows_and_columns(tensor: Any) -> tuple[Any, Any]:
    """The two sizes of the tensor that a table is made from."""
    if not _is_tensor("embeddings", tensor):
        unknown = Unknown.because(Why.ARGUMENT, "the shape of `embeddings` is not known")
        found = tensor if isinstance(tensor, Unknown) else getattr(tensor, "shape", None)
        size = found if isinstance(found, Unknown) else unknown
        return size, size
    if len(tensor.shape) != 2:
        raise Refused(f"`embeddings` must have 2 dimensions, got {len(tensor.shape)}: {tensor.shape.text}", field="embeddings",
                      error="AssertionError")
    return tensor.shape[0], tensor.shape[1]


class Embedding(Layer):
    """A table of ``num_embeddings`` rows; every index of the input becomes its row. The output has one more axis."""

    NAMES = ("torch.nn.Embedding",)
    KIND = "embedding"

    num_embeddings: Size
    embedding_dim: Size
    padding_idx: Value = None
    max_norm: Number = None
    norm_type: Number = 2.0
    scale_grad_by_freq: Flag = False
    sparse: Flag = False
    _weight: Value = None
    _freeze: Flag = False
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("Embedding(50257, 768)", params=38_597_376, input=(1, 12), output=(1, 12, 768), macs=0),
        Example("Embedding(10, 3, padding_idx=-1)", params=30, input=(5,), output=(5, 3)),
        Example("Embedding(2, 8, _freeze=True)", params=16, trainable=0),
        Rejects("Embedding(10, 3, padding_idx=-11)", says="within 10"),
        Rejects("Embedding(-1, 3)", says="negative"),
    )

    def check(self) -> None:
        if self._weight is None:
            allocatable((self.num_embeddings, self.embedding_dim), "num_embeddings", "embedding_dim")
        else:
            _check_given(self, self._weight)
            _trains("_weight", self._weight, self._freeze)
        self.padding_idx = _wrapped_padding(self.padding_idx, self.num_embeddings, made=self._weight is None)

    def weights(self) -> Weights:
        return _table(self, self._weight, self._freeze)

    def shape(self, input: Any) -> Any:
        return _embedded(self, input)


class EmbeddingFromPretrained(Layer):
    """An Embedding whose table is the given tensor of two dimensions; not trained unless ``freeze=False``."""

    NAMES = ("torch.nn.Embedding.from_pretrained",)
    ATTRIBUTES = ("num_embeddings", "embedding_dim")
    KIND = "embedding"

    embeddings: Value
    freeze: Flag = True
    padding_idx: Value = None
    max_norm: Number = None
    norm_type: Number = 2.0
    scale_grad_by_freq: Flag = False
    sparse: Flag = False

    num_embeddings = None
    embedding_dim = None

    EXAMPLES = (
        Example("Embedding.from_pretrained(torch.zeros(7, 5))", params=35, trainable=0, input=(2, 3), output=(2, 3, 5)),
        Rejects("Embedding.from_pretrained(torch.zeros(7))", says="2 dimensions"),
    )

    def check(self) -> None:
        self.num_embeddings, self.embedding_dim = _rows_and_columns(self.embeddings)
        _trains("embeddings", self.embeddings, self.freeze)
        self.padding_idx = _wrapped_padding(self.padding_idx, self.num_embeddings, made=False)

    def weights(self) -> Weights:
        return _table(self, self.embeddings, self.freeze)

    def shape(self, input: Any) -> Any:
        return _embedded(self, input)


def _bags(layer: Any, input: Any, offsets: Any, per_sample_weights: Any) -> Any:
    """(bags, columns): a row of a 2-D input is a bag; a 1-D input is cut by ``offsets``."""
    if isinstance(input, Unknown) or isinstance(offsets, Unknown):
        return Shape((Unknown.because(Why.INPUT, "the number of bags depends on the input"), layer.embedding_dim))
    if isinstance(per_sample_weights, Shape):
        unfit(len(per_sample_weights) != len(input) or any(map(differs, per_sample_weights, input)),
              f"`per_sample_weights` has the shape {per_sample_weights.text}, the input {input.text}", error="ValueError")
    if input.rank == 2:
        unfit(offsets is not None, "an input with two dimensions takes no `offsets`", error="ValueError")
        unfit(lambda: input[1] == 0, "the bags are empty")
    elif input.rank == 1:
        unfit(offsets is None or len(offsets) != 1, "an input with one dimension needs `offsets` with one dimension", error="ValueError")
    else:
        raise ShapeMismatch(f"expected 1 or 2 dimensions, got {input.rank}: {input.text}", error="ValueError")
    _check_mode(layer, per_sample_weights)
    if input.rank == 2:
        return Shape((input[0], layer.embedding_dim))
    last = truth(layer.include_last_offset)
    if last is None:
        return Shape((Unknown.because(Why.ARGUMENT, "`include_last_offset` is not known"), layer.embedding_dim))
    unfit(lambda: last and offsets[0] == 0, "with `include_last_offset` there is at least one offset")
    return Shape((offsets[0] - int(last), layer.embedding_dim))


def _check_mode(layer: Any, per_sample_weights: Any) -> None:
    if open_value(layer.mode):
        return
    unfit(layer.mode not in ("sum", "mean", "max"), f"`mode` must be 'sum', 'mean' or 'max', got {shown(layer.mode)}")
    if layer.mode == "max":
        unfit(layer.scale_grad_by_freq, "`mode='max'` cannot scale gradients by frequency")
        unfit(layer.sparse, "`mode='max'` has no sparse gradients")
    unfit(per_sample_weights is not None and not isinstance(per_sample_weights, Unknown) and layer.mode != "sum",
          "`per_sample_weights` needs `mode='sum'`", error="NotImplementedError")


class EmbeddingBag(Layer):
    """Sums, means or maxima of bags of rows of a table, without making the rows.

    Input (bags, length), or (indices) with ``offsets`` (bags); output (bags, embedding_dim).
    """

    NAMES = ("torch.nn.EmbeddingBag",)
    KIND = "embedding"

    num_embeddings: Size
    embedding_dim: Size
    max_norm: Number = None
    norm_type: Number = 2.0
    scale_grad_by_freq: Flag = False
    mode: Text = "mean"
    sparse: Flag = False
    _weight: Value = None
    include_last_offset: Flag = False
    padding_idx: Value = None
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("EmbeddingBag(10, 3, mode='sum')", params=30, input=(2, 4), output=(2, 3)),
        Rejects("EmbeddingBag(10, 3)", input=(6,), says="offsets"),
        Rejects("EmbeddingBag(10)", says="embedding_dim"),
    )

    def check(self) -> None:
        if self._weight is None:
            allocatable((self.num_embeddings, self.embedding_dim), "num_embeddings", "embedding_dim")
        else:
            _check_given(self, self._weight)
            _trains("_weight", self._weight, False)
        self.padding_idx = _wrapped_padding(self.padding_idx, self.num_embeddings, made=self._weight is None)

    def weights(self) -> Weights:
        return _table(self, self._weight, False)

    def shape(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        return _bags(self, input, offsets, per_sample_weights)


class EmbeddingBagFromPretrained(Layer):
    """An EmbeddingBag whose table is the given tensor of two dimensions; not trained unless ``freeze=False``."""

    NAMES = ("torch.nn.EmbeddingBag.from_pretrained",)
    ATTRIBUTES = ("num_embeddings", "embedding_dim")
    KIND = "embedding"

    embeddings: Value
    freeze: Flag = True
    max_norm: Number = None
    norm_type: Number = 2.0
    scale_grad_by_freq: Flag = False
    mode: Text = "mean"
    sparse: Flag = False
    include_last_offset: Flag = False
    padding_idx: Value = None

    num_embeddings = None
    embedding_dim = None

    EXAMPLES = (Example("EmbeddingBag.from_pretrained(torch.zeros(7, 5))", params=35, trainable=0, input=(2, 3), output=(2, 5)),)

    def check(self) -> None:
        self.num_embeddings, self.embedding_dim = _rows_and_columns(self.embeddings)
        _trains("embeddings", self.embeddings, False)  # the table is trained until it is frozen
        self.padding_idx = _wrapped_padding(self.padding_idx, self.num_embeddings, made=False)

    def weights(self) -> Weights:
        return _table(self, self.embeddings, self.freeze)

    def shape(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        return _bags(self, input, offsets, per_sample_weights)
