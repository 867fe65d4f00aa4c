"""What a framework's layer makes of the modules and tensors that it is given: it keeps them, copies them, or builds others like them."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.containers import mapping_or_unknown
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.fields import anything, whole
from paramlint.schema.layer import Layer, Origin

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def known_by(argument: Any, value: Any) -> Any:
    """An argument of a layer that is built, which says what module it stands for."""
    if isinstance(argument, Layer):
        argument = copy(argument)
        argument.origin = Origin(value)
    return argument


def tensors_for_numbers(it: Interpreter, entry: type[Layer], args: list[Any], kwargs: dict[str, Any]) -> None:
    """A tensor that is given where a number is needed may be taken for one, or refused."""
    if not any(isinstance(value, TensorValue | Numbers) for value in (*args, *kwargs.values())):
        return
    given = as_given(entry, args, kwargs)
    for field in entry.signature().fields:
        value = given[field.name]
        framework = REGISTRY.framework_of(entry.NAMES[0])
        if not isinstance(value, TensorValue | Numbers) or framework is None or not framework.checked or (
                field.converter is anything and isinstance(value, TensorValue)):
            continue
        tensor = value.tensor
        if field.converter is not whole or entry.__name__ in framework.plain_integers or isinstance(tensor.shape, Unknown):
            hedge(it, f"`{entry.__name__}` takes a {type_name(value)} as `{field.name}`")
        elif (isinstance(value, Numbers) and tensor.shape) or tensor.shape.numel != 1 or not tensor.dtype.startswith(("int", "uint")):
            it.library_throw("TypeError", f"`{field.name}` must be an integer, not a {type_name(value)}")
        else:
            may_raise(it, "", f"a tensor as `{field.name}`")


def as_given(entry: type[Layer], args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer by name, those that are left out too."""
    fields = entry.signature().fields
    return {**{field.name: field.default for field in fields}, **{field.name: value for field, value in zip(fields, args, strict=False)}, **kwargs}


def keep_tensors(it: Interpreter, instance: Instance, entry: type[Layer], args: list[Any], kwargs: dict[str, Any]) -> None:
    """Tensors among the arguments become attributes of the layer, which registers them where the framework does so of its own accord."""
    framework = instance.cls.fact("framework")
    if not framework.keeps_tensors or not any(isinstance(value, TensorValue | Either) for value in (*args, *kwargs.values())):
        return
    for name, value in as_given(entry, args, kwargs).items():
        if isinstance(value, TensorValue | Either):
            members = REGISTRY.members(framework)
            kept = next((word for word in (name, f"{framework.private_prefix}{name}")
                         if members.has(instance.payload.name, word, on_instance=True)), None)
            if kept is not None:
                it.set(instance, kept, value)


def made_of(overlay: Overlay, it: Interpreter, origin: Origin) -> Any:
    """What a layer makes of a module that it is given."""
    if origin.becomes == "itself":
        return origin.module
    if origin.becomes == "copy":
        return overlay.copy(it, origin.module)
    arguments = mapping_or_unknown(it, it.get(origin.module, origin.arguments))
    if isinstance(arguments, Unknown):
        return arguments
    with overlay.unheard():
        return it.call(origin.module.cls, [], dict(arguments))
