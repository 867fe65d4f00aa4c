"""Formulas that layers of several frameworks share."""

from __future__ import annotations

from collections.abc import Iterable

from paramlint.core.dims import Size, product


def convolution_macs(positions: Size, inputs_per_output: Size, kernel: Iterable[Size]) -> Size:
    """Multiply-accumulates of a convolution: every output element sums the kernel's window over its inputs.

    ``positions`` is the number of output elements (of input elements for a transposed convolution, whose every input element is
    spread over the window), ``inputs_per_output`` the channels that one of them sees: the channels divided by the groups.
    """
    return positions * inputs_per_output * product(kernel)


def affine_macs(outputs: Size, in_features: Size) -> Size:
    """Multiply-accumulates of a matrix product with ``outputs`` elements, each a sum over ``in_features``. The bias adds none."""
    return outputs * in_features
