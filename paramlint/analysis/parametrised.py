"""Weights that a module computes of parameters below ``parametrizations``: torch.nn.utils.parametrize and what stands on it.

Source: torch/nn/utils/parametrize.py and parametrizations.py, torch 2.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.kept_weights import like, matrix, norms, put, state, take, trained
from paramlint.analysis.modules import prepare, table
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassValue, Either, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_OUTER = "parametrizations"


def require(overlay: Overlay, it: Interpreter, parametrisation: Any) -> None:
    """Refuse what is no module."""
    if not isinstance(parametrisation, Unknown | Either) and not overlay.is_module(parametrisation):
        it.library_throw("AttributeError", "a parametrization is a module")


def _kept(overlay: Overlay, it: Interpreter, module: Instance, name: str, originals: dict[str, TensorValue], weight: Tensor) -> Instance:
    """Move a weight to ``parametrizations.NAME`` in the form in which it is kept."""
    take(it, module, name)
    outer = table(module, "_modules").get(_OUTER)
    if not isinstance(outer, Instance):
        outer = it.instance(overlay.module_class("torch.nn.ModuleDict"))
        prepare(it, outer)
        put(it, module, "_modules", _OUTER, outer)
        if not it.state.logs:  # the class of an object is not among what can be undone
            module.cls = ClassValue(f"Parametrized{module.cls.name}", (module.cls,), {}, module="torch.nn.utils.parametrize")
    kept = it.instance(overlay.module_class("torch.nn.ModuleList"))
    prepare(it, kept)
    put(it, outer, "_modules", name, kept)
    for key, value in originals.items():
        put(it, kept, "_parameters", key, value)
    it.write(module.attrs)
    module.attrs[name] = TensorValue(weight)
    return kept


def split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """The weight's direction, and its length."""
    length = like(weight, norms(it, weight, given.get("dim", 0)))
    _kept(overlay, it, module, name, {"original0": length, "original1": like(weight, weight.tensor.shape)}, weight.tensor)


def spectral(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """The weight, and buffers by which its greatest singular value is estimated."""
    height, width = matrix(module, weight, given.get("dim"))
    kept = _kept(overlay, it, module, name, {"original": weight}, weight.tensor)
    power = it.instance(overlay.module_base_of("torch"))
    prepare(it, power)
    if len(weight.tensor.shape) > 1:
        put(it, power, "_buffers", "_u", state((height,)))
        put(it, power, "_buffers", "_v", state((width,)))
    put(it, kept, "_modules", "0", power)


def register(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """A module of the analysed code computes the weight of what its ``right_inverse``, if it has one, makes of it."""
    parametrisation, before = given["parametrization"], weight.tensor
    originals: dict[str, TensorValue] = {"original": weight}
    inverse = it.get_or(parametrisation, "right_inverse", None)
    found: Any = weight
    if inverse is not None:
        try:
            found = it.call(inverse, [TensorValue(before, kind=weight.kind)])
        except Raised as raised:
            if raised.value.cls.name != "NotImplementedError":
                raise
    if isinstance(found, TensorValue) and not isinstance(found.tensor.shape, Unknown):
        if found.tensor.dtype != before.dtype:
            it.library_throw("ValueError", "`right_inverse` must keep the type of the weight")
        if found is not weight:
            weight.become(it, Tensor(found.tensor.shape, before.dtype))
    elif isinstance(found, tuple | list) and all(isinstance(one, TensorValue) and not isinstance(one.tensor.shape, Unknown) for one in found):
        originals = {f"original{at}": like(weight, one.tensor.shape) for at, one in enumerate(found)}
    else:
        if found is None or isinstance(found, bool | int | float | dict):
            it.library_throw("ValueError", "`right_inverse` must return a tensor or a sequence of tensors")
        overlay.doubt(it, module, it.unknown_reason("a parametrisation with an inverse, which decides the shape of what is kept"))
    computed = _computed(overlay, it, module, parametrisation, list(originals.values()), before, given.get("unsafe", False))
    kept = _kept(overlay, it, module, name, originals, computed)
    put(it, kept, "_modules", "0", parametrisation)


def _computed(overlay: Overlay, it: Interpreter, module: Instance, parametrisation: Any, originals: list[TensorValue], before: Tensor,
              unsafe: Any) -> Tensor:
    """What the parametrisation makes of the originals, which must be like the weight unless the code says otherwise."""
    if unsafe is True:
        return Tensor(Unknown(it.unknown_reason("the shape of a weight that is computed")), before.dtype)
    with overlay.unheard():
        found = it.call(parametrisation, [TensorValue(one.tensor, kind=one.kind) for one in originals])
    if not isinstance(found, TensorValue):
        if isinstance(found, Unknown | Either):
            return Tensor(before.shape, before.dtype)
        it.library_throw("ValueError", "a parametrization must return a tensor")
    shape = found.tensor.shape
    if isinstance(shape, Unknown) or isinstance(before.shape, Unknown):
        return before
    if found.tensor.dtype != before.dtype or len(shape) != len(before.shape) or any(map(differs, shape, before.shape)):
        it.library_throw("ValueError", "a parametrization may not change the shape or the type of the tensor")
    return found.tensor


def restore(it: Interpreter, module: Instance, name: str, kind: str, given: dict[str, Any]) -> bool:
    """The weight, as it is computed or as it is kept, is a parameter again."""
    modules = table(module, "_modules")
    outer = modules.get(_OUTER)
    kept = table(outer, "_modules").get(name) if isinstance(outer, Instance) else None
    if kept is None and (outer is None or isinstance(outer, Instance)):
        it.library_throw("ValueError", f"{module.cls.name} does not have a parametrization on {name}")
    originals = table(kept, "_parameters") if isinstance(kept, Instance) else {}
    computed, leave = module.attrs.get(name), given.get("leave_parametrized", True)
    if not originals or not isinstance(leave, bool) or not isinstance(computed, TensorValue) or not isinstance(outer, Instance):
        return False
    weight = originals.get("original")
    if weight is None and not leave:
        it.library_throw("ValueError", "Cannot leave unparametrized a tensor that is parametrized in terms of a sequence of tensors.")
    if weight is None:
        first = next(iter(originals.values()))
        if not isinstance(first, TensorValue):
            return False
        frozen = all(isinstance(one, TensorValue) and one.state.get("requires_grad") is False for one in originals.values())
        weight = TensorValue(Tensor(computed.tensor.shape, computed.tensor.dtype)) if frozen else trained(first, computed.tensor.shape)
        weight.is_buffer = frozen
    elif isinstance(weight, TensorValue) and leave:
        weight.become(it, Tensor(computed.tensor.shape, weight.tensor.dtype))
    inner = table(outer, "_modules")
    it.write(inner)
    del inner[name]
    if not inner:
        it.write(modules)
        del modules[_OUTER]
        if not it.state.logs and module.cls.module == "torch.nn.utils.parametrize":
            module.cls = module.cls.bases[0]
    it.write(module.attrs)
    del module.attrs[name]
    put(it, module, "_buffers" if isinstance(weight, TensorValue) and weight.is_buffer else "_parameters", name, weight)
    return True
