"""What a tensor says about itself, as sizes, numbers and Python objects; and casts, which keep the shape.

Source: the documentation of torch.Tensor, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.contents import Lost, flat
from paramlint.core.nearly import Nearly
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.frameworks.torch.ops_common import (
    UNTYPED,
    at_axis,
    both,
    dtype_of,
    function,
    is_complex,
    is_floating,
    method,
    shape_of,
)
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class _Query(Op):
    """Answers with something that is no tensor."""

    input: Value

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class ShapeOf(_Query):
    """The sizes of all axes."""

    NAMES = method("shape")
    ATTRIBUTE = True

    def result(self) -> Any:
        return tuple(shape_of(self.input))


class Size(_Query):
    """The sizes of all axes, or of one."""

    NAMES = method("size")
    dim: Value = None

    def result(self) -> Any:
        shape = shape_of(self.input)
        return tuple(shape) if self.dim is None else shape[at_axis(self.dim, shape.rank)]

    RAISES = "IndexError"


class Rank(_Query):
    """The number of axes."""

    NAMES = method("dim", "ndimension")

    def result(self) -> Any:
        return shape_of(self.input).rank


class RankAttribute(Rank):
    """The number of axes."""

    NAMES = method("ndim")
    ATTRIBUTE = True


class Elements(_Query):
    """The number of elements."""

    NAMES = (*both("numel"), *method("nelement"))

    def result(self) -> Any:
        return shape_of(self.input).numel


class IsFloat(_Query):
    """Whether the elements are fractions."""

    NAMES = both("is_floating_point")

    def result(self) -> Any:
        dtype = dtype_of(self.input)
        return is_floating(dtype) if dtype != UNTYPED else Unknown.because(Why.INPUT, "the dtype of a tensor")


class IsComplex(_Query):
    """Whether the elements are complex numbers."""

    NAMES = both("is_complex")

    def result(self) -> Any:
        dtype = dtype_of(self.input)
        return is_complex(dtype) if dtype != UNTYPED else Unknown.because(Why.INPUT, "the dtype of a tensor")


class IsTensor(_Query):
    """Whether a value is a tensor."""

    NAMES = function("is_tensor")
    input: Value
    ALIASES: ClassVar[dict[str, str]] = {"obj": "input"}

    def result(self) -> Any:
        return self.input if isinstance(self.input, Unknown) else isinstance(self.input, Tensor)


class ElementSize(_Query):
    """Bytes of an element."""

    NAMES = method("element_size")

    def result(self) -> Any:
        return DTYPE_BYTES.get(dtype_of(self.input), Unknown.because(Why.INPUT, "the dtype of a tensor"))


class ItemSize(ElementSize):
    """Bytes of an element."""

    NAMES = method("itemsize")
    ATTRIBUTE = True


class Layout(_Query):
    """How the elements lie in memory, on which device: nothing that shapes depend on."""

    NAMES = method("stride", "is_contiguous", "storage_offset", "data_ptr", "get_device", "storage", "untyped_storage", "numpy", "is_shared",
                   "is_pinned", "__array__", "__cuda_array_interface__", "is_inference", "backward", "register_hook", "retain_grad")
    REST = "rest"
    EXTRA = "options"
    rest: Value
    options: Value

    def result(self) -> Any:
        return Unknown.because(Why.UNSUPPORTED, "how a tensor lies in memory")


class Device(_Query):
    """Where the elements lie."""

    NAMES = method("device", "layout", "is_cuda", "is_meta", "is_leaf", "is_sparse", "is_quantized", "is_nested", "is_mps", "is_cpu", "is_xla")
    ATTRIBUTE = True

    def result(self) -> Any:
        return Unknown(Reason(Why.EFFECT, "the device of a tensor"), data=True)


class Item(_Query):
    """The number in a tensor of one element."""

    NAMES = method("item")

    def result(self) -> Any:
        shape = shape_of(self.input)
        if isinstance(shape.numel, int) and shape.numel != 1:
            raise Refused(f"a tensor of {shape.numel} elements cannot be converted to a number: {shape.text}", error="RuntimeError")
        try:
            return _certain(flat(self.input)[0])
        except Lost:
            return Unknown.because(Why.INPUT, "the contents of a tensor")


class ToInt(Item):
    """The whole part of the number in a tensor of one element."""

    NAMES = method("__int__", "__index__", "__trunc__")

    def result(self) -> Any:
        try:
            return int(flat(self.input)[0])  # certain also where only the last digit of the fraction is not
        except (Lost, ArithmeticError, IndexError):
            found = super().result()
        return found if isinstance(found, Unknown) else int(found)


class ToFloat(Item):
    """The number in a tensor of one element, as a fraction."""

    NAMES = method("__float__")

    def result(self) -> Any:
        found = super().result()
        return found if isinstance(found, Unknown) else float(found)


class ToList(_Query):
    """The elements as nested lists."""

    NAMES = method("tolist")

    def result(self) -> Any:
        shape = shape_of(self.input)
        if self.input.data is not None:
            return _listed(self.input.data)
        if shape.rank == 1 and isinstance(shape[0], int) and shape[0] <= 4096:
            return [Unknown.because(Why.INPUT, "the contents of a tensor")] * shape[0]
        return Unknown.because(Why.INPUT, "the contents of a tensor")


def _listed(data: Any) -> Any:
    return [_listed(item) for item in data] if isinstance(data, tuple) else _certain(data)


def _certain(value: Any) -> Any:
    return Unknown.because(Why.INPUT, f"a number near {value.low:.6g} whose last digit is not certain") if isinstance(value, Nearly) else value


# Casts --------------------------------------------------------------------------------------------------------------------
