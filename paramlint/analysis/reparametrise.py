"""Weights that are kept in another form: weight and spectral normalisation, parametrisations.

Source: the documentation of torch.nn.utils.weight_norm, spectral_norm and torch.nn.utils.parametrize.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import gradients, parametrised, unmade
from paramlint.analysis.kept_weights import matrix, norms, put, state, take, trained
from paramlint.analysis.modules import table
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.word_signatures import bound
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import ABSENT, Either, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

KEPT_OTHERWISE = "<kept otherwise>"  # the attribute that says which weights of a module a hook computes, by the kind of hook and their names
_NOTED = frozenset({"split", "spectral", "flat split", "spectral, affine turned"})  # the kinds that are noted so
Change = Callable[["Overlay", "Interpreter", Instance, str, TensorValue, dict[str, Any]], None]


def function(overlay: Overlay, name: str, kind: str) -> Native:
    """The function of a framework that changes a module's weight in place and gives the module back."""
    change, signature = _KINDS[kind]

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = bound(it, name, signature, args, kwargs)
        module, wanted = given.pop(signature.partition(" ")[0]), given.get("name", given.get("tensor_name", "weight"))
        if not isinstance(module, Instance) or not overlay.is_module(module):
            return _no_module(it, module)
        if isinstance(wanted, str):
            if kind == "parametrised":
                parametrised.require(overlay, it, given["parametrization"])
            _require_weight(overlay, it, module, kind, wanted, given)
        weight = table(module, "_parameters").get(wanted) if isinstance(wanted, str) else None
        if unmade.is_unmade(weight):
            it.library_throw("RuntimeError" if kind.startswith("parametrised") else "ValueError", "a module with uninitialized parameters")
        if isinstance(weight, TensorValue) and not isinstance(weight.tensor.shape, Unknown):
            change(overlay, it, module, wanted, weight, given)
        else:
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` on a weight that is not known"))
        return module

    return Native(name, run)


def _no_module(it: Interpreter, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | bytes | list | tuple | dict | set | TensorValue):
        it.library_throw("AttributeError", "a weight of what is no module")
    return value


def _require_weight(overlay: Overlay, it: Interpreter, module: Instance, kind: str, name: str, given: dict[str, Any]) -> None:
    """Refuse a weight that is not there, one that is kept so already, and numbers that make no sense."""
    if kind in _NOTED:
        noted = module.attrs.get(KEPT_OTHERWISE)
        if isinstance(noted, dict) and (kind, name) in noted:
            it.library_throw("RuntimeError", f"two hooks on the same parameter `{name}`")
    iterations = given.get("n_power_iterations", 1)
    wrong = isinstance(iterations, int | float) and iterations <= 0
    if wrong and kind in _NOTED:
        it.library_throw("ValueError", f"`n_power_iterations` must be positive, got {iterations}")
    parameters = table(module, "_parameters")
    if parameters.get(name) is None and it.state.open_reason(parameters) is None and overlay.doubts(module) is None:
        _missing(it, module, kind, name)
    weight = parameters.get(name)
    if "spectral" in kind and isinstance(weight, TensorValue):
        _require_axis(it, kind, weight, given.get("dim"))
    if wrong:
        it.library_throw("ValueError", f"`n_power_iterations` must be positive, got {iterations}")
    if kind in _NOTED:
        _note(it, module, kind, name)


def _missing(it: Interpreter, module: Instance, kind: str, name: str) -> None:
    """A name that is none of a module's parameters."""
    value = it.get_or(module, name, ABSENT)
    kept = table(module, "_modules").get("parametrizations")
    if isinstance(kept, Instance) and name in table(kept, "_modules"):
        return
    if kind == "split" and value is ABSENT:
        it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '{name}'")
    if isinstance(value, Unknown | Either) or (kind.startswith("parametrised") and name in table(module, "_buffers")):
        return
    if value is None and not kind.startswith("flat"):
        errors = {"split": "TypeError", "parametrised": "AttributeError", "parametrised split": ""}
        raise it.library_error(errors.get(kind, "ValueError"), f"`{name}` of {module.cls.name} is None")
    if kind.startswith("parametrised"):
        it.library_throw("ValueError", f"{module.cls.name} has no parameter or buffer `{name}`")
    it.throw("KeyError", name)


def _require_axis(it: Interpreter, kind: str, weight: TensorValue, dim: Any) -> None:
    rank = len(weight.tensor.shape) if isinstance(weight.tensor.shape, Shape) else None
    if not isinstance(dim, int) or rank is None:
        return
    if kind == "parametrised spectral" and not -rank <= dim < rank:
        it.throw("IndexError", f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})")
    if kind == "spectral" and not 0 <= dim < rank:
        it.library_throw("RuntimeError", "permute: the axes of a weight")


def _note(it: Interpreter, module: Instance, kind: str, name: str) -> None:
    """Remember which weights of a module a hook computes."""
    noted = module.attrs.get(KEPT_OTHERWISE)
    if not isinstance(noted, dict):
        it.write(module.attrs)
        noted = module.attrs[KEPT_OTHERWISE] = it.made({})
    it.write(noted)
    noted[kind, name] = True


def _split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """``weight`` becomes its direction ``weight_v`` and its length ``weight_g``."""
    length = norms(it, weight, given.get("dim", 0))
    take(it, module, name)
    put(it, module, "_parameters", f"{name}_g", trained(weight, length))
    put(it, module, "_parameters", f"{name}_v", trained(weight, weight.tensor.shape))
    computed = TensorValue(weight.tensor, kind=weight.kind)
    gradients.record(overlay, it, "torch._weight_norm", list(table(module, "_parameters").values()), computed)
    it.set(module, name, computed)


def _flat_split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """As ``_split``, the length with one axis or none; both are trained."""
    dim, shape = given.get("dim", 0), weight.tensor.shape
    known = (dim is None or isinstance(dim, int)) and not isinstance(shape, Unknown)
    if known and dim is not None and not -len(shape) <= dim < len(shape):
        it.library_throw("AssertionError", f"`dim` must be in [-{len(shape)}, {len(shape)}), got {dim}")
    length: Shape | Unknown = Unknown(it.unknown_reason("the axis of a weight's norms"))
    if known:
        length = Shape(()) if dim in (None, -1) else Shape((shape[dim],))
    take(it, module, name)
    for part, size in (("v", shape), ("g", length)):
        put(it, module, "_parameters", f"{name}_{part}", trained(weight, size))
    _computed(it, module, name, weight)


def _computed(it: Interpreter, module: Instance, name: str, weight: TensorValue) -> None:
    """The weight itself, computed on each call: a plain attribute, or a buffer where the framework makes one of every tensor."""
    it.set(module, name, TensorValue(weight.tensor, kind=weight.kind))


def _spectral(*turned: str) -> Change:
    def change(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
        height, width = matrix(module, weight, given.get("dim"), turned)
        take(it, module, name)
        put(it, module, "_parameters", f"{name}_orig", weight)
        put(it, module, "_buffers", f"{name}_u", state((height,)))
        put(it, module, "_buffers", f"{name}_v", state((width,)))
        _computed(it, module, name, weight)

    return change


def remover(overlay: Overlay, name: str, kind: str) -> Native:
    """The function of a framework that undoes such a change: the weight is a parameter again."""
    signature = {"parametrised": "module tensor_name leave_parametrized=", "flat split": "layer name="}.get(kind, "module name=")

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = bound(it, name, signature, args, kwargs)
        module, wanted = given[signature.partition(" ")[0]], given.get("name", given.get("tensor_name", "weight"))
        if not isinstance(module, Instance) or not overlay.is_module(module):
            return _no_module(it, module)
        restore = parametrised.restore if kind == "parametrised" else _restore
        if not isinstance(wanted, str) or not restore(it, module, wanted, kind, given):
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` on a weight that is not known"))
        return module

    return Native(name, run)


