"""Layers that prepare numbers, text and sound. Vocabularies are tables, no weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.dims import Size, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import (
    KerasLayer,
    SameShape,
    Stateless,
    at_least_rank,
    join_channels,
    many_inputs,
    one_input,
    ranked,
    shape_of,
    split_channels,
)
from paramlint.frameworks.keras.kinds import DataFormat, DType, Name, OptionalPositive, Positive, at_least, one_of
from paramlint.frameworks.keras.windows import slid
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import OptionalSize, Value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights, inner_weights, optional


class Rescaling(SameShape):
    """``scale * x + offset``."""

    NAMES = ("keras.layers.Rescaling",)

    scale: Value
    offset: Value = 0.0

    EXAMPLES = (
        Example("Rescaling(0.5)", params=0, input=(None, 6, 4), output=(None, 6, 4)),
        Rejects("Rescaling()", says="scale"),
    )


class Pipeline(Stateless):
    """Layers one after the other."""

    NAMES = ("keras.layers.Pipeline",)
    DROPS = ("activity_regularizer", "trainable", "dtype", "autocast", "input_dim", "input_shape")

    layers: Value
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

    num_tokens: Value = None
    output_mode: Annotated[Any, one_of("count", "one_hot", "multi_hot", "binary")] = "multi_hot"
    sparse: Value = False

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


class Discretization(Stateless):
    """Numbers as the numbers of their bins, or as vectors of as many elements as there are bins."""

    NAMES = ("keras.layers.Discretization",)
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")

    bin_boundaries: Value = None
    num_bins: OptionalSize = None
    epsilon: Value = 0.01
    output_mode: Annotated[Any, one_of("int", "one_hot", "multi_hot", "count")] = "int"
    sparse: Value = False
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

    num_bins: Positive
    mask_value: Value = None
    salt: Value = None
    output_mode: Annotated[Any, one_of("int", "one_hot", "multi_hot", "count")] = "int"
    sparse: Value = False

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
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")
    EXTRA = "ignored"

    num_bins: Value
    output_mode: Annotated[Any, one_of("int", "one_hot")] = "int"
    sparse: Value = False
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

    max_tokens: OptionalPositive = None
    num_oov_indices: Value = 1
    mask_token: Value = None
    oov_token: Value = -1
    vocabulary: Value = None
    vocabulary_dtype: Value = "int64"
    idf_weights: Value = None
    invert: Value = False
    output_mode: Value = "int"
    sparse: Value = False
    pad_to_max_tokens: Value = False
    oov_method: Value = "floormod"
    salt: Value = None
    name: Name = None

    EXAMPLES = (Example("IntegerLookup()", params=0, input=(None, 3), output=(None, 3)),)


class StringLookup(_Lookup):
    """Words as their places in a vocabulary, or as vectors."""

    NAMES = ("keras.layers.StringLookup",)

    max_tokens: OptionalPositive = None
    num_oov_indices: Value = 1
    mask_token: Value = None
    oov_token: Value = "[UNK]"
    vocabulary: Value = None
    idf_weights: Value = None
    invert: Value = False
    output_mode: Value = "int"
    pad_to_max_tokens: Value = False
    sparse: Value = False
    encoding: Value = "utf-8"
    name: Name = None
    salt: Value = None
    _: KEYWORD_ONLY
    vocabulary_dtype: Value = None

    EXAMPLES = (Example("StringLookup()", params=0, input=(None, 3), output=(None, 3)),)


class TextVectorization(_Lookup):
    """Texts as sequences of the numbers of their words, or as vectors."""

    NAMES = ("keras.layers.TextVectorization",)

    max_tokens: OptionalPositive = None
    standardize: Value = "lower_and_strip_punctuation"
    split: Value = "whitespace"
    ngrams: Value = None
    output_mode: Value = "int"
    output_sequence_length: OptionalPositive = None
    pad_to_max_tokens: Value = False
    vocabulary: Value = None
    idf_weights: Value = None
    sparse: Value = False
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


# Sound ----------------------------------------------------------------------------------------------------------------


class MelSpectrogram(Stateless):
    """Mel spectrogram of sounds: input (batch, samples) or (samples,), output (batch, num_mel_bins, frames)."""

    NAMES = ("keras.layers.MelSpectrogram",)

    fft_length: Positive = 2048
    sequence_stride: Positive = 512
    sequence_length: OptionalPositive = None
    window: Value = "hann"
    sampling_rate: Value = 16000
    num_mel_bins: Positive = 128
    min_freq: Value = 20.0
    max_freq: Value = None
    power_to_db: Value = True
    top_db: Value = 80.0
    mag_exp: Value = 2.0
    min_power: Value = 1e-10
    ref_power: Value = 1.0

    def check(self) -> None:
        require(lambda: self.sequence_length is None or self.fft_length >= self.sequence_length,
                "`fft_length` must be at least `sequence_length`", field="fft_length")

    def shape(self, inputs: Any) -> Shape:
        x = at_least_rank(inputs, 1)
        samples = x[0] if x.rank == 1 else x[1]
        frames = (samples + self.sequence_stride + 1) // self.sequence_stride
        return Shape((*x[:1], self.num_mel_bins, frames) if x.rank > 1 else (self.num_mel_bins, frames))

    EXAMPLES = (Example("MelSpectrogram()", params=0, input=(None, 16_000), output=(None, 128, 32)),)


def _fft_length(frame_length: Any) -> Size:
    """The least power of two that is not less than the frame."""
    if isinstance(frame_length, int):
        return 1 << (frame_length - 1).bit_length()
    return Unknown.because(Why.ARGUMENT, "the Fourier transform's length depends on `frame_length`")


class STFTSpectrogram(KerasLayer):
    """Spectrogram of sounds by a short-time Fourier transform, whose kernels are weights, trained unless ``trainable=False``.

    Input (batch, samples, channels), output (batch, frames, frequencies * channels).
    """

    NAMES = ("keras.layers.STFTSpectrogram",)
    KIND = "convolution"

    mode: Annotated[Any, one_of("log", "magnitude", "psd", "real", "imag", "angle", "stft")] = "log"
    frame_length: Positive = 256
    frame_step: OptionalSize = None
    fft_length: OptionalSize = None
    window: Value = "hann"
    periodic: Value = False
    scaling: Annotated[Any, one_of("density", "spectrum", None)] = "density"
    padding: Annotated[Any, one_of("valid", "same")] = "valid"
    expand_dims: Value = False
    data_format: DataFormat = None

    def check(self) -> None:
        step, transform = self.frame_step, self.fft_length
        require(lambda: step is None or 1 <= step <= self.frame_length, f"`frame_step` must be from 1 to `frame_length`, got {shown(step)}",
                field="frame_step")
        require(lambda: transform is None or transform >= self.frame_length, "`fft_length` must be at least `frame_length`",
                field="fft_length")

    def frequencies(self) -> Size:
        return (self.fft_length or _fft_length(self.frame_length)) // 2 + 1

    def weights(self, inputs: Any) -> Weights:
        one_input(inputs)
        kernel = (self.frame_length, 1, self.frequencies())
        return self.own(real_kernel=optional(self.mode != "imag", kernel), imag_kernel=optional(self.mode != "real", kernel))

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, 3)
        channels, spatial = split_channels(x, self.data_format)
        frequencies = self.frequencies() * (2 if self.mode == "stft" else 1)
        step = self.frame_step or self.frame_length // 2
        (frames,) = slid(spatial, (self.frame_length,), (step,), (1,), self.padding)
        if self.expand_dims:
            return join_channels(x[0], channels, (frames, frequencies), self.data_format)
        return join_channels(x[0], frequencies * channels, (frames,), self.data_format)

    def macs(self, inputs: Any, y: Any) -> Size:
        kernels = 1 if self.mode in ("real", "imag", "stft") else 2
        return product(y) * self.frame_length * kernels

    EXAMPLES = (
        Example("STFTSpectrogram(window=None)", params=66_048, input=(None, 1_600, 2), output=(None, 11, 258)),
        Rejects("STFTSpectrogram(frame_step=300)", says="frame_step"),
    )
