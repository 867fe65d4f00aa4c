"""Operations that build tensors from others: diagonals, products, windows, parts, blocks of pixels.

Source: compute_output_spec in keras/src/ops/numpy.py, math.py, nn.py and core.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, broadcast, dtype_of, integer, ops, shape_of, sizes, tensors_only, when_known
from paramlint.frameworks.keras.ops_joining import Concatenate, Split
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Diag(Op):
    """The diagonal of a matrix, or a matrix with a diagonal."""

    NAMES = ops("diag")

    x: Value
    k: Value = 0

    def result(self) -> Any:
        shape, k = shape_of(self.x), integer(self.k, "k")
        if shape.rank not in (1, 2):
            raise ShapeMismatch(f"expected 1 or 2 dimensions, got {shape.rank}: {shape.text}")
        if shape.rank == 1:
            side = when_known(lambda: shape[0] + abs(k), shape[0])
            return Tensor(Shape((side, side)), dtype_of(self.x))
        return Tensor(Shape((when_known(lambda: self._length(shape, k), *shape),)), dtype_of(self.x))

    def _length(self, shape: Shape, k: int) -> Any:
        rows, columns = shape
        if not isinstance(rows, int) or not isinstance(columns, int):
            raise NeedsValue(Unknown.because(Why.INPUT, f"the diagonal of {shape.text}"))
        return max(0, min(columns - k if k > 0 else rows + k, rows, columns))


class DiagFlat(Op):
    """A matrix with all elements of a tensor on a diagonal."""

    NAMES = ops("diagflat")

    x: Value
    k: Value = 0

    def result(self) -> Any:
        shape = shape_of(self.x)
        side = when_known(lambda: shape.numel + abs(integer(self.k, "k")), *shape)
        return Tensor(Shape((side, side)), dtype_of(self.x))


class Cross(Op):
    """Cross products of vectors."""

    NAMES = ops("cross")

    x1: Value
    x2: Value
    axisa: Value = -1
    axisb: Value = -1
    axisc: Value = -1
    axis: Value = None

    def result(self) -> Any:
        tensors_only(self.drawn, x1=self.x1, x2=self.x2)
        one, two = shape_of(self.x1), shape_of(self.x2)
        first, second, third = (self.axis if self.axis is not None else at for at in (self.axisa, self.axisb, self.axisc))
        a, b = at_axis(first, one.rank), at_axis(second, two.rank)
        rest = broadcast([Shape((*one[:a], *one[a + 1:])), Shape((*two[:b], *two[b + 1:]))])
        for size in (one[a], two[b]):
            if isinstance(size, int) and size not in (2, 3):
                raise ShapeMismatch(f"vectors of a cross product have the size 2 or 3, got {size}")
        vector = (3,) if any(isinstance(size, int) and size == 3 for size in (one[a], two[b])) else ()
        if not vector and not self.drawn and (is_unsized(one[a]) or is_unsized(two[b])):
            raise NeedsValue(Unknown.because(Why.INPUT, "the size of the vectors of a cross product"))
        at = at_axis(third, rest.rank + len(vector))
        return Tensor(Shape((*rest[:at], *vector, *rest[at:])), dtype_of(self.x1, self.x2))


class Kronecker(Op):
    """The Kronecker product of two tensors."""

    NAMES = ops("kron")

    x1: Value
    x2: Value

    def result(self) -> Any:
        one, two = shape_of(self.x1), shape_of(self.x2)
        if one.rank != two.rank and not self.drawn:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the Kronecker product of {one.text} and {two.text}"))
        made = (when_known(lambda a=a, b=b: a * b, a, b) for a, b in zip(one, two, strict=False))
        return Tensor(Shape(made), dtype_of(self.x1, self.x2))


class Vandermonde(Op):
    """Powers of numbers as columns."""

    NAMES = ops("vander")

    x: Value
    N: Value = None
    increasing: Value = False

    def result(self) -> Any:
        shape = shape_of(self.x).expect_rank(1)
        if self.N is not None and integer(self.N, "N") < 0:
            raise Refused("`N` must not be negative", field="N")
        if not isinstance(self.increasing, bool | Unknown):
            raise Refused(f"`increasing` must be True or False, got {shown(self.increasing)}", field="increasing")
        return Tensor(Shape((*shape, shape[0] if self.N is None else self.N)), dtype_of(self.x))


class DepthStack(Op):
    """Tensors behind each other: along the third axis."""

    NAMES = ops("dstack")

    xs: Value

    def result(self) -> Any:
        if isinstance(self.xs, Unknown):
            raise NeedsValue(self.xs)
        op = Concatenate.build([[Tensor(_deep(shape_of(one)), dtype_of(one)) for one in self.xs], 2])
        op.drawn = self.drawn
        return op.result()


def _deep(shape: Shape) -> Shape:
    if shape.rank > 1:
        return shape if shape.rank > 2 else Shape((*shape, 1))
    return Shape((1, *shape, 1) if shape.rank else (1, 1, 1))


class SplitAcross(Op):
    """A tensor cut along its second axis, a vector along its only one."""

    NAMES = ops("hsplit")
    LEAST, AXIS = 1, 1

    x: Value
    indices_or_sections: Value

    def result(self) -> Any:
        rank = shape_of(self.x).rank
        if rank < self.LEAST:
            raise ShapeMismatch(f"expected at least {self.LEAST} dimensions, got {rank}: {shape_of(self.x).text}")
        op = Split.build([self.x, self.indices_or_sections, min(self.AXIS, rank - 1)])
        op.drawn = self.drawn
        return op.result()


class SplitDown(SplitAcross):
    """A tensor cut along its first axis."""

    NAMES = ops("vsplit")
    LEAST, AXIS = 2, 0


class SplitDeep(SplitAcross):
    """A tensor cut along its third axis."""

    NAMES = ops("dsplit")
    LEAST, AXIS = 3, 2


class Select(Op):
    """Elements of one of several tensors, by conditions; a graph takes the result to have the first one's shape."""

    NAMES = ops("select")

    condlist: Value
    choicelist: Value
    default: Value = 0

    def result(self) -> Any:
        for name, given in (("condlist", self.condlist), ("choicelist", self.choicelist)):
            if isinstance(given, Unknown):
                raise NeedsValue(given)
            if not isinstance(given, list | tuple) or not given:
                raise ShapeMismatch(f"`{name}` must be a list of tensors, got {shown(given)}")
        if self.drawn:
            return Tensor(shape_of(self.choicelist[0]), dtype_of(self.choicelist[0]))
        return Tensor(broadcast([shape_of(one) for one in (*self.condlist, *self.choicelist)]), dtype_of(*self.choicelist))


