"""Matrix products, attention and linear algebra.

Source: the documentation of torch ("BLAS and LAPACK operations"), torch.linalg and torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Formula, Size, product
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.formulas import affine_macs
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    UNTYPED,
    at_axis,
    both,
    changing,
    decided,
    dtype_of,
    function,
    functional,
    made,
    method,
    mixed,
    promoted,
    shape_of,
)
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown, truth
from paramlint.schema.op import Op


def matrix_product(one: Shape, other: Shape) -> Shape:
    """The shape of a matrix product: vectors lose their axis, axes before the last two are broadcast."""
    unfit(not one or not other, f"a matrix product takes at least one dimension: {one.text} and {other.text}")
    inner = other[-2] if other.rank > 1 else other[0]
    if differs(one[-1], inner):
        raise ShapeMismatch(f"{one.text} and {other.text} cannot be multiplied: {one[-1]} and {inner} differ",
                            fits=one[-1] if isinstance(one[-1], int) else None)
    batch = broadcast(one[:-2], other[:-2])
    return Shape((*batch, *(one[-2:-1] if one.rank > 1 else ()), *(other[-1:] if other.rank > 1 else ())))


class MatrixProduct(Op):
    """``x @ y``."""

    NAMES = (*both("matmul"), *method("__matmul__", "__imatmul__"), "torch.linalg.matmul")
    KIND = "matmul"
    RANKS: ClassVar[tuple[int, int] | None] = None
    input: Value
    other: Value
    ALIASES: ClassVar[dict[str, str]] = {"mat2": "other", "tensor2": "other", "vec": "other", "vec2": "other", "self": "input",
                                         "out_dtype": "other"}

    def result(self) -> Tensor:
        if not isinstance(self.other, Tensor | Unknown | Formula):
            raise Refused(f"the product of a tensor with {shown(self.other)}")
        one, other = shape_of(self.input), shape_of(self.other, "other")
        types = {dtype_of(self.input), dtype_of(self.other)}
        unfit(len(types) > 1 and not all(kind in (UNTYPED, "float32", "float16") for kind in types),
              f"matrices of different types: {' and '.join(sorted(types))}")
        if self.RANKS is not None and (one.rank, other.rank) != self.RANKS:
            raise ShapeMismatch(f"expected {self.RANKS[0]} and {self.RANKS[1]} dimensions, got {one.text} and {other.text}")
        self.check(one, other)
        return made(matrix_product(one, other), promoted(self.input, self.other))

    def unsure(self) -> str:
        return mixed(self.input, self.other)

    def check(self, one: Shape, other: Shape) -> None:
        """Raise ShapeMismatch for what only this product refuses."""

    def macs(self, y: Any) -> Size:
        return affine_macs(shape_of(y).numel, shape_of(self.input)[-1])


class MatrixMatrix(MatrixProduct):
    """The product of two matrices."""

    NAMES = (*both("mm"), *method("smm"))
    RANKS = (2, 2)


class BatchMatrix(MatrixProduct):
    """Products of as many matrices as the batch has."""

    NAMES = both("bmm")
    RANKS = (3, 3)

    def check(self, one: Shape, other: Shape) -> None:
        if differs(one[0], other[0]):
            raise ShapeMismatch(f"batches of different sizes: {one.text} and {other.text}")


class MatrixVector(MatrixProduct):
    """The product of a matrix and a vector."""

    NAMES = both("mv")
    RANKS = (2, 1)


class DotProduct(MatrixProduct):
    """The product of two vectors."""

    NAMES = (*both("dot", "vdot"),)
    RANKS = (1, 1)


class AddProduct(Op):
    """``beta * input + alpha * (x @ y)``."""

    NAMES = changing("addmm", "baddbmm", "addmv", "addbmm")
    KIND = "matmul"
    input: Value
    mat1: Value
    mat2: Value
    beta: Value = 1
    alpha: Value = 1
    ALIASES: ClassVar[dict[str, str]] = {"batch1": "mat1", "batch2": "mat2", "mat": "mat1", "vec": "mat2"}

    def result(self) -> Tensor:
        one, other = shape_of(self.mat1), shape_of(self.mat2)
        found = matrix_product(one, other)
        given = shape_of(self.input)
        if given.rank == 2 and found.rank == 3:  # addbmm sums over the batch
            found = Shape(found[1:])
        whole = broadcast(given, found)
        unfit(whole.rank != found.rank or any(map(differs, whole, found)), f"{given.text} cannot be expanded to {found.text}")
        return made(found, promoted(self.input, self.mat1, self.mat2))

    def unsure(self) -> str:
        return mixed(self.input, self.mat1, self.mat2)

    def macs(self, y: Any) -> Size:
        one, other = shape_of(self.mat1), shape_of(self.mat2)
        return affine_macs(matrix_product(one, other).numel, one[-1])


class GroupedProduct(Op):
    """Matrix products of groups of rows (or of columns, or of what is summed over), which ``offs`` tells where they end."""

    NAMES = (*functional("grouped_mm"), *function("_grouped_mm"))
    KIND = "matmul"
    mat_a: Value
    mat_b: Value
    offs: Value = None
    bias: Value = None
    out_dtype: Value = None
    ALIASES: ClassVar[dict[str, str]] = {"self": "mat_a", "mat2": "mat_b"}

    def result(self) -> Tensor:
        one, other = shape_of(self.mat_a, "mat_a"), shape_of(self.mat_b, "mat_b")
        unfit(not 2 <= one.rank <= 3 or not 2 <= other.rank <= 3, f"expected 2 or 3 dimensions, got {one.text} and {other.text}")
        if differs(one[-1], other[-2]):
            raise ShapeMismatch(f"{one.text} and {other.text} cannot be multiplied: {one[-1]} and {other[-2]} differ")
        if one.rank == other.rank == 3:
            unfit(differs(one[0], other[0]), f"{one[0]} and {other[0]} groups")
            groups: tuple[Any, ...] = (one[0],)
        else:
            groups = tuple(shape_of(self.offs, "offs")[:1]) if one.rank == other.rank else ()
        return made((*groups, one[-2], other[-1]), self.out_dtype or promoted(self.mat_a, self.mat_b))

    def macs(self, y: Any) -> Size:
        """Each row meets one group; where the sum is what is grouped, each term of it belongs to one group."""
        one, other = shape_of(self.mat_a), shape_of(self.mat_b)
        return affine_macs(product(one[:-1] if one.rank == other.rank == 3 or one.rank == 2 else one[-2:-1]) * other[-1], one[-1])


class OuterProduct(Op):
    """Every element of one vector times every element of another."""

    NAMES = both("outer", "ger")
    input: Value
    vec2: Value

    def result(self) -> Tensor:
        one, other = shape_of(self.input), shape_of(self.vec2)
        unfit(one.rank != 1 or other.rank != 1, f"outer() takes two vectors, got {one.text} and {other.text}")
        return made((*one, *other), promoted(self.input, self.vec2))


class InnerProduct(Op):
    """Sums over the last axes of two tensors."""

    NAMES = both("inner")
    KIND = "matmul"
    input: Value
    other: Value

    def result(self) -> Tensor:
        one, other = shape_of(self.input), shape_of(self.other)
        if not one or not other:
            return made(one or other, promoted(self.input, self.other))
        unfit(differs(one[-1], other[-1]), f"the last dimensions of {one.text} and {other.text} differ")
        return made((*one[:-1], *other[:-1]), promoted(self.input, self.other))

    def macs(self, y: Any) -> Size:
        one = shape_of(self.input)
        return affine_macs(shape_of(y).numel, one[-1] if one else 1)


class KroneckerProduct(Op):
    """Every element of one tensor times the whole other one."""

    NAMES = both("kron")
    input: Value
    other: Value

    def result(self) -> Tensor:
        one, other = shape_of(self.input), shape_of(self.other)
        rank = max(one.rank, other.rank)
        pairs = zip((1,) * (rank - one.rank) + tuple(one), (1,) * (rank - other.rank) + tuple(other), strict=True)
        return made([left * right for left, right in pairs], promoted(self.input, self.other))


class TensorProduct(Op):
    """Sums over axes of two tensors: the last ``dims`` and the first, or those listed."""

    NAMES = function("tensordot")
    KIND = "matmul"
    a: Value
    b: Value
    dims: Value = 2

    def _axes(self) -> tuple[list[int], list[int]]:
        one, other = shape_of(self.a), shape_of(self.b)
        dims = decided(self.dims)
        if isinstance(dims, int):
            return list(range(one.rank - dims, one.rank)), list(range(dims))
        return [at_axis(at, one.rank) for at in dims[0]], [at_axis(at, other.rank) for at in dims[1]]

    def result(self) -> Tensor:
        one, other = shape_of(self.a), shape_of(self.b)
        left, right = self._axes()
        for at, to in zip(left, right, strict=True):
            unfit(differs(one[at], other[to]), f"dimension {at} of {one.text} and dimension {to} of {other.text} differ")
        return made((*(size for at, size in enumerate(one) if at not in left), *(size for at, size in enumerate(other) if at not in right)),
                    promoted(self.a, self.b))

    def macs(self, y: Any) -> Size:
        return affine_macs(shape_of(y).numel, product(shape_of(self.a)[at] for at in self._axes()[0]))


class Attention(Op):
    """``softmax(query @ key.T) @ value`` over ``(*, length, features)``."""

    NAMES = (*functional("scaled_dot_product_attention"), "torch._C._nn.scaled_dot_product_attention")
    KIND = "attention"
    query: Value
    key: Value
    value: Value
    attn_mask: Value = None
    dropout_p: Value = 0.0
    is_causal: Value = False
    scale: Value = None
    enable_gqa: Value = False

    def result(self) -> Tensor:
        query, key, value = (shape_of(getattr(self, name), name) for name in ("query", "key", "value"))
        for shape in (query, key, value):
            unfit(shape.rank < 2, f"attention takes at least 2 dimensions, got {shape.text}")
        unfit(differs(query[-1], key[-1]), f"query {query.text} and key {key.text} have different numbers of features")
        unfit(differs(key[-2], value[-2]), f"key {key.text} and value {value.text} have different lengths")
        grouped = truth(self.enable_gqa)
        if grouped is False:
            batch = broadcast(query[:-2], key[:-2], value[:-2])
        elif grouped:
            batch = Shape(query[:-2])
        else:
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "`enable_gqa` is not known"))
        if isinstance(self.attn_mask, Tensor) and isinstance(self.attn_mask.shape, Shape):
            whole = Shape((*batch, query[-2], key[-2]))
            found = broadcast(self.attn_mask.shape, whole)
            unfit(found.rank != whole.rank or any(map(differs, found, whole)),
                  f"`attn_mask` {self.attn_mask.shape.text} does not fit {whole.text}")
        return made((*batch, query[-2], value[-1]), dtype_of(self.query))

    def macs(self, y: Any) -> Size:
        """The products with the key and with the value; a causal mask saves nothing."""
        out, query, key = shape_of(y), shape_of(self.query), shape_of(self.key)
        weights = product(out[:-1]) * key[-2]
        return weights * query[-1] + weights * out[-1]


# Linear algebra -----------------------------------------------------------------------------------------------------------
