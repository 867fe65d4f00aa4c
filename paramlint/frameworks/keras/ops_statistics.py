"""Operations that count, compare and measure: quantiles, histograms, places in a sequence, losses.

Source: compute_output_spec in keras/src/ops/numpy.py, math.py and nn.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, broadcast, dtype_of, integer, ops, shape_of, tensors_only
from paramlint.frameworks.keras.ops_reductions import reduced
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


def same_sizes(one: Shape, two: Shape) -> bool:
    """Whether two shapes are equal as a graph sees them: an open size equals an open one alone."""
    return one.rank == two.rank and not any(
        is_unsized(a) is not is_unsized(b) or (not is_unsized(a) and differs(a, b)) for a, b in zip(one, two, strict=True))


class Percentile(Op):
    """Percentiles along axes; several of them along a new first axis."""

    NAMES = ops("percentile", "nanpercentile")
    SINGLE = False  # whether a list of one quantile is as good as a number

    x: Value
    q: Value
    axis: Value = None
    method: Value = "linear"
    keepdims: Value = False

    def result(self) -> Any:
        made = reduced(shape_of(self.x), self.axis, self.keepdims, drawn=self.drawn)
        if isinstance(self.q, Tensor):
            shape = shape_of(self.q, "q")
            return Tensor(Shape((*shape[:1], *made)), dtype_of(self.x))
        if isinstance(self.q, Unknown):
            raise NeedsValue(self.q)
        several = isinstance(self.q, list | tuple) and (len(self.q) > 1 or not (self.SINGLE and self.drawn))
        return Tensor(Shape((len(self.q), *made)) if several else made, dtype_of(self.x))


class Quantile(Percentile):
    """Quantiles along axes; several of them along a new first axis."""

    NAMES = ops("quantile", "nanquantile")
    SINGLE = True


class Histogram(Op):
    """How many elements fall into each of a number of equal ranges, and where these end."""

    NAMES = ops("histogram")

    x: Value
    bins: Value = 10
    range: Value = None

    def result(self) -> Any:
        if isinstance(self.bins, Unknown) or isinstance(self.range, Unknown):
            raise NeedsValue(self.bins if isinstance(self.bins, Unknown) else self.range)
        if not isinstance(self.bins, int) or self.bins < 0:
            raise Refused(f"`bins` must be a whole number, got {shown(self.bins)}", field="bins")
        if self.range is not None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a histogram of a given range"))
        shape_of(self.x)
        return Tensor(Shape((self.bins,)), dtype_of(self.x)), Tensor(Shape((self.bins + 1,)), dtype_of(self.x))


class BinCount(Op):
    """How often each number occurs."""

    NAMES = ops("bincount")

    x: Value
    weights: Value = None
    minlength: Value = 0
    sparse: Value = False

    def result(self) -> Any:
        if self.weights is not None or not self.drawn:
            raise NeedsValue(Unknown.because(Why.INPUT, "the largest of the numbers that are counted"))
        return Tensor(Shape((*shape_of(self.x)[:-1], unsized("numbers"))), "int32")


class SearchSorted(Op):
    """The places of values in a sequence in order."""

    NAMES = ops("searchsorted")

    sorted_sequence: Value
    values: Value
    side: Value = "left"

    def result(self) -> Any:
        shape_of(self.sorted_sequence).expect_rank(1)
        return Tensor(shape_of(self.values, "values"), "int32")


class Digitize(Op):
    """The numbers of the ranges that elements fall into."""

    NAMES = ops("digitize")

    x: Value
    bins: Value

    def result(self) -> Any:
        if shape_of(self.bins, "bins").rank > 1:
            raise ShapeMismatch(f"`bins` must have one dimension, got {shape_of(self.bins).text}")
        return Tensor(shape_of(self.x), "int32")


class IsIn(Op):
    """Whether elements are among others."""

    NAMES = ops("isin")
    EXTRA = "options"

    x1: Value
    x2: Value
    options: Value = None

    def result(self) -> Any:
        tensors_only(self.drawn, x1=self.x1)
        return Tensor(shape_of(self.x1), "bool")


class Whole(Op):
    """One number for two tensors."""

    NAMES = ops("allclose", "vdot")
    EXTRA = "options"

    x1: Value
    x2: Value
    options: Value = None

    def result(self) -> Any:
        one, two = shape_of(self.x1), shape_of(self.x2)
        if not self.drawn and not same_sizes(one, two):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"whether {one.text} and {two.text} go together"))
        return Tensor(Shape(), dtype_of(self.x1, self.x2))


class SignalToNoise(Op):
    """The ratio of a signal to its noise."""

    NAMES = ops("psnr", "nn.psnr")

    x1: Value
    x2: Value
    max_val: Value

    def result(self) -> Any:
        one, two = shape_of(self.x1), shape_of(self.x2)
        if one.rank != two.rank:
            raise ShapeMismatch(f"{one.text} and {two.text} differ in their number of dimensions")
        if not self.drawn and not same_sizes(one, two):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"whether {one.text} and {two.text} go together"))
        return Tensor(Shape(), "float32")


class Correlations(Op):
    """How rows of a matrix correlate; a graph takes the result to have the matrix's shape."""

    NAMES = ops("corrcoef")

    x: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        if not self.drawn:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the correlations in {shape.text}"))
        return Tensor(shape, dtype_of(self.x))


