"""Weights of which some elements are masked: ``torch.nn.utils.prune`` and the like.

Source: torch/nn/utils/prune.py. A pruned weight is a parameter ``weight_orig`` and a buffer ``weight_mask``; ``weight`` is computed of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import table, walk
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.word_signatures import bound
from paramlint.core.shapes import differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]


# What functions take, and what they are: those that mask elements, rows or what a mask says of one weight, or elements of several.
_TAKES = {
    "identity": "module name", "random_unstructured": "module name amount", "l1_unstructured": "module name amount importance_scores=",
    "random_structured": "module name amount dim", "ln_structured": "module name amount n dim importance_scores=",
    "custom_from_mask": "module name mask", "remove": "module name", "is_pruned": "module",
    "L1Unstructured": "module name amount importance_scores=", "RandomUnstructured": "module name amount", "Identity": "module name",
    "LnStructured": "module name amount n dim importance_scores=", "RandomStructured": "module name amount dim=",
    "CustomFromMask": "module name mask",
}


def named(overlay: Overlay, name: str, kind: str) -> Native | ClassValue:
    """A function of pruning, or a class whose ``apply`` is one."""
    head, _, rest = kind.partition(", ")
    if head != "class":
        return _function(overlay, name, kind)
    owner, _, last = name.rpartition(".")
    made = ClassValue(last, (overlay.it.classes["object"],), {}, module=owner)
    apply = _function(overlay, name, rest or "prune")
    made.attrs["apply"] = ClassMethod(Native("apply", lambda it, args, kwargs: apply.code(it, args[1:], kwargs)))
    return made


def _function(overlay: Overlay, name: str, kind: str) -> Native:
    """``kind`` is what it does: "prune", "amount" (which says how much), "several", "remove" or "asks"."""
    signature = _TAKES.get(name.rpartition(".")[2], "module name amount=")

    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if kind == "several":
            return _several(overlay, it, name, args, kwargs)
        given = bound(it, name, signature, args, kwargs)
        module, wanted = given["module"], given.get("name")
        if not isinstance(module, Instance) or not overlay.is_module(module):
            if module is None or isinstance(module, bool | int | float | str | bytes | list | tuple | dict | set | TensorValue):
                it.library_throw("AttributeError", f"`{name}` takes a module")
            return module
        if kind == "asks":
            return _is_pruned(it, module)
        if not isinstance(wanted, str):
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` of a weight whose name is not known"))
        elif kind == "remove":
            _restore(it, module, wanted)
        else:
            _prune(overlay, it, module, wanted, given)
        return module

    return Native(name, run)


def _prune(overlay: Overlay, it: Interpreter, module: Instance, name: str, given: Kwargs) -> None:
    parameters, buffers = table(module, "_parameters"), table(module, "_buffers")
    if "amount" in given:
        _require_amount(it, given["amount"])
    weight = parameters.get(f"{name}_orig" if f"{name}_mask" in buffers else name)
    if isinstance(weight, TensorValue):
        _require_fit(it, weight, given)
    if f"{name}_mask" in buffers:  # masked again
        return
    if not isinstance(weight, TensorValue):
        found = it.get_or(module, name, ABSENT)
        if found is ABSENT:
            it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '{name}'")
        if found is None:
            it.library_throw("TypeError", f"`{name}` of {module.cls.name} is None")
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


def _require_amount(it: Interpreter, amount: Any) -> None:
    """How much is pruned: a fraction, or a number of elements."""
    if amount is None or isinstance(amount, str | bytes | list | tuple | dict | set):
        it.library_throw("TypeError", f"the amount to prune must be a number, got {type_name(amount)}")
    if isinstance(amount, int | float) and (amount < 0 or (isinstance(amount, float) and amount > 1)):
        it.library_throw("ValueError", f"the amount to prune must be a fraction or a number of elements, got {amount}")


def _require_fit(it: Interpreter, weight: TensorValue, given: Kwargs) -> None:
    """Refuse rows of what has none, more elements than there are, and a mask of another shape."""
    shape, amount, mask = weight.tensor.shape, given.get("amount"), given.get("mask")
    if isinstance(shape, Unknown):
        return
    size, dim = shape.numel, given.get("dim")
    if "dim" in given and len(shape) < 2:
        it.library_throw("ValueError", "structured pruning needs a tensor of two axes or more")
    if isinstance(dim, int):
        if dim >= len(shape):
            it.library_throw("IndexError", f"there is no axis {dim} of a tensor of shape {shape.text}")
        size = shape[dim] if dim >= -len(shape) else size
    if isinstance(amount, int) and isinstance(size, int) and amount > size:
        it.library_throw("ValueError", f"the amount to prune, {amount}, is more than the {size} that there are")
    if isinstance(given.get("n"), str) and given["n"] not in ("fro", "nuc"):
        it.library_throw("RuntimeError", f"{given['n']!r} is no norm")
    if isinstance(mask, bool | int | float | str | list | tuple | dict):
        it.throw("AttributeError", f"'{type_name(mask)}' object has no attribute 'shape'")
    if isinstance(mask, TensorValue) and not isinstance(mask.tensor.shape, Unknown) and (
            len(mask.tensor.shape) != len(shape) or any(map(differs, mask.tensor.shape, shape))):
        it.library_throw("AssertionError", f"a mask of shape {mask.tensor.shape.text} for a weight of shape {shape.text}")


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


def _several(overlay: Overlay, it: Interpreter, function: str, args: Args, kwargs: Kwargs) -> None:
    """``global_unstructured``: the weights of several modules."""
    own = {key: value for key, value in kwargs.items() if key in ("parameters", "pruning_method", "importance_scores")}
    given = bound(it, function, "parameters pruning_method importance_scores=", args, own)
    if given["parameters"] is None or isinstance(given["parameters"], int | float):
        it.library_throw("TypeError", "the parameters to prune are pairs of a module and a name")
    pairs = [it.elements(pair) for pair in it.iterate(given["parameters"])]
    for module, name in pairs:
        if isinstance(module, Instance) and isinstance(name, str) and it.get_or(module, name, ABSENT) is ABSENT:
            it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '{name}'")
    method = given["pruning_method"].name if isinstance(given["pruning_method"], ClassValue) else ""
    if method in _TAKES:
        options = {key: value for key, value in kwargs.items() if key not in own}
        wanted = _TAKES[method].replace("module name", "").replace("importance_scores=", "").strip()
        bound(it, function, wanted, [], options)
        if "amount" in options:
            _require_amount(it, options["amount"])
        if method.endswith("Structured"):
            it.library_throw("TypeError", f"only unstructured pruning is global, not {method}")
    weights = [table(module, "_parameters").get(name) for module, name in pairs if isinstance(module, Instance) and isinstance(name, str)]
    sizes = [getattr(weight.tensor.shape, "numel", None) if isinstance(weight, TensorValue) else None for weight in weights]
    amount = kwargs.get("amount")
    if isinstance(amount, int) and all(isinstance(size, int) for size in sizes) and amount > sum(size for size in sizes if isinstance(size, int)):
        it.library_throw("ValueError", f"the amount to prune, {amount}, is more than there is")
    for module, name in pairs:
        if isinstance(module, Instance) and isinstance(name, str):
            _prune(overlay, it, module, name, {})
        elif isinstance(module, Instance):
            overlay.doubt(it, module, it.unknown_reason("pruning of a weight whose name is not known"))


def _is_pruned(it: Interpreter, module: Instance) -> bool:
    return any(isinstance(inner, Instance) and any(name.endswith("_mask") and f"{name[:-5]}_orig" in table(inner, "_parameters")
                                                   for name in table(inner, "_buffers")) for _, inner in walk(it, module))
