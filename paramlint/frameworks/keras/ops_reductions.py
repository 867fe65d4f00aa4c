"""Operations that reduce axes, and products of matrices."""

from __future__ import annotations

import math
from typing import Any

from paramlint.core.dims import Size, is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, agrees, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, axes, backend, broadcast, dtype_of, integer, ops, shape_of, tf
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown, truth
from paramlint.schema.op import Op

_REDUCTIONS = (
    "all amax amin any count_nonzero logsumexp max mean median min prod std sum var nanmax nanmean nanmedian nanmin nanprod nanstd "
    "nansum nanvar ptp"
)
_REDUCED = "all any logsumexp max mean min prod std sum variance"


def reduced(shape: Shape, axis: Any, keepdims: Any, *, drawn: bool = False) -> Shape:
    if isinstance(axis, Unknown):
        raise NeedsValue(axis)
    if not drawn and not shape.rank and axis is not None:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "an axis of a tensor without dimensions, which depends on the backend"))
    gone = axes(axis, shape.rank)
    if drawn and len(set(gone)) < len(gone):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the axes {shown(axis)}, of which one is named twice"))
    keep = truth(keepdims)
    if keep is None:
        raise NeedsValue(keepdims if isinstance(keepdims, Unknown) else Unknown.because(Why.ARGUMENT, "depends on `keepdims`"))
    return Shape(1 if i in gone else size for i, size in enumerate(shape) if keep or i not in gone)


class Reduction(Op):
    """Axes put together into one number each; without an axis, all of them."""

    NAMES = (*ops(*_REDUCTIONS.split()), *tf("norm", *(f"{p}_{name}" for p in ("reduce", "math.reduce") for name in _REDUCED.split())),
             *backend("all", "any", "logsumexp", "max", "mean", "min", "prod", "std", "sum", "var"))
    ALIASES = {"input_tensor": "x", "keep_dims": "keepdims", "tensor": "x"}
    EXTRA = "options"

    x: Value
    axis: Value = None
    keepdims: Value = False
    options: Value = None

    def result(self) -> Any:
        if isinstance(self.axis, str):
            raise Refused(f"`axis` must be an integer, got {shown(self.axis)}")
        return Tensor(reduced(shape_of(self.x), self.axis, self.keepdims, drawn=self.drawn), dtype_of(self.x))


class Average(Op):
    """The mean along an axis, with weights."""

    NAMES = ops("average")

    x: Value
    axis: Value = None
    weights: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        at = None if self.axis is None else at_axis(self.axis, shape.rank)
        if self.weights is not None:
            weights = shape_of(self.weights, "weights")
            whole = weights.rank == shape.rank and not any(map(differs, weights, shape))
            if not whole and (at is None or weights.rank != 1 or differs(weights[0], shape[at])):
                raise ShapeMismatch(f"the weights {weights.text} do not fit {shape.text}")
        return Tensor(reduced(shape, at, False), dtype_of(self.x))


class Norm(Op):
    """The norm of vectors or matrices."""

    NAMES = ops("norm", "linalg.norm")

    x: Value
    ord: Value = None
    axis: Value = None
    keepdims: Value = False

    def result(self) -> Any:
        shape = shape_of(self.x)
        if isinstance(self.ord, Unknown) or isinstance(self.axis, Unknown):
            raise NeedsValue(self.ord if isinstance(self.ord, Unknown) else self.axis)
        count = shape.rank if self.axis is None else len(self.axis) if isinstance(self.axis, list | tuple) else 1
        if isinstance(self.ord, str) and (self.ord not in ("fro", "nuc") or count == 1):
            raise ShapeMismatch(f"`ord` cannot be {shown(self.ord)} for {count} axes")
        if count == 2 and self.ord not in (None, "fro", "nuc", math.inf, -math.inf, 1, -1, 2, -2):
            raise ShapeMismatch(f"`ord` cannot be {shown(self.ord)} for matrices")
        return Tensor(reduced(shape, self.axis, self.keepdims, drawn=self.drawn), dtype_of(self.x))


class NanArgReduction(Op):
    """The place of the largest or smallest element along an axis, but for those that are no numbers."""

    NAMES = ops("nanargmax", "nanargmin")

    x: Value
    axis: Value = None
    keepdims: Value = False

    def result(self) -> Any:
        shape = shape_of(self.x)
        return Tensor(reduced(shape, None if self.axis is None else at_axis(self.axis, shape.rank), self.keepdims), "int32")


