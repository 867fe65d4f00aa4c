"""Functions on modules and their parameters that no entry stands for: parameters as one vector, layers without initial values, averages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import taken, word_signatures
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.stdlib.copying import deepcopy
from paramlint.interpreter.values import ClassValue, Either, FunctionValue, Native, Super
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def named(overlay: Overlay, framework: Framework, name: str) -> Any:
    """What stands behind the name of such a function; None where it is none."""
    special = _NAMED.get(framework.module_functions.get(name, ""))
    if special is not None:
        return special(overlay, framework, name)
    if name not in framework.functions:
        return None

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        taken.check(framework, it, name, args, kwargs)
        return it.unknown(Why.UNSUPPORTED, f"what `{name}` gives")

    return Native(name, run)


def _to_vector(overlay: Overlay, framework: Framework, name: str) -> Native:
    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = word_signatures.bound(it, name, "parameters:", args, kwargs)
        rows = [it.call(it.get(one, "view"), [-1]) for one in it.elements(given["parameters"])]
        return it.call(overlay.lookup("torch.cat"), [it.made(rows)])

    return Native(name, run)


def _from_vector(overlay: Overlay, framework: Framework, name: str) -> Native:
    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        given = word_signatures.bound(it, name, "vec: parameters:", args, kwargs)
        vector = given["vec"]
        if not isinstance(vector, TensorValue | Unknown | Either):
            it.library_throw("TypeError", f"expected torch.Tensor, but got: {type_name(vector)}")
        at: Any = 0
        for one in it.elements(given["parameters"]):
            end = at + it.call(it.get(one, "numel"))
            part = it.call(overlay.lookup("torch.Tensor.__getitem__"), [vector, slice(at, end)]) if isinstance(vector, TensorValue) else vector
            found = it.call(it.get(part, "view_as"), [one])
            it.set(one, "data", found)
            at = end

    return Native(name, run)


def _skip_init(overlay: Overlay, framework: Framework, name: str) -> Native:
    """A layer that is made where tensors have no contents, and moved from there."""

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if not args:
            it.library_throw("TypeError", f"`{name}` needs a class")
        cls, *rest = args
        if isinstance(cls, Unknown | Either):
            return it.call(cls, rest, kwargs)
        if not isinstance(cls, ClassValue):
            it.library_throw("TypeError", "issubclass() arg 1 must be a class")
        if cls.fact("module base") is None:
            it.library_throw("RuntimeError", "Expected a Module")
        if not _takes_device(cls):
            it.library_throw("RuntimeError", "Module must support a 'device' arg to skip initialization")
        place = kwargs.get("device", "cpu")
        with overlay.unmoved():
            made = it.call(cls, rest, {**kwargs, "device": "meta"})
        return it.call(it.get(made, "to_empty"), [], {"device": place}) if place != "cpu" else made

    return Native(name, run)


def _takes_device(cls: ClassValue) -> bool:
    init = cls.find("__init__")
    if isinstance(init, FunctionValue):
        return any(one.name == "device" for one in (*init.code.positional_only, *init.code.parameters, *init.code.keyword_only))
    entry = cls.fact("entry")
    return entry is not None and any(field.name == "device" for field in entry.signature().fields)


def _averaged(overlay: Overlay, framework: Framework, name: str) -> ClassValue:
    """A copy of a module whose weights are averages of its own over time."""
    base = overlay.module_base(framework)
    owner, _, last = name.rpartition(".")
    cls = ClassValue(last, (base,), {}, module=owner)

    def init(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        self, *rest = args
        given = word_signatures.bound(it, name, "model: device= avg_fn= multi_avg_fn= use_buffers=", rest, kwargs)
        it.call(it.get(Super(cls, self), "__init__"))
        if given.get("avg_fn") is not None and given.get("multi_avg_fn") is not None:
            it.library_throw("AssertionError", "Only one of avg_fn and multi_avg_fn should be provided")
        it.set(self, "module", deepcopy(it, given["model"]))
        if given.get("device") is not None:
            it.set(self, "module", it.call(it.get(it.get(self, "module"), "to"), [given["device"]]))
        made = it.call(overlay.lookup("torch.tensor"), [0], {"dtype": overlay.lookup("torch.long")})
        it.call(it.get(self, "register_buffer"), ["n_averaged", made])
        for key in ("avg_fn", "multi_avg_fn", "use_buffers"):
            if not isinstance(given.get(key), Unknown):  # a function that is not modelled is no module
                it.set(self, key, given.get(key, False if key == "use_buffers" else None))

    def update(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        hedge(it, f"`{last}.update_parameters` takes such a model")

    cls.attrs["__init__"] = Native("__init__", init, binds=True)
    cls.attrs[framework.call] = Native(framework.call, lambda it, args, kwargs: it.call(it.get(args[0], "module"), args[1:], kwargs), binds=True)
    cls.attrs["update_parameters"] = Native("update_parameters", update, binds=True)
    return cls


_NAMED: dict[str, Callable[[Any, Framework, str], Any]] = {
    "to vector": _to_vector, "from vector": _from_vector, "skip init": _skip_init, "averaged": _averaged,
}
