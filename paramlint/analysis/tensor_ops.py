"""Operations on tensors: from the names and operators of the analysed code to the frameworks' entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import LayerState, to_entry
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import BoundMethod, ClassValue, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

# The method behind an operator, as torch calls it.
_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floor_divide", "%": "remainder", "**": "pow", "@": "matmul",
              "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor",
              "~": "bitwise_not", "[]": "__getitem__"}
_UNARY = {"-": "neg", "+": "positive", "~": "bitwise_not"}


def special(overlay: Overlay, framework: Framework, name: str) -> Any:
    """The classes of tensors and parameters."""
    if name in framework.tensor:
        cls = ClassValue("Tensor", (overlay.it.classes["object"],), {}, module=name.rpartition(".")[0])
        cls.make = lambda it, args, kwargs: TensorValue(Tensor(it.unknown(Why.INPUT, "the shape of a tensor made from data")))
        return cls
    if name in framework.parameter:
        base = overlay.lookup(framework.tensor[0])
        cls = ClassValue("Parameter", (base,), {}, module=name.rpartition(".")[0])
        cls.make = _make_parameter
        return cls
    if name == "torch.Size":
        return Native("Size", lambda it, args, kwargs: tuple(it.elements(args[0])) if args else ())
    return None


def _make_parameter(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    _cls, *given = args
    data = given[0] if given else kwargs.get("data")
    trainable = given[1] if len(given) > 1 else kwargs.get("requires_grad", True)
    if isinstance(data, TensorValue):
        tensor = data.tensor
    elif data is None:
        tensor = Tensor(Shape((0,)))
    else:
        tensor = Tensor(data if isinstance(data, Unknown) else it.unknown(Why.UNSUPPORTED, "the shape of a parameter's data"))
    made = TensorValue(Tensor(tensor.shape, tensor.dtype), parameter=True)
    made.state["requires_grad"] = trainable
    return made


def function(overlay: Overlay, name: str, entry: type[Op]) -> Native:
    """A function that stands for an operation."""
    return Native(name, lambda it, args, kwargs: apply(overlay, it, entry, args, kwargs), binds=".Tensor." in name)


def apply(overlay: Overlay, it: Interpreter, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run an operation. What it refuses is an error in the analysed code; what it cannot know is an Unknown."""
    kwargs = {name: value for name, value in kwargs.items() if name != "out"}
    try:
        op = entry.build([_argument(overlay, it, value) for value in args],
                         {name: _argument(overlay, it, value) for name, value in kwargs.items()})
        return _result(overlay, it, op.result())
    except NeedsValue as error:
        return TensorValue(Tensor(error.unknown))
    except Refused as error:
        raise it.error("TypeError", f"{entry.__name__}: {error.message}") from None
    except ShapeMismatch as error:
        raise it.error("RuntimeError", f"{entry.__name__}: {error.message}") from None


def _argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    if isinstance(value, Named):
        return value.name.rpartition(".")[2]
    return to_entry(overlay, it, value)


def _result(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    if isinstance(value, Tensor):
        return TensorValue(value)
    if isinstance(value, tuple):
        return tuple(_result(overlay, it, item) for item in value)
    if isinstance(value, list):
        return it.made([_result(overlay, it, item) for item in value])
    return value


def attribute(overlay: Overlay, it: Interpreter, value: TensorValue, name: str) -> Any:
    """An attribute or a bound method of a tensor."""
    shape = value.tensor.shape
    if name in value.state:
        return value.state[name]
    if name == "shape":
        return shape if isinstance(shape, Unknown) else tuple(shape)
    if name == "dtype":
        return overlay.lookup(f"torch.{value.tensor.dtype}")
    if name == "ndim":
        return shape if isinstance(shape, Unknown) else len(shape)
    if name == "data":
        return value
    if name == "requires_grad":
        return value.is_parameter
    if name in ("grad", "grad_fn"):
        return None
    if name in ("device", "layout", "is_cuda", "is_meta", "is_leaf"):
        return it.unknown(Why.EFFECT, f"the {name} of a tensor")
    if name == "requires_grad_":
        return Native(name, lambda it, args, kwargs: _requires_grad(it, value, args, kwargs))
    entry = REGISTRY.find(f"torch.Tensor.{name}")
    if entry is not None and issubclass(entry, Op):
        found = overlay.lookup(f"torch.Tensor.{name}")
        return BoundMethod(found, value) if isinstance(found, Native) else found
    if name.endswith("_") and not name.startswith("_"):
        return Native(name, lambda it, args, kwargs: _in_place(value))
    if name.startswith("__"):
        return NotImplemented
    return it.unknown(Why.UNSUPPORTED, f"`Tensor.{name}` is not modelled")


def _requires_grad(it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> TensorValue:
    it.write(value.state)
    value.state["requires_grad"] = args[0] if args else kwargs.get("requires_grad", True)
    return value


def _in_place(value: TensorValue) -> TensorValue:
    """A method such as ``normal_``: the shape stays, the contents are not followed."""
    value.tensor = Tensor(value.tensor.shape, value.tensor.dtype)
    return value


def operator(overlay: Overlay, it: Interpreter, op: str, operands: list[Any]) -> Any:
    unknown = next((v for v in operands if isinstance(v, Unknown)), None)
    if unknown is not None and op != "[]":
        return TensorValue(Tensor(unknown))
    name = _UNARY.get(op) if len(operands) == 1 else _OPERATORS.get(op)
    if op in ("==", "!=") and not all(isinstance(v, TensorValue | int | float) for v in operands):
        return op == "!="
    entry = REGISTRY.find(f"torch.Tensor.{name}") if name is not None else None
    if entry is None or not issubclass(entry, Op):
        return TensorValue(Tensor(it.unknown(Why.UNSUPPORTED, f"the operator `{op}` on a tensor")))
    return apply(overlay, it, entry, operands, {})


def call_layer(overlay: Overlay, it: Interpreter, module: Instance, args: list[Any], kwargs: dict[str, Any]) -> Any:
    state = module.payload
    if isinstance(state, LayerState) and state.entry is not None:
        return TensorValue(Tensor(it.unknown(Why.INPUT, f"the output of `{module.cls.name}`")))
    return it.unknown(Why.INPUT, f"the output of `{module.cls.name}`")
