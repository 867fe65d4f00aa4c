"""Activations, embeddings, recurrent layers, attention, transformers and losses of torch.nn against the real torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_oracle import ODD, REGISTRY, SETTINGS, Case, cases, mostly, options, ours, real, size

from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.schema.conditions import Refused

pytestmark = pytest.mark.oracle

torch.set_num_threads(1)

Draw = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Given:
    """A tensor that is an argument: of the constructor, or of the call."""

    shape: tuple[int, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Built:
    """A layer that is an argument of another one's constructor."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def for_torch(value: Any) -> Any:
    if isinstance(value, Given):
        return torch.zeros(value.shape, dtype=getattr(torch, value.dtype))
    if isinstance(value, Built):
        return getattr(torch.nn, value.name)(*value.args, **value.kwargs)
    return type(value)(map(for_torch, value)) if isinstance(value, tuple | list) else value


def for_entry(value: Any) -> Any:
    if isinstance(value, Given):
        return Tensor(Shape(value.shape), value.dtype)
    if isinstance(value, Built):
        entry = REGISTRY.find(f"torch.nn.{value.name}")
        assert entry is not None
        return entry.build(value.args, value.kwargs)
    return type(value)(map(for_entry, value)) if isinstance(value, tuple | list) else value


def for_call(value: Any) -> Any:
    """As ``for_entry``, but a layer is called with shapes."""
    if isinstance(value, Given):
        return Shape(value.shape)
    return type(value)(map(for_call, value)) if isinstance(value, tuple | list) else value


def assert_agree(case: Case) -> None:
    try:
        theirs = replace(case, args=for_torch(case.args), kwargs={k: for_torch(v) for k, v in case.kwargs.items()},
                         call_kwargs={k: for_torch(v) for k, v in case.call_kwargs.items()})
        mine = replace(case, args=for_entry(case.args), kwargs={k: for_entry(v) for k, v in case.kwargs.items()},
                       call_kwargs={k: for_call(v) for k, v in case.call_kwargs.items()})
    except Refused as refused:  # what is refused inside an argument has its own family
        raise AssertionError(f"{case}: {refused.message}") from refused
    truth, answer = real(theirs), ours(mine)
    assert (answer.built, answer.called) == (truth.built, truth.called), f"{case}\n torch: {truth}\n entry: {answer}"


def sizes(low: int, high: int, least: int = 1, most: int = 4) -> Draw:
    """Shapes of between ``low`` and ``high`` axes."""
    return st.lists(st.integers(least, most), min_size=low, max_size=high).map(tuple)


def one(strategy: Draw) -> Draw:
    return strategy.map(lambda x: (x,))


FLAG = mostly(st.booleans(), st.sampled_from([0, 1, None, "no", ()]))
ANY = one(sizes(0, 4, 0))
NUMBER = mostly(st.sampled_from([0.5, 1, 2.0, 0, -1.0]), st.sampled_from([None, "1", True, (1,)]), 20)
AXIS = mostly(st.integers(-4, 4), st.sampled_from([None, "1", 1.0, True]), 15)


def activations() -> Draw:
    plain = ["Sigmoid", "Tanh", "LogSigmoid", "Softsign", "Tanhshrink"]
    inplace = ["ReLU", "ReLU6", "Hardsigmoid", "SiLU", "Mish", "Hardswish", "SELU"]
    return st.one_of(
        *[cases(name, [], ANY) for name in plain], *[cases(name, [], ANY, inplace=FLAG) for name in inplace],
        cases("Sigmoid", [ODD], ANY), cases("ReLU", [ODD, ODD], ANY),
        cases("ELU", [], ANY, alpha=NUMBER, inplace=FLAG), cases("CELU", [], ANY, alpha=NUMBER, inplace=FLAG),
        cases("LeakyReLU", [], ANY, negative_slope=NUMBER, inplace=FLAG), cases("Softplus", [], ANY, beta=NUMBER, threshold=NUMBER),
        cases("Threshold", [NUMBER], ANY, value=NUMBER, inplace=FLAG), cases("RReLU", [], ANY, lower=NUMBER, upper=NUMBER, inplace=FLAG),
        cases("Hardtanh", [], ANY, min_val=NUMBER, max_val=NUMBER, min_value=NUMBER, max_value=NUMBER, inplace=FLAG),
        cases("Hardshrink", [], ANY, lambd=NUMBER), cases("Softshrink", [], ANY, lambd=NUMBER),
        cases("GELU", [], ANY, approximate=st.sampled_from(["none", "tanh", "exact", None, 1])),
        cases("PReLU", [], ANY, num_parameters=mostly(st.integers(0, 4)), init=NUMBER),
    )


