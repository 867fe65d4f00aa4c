"""Operations that give back the tensor itself where there is nothing to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.devices import Device
from paramlint.analysis.tensors import UNCLEAR, Named, TensorValue, same_shape
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Reason, Unknown
from paramlint.frameworks.strides import is_in_order
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.conditions import certainly
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_LAYOUTS = ("contiguous_format", "preserve_format")


def kept(overlay: Overlay, it: Interpreter, framework: Framework | None, name: str, args: list[Any], kwargs: dict[str, Any], made: Any) -> Any:
    """The result of an operation: its tensor where it is known to be that, either where it is not."""
    value = args[0] if args else None
    last = name.rpartition(".")[2]
    if framework is None or last not in framework.unchanging or not isinstance(value, TensorValue) or not isinstance(made, TensorValue):
        return made
    if not value.is_parameter:  # which of two tensors it is makes no difference
        return made
    same = _is_same(overlay, it, last, value, args[1:], kwargs, made)
    if same is True:
        return value
    return Either((value, made), same) if isinstance(same, Reason) else made


def passed(overlay: Overlay, module: Instance, kind: str, args: list[Any]) -> TensorValue | None:
    """The parameter that a layer gives back as it is, where it does; ``kind`` is that of the layer."""
    value = args[0] if args else None
    if not (isinstance(value, TensorValue) and value.is_parameter) or overlay.trace is not None or overlay.calls is not None:
        return None
    return value if kind == "identity" or (kind == "dropout" and module.attrs.get("training") is False) else None


def _is_same(overlay: Overlay, it: Interpreter, last: str, value: TensorValue, args: list[Any], kwargs: dict[str, Any],
             made: TensorValue) -> bool | Reason:
    old, new = value.tensor, made.tensor
    if "unknown" in (old.dtype, new.dtype):
        return it.unknown_reason(f"whether `{last}` has anything to change")
    if old.dtype != new.dtype or not (same_shape(old, new) or old.shape is new.shape):
        return False
    if last == "contiguous" and value.lies is not None and kwargs.get("memory_format") is None:
        if value.lies is UNCLEAR:
            return it.unknown_reason("whether a tensor is contiguous")
        if not certainly(lambda: is_in_order(tuple(old.shape), value.lies)):
            return False
    if last == "dropout":
        return _drops_nothing(it, args, kwargs)
    if it.truth(kwargs.get("copy", False)) is not False:
        return False
    layout = kwargs.get("memory_format")
    if layout is not None and layout not in _LAYOUTS:
        return False
    return _stays(overlay, it, args, kwargs)


def _drops_nothing(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> bool | Reason:
    rate = args[0] if args else kwargs.get("p", 0.5)
    training = args[1] if len(args) > 1 else kwargs.get("training", True)
    for found in (it.truth(rate), it.truth(training)):
        if found is False:
            return True
        if isinstance(found, Unknown):
            return found.reason
    return False


def _stays(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> bool | Reason:
    """Whether a tensor is not moved to another device."""
    if overlay.moved:
        return it.unknown_reason("where a tensor lies, which the code has moved")
    for value in (*args, *kwargs.values()):
        place = value.name if isinstance(value, Device) else value if isinstance(value, str) and value.rpartition(".")[2] not in DTYPE_BYTES else ""
        if isinstance(value, Unknown | Either):
            return value.reason
        if place is None:
            return it.unknown_reason("the device depends on the machine")
        if place and not place.startswith("cpu") and not isinstance(value, Named) and place not in _LAYOUTS and "Tensor" not in place:
            return False
    return True
