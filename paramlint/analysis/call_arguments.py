"""Arguments of calls of layers that build on call: what is refused, and what the framework fills in, ``training`` and masks.

Source: Layer.__call__ and CallSpec in keras/src/layers/layer.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paramlint.analysis import older_versions
from paramlint.analysis.layers import LayerState
from paramlint.analysis.lazy_state import own_function
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.signatures import default_of, position_of, refused_arguments
from paramlint.analysis.symbolic import Args, Kwargs, Symbol, leaves, mapped, tensors_in
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, UnknownArray
from paramlint.interpreter.fixed_width import float64, int64
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, FunctionValue, Instance, Native
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

TRAINING = "training"
_ARRAYS = (UnknownArray, Numbers, int64, float64)
_NO_TENSORS = (bool, int, float, complex, str, bytes, FunctionValue, ClassValue, Native, BoundMethod)


_OPTIONS = frozenset({"activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape"})


def check_options(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """What ``Layer.__init__`` does not take raises an exception in the analysed code; older versions took more."""
    if older_versions.runs_in(overlay, it, "tensorflow") or older_versions.is_older(overlay, it):
        return
    if args:
        it.throw("TypeError", f"Layer.__init__() takes 1 positional argument but {1 + len(args)} were given")
    unknown = next((key for key in kwargs if key not in _OPTIONS), None)
    if unknown is not None:
        it.library_throw("ValueError", f"Unrecognized keyword arguments passed to a layer: {unknown}")
    check_name(it, kwargs.get("name"))


def check_name(it: Interpreter, name: Any) -> None:
    """Names are strings without ``/``."""
    if isinstance(name, bool | int | float | list | tuple | dict) or (isinstance(name, str) and "/" in name):
        it.library_throw("ValueError", "Argument `name` must be a string and cannot contain character `/`.")


def function_of(self_: Instance, framework: Framework) -> tuple[FunctionValue | None, int]:
    """The function of the analysed code that a call of a layer runs, and how many of its parameters are bound already."""
    return own_function(self_, framework.call)


def check(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> None:
    """What no layer takes, or not this one, raises an exception in the analysed code."""
    if not _takes_data(self_):
        for leaf in leaves(args):
            if isinstance(leaf, _NO_TENSORS) or (isinstance(leaf, Instance) and overlay.is_module(leaf)):
                it.library_throw("ValueError", "Only input tensors may be passed as positional arguments")
    if function_of(self_, framework)[0] is None:
        name = _recorded(self_, framework)
        refused = refused_arguments(framework, name, len(args), [key for key in kwargs if key != TRAINING]) if name else ""
        if refused:
            it.throw("TypeError", refused)
        if isinstance(self_.payload, LayerState) and self_.payload.entry is not None:
            _check_values(framework, it, self_, name, args, kwargs)
    if any(isinstance(leaf, Unknown | Either) for leaf in leaves((args, list(kwargs.values())))):
        may_raise(it, "", f"`{self_.cls.name}` takes what it is called on")


def _check_values(framework: Framework, it: Interpreter, self_: Instance, name: str, args: Args, kwargs: Kwargs) -> None:
    """None instead of a tensor, and a tensor instead of what is said of training."""
    first = args[0] if args else next(iter(kwargs.values()), ABSENT)
    if first is None or isinstance(first, list | tuple | dict):
        _check_structure(it, self_, first)
    position = position_of(framework, name, TRAINING)
    if position is not None and len(args) > position and isinstance(args[position], Symbol):
        it.library_throw("", "a tensor says whether a layer is trained")


def _check_structure(it: Interpreter, self_: Instance, first: Any) -> None:
    """None, or tensors in a list, a tuple or a dict, instead of a tensor."""
    structure = self_.payload.entry.STRUCTURE
    found = list(leaves(first))
    if structure == "any" or any(isinstance(leaf, Unknown | Either) for leaf in found):
        return
    if first is None and not _takes_data(self_):
        it.library_throw("", "Inputs to a layer should be tensors")
    if structure == "lists" and isinstance(first, list | tuple):
        return
    if _takes_data(self_) or (isinstance(first, dict) and found):
        may_raise(it, "", f"`{self_.cls.name}` takes what it is called on")
    elif not tensors_in(found) or structure == "tensor" or (len(found) == 1 and not structure):
        it.limit(f"a call of `{self_.cls.name}` on {f'a list of {len(found)}' if found else 'no'} tensors, which is not modelled")


def _takes_data(self_: Instance) -> bool:
    """Whether a layer takes what is no tensor by position, too."""
    state = self_.payload
    return "<outputs>" in self_.attrs or (isinstance(state, LayerState) and (state.entry is None or state.entry.TAKES_DATA))  # type: ignore[attr-defined]


def _recorded(self_: Instance, framework: Framework) -> str:
    """The name under which the parameters of a call are recorded; empty where they are not."""
    if framework.call in self_.attrs or not isinstance(self_.payload, LayerState):
        return ""
    return f"{self_.payload.name}.{framework.call}"


def _parameters(function: FunctionValue, bound: int) -> list[str]:
    code = function.code
    return [*(p.name for p in (*code.positional_only, *code.parameters))][bound:] + [p.name for p in code.keyword_only]


def _defaults(function: FunctionValue) -> Kwargs:
    code = function.code
    names = [p.name for p in (*code.positional_only, *code.parameters)]
    return {**dict(zip(names[len(names) - len(function.defaults):], function.defaults, strict=True)), **function.keyword_defaults}


def with_tensors(framework: Framework, value: Any) -> Any:
    """Arguments with tensors for the arrays and the numbers of arrays among them."""
    if not any(isinstance(leaf, _ARRAYS) for leaf in leaves(value)):
        return value
    return mapped(value, lambda leaf: _tensor_of(framework, leaf) if isinstance(leaf, _ARRAYS) else leaf)


def _tensor_of(framework: Framework, array: Any) -> Symbol:
    if isinstance(array, UnknownArray):
        return Symbol(Tensor(Shape(array.sizes), array.dtype if array.dtype.startswith("float") else "float32"), framework)
    return Symbol(array.tensor if isinstance(array, Numbers) else Tensor(Shape(()), type(array).__name__), framework)


# Training -----------------------------------------------------------------------------------------------------------------


@contextmanager
def inside(overlay: Overlay, it: Interpreter) -> Iterator[None]:
    """A call runs: what it says of training holds for the calls inside it, and those after these."""
    around, before = overlay.in_training, overlay.around_training
    overlay.around_training = around
    if around is None:
        overlay.in_training = it.made([None])
    try:
        yield
    finally:
        overlay.in_training, overlay.around_training = around, before


@contextmanager
def building(overlay: Overlay) -> Iterator[None]:
    """What a call runs to build its layer is told of training by the calls around it alone."""
    inner, overlay.in_training = overlay.in_training, overlay.around_training
    try:
        yield
    finally:
        overlay.in_training = inner


def without_training(framework: Framework, self_: Instance, kwargs: Kwargs) -> Kwargs:
    """The keywords without what is said of training, where the layer does not ask for it: that is for the layers inside."""
    function, bound = function_of(self_, framework)
    if TRAINING not in kwargs or function is None or TRAINING in _parameters(function, bound):
        return kwargs
    return {key: value for key, value in kwargs.items() if key != TRAINING}


def with_training(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> Kwargs:
    """The keywords with what the layer is told of training where it asks, and without that where it does not."""
    context = overlay.in_training
    assert context is not None
    function, bound = function_of(self_, framework)
    names = _parameters(function, bound) if function is not None else []
    if TRAINING in kwargs:
        value = kwargs[TRAINING]
    elif TRAINING in names[:len(args)]:
        value = args[names.index(TRAINING)]
    elif context[0] is not None:
        value = context[0]
    elif function is not None:
        value = _defaults(function).get(TRAINING)
    else:
        value = default_of(framework, _recorded(self_, framework), TRAINING)
    if context[0] is not value:
        it.write(context)
        context[0] = value
    kwargs = without_training(framework, self_, kwargs)
    if value is None or TRAINING not in names or TRAINING in names[:len(args)]:
        return kwargs
    return {**kwargs, TRAINING: value}


def with_required(overlay: Overlay, framework: Framework, it: Interpreter, self_: Instance, args: Args, kwargs: Kwargs) -> Kwargs:
    """What an older version fills in where a ``call`` asks for it: this one refuses the call."""
    function, bound = function_of(self_, framework)
    if function is None:
        return kwargs
    code = function.code
    required = [p.name for p in (*code.positional_only, *code.parameters)]
    required = required[bound + len(args):len(required) - len(function.defaults)]
    if not older_versions.names(overlay, function.module, "tensorflow"):
        return kwargs
    missing = {name: value for name, value in framework.call_context.items() if name in required and name not in kwargs}
    return {**missing, **kwargs}


# Masks --------------------------------------------------------------------------------------------------------------------


def mask_of(value: Any) -> Any:
    return value.mask if isinstance(value, Symbol) else None


def masks_of(value: Any) -> Any:
    """The masks of nested tensors."""
    return mapped(value, mask_of)


def with_masks(framework: Framework, self_: Instance, args: Args, kwargs: Kwargs) -> tuple[Kwargs, Any]:
    """The keywords with the masks of the inputs where the layer asks for them, and the mask of the first."""
    function, bound = function_of(self_, framework)
    names = _parameters(function, bound) if function is not None else []
    first = args[0] if args else next(iter(kwargs.values()), None)
    if function is not None and ("mask" in names or any(name.endswith("_mask") for name in names)):
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        known = {**_defaults(function), **given}
        tensors = {name: value for name, value in given.items() if name in names and _is_tensors(value)}
        if len(tensors) == 1 and "mask" in names and known.get("mask") is None:
            kwargs = {**{k: v for k, v in kwargs.items() if k != "mask"}, "mask": masks_of(next(iter(tensors.values())))}
        elif len(tensors) > 1:
            wanted = {f"{name}_mask": masks_of(value) for name, value in tensors.items()}
            kwargs = {**kwargs, **{name: value for name, value in wanted.items() if name in names and known.get(name) is None}}
    mask = kwargs.get("mask")
    return kwargs, mask if mask is not None else masks_of(first)


def _is_tensors(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        return bool(tensors_in(value)) and all(leaf is None or isinstance(leaf, Symbol) for leaf in leaves(value))
    return isinstance(value, Symbol)


def differs(before: Kwargs, after: Kwargs) -> bool:
    """Whether a call gets more than its caller says."""
    return any(value is not None and before.get(name) is not value for name, value in after.items())
