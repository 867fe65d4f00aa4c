"""Methods of modules that give their tensors another type or another place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices
from paramlint.analysis.devices import Device
from paramlint.analysis.dispatch import Method, overrides, send
from paramlint.analysis.modules import children, named_tensors, walk
from paramlint.analysis.numbers import ScalarType
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.values import ClassValue, Either, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_TYPES = {"half": "float16", "float": "float32", "double": "float64", "bfloat16": "bfloat16"}
_TO = frozenset({"device", "dtype", "tensor", "other", "non_blocking", "copy", "memory_format"})
_FRACTIONS = ("Float", "Double", "Half", "BFloat16")
_TENSORS = re.compile(r"torch\.(cuda\.|sparse\.)?(Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Tensor")
_MOVES = ("to", "cuda", "to_empty", "xpu", "npu", "ipu")


def methods(overlay: Overlay) -> dict[str, Method]:
    """Methods of a module that apply a function to each of its tensors."""

    def converts(name: str) -> Method:
        def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
            if name in _MOVES:
                devices.note(overlay, name, args[1:], kwargs)
                require(it, args[0].cls.fact("framework"), name, args[1:], kwargs, module=True)
            if overlay.hollow and name in (*_MOVES, "cpu"):
                devices.require_contents(overlay, it, name, args[1:], kwargs)
            if name == "type":
                require_type(it, [*args[1:], *kwargs.values()], module=True)
            return _converted(it, args[0], _TYPES.get(name) or _named_type(name, args[1:], kwargs), floating=name != "type")

        return run

    def apply(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        _each(it, args[0], args[1] if len(args) > 1 else kwargs.get("fn"))
        return args[0]

    def itself(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if args[1:] or kwargs:
            hedge(it, "a module is compiled with such arguments")
        return args[0]

    return {**{name: converts(name) for name in (*_TYPES, *_MOVES, "cpu", "type", "share_memory")}, "compile": itself, "_apply": apply}


def require_dtype(it: Interpreter, framework: Framework | None, value: Any) -> None:
    """Refuse what is no type of numbers."""
    if framework is not None and framework.checked and value is not None:
        number = isinstance(value, ClassValue) and value.module == "builtins" and value.name in ("float", "int", "bool", "complex")
        if isinstance(value, str | int | list | tuple | ClassValue | ScalarType) and not number:
            it.library_throw("TypeError", "`dtype` must be a type of the framework")


def require_format(it: Interpreter, framework: Framework | None, value: Any) -> None:
    """Refuse what is no order of axes in memory."""
    formats = framework.memory_formats if framework is not None else {}
    if formats and isinstance(value, str | int | float | list | tuple) and (not isinstance(value, str) or value not in formats):
        it.library_throw("TypeError", "`memory_format` must be a memory format of the framework")


def doubt_texts(it: Interpreter, framework: Framework | None, entry: type[Op], name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A text where an operation takes none."""
    if framework is None or not framework.texts:
        return
    fields = [field.name for field in entry.signature().fields]
    given = {**{entry.ALIASES.get(key, key): value for key, value in kwargs.items()}, **dict(zip(fields, args, strict=False))}
    for key in fields:
        if isinstance(given.get(key), str) and key not in framework.texts:
            hedge(it, f"`{name}` takes a text as `{key}`", "TypeError")


def require_type(it: Interpreter, values: list[Any], *, module: bool) -> None:
    """Refuse what names no type of tensors."""
    value = values[0] if values else None
    if isinstance(value, str):
        match = _TENSORS.fullmatch(value)
        if match is None:
            it.library_throw("ValueError", f"invalid type: {value!r}")
        if match[1] or (module and match[2] not in _FRACTIONS):
            hedge(it, f"tensors can be of the type `{value}`")
    elif isinstance(value, int | float | list | tuple) or (value is None and module):
        it.library_throw("TypeError", "dtype must be a type, str, or dtype object")
    elif isinstance(value, ClassValue) and value.module == "builtins":
        it.library_throw("ValueError", f"invalid type: {value.name!r}")


