"""Variables: what Keras takes to make one."""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import variable_dtype
from paramlint.frameworks.keras.kinds import Constraint, DType, Initializer, Name, Regularizer, one_of, plain
from paramlint.frameworks.keras.plain_objects import require_gradients, require_rank
from paramlint.schema.conditions import Refused, WrongKind, certainly
from paramlint.schema.fields import Value, shown, truth
from paramlint.schema.op import Op


def variable_shape(shape: Any) -> Any:
    """The shape of a variable as code writes it: a size may be neither open, nor negative, nor a float. Source: standardize_shape."""
    if isinstance(shape, Unknown):
        return shape
    if isinstance(shape, Formula):
        return Unknown.because(Why.ARGUMENT, f"the shape `{shape}`")
    if not isinstance(shape, list | tuple | set | dict | range):
        if plain(shape) and not isinstance(shape, str):
            raise Refused(f"{shown(shape)} is no shape of a weight", field="shape", help=f"`({shown(shape)},)` is one")
        return Unknown.because(Why.UNSUPPORTED, "the shape of a weight")
    for size in shape:
        if size is None or isinstance(size, str | float | list | tuple):
            raise Refused(f"a weight cannot have the size {shown(size)}", field="shape")
        if isinstance(size, Unknown):
            return size
        if certainly(lambda size=size: size < 0):
            raise Refused(f"a weight cannot have the size {shown(size)}", field="shape")
    return Shape(int(size) if isinstance(size, bool) else size for size in shape)


class AddWeight(Op):
    """A new weight of a layer: ``layer.add_weight(shape=(3, 4))``. Shape, initializer and dtype may be given by position."""

    NAMES = ("keras.layers.Layer.add_weight",)

    shape: Value = None
    initializer: Initializer = None
    dtype: DType = None
    trainable: Value = True
    autocast: Value = True
    regularizer: Regularizer = None
    constraint: Constraint = None
    aggregation: Annotated[Any, one_of(None, "none", "mean", "sum", "only_first_replica")] = "none"
    overwrite_with_gradient: Value = False
    name: Name = None

    def result(self) -> Tensor:
        found = variable_shape(() if self.shape is None else self.shape)
        require_rank(self.initializer, found, self.dtype, Refused)
        if truth(self.trainable) is not False:
            require_gradients(self.dtype)
        return Tensor(found, self.dtype if isinstance(self.dtype, str) else "float32")


class NewVariable(Op):
    """A variable of its own, of a shape with an initializer or of the shape of the value it starts from."""

    NAMES = ("keras.Variable.__new__",)
    EXTRA = "options"

    initializer: Value
    shape: Value = None
    dtype: DType = None
    trainable: Value = True
    autocast: Value = True
    aggregation: Annotated[Any, one_of(None, "none", "mean", "sum", "only_first_replica")] = "none"
    synchronization: Annotated[Any, one_of(None, "none", "on_read", "on_write", "auto")] = "auto"
    name: Name = None
    layout: Value = None
    options: Value = None

    def result(self) -> Tensor:
        dtype = variable_dtype(self.dtype) if isinstance(self.dtype, str) else "float32"
        value = self.initializer
        if truth(self.trainable) is not False:
            require_gradients(self.dtype)
        if isinstance(value, Unknown):
            raise NeedsValue(value)
        if isinstance(value, Tensor):
            return Tensor(value.shape, dtype if self.dtype is not None else value.dtype)
        if isinstance(value, bool | int | float):
            return Tensor(Shape(()), dtype)
        if isinstance(value, list | tuple):
            return Tensor(_nested(value), dtype)
        if value is None:
            raise WrongKind("a variable needs a value or an initializer", field="initializer")
        if self.shape is None:
            raise Refused("a variable that is made by an initializer needs a `shape`", field="shape")
        found = variable_shape(self.shape)
        require_rank(value, found, dtype, Refused)
        return Tensor(found, dtype)


def _nested(value: Any) -> Any:
    """The shape of nested lists of numbers."""
    sizes: list[int] = []
    while isinstance(value, list | tuple):
        sizes.append(len(value))
        if not value or any(isinstance(item, list | tuple) != isinstance(value[0], list | tuple) for item in value):
            break
        if isinstance(value[0], list | tuple) and len({len(item) for item in value}) > 1:
            raise Refused("the lists of a variable's value differ in length", field="initializer")
        value = value[0]
    if isinstance(value, Unknown | Tensor):
        return Unknown.because(Why.UNSUPPORTED, "the shape of a variable")
    return Shape(sizes)
