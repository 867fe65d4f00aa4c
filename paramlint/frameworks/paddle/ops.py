"""Operations of paddle that compute with tensors: arithmetic, reductions, products.

Source: the documentation of paddle and paddle.Tensor, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from paramlint.core.dims import Size as Count
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.paddle.common import axis_of, unfit
from paramlint.frameworks.paddle.ops_common import axes, both, changing, dtype_of, functional, shape_of
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Text, Value, truth
from paramlint.schema.op import Op


class Elementwise(Op):
    """Works on every element by itself; options do not change the shape."""

    NAMES = (
        *changing("abs", "ceil", "clip", "cos", "erf", "exp", "floor", "log", "neg", "pow", "reciprocal", "round", "rsqrt", "scale",
                  "sigmoid", "sin", "sqrt", "square", "tanh", "cumsum"),
        *both("log2", "log10", "log1p", "sign", "isnan", "isinf", "nan_to_num"),
        *functional("celu", "elu", "elu_", "gelu", "gumbel_softmax", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu",
                    "leaky_relu_", "log_sigmoid", "mish", "normalize", "prelu", "relu", "relu6", "relu_", "rrelu", "selu",
                    "sigmoid", "silu", "softplus", "softshrink", "softsign", "swish", "tanh", "tanh_", "tanhshrink",
                    "thresholded_relu", "dropout", "alpha_dropout", "local_response_norm", "batch_norm", "instance_norm", "layer_norm",
                    "group_norm", "label_smooth"),
        *(f"paddle.Tensor.{name}" for name in ("clone", "contiguous", "cpu", "cuda", "detach", "__neg__", "__abs__", "__pos__")),
        "paddle.nn.functional.activation.relu",
    )
    REST: ClassVar[str | None] = "rest"
    EXTRA: ClassVar[str | None] = "options"
    ALIASES: ClassVar = {"input": "x"}
    x: Value
    rest: Value
    options: Value
    EXAMPLES = (Example("nn.functional.relu(x)", input=(2, 3), output=(2, 3)),)

    def result(self) -> Tensor:
        return Tensor(shape_of(self.x), dtype_of(self.x))


class Softmax(Op):
    """A distribution along an axis."""

    NAMES = functional("softmax", "softmax_", "log_softmax")
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value = -1
    dtype: Value = None
    name: Value = None

    def result(self) -> Tensor:
        x = shape_of(self.x)
        axis_of(x, self.axis)
        return Tensor(x, self.dtype if isinstance(self.dtype, str) else dtype_of(self.x) if self.dtype is None else "unknown")


class Assign(Op):
    """A copy, or the same numbers in a tensor that is given, which gets their shape."""

    NAMES = both("assign")
    ALIASES: ClassVar = {"input": "x"}
    OUTPUT = "output"
    x: Value
    output: Value = None

    def result(self) -> Tensor:
        if isinstance(self.x, int | float | list | tuple):
            return Tensor(Unknown.because(Why.INPUT, "the shape of numbers that are assigned"), "unknown")
        return Tensor(shape_of(self.x), dtype_of(self.x))


class Cast(Op):
    """The same elements as another type."""

    NAMES = both("cast", "astype")
    x: Value
    dtype: Value

    def result(self) -> Tensor:
        return Tensor(shape_of(self.x), self.dtype if isinstance(self.dtype, str) else "unknown")


class _Pair(Op):
    """Two tensors, element by element."""

    ALIASES: ClassVar = {"input": "x", "other": "y"}
    x: Value
    y: Value
    name: Text = None

    def _shape(self) -> Shape:
        return broadcast(shape_of(self.x), shape_of(self.y, "y"))


class Binary(_Pair):
    """Element by element, with broadcasting."""

    NAMES = (
        *changing("add", "subtract", "multiply", "divide", "remainder", "floor_divide"),
        *both("maximum", "minimum", "fmax", "fmin", "mod", "atan2"),
        *(f"paddle.Tensor.__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow") for side in ("", "r")),
    )
    EXAMPLES = (Example("add(x, y)", input=[(2, 3), (3,)], output=(2, 3)), Rejects("add(x, y)", input=[(2, 3), (2,)], says="broadcast"))

    def result(self) -> Tensor:
        return Tensor(self._shape(), dtype_of(self.x, self.y))


class Comparison(_Pair):
    """Whether it holds, element by element, with broadcasting."""

    NAMES = (
        *both("equal", "not_equal", "less_than", "less_equal", "greater_than", "greater_equal", "logical_and", "logical_or", "logical_xor"),
        *(f"paddle.Tensor.__{name}__" for name in ("eq", "ne", "lt", "le", "gt", "ge")),
    )
    EXAMPLES = (Example("equal(x, y)", input=[(2, 3), (3,)], output=(2, 3)),)

    def result(self) -> Tensor:
        return Tensor(self._shape(), "bool")


class Where(Op):
    """Elements of one tensor or another, by a condition."""

    NAMES = both("where")
    condition: Value
    x: Value
    y: Value
    name: Text = None

    def result(self) -> Tensor:
        return Tensor(broadcast(shape_of(self.condition, "condition"), shape_of(self.x), shape_of(self.y, "y")), dtype_of(self.x, self.y))


# Reductions ---------------------------------------------------------------------------------------------------------------------------

def reduced(x: Shape, over: Iterable[int], keep: Any) -> Shape:
    """The shape without the axes ``over``, or with them of size 1."""
    gone = set(over)
    kept = truth(keep)
    if kept is None:
        raise NeedsValue(Unknown.because(Why.ARGUMENT, "`keepdim` is not known"))
    return Shape(1 if i in gone else size for i, size in enumerate(x) if kept or i not in gone)


class Reduction(Op):
    """One number of all elements along ``axis``, or of all there are."""

    NAMES = both("mean", "max", "min", "amax", "amin", "logsumexp", "all", "any", "prod", "median")
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value = None
    keepdim: Flag = False
    name: Text = None
    EXAMPLES = (Example("mean(x, axis=[2, 3])", input=(1, 8, 4, 4), output=(1, 8)),)

    def result(self) -> Tensor:
        x = shape_of(self.x)
        return Tensor(reduced(x, axes(x, self.axis), self.keepdim), dtype_of(self.x))


class Sum(Op):
    """Sum along ``axis``."""

    NAMES = both("sum", "nansum")
    ALIASES: ClassVar = {"input": "x", "dim": "axis"}
    x: Value
    axis: Value = None
    dtype: Value = None
    keepdim: Flag = False
    name: Text = None
    EXAMPLES = (Example("sum(x, -1, None, True)", input=(2, 3), output=(2, 1)),)

    def result(self) -> Tensor:
        x = shape_of(self.x)
        return Tensor(reduced(x, axes(x, self.axis), self.keepdim), self.dtype if isinstance(self.dtype, str) else dtype_of(self.x))


class Spread(Op):
    """Standard deviation and variance along ``axis``."""

    NAMES = both("std", "var")
    x: Value
    axis: Value = None
    unbiased: Flag = True
    keepdim: Flag = False
    name: Text = None

    def result(self) -> Tensor:
        x = shape_of(self.x)
        return Tensor(reduced(x, axes(x, self.axis), self.keepdim), dtype_of(self.x))


class Position(Op):
    """Where the largest or smallest element is along ``axis``."""

    NAMES = both("argmax", "argmin")
    x: Value
    axis: Value = None
    keepdim: Flag = False
    dtype: Value = "int64"
    name: Text = None

    def result(self) -> Tensor:
        x = shape_of(self.x)
        return Tensor(reduced(x, axes(x, self.axis), self.keepdim), self.dtype if isinstance(self.dtype, str) else "int64")


# Products -----------------------------------------------------------------------------------------------------------------------------

def multiplied(x: Shape, y: Shape) -> tuple[Shape, Any]:
    """The shape of a matrix product, and over how many elements each of its elements sums."""
    unfit(len(x) == 0 or len(y) == 0, "a matrix product needs axes")
    inner, other = x[-1], y[0] if len(y) == 1 else y[-2]
    if differs(inner, other):
        raise ShapeMismatch(f"cannot multiply {x.text} with {y.text}: {inner} and {other} differ",
                            fits=inner if isinstance(inner, int) else None)
    rows = x[-2:-1] if len(x) > 1 else ()
    columns = y[-1:] if len(y) > 1 else ()
    return Shape((*broadcast(x[:-2], y[:-2]), *rows, *columns)), inner if isinstance(inner, int) else other


class MatMul(Op):
    """Matrix product over the last two axes, with broadcasting of the others."""

    NAMES = (*both("matmul", "bmm", "mm", "dot", "mv"), "paddle.Tensor.__matmul__")
    KIND = "matmul"
    ALIASES: ClassVar = {"input": "x", "other": "y", "mat2": "y"}
    x: Value
    y: Value
    transpose_x: Flag = False
    transpose_y: Flag = False
    name: Text = None
    EXAMPLES = (Example("matmul(x, y)", input=[(2, 3, 4), (4, 5)], output=(2, 3, 5), macs=120),)

    def _operands(self) -> tuple[Shape, Shape]:
        found = []
        for value, switch in ((self.x, self.transpose_x), (self.y, self.transpose_y)):
            shape, turned = shape_of(value), truth(switch)
            if turned is None:
                raise NeedsValue(Unknown.because(Why.ARGUMENT, "which operand is transposed"))
            found.append(Shape((*shape[:-2], shape[-1], shape[-2])) if turned and len(shape) > 1 else shape)
        return found[0], found[1]

    def result(self) -> Tensor:
        return Tensor(multiplied(*self._operands())[0], dtype_of(self.x, self.y))

    def macs(self, y: Any) -> Count:
        shape, inner = multiplied(*self._operands())
        return product(shape) * inner