def along_an_axis() -> Draw:
    return st.one_of(
        *[cases(name, [], ANY, dim=AXIS) for name in ("Softmax", "Softmin", "LogSoftmax", "GLU")],
        cases("GLU", [], one(sizes(1, 4, 2, 6)), dim=AXIS), cases("Softmax2d", [], ANY),
        cases("Flatten", [], ANY, start_dim=AXIS, end_dim=AXIS), cases("Identity", [ODD], ANY, whatever=ODD),
        cases("Unflatten", [AXIS, mostly(sizes(0, 3, -1, 4))], ANY),
        st.builds(lambda before, split, after: Case("Unflatten", (len(before), split), {}, ((*before, abs(_numel(split)), *after),)),
                  sizes(0, 2), sizes(1, 3, 1).flatmap(lambda s: st.sampled_from([s, (-1, *s)])), sizes(0, 1)),
    )


def _numel(shape: tuple[int, ...]) -> int:
    result = 1
    for one_size in shape:
        result *= one_size
    return result


def dropouts() -> Draw:
    names = ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"]
    chance = mostly(st.sampled_from([0.5, 0, 1, 0.1, 1.5]))
    return st.one_of(*[cases(name, [], one(sizes(0, 5, 0)), p=chance, inplace=FLAG) for name in names])


def embeddings() -> Draw:
    padding = mostly(st.integers(-5, 5), st.sampled_from([None, 1.0, "1"]))
    dtype = mostly(st.just("float32"), st.sampled_from(["int64", "bool"]))
    table = st.builds(Given, mostly(st.sampled_from([(3, 2), (2, 3)]), sizes(0, 3)), dtype)
    rows = [mostly(st.sampled_from([3, 5, 1])), size(0, 3)]
    # torch reads out of bounds where the table is empty and where there are no bags
    bag_rows = [mostly(st.sampled_from([3, 5, 1]), st.sampled_from([-1, 2.0, None])), size(0, 3)]
    common = {"max_norm": st.none(), "norm_type": st.just(2.0), "scale_grad_by_freq": st.booleans(), "sparse": st.booleans()}
    bags = {"mode": st.sampled_from(["sum", "mean", "max", "min"]), "include_last_offset": st.booleans()}
    offsets = st.integers(2, 3).map(lambda n: {"offsets": Given((n,), "int64")})
    weighted = sizes(1, 2).map(lambda shape: {"per_sample_weights": Given(shape)})
    int64 = (torch.int64,)
    return st.one_of(
        cases("Embedding", rows, ANY, dtypes=int64, padding_idx=padding, _freeze=st.booleans(), **common),
        cases("Embedding", [st.just(3), st.just(2)], ANY, dtypes=int64, _weight=table, _freeze=st.booleans(), padding_idx=padding),
        cases("EmbeddingBag", bag_rows, one(sizes(1, 3)), dtypes=int64, call=st.one_of(st.just({}), offsets, weighted), padding_idx=padding,
              **common, **bags),
        cases("EmbeddingBag", [st.just(3), st.just(2)], one(sizes(1, 2)), dtypes=int64, call=st.one_of(offsets, st.just({})), _weight=table,
              **bags),
    )


def recurrent() -> Draw:
    features = mostly(st.sampled_from([3, 3, 3, 4]))
    length = st.integers(1, 3)
    shape = mostly(st.one_of(st.tuples(length, st.integers(0, 2), st.just(3)), st.tuples(length, st.just(3))), sizes(0, 4, 0))
    common = {"bias": mostly(st.booleans()), "batch_first": mostly(st.booleans(), ODD, 20), "bidirectional": mostly(st.booleans(), ODD, 20),
              "num_layers": mostly(st.integers(1, 3)), "dropout": mostly(st.sampled_from([0.0, 0.5, 1]))}
    layers, last = st.integers(1, 4), st.sampled_from([4, 2])
    state = st.one_of(st.tuples(layers, st.integers(1, 2), last), st.tuples(layers, last), sizes(0, 4))
    hx = st.one_of(st.just({}), state.map(lambda s: {"hx": Given(s)}))
    pair = st.one_of(st.just({}), st.one_of(state.map(lambda s: (s, s)), st.tuples(state, state)).map(
        lambda s: {"hx": (Given(s[0]), Given(s[1]))}), state.map(lambda s: {"hx": Given(s)}))
    projection = mostly(st.sampled_from([0, 2]))
    hidden = mostly(st.just(4))
    return st.one_of(
        cases("RNN", [features, hidden], one(shape), call=hx, nonlinearity=mostly(st.sampled_from(["tanh", "relu"])), **common),
        cases("GRU", [features, hidden], one(shape), call=hx, **common),
        cases("LSTM", [features, hidden], one(shape), call=pair, proj_size=projection, **common),
        cases("GRU", [features, hidden, *map(st.just, (1, True, False, 0.0)), st.booleans(), projection], one(shape), call=hx),
        cases("GRU", [features, hidden], one(shape), proj_size=projection),
        cases("RNNBase", [st.sampled_from(["LSTM", "GRU", "RNN_TANH", "RNN_RELU", "RNN", None, 3]), features, hidden], one(shape),
              proj_size=projection, **common),
    )