def require(it: Interpreter, framework: Framework | None, name: str, args: list[Any], kwargs: dict[str, Any], *, module: bool) -> None:
    """Refuse what ``to`` does not take; devices that may not be there may be refused."""
    kinds = framework.device_types if framework is not None else ()
    if not kinds:
        return
    if name != "to":
        if name == "to_empty" and "device" not in kwargs:
            it.throw("TypeError", "Module.to_empty() missing 1 required keyword-only argument: 'device'")
        if name == "to_empty" and kwargs["device"] is not None:
            devices.require(it, kwargs["device"], kinds)
        may_raise(it, "", f"there is the device that `{name}` needs")
        return
    require_format(it, framework, kwargs.get("memory_format"))
    first, *others = args if args else [kwargs.get("device", kwargs.get("dtype"))]
    is_device = not isinstance(first, Named | TensorValue)
    if len(args) > 3 + is_device or isinstance(first, list | tuple | dict | set | Instance | ClassValue) or not kwargs.keys() <= _TO \
            or (is_device and others and isinstance(others[0], str | int | float | Device)) \
            or any(isinstance(one, str | float | Device) or one.__class__ is int for one in others) \
            or isinstance(kwargs.get("dtype"), str | int | float):
        it.throw("TypeError", "to() received an invalid combination of arguments")
    if isinstance(first, float):
        may_raise(it, "", "`to` takes a fraction")
        return
    for value in (*args[:1], kwargs.get("device")):
        if value is not None and not isinstance(value, Named | TensorValue):
            devices.require(it, value, kinds)
    dtype = _named_type(name, args, kwargs)
    if module and dtype is not None and dtype.startswith(("int", "uint", "bool")):
        it.library_throw("TypeError", "nn.Module.to only accepts floating point or complex dtypes")


def _named_type(name: str, args: list[Any], kwargs: dict[str, Any]) -> str | None:
    """The type that a call names; None where it names none."""
    if name not in ("to", "type"):
        return None
    for value in (*args, *kwargs.values()):
        last = value.name.rpartition(".")[2] if isinstance(value, Named) else ""
        if last in DTYPE_BYTES:
            return last
        if isinstance(value, TensorValue):
            return value.tensor.dtype
        if isinstance(value, Either) and any(isinstance(one, Named | TensorValue) for one in value.alternatives):
            return "unknown"
    return "unknown" if isinstance(kwargs.get("dtype"), Unknown) or (name == "type" and args) else None


def _converted(it: Interpreter, module: Any, dtype: str | None, *, floating: bool) -> Any:
    if any(overrides(it, inner, "_apply", "children", "named_children") for _, inner in walk(it, module)):
        function = Native("convert", lambda it, args, kwargs: _convert(it, args[0], dtype, floating=floating))
        return send(it, module, "_apply", lambda it, args, kwargs: _each(it, args[0], args[1]), [function])
    if dtype is not None:
        held = list(named_tensors(it, module))
        if dtype.startswith(("int", "uint", "bool")) and any(tensor.state.get("requires_grad") is True for _, tensor, _ in held):
            it.library_throw("RuntimeError", "data set to a tensor that requires gradients must be floating point or complex dtype")
        for _, tensor, _ in held:
            _convert(it, tensor, dtype, floating=floating)
    return module


def _convert(it: Interpreter, tensor: Any, dtype: str | None, *, floating: bool) -> Any:
    """A tensor in another type; with ``floating`` only one of fractions."""
    if dtype is not None and isinstance(tensor, TensorValue):
        old = tensor.tensor
        if old.dtype != dtype and not (floating and old.dtype.startswith(("int", "uint", "bool"))):
            tensor.become(it, Tensor(old.shape, dtype if old.dtype != "unknown" or not floating else "unknown"))
    return tensor


def _each(it: Interpreter, module: Any, function: Any) -> Any:
    """``_apply``: what a function makes of each tensor takes its place."""
    for _, child in list(children(it, module)):
        if isinstance(child, Instance):
            send(it, child, "_apply", lambda it, args, kwargs: _each(it, args[0], args[1]), [function])
    for kind in ("_parameters", "_buffers"):
        items = module.attrs.get(kind, {})
        for name, tensor in list(items.items()) if isinstance(items, dict) else ():
            if tensor is None:
                continue
            made = it.call(function, [tensor])
            if kind == "_parameters" and isinstance(tensor, TensorValue):
                if made is not tensor:
                    tensor.become(it, made.tensor if isinstance(made, TensorValue) else Tensor(
                        Unknown(it.unknown_reason("what is applied to a parameter")), "unknown"))
            else:
                it.write(items)
                items[name] = made
    return module
