"""State dicts of layers: what they hold, and what is loaded from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.layers import LayerState
from paramlint.analysis.sublayer_calls import REQUIRED, UNSAVED, Args, Kwargs, bound, require_tables
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, UnknownArray, Why
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def state_dict(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Parameters and the buffers that are saved, of each layer, also where it stands in two places."""
    _, deep, prefix = bound(it, "Layer.state_dict", args[:1], {key: value for key, value in kwargs.items() if key != "use_hook"},
                            destination=None, include_sublayers=True, structured_name_prefix="", keep_vars=True)[:3]
    found: dict[str, Any] = it.made({})
    require_tables(it, args[0])
    _collect(it, args[0], found, prefix, it.truth(deep) is not False, {})
    return found


def _collect(it: Interpreter, layer: Any, found: dict[str, Any], prefix: str, deep: bool, above: dict[int, Any]) -> None:
    it.step()
    if not isinstance(layer, Instance) or id(layer) in above:
        return
    unsaved = {*layer.attrs.get(UNSAVED, ()), *_working_tensors(layer)}
    for name, value in (*modules.table(layer, "_parameters").items(),
                        *((name, value) for name, value in modules.table(layer, "_buffers").items() if name not in unsaved)):
        if value is not None:
            found[f"{prefix}{name}"] = value
    for name, child in modules.children(it, layer) if deep else ():
        _collect(it, child, found, f"{prefix}{name}.", deep, {**above, id(layer): layer})


def _working_tensors(layer: Instance) -> Iterator[str]:
    """The buffers that a layer of the framework keeps for itself."""
    state = layer.payload
    if isinstance(state, LayerState) and state.entry is not None and isinstance(layer.attrs.get("_buffers"), dict) and layer.attrs["_buffers"]:
        yield from (name for name, weight in state.entry.weights().items() if weight.buffer and not weight.saved)


def set_state_dict(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """What has another shape, or another name, is left as it is; gives the names that are missing and those that are too many."""
    state, structured = bound(it, "Layer.set_state_dict", args, kwargs, state_dict=REQUIRED, use_structured_name=True)
    found = _compared(it, args[0], state) if it.truth(structured) is True else it.unknown(Why.UNSUPPORTED, "the names of parameters")
    return found if isinstance(found, Unknown) else tuple(it.made(names) for names in found)


def load_state_dict(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """The same, which refuses names that are missing or too many."""
    state, strict, _ = bound(it, "Layer.load_state_dict", args, kwargs, state_dict=REQUIRED, strict=True, assign=False)
    found = _compared(it, args[0], state)
    if not isinstance(found, Unknown) and it.truth(strict) is True and any(found):
        it.throw("RuntimeError", f"Error(s) in loading state_dict for {args[0].cls.name}")
    return it.unknown(Why.UNSUPPORTED, "what `load_state_dict` gives back")


def _compared(it: Interpreter, module: Instance, state: Any) -> Any:
    """The names of a module's state that another state does not have in the same shape, and the names that are only there."""
    content = state.payload if isinstance(state, Instance) else state
    if isinstance(content, int | float | str | list | tuple | set | None) and (not isinstance(state, Instance) or content is not None):
        it.throw("AttributeError", f"'{type_name(state)}' object has no attribute 'get'")
    if (isinstance(state, Instance) and content is None) or isinstance(content, LayerState):
        it.get(state, "get")
    if not isinstance(content, dict) or it.state.open_reason(content) is not None:
        return it.unknown(Why.INPUT, "the contents of a state dict")
    own: dict[str, Any] = {}
    _collect(it, module, own, "", True, {})
    missing, taken = [], []
    for name, value in own.items():
        other = content.get(name)
        same = other is not None and _fits(it, value, other)
        if isinstance(same, Unknown):
            return same
        if same:
            taken.append((value, other))
        else:
            missing.append(name)
    for value, other in taken:
        _check_taken(it, value, other)
    return missing, [name for name in content if name not in own or name in missing]


def _fits(it: Interpreter, value: Any, other: Any) -> Any:
    """Whether something has the shape of a tensor."""
    one = value.tensor.shape if isinstance(value, TensorValue) else None
    if isinstance(other, list | dict) and isinstance(one, Shape) and one:
        return len(other) == one[0] if isinstance(one[0], int) else it.unknown(Why.INPUT, "the shapes in a state dict")
    if isinstance(other, int | float | str | tuple):
        it.throw("AttributeError", f"'{type_name(other)}' object has no attribute 'shape'")
    two = other.tensor.shape if isinstance(other, TensorValue) else other.sizes if isinstance(other, UnknownArray) else None
    if not isinstance(one, tuple) or not isinstance(two, tuple) or not all(isinstance(size, int) for size in (*one, *two)):
        return it.unknown(Why.INPUT, "the shapes in a state dict")
    return tuple(one) == tuple(two)


def _check_taken(it: Interpreter, value: TensorValue, other: Any) -> None:
    """Refuse what a tensor cannot take over: numbers of another type."""
    if isinstance(other, list | dict):
        it.throw("AssertionError", "arguments type only support Variable, numpy, Tensor, dict, string now")
    dtype = other.tensor.dtype if isinstance(other, TensorValue) else other.dtype
    if dtype != value.tensor.dtype and "unknown" not in (dtype, value.tensor.dtype):
        it.library_throw("AssertionError", f"a tensor of {value.tensor.dtype} takes no {dtype}")