class ArgReduction(Op):
    """The place of the largest or smallest element along an axis."""

    NAMES = (*ops("argmax", "argmin"), *tf("argmax", "argmin", "math.argmax", "math.argmin"))
    ALIASES = {"input": "x"}
    EXTRA = "options"

    x: Value
    axis: Value = None
    keepdims: Value = False
    options: Value = None

    def result(self) -> Any:
        return Tensor(reduced(shape_of(self.x), self.axis, self.keepdims, drawn=self.drawn), "int64")


class BackendArgReduction(Op):
    """The place of the largest or smallest element along an axis, the last one if none is given."""

    NAMES = backend("argmax", "argmin")

    x: Value
    axis: Value = -1

    def result(self) -> Any:
        return Tensor(reduced(shape_of(self.x), self.axis, False), "int64")


class Moments(Op):
    """Mean and variance along axes."""

    NAMES = (*ops("moments"), *tf("nn.moments"))
    EXTRA = "options"

    x: Value
    axes: Value
    options: Value = None

    def result(self) -> Any:
        made = Tensor(reduced(shape_of(self.x), self.axes, self.options.get("keepdims", False), drawn=self.drawn), dtype_of(self.x))
        return made, Tensor(made.shape, made.dtype)


class TopK(Op):
    """The largest elements of the last axis, and their places."""

    NAMES = (*ops("top_k"), *tf("nn.top_k", "math.top_k"))
    ALIASES = {"input": "x"}
    EXTRA = "options"

    x: Value
    k: Value = 1
    options: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x).replace(-1, self.k)
        return Tensor(shape, dtype_of(self.x)), Tensor(shape, "int32")


# Products -----------------------------------------------------------------------------------------------------------------


def _swapped(shape: Shape, swap: Any) -> Shape:
    return Shape((*shape[:-2], shape[-1], shape[-2])) if truth(swap) and shape.rank >= 2 else shape


class MatMul(Op):
    """Product of matrices, over all axes before them that broadcast."""

    NAMES = (*ops("matmul"), *tf("matmul", "linalg.matmul"))
    ALIASES = {"a": "x1", "b": "x2"}
    KIND = "matmul"
    EXTRA = "options"

    x1: Value
    x2: Value
    transpose_a: Value = False
    transpose_b: Value = False
    options: Value = None

    def result(self) -> Any:
        left, right = _swapped(shape_of(self.x1), self.transpose_a), _swapped(shape_of(self.x2), self.transpose_b)
        if not left.rank or not right.rank:
            raise ShapeMismatch("a matrix product needs tensors with axes")
        inner = right[-2] if right.rank > 1 else right[0]
        if differs(left[-1], inner):
            raise ShapeMismatch(f"cannot multiply {left.text} with {right.text}: {left[-1]} and {inner} differ")
        batch = broadcast([left.head(-2) if left.rank > 2 else Shape(), right.head(-2) if right.rank > 2 else Shape()])
        rows = (left[-2],) if left.rank > 1 else ()
        columns = (right[-1],) if right.rank > 1 else ()
        return Tensor(Shape((*batch, *rows, *columns)), dtype_of(self.x1, self.x2))

    def macs(self, y: Any) -> Size:
        return y.shape.numel * _swapped(shape_of(self.x1), self.transpose_a)[-1]


class Dot(Op):
    """Product over the last axis of the first and the second last of the other tensor; all other axes follow one another."""

    NAMES = (*ops("dot"), *backend("dot"))
    KIND = "matmul"
    ALIASES = {"x": "x1", "y": "x2"}

    x1: Value
    x2: Value

    def result(self) -> Any:
        left, right = shape_of(self.x1), shape_of(self.x2)
        if not left.rank or not right.rank:
            return Tensor(left if left.rank else right, dtype_of(self.x1, self.x2))
        inner = right[-2] if right.rank > 1 else right[0]
        vector = self.drawn and right.rank == 1 and left.rank > 1  # there an open size equals an open one alone
        if differs(left[-1], inner) or (vector and is_unsized(left[-1]) is not is_unsized(inner)):
            raise ShapeMismatch(f"cannot multiply {left.text} with {right.text}: {left[-1]} and {inner} differ")
        return Tensor(Shape((*left[:-1], *right[:-2], *((right[-1],) if right.rank > 1 else ()))), dtype_of(self.x1, self.x2))

    def macs(self, y: Any) -> Size:
        return y.shape.numel * shape_of(self.x1)[-1]