def cells() -> Draw:
    features = [mostly(st.sampled_from([3, 3, 3, 4])), mostly(st.sampled_from([4, 4, 0]))]
    shape = mostly(st.one_of(st.tuples(st.integers(0, 2), st.just(3)), st.just((3,))), sizes(0, 3, 0))
    state = st.one_of(st.tuples(st.integers(1, 2), st.just(4)), st.just((4,)), sizes(0, 3, 1, 3))
    hx = st.one_of(st.just({}), state.map(lambda s: {"hx": Given(s)}))
    pair = st.one_of(st.just({}), state.map(lambda s: {"hx": (Given(s), Given(s))}))
    return st.one_of(
        cases("RNNCell", features, one(shape), call=hx, bias=FLAG, nonlinearity=st.sampled_from(["tanh", "relu", "gelu"])),
        cases("GRUCell", features, one(shape), call=hx, bias=FLAG), cases("LSTMCell", features, one(shape), call=pair, bias=FLAG),
    )


@st.composite
def attention(draw: Any) -> Case:
    heads = draw(mostly(st.sampled_from([2, 4, 1, 3]), st.sampled_from([0, -1, 2.0, True, "2", None])))
    embed = draw(mostly(st.just(4)))
    kdim, vdim = (draw(mostly(st.sampled_from([None, None, 4, 3]))) for _ in range(2))
    wide = [4 if not isinstance(dim, int) or dim is True else dim for dim in (kdim, vdim)]
    length, source, batch = (draw(st.integers(1, 3)) for _ in range(3))
    first, flat = draw(st.booleans()), draw(st.integers(0, 4)) == 0

    def shape(n: int, features: int) -> tuple[int, ...]:
        return (n, max(features, 0)) if flat else ((batch, n, max(features, 0)) if first else (n, batch, max(features, 0)))

    inputs = [shape(length, 4), shape(source, wide[0]), shape(source, wide[1])]
    if draw(st.integers(0, 4)) == 0:
        inputs[draw(st.integers(0, 2))] = draw(st.one_of(sizes(0, 4), st.just(shape(source + 1, 4)), st.just(shape(source, 5))))
    full = (batch if not flat else 1) * heads if isinstance(heads, int) else 1
    call: dict[str, Any] = {}
    if draw(st.booleans()):
        call["attn_mask"] = Given(draw(st.one_of(st.just((length, source)), st.just((abs(full), length, source)), sizes(1, 4))))
    if draw(st.booleans()):
        call["key_padding_mask"] = Given(draw(st.one_of(st.just((source,) if flat else (batch, source)), sizes(1, 3))))
    causal = mostly(st.just(False), st.just(True), 4)
    call |= draw(options(need_weights=st.booleans(), average_attn_weights=st.booleans(), is_causal=causal))
    kwargs = {"kdim": kdim, "vdim": vdim, "batch_first": first, **draw(options(bias=FLAG, add_bias_kv=FLAG, add_zero_attn=FLAG))}
    return Case("MultiheadAttention", (embed, heads), kwargs, tuple(inputs), call)