class Scatter(Op):
    """A tensor of a given shape, with values in some places."""

    NAMES = ops("scatter")

    indices: Value
    values: Value
    shape: Value

    def result(self) -> Any:
        return Tensor(Shape(sizes(self.shape)), dtype_of(self.values))


class Polar(Op):
    """Complex numbers of lengths and angles; a graph takes the shape of the lengths."""

    NAMES = ops("polar", "nn.polar")

    abs__: Value
    angle: Value

    def result(self) -> Any:
        one, two = shape_of(self.abs__, "abs_"), shape_of(self.angle, "angle")
        return Tensor(one if self.drawn else broadcast([one, two]), "complex64")


class ViewAsComplex(Op):
    """Pairs along the last axis as complex numbers."""

    NAMES = ops("view_as_complex")

    x: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        if not self.drawn and (not shape.rank or differs(shape[-1], 2)):
            raise ShapeMismatch(f"the last size must be 2, got {shape.text}")
        return Tensor(Shape(shape[:-1]), "complex64")


class ViewAsReal(Op):
    """Complex numbers as pairs along a new last axis."""

    NAMES = ops("view_as_real")

    x: Value

    def result(self) -> Any:
        return Tensor(Shape((*shape_of(self.x), 2)), "float32")


class MultiHot(Op):
    """Which classes occur in each row."""

    NAMES = ops("multi_hot", "nn.multi_hot")
    ALIASES = {"num_tokens": "num_classes"}

    inputs: Value
    num_classes: Value = None
    axis: Value = -1
    dtype: Value = None
    sparse: Value = False

    def result(self) -> Any:
        shape = list(shape_of(self.inputs, "inputs"))
        if self.num_classes is None:
            raise ShapeMismatch("`num_classes` must be given")
        axis = integer(self.axis)
        if axis != -1 and not 0 <= axis < len(shape):
            raise ShapeMismatch(f"axis {axis} of {Shape(shape).text}")
        shape.insert(len(shape) if axis == -1 else axis, self.num_classes)
        return Tensor(Shape((shape[-1],) if len(shape) == 2 else (shape[0], *shape[2:])), dtype_of(self.inputs))


class Spaced(Op):
    """Numbers at equal ratios between those of two tensors, along a new axis."""

    NAMES = ops("logspace", "geomspace")
    EXTRA = "options"

    start: Value
    stop: Value
    num: Value = 50
    options: Value = None

    def result(self) -> Any:
        shape = broadcast([shape_of(self.start, "start"), shape_of(self.stop, "stop")])
        if not isinstance(self.start, Tensor) and not isinstance(self.stop, Tensor) and "axis" in self.options:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "`axis`, which depends on the backend"))
        at = at_axis(self.options.get("axis", 0), shape.rank + 1)
        if isinstance(self.num, int) and self.num < 0:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"{self.num} numbers"))
        return Tensor(Shape((*shape[:at], self.num, *shape[at:])), "float32")


class Correlate(Op):
    """The correlation of two signals."""

    NAMES = ops("correlate")

    x1: Value
    x2: Value
    mode: Value = "valid"

    def result(self) -> Any:
        one, two = shape_of(self.x1).expect_rank(1)[0], shape_of(self.x2).expect_rank(1)[0]
        if not isinstance(one, int) or not isinstance(two, int):
            raise NeedsValue(Unknown.because(Why.INPUT, "the length of a correlation of signals of open lengths"))
        if self.mode not in ("valid", "same", "full"):
            raise ShapeMismatch(f"`mode` must be 'valid', 'same' or 'full', got {shown(self.mode)}")
        made = {"valid": abs(one - two) + 1, "same": max(one, two), "full": one + two - 1}[self.mode]
        return Tensor(Shape((made,)), dtype_of(self.x1, self.x2))


class Triangle(Op):
    """A matrix with ones on and below a diagonal."""

    NAMES = ops("tri")

    N: Value
    M: Value = None
    k: Value = 0
    dtype: Value = None

    def result(self) -> Any:
        return Tensor(Shape(sizes([self.N, self.M or self.N])), "float32")


class Places(Op):
    """Numbers of elements as their places along each axis of a shape."""

    NAMES = ops("unravel_index")

    indices: Value
    shape: Value

    def result(self) -> Any:
        count = len(sizes(self.shape))
        return [Tensor(shape_of(self.indices, "indices"), "int32") for _ in range(min(count, 100))]
