"""Methods of layers that give their tensors another type or another place, and the type that a layer is said to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices, modules
from paramlint.analysis.sublayer_calls import REQUIRED, Args, Code, Kwargs, bound, require_tables
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_PLACES = ("cpu", "gpu", "xpu", "npu", "dcu", "ipu", "mlu", "gpu_pinned")
_TYPES = (*DTYPE_BYTES, "bool")
_PLAIN = (int, float, list, tuple, dict, set)


def to(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Another place or type; the type of every tensor, also of whole numbers."""
    device, dtype, blocking = bound(it, "Layer.to", args, kwargs, device=None, dtype=None, blocking=None)
    _check_place(it, device)
    if blocking is not None and not isinstance(blocking, bool | Unknown | Either):
        it.throw("AssertionError", "blocking value error, must be the True, False or None")
    devices.note(overlay, "to", [] if device is None else [device], {})
    if device is not None or dtype is not None:
        _convert(it, args[0], None if dtype is None else _type(it, dtype), dtype, every=True,
                 kept=dtype is None and device != "cpu")
    return args[0]


def _check_place(it: Interpreter, device: Any) -> None:
    if isinstance(device, str) and device.partition(":")[0] not in _PLACES:
        it.library_throw("ValueError", f"the device must be a text such as 'cpu' or 'gpu:0', got {device!r}")
    elif isinstance(device, (*_PLAIN, TensorValue)) or _dtype_name(device):
        it.library_throw("ValueError", f"the device must be a text or a place, got {type_name(device)}")


def _dtype_name(value: Any) -> str:
    """The type of numbers that an object of the framework is; empty where it is none."""
    last = value.name.rpartition(".")[2] if isinstance(value, Named) else ""
    return last if last in _TYPES else ""


def _type(it: Interpreter, value: Any) -> str:
    if isinstance(value, str | int | float | list | tuple) and value not in _TYPES:
        it.library_throw("TypeError", f"there is no type of numbers {value!r}")
    return value if isinstance(value, str) else _dtype_name(value) or "unknown"


def _convert(it: Interpreter, layer: Any, dtype: str | None, said: Any, *, every: bool, kept: bool = False) -> None:
    """Give the tensors of a layer and of those below it a type, those of whole numbers too where it is ``every`` tensor.

    ``kept`` says that they may stay where they are and as they are.
    """
    for _, inner in modules.walk(it, layer):
        if not isinstance(inner, Instance):
            continue
        if (every or dtype is None) and not kept and "_dropout_state" in modules.table(inner, "_buffers"):
            it.library_throw("RuntimeError", "the weights of a recurrent layer lie in one tensor, which is neither moved nor cast")
        it.write(inner.attrs)
        inner.attrs["_dtype"] = said
        for value in (*modules.table(inner, "_parameters").values(), *modules.table(inner, "_buffers").values()):
            if dtype is None or not isinstance(value, TensorValue) or value.tensor.dtype == dtype:
                continue
            if every or not value.tensor.dtype.startswith(("int", "uint", "bool")):
                value.become(it, Tensor(value.tensor.shape, dtype))


def floats(name: str, dtype: str) -> Code:
    """``float`` and the like: the type of tensors of fractions, but not in layers of the classes that are left out."""
    def convert(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        excluded = bound(it, f"Layer.{name}", args, kwargs, excluded_layers=None)[0]
        supported = dtype == "float32"  # a machine that does not support another leaves the tensors as they are
        said = overlay.lookup(f"{args[0].cls.fact('framework').name}.{dtype}")
        _convert(it, args[0], dtype if supported and excluded is None else "unknown", said, every=False)
        return args[0]

    return convert


def doubles(name: str, dtype: str) -> Code:
    """``double`` and ``half``: the type of every tensor."""
    def convert(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        bound(it, f"Layer.{name}", args, kwargs)
        _convert(it, args[0], dtype, overlay.lookup(f"{args[0].cls.fact('framework').name}.{dtype}"), every=True)
        return args[0]

    return convert


def typed(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``type(dst_type)``: as ``to`` does it."""
    return to(overlay, it, [args[0], None, bound(it, "Layer.type", args, kwargs, dst_type=REQUIRED)[0]], {})


def placed(name: str) -> Code:
    """``cpu``, ``cuda`` and the like, which forget the type that a layer is said to have."""
    def place(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        devices.note(overlay, "to", args[1:], kwargs)
        _convert(it, args[0], None, None, every=False, kept=name != "cpu")
        return args[0]

    return place


def astype(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Another type that a layer is said to have; its tensors keep theirs."""
    dtype = bound(it, "Layer.astype", args, kwargs, dtype=None)[0]
    if dtype is None or (isinstance(dtype, (str, *_PLAIN)) and dtype not in _TYPES):
        it.throw("ValueError", "dtype value error")
    require_tables(it, args[0])
    _convert(it, args[0], None, Unknown(it.unknown_reason("the type of a layer")) if isinstance(dtype, str) else dtype, every=False)
    return args[0]


METHODS: Mapping[str, Code] = {
    "to": to, "type": typed, "astype": astype, **{name: placed(name) for name in ("cpu", "cuda", "xpu")},
    "float": floats("float", "float32"), "float16": floats("float16", "float16"), "bfloat16": floats("bfloat16", "bfloat16"),
    "double": doubles("double", "float64"), "half": doubles("half", "float16"),
}
