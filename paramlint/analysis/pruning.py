"""Weights of which some elements are masked: ``torch.nn.utils.prune`` and the like.

Source: torch/nn/utils/prune.py. A pruned weight is a parameter ``weight_orig`` and a buffer ``weight_mask``; ``weight`` is computed of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import table, walk
from paramlint.analysis.tensors import TensorValue
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Either, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]


def named(overlay: Overlay, name: str, kind: str) -> Native | ClassValue:
    """A function of pruning, or a class whose ``apply`` is one."""
    head, _, rest = kind.partition(", ")
    if head != "class":
        return _function(overlay, name, kind)
    owner, _, last = name.rpartition(".")
    made = ClassValue(last, (overlay.it.classes["object"],), {}, module=owner)
    apply = _function(overlay, f"{name}.apply", rest or "prune")
    made.attrs["apply"] = ClassMethod(Native("apply", lambda it, args, kwargs: apply.code(it, args[1:], kwargs)))
    return made


def _function(overlay: Overlay, name: str, kind: str) -> Native:
    """``kind`` is what it does: "prune", "amount" (which says how much), "several", "remove" or "asks"."""
    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if kind == "several":
            return _several(overlay, it, args[0] if args else kwargs.get("parameters"))
        given = {**dict(zip(("module", "name", "amount"), args, strict=False)), **kwargs}
        module, wanted = given.get("module"), given.get("name")
        if not isinstance(module, Instance) or not overlay.is_module(module):
            return module
        if kind == "asks":
            return _is_pruned(it, module)
        if not isinstance(wanted, str):
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` of a weight whose name is not known"))
        elif kind == "remove":
            _restore(it, module, wanted)
        else:
            _prune(overlay, it, module, wanted, given.get("amount") if kind == "amount" else None)
        return module

    return Native(name, run)


def _prune(overlay: Overlay, it: Interpreter, module: Instance, name: str, amount: Any) -> None:
    parameters, buffers = table(module, "_parameters"), table(module, "_buffers")
    weight = parameters.get(f"{name}_orig" if f"{name}_mask" in buffers else name)
    if isinstance(weight, TensorValue):
        _check_amount(it, weight, amount)
    if f"{name}_mask" in buffers:  # masked again
        return
    if not isinstance(weight, TensorValue):
        if it.get_or(module, name, ABSENT) is ABSENT:
            it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '{name}'")
        overlay.doubt(it, module, it.unknown_reason(f"pruning of `{name}`, which is no parameter that is known"))
        return
    it.write(parameters)
    del parameters[name]
    parameters[f"{name}_orig"] = weight
    mask = TensorValue(Tensor(weight.tensor.shape, weight.tensor.dtype), kind=weight.kind)
    mask.is_buffer = True
    it.write(buffers)
    buffers[f"{name}_mask"] = mask
    it.write(module.attrs)
    made = module.attrs[name] = TensorValue(Tensor(weight.tensor.shape, weight.tensor.dtype), kind=weight.kind)
    made.derived = True


def _check_amount(it: Interpreter, weight: TensorValue, amount: Any) -> None:
    """How much is pruned: a fraction, or a number of elements."""
    if amount is None or isinstance(amount, Unknown | Either):
        return
    if not isinstance(amount, int | float):
        raise it.library_error("TypeError", f"the amount to prune must be a number, got {amount!r}")
    size = getattr(weight.tensor.shape, "numel", None)
    if amount < 0 or (isinstance(amount, float) and amount > 1) or (isinstance(amount, int) and isinstance(size, int) and amount > size):
        raise it.library_error("ValueError", f"the amount to prune must be a fraction or at most the number of elements, got {amount}")


def _restore(it: Interpreter, module: Instance, name: str) -> None:
    """The masked weight becomes the parameter again."""
    parameters, buffers = table(module, "_parameters"), table(module, "_buffers")
    weight = parameters.get(f"{name}_orig")
    if weight is None or f"{name}_mask" not in buffers:
        raise it.library_error("ValueError", f"`{name}` of {module.cls.name} has to be pruned before pruning can be removed")
    for changed in (parameters, buffers, module.attrs):
        it.write(changed)
    del parameters[f"{name}_orig"], buffers[f"{name}_mask"]
    module.attrs.pop(name, None)
    parameters[name] = weight


def _several(overlay: Overlay, it: Interpreter, parameters: Any) -> None:
    """``global_unstructured``: the weights of several modules."""
    for pair in it.iterate(parameters):
        module, name = it.elements(pair)
        if isinstance(module, Instance) and isinstance(name, str):
            _prune(overlay, it, module, name, None)
        elif isinstance(module, Instance):
            overlay.doubt(it, module, it.unknown_reason("pruning of a weight whose name is not known"))


def _is_pruned(it: Interpreter, module: Instance) -> bool:
    return any(isinstance(inner, Instance) and any(name.endswith("_mask") and f"{name[:-5]}_orig" in table(inner, "_parameters")
                                                   for name in table(inner, "_buffers")) for _, inner in walk(it, module))
