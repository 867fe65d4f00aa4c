"""The classes of tensors, parameters and buffers, and what a shape has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.derivatives import function_class
from paramlint.analysis.modules import argument_of
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import TensorValue
from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.fixed_width import FIXED
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def special(overlay: Overlay, framework: Framework, name: str) -> Any:
    """The classes of tensors and parameters."""
    for names in (framework.tensor, framework.parameter):
        if name in names[1:]:
            return overlay.lookup(names[0])
    if name in framework.tensor:
        cls = ClassValue("Tensor", (overlay.it.classes["object"],), {}, module=name.rpartition(".")[0])
        cls.make = lambda it, args, kwargs: _make_tensor(overlay, it, name, args[1:])
        return cls
    if name in framework.parameter:
        base = overlay.lookup(framework.tensor[0])
        cls = ClassValue(framework.class_names.get(name, "Parameter"), (base,), {}, module=name.rpartition(".")[0])
        make = _make_parameter_of if framework.keeps_tensors else _make_parameter
        cls.make = lambda it, args, kwargs: make(it, args, kwargs, framework.tensor[0])
        return cls
    if name in framework.buffer:
        cls = ClassValue("Buffer", (overlay.lookup(framework.tensor[0]),), {}, module=name.rpartition(".")[0])
        cls.make = lambda it, args, kwargs: _make_buffer(it, args, kwargs, framework.tensor[0])
        return cls
    if name in framework.differentiable:
        return function_class(overlay, name)
    if name == "torch.Size":
        return Native("Size", _size)
    return None


def _size(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """``torch.Size``: a tuple of whole numbers."""
    if kwargs or len(args) > 1:
        it.library_throw("TypeError", "`torch.Size` takes one sequence")
    found = tuple(it.elements(args[0])) if args else ()
    if any(isinstance(size, bool) for size in found):
        may_raise(it, "TypeError", "`torch.Size` takes truth values")
    for size in found:
        if size is None or isinstance(size, float | str | bytes | list | tuple | dict | set):
            it.library_throw("TypeError", f"torch.Size() takes an iterable of 'int', not of '{type_name(size)}'")
    return found


# What numbers of numpy have besides those of Python.
_OF_SCALARS = frozenset({
    "T", "all", "any", "argmax", "argmin", "astype", "byteswap", "clip", "copy", "cumprod", "cumsum", "data", "dtype", "dump", "dumps", "fill",
    "flat", "flatten", "flags", "item", "itemsize", "max", "mean", "min", "nbytes", "ndim", "nonzero", "prod", "ptp", "ravel", "repeat", "reshape",
    "resize", "round", "shape", "size", "sort", "squeeze", "std", "strides", "sum", "swapaxes", "take", "tobytes", "tolist", "transpose", "var",
    "view"})


def add_scalars(it: Interpreter) -> None:
    """The classes of numpy's numbers."""
    generic = ClassValue("generic", (it.classes["object"],), {}, module="numpy")
    for name, bases in (("int64", (generic,)), ("float64", (generic, it.classes["float"]))):
        it.classes[name] = ClassValue(name, bases, {}, module="numpy")


def of_plain(it: Interpreter, value: Any, name: str) -> Any:
    """What a tensor's shape has besides a tuple's methods; what a number has besides, if it may be one of numpy."""
    if isinstance(value, tuple):
        return _of_shape(value, name)
    if value.__class__ in FIXED:
        return _of_scalar(it, value, name)
    if name in _OF_SCALARS and any(known.startswith("numpy.") for known in it.modules.members):
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a number that may be one of numpy")
    return ABSENT


def _of_scalar(it: Interpreter, value: Any, name: str) -> Any:
    """What a number of numpy has besides."""
    if name in ("shape", "ndim", "size"):
        return {"shape": (), "ndim": 0, "size": 1}[name]
    if name in ("item", "tolist"):
        return Native(name, lambda it, args, kwargs: int(value) if isinstance(value, int) else float(value))
    if name == "astype":
        return Native(name, lambda it, args, kwargs: it.call(it.get(Numbers([value], scalar=True), "astype"), args, kwargs))
    return it.unknown(Why.UNSUPPORTED, f"`{name}` of a number of numpy") if name in _OF_SCALARS else ABSENT


def _of_shape(value: tuple[Any, ...], name: str) -> Any:
    if name != "numel" or not all(isinstance(size, int | Formula | Unknown) for size in value):
        return ABSENT
    return Native(name, lambda it, args, kwargs: Shape(value).numel)


def _make_tensor(overlay: Overlay, it: Interpreter, name: str, args: list[Any]) -> Any:
    """A call of the class of tensors, where the framework has one: ``torch.Tensor(2, 3)``, ``torch.Tensor([1, 2])``."""
    if args and isinstance(args[0], TensorValue):
        args = args[:1]  # a tensor of a tensor; whether gradients are wanted makes no difference
    entry = REGISTRY.find(f"{name}.__new__")
    if entry is not None and issubclass(entry, Op):
        from paramlint.analysis.tensor_ops import apply

        return apply(overlay, it, f"{name}.__new__", entry, args, {})
    return TensorValue(Tensor(_sizes(it, args)))


