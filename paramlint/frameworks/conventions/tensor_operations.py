"""What ptflops and calflops make of operations on tensors that they replace."""

from __future__ import annotations

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape
from paramlint.frameworks.conventions.facts import CallFacts


def matrix_product(call: CallFacts) -> Size:
    """The elements of the first matrix times the columns of the second; a batch that only the second has is forgotten."""
    return call.input(0).numel * call.input(1)[-1]


def with_addend(call: CallFacts, per_mac: int) -> Size:
    """A product that is added to a first tensor, whose elements count too."""
    return per_mac * call.input(1).numel * call.input(2)[-1] + call.input(0).numel


def elementwise(call: CallFacts) -> Size:
    """The larger size on every axis, counted from the first axis, not from the last as broadcasting does."""
    given = [shape for shape in call.inputs.values() if isinstance(shape, Shape)]
    if len(given) < 2:
        return given[0].numel if given else 1
    rank = max(map(len, given))
    sizes = [[shape[axis] if axis < len(shape) else 1 for shape in given] for axis in range(rank)]
    return product(left if left == right or left > right else right for left, right in sizes)


def einsum_report(macs: int) -> float:
    """The floating-point operations that numpy's report of an einsum's path prints: one too many, and with four digits."""
    return float(f"{2 * macs + 1:.3e}")
