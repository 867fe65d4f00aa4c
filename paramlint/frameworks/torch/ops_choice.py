"""Choosing between elements: comparisons, conditions and masks.

Source: the documentation of torch ("pointwise ops", "comparison ops", broadcasting), torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.ops_arithmetic import (
    Binary,
)
from paramlint.frameworks.torch.ops_common import both, changing, dtype_of, function, made, method, promoted, shape_of
from paramlint.frameworks.torch.ops_indexing import uncounted
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class _Comparison(Binary):
    def dtype(self) -> str:
        return "bool"


class Equal(_Comparison):
    """``x == y`` element by element."""

    NAMES = (*changing("eq"), *method("__eq__"))
    COMPUTE = staticmethod(lambda x, y: x == y)


class NotEqual(_Comparison):
    """``x != y`` element by element."""

    NAMES = (*changing("ne", "not_equal"), *method("__ne__"))
    COMPUTE = staticmethod(lambda x, y: x != y)


class Less(_Comparison):
    """``x < y`` element by element."""

    NAMES = (*changing("lt", "less"), *method("__lt__"))
    COMPUTE = staticmethod(lambda x, y: x < y)


class LessOrEqual(_Comparison):
    """``x <= y`` element by element."""

    NAMES = (*changing("le", "less_equal"), *method("__le__"))
    COMPUTE = staticmethod(lambda x, y: x <= y)


class Greater(_Comparison):
    """``x > y`` element by element."""

    NAMES = (*changing("gt", "greater"), *method("__gt__"))
    COMPUTE = staticmethod(lambda x, y: x > y)


class GreaterOrEqual(_Comparison):
    """``x >= y`` element by element."""

    NAMES = (*changing("ge", "greater_equal"), *method("__ge__"))
    COMPUTE = staticmethod(lambda x, y: x >= y)


class Logical(_Comparison):
    """Truth values of two tensors put together; whether two numbers are close."""

    NAMES = (*changing("logical_and", "logical_or", "logical_xor"), *both("isclose"))
    rtol: Value = None
    atol: Value = None
    equal_nan: Value = None


class Where(Op):
    """Elements of ``input`` where the condition holds, else of ``other``; with the condition alone the places where it holds."""

    NAMES = function("where")
    condition: Value
    input: Value = None
    other: Value = None

    def result(self) -> Any:
        condition = shape_of(self.condition, "condition")
        if self.input is None:
            return tuple(made((uncounted(self.condition),), "int64") for _ in condition)
        return made(broadcast(condition, shape_of(self.input), shape_of(self.other, "other")), promoted(self.input, self.other))


class WhereMethod(Where):
    """``torch.where`` as a method: this tensor is the one taken where the condition holds."""

    NAMES = method("where")

    def result(self) -> Any:
        self.condition, self.input = self.input, self.condition
        return super().result()


class MaskedFill(Op):
    """The tensor with another number where the mask holds; the mask must fit its shape."""

    NAMES = changing("masked_fill")
    input: Value
    mask: Value
    value: Value

    def result(self) -> Tensor:
        if isinstance(self.value, str | list | tuple | dict | None):
            raise Refused(f"`value` must be a number, got {shown(self.value)}", field="value", error="TypeError")
        if isinstance(self.value, Tensor) and not isinstance(self.value.shape, Unknown) and self.value.shape:
            raise ShapeMismatch(f"`value` must be a tensor of no axes, got {self.value.shape.text}", error="RuntimeError")
        return made(broadcast(shape_of(self.input), shape_of(self.mask, "mask")), dtype_of(self.input))


class MaskedScatter(Op):
    """The tensor with the elements of another where the mask holds; the mask must fit its shape."""

    NAMES = changing("masked_scatter")
    input: Value
    mask: Value
    source: Value

    def result(self) -> Tensor:
        if isinstance(self.source, str | int | float | list | tuple | dict | None):
            raise Refused(f"`source` must be a Tensor, got {shown(self.source)}", field="source", error="TypeError")
        return made(broadcast(shape_of(self.input), shape_of(self.mask, "mask")), dtype_of(self.input))
