"""Weights that are kept in another form: weight and spectral normalisation, parametrisations.

Source: the documentation of torch.nn.utils.weight_norm, spectral_norm and torch.nn.utils.parametrize.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import unmade
from paramlint.analysis.modules import prepare, table
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import ClassValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

KEPT_OTHERWISE = "<kept otherwise>"  # the attribute that says which weights of a module a hook computes, by the kind of hook and their names
_NOTED = frozenset({"flat split", "spectral, affine turned"})  # the kinds that are noted so
Change = Callable[["Overlay", "Interpreter", Instance, str, TensorValue, dict[str, Any]], None]


def function(overlay: Overlay, name: str, kind: str) -> Native:
    """The function of a framework that changes a module's weight in place and gives the module back."""
    change, parameters = _KINDS[kind]

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = {**dict(zip(("module", *parameters), args, strict=False)), **kwargs}
        module = given.pop("module", None) or given.pop("layer", None)
        if not isinstance(module, Instance) or not overlay.is_module(module):
            return module
        wanted = given.get("name", given.get("tensor_name", "weight"))
        if kind in _NOTED and isinstance(wanted, str):
            _note(it, module, kind, wanted, given)
        weight = table(module, "_parameters").get(wanted) if isinstance(wanted, str) else None
        if unmade.is_unmade(weight):
            it.library_throw("RuntimeError" if kind.startswith("parametrised") else "ValueError", "a module with uninitialized parameters")
        if isinstance(weight, TensorValue) and not isinstance(weight.tensor.shape, Unknown):
            change(overlay, it, module, wanted, weight, given)
        else:
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` on a weight that is not known"))
        return module

    return Native(name, run)


def _note(it: Interpreter, module: Instance, kind: str, name: str, given: dict[str, Any]) -> None:
    """Remember which weights of a module are kept otherwise; a second time, and a weight that is not there, are refused."""
    noted = module.attrs.get(KEPT_OTHERWISE)
    if not isinstance(noted, dict):
        it.write(module.attrs)
        noted = module.attrs[KEPT_OTHERWISE] = it.made({})
    if (kind, name) in noted:
        it.library_throw("RuntimeError", f"two hooks on the same parameter `{name}`")
    iterations = given.get("n_power_iterations", 1)
    if isinstance(iterations, int | float) and iterations <= 0:
        it.library_throw("ValueError", f"`n_power_iterations` must be positive, got {iterations}")
    parameters = table(module, "_parameters")
    if name not in parameters and it.state.open_reason(parameters) is None:
        it.throw("KeyError", name)
    it.write(noted)
    noted[kind, name] = True


def _take(it: Interpreter, module: Instance, name: str) -> None:
    parameters = table(module, "_parameters")
    it.write(parameters)
    del parameters[name]


def _put(it: Interpreter, module: Instance, kind: str, name: str, value: Any) -> None:
    items = table(module, kind)
    it.write(items)
    items[name] = value


def _like(weight: TensorValue, shape: Shape | Unknown) -> TensorValue:
    made = TensorValue(Tensor(shape, weight.tensor.dtype), parameter=True, kind=weight.kind)
    made.state["requires_grad"] = weight.state.get("requires_grad", True)
    return made


def _state(shape: tuple[Any, ...]) -> TensorValue:
    made = TensorValue(Tensor(Shape(shape)))
    made.is_buffer = True
    return made


def _norms(weight: TensorValue, dim: Any) -> Shape:
    """The shape of a weight's norms over all axes but one; of a single norm where ``dim`` is None."""
    shape = weight.tensor.shape
    if dim is None:
        return Shape(())
    axis = dim % len(shape) if len(shape) else 0
    return Shape(size if i == axis else 1 for i, size in enumerate(shape))


def _split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """``weight`` becomes its direction ``weight_v`` and its length ``weight_g``."""
    _take(it, module, name)
    _put(it, module, "_parameters", f"{name}_g", _like(weight, _norms(weight, given.get("dim", 0))))
    _put(it, module, "_parameters", f"{name}_v", _like(weight, weight.tensor.shape))
    _computed(it, module, name, weight)


def _flat_split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    """As ``_split``, the length with one axis or none; both are trained."""
    dim, shape = given.get("dim", 0), weight.tensor.shape
    known = (dim is None or isinstance(dim, int)) and not isinstance(shape, Unknown)
    if known and dim is not None and not -len(shape) <= dim < len(shape):
        it.library_throw("AssertionError", f"`dim` must be in [-{len(shape)}, {len(shape)}), got {dim}")
    length: Shape | Unknown = Unknown(it.unknown_reason("the axis of a weight's norms"))
    if known:
        length = Shape(()) if dim in (None, -1) else Shape((shape[dim],))
    _take(it, module, name)
    for part, size in (("v", shape), ("g", length)):
        made = _like(weight, size)
        made.state["requires_grad"] = True
        _put(it, module, "_parameters", f"{name}_{part}", made)
    _computed(it, module, name, weight)


def _computed(it: Interpreter, module: Instance, name: str, weight: TensorValue) -> None:
    """The weight itself, computed on each call: a plain attribute, or a buffer where the framework makes one of every tensor."""
    it.set(module, name, TensorValue(weight.tensor, kind=weight.kind))


def _matrix(overlay: Overlay, module: Instance, weight: TensorValue, dim: Any,
            turned: tuple[str, ...] = ("transposed convolution",)) -> tuple[Any, Any]:
    """Height and width of a weight as a matrix; ``turned`` layers have their outputs along the second axis."""
    shape = weight.tensor.shape
    if dim is None:
        entry = getattr(module.payload, "entry", None)
        dim = 1 if getattr(entry, "KIND", "") in turned else 0
    height = shape[dim] if shape else 1
    rest: Any = 1
    for axis, size in enumerate(shape):
        if axis != dim:
            rest = rest * size
    return height, rest


def _spectral(*turned: str) -> Change:
    def change(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
        height, width = _matrix(overlay, module, weight, given.get("dim"), turned)
        _take(it, module, name)
        _put(it, module, "_parameters", f"{name}_orig", weight)
        _put(it, module, "_buffers", f"{name}_u", _state((height,)))
        _put(it, module, "_buffers", f"{name}_v", _state((width,)))
        _computed(it, module, name, weight)

    return change


def _parametrised(overlay: Overlay, it: Interpreter, module: Instance, name: str, originals: dict[str, TensorValue]) -> Instance:
    """Move a weight to ``parametrizations.NAME`` in the form in which it is kept."""
    _take(it, module, name)
    modules = table(module, "_modules")
    outer = modules.get("parametrizations")
    if not isinstance(outer, Instance):
        outer = it.instance(overlay.module_class("torch.nn.ModuleDict"))
        prepare(it, outer)
        _put(it, module, "_modules", "parametrizations", outer)
    kept = it.instance(_list_class(overlay))
    prepare(it, kept)
    _put(it, outer, "_modules", name, kept)
    for key, value in originals.items():
        _put(it, kept, "_parameters", key, value)
    it.write(module.attrs)
    module.attrs[name] = TensorValue(next(iter(originals.values())).tensor)
    return kept


def _list_class(overlay: Overlay) -> ClassValue:
    return overlay.module_class("torch.nn.ModuleList")


def _parametrised_split(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    length = _like(weight, _norms(weight, given.get("dim", 0)))
    _parametrised(overlay, it, module, name, {"original0": length, "original1": _like(weight, weight.tensor.shape)})
    module.attrs[name] = TensorValue(weight.tensor)


def _parametrised_spectral(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue,
                           given: dict[str, Any]) -> None:
    height, width = _matrix(overlay, module, weight, given.get("dim"))
    kept = _parametrised(overlay, it, module, name, {"original": weight})
    power = it.instance(overlay.module_base_of("torch"))
    prepare(it, power)
    if len(weight.tensor.shape) > 1:
        _put(it, power, "_buffers", "_u", _state((height,)))
        _put(it, power, "_buffers", "_v", _state((width,)))
    _put(it, kept, "_modules", "0", power)


def remover(overlay: Overlay, name: str, kind: str) -> Native:
    """The function of a framework that undoes such a change: the weight is a parameter again."""
    wanted_by = "tensor_name" if kind == "parametrised" else "name"

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = {**dict(zip(("module", wanted_by), args, strict=False)), **kwargs}
        module, wanted = given.get("module", given.get("layer")), given.get(wanted_by, "weight")
        if not isinstance(module, Instance) or not overlay.is_module(module):
            return module
        if not isinstance(wanted, str) or not _restored(it, module, wanted, kind):
            overlay.doubt(it, module, it.unknown_reason(f"`{name}` on a weight that is not known"))
        return module

    return Native(name, run)


def _made_again(it: Interpreter, module: Instance, name: str) -> bool:
    """A weight is computed a last time, and becomes a new parameter."""
    noted = module.attrs.get(KEPT_OTHERWISE, {})
    if not isinstance(noted, dict):
        return False
    if ("flat split", name) not in noted:
        it.library_throw("ValueError", f"the weight norm of `{name}` is not found")
    buffers, parameters = table(module, "_buffers"), table(module, "_parameters")
    weight = buffers.get(name)
    if not isinstance(weight, TensorValue) or not parameters.keys() >= {f"{name}_g", f"{name}_v"}:
        return False
    it.write(noted)
    del noted["flat split", name]
    for known, names in ((buffers, [name]), (parameters, [f"{name}_g", f"{name}_v"])):
        it.write(known)
        for one in names:
            del known[one]
    made = _like(weight, weight.tensor.shape)
    made.state["requires_grad"] = True
    _put(it, module, "_parameters", name, made)
    return True


def _restored(it: Interpreter, module: Instance, name: str, kind: str) -> bool:
    if kind == "made again":
        return _made_again(it, module, name)
    parameters, buffers, modules = (table(module, kind_) for kind_ in ("_parameters", "_buffers", "_modules"))
    outer = modules.get("parametrizations")
    if kind == "parametrised" and isinstance(outer, Instance):
        kept = table(outer, "_modules").get(name)
        originals = list(table(kept, "_parameters").values()) if isinstance(kept, Instance) else []
    else:
        originals = [parameters.get(f"{name}_{part}") for part in ("orig", "v")]
        originals = [value for value in originals if value is not None]
    if not originals or not isinstance(originals[-1], TensorValue):
        return False
    for known in (parameters, buffers):
        it.write(known)
        for part in ("g", "v", "orig", "u"):
            known.pop(f"{name}_{part}", None)
    if isinstance(outer, Instance) and kind == "parametrised":
        inner = table(outer, "_modules")
        it.write(inner)
        inner.pop(name, None)
        if not inner:
            it.write(modules)
            del modules["parametrizations"]
    it.write(module.attrs)
    module.attrs.pop(name, None)
    _put(it, module, "_parameters", name, originals[-1])
    return True


def _registered(overlay: Overlay, it: Interpreter, module: Instance, name: str, weight: TensorValue, given: dict[str, Any]) -> None:
    parametrisation = given.get("parametrization")
    if parametrisation is not None and it.get_or(parametrisation, "right_inverse", None) is not None:
        overlay.doubt(it, module, it.unknown_reason("a parametrisation with an inverse, which decides the shape of what is kept"))
    kept = _parametrised(overlay, it, module, name, {"original": weight})
    _put(it, kept, "_modules", "0", parametrisation)


_KINDS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "split": (_split, ("name", "dim")),
    "flat split": (_flat_split, ("name", "dim")),
    "spectral": (_spectral("transposed convolution"), ("name", "n_power_iterations", "eps", "dim")),
    "spectral, affine turned": (_spectral("transposed convolution", "linear"), ("name", "n_power_iterations", "eps", "dim")),
    "parametrised split": (_parametrised_split, ("name", "dim")),
    "parametrised spectral": (_parametrised_spectral, ("name", "n_power_iterations", "eps", "dim")),
    "parametrised": (_registered, ("tensor_name", "parametrization", "unsafe")),
}
