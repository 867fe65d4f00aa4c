"""Parameters that code makes itself, and what it asks about the mode that Paddle runs in.

Source: paddle.nn.Layer.create_parameter, paddle.create_parameter and paddle.in_dynamic_mode, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Reason, Unknown, UnknownArray, Why
from paramlint.frameworks.paddle.attributes import Attribute, filled, parameter
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.ops_common import shape_of, sizes
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Flag, Text, Value, shown
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight


class _Created(Op):
    """A parameter of a shape, by an attribute; none where the attribute is ``False``."""

    RAISES = "AssertionError"
    STRICT = True

    if TYPE_CHECKING:  # fields that every subclass declares in its own order
        shape: Any
        attr: Any
        dtype: Any
        default_initializer: Any

    def result(self) -> Weight | None:
        self._made(())  # an attribute that is refused comes before a shape that is not known
        if isinstance(self.shape, int | float | None):
            raise Refused(f"`shape` must be a list of sizes, got {shown(self.shape)}", field="shape", error="TypeError")
        wanted = sizes(self.shape)
        for size in wanted:
            if isinstance(size, bool | float | str | None):
                raise Refused(f"a size of a parameter must be an integer, got {shown(self.shape)}", field="shape", error="TypeError")
            unfit(certainly(lambda size=size: size < 0), f"a size of a parameter cannot be negative, got {shown(self.shape)}")
        return self._made(Shape(wanted))

    def undecided(self, unknown: Unknown) -> Any:
        return self._made(unknown)

    def _made(self, shape: Any) -> Weight | None:
        weight = parameter("attr", self.attr or None if isinstance(self.attr, str) else self.attr, shape)
        if weight is None:
            return weight
        own = self.attr.initialiser if isinstance(self.attr, Attribute) else None
        if own is None:
            weight = filled(weight, "default_initializer", self.default_initializer)
        if not self.dtype:
            return weight
        if own is None and self.default_initializer is None:
            weight = _fillable(weight, self.dtype)
        named = {"float": "float64"}.get(self.dtype, self.dtype) if isinstance(self.dtype, str) else ""
        return replace(weight, dtype=named if named in DTYPE_BYTES else "unknown")


def _fillable(weight: Weight, dtype: Any) -> Weight:
    """A parameter that is filled at random, which only floating point numbers can be."""
    if dtype in ("float16", "float32", "float64", "bfloat16", "float"):
        return weight
    if isinstance(dtype, str):
        raise Refused(f"a parameter of type {shown(dtype)} needs a `default_initializer`", field="dtype", error="TypeError")
    return replace(weight, maybe=Reason(Why.ARGUMENT, "the type of a parameter's numbers is not known"))


class CreateParameter(_Created):
    """A parameter made by a layer for itself: ``create_parameter([2, 3])``. ``is_bias`` only chooses how it is filled."""

    NAMES = ("paddle.nn.Layer.create_parameter",)
    shape: Value
    attr: Value = None
    dtype: Value = None
    is_bias: Flag = False
    default_initializer: Value = None
    device: Value = None


class NewParameter(_Created):
    """A parameter made outside of layers."""

    NAMES = ("paddle.create_parameter", "paddle.static.create_parameter")
    shape: Value
    dtype: Value
    name: Text = None
    attr: Value = None
    is_bias: Flag = False
    default_initializer: Value = None

    def _made(self, shape: Any) -> Weight | None:
        if isinstance(self.name, int | float | list | tuple | dict):
            raise Refused(f"`name` must be a text, got {shown(self.name)}", field="name", error="TypeError")
        if self.dtype is None:
            raise Refused("`dtype` must be a type of numbers, got None", field="dtype", error="TypeError")
        weight = super()._made(shape)
        return weight if weight is None or self.attr is not None else replace(weight, name=self.name)


class SetValue(Op):
    """Fills a tensor with other numbers of the same shape and type."""

    NAMES = ("paddle.Tensor.set_value",)
    RAISES = "AssertionError"
    x: Value
    value: Value

    def result(self) -> None:
        if isinstance(self.value, int | float | bool | list | tuple | None):
            raise ShapeMismatch(f"`value` must be a tensor, got {shown(self.value)}")
        value = self.value
        if isinstance(value, UnknownArray):
            value = Tensor(Shape(value.sizes), value.dtype)
        if not isinstance(self.x, Tensor) or not isinstance(value, Tensor):
            return
        shape, other = shape_of(self.x), shape_of(value, "value")
        if len(shape) != len(other) or any(map(differs, shape, other)):
            raise ShapeMismatch(f"a tensor of shape {shape.text} cannot hold a value of shape {other.text}")
        types = {self.x.dtype, value.dtype} - {"unknown"}
        unfit(len(types) > 1, f"a tensor of type {self.x.dtype} cannot hold a value of type {value.dtype}")


class InDynamicMode(Op):
    """Whether calls run at once and build no program: the default."""

    NAMES = tuple(f"paddle.{name}" for name in ("in_dynamic_mode", "framework.in_dynamic_mode", "framework.in_dynamic_or_pir_mode",
                                                 "base.framework.in_dygraph_mode", "base.framework.in_dynamic_or_pir_mode"))

    def result(self) -> bool:
        return True
