"""Complex numbers and their parts.

Source: the documentation of torch ("pointwise ops") and torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from paramlint.core.shapes import ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch.ops_common import (
    both,
    complex_type,
    dtype_of,
    floating,
    function,
    made,
    method,
    real_type,
    shape_of,
)
from paramlint.frameworks.torch.ops_elementwise import (
    Unary,
)
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class Parts(Unary):
    """The real or the imaginary part."""

    NAMES = function("real", "imag")
    SHARES = True

    def dtype(self) -> str:
        return real_type(dtype_of(self.input))


class PartsAttribute(Parts):
    """The real or the imaginary part."""

    NAMES = method("real", "imag")
    ATTRIBUTE = True


class Angle(Unary):
    """The angle of a complex number."""

    NAMES = both("angle")

    def dtype(self) -> str:
        return floating(real_type(dtype_of(self.input)))


class AsComplex(Op):
    """Pairs along the last axis as complex numbers."""

    NAMES = function("view_as_complex")
    SHARES = True
    input: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if not shape:
            raise ShapeMismatch("a scalar has no pairs")
        shape.expect(..., 2)
        return made(shape[:-1], complex_type(dtype_of(self.input)))


class AsReal(Op):
    """Complex numbers as pairs along a new last axis."""

    NAMES = function("view_as_real")
    SHARES = True
    input: Value

    def result(self) -> Tensor:
        return made((*shape_of(self.input), 2), real_type(dtype_of(self.input)))
