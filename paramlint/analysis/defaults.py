"""What new tensors are of unless a call says otherwise, and tensors that change places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import Either
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def dtype(overlay: Overlay, it: Interpreter, framework: Framework, given: list[Any]) -> Any:
    """The type of new tensors; or, with an argument, that it is another from now on."""
    usual = "float32" if framework.text_dtypes else overlay.lookup(f"{framework.name}.float32")
    if given:
        last = given[0].name.rpartition(".")[2] if isinstance(given[0], Named) else given[0]
        if framework.text_dtypes and isinstance(last, str | int | float | None) and last not in ("float16", "bfloat16", "float32", "float64"):
            it.library_throw("TypeError", f"the default type of numbers must be one of fractions, got {last!r}")
        named = isinstance(given[0], Named) and given[0].attrs.get("is_floating_point")
        if not framework.text_dtypes and not isinstance(given[0], Unknown | Either) and not named:
            it.library_throw("TypeError", "only floating-point types are supported as the default type")
        if not isinstance(last, str) or last != "float32":
            overlay.settle("retyped", True)
        return None
    return it.outside("the type of new tensors, which the code sets") if overlay.retyped else usual


def tensor_type(overlay: Overlay, it: Interpreter, framework: Framework, given: list[Any]) -> None:
    """The older way to say the type of new tensors, and where they are, by the name of a class of tensors."""
    named = given[0] if given else None
    if not isinstance(named, str) or named != framework.default_tensor_type[1]:
        may_raise(it, "", f"`{framework.default_tensor_type[0]}` takes such arguments")
        overlay.settle("retyped", True)
        devices.move(overlay)


def swap(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Two tensors change places: each is what the other was."""
    one, other = (*args, *kwargs.values())[:2]
    if not isinstance(one, TensorValue) or not isinstance(other, TensorValue):
        for value in (one, other):
            if isinstance(value, TensorValue):
                value.become(it, Tensor(it.unknown(Why.UNSUPPORTED, "a tensor that has changed places with one that is not known"), "unknown"))
        raise it.not_followed("tensors that change places")
    if one.is_parameter != other.is_parameter:
        for value in (one, other):
            value.become(it, Tensor(it.unknown(Why.UNSUPPORTED, "a tensor that has changed places with a parameter"), "unknown"))
        return
    before = dict(one.state)
    for value, state in ((one, dict(other.state)), (other, before)):
        value.write(it)
        value.state.clear()
        value.state.update(state)
    one.memory, other.memory = other.memory, one.memory
