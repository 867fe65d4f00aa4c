"""Tensors and parameters as values of the analysed code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.counts import Count
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.values import Foreign

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.values import ClassValue


class TensorValue(Foreign):
    """A tensor. ``state`` holds what code may change on it (``requires_grad``, attributes of its own), so that ways can be undone.

    The same object is the same tensor: a parameter that two modules hold is counted once.
    """

    __slots__ = ("is_buffer", "is_parameter", "maybe", "state", "tensor")

    def __init__(self, tensor: Tensor, *, parameter: bool = False, trainable: bool = True, maybe: Reason | None = None) -> None:
        self.tensor = tensor
        self.is_parameter = parameter
        self.is_buffer = False
        self.maybe = maybe  # why it is not known whether the tensor exists
        self.state: dict[str, Any] = {"requires_grad": trainable} if parameter else {}

    def __repr__(self) -> str:
        return f"<{'parameter' if self.is_parameter else 'tensor'} {self.tensor.shape}>"

    def type_name(self) -> str:
        return "Parameter" if self.is_parameter else "Tensor"

    @property
    def shape(self) -> Any:
        return self.tensor.shape

    @property
    def count(self) -> Count:
        if self.maybe is not None:
            return Count(0, True, (self.maybe,))
        shape = self.tensor.shape
        return Count(0, True, (shape.reason,)) if isinstance(shape, Unknown) else Count.of(shape.numel)

    def deep_copy(self, it: Interpreter, memo: dict[int, Any]) -> TensorValue:
        copy = TensorValue(self.tensor, parameter=self.is_parameter, maybe=self.maybe)
        copy.state = it.made(dict(self.state))
        return copy

    def get(self, it: Interpreter, name: str) -> Any:
        return it.library.tensor_attribute(it, self, name)  # type: ignore[attr-defined]

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        if name == "data":
            if isinstance(value, TensorValue):
                self.tensor = value.tensor
            elif isinstance(value, Unknown):
                self.tensor = Tensor(value, self.tensor.dtype)
            return None
        it.write(self.state)
        self.state[name] = value
        return None

    def unary(self, it: Interpreter, op: str) -> Any:
        return it.library.tensor_operator(it, op, [self])  # type: ignore[attr-defined]

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return it.library.tensor_operator(it, op, [other, self] if reflected else [self, other])  # type: ignore[attr-defined]

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return it.library.tensor_operator(it, op, [self, other])  # type: ignore[attr-defined]

    def item(self, it: Interpreter, index: Any) -> Any:
        return it.library.tensor_operator(it, "[]", [self, index])  # type: ignore[attr-defined]

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        self.tensor = Tensor(self.tensor.shape, self.tensor.dtype)  # its contents are not followed
        return None

    def iterate(self, it: Interpreter) -> Any:
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        if not shape:
            return it.throw("TypeError", "iteration over a 0-d tensor")
        if not isinstance(shape[0], int):
            return it.unknown(Why.INPUT, f"the length of a tensor of shape {shape.text}")
        if shape[0] > it.limits.items:
            it.limit(f"a tensor of {shape[0]:,} rows")
        data = self.tensor.data
        if data is not None and len(shape) == 1 and len(data) == shape[0]:
            return iter([TensorValue(Tensor(Shape(()), self.tensor.dtype, item)) for item in data])
        return iter([TensorValue(Tensor(Shape(shape[1:]), self.tensor.dtype)) for _ in range(shape[0])])

    def length(self, it: Interpreter) -> Any:
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        return shape[0] if shape else it.throw("TypeError", "len() of a 0-d tensor")

    def truth(self, it: Interpreter) -> Any:
        if self.tensor.data is not None and isinstance(self.tensor.data, bool | int | float):
            return bool(self.tensor.data)
        return it.unknown(Why.INPUT, "the contents of a tensor")

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.library.tensor_class(self)  # type: ignore[attr-defined, no-any-return]


class Named(Foreign):
    """A constant of a library that is only compared and passed on: a dtype, a device, a layout."""

    __slots__ = ("attrs", "name")

    def __init__(self, name: str, attrs: dict[str, Any] | None = None) -> None:
        self.name = name
        self.attrs = attrs or {}

    def __repr__(self) -> str:
        return self.name

    def get(self, it: Interpreter, name: str) -> Any:
        if name in self.attrs:
            return self.attrs[name]
        return NotImplemented if name.startswith("__") else it.unknown(Why.UNSUPPORTED, f"`{self.name}.{name}` is not modelled")

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op in ("==", "!=") and isinstance(other, Named):
            return (self.name == other.name) == (op == "==")
        return NotImplemented
