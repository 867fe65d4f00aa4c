"""Layers that prepare numbers and text. Vocabularies are tables, no weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.dims import Size, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import (
    SameShape,
    Stateless,
    at_least_rank,
    many_inputs,
    one_input,
    shape_of,
)
from paramlint.frameworks.keras.kinds import DType, Flat, Name, OptionalPositive, Positive, at_least, doubtful, one_of, plain
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import OptionalSize, Value, open_value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights, inner_weights


class Rescaling(SameShape):
    """``scale * x + offset``."""

    NAMES = ("keras.layers.Rescaling",)
    MASKS = True
    TAKES_DATA = True

    scale: Value
    offset: Value = 0.0

    EXAMPLES = (
        Example("Rescaling(0.5)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("Rescaling()", says="scale"),
    )


def _layers(name: str, value: Any) -> Any:
    """Some layers: what is none raises when it is called."""
    items = value if isinstance(value, list | tuple) else (value,)
    if any(plain(item) or isinstance(item, dict | None) for item in items):
        raise doubtful(name, value)
    return value


class Pipeline(Stateless):
    """Layers one after the other."""

    NAMES = ("keras.layers.Pipeline",)
    TAKES_DATA = True
    DROPS = ("activity_regularizer", "trainable", "dtype", "autocast", "input_dim", "input_shape")
    UNEXPECTED = "TypeError"

    layers: Annotated[Any, _layers]
    name: Name = None

    def children(self) -> dict[str, Any]:
        return {f"layers.{i}": layer for i, layer in enumerate(self.layers)} if isinstance(self.layers, list | tuple) else {}

    def weights(self) -> Weights:
        return Weights(inner_weights(self.children()))

    def shape(self, inputs: Any, **_: Any) -> Any:
        if not isinstance(self.layers, list | tuple):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the layers of a pipeline"))
        for layer in self.layers:
            inputs = shape_of(layer, inputs)
        return inputs

    EXAMPLES = (Example("Pipeline([Rescaling(2), Resizing(3, 4)])", params=0, input=(None, 9, 9, 3), output=(None, 3, 4, 3)),)


# Categories -----------------------------------------------------------------------------------------------------------


def _encoded(x: Shape, depth: Size) -> Shape:
    """Each element as a vector of its own, instead of the last axis where that is 1."""
    return Shape((*x[:-1], depth)) if x.rank > 1 and agrees(x[-1], 1) else Shape((*x, depth))


class CategoryEncoding(Stateless):
    """Whole numbers as vectors of `num_tokens`: one for each number, or one for all numbers of the last axis."""

    NAMES = ("keras.layers.CategoryEncoding", "keras.layers.experimental.CategoryEncoding")
    TAKES_DATA = True

    num_tokens: Value = None
    output_mode: Annotated[Any, one_of("count", "one_hot", "multi_hot", "binary")] = "multi_hot"
    sparse: Flat = False

    def check(self) -> None:
        at_least(1)("num_tokens", self.num_tokens)

    def shape(self, inputs: Any, count_weights: Any = None) -> Shape:
        x = one_input(inputs)
        if x.rank == 0:
            return Shape((self.num_tokens,))
        return _encoded(x, self.num_tokens) if self.output_mode == "one_hot" else x.replace(-1, self.num_tokens)

    EXAMPLES = (
        Example("CategoryEncoding(num_tokens=8)", params=0, input=(None, 3), output=(None, 8)),
        Example("CategoryEncoding(4, output_mode='one_hot')", params=0, input=(None, 3), output=(None, 3, 4)),
        Rejects("CategoryEncoding()", says="num_tokens"),
    )


def _boundaries(name: str, value: Any) -> Any:
    """The boundaries of bins, which a call takes for an array of one axis."""
    if isinstance(value, list | tuple):
        fits = bool(value) and all(isinstance(item, int | float) or open_value(item) for item in value)
    else:
        fits = value is None or not (plain(value) or isinstance(value, dict))
    if not fits:
        raise doubtful(name, value)
    return value


class Discretization(Stateless):
    """Numbers as the numbers of their bins, or as vectors of as many elements as there are bins."""

    NAMES = ("keras.layers.Discretization",)
    TAKES_DATA = True
    ADAPTS = True
    ADAPTS_BY = "tensorflow"
    UNEXPECTED = "TypeError"
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")

    bin_boundaries: Annotated[Any, _boundaries] = None
    num_bins: OptionalSize = None
    epsilon: Value = 0.01
    output_mode: Annotated[Any, one_of("int", "one_hot", "multi_hot", "count")] = "int"
    sparse: Flat = False
    dtype: DType = None
    name: Name = None

    def check(self) -> None:
        require(lambda: not (self.sparse and self.output_mode == "int"), "`sparse` goes only with another `output_mode` than 'int'",
                field="sparse")
        require(lambda: self.num_bins is None or self.num_bins >= 0, "`num_bins` cannot be negative", field="num_bins")
        if isinstance(self.bin_boundaries, Unknown) or isinstance(self.num_bins, Unknown):
            return
        require((self.num_bins is None) != (self.bin_boundaries is None), "give one of `num_bins` and `bin_boundaries`", field="num_bins")

    def depth(self) -> Size:
        if self.bin_boundaries is None:
            return self.num_bins
        if isinstance(self.bin_boundaries, list | tuple | range):
            return len(self.bin_boundaries) + 1
        return Unknown.because(Why.UNSUPPORTED, "the number of bins")

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if self.output_mode == "int":
            return x
        if self.output_mode == "one_hot":
            return _encoded(x, self.depth())
        return Shape((x[0], *x[2:], self.depth())) if x.rank >= 2 else Shape((self.depth(),))

    EXAMPLES = (
        Example("Discretization(bin_boundaries=[0.0, 1.0, 2.0])", params=0, input=(None, 3), output=(None, 3)),
        Example("Discretization(num_bins=4, output_mode='one_hot')", params=0, input=(None, 3), output=(None, 3, 4)),
        Rejects("Discretization()", says="num_bins"),
    )


class Hashing(Stateless):
    """Categories as the numbers of `num_bins` bins, chosen by a hash."""

    NAMES = ("keras.layers.Hashing", "keras.layers.experimental.Hashing")
    TAKES_DATA = True

    num_bins: Positive
    mask_value: Value = None
    salt: Value = None
    output_mode: Annotated[Any, one_of("int", "one_hot", "multi_hot", "count")] = "int"
    sparse: Flat = False

    def check(self) -> None:
        require(lambda: not (self.sparse and self.output_mode == "int"), "`sparse` goes only with another `output_mode` than 'int'",
                field="sparse")

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        return x if self.output_mode == "int" else Shape((*x[:-1], self.num_bins))

    EXAMPLES = (Example("Hashing(3)", params=0, input=(None, 1), output=(None, 1)), Rejects("Hashing(0)", says="positive"))


class HashedCrossing(Stateless):
    """Pairs of categories as the numbers of `num_bins` bins, chosen by a hash; called on two inputs of the same shape."""

    NAMES = ("keras.layers.HashedCrossing", "keras.layers.experimental.HashedCrossing")
    TAKES_DATA = True
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")
    EXTRA = "ignored"

    num_bins: Value
    output_mode: Annotated[Any, one_of("int", "one_hot")] = "int"
    sparse: Flat = False
    name: Name = None
    dtype: DType = None
    ignored: Value = None

    def shape(self, inputs: Any) -> Shape:
        shapes = many_inputs(inputs)
        if len(shapes) != 2 or shapes[0].rank != shapes[1].rank or (shapes[0].rank and differs(shapes[0][-1], shapes[1][-1])):
            raise ShapeMismatch("expected two inputs of the same shape")
        return shapes[0] if self.output_mode == "int" else _encoded(shapes[0], self.num_bins)

    EXAMPLES = (Example("HashedCrossing(5)", params=0, input=[[(None, 1), (None, 1)]], output=(None, 1)),)


# Words ----------------------------------------------------------------------------------------------------------------


class _Lookup(Stateless):
    """Family of tables from words to numbers."""

    ADAPTS = True

    if TYPE_CHECKING:
        output_mode: Any
        max_tokens: Any
        pad_to_max_tokens: Any

    def depth(self) -> Size:
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        return Unknown.because(Why.INPUT, "the size of a vocabulary")

    def shape(self, inputs: Any) -> Shape:
        x = one_input(inputs)
        if self.output_mode == "int":
            return x
        return _encoded(x, self.depth()) if self.output_mode == "one_hot" else Shape((*x[:-1], self.depth()))


class IntegerLookup(_Lookup):
    """Whole numbers as their places in a vocabulary, or as vectors."""

    NAMES = ("keras.layers.IntegerLookup",)
    TAKES_DATA = True

    max_tokens: OptionalPositive = None
    num_oov_indices: Value = 1
    mask_token: Value = None
    oov_token: Value = -1
    vocabulary: Value = None
    vocabulary_dtype: Value = "int64"
    idf_weights: Value = None
    invert: Value = False
    output_mode: Value = "int"
    sparse: Flat = False
    pad_to_max_tokens: Value = False
    oov_method: Value = "floormod"
    salt: Value = None
    name: Name = None
    _: KEYWORD_ONLY
    vocabulary_size: Value = None
    has_input_vocabulary: Value = None

    EXAMPLES = (Example("IntegerLookup()", params=0, input=(None, 3), output=(None, 3)),)


class StringLookup(_Lookup):
    """Words as their places in a vocabulary, or as vectors."""

    NAMES = ("keras.layers.StringLookup",)
    TAKES_DATA = True

    max_tokens: OptionalPositive = None
    num_oov_indices: Value = 1
    mask_token: Value = None
    oov_token: Value = "[UNK]"
    vocabulary: Value = None
    idf_weights: Value = None
    invert: Value = False
    output_mode: Value = "int"
    pad_to_max_tokens: Value = False
    sparse: Flat = False
    encoding: Value = "utf-8"
    name: Name = None
    salt: Value = None
    _: KEYWORD_ONLY
    vocabulary_dtype: Value = None
    vocabulary_size: Value = None
    has_input_vocabulary: Value = None

    EXAMPLES = (Example("StringLookup()", params=0, input=(None, 3), output=(None, 3)),)


class TextVectorization(_Lookup):
    """Texts as sequences of the numbers of their words, or as vectors."""

    NAMES = ("keras.layers.TextVectorization",)
    TAKES_DATA = True

    max_tokens: OptionalPositive = None
    standardize: Value = "lower_and_strip_punctuation"
    split: Value = "whitespace"
    ngrams: Value = None
    output_mode: Value = "int"
    output_sequence_length: OptionalPositive = None
    pad_to_max_tokens: Value = False
    vocabulary: Value = None
    idf_weights: Value = None
    sparse: Flat = False
    ragged: Value = False
    encoding: Value = "utf-8"
    name: Name = None

    def shape(self, inputs: Any) -> Shape:
        x = at_least_rank(inputs, 1)
        if self.output_mode == "int":
            length = unsized("words") if self.output_sequence_length is None else self.output_sequence_length
            return Shape((x[0], length))
        if self.split is None:
            words = x if x.rank > 1 else Shape((*x, 1))
        else:
            words = Shape((*x, unsized("words")))
        return super().shape(words)

    EXAMPLES = (Example("TextVectorization(output_sequence_length=20)", params=0, input=(None, 1), output=(None, 20)),)