def _sizes(it: Interpreter, args: list[Any]) -> Shape | Unknown:
    """The shape of ``torch.Tensor(2, 3)``."""
    if args and all(isinstance(size, int | Formula) and not isinstance(size, bool) for size in args):
        return Shape(args)
    return it.unknown(Why.INPUT, "the shape of a tensor made from data")


def _make_parameter(it: Interpreter, args: list[Any], kwargs: dict[str, Any], kind: str) -> Any:
    _cls, *given = args
    if len(given) > 2 or not kwargs.keys() <= {"data", "requires_grad"}:
        it.throw("TypeError", "Parameter() takes `data` and `requires_grad`")
    data = given[0] if given else kwargs.get("data")
    trainable = given[1] if len(given) > 1 else kwargs.get("requires_grad", True)
    if kind == "torch.Tensor":
        _check_parameter(it, data, trainable)
    if isinstance(data, TensorValue):
        data.require_made(it, "detach")
        tensor = data.tensor
    elif data is None:
        tensor = Tensor(Shape((0,)))
    elif isinstance(data, Instance) and kind == "torch.Tensor":
        made = it.call(it.get(it.call(it.get(data, "detach")), "requires_grad_"), [trainable])
        return made if isinstance(made, TensorValue | Unknown) else it.unknown(Why.UNSUPPORTED, "a parameter of an object")
    elif isinstance(data, Either):
        return it.each(data, lambda one: _make_parameter(it, [_cls, one, trainable], {}, kind))
    else:
        tensor = Tensor(data if isinstance(data, Unknown) else it.unknown(Why.UNSUPPORTED, "the shape of a parameter's data"))
    made = TensorValue(Tensor(tensor.shape, tensor.dtype), parameter=True, kind=kind)
    it.made(made.state)
    made.state["requires_grad"] = trainable
    if isinstance(data, TensorValue):
        made.lies = data.lies
        it.library.shares(data, made)  # type: ignore[attr-defined]
    return made


def _make_parameter_of(it: Interpreter, args: list[Any], kwargs: dict[str, Any], kind: str) -> Any:
    """A parameter of a tensor, or of a shape, where a list is one."""
    data = args[1] if len(args) > 1 else kwargs.get("shape", kwargs.get("data"))
    if not isinstance(data, list) and "shape" not in kwargs:
        if isinstance(data, TensorValue | Unknown | Either | None):
            return _make_parameter(it, args, {key: value for key, value in kwargs.items() if key in ("data", "requires_grad")}, kind)
        raise it.library_error("", "a parameter is made of a tensor, or of a list of sizes and a type")
    dtype = args[2] if len(args) > 2 else kwargs.get("dtype")
    if dtype is None:
        raise it.library_error("TypeError", "a parameter that is made of its shape needs a `dtype`")
    known = isinstance(data, list) and it.state.open_reason(data) is None and not any(isinstance(size, bool | float | str | None) for size in data)
    shape: Any = Shape(data) if known and isinstance(data, list) else it.unknown(Why.UNSUPPORTED, "the shape of a parameter")
    made = TensorValue(Tensor(shape, dtype if isinstance(dtype, str) else "unknown"), parameter=True, kind=kind)
    it.made(made.state)
    made.state["requires_grad"] = kwargs.get("trainable", True)
    return made


def parameter_of(it: Interpreter, value: TensorValue) -> TensorValue:
    """A parameter with the contents of a tensor."""
    made = _make_parameter(it, [None, value], {}, value.kind)
    assert isinstance(made, TensorValue)
    return made


def _check_parameter(it: Interpreter, data: Any, trainable: Any) -> None:
    """Refuse what cannot be a parameter."""
    if isinstance(data, bool | int | float | str | bytes | list | tuple | dict | set):
        it.throw("AttributeError", f"'{type_name(data)}' object has no attribute 'detach'")
    if not isinstance(trainable, bool | Unknown | Either):
        raise it.library_error("TypeError", "requires_grad must be bool")
    if trainable is True and isinstance(data, TensorValue) and data.tensor.dtype.startswith(("int", "uint", "bool")):
        it.throw("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients")


def _make_buffer(it: Interpreter, args: list[Any], kwargs: dict[str, Any], kind: str) -> Any:
    """A tensor that registers itself as a buffer where it is assigned."""
    data = {key: value for key, value in kwargs.items() if key == "data"}
    made = _make_parameter(it, args[:2], {**data, "requires_grad": False}, kind)
    if isinstance(made, TensorValue):
        made.is_parameter, made.is_buffer = False, True
        made.state.pop("requires_grad", None)
        made.state["<registers>"] = argument_of(args, kwargs, 2, "persistent", True)
    return made