class InTopK(Op):
    """Whether each target is among the k likeliest."""

    NAMES = ops("in_top_k")

    targets: Value
    predictions: Value
    k: Value

    def result(self) -> Any:
        return Tensor(shape_of(self.targets, "targets"), "bool")


class Distances(Op):
    """Distances of all points of one set to all of another."""

    NAMES = ops("cdist")

    x: Value
    y: Value

    def result(self) -> Any:
        tensors_only(self.drawn, x=self.x, y=self.y)
        one, two = shape_of(self.x), shape_of(self.y, "y")
        if one.rank < 2 or two.rank < 2 or differs(one[-1], two[-1]):
            raise ShapeMismatch(f"{one.text} and {two.text} do not go together")
        return Tensor(Shape((*broadcast([Shape(one[:-2]), Shape(two[:-2])]), one[-2], two[-2])), dtype_of(self.x, self.y))


class BinaryCrossentropy(Op):
    """The cross-entropy of each element with its target."""

    NAMES = ops("binary_crossentropy", "nn.binary_crossentropy")

    target: Value
    output: Value
    from_logits: Value = False

    def result(self) -> Any:
        target, output = shape_of(self.target, "target"), shape_of(self.output, "output")
        if not same_sizes(target, output):
            raise ShapeMismatch(f"{target.text} and {output.text} differ")
        return Tensor(output, dtype_of(self.output))


class CategoricalCrossentropy(Op):
    """The cross-entropy of rows with their targets; a graph leaves the last axis out, whichever is told."""

    NAMES = ops("categorical_crossentropy", "nn.categorical_crossentropy")

    target: Value
    output: Value
    from_logits: Value = False
    axis: Value = -1

    def result(self) -> Any:
        target, output = shape_of(self.target, "target"), shape_of(self.output, "output")
        if not same_sizes(target, output) or not output.rank:
            raise ShapeMismatch(f"{target.text} and {output.text} do not go together")
        gone = output.rank - 1 if self.drawn else at_axis(self.axis, output.rank)
        return Tensor(Shape((*output[:gone], *output[gone + 1:])), dtype_of(self.output))


class SparseCategoricalCrossentropy(Op):
    """The cross-entropy of rows with the numbers of their classes."""

    NAMES = ops("sparse_categorical_crossentropy", "nn.sparse_categorical_crossentropy")

    target: Value
    output: Value
    from_logits: Value = False
    axis: Value = -1

    def result(self) -> Any:
        target, output = shape_of(self.target, "target"), shape_of(self.output, "output")
        if not output.rank:
            raise ShapeMismatch("`output` has no dimensions")
        gone = at_axis(self.axis, output.rank)
        if target.rank == output.rank and isinstance(target[-1], int) and target[-1] == 1:
            target = Shape(target[:-1])
        left = Shape((*output[:gone], *output[gone + 1:]))
        if not same_sizes(target, left):
            raise ShapeMismatch(f"{target.text} and {output.text} do not go together")
        return Tensor(left, dtype_of(self.output))


class SegmentReduction(Op):
    """Rows put together by the numbers of their segments."""

    NAMES = ops("segment_sum", "segment_max", "segment_min", "segment_prod")

    data: Value
    segment_ids: Value
    num_segments: Value = None
    sorted: Value = False

    def result(self) -> Any:
        shape, numbers = shape_of(self.data, "data"), shape_of(self.segment_ids, "segment_ids")
        if numbers.rank != 1 or not shape.rank or differs(numbers[0], shape[0]):
            raise ShapeMismatch(f"`segment_ids` must be a vector, one number for each row of {shape.text}, got {numbers.text}")
        if self.num_segments is None and not self.drawn:
            raise NeedsValue(Unknown.because(Why.INPUT, "the number of segments"))
        count = unsized("segments") if self.num_segments is None else integer(self.num_segments, "num_segments")
        return Tensor(Shape((count, *shape[1:])), dtype_of(self.data))
