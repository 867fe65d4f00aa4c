"""Entries of torch.nn against the real torch: weights by name and shape, refusals, output shapes."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_oracle import ODD, SETTINGS, Case, assert_same, cases, mostly, per_axis, shape, size

pytestmark = pytest.mark.oracle

torch.set_num_threads(1)

FLAG = mostly(st.booleans(), st.sampled_from([0, 1, None, "no", ()]))
CHANNELS = st.sampled_from([4] * 9 + [2, 6, 1])
NUMBER = mostly(st.sampled_from([1e-5, 0.1, 1]), st.sampled_from([0, 0.0, -1.0, None, "1"]))
COUNT = mostly(st.sampled_from([4] * 8 + [2, 6, 1]), one_in=20)


def one(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return strategy.map(lambda x: (x,))


def twice(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.one_of(strategy.map(lambda x: (x, x)), st.tuples(strategy, strategy))


def linear() -> st.SearchStrategy[Case]:
    rows = mostly(st.lists(st.integers(0, 3), max_size=2).map(lambda batch: (*batch, 4)),
                  st.lists(st.integers(0, 5), max_size=3).map(tuple))
    batches = st.lists(st.integers(1, 3), max_size=2)
    pairs = st.builds(lambda batch, other, a, b: ((*batch, a), (*(other or batch), b)), batches,
                      mostly(st.none(), batches), mostly(st.just(4), st.integers(0, 5)), mostly(st.just(2), st.integers(0, 5)))
    return st.one_of(
        cases("Linear", [COUNT, size(0)], one(rows), bias=FLAG),
        cases("LazyLinear", [size(0)], one(rows), bias=FLAG),
        cases("Bilinear", [mostly(st.just(4)), mostly(st.just(2)), size(0)], pairs, bias=FLAG),
    )


def convolution(axes: int, name: str) -> st.SearchStrategy[Case]:
    lazy = name.startswith("Lazy")
    text = st.sampled_from(["same", "valid", "full"])
    return cases(
        f"{name}{axes}d", [*([] if lazy else [COUNT]), mostly(st.sampled_from([4, 2, 8, 5])), per_axis(axes, 1, 3)],
        one(shape(axes, CHANNELS)), stride=per_axis(axes, 1, 3), padding=mostly(per_axis(axes, 0, 2), text, 5),
        dilation=per_axis(axes, 1, 2),
        groups=mostly(st.sampled_from([1, 1, 2, 4]), st.sampled_from([0, -1, 2.0, 3, True])), bias=FLAG,
        padding_mode=mostly(st.sampled_from(["zeros", "reflect", "replicate", "circular"]), st.sampled_from(["mirror", None])))


def transposed(axes: int, name: str) -> st.SearchStrategy[Case]:
    lazy = name.startswith("Lazy")
    sizes = st.one_of(st.none(), st.lists(st.integers(1, 12), min_size=axes, max_size=axes + 2))
    return cases(
        f"{name}{axes}d", [*([] if lazy else [COUNT]), mostly(st.sampled_from([4, 2, 8, 5])), per_axis(axes, 1, 3)],
        one(shape(axes, CHANNELS, 5)), call=mostly(st.just({}), sizes.map(lambda s: {"output_size": s}), 4), stride=per_axis(axes, 1, 3),
        padding=per_axis(axes, 0, 2), output_padding=per_axis(axes, 0, 1), dilation=per_axis(axes, 1, 2),
        groups=mostly(st.sampled_from([1, 1, 2, 4]), st.sampled_from([0, -1, 2.0, 3])), bias=FLAG,
        padding_mode=mostly(st.just("zeros"), st.just("reflect"), 20))


def running(name: str, axes: int) -> st.SearchStrategy[Case]:
    required = [] if name.startswith("Lazy") else [mostly(st.just(4), st.one_of(ODD, st.just((4,))))]
    inputs = st.one_of(shape(axes, CHANNELS, 3), shape(max(axes - 1, 0), CHANNELS, 3))
    return cases(name, required, one(inputs), eps=NUMBER, momentum=NUMBER, affine=FLAG, track_running_stats=FLAG, bias=FLAG)


def grouped() -> st.SearchStrategy[Case]:
    tail = mostly(st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple), st.one_of(ODD, st.lists(st.integers(-1, 3)).map(tuple)))
    rows = st.lists(st.integers(1, 3), max_size=2)
    last = tail.flatmap(lambda axes: st.tuples(
        st.just(axes), st.builds(lambda row, end: (*row, *end), rows, st.lists(st.integers(0, 3), max_size=2) if not isinstance(axes, tuple)
                                 or not all(type(a) is int and a >= 0 for a in axes) else mostly(st.just(axes), st.just((2,))))))

    def layer(name: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
        return last.flatmap(lambda found: cases(
            name, [st.just(found[0])], st.just((found[1],)), eps=NUMBER, elementwise_affine=FLAG, **more))

    channels = shape(2, CHANNELS, 3)
    return st.one_of(
        layer("LayerNorm", bias=FLAG), layer("RMSNorm"),
        cases("GroupNorm", [mostly(st.sampled_from([1, 2, 4])), mostly(st.sampled_from([4, 4, 8, 6]))],
              one(st.one_of(channels, shape(0, CHANNELS), shape(1, CHANNELS))), eps=NUMBER, affine=FLAG, bias=FLAG),
        cases("LocalResponseNorm", [size()], one(channels), alpha=NUMBER, beta=NUMBER, k=NUMBER),
        cases("CrossMapLRN2d", [size()], one(channels)),
    )


def pooling(axes: int) -> st.SearchStrategy[Case]:
    inputs = one(shape(axes, CHANNELS, 7))
    step = st.one_of(st.none(), per_axis(axes, 1, 3))
    kernel, pad = per_axis(axes, 1, 4), per_axis(axes, 0, 2)
    divisor = {"divisor_override": mostly(st.sampled_from([None, 3]))} if axes > 1 else {}
    return st.one_of(
        cases(f"MaxPool{axes}d", [kernel], inputs, stride=step, padding=pad, dilation=per_axis(axes, 1, 2), ceil_mode=FLAG,
              return_indices=FLAG),
        cases(f"AvgPool{axes}d", [kernel], inputs, stride=step, padding=pad, ceil_mode=FLAG, count_include_pad=FLAG, **divisor),
        cases(f"LPPool{axes}d", [mostly(st.sampled_from([1, 2, 1.5, float("inf")])), kernel], inputs, stride=step, ceil_mode=FLAG),
    )


def given_size(axes: int) -> st.SearchStrategy[Case]:
    wanted = st.one_of(per_axis(axes, 0, 9), st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=axes, max_size=axes).map(tuple))
    sizes = st.lists(st.integers(1, 12), min_size=axes, max_size=axes + 2)
    inputs = one(shape(axes, CHANNELS, 7))
    found = [
        cases(f"AdaptiveAvgPool{axes}d", [wanted], inputs),
        cases(f"AdaptiveMaxPool{axes}d", [wanted], inputs, return_indices=FLAG),
        cases(f"MaxUnpool{axes}d", [per_axis(axes, 1, 3)], twice(shape(axes, CHANNELS, 4)),
              call=mostly(st.just({}), sizes.map(lambda s: {"output_size": s}), 4), dtypes=(torch.float32, torch.int64),
              stride=st.one_of(st.none(), per_axis(axes, 1, 3)), padding=per_axis(axes, 0, 1)),
    ]
    if axes > 1:
        ratio = st.sampled_from([0.5, 0.3, 0.9, (0.5,) * axes, (0.5,), 1.0, 0, "a"])
        found += [
            cases(f"FractionalMaxPool{axes}d", [per_axis(axes, 1, 3)], inputs, output_size=per_axis(axes, 1, 4), return_indices=FLAG),
            cases(f"FractionalMaxPool{axes}d", [per_axis(axes, 1, 3)], inputs, output_ratio=ratio, return_indices=FLAG),
        ]
    return st.one_of(*found)


def padding(axes: int) -> st.SearchStrategy[Case]:
    amount = mostly(per_axis(2 * axes, 0, 4), per_axis(2 * axes, -4, 7), 3)
    inputs = one(st.one_of(shape(axes, CHANNELS, 5), shape(max(axes - 1, 1), CHANNELS, 5)))
    kinds = ["Zero", "Reflection", "Replication", "Circular"]
    constant = cases(f"ConstantPad{axes}d", [amount, st.just(0.5)], inputs)
    return st.one_of(constant, *[cases(f"{kind}Pad{axes}d", [amount], inputs) for kind in kinds])


def upsampling() -> st.SearchStrategy[Case]:
    inputs = one(st.integers(1, 3).flatmap(lambda axes: shape(axes, CHANNELS, 5)))
    sizes = st.integers(1, 3).flatmap(lambda axes: per_axis(axes, 1, 7))
    factor = st.sampled_from([2, 2, 1.5, 0.5, 3.3])
    factors = mostly(st.one_of(factor, st.tuples(factor, factor), st.tuples(factor, factor, factor)),
                     st.sampled_from([0, -1, [2, 2], "2", "x", 0.01]))
    modes = mostly(st.sampled_from(["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"]),
                   st.sampled_from(["lanczos", None, "cubic"]))
    more = {"mode": modes, "align_corners": mostly(st.none(), st.sampled_from([True, False, 1]), 4),
            "recompute_scale_factor": mostly(st.none(), st.sampled_from([True, False]), 4)}
    return st.one_of(
        cases("Upsample", [], inputs, size=sizes, **more), cases("Upsample", [st.none(), factors], inputs, **more),
        cases("Upsample", [], inputs, size=sizes, scale_factor=factors),
        *[cases(f"Upsampling{k}2d", [], inputs, size=sizes) for k in ("Nearest", "Bilinear")],
        *[cases(f"Upsampling{k}2d", [], inputs, scale_factor=factors) for k in ("Nearest", "Bilinear")],
    )


def rearranging() -> st.SearchStrategy[Case]:
    channels = st.sampled_from([4, 8, 9, 12, 16, 3])
    inputs = one(st.one_of(shape(2, channels, 6), shape(1, channels, 6)))
    windows = {"dilation": per_axis(2, 1, 2), "padding": per_axis(2, 0, 1), "stride": per_axis(2, 1, 2)}
    columns = one(mostly(st.tuples(st.integers(1, 2), st.sampled_from([4, 8, 12, 6]), st.sampled_from([9, 4, 16, 1, 6, 12])),
                         st.lists(st.integers(0, 12), max_size=4).map(tuple)))
    return st.one_of(
        *[cases(name, [size(1, 4)], inputs) for name in ("PixelShuffle", "PixelUnshuffle", "ChannelShuffle")],
        cases("Unfold", [per_axis(2, 1, 3)], inputs, **windows), cases("Fold", [per_axis(2, 2, 5), per_axis(2, 1, 2)], columns, **windows),
    )


FAMILIES: dict[str, st.SearchStrategy[Case]] = {
    "linear": linear(),
    **{f"{name}{axes}d": convolution(axes, name) for name in ("Conv", "LazyConv") for axes in (1, 2, 3)},
    **{f"{name}{axes}d": transposed(axes, name) for name in ("ConvTranspose", "LazyConvTranspose") for axes in (1, 2, 3)},
    **{f"{name}{axes}d": running(f"{name}{axes}d", axes)
       for name in ("BatchNorm", "InstanceNorm", "LazyBatchNorm", "LazyInstanceNorm") for axes in (1, 2, 3)},
    "SyncBatchNorm": running("SyncBatchNorm", 2),
    "grouped": grouped(),
    **{f"pooling{axes}d": pooling(axes) for axes in (1, 2, 3)},
    **{f"given size{axes}d": given_size(axes) for axes in (1, 2, 3)},
    **{f"padding{axes}d": padding(axes) for axes in (1, 2, 3)},
    "upsampling": upsampling(),
    "rearranging": rearranging(),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_entry_and_torch_agree(family: str) -> None:
    @SETTINGS
    @given(FAMILIES[family])
    def agree(case: Case) -> None:
        assert_same(case)

    agree()