@st.composite
def transformers(draw: Any) -> Case:
    first, flat = draw(st.booleans()), draw(st.integers(0, 4)) == 0
    length, source, batch = (draw(st.integers(1, 3)) for _ in range(3))
    features = draw(mostly(st.just(4), st.integers(1, 5), 8))

    def shape(n: int, wide: int) -> tuple[int, ...]:
        return (n, wide) if flat else ((batch, n, wide) if first else (n, batch, wide))

    activation = st.sampled_from(["relu", "gelu", "tanh", 3, Built("PReLU"), Built("PReLU", (2,)), Built("GLU"), Built("ReLU")])
    chance = mostly(st.just(0.1), st.sampled_from([2, None]))
    chosen = draw(options(activation=activation, norm_first=st.booleans(), bias=FLAG, dropout=chance))
    layer = {**chosen, "batch_first": first, "dim_feedforward": draw(mostly(st.sampled_from([8, 0]), ODD, 20))}
    kind = draw(st.sampled_from(["Encoder", "Decoder", ""]))
    heads = draw(mostly(st.sampled_from([2, 4]), st.sampled_from([3, 0])))
    inputs: tuple[Any, ...] = (shape(length, features),) if kind == "Encoder" else (shape(length, 4), shape(source, features))
    if not kind:
        counts = {"num_encoder_layers": draw(st.integers(0, 2)), "num_decoder_layers": draw(mostly(st.integers(1, 2)))}
        return Case("Transformer", (4, heads), {**layer, **counts}, inputs)
    masks = {"Encoder": [("src_mask", length, length), ("src_key_padding_mask", batch, length)],
             "Decoder": [("tgt_mask", length, length), ("memory_mask", length, source), ("memory_key_padding_mask", batch, source)]}[kind]
    call = {name: Given((b,) if flat and "padding" in name else (a, b)) for name, a, b in masks if draw(st.booleans())}
    if draw(st.booleans()):
        return Case(f"Transformer{kind}Layer", (4, heads), layer, inputs, call)
    inner = {"batch_first": first, "dim_feedforward": 8, "activation": draw(st.sampled_from(["relu", "gelu"]))}
    norm = draw(st.sampled_from([None, Built("LayerNorm", (4,)), Built("LayerNorm", (5,))]))
    other = st.sampled_from([None, 3, "x", Built("Linear", (4, 4))])
    module = draw(mostly(st.just(Built(f"Transformer{kind}Layer", (4, 2), inner)), other))
    call = {name.replace("src_mask", "mask"): mask for name, mask in call.items()}
    return Case(f"Transformer{kind}", (module, draw(mostly(st.integers(0, 3))), norm), {}, inputs, call)


REDUCTION = mostly(st.sampled_from(["none", "none", "none", "mean", "sum"]), st.sampled_from(["batchmean", "average", None, 1]))
OLDER = {"size_average": st.sampled_from([None, True, False]), "reduce": st.sampled_from([None, None, True, False])}


def alike(count: int, low: int = 0, high: int = 3) -> Draw:
    """Several shapes: the same, ones that broadcast, or any."""
    def vary(shape: tuple[int, ...]) -> Draw:
        broadcast = st.tuples(*[st.sampled_from([n, n, 1]) for n in shape]).map(tuple)
        variant = mostly(st.one_of(st.just(shape), st.just(shape), broadcast, broadcast.map(lambda s: s[1:])), sizes(low, high), 8)
        return st.tuples(*[variant] * count)
    return sizes(low, high).flatmap(vary)


WEIGHT = mostly(sizes(0, 2, 1, 3).map(Given), st.sampled_from([None, 1.0, [1.0]]), 6)


def losses() -> Draw:
    common = {"reduction": REDUCTION, **OLDER}
    return st.one_of(
        *[cases(name, [], alike(2), **common) for name in ("L1Loss", "MSELoss", "SoftMarginLoss", "KLDivLoss", "PoissonNLLLoss")],
        cases("SmoothL1Loss", [], alike(2), beta=NUMBER, **common), cases("HuberLoss", [], alike(2), delta=NUMBER, reduction=REDUCTION),
        cases("HingeEmbeddingLoss", [], alike(2), **common), cases("BCELoss", [], alike(2), weight=WEIGHT, **common),
        cases("BCEWithLogitsLoss", [], alike(2), weight=WEIGHT, pos_weight=WEIGHT, **common),
        cases("GaussianNLLLoss", [], alike(3), full=st.booleans(), reduction=REDUCTION),
        cases("MultiLabelSoftMarginLoss", [], alike(2), weight=WEIGHT, **common),
    )


def pair_losses() -> Draw:
    common = {"reduction": REDUCTION, **OLDER}
    triplet = {"margin": NUMBER, "swap": st.booleans()}
    pairs = st.one_of(alike(3), st.builds(lambda pair, n: (*pair, n), alike(2, 1, 2), sizes(0, 1)))
    return st.one_of(
        cases("CosineEmbeddingLoss", [], pairs, **common), cases("MarginRankingLoss", [], alike(3), **common),
        cases("TripletMarginLoss", [], alike(3), **triplet, **common),
        cases("TripletMarginWithDistanceLoss", [], alike(3), reduction=REDUCTION, **triplet),
        cases("TripletMarginWithDistanceLoss", [], alike(3), reduction=REDUCTION, distance_function=st.sampled_from(
            [Built("PairwiseDistance"), Built("CosineSimilarity"), Built("PairwiseDistance", (), {"keepdim": True})])),
        cases("PairwiseDistance", [], alike(2), p=st.sampled_from([1, 2.0]), keepdim=FLAG),
        cases("CosineSimilarity", [], alike(2), dim=AXIS),
    )


