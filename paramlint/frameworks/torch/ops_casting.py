"""Casts: tensors of another type, in another place. The shape stays.

Source: the documentation of torch.Tensor, torch 2.13.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from paramlint.core.contents import flat
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import DTYPE_BYTES, Results, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.checked import MEMORY_FORMATS
from paramlint.frameworks.torch.ops_common import (
    UNTYPED,
    both,
    decided,
    dtype_of,
    function,
    made,
    method,
    shape_of,
)
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class _Cast(Op):
    """Options that do not change the shape are taken as they come."""

    REST = "rest"
    EXTRA = "options"
    DTYPE: ClassVar[str | None] = None
    ALONE: ClassVar[bool] = True  # whether nothing is taken besides the tensor and how its copy is to lie in memory
    SHARES = True

    input: Value
    rest: Value
    options: Value

    def dtype(self) -> str:
        return self.DTYPE or dtype_of(self.input)

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if self.rest and self.ALONE:
            raise Refused(f"a tensor and nothing else is taken, got {shown(self.rest[0])}", error="TypeError")
        if self.options:
            _require_options(shape, self.options, alone=self.ALONE)
        if not isinstance(self.input, Tensor):
            raise Refused("expected a Tensor")
        return made(shape, self.dtype(), lambda: flat(self.input))

    def undecided(self, unknown: Unknown) -> Any:
        return Tensor(unknown, self.dtype())


def _require_options(shape: Shape, options: Mapping[str, Any], *, alone: bool) -> None:
    """Refuse keywords that are not taken, and a memory format that does not fit. What is none has been refused for all operations."""
    other = next((key for key in options if key not in ("memory_format", "input", "self")), None) if alone else None
    if other is not None:
        raise Refused(f"there is no `{other}`", error="TypeError")
    wanted = options.get("memory_format")
    needed = MEMORY_FORMATS.get(wanted) if isinstance(wanted, str) else None
    if needed is not None and needed != len(shape):
        raise ShapeMismatch(f"`{wanted}` needs a tensor of {needed} axes: {shape.text}", error="RuntimeError")


class Passed(_Cast):
    """The same elements in the same place, detached from the graph or in order."""

    NAMES = (*both("detach"), *method("contiguous", "cpu", "detach_", "coalesce"))


class Moved(_Cast):
    """The same elements, elsewhere."""

    NAMES = method("cuda", "xpu", "pin_memory", "share_memory_", "as_subclass", "to_dense")
    ALONE = False


class Clone(_Cast):
    """A copy."""

    NAMES = (*both("clone"), *function("detach_copy"))
    SHARES = False


class Float(_Cast):
    """As 32-bit floats."""

    NAMES = method("float")
    DTYPE = "float32"


class Double(_Cast):
    """As 64-bit floats."""

    NAMES = method("double")
    DTYPE = "float64"


class Half(_Cast):
    """As 16-bit floats."""

    NAMES = method("half")
    DTYPE = "float16"


class BFloat16(_Cast):
    """As 16-bit floats with the range of 32-bit ones."""

    NAMES = method("bfloat16")
    DTYPE = "bfloat16"


class Long(_Cast):
    """As 64-bit integers."""

    NAMES = method("long")
    DTYPE = "int64"


class Int(_Cast):
    """As 32-bit integers."""

    NAMES = method("int")
    DTYPE = "int32"


class Short(_Cast):
    """As 16-bit integers."""

    NAMES = method("short")
    DTYPE = "int16"


class Char(_Cast):
    """As 8-bit integers."""

    NAMES = method("char")
    DTYPE = "int8"


class Byte(_Cast):
    """As bytes."""

    NAMES = method("byte")
    DTYPE = "uint8"


class Bool(_Cast):
    """Whether each element is other than zero."""

    NAMES = method("bool")
    DTYPE = "bool"


class ComplexFloat(_Cast):
    """As complex numbers."""

    NAMES = method("cfloat")
    DTYPE = "complex64"


class TypeAs(_Cast):
    """As the type of another tensor."""

    NAMES = method("type_as")
    ALONE = False

    def dtype(self) -> str:
        return dtype_of(self.rest[0] if self.rest else self.options.get("other"))


class To(_Cast):
    """As another type, on another device, or like another tensor."""

    NAMES = method("to", "type")
    ALONE = False

    def dtype(self) -> str:
        own = dtype_of(self.input)
        for name, given in (*(("", value) for value in self.rest), *self.options.items()):
            if isinstance(given, Tensor):
                own = given.dtype
            elif isinstance(given, str) and given in DTYPE_BYTES:
                own = given
            elif name in ("", "dtype") and isinstance(given, Unknown):
                own = UNTYPED  # a device, or a type
            elif name == "" and isinstance(given, str) and given.endswith("Tensor"):
                own = UNTYPED
        return own

    def result(self) -> Any:
        if not self.rest and not self.options:  # ``x.type()`` asks for the type
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the name of a tensor's type"))
        return super().result()


class FloatLimits(Op):
    """What a floating-point type can hold."""

    NAMES = function("finfo")
    type: Value = "float32"

    def result(self) -> Any:
        wanted = decided(self.type)
        found = _FLOATS.get(wanted) if isinstance(wanted, str) else None
        if found is None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the limits of the type {shown(self.type)}"))
        bits, largest, eps, tiny = found
        return Results.named(bits=bits, eps=eps, max=largest, min=-largest, tiny=tiny, smallest_normal=tiny, dtype=self.type)

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class WholeLimits(Op):
    """What a type of whole numbers can hold."""

    NAMES = function("iinfo")
    type: Value

    def result(self) -> Any:
        name = decided(self.type)
        signed = str(name).startswith("int")
        if not signed and not str(name).startswith("uint"):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the limits of the type {shown(self.type)}"))
        bits = int(str(name).removeprefix("u").removeprefix("int"))
        return Results.named(bits=bits, max=2 ** (bits - signed) - 1, min=-(2 ** (bits - 1)) if signed else 0, dtype=name)

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


# Bits, the largest number, the distance from 1 to the next number, the smallest normal number.
_FLOATS = {
    "float64": (64, sys.float_info.max, sys.float_info.epsilon, sys.float_info.min),
    "float32": (32, (2 - 2**-23) * 2.0**127, 2.0**-23, 2.0**-126),
    "float16": (16, 65504.0, 2.0**-10, 2.0**-14),
    "bfloat16": (16, (2 - 2**-7) * 2.0**127, 2.0**-7, 2.0**-126),
}
