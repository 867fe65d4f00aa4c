"""Operations of linear algebra: decompositions, inverses, systems of equations.

Source: compute_output_spec in keras/src/ops/linalg.py and math.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import dtype_of, ops, shape_of
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown, truth
from paramlint.schema.op import Op


def _both(*names: str) -> tuple[str, ...]:
    return ops(*names, *(f"linalg.{name}" for name in names))


def _matrices(value: Any, name: str = "x", *, square: bool = False) -> Shape:
    shape = shape_of(value, name)
    if shape.rank < 2:
        raise ShapeMismatch(f"expected at least 2 dimensions, got {shape.rank}: {shape.text}")
    if square and _unequal(shape[-1], shape[-2]):
        raise ShapeMismatch(f"expected square matrices, got {shape.text}")
    return shape


def _unequal(left: Any, right: Any) -> bool:
    """Whether two sizes differ as a graph sees them: an open one equals an open one alone."""
    return is_unsized(left) is not is_unsized(right) or (not is_unsized(left) and differs(left, right))


def _smaller(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return min(left, right)
    raise NeedsValue(Unknown.because(Why.INPUT, f"which of the sizes {left} and {right} is smaller"))


class OfSquareMatrices(Op):
    """A function of square matrices that gives matrices of the same size."""

    NAMES = _both("cholesky", "cholesky_inverse", "inv")
    EXTRA = "options"

    x: Value
    options: Value = None

    def result(self) -> Any:
        return Tensor(_matrices(self.x, square=True), dtype_of(self.x))


class Determinant(Op):
    """The determinants of square matrices."""

    NAMES = _both("det")

    x: Value

    def result(self) -> Any:
        return Tensor(Shape(_matrices(self.x, square=True)[:-2]), dtype_of(self.x))


class LogDeterminant(Op):
    """The logarithms of determinants."""

    NAMES = ops("logdet")

    x: Value

    def result(self) -> Any:
        return Tensor(Shape(shape_of(self.x)[:-2]), dtype_of(self.x))


class SignedLogDeterminant(Op):
    """Signs and logarithms of determinants; in a graph all signs are one number."""

    NAMES = ops("slogdet")

    x: Value

    def result(self) -> Any:
        shape = Shape(shape_of(self.x)[:-2])
        return Tensor(Shape() if self.drawn else shape, dtype_of(self.x)), Tensor(shape, dtype_of(self.x))


class Rank(Op):
    """The ranks of matrices."""

    NAMES = _both("matrix_rank")

    x: Value
    tol: Value = None

    def result(self) -> Any:
        return Tensor(Shape(_matrices(self.x)[:-2]), "int32")


class EigenValues(Op):
    """Eigenvalues and eigenvectors of square matrices."""

    NAMES = _both("eig", "eigh")

    x: Value

    def result(self) -> Any:
        shape = _matrices(self.x, square=True)
        return Tensor(Shape(shape[:-1]), dtype_of(self.x)), Tensor(shape, dtype_of(self.x))


class QR(Op):
    """Orthogonal and triangular factors of matrices."""

    NAMES = _both("qr")

    x: Value
    mode: Value = "reduced"

    def result(self) -> Any:
        if isinstance(self.mode, Unknown):
            raise NeedsValue(self.mode)
        if self.mode not in ("reduced", "complete"):
            raise Refused(f"`mode` must be 'reduced' or 'complete', got {shown(self.mode)}", field="mode")
        *batch, rows, columns = _matrices(self.x)
        if is_unsized(rows) or is_unsized(columns):
            raise ShapeMismatch("the last 2 sizes must be known")
        inner = _smaller(rows, columns) if self.mode == "reduced" else rows
        return Tensor(Shape((*batch, rows, inner)), dtype_of(self.x)), Tensor(Shape((*batch, inner, columns)), dtype_of(self.x))


class SVD(Op):
    """Singular values of matrices, and the orthogonal factors."""

    NAMES = _both("svd")

    x: Value
    full_matrices: Value = True
    compute_uv: Value = True

    def result(self) -> Any:
        *batch, rows, columns = _matrices(self.x)
        full, vectors = truth(self.full_matrices), truth(self.compute_uv)
        if full is None or vectors is None:
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "depends on `full_matrices` and `compute_uv`"))
        least, kind = _smaller(rows, columns), dtype_of(self.x)
        values = Tensor(Shape((*batch, least)), kind)
        if not vectors:
            return values
        left = Tensor(Shape((*batch, rows, rows if full else least)), kind)
        return left, values, Tensor(Shape((*batch, columns if full else least, columns)), kind)


class LUFactor(Op):
    """Triangular factors of matrices, and the order of their rows."""

    NAMES = _both("lu_factor")

    x: Value

    def result(self) -> Any:
        shape = _matrices(self.x)
        return Tensor(shape, dtype_of(self.x)), Tensor(Shape((*shape[:-2], _smaller(shape[-2], shape[-1]))), dtype_of(self.x))


class PseudoInverse(Op):
    """The pseudo-inverses of matrices."""

    NAMES = _both("pinv")

    x: Value
    rcond: Value = None

    def result(self) -> Any:
        shape = _matrices(self.x)
        return Tensor(Shape((*shape[:-2], shape[-1], shape[-2])), dtype_of(self.x))


class Solve(Op):
    """Solutions of systems of linear equations."""

    NAMES = _both("solve", "solve_triangular")
    EXTRA = "options"

    a: Value
    b: Value
    options: Value = None

    def result(self) -> Any:
        a, b = _matrices(self.a, "a", square=True), shape_of(self.b, "b")
        if not b.rank:
            raise ShapeMismatch("the right side has no dimensions")
        if a.rank == b.rank:
            fits = not _unequal(a[-2], b[-2])
        elif a.rank == b.rank - 1:
            fits = not _unequal(a[-1], b[-1])
        elif self.drawn:
            fits = True
        else:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a system of equations of {a.text} and {b.text}"))
        if not fits:
            raise ShapeMismatch(f"{a.text} and {b.text} do not go together")
        return Tensor(b, dtype_of(self.b))


class LeastSquares(Op):
    """The solution of an overdetermined system of linear equations."""

    NAMES = _both("lstsq")

    a: Value
    b: Value
    rcond: Value = None

    def result(self) -> Any:
        a, b = shape_of(self.a, "a"), shape_of(self.b, "b")
        if a.rank != 2 or b.rank not in (1, 2) or _unequal(a[0], b[0]):
            raise ShapeMismatch(f"{a.text} and {b.text} do not go together")
        return Tensor(Shape((a[1], *b[1:])), dtype_of(self.a))
