"""How the elements of a tensor lie in its memory: the rules of PyTorch for strides.

Strides are counted in elements, one an axis; sizes may be formulas. What depends on a size that is left open raises NeedsValue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Unknown, Why

Strides = tuple[Any, ...]


def same(left: Any, right: Any) -> bool:
    """Whether two sizes are equal for all values of what they leave open; NeedsValue where that depends on those."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        raise NeedsValue(left if isinstance(left, Unknown) else right)
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if isinstance(left - right, int):
        return bool(left - right == 0)
    raise NeedsValue(Unknown.because(Why.INPUT, "how tensors lie in memory depends on the sizes of the input that are left open"))


def is_one(size: Any) -> bool:
    """Whether an axis has one element; one whose size is left open has more."""
    if isinstance(size, Unknown):
        raise NeedsValue(size)
    return isinstance(size, int) and size == 1


def in_order(shape: Sequence[Any]) -> Strides:
    """The strides of a tensor whose elements lie in the order of its axes."""
    found: list[Any] = []
    step: Any = 1
    for size in reversed(shape):
        found.append(step)
        step = step if isinstance(size, int) and size == 0 else step * size
    return tuple(reversed(found))


def ordered_by(shape: Sequence[Any], axes: Sequence[int]) -> Strides:
    """The strides of a tensor whose elements lie densely, the first of ``axes`` innermost."""
    found: list[Any] = [1] * len(shape)
    step: Any = 1
    for axis in axes:
        found[axis] = step
        step = step * shape[axis]
    return tuple(found)


def is_in_order(shape: Sequence[Any], strides: Strides) -> bool:
    """Whether the elements lie in the order of the axes, without gaps (``is_contiguous``)."""
    step: Any = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if isinstance(size, int) and size == 0:
            return True
        if not is_one(size) and not same(stride, step):
            return False
        step = step * size
    return True


def channels_last(shape: Sequence[Any]) -> Strides:
    """The strides of images whose channels lie side by side."""
    return ordered_by(shape, (1, *range(len(shape) - 1, 1, -1), 0))


def is_channels_last(shape: Sequence[Any], strides: Strides) -> bool:
    """Whether images are taken to lie with their channels side by side (``suggest_memory_format``)."""
    if len(shape) not in (4, 5) or is_zero(strides[1]):
        return False
    least: Any = 0
    for axis in (1, *range(len(shape) - 1, 1, -1), 0):
        if is_zero(shape[axis]) or _less(strides[axis], least):
            return False
        if axis == 0 and same(least, strides[1]):
            return False
        least = strides[axis] if is_one(shape[axis]) else strides[axis] * shape[axis]
    return True


def is_zero(size: Any) -> bool:
    return isinstance(size, int) and size == 0


def _less(left: Any, right: Any) -> bool:
    if isinstance(left, int) and isinstance(right, int):
        return left < right
    rest = left - right
    if isinstance(rest, int):
        return rest < 0
    if isinstance(rest, Formula):
        signs = {count > 0 for count in rest.terms.values()}
        if len(signs) == 1:  # sizes that are left open are at least one
            return signs == {False}
    raise NeedsValue(Unknown.because(Why.INPUT, "how tensors lie in memory depends on the sizes of the input that are left open"))


def viewed(shape: Sequence[Any], strides: Strides, wanted: Sequence[Any]) -> Strides | None:
    """The strides of a tensor seen in another shape; None where that needs a copy."""
    if any(map(is_zero, shape)) or not shape:
        return in_order(wanted)
    found: list[Any] = [0] * len(wanted)
    at = len(wanted) - 1
    base, inner, outer = strides[-1], 1, 1  # type: Any, Any, Any
    for axis in reversed(range(len(shape))):
        inner = inner * shape[axis]
        if axis and (is_one(shape[axis - 1]) or same(strides[axis - 1], inner * base)):
            continue
        while at >= 0 and (is_one(wanted[at]) or not _done(outer, inner)):
            found[at] = outer * base
            outer = outer * wanted[at]
            at -= 1
        if not same(outer, inner):
            return None
        if axis:
            base, inner, outer = strides[axis - 1], 1, 1
    return tuple(found) if at < 0 else None


def _done(outer: Any, inner: Any) -> bool:
    if isinstance(outer, int) and isinstance(inner, int):
        return outer >= inner
    rest = inner - outer
    return isinstance(rest, int) and rest <= 0


def expanded(shape: Sequence[Any], strides: Strides, wanted: Sequence[Any]) -> Strides:
    """The strides of a tensor that is repeated along axes of one element, without a copy."""
    missing = len(wanted) - len(shape)
    return tuple(0 if at < missing or (is_one(shape[at - missing]) and not is_one(size)) else strides[at - missing] for at, size in enumerate(wanted))


def elementwise(wanted: Sequence[Any], given: Iterable[tuple[Sequence[Any], Strides]]) -> Strides:
    """The strides of what an operation on corresponding elements gives: its axes lie in the order of those of its operands."""
    operands = [(tuple(shape), strides) for shape, strides in given]
    if all(shape == tuple(wanted) and is_in_order(shape, strides) for shape, strides in operands if shape):
        return in_order(wanted)
    steps = [expanded(shape, strides, wanted) for shape, strides in operands]
    order = list(reversed(range(len(wanted))))
    for end in range(1, len(order)):
        moving = end
        for at in reversed(range(end)):
            comparison = _compare(order[at], order[moving], wanted, steps)
            if comparison > 0:
                order[at], order[moving] = order[moving], order[at]
                moving = at
            elif comparison < 0:
                break
    return ordered_by(wanted, order)


def _compare(one: int, other: int, wanted: Sequence[Any], steps: list[Strides]) -> int:
    """Whether an axis lies inside another one (negative) or around it; the first operand that says so decides."""
    for strides in steps:
        if is_zero(strides[one]) or is_zero(strides[other]):
            continue
        if _less(strides[one], strides[other]):
            return -1
        if _less(strides[other], strides[one]) or _less(wanted[other], wanted[one]):
            return 1
    return 0


def is_dense(shape: Sequence[Any], strides: Strides) -> bool:
    """Whether every element of the memory is one of the tensor, and once (``is_non_overlapping_and_dense``)."""
    if is_in_order(shape, strides):
        return True
    axes = [axis for axis, size in enumerate(shape) if not is_one(size)]
    if not all(isinstance(strides[axis], int) for axis in axes):
        return False
    step: Any = 1
    for axis in sorted(axes, key=lambda axis: int(strides[axis])):
        if not same(strides[axis], step):
            return False
        step = step * shape[axis]
    return True