def _restore(it: Interpreter, module: Instance, name: str, kind: str, given: dict[str, Any]) -> bool:
    """A weight is computed a last time, and becomes a new parameter."""
    noted = module.attrs.get(KEPT_OTHERWISE, {})
    if not isinstance(noted, dict):
        return False
    if (kind, name) not in noted:
        it.library_throw("ValueError", f"`{name}` of {module.cls.name} is not kept in another form")
    tables = [table(module, known) for known in ("_parameters", "_buffers")]
    weight = tables[1].get(name, module.attrs.get(name))
    parts = ("g", "v") if kind.endswith("split") else ("orig", "u", "v")
    if not isinstance(weight, TensorValue) or not all(any(f"{name}_{part}" in known for known in tables) for part in parts):
        return False
    it.write(noted)
    del noted[kind, name]
    for known in (*tables, module.attrs):
        it.write(known)
        for one in (name, *(f"{name}_{part}" for part in parts)):
            known.pop(one, None)
    put(it, module, "_parameters", name, trained(weight, weight.tensor.shape))
    return True


_POWER = "name= n_power_iterations= eps= dim="
_KINDS: dict[str, tuple[Change, str]] = {
    "split": (_split, "module name= dim="),
    "flat split": (_flat_split, "layer name= dim="),
    "spectral": (_spectral("transposed convolution"), f"module {_POWER}"),
    "spectral, affine turned": (_spectral("transposed convolution", "linear"), f"layer {_POWER}"),
    "parametrised split": (parametrised.split, "module name= dim="),
    "parametrised spectral": (parametrised.spectral, f"module {_POWER}"),
    "parametrised": (parametrised.register, "module tensor_name parametrization unsafe="),
}
