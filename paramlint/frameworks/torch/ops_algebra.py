"""Linear algebra: inverses, decompositions, determinants.

Source: the documentation of torch ("BLAS and LAPACK operations"), torch.linalg and torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Size
from paramlint.core.shapes import broadcast, differs
from paramlint.core.tensor import Results, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    both,
    decided,
    dtype_of,
    made,
    promoted,
    real_type,
    shape_of,
)
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class SameMatrices(Op):
    """Square matrices in, matrices of the same shape out."""

    NAMES = (*both("inverse", "matrix_exp", "cholesky", "cholesky_inverse"), "torch.linalg.inv", "torch.linalg.cholesky",
             "torch.linalg.matrix_exp", "torch.linalg.householder_product")
    REST = "rest"
    EXTRA = "options"
    input: Value
    rest: Value
    options: Value
    ALIASES: ClassVar[dict[str, str]] = {"A": "input"}

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(shape.rank < 2, f"expected matrices, got {shape.text}")
        unfit(differs(shape[-1], shape[-2]), f"expected square matrices, got {shape.text}")
        return made(shape, dtype_of(self.input))


class MatrixPower(SameMatrices):
    """A power of square matrices."""

    NAMES = (*both("matrix_power"), "torch.linalg.matrix_power")

    def macs(self, y: Any) -> Size:
        """By squaring: one product for each binary digit after the first, and one more for each of them that is 1."""
        power = self.rest[0] if self.rest else self.options.get("n")
        if not isinstance(power, int):
            raise NeedsValue(power if isinstance(power, Unknown) else Unknown.because(Why.ARGUMENT, "the power"))
        power = abs(power)
        return 0 if power == 0 else (power.bit_length() + power.bit_count() - 2) * y.shape.numel * y.shape[-1]


class PseudoInverse(SameMatrices):
    """The pseudo-inverse of matrices."""

    NAMES = (*both("pinverse"), "torch.linalg.pinv")

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(shape.rank < 2, f"expected matrices, got {shape.text}")
        return made((*shape[:-2], shape[-1], shape[-2]), dtype_of(self.input))


class Determinant(SameMatrices):
    """The determinant of square matrices."""

    NAMES = (*both("det", "logdet"), "torch.linalg.det")

    def result(self) -> Tensor:
        found = super().result()
        return made(shape_of(found)[:-2], found.dtype)


class Trace(Op):
    """The sum of the diagonal of a matrix."""

    NAMES = both("trace")
    input: Value

    def result(self) -> Tensor:
        shape_of(self.input).expect_rank(2)
        return made((), dtype_of(self.input))


class Solve(Op):
    """The solution of systems of linear equations."""

    NAMES = ("torch.linalg.solve",)
    A: Value
    B: Value
    left: Value = True

    def result(self) -> Tensor:
        a, b = shape_of(self.A), shape_of(self.B)
        if b.rank < 2 or self.left is not True:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a system of equations with a vector"))
        unfit(differs(a[-1], b[-2]), f"{a.text} and {b.text} do not go together")
        return made((*broadcast(a[:-2], b[:-2]), *b[-2:]), promoted(self.A, self.B))


class QR(Op):
    """A matrix as an orthogonal one times a triangular one."""

    NAMES = (*both("qr"), "torch.linalg.qr")
    input: Value
    mode: Value = "reduced"
    ALIASES: ClassVar[dict[str, str]] = {"A": "input"}

    def result(self) -> Any:
        *batch, rows, columns = shape_of(self.input)
        inner = _smaller(rows, columns)
        if self.mode in ("complete", False):
            return Results.named(Q=made((*batch, rows, rows), dtype_of(self.input)), R=made((*batch, rows, columns), dtype_of(self.input)))
        return Results.named(Q=made((*batch, rows, inner), dtype_of(self.input)), R=made((*batch, inner, columns), dtype_of(self.input)))


def _smaller(one: Any, other: Any) -> Any:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    return one if one is other else Unknown.because(Why.INPUT, f"the smaller of `{one}` and `{other}`")


class SVD(Op):
    """Singular values and vectors."""

    NAMES = ("torch.linalg.svd",)
    A: Value
    full_matrices: Value = True

    def result(self) -> Any:
        *batch, rows, columns = shape_of(self.A)
        inner, full = _smaller(rows, columns), decided(self.full_matrices)
        dtype = dtype_of(self.A)
        return Results.named(U=made((*batch, rows, rows if full else inner), dtype), S=made((*batch, inner), real_type(dtype)),
                             Vh=made((*batch, columns if full else inner, columns), dtype))


class SingularValues(Op):
    """Singular values."""

    NAMES = ("torch.linalg.svdvals",)
    A: Value

    def result(self) -> Any:
        *batch, rows, columns = shape_of(self.A)
        return made((*batch, _smaller(rows, columns)), real_type(dtype_of(self.A)))


class Eigen(Op):
    """Eigenvalues and eigenvectors of symmetric matrices."""

    NAMES = ("torch.linalg.eigh",)
    A: Value
    UPLO: Value = "L"

    def result(self) -> Any:
        shape = shape_of(self.A)
        return Results.named(eigenvalues=made(shape[:-1], real_type(dtype_of(self.A))), eigenvectors=made(shape, dtype_of(self.A)))


class CrossProduct(Op):
    """Cross products of vectors of three elements."""

    NAMES = (*both("cross"), "torch.linalg.cross")
    input: Value
    other: Value
    dim: Value = -1

    def result(self) -> Tensor:
        return made(broadcast(shape_of(self.input), shape_of(self.other)), promoted(self.input, self.other))