@st.composite
def class_losses(draw: Any) -> Case:
    name = draw(st.sampled_from(["NLLLoss", "CrossEntropyLoss", "MultiMarginLoss", "MultiLabelMarginLoss"]))
    scores = draw(mostly(sizes(1, 4), sizes(0, 4)))
    losses = (scores[0], *scores[2:]) if len(scores) > 1 else ()
    target = draw(st.one_of(st.just(losses), st.just(losses), st.just(scores), sizes(0, 3)))
    probabilities = name == "CrossEntropyLoss" and len(target) == len(scores) and target == scores
    classes = scores[min(1, len(scores) - 1)] if scores else 1
    weight = {} if name == "MultiLabelMarginLoss" else {"weight": st.one_of(st.just(Given((classes,))), WEIGHT)}
    kwargs = draw(options(reduction=REDUCTION, **OLDER, **weight))
    if name == "MultiMarginLoss":
        kwargs |= draw(options(p=st.sampled_from([1, 2, 2.0, 3, None])))
    return Case(name, (), kwargs, (scores, target), {}, (torch.float32, torch.float32 if probabilities else torch.int64))


@st.composite
def trained_losses(draw: Any) -> Case:
    batch = draw(st.sampled_from([(), (2,), (3,)]))
    features = draw(mostly(st.just(8), st.integers(6, 9)))
    dtypes = (torch.float32, torch.int64)
    if draw(st.booleans()):
        unfit = st.sampled_from([[3, 2], [5.0], "ab", 3, None, (4,)])
        cutoffs = draw(mostly(st.lists(st.integers(0, 20), max_size=3, unique=True).map(sorted), unfit))
        kwargs = draw(options(div_value=mostly(st.sampled_from([4.0, 2, 1.5, 20]), st.sampled_from([0, -2])), head_bias=st.booleans()))
        target = draw(st.one_of(st.just(batch), sizes(0, 2)))
        return Case("AdaptiveLogSoftmaxWithLoss", (8, draw(mostly(st.just(20))), cutoffs), kwargs, ((*batch, features), target), {}, dtypes)
    more = draw(st.sampled_from([(), (), (3,), [2, 2]]))
    kwargs = draw(options(bias=FLAG, reduction=REDUCTION, weight=WEIGHT, label_smoothing=st.sampled_from([0.0, 0.1, 2, -1])))
    target = draw(st.one_of(st.just((*batch, *more)), sizes(0, 2)))
    classes = draw(size())
    if target == (*batch, classes, *more):
        dtypes = (torch.float32, torch.float32)  # probabilities
    return Case("LinearCrossEntropyLoss", (8, classes), {"out_features": more, **kwargs}, ((*batch, features), target), {}, dtypes)


FAMILIES: dict[str, Draw] = {
    "activations": activations(), "along an axis": along_an_axis(), "dropouts": dropouts(), "embeddings": embeddings(),
    "recurrent": recurrent(), "cells": cells(), "attention": attention(), "transformers": transformers(), "losses": losses(),
    "pair losses": pair_losses(), "class losses": class_losses(), "trained losses": trained_losses(),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_entry_and_torch_agree(family: str) -> None:
    @SETTINGS
    @given(FAMILIES[family])
    def agree(case: Case) -> None:
        assert_agree(case)

    agree()


@pytest.mark.parametrize("shape", [(7, 5), (3, 0), (7,), (2, 3, 4)])
@pytest.mark.parametrize("freeze", [True, False])
@pytest.mark.parametrize("name", ["Embedding", "EmbeddingBag"])
def test_from_pretrained(name: str, freeze: bool, shape: tuple[int, ...]) -> None:
    entry = REGISTRY.find(f"torch.nn.{name}.from_pretrained")
    assert entry is not None
    try:
        layer = getattr(torch.nn, name).from_pretrained(torch.zeros(shape), freeze)
    except AssertionError:
        with pytest.raises(Refused):
            entry.build((Tensor(Shape(shape)), freeze))
        return
    mine = entry.build((Tensor(Shape(shape)), freeze))
    found = mine.weights()["weight"]
    assert (tuple(found.shape), found.trainable) == (tuple(layer.weight.shape), layer.weight.requires_grad)
    assert (mine.num_embeddings, mine.embedding_dim) == (layer.num_embeddings, layer.embedding_dim)
