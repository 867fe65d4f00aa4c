"""Tensors and parameters as values of the analysed code."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.counts import Count
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import ABSENT, SERIALS, Either, Foreign

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.values import ClassValue

_PLAIN = frozenset({Tensor, bool, int, float, str, type(None)})
_TENSOR = "<tensor>"  # where the state keeps shape, dtype and contents
SUSPECT = "<suspect>"  # where it keeps why code that is not in reach may have changed them
_CHANGED = "changed"
UNCLEAR = ("unclear",)  # of how a tensor lies in memory
UNMADE = "<unmade>"  # in the state of a weight that a layer makes when it is called first
EMPTY = "<empty>"  # in the state of a tensor that holds nothing yet: a copy of it has no elements

Memory = tuple[dict[str, Any], ...]  # what tensors that are views of each other share; empty where no contents are kept


class TensorValue(Foreign):
    """A tensor. ``state`` holds what code may change on it (shape, ``requires_grad``, attributes of its own), so that ways can be undone.

    The same object is the same tensor: a parameter that two modules hold is counted once. ``kind`` is the framework's class whose
    methods it has. Tensors that are views of the same contents share ``memory``: when one is changed, the contents of all are forgotten.
    """

    __slots__ = ("__weakref__", "derived", "is_buffer", "is_parameter", "kind", "lies", "looks", "maker", "maybe", "memory", "parents", "serial",
                 "state", "used")
    CHANGES = True

    def __init__(self, tensor: Tensor, *, parameter: bool = False, trainable: bool = True, maybe: Reason | None = None,
                 kind: str = "torch.Tensor", memory: Memory = ()) -> None:
        self.serial = next(SERIALS)
        self.parents: tuple[TensorValue, ...] = ()  # the tensors that it is computed of, in the graph of a backward pass
        self.looks: bool | None = False  # whether it is a view of a leaf that needs a gradient; None where it may be a copy
        self.used = False  # whether a backward pass has used up that part of the graph
        self.is_parameter = parameter
        self.is_buffer = False
        self.derived: bool | None = False  # whether it is computed of tensors that need gradients; None where that is not known
        self.lies: Any = None  # its strides, where its elements do not lie in the order of its axes; UNCLEAR where they may not
        self.maybe = maybe  # why it is not known whether the tensor exists
        self.kind = kind
        self.maker: Any = None  # the layer that it comes from, by way of whatever operations
        self.memory: Memory = memory if memory or (tensor.data is None and tensor.below is None) else ({_CHANGED: False},)
        self.state: dict[str, Any] = {_TENSOR: tensor}
        if parameter:
            self.state["requires_grad"] = trainable

    def __repr__(self) -> str:
        return f"<{'parameter' if self.is_parameter else 'tensor'} {self.tensor.shape}>"

    def type_name(self) -> str:
        return "Parameter" if self.is_parameter else "Tensor"

    @property
    def tensor(self) -> Tensor:
        """Shape, dtype, and the contents as long as nothing has changed them."""
        found = self.state[_TENSOR]
        if found.__class__ is Either:
            return _one_of(found)
        if (found.data is not None or found.below is not None) and any(cell[_CHANGED] is not False for cell in self.memory):
            return Tensor(found.shape, found.dtype)
        return found  # type: ignore[no-any-return]

    @property
    def shape(self) -> Any:
        return self.tensor.shape

    @property
    def suspicion(self) -> Reason | None:
        """Why code that is not in reach may have changed it."""
        found = self.state.get(SUSPECT)
        return found if found is None or isinstance(found, Reason) else found.reason

    @property
    def count(self) -> Count:
        if self.maybe is not None:
            return Count(0, True, (self.maybe,))
        shape = self.tensor.shape
        return Count(0, True, (shape.reason,)) if isinstance(shape, Unknown) else Count.of(shape.numel)

    def become(self, it: Interpreter, tensor: Tensor) -> None:
        """Another shape, other contents."""
        self.write(it)
        self.state[_TENSOR] = tensor
        self.lies = UNCLEAR if self.lies is not None else None

    def forget(self, it: Interpreter) -> None:
        """The contents are changed in a way that is not followed."""
        self.touch(it)
        for cell in self.memory:
            it.write(cell)
            cell[_CHANGED] = True

    def write(self, it: Interpreter) -> None:
        """Call before every change of the state."""
        it.write(self.state)
        self.touch(it)

    def touch(self, it: Interpreter) -> None:
        """Call before every change of what is not undone: whoever meets the tensor later meets the change, too."""
        if it.replay is not None:
            it.replay.moved(self.serial)

    def same_as(self, other: Any) -> bool:
        """Tensors that two ways leave are one tensor if shape and type are the same and nothing is known of their contents."""
        if self.__class__ is not TensorValue or self.is_parameter or other.is_parameter or len(self.state) + len(other.state) > 2:
            return False
        if self.derived is not other.derived:
            return False
        one, two = self.tensor, other.tensor
        return one.data is None and two.data is None and one.dtype == two.dtype and same_shape(one, two) and self.lies is other.lies

    def merged(self, other: Any) -> TensorValue | None:
        """Tensors of one shape and type are one whose contents are not known."""
        if self.__class__ is not TensorValue or self.is_parameter or other.is_parameter or self.is_buffer or other.is_buffer:
            return None
        one, two = self.tensor, other.tensor
        if len(self.state) + len(other.state) > 2 or one.dtype != two.dtype or not same_shape(one, two):
            return None
        made = TensorValue(Tensor(one.shape, one.dtype), kind=self.kind, memory=(*self.memory, *other.memory))
        made.lies = self.lies if self.lies is other.lies else UNCLEAR
        made.derived, made.parents = self.derived if self.derived is other.derived else None, (self, other)
        return made

    def deep_copy(self, it: Interpreter, memo: dict[int, Any]) -> TensorValue:
        if self.derived is not False:
            it.library.recording.copied(it, self)  # type: ignore[attr-defined]
        copy = TensorValue(self.tensor, parameter=self.is_parameter, maybe=self.maybe, kind=self.kind)
        own = self.state
        if self.is_parameter and it.library.copies_parameters(self):  # type: ignore[attr-defined]
            own = {name: value for name, value in own.items() if name.startswith("<") or name == "requires_grad"}
        copy.state = it.made({**own, _TENSOR: self.tensor})
        copy.is_buffer, copy.lies = self.is_buffer, self.lies
        if EMPTY in self.state:
            copy.state[_TENSOR] = Tensor(Shape((0,)), self.tensor.dtype)
        return copy

    def shallow_copy(self, it: Interpreter) -> TensorValue:
        """Another tensor with the same contents; of a parameter, whether it is one too is up to the framework."""
        framework_keeps = it.library.copies_parameters(self)  # type: ignore[attr-defined]
        copy = TensorValue(self.tensor, parameter=self.is_parameter and framework_keeps, maybe=self.maybe, kind=self.kind, memory=self.memory)
        copy.lies = self.lies
        if framework_keeps:
            copy.state = it.made({**self.state, _TENSOR: self.tensor})
        return copy

    def again(self, it: Interpreter, memo: dict[int, Any]) -> Any:
        """A tensor of its own with the same state; views of the same contents are views of the same copy."""
        if self.maker is not None or any(value.__class__ not in _PLAIN for value in self.state.values()):
            return NotImplemented
        made = TensorValue(self.state[_TENSOR], parameter=self.is_parameter, maybe=self.maybe, kind=self.kind)
        made.state.update(self.state)
        made.is_buffer, made.derived, made.lies = self.is_buffer, self.derived, self.lies
        made.memory = tuple(memo.setdefault(id(cell), dict(cell)) for cell in self.memory)
        return made

    def require_made(self, it: Interpreter, what: str) -> None:
        """Refuse what a weight cannot do that the layer has not made yet."""
        if UNMADE in self.state:
            it.throw("ValueError", f"Attempted to use an uninitialized parameter in {what}")

    def get(self, it: Interpreter, name: str) -> Any:
        if SUSPECT in self.state and self.suspicion is not None:
            it.hedged(self.suspicion)
        return it.library.tensor_attribute(it, self, name)  # type: ignore[attr-defined]

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        if name == "data":
            if isinstance(value, TensorValue):
                self.become(it, value.tensor)
                self.lies = value.lies
                self.memory += value.memory
            elif isinstance(value, Unknown | Either):
                self.become(it, Tensor(value if isinstance(value, Unknown) else Unknown(value.reason), self.tensor.dtype))
            elif value is None or isinstance(value, int | float | str | list | tuple | dict):
                it.throw("TypeError", f"Variable data has to be a tensor, but got {type(value).__name__}")
            return None
        name, value = it.library.settable(it, self, name, value)  # type: ignore[attr-defined]
        if name == "requires_grad":
            it.library.recording.required(it, self, value)  # type: ignore[attr-defined]
            return None
        self.write(it)
        self.state[name] = value
        return None

    def delete(self, it: Interpreter, name: str) -> None:
        if name in self.state and name != "requires_grad":
            self.write(it)
            del self.state[name]
        elif it.get_or(self, name, ABSENT) is ABSENT:
            it.throw("AttributeError", f"'{self.type_name()}' object has no attribute '{name}'")

    def unary(self, it: Interpreter, op: str) -> Any:
        return it.library.tensor_operator(it, op, [self])  # type: ignore[attr-defined]

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return it.library.tensor_operator(it, op, [other, self] if reflected else [self, other])  # type: ignore[attr-defined]

    def in_place(self, it: Interpreter, op: str, other: Any) -> Any:
        if self.__class__ is not TensorValue:  # other frameworks' tensors do not change
            return NotImplemented
        return it.library.tensor_operator(it, f"{op}=", [self, other])  # type: ignore[attr-defined]

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return it.library.tensor_operator(it, op, [self, other])  # type: ignore[attr-defined]

    def item(self, it: Interpreter, index: Any) -> Any:
        return it.library.tensor_operator(it, "[]", [self, index])  # type: ignore[attr-defined]

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        self.require_made(it, "__setitem__")
        it.library.recording.changing(it, self)  # type: ignore[attr-defined]
        it.library.require_assignable(it, self, index, value)  # type: ignore[attr-defined]
        self.forget(it)
        it.library.recording.absorb(it, self, [value])  # type: ignore[attr-defined]
        it.library.assigned(it, self, index, value)  # type: ignore[attr-defined]
        return None

    def iterate(self, it: Interpreter) -> Any:
        self.require_made(it, "__iter__")
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        if not shape:
            return it.throw("TypeError", "iteration over a 0-d tensor")
        if not isinstance(shape[0], int):
            return it.unknown(Why.INPUT, f"the length of a tensor of shape {shape.text}")
        if shape[0] > it.limits.items:
            it.limit(f"a tensor of {shape[0]:,} rows")
        data, dtype = self.tensor.data, self.tensor.dtype
        row = Shape(shape[1:])
        rows = [TensorValue(Tensor(row, dtype, None if data is None else data[at]), kind=self.kind, memory=self.memory) for at in range(shape[0])]
        for one in rows if self.derived is not False else ():
            one.derived, one.parents = self.derived, (self,)
        it.library.recording.looked(it, self, rows)  # type: ignore[attr-defined]
        if self.lies is not None:
            for one in rows:
                one.lies = UNCLEAR if self.lies is UNCLEAR else self.lies[1:]
        it.library.seen(self, rows)  # type: ignore[attr-defined]
        return iter(rows)

    def length(self, it: Interpreter) -> Any:
        self.require_made(it, "__len__")
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        return shape[0] if shape else it.throw("TypeError", "len() of a 0-d tensor")

    def truth(self, it: Interpreter) -> Any:
        self.require_made(it, "__bool__")
        it.library.recording.require_scalar(it, self, "__bool__")  # type: ignore[attr-defined]
        data = self.tensor.data
        while isinstance(data, tuple) and len(data) == 1:
            data = data[0]
        if isinstance(data, bool | int | float):
            return bool(data)
        return it.unknown(Why.INPUT, "the contents of a tensor")

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.library.tensor_class(self)  # type: ignore[attr-defined, no-any-return]


def credit(value: Any, maker: Any) -> Any:
    """Say of the tensors in a result which layer they come from; returns the result."""
    if isinstance(value, TensorValue):
        value.maker = maker
    elif isinstance(value, list | tuple):
        for item in value:
            credit(item, maker)
    return value


def maker_of(values: Iterable[Any], rows: Container[int] = ()) -> Any:
    """The layer that the first of some arguments comes from; ``rows`` are the ids of lists that hold numbers alone."""
    for value in values:
        if isinstance(value, TensorValue):
            found = value.maker
        else:
            found = maker_of(value, rows) if isinstance(value, list | tuple) and id(value) not in rows else None
        if found is not None:
            return found
    return None


def _one_of(found: Either) -> Tensor:
    """What is common to the tensors that a branch has left."""
    tensors = [item for item in found.alternatives if isinstance(item, Tensor)]
    first = tensors[0]
    dtype = first.dtype if all(item.dtype == first.dtype for item in tensors) else "unknown"
    return Tensor(first.shape if all(same_shape(first, item) for item in tensors) else Unknown(found.reason), dtype)


def same_shape(left: Tensor, right: Tensor) -> bool:
    """Whether two tensors certainly have the same shape."""
    one, other = left.shape, right.shape
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one is other
    return len(one) == len(other) and all(_same_size(a, b) for a, b in zip(one, other, strict=True))


def _same_size(left: Any, right: Any) -> bool:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    return left is right or (left == right) is True


NEW_AXIS = "newaxis"  # the name of None in libraries: a new axis in an index


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

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        may_raise(it, "TypeError", f"`{self.name}` can be called")
        return it.result_of(it.unknown(Why.UNSUPPORTED, f"what `{self.name}` makes of its arguments"), (*args, *kwargs.values()))

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op in ("==", "!=") and isinstance(other, Named):
            return (self.name == other.name) == (op == "==")
        return NotImplemented
