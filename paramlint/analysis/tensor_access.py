"""Attributes of tensors, and operators on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices, gradients, unmade
from paramlint.analysis.overloads import require
from paramlint.analysis.tensor_ops import apply, argument
from paramlint.analysis.tensors import UNMADE, Named, TensorValue
from paramlint.core import defects
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, BoundMethod, Either, FunctionValue, Native
from paramlint.schema import overloads
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

# The method behind an operator, as Python calls it; one that changes its left operand starts with an i.
_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "==": "eq",
              "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
              "[]": "getitem"}
_SPECIAL: dict[str, Callable[..., Any]] = {"__len__": TensorValue.length, "__iter__": TensorValue.iterate, "__bool__": TensorValue.truth,
                                            "__setitem__": TensorValue.set_item}
_UNARY = {"-": "neg", "+": "pos", "~": "invert", "abs": "abs"}


def attribute(overlay: Overlay, it: Interpreter, value: TensorValue, name: str) -> Any:
    """An attribute or a bound method of a tensor."""
    if overlay.replaced.classes and (changed := _changed(overlay, value, name)) is not NotImplemented:
        return changed
    if name in gradients.SCALAR:
        overlay.recording.require_scalar(it, value, name)
    if name in value.state:
        return value.state[name]
    if UNMADE in value.state:
        found = unmade.attribute(it, value, name)
        if found is not ABSENT:
            return found
    if name == "data":
        return _data(overlay, it, value)
    if name == "dtype":
        return _dtype(overlay, it, value)
    word = overlay.trained_word(value, name)
    if word is not None and _has(REGISTRY.framework_of(value.kind), value, name):
        trained = value.state.get("requires_grad")
        if trained is None and value.derived is True:
            trained = True
        if trained is not None:
            return not trained if word is False and isinstance(trained, bool) else trained
        return it.unknown(Why.INPUT, "whether a tensor needs a gradient")
    if name in ("grad", "grad_fn"):
        return None if not overlay.graded or name == "grad_fn" else it.unknown(Why.INPUT, "whether a tensor has a gradient")
    if name == "backward":
        overlay.recording.graded(it)
    if name in _OF_GRADIENTS and value.kind == "torch.Tensor":
        return Native(name, partial(_OF_GRADIENTS[name], overlay, value))
    if name == "set_" and value.kind == "torch.Tensor":
        return Native(name, lambda it, args, kwargs: _set(it, value, args, kwargs))
    if name == "resize_" and gradients.is_leaf(value):
        return Native(name, lambda it, args, kwargs: it.library_throw("RuntimeError", "cannot resize variables that require grad"))
    if name in ("numpy", "__array__") and (value.derived is True or value.state.get("requires_grad") is True) and value.kind == "torch.Tensor":
        return Native(name, lambda it, args, kwargs: _numpy(overlay, it, value, args, kwargs))
    if name == "requires_grad_":
        return Native(name, lambda it, args, kwargs: _requires_grad(it, value, args, kwargs))
    if value.kind == "torch.Tensor" and (place := devices.fact(overlay, name)) is not None:
        return place
    entry = REGISTRY.find(f"{value.kind}.{name}")
    if entry is not None and issubclass(entry, Op):
        if entry.ATTRIBUTE:
            return apply(overlay, it, f"{value.kind}.{name}", entry, [value], {})
        return BoundMethod(overlay.lookup(f"{value.kind}.{name}"), value)
    if name.startswith("__"):
        own = _SPECIAL.get(name)
        return NotImplemented if own is None else Native(name, lambda it, args, kwargs, own=own: own(value, it, *args, **kwargs))
    framework = REGISTRY.framework_of(value.kind)
    if framework is not None and framework.tensor_words and name not in framework.tensor_words:
        return _added(overlay, value, name)
    if not _has(framework, value, name):
        return _added(overlay, value, name)
    if name.endswith("_"):
        return Native(name, lambda it, args, kwargs: _in_place(overlay, it, value, name, args, kwargs))
    if framework is not None and overloads.of(framework, f"{value.kind}.{name}"):
        return Native(name, lambda it, args, kwargs: _not_modelled(it, framework, value, name, args, kwargs))
    return it.unknown(Why.UNSUPPORTED, f"`Tensor.{name}` is not modelled")


_OF_GRADIENTS: dict[str, Callable[..., Any]] = {
    "backward": lambda overlay, value, it, args, kwargs: gradients.backward(overlay, it, value, args, kwargs),
    **{name: lambda overlay, value, it, args, kwargs, name=name: gradients.hooked(overlay, it, value, name, args, kwargs)
       for name in ("register_hook", "retain_grad", "register_post_accumulate_grad_hook")},
}


def settable(overlay: Overlay, it: Interpreter, value: TensorValue, name: str, new: Any) -> tuple[str, Any]:
    """Under which name an attribute of a tensor is kept that is set, and as what. What the framework refuses is an error."""
    framework = REGISTRY.framework_of(value.kind)
    if framework is None:
        return name, new
    if name in framework.fixed_attributes:
        it.throw("AttributeError", f"attribute '{name}' of '{value.type_name()}' objects is not writable")
    if name == "grad" and framework.leaf_error and new is not None:
        _require_gradient(it, value, new)
    word = framework.trained.get(name)
    if word is None or not _has(framework, value, name):
        return name, new
    error = framework.trained_errors.get(name)
    if error is not None and not isinstance(new, bool | Unknown | Either):
        if new is not None or word:
            raise it.library_error(error, f"`{name}` must be a bool")
        new = False
    return "requires_grad", not new if word is False and isinstance(new, bool) else new


def _require_gradient(it: Interpreter, value: TensorValue, new: Any) -> None:
    """Refuse what is no gradient of a tensor."""
    if not isinstance(new, TensorValue | Unknown | Either):
        it.throw("TypeError", f"assigned grad expected to be a Tensor or None but got grad of type {type_name(new)}")
    if isinstance(new, TensorValue) and not isinstance(new.tensor.shape, Unknown) and not isinstance(value.tensor.shape, Unknown):
        if len(new.tensor.shape) != len(value.tensor.shape) or any(map(differs, new.tensor.shape, value.tensor.shape)):
            it.library_throw("RuntimeError", "assigned grad has data of a different size")


def require_assignable(overlay: Overlay, it: Interpreter, value: TensorValue, index: Any, new: Any) -> None:
    """Refuse an index that does not fit, and what does not fit there."""
    name = f"{value.kind}.__getitem__"
    entry = REGISTRY.find(name)
    framework = REGISTRY.framework_of(name)
    if framework is None or not framework.checked or entry is None or not issubclass(entry, Op):
        return
    if value.lies is not None and any(isinstance(step, int) and step == 0 for step in value.lies):
        hedge(it, "elements are assigned to that are one in memory")
    if isinstance(new, str | None):
        it.throw("TypeError", f"can't assign a {type_name(new)} to a {value.type_name()}")
    try:
        there = entry.build([value.tensor, argument(overlay, it, index)]).result().shape
        given = new.tensor.shape if isinstance(new, TensorValue) else Shape()
        if not isinstance(there, Unknown) and not isinstance(given, Unknown):
            _fit(given, there)
    except (NeedsValue, Refused):
        return
    except ShapeMismatch as error:
        raise it.library_error(error.error or "IndexError", error.message) from None
    except defects.ERRORS:
        return


def _fit(given: Shape, there: Shape) -> None:
    """Raise ShapeMismatch for elements that cannot be put where others are."""
    sizes = list(given)
    while len(sizes) > len(there) and isinstance(sizes[0], int) and sizes[0] == 1:
        sizes.pop(0)
    if len(sizes) > len(there) or any(differs(one, other) and not (isinstance(one, int) and one == 1)
                                      for one, other in zip(reversed(sizes), reversed(there), strict=False)):
        raise ShapeMismatch(f"a tensor of shape {given.text} does not fit where one of shape {there.text} is", error="RuntimeError")


def _has(framework: Framework | None, value: TensorValue, name: str) -> bool:
    """Whether the class of a tensor has an attribute, as far as that is recorded."""
    if framework is None:
        return True
    cls = framework.parameter[0] if value.is_parameter and framework.parameter else value.kind
    members = REGISTRY.members(framework)
    return not members.known(cls) or members.has(cls, name, on_instance=True)


def _changed(overlay: Overlay, value: TensorValue, name: str) -> Any:
    """A method that the analysed code has put in place of one of the class of tensors."""
    cls = overlay.tensor_class(value)
    found = cls.find(name) if overlay.replaced.rewritten(cls) else None
    return BoundMethod(found, value) if isinstance(found, FunctionValue) else NotImplemented


def _added(overlay: Overlay, value: TensorValue, name: str) -> Any:
    """What the analysed code has added to the class of tensors."""
    found = overlay.module_class(value.kind).attrs.get(name, NotImplemented)
    return BoundMethod(found, value) if isinstance(found, FunctionValue | Native) else found


def _dtype(overlay: Overlay, it: Interpreter, value: TensorValue) -> Any:
    if overlay.retyped and value.tensor.dtype == "float32":
        return it.outside("the type of a tensor, since the code sets another for new ones")
    if overlay.converted and value.tensor.dtype.startswith(("float", "bfloat")):
        return it.outside("the type of a tensor, since the code converts some to what is not known")
    if overlay.recording.cast and not value.is_parameter and value.tensor.dtype.startswith(("float", "bfloat")):
        return it.outside("the type of a tensor, since the code computes some in another")
    found = overlay.lookup(f"{value.kind.partition('.')[0]}.{value.tensor.dtype}")
    return found if isinstance(found, Named) else it.unknown(Why.INPUT, "the dtype of a tensor")


def _numpy(overlay: Overlay, it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """An array of a tensor that needs a gradient, which is refused unless the code asks for a copy."""
    if not args and not kwargs:
        it.library_throw("RuntimeError", "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return it.call(overlay.lookup(f"{value.kind}.numpy"), [value, *args], kwargs)


def _set(it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> TensorValue:
    """``set_``: the elements of another tensor, or of a storage, in its shape."""
    source = args[0] if args else kwargs.get("source")
    if isinstance(source, str | int | float | list | tuple | dict):
        it.library_throw("TypeError", "set_() received an invalid combination of arguments")
    value.forget(it)
    if isinstance(source, TensorValue) and len(args) + len(kwargs) == 1:
        value.become(it, Tensor(source.tensor.shape, value.tensor.dtype))
    elif source is None and not kwargs:
        value.become(it, Tensor(Shape((0,)), value.tensor.dtype))
    else:
        value.become(it, Tensor(it.unknown(Why.UNSUPPORTED, "the shape of a tensor that is set to a storage"), value.tensor.dtype))
    return value


def _requires_grad(it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> TensorValue:
    gradients.set_required(it, value, args[0] if args else kwargs.get("requires_grad", True), method=True)
    return value


def _data(overlay: Overlay, it: Interpreter, value: TensorValue) -> TensorValue:
    """The same elements without a derivative."""
    apart = value.is_parameter or gradients.is_leaf(value) or value.looks is not False
    found = TensorValue(value.tensor, kind=value.kind, memory=value.memory) if apart else value
    if found is not value:
        found.lies = value.lies
        overlay.shares(value, found)
    elif overlay.trace is not None:
        overlay.trace.unclear(it.unknown_reason("what training keeps of what works on `.data`"))
    return found


def _not_modelled(it: Interpreter, framework: Framework, value: TensorValue, name: str, args: list[Any], kwargs: dict[str, Any]) -> Unknown:
    """A method that no entry stands for; whether it takes values of the kinds that it asks for is not known."""
    require(it, framework, f"{value.kind}.{name}", [value, *args], kwargs)
    unknown = it.unknown(Why.UNSUPPORTED, f"`Tensor.{name}` is not modelled")
    may_raise(it, "", f"`Tensor.{name}` takes such arguments")
    return it.result_of(unknown, (value, *args, *kwargs.values()))


def _in_place(overlay: Overlay, it: Interpreter, value: TensorValue, name: str, args: list[Any], kwargs: dict[str, Any]) -> TensorValue:
    """A method that changes its tensor and that no entry stands for: the contents are not followed."""
    require(it, REGISTRY.framework_of(value.kind), f"{value.kind}.{name}", [value, *args], kwargs)
    may_raise(it, "", f"`Tensor.{name}` takes such arguments")
    gradients.change(overlay, it, value, name)
    if value.lies is not None:
        hedge(it, f"`{name}` changes a tensor of which several elements are one in memory")
    value.forget(it)
    if overlay.trace is not None:
        overlay.trace.changed(value, it.unknown_reason(f"what training keeps of `{name}`"))
    return value


def operator(overlay: Overlay, it: Interpreter, op: str, operands: list[Any]) -> Any:
    left = operands[0]
    kind = next(value.kind for value in operands if isinstance(value, TensorValue))
    for value in operands:
        if isinstance(value, TensorValue):
            value.require_made(it, op)
    changes = op not in _OPERATORS and op.endswith("=")
    plain = op[:-1] if changes else op
    method = _UNARY.get(op) if len(operands) == 1 else _OPERATORS.get(plain)
    if overlay.replaced.classes and isinstance(left, TensorValue):
        changed_method = _changed(overlay, left, f"__{method}__")
        if changed_method is not NotImplemented:
            return it.call(changed_method, operands[1:])
    if op in ("==", "!=") and not all(isinstance(v, TensorValue | Unknown | Either | int | float) for v in operands):
        return op == "!="
    if changes and isinstance(left, TensorValue):
        name = f"{kind}.__i{method}__"
        entry = REGISTRY.find(name)
        if entry is not None and issubclass(entry, Op):
            return apply(overlay, it, name, entry, operands, {})
    name = f"{kind}.__{method}__"
    entry = REGISTRY.find(name)
    if entry is None or not issubclass(entry, Op):
        return TensorValue(Tensor(it.unknown(Why.UNSUPPORTED, f"the operator `{op}` on a tensor"), "unknown"), kind=kind)
    return apply(overlay, it, name, entry, operands, {})