class BatchDot(Op):
    """Products of the tensors of a batch, summed over one axis of each."""

    NAMES = backend("batch_dot")
    KIND = "matmul"

    x: Value
    y: Value
    axes: Value = None

    def result(self) -> Any:
        left, right = shape_of(self.x), shape_of(self.y)
        pair = self.axes if isinstance(self.axes, list | tuple) else (self.axes, self.axes)
        if self.axes is None:
            pair = (left.rank - 1, right.rank - 2 if right.rank > 2 else right.rank - 1)
        a, b = at_axis(pair[0], left.rank), at_axis(pair[1], right.rank)
        if differs(left[a], right[b]):
            raise ShapeMismatch(f"cannot multiply {left.text} with {right.text}")
        rest = [size for axis, size in enumerate(right) if axis not in (0, b)]
        made = [*(size for axis, size in enumerate(left) if axis != a), *rest]
        return Tensor(Shape(made if len(made) > 1 else (*made, 1)), dtype_of(self.x))


class TensorDot(Op):
    """Sum over pairs of axes."""

    NAMES = (*ops("tensordot"), *tf("tensordot"))
    ALIASES = {"a": "x1", "b": "x2"}
    KIND = "matmul"

    x1: Value
    x2: Value
    axes: Value = 2
    name: Value = None

    def result(self) -> Any:
        left, right = shape_of(self.x1), shape_of(self.x2)
        if isinstance(self.axes, list | tuple):
            if self.drawn and not all(isinstance(one, list | tuple) for one in self.axes):
                raise Refused(f"`axes` must be two lists of axes, got {shown(self.axes)}", field="axes")
            first, second = (axes(one, shape.rank) for one, shape in zip(self.axes, (left, right), strict=True))
            if len(first) != len(second):
                raise ShapeMismatch(f"{len(first)} axes of {left.text} go with {len(second)} of {right.text}")
        else:
            count = max(integer(self.axes, "axes"), 0)
            if self.drawn and (count > left.rank or count > right.rank):
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a product over {count} axes of {left.text} and {right.text}"))
            first, second = tuple(range(left.rank - count, left.rank)), tuple(range(count))
        fits = not any(differs(left[a], right[b]) for a, b in zip(first, second, strict=True))
        if not fits and (isinstance(self.axes, list | tuple) or not self.drawn):
            raise ShapeMismatch(f"cannot multiply {left.text} with {right.text}")
        return Tensor(Shape((*(s for i, s in enumerate(left) if i not in first), *(s for i, s in enumerate(right) if i not in second))),
                      dtype_of(self.x1, self.x2))


class Einsum(Op):
    """Einstein's sum: ``"bij,bjk->bik"``."""

    NAMES = (*ops("einsum"), *tf("einsum", "linalg.einsum"))
    REST = "operands"
    EXTRA = "options"
    KIND = "matmul"

    subscripts: Value
    operands: Value = ()
    options: Value = None

    def result(self) -> Any:
        if not isinstance(self.subscripts, str):
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "the subscripts of an einsum"))
        inputs, arrow, output = self.subscripts.replace(" ", "").partition("->")
        terms = inputs.split(",")
        shapes = [shape_of(one) for one in self.operands]
        if len(terms) != len(shapes) or not arrow:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the einsum {self.subscripts!r}"))
        found: dict[str, Any] = {}
        rest: list[Shape] = []
        for term, shape in zip(terms, shapes, strict=True):
            before, dots, after = term.partition("...")
            middle = shape.rank - len(before) - len(after)
            if middle < 0 or (middle and not dots):
                raise ShapeMismatch(f"the term {term!r} does not fit {shape.text}")
            named = [*zip(before, shape[:len(before)], strict=True), *zip(after, shape[shape.rank - len(after):], strict=True)]
            rest.append(Shape(shape[len(before):len(before) + middle]))
            for letter, size in named:
                if self.drawn and letter in found and letter in output and (agrees(size, 1) or agrees(found[letter], 1)):
                    found[letter] = found[letter] if agrees(size, 1) else size
                    continue
                if letter in found and differs(found[letter], size):
                    if self.drawn and letter not in output:  # a graph does not compare the sizes that are summed over
                        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the sizes of `{letter}` differ in {self.subscripts!r}"))
                    raise ShapeMismatch(f"the sizes of `{letter}` differ in {self.subscripts!r}: {found[letter]} and {size}")
                found[letter] = size if isinstance(size, int) else found.get(letter, size)
        before, dots, after = output.partition("...")
        if not set(before + after) <= found.keys():
            raise ShapeMismatch(f"the output of {self.subscripts!r} has an axis that no input has")
        return Tensor(Shape((*(found[c] for c in before), *(broadcast(rest) if dots else ()), *(found[c] for c in after))),
                      dtype_of(*self.operands))
