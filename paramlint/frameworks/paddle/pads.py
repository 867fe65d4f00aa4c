"""Padding as Paddle's functions do it: what a padding argument means, and the shape of a padded tensor.

Source: paddle.nn.functional.pad and the padding arguments of paddle.nn.functional's convolutions and pooling, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.core.windows import same
from paramlint.frameworks.paddle.common import FIRST, LAST, PLAIN, listed, unfit
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import open_value, shown, whole

Padding = str | tuple[tuple[Any, Any], ...]  # "SAME", or the pads before and after each axis


def padding_of(value: Any, axes: int, last: bool) -> Padding:
    """What a padding argument means: a number, one or two a spatial axis, pairs for all axes, "SAME" or "VALID". Raises Refused."""
    if isinstance(value, str):
        if value.upper() not in ("SAME", "VALID"):
            raise Refused(f"`padding` must be 'SAME', 'VALID' or numbers, got {shown(value)}", field="padding", error="ValueError")
        return "SAME" if value.upper() == "SAME" else ((0, 0),) * axes
    if isinstance(value, list | tuple) and value:
        first = isinstance(value[0], int) or open_value(value[0])
        if len(value) == axes + 2 and isinstance(value[0], list | tuple):
            return _all_axes(value, axes, last)
        if len(value) == 2 * axes and first:
            flat = [whole("padding", one) for one in value]
            return tuple(zip(flat[::2], flat[1::2], strict=True))
        if len(value) == axes and first:
            return tuple((whole("padding", one),) * 2 for one in value)
    if isinstance(value, list | tuple):
        raise Refused(f"`padding` must have {axes} or {2 * axes} numbers, or a pair for each of {axes + 2} axes, got {shown(value)}",
                      field="padding", error="ValueError")
    return tuple((one, one) for one in listed(axes, whole)("padding", value))


def _all_axes(value: Any, axes: int, last: bool) -> Padding:
    pairs = [tuple(one) if isinstance(one, list | tuple) else () for one in value]
    if any(len(pair) != 2 for pair in pairs):
        raise Refused(f"`padding` must be pairs, got {shown(value)}", field="padding", error="ValueError")
    for pair in (pairs[0], pairs[-1] if last else pairs[1]):
        if any(differs(one, 0) for one in pair):
            raise Refused(f"`padding` of batch and channels must be 0, got {shown(value)}", field="padding", error="ValueError")
    inner = pairs[1:-1] if last else pairs[2:]
    return tuple((whole("padding", low), whole("padding", high)) for low, high in inner)


def not_negative(padding: Padding) -> None:
    if isinstance(padding, str):
        return
    for pair in padding:
        for one in pair:
            if certainly(lambda one=one: one < 0):
                raise Refused(f"`padding` cannot be negative, got {one}", field="padding", error="ValueError")


def pads(padding: Padding, sizes: Sequence[Any], kernel: Sequence[Any], stride: Sequence[Any]) -> list[tuple[Any, Any]] | None:
    """Pads of each axis; None where "SAME" cannot be computed yet.

    "SAME" pads so much that ``ceil(size/stride)`` windows fit, the odd one after:
    ``max((ceil(size/stride) - 1)*stride + kernel - size, 0)``.
    """
    if not isinstance(padding, str):
        return list(padding)
    if not all(isinstance(one, int) for one in (*sizes, *kernel, *stride)):
        return None
    result: list[tuple[Any, Any]] = []
    for size, window, step in zip(sizes, kernel, stride, strict=True):
        total = max((same(size, step) - 1) * step + window - size, 0)
        result.append((total // 2, total - total // 2))
    return result


_MODES = ("constant", "reflect", "replicate", "circular")


def padded(x: Shape, pad: Any, mode: Any = "constant", data_format: Any = None) -> Shape:
    """``paddle.nn.functional.pad``: pads in pairs, the last spatial axis first.

    In the mode "constant" a list that has not one pair for each spatial axis pads axes of the tensor whatever the data format is: the
    last ones, from the last backwards, or all of them from the first on. Raises ShapeMismatch for what is refused.
    """
    if not open_value(mode):
        unfit(mode not in _MODES, f"`mode` must be one of {', '.join(_MODES)}, got {shown(mode)}")
    if open_value(pad) or open_value(mode) or not isinstance(pad, PLAIN):
        return _any_pads(x, pad if isinstance(pad, Unknown) else mode)
    if not isinstance(pad, list | tuple):
        raise ShapeMismatch(f"`pad` must be a list of integers, got {shown(pad)}")
    for one in pad:
        unfit(not open_value(one) and not isinstance(one, int), f"`pad` must hold integers, got {shown(pad)}")
    pairs = _by_axis(x, list(pad), mode, data_format)
    if pairs is None:
        return _any_pads(x, data_format)
    sizes = [size + low + high for size, (low, high) in zip(x, pairs, strict=True)]
    for size, before, (low, high) in zip(sizes, x, pairs, strict=True):
        unfit(lambda size=size: size < 0, f"padding by {shown(pad)} takes more away than there is: {x.text}")
        if mode == "reflect":
            unfit(lambda before=before, low=low, high=high: (low > 0 and low >= before) or (high > 0 and high >= before),
                  f"reflecting needs pads smaller than the input, got {shown(pad)} for {x.text}")
    return Shape(sizes)


def _by_axis(x: Shape, pad: list[Any], mode: str, data_format: Any) -> list[tuple[Any, Any]] | None:
    """The pads before and after each axis; None where the data format is not known."""
    rank, axes = len(x), len(x) - 2
    if mode == "constant" and len(pad) != 2 * axes:
        unfit(len(pad) > 2 * rank, f"`pad` has more than a pair for each axis, got {shown(pad)} for {x.text}")
        from_first = len(pad) == 2 * rank
        pad = pad + [0] * (2 * rank - len(pad))
        pairs = list(zip(pad[::2], pad[1::2], strict=True))
        return pairs if from_first else pairs[::-1]
    if axes not in FIRST:
        raise ShapeMismatch(f"expected 3, 4 or 5 dimensions, got {rank}: {x.text}")
    unfit(len(pad) != 2 * axes, f"`pad` must have {2 * axes} numbers for {x.text}, got {shown(pad)}")
    if open_value(data_format):
        return None
    form = FIRST[axes] if data_format is None else data_format
    form = form.upper() if isinstance(form, str) else form
    unfit(form not in (FIRST[axes], LAST[axes]),
          f"`data_format` must be {FIRST[axes]} or {LAST[axes]} for {rank} dimensions, got {shown(data_format)}")
    inner = list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    return [(0, 0), *inner, (0, 0)] if form == LAST[axes] else [(0, 0), (0, 0), *inner]


def _any_pads(x: Shape, unknown: Any) -> Shape:
    return Shape(unknown if isinstance(unknown, Unknown) else Unknown.because(Why.ARGUMENT, "the pads are not known") for _ in x)
