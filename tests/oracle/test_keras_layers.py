"""Layers of Keras drawn at random: weights, output shapes and refusals must be those of the real Keras.

The strategies draw wrong values too. A whole number given as a float is not drawn: Keras refuses it on the first call, we when the layer
is built.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")  # chosen when Keras is imported
pytest.importorskip("keras")

from hypothesis import given
from hypothesis import strategies as st
from keras_oracle import MISMATCH, REFUSED, SETTINGS, Case, Nested, assert_same, ours

pytestmark = pytest.mark.oracle

ROWS = Path(__file__).parents[2] / "fixtures" / "oracle" / "keras-3.15.1-layers.json"

sizes = st.integers(1, 9)
flags = st.booleans()
batches = st.sampled_from((None, 2))
formats = st.sampled_from((None, None, "channels_last", "channels_first"))
activations = st.sampled_from((None, "relu", "tanh", "nope"))


def axes(rank: int, low: int, high: int) -> st.SearchStrategy[Any]:
    """An integer, or one for each axis; sometimes one too few."""
    one = st.integers(low, high)
    return one | st.tuples(*[one] * rank) | st.lists(one, min_size=max(rank - 1, 1), max_size=rank)


def optional(**kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=kinds)


@st.composite
def images(draw: Any, rank: int, channels: st.SearchStrategy[Any] = sizes, wrong: bool = True) -> tuple[Any, ...]:
    """A batch with so many spatial axes, rarely with one axis less."""
    spatial = draw(st.lists(st.integers(1, 12) | st.none(), min_size=rank, max_size=rank))
    if wrong and draw(st.integers(0, 9)) == 0:
        spatial = spatial[1:]
    return (draw(batches), *spatial, draw(channels))


@SETTINGS
@given(st.data(), st.integers(1, 3))
def test_convolutions(data: Any, rank: int) -> None:
    strategy = optional(
        strides=axes(rank, 0 if rank == 1 else 1, 2), padding=st.sampled_from(("valid", "same", "SAME", "causal")), data_format=formats,
        dilation_rate=axes(rank, 1, 2), groups=st.sampled_from((1, 2, 3)), use_bias=flags, activation=activations, trainable=flags,
        lora_rank=st.sampled_from((None, 2)))
    args = (data.draw(st.sampled_from((2, 4, 6, 0))), data.draw(axes(rank, 1, 4)))
    assert_same(Case(f"Conv{rank}D", args, data.draw(strategy), data.draw(images(rank, st.sampled_from((2, 4, 6, None))))))


@SETTINGS
@given(st.data(), st.integers(1, 3))
def test_transposed_convolutions(data: Any, rank: int) -> None:
    strategy = optional(strides=axes(rank, 1, 3), padding=st.sampled_from(("valid", "same", "causal")), data_format=formats,
                        output_padding=axes(rank, 0, 2), dilation_rate=axes(rank, 1, 2), use_bias=flags)
    args = (data.draw(st.sampled_from((1, 4, 0))), data.draw(axes(rank, 1, 4)))
    assert_same(Case(f"Conv{rank}DTranspose", args, data.draw(strategy), data.draw(images(rank))))


@SETTINGS
@given(st.data(), st.integers(1, 2), st.booleans())
def test_depthwise_and_separable_convolutions(data: Any, rank: int, separable: bool) -> None:
    strategy = optional(strides=axes(rank, 1, 2), padding=st.sampled_from(("valid", "same")), data_format=formats,
                        depth_multiplier=st.integers(0, 3), dilation_rate=axes(rank, 1, 2), use_bias=flags, trainable=flags)
    kernel = data.draw(axes(rank, 1, 3))
    args = (data.draw(sizes), kernel) if separable else (kernel,)
    assert_same(Case(f"{'Separable' if separable else 'Depthwise'}Conv{rank}D", args, data.draw(strategy), data.draw(images(rank))))


@SETTINGS
@given(st.data(), st.integers(1, 3))
def test_poolings(data: Any, rank: int) -> None:
    kind = data.draw(st.sampled_from(("Max", "Average", "GlobalMax", "GlobalAverage", "AdaptiveMax", "AdaptiveAverage")))
    x = data.draw(images(rank, wrong=not kind.startswith("Adaptive")))
    if kind.startswith("Global"):
        case = Case(f"{kind}Pooling{rank}D", (), data.draw(optional(data_format=formats, keepdims=flags)), x)
    elif kind.startswith("Adaptive"):
        case = Case(f"{kind}Pooling{rank}D", (data.draw(axes(rank, 1, 3)),), data.draw(optional(data_format=formats)), x)
    else:
        options = optional(strides=st.none() | axes(rank, 0, 3), padding=st.sampled_from(("valid", "same", "foo")), data_format=formats)
        case = Case(f"{kind}Pooling{rank}D", (data.draw(axes(rank, 0, 4)),), data.draw(options), x)
    assert_same(case)


@SETTINGS
@given(st.data())
def test_dense_layers_and_embeddings(data: Any) -> None:
    x = (data.draw(batches), *data.draw(st.lists(st.integers(1, 5) | st.none(), max_size=3)))
    name = data.draw(st.sampled_from(("Dense", "Embedding", "ReversibleEmbedding", "PReLU")))
    if name == "Dense":
        options = optional(use_bias=flags, activation=activations, lora_rank=st.sampled_from((None, 0, 2)), trainable=flags | st.just(1),
                           kernel_initializer=st.sampled_from(("zeros", "HeNormal", "nope")), bogus=st.just(1))
        case = Case(name, (data.draw(st.integers(-1, 6)),), data.draw(options), x)
    elif name == "PReLU":
        case = Case(name, (), data.draw(optional(shared_axes=st.lists(st.integers(-2, 4), max_size=3))), x)
    else:
        options = optional(mask_zero=flags, lora_rank=st.sampled_from((None, 2)), input_length=st.just(4),
                           **({"tie_weights": flags} if name == "ReversibleEmbedding" else {}))
        case = Case(name, (data.draw(st.integers(0, 9)), data.draw(st.integers(0, 4))), data.draw(options), x)
    assert_same(case)


EQUATIONS = ("ab,bc->ac", "abc,cd->abd", "abc,bcd->ad", "abcd,dbe->ace", "...x,xy->...y", "ab...,bc->ac...", "abc,cde->abde",
             "ab,cd->ad", "ab,bc")


@SETTINGS
@given(st.sampled_from(EQUATIONS), st.lists(st.sampled_from((None, 3, 4)), min_size=1, max_size=3), st.data())
def test_einsum_dense(equation: str, partial: list[Any], data: Any) -> None:
    x = (data.draw(batches), *data.draw(st.lists(st.sampled_from((3, 4, None)), max_size=3)))
    options = optional(bias_axes=st.sampled_from(("c", "d", "bd", "y", "z")), trainable=flags)
    assert_same(Case("EinsumDense", (equation, tuple(partial)), data.draw(options), x))


@SETTINGS
@given(st.data())
def test_normalisations(data: Any) -> None:
    name = data.draw(st.sampled_from(("Batch", "Layer", "Group", "RMS", "Unit", "")))
    axis: st.SearchStrategy[Any] = st.integers(-4, 4)
    options: dict[str, Any] = {"axis": axis if name in ("Batch", "Group") else axis | st.lists(axis, min_size=1, max_size=2)}
    if name in ("Batch", "Layer", "Group"):
        options.update(center=flags, scale=flags, trainable=flags)
    if name == "Batch":
        options.update(renorm=flags)
    if name == "Group":
        options.update(groups=st.sampled_from((-1, 0, 1, 2, 4)))
    x = (data.draw(batches), *data.draw(st.lists(st.sampled_from((2, 4, 8, None)), min_size=1, max_size=3)))
    assert_same(Case(f"{name}Normalization", (), data.draw(optional(**options)), x))


RECURRENT = optional(return_sequences=flags, return_state=flags, go_backwards=flags, stateful=flags, use_bias=flags, trainable=flags)


@SETTINGS
@given(st.data(), st.sampled_from(("SimpleRNN", "LSTM", "GRU")))
def test_recurrent_layers(data: Any, name: str) -> None:
    options = data.draw(RECURRENT)
    if name == "GRU":
        options.update(data.draw(optional(reset_after=flags)))
    x = (data.draw(batches), *data.draw(st.lists(st.integers(1, 5) | st.none(), min_size=1, max_size=3)))
    how = data.draw(st.sampled_from(("itself", "both ways", "cell", "cells", "at each step")))
    units = data.draw(st.integers(0, 4))
    if how == "itself":
        case = Case(name, (units,), options, x)
    elif how == "both ways":
        options.pop("stateful", None)
        merge = data.draw(optional(merge_mode=st.sampled_from(("sum", "concat", None, "foo")), trainable=flags,
                                   backward_layer=st.just(Nested(name, (3,), {"go_backwards": True}))))
        case = Case("Bidirectional", (Nested(name, (units,), options),), merge, x)
    elif how == "at each step":
        sequence = (*x, 2, 3)[:3]  # Keras does not compare the steps with what the layer takes until there is data
        case = Case("TimeDistributed", (Nested(name, (units,)),), data.draw(optional(trainable=flags)), (x[0], 3, *sequence[1:]))
    else:
        cells = [Nested(f"{name}Cell", (units,)), Nested("LSTMCell", (3,))][:1 if how == "cell" else 2]
        for skip in ("use_bias", "reset_after"):
            options.pop(skip, None)
        case = Case("RNN", (cells if how == "cells" else cells[0],), options, x)
    assert_same(case)


@SETTINGS
@given(st.data(), st.integers(1, 3))
def test_convolutional_recurrent_layers(data: Any, rank: int) -> None:
    options = optional(strides=axes(rank, 1, 2), padding=st.sampled_from(("valid", "same", "causal")), data_format=formats,
                       return_sequences=flags, return_state=flags, use_bias=flags)
    spatial = data.draw(st.lists(st.integers(2, 7) | st.just(5), min_size=rank, max_size=rank))
    x = (data.draw(batches), data.draw(st.sampled_from((None, 3))), *spatial, data.draw(st.sampled_from((2, 3, None))))
    assert_same(Case(f"ConvLSTM{rank}D", (data.draw(st.integers(1, 4)), data.draw(axes(rank, 1, 3))), data.draw(options), x))


@SETTINGS
@given(st.data())
def test_attention(data: Any) -> None:
    name = data.draw(st.sampled_from(("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention")))
    query = (data.draw(batches), data.draw(st.sampled_from((5, None))), data.draw(st.sampled_from((6, 8))))
    value = (query[0], data.draw(st.sampled_from((5, 7))), data.draw(st.sampled_from((6, 8))))
    key = (query[0], data.draw(st.sampled_from((value[1], 9))), 4)
    inputs = [query, value] + ([key] if data.draw(flags) else [])
    scores = data.draw(optional(return_attention_scores=flags))
    if name.endswith("eAttention") or name == "Attention":
        options = optional(use_scale=flags, score_mode=st.sampled_from(("dot", "concat", "x")))
        return assert_same(Case(name, (), data.draw(options), [inputs], scores))
    args = (data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4)))
    if name == "GroupQueryAttention":
        args = (data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)))
        options = optional(use_bias=flags, use_gate=flags, trainable=flags)
    else:
        options = optional(value_dim=st.sampled_from((None, 3)), use_bias=flags, output_shape=st.sampled_from((None, 7, (2, 3))),
                           attention_axes=st.sampled_from((None, 1, (1,), (0, 1))), use_gate=flags, trainable=flags)
    return assert_same(Case(name, args, data.draw(options), inputs, scores))


@SETTINGS
@given(st.data())
def test_merging(data: Any) -> None:
    name = data.draw(st.sampled_from(("Add", "Subtract", "Multiply", "Maximum", "Concatenate", "Dot")))
    shape = st.tuples(st.sampled_from((None, 2)), st.sampled_from((None, 1, 4)), st.sampled_from((1, 3, 3, 3)))
    shapes = data.draw(st.lists(shape | shape.map(lambda s: s[:2]), min_size=2, max_size=3))
    axis = st.integers(-3, 3)
    axes = st.integers(1, 2) | st.tuples(st.integers(1, 2), axis)
    options = {"Concatenate": optional(axis=axis), "Dot": st.fixed_dictionaries({"axes": axes})}
    if name == "Dot":
        shapes = [tuple(size or 4 for size in shape) for shape in shapes]
    assert_same(Case(name, (), data.draw(options.get(name, st.just({}))), [shapes]))


@SETTINGS
@given(st.data())
def test_reshaping(data: Any) -> None:
    rank = data.draw(st.integers(1, 3))
    x = data.draw(images(rank))
    end = st.integers(-1, 3)
    pairs = end | st.tuples(*[end] * rank) | st.tuples(*[st.tuples(end, end)] * rank) if rank > 1 else end | st.tuples(end, end)
    name = data.draw(st.sampled_from(("ZeroPadding", "Cropping", "UpSampling", "Reshape", "Permute", "Flatten", "RepeatVector")))
    options: dict[str, Any] = {}
    if name in ("ZeroPadding", "Cropping") and data.draw(flags):
        options = data.draw(optional(data_format=formats)) if (name, rank) != ("Cropping", 1) else {}
    if name in ("ZeroPadding", "Cropping"):
        case = Case(f"{name}{rank}D", (data.draw(pairs),), options, x)
    elif name == "UpSampling":
        size = st.integers(0, 3) if rank == 1 else axes(rank, 0, 3)
        case = Case(f"{name}{rank}D", (data.draw(size),), {}, x)
    elif name == "Reshape":
        target = st.lists(st.sampled_from((-2, -1, -1, 1, 2, 3, 4, 6)), min_size=1, max_size=3)
        example = data.draw(st.sampled_from(((12,), (3, 4), (None, 4), (2, 3, 2))))
        case = Case(name, (data.draw(target),), {}, (data.draw(batches), *example))
    elif name == "Permute":
        case = Case(name, (data.draw(st.permutations(range(1, rank + 2)) | st.just((0, 1))),), {}, x)
    else:
        case = Case(name, (data.draw(end),) if name == "RepeatVector" else (), {}, x[:data.draw(st.integers(2, 3))])
    assert_same(case)


@SETTINGS
@given(st.sampled_from(("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout2D", "RandomContrast")),
       st.sampled_from((-0.5, 0, 0.3, 1, 1.5)))
def test_rates(name: str, rate: float) -> None:
    assert_same(Case(name, (rate,), {}, (None, 4, 4, 3)))


INNER = st.sampled_from((Nested("Dense", (4,)), Nested("Conv2D", (4, 2)), Nested("Conv2DTranspose", (5, 3)), Nested("BatchNormalization"),
                         Nested("Dense", (4,), {"lora_rank": 2}), Nested("Dense", (3,), {"trainable": False}), Nested("Flatten")))


@SETTINGS
@given(INNER, st.sampled_from(("TimeDistributed", "SpectralNormalization")), flags, images(2, wrong=False))
def test_wrappers(inner: Nested, name: str, trainable: bool, x: tuple[Any, ...]) -> None:
    shape = (x[0], 3, *x[1:]) if name == "TimeDistributed" else x
    assert_same(Case(name, (inner,), {"trainable": trainable}, shape))


# Recorded rows --------------------------------------------------------------------------------------------------------


def _rows() -> list[dict[str, Any]]:
    return [row for row in json.loads(ROWS.read_text()) if not row["cls"].startswith("keras.")]


def _argument(value: Any) -> Any:
    """An argument of a row; a layer inside is written as source."""
    if isinstance(value, dict) and set(value) == {"expr"}:
        return eval(value["expr"], {"layers": _Layers()})  # the rows are our own fixture
    return value


class _Layers:
    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: Nested(name, args, kwargs)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["call"] + str(row.get("input_shape", ""))) for row in _rows()])
def test_recorded_row(row: dict[str, Any]) -> None:
    given_shape = row.get("input_shape")
    several = bool(given_shape) and isinstance(given_shape[0], list)
    positional = several and row.get("inputs_as") == "positional"
    shapes: Any = [tuple(shape) for shape in given_shape] if several else given_shape and tuple(given_shape)
    case = Case(row["cls"], tuple(map(_argument, row["args"])), {name: _argument(value) for name, value in row["kwargs"].items()},
                shapes if positional or not several else [shapes], row.get("call_kwargs", {}))
    found = ours(case)
    if "raises" in row:
        assert found.built == REFUSED, found
    elif "call_raises" in row:
        assert found.built == MISMATCH, found
    elif given_shape is not None:
        assert found.built == [(weight["name"], tuple(weight["shape"]), weight["trainable"]) for weight in row["weights"]]
        assert found.output == row["output_shape"]
    else:
        assert found.built == []
