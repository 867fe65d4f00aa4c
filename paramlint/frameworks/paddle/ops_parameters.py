"""Parameters that code makes itself, and what it asks about the mode that Paddle runs in.

Source: paddle.nn.Layer.create_parameter, paddle.create_parameter and paddle.in_dynamic_mode, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Unknown
from paramlint.frameworks.paddle.attributes import parameter
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.ops_common import sizes
from paramlint.schema.conditions import certainly
from paramlint.schema.fields import Flag, Text, Value, shown
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight


class _Created(Op):
    """A parameter of a shape, by an attribute; none where the attribute is ``False``."""

    RAISES = "AssertionError"

    if TYPE_CHECKING:  # fields that every subclass declares in its own order
        shape: Any
        attr: Any
        dtype: Any

    def result(self) -> Weight | None:
        self._made(())  # an attribute that is refused comes before a shape that is not known
        if isinstance(self.shape, int):
            raise ShapeMismatch(f"`shape` must be a list of sizes, got {shown(self.shape)}")
        wanted = sizes(self.shape)
        for size in wanted:
            unfit(isinstance(size, bool), f"a size of a parameter must be an integer, got {shown(self.shape)}")
            unfit(certainly(lambda size=size: size < 0), f"a size of a parameter cannot be negative, got {shown(self.shape)}")
        return self._made(Shape(wanted))

    def undecided(self, unknown: Unknown) -> Any:
        return self._made(unknown)

    def _made(self, shape: Any) -> Weight | None:
        weight = parameter("attr", None if isinstance(self.attr, str) else self.attr, shape)
        if weight is None or self.dtype is None:
            return weight
        named = {"float": "float32"}.get(self.dtype, self.dtype) if isinstance(self.dtype, str) else ""
        return replace(weight, dtype=named if named in DTYPE_BYTES else "unknown")


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


class InDynamicMode(Op):
    """Whether calls run at once and build no program: the default."""

    NAMES = tuple(f"paddle.{name}" for name in ("in_dynamic_mode", "framework.in_dynamic_mode", "framework.in_dynamic_or_pir_mode",
                                                 "base.framework.in_dygraph_mode", "base.framework.in_dynamic_or_pir_mode"))

    def result(self) -> bool:
        return True
