"""What the constructor of a framework's layer does that a class of the analysed code may override."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis.dispatch import override, overrides, spelled
from paramlint.core.unknown import Reason
from paramlint.interpreter.values import ABSENT, Instance, Native, Property
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_UNKEPT = frozenset({"device", "dtype"})  # arguments that become no attribute


def method(name: str, calls: Sequence[str]) -> Native:
    """A method of a layer without consequence, but for those that it calls."""
    return Native(name, lambda it, args, kwargs: _call_all(it, args[0], calls), binds=True)


def operation(overlay: Overlay, name: str, path: tuple[str, ...]) -> Native:
    """A method that runs operations, each on what the one before gives. Its tensors may be given by the keywords ``x`` and ``y``."""
    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        operands = [kwargs[key] for key in ("x", "y") if key in kwargs]
        options = {key: value for key, value in kwargs.items() if key not in ("x", "y")}
        first, *others = path
        value = it.call(overlay.lookup(first), [*args[1:], *operands], options)
        for other in others:
            value = it.call(overlay.lookup(other), [value])
        return value

    return Native(name, run, binds=True)


def not_followed(overlay: Overlay, it: Interpreter, instance: Instance) -> Reason | None:
    """Why it is not known what a class of the analysed code makes of each weight: it overrides what the constructor calls for it."""
    framework = instance.cls.fact("framework")
    if framework is None or not framework.constructor_methods or not overlay.is_user_class(instance.cls):
        return None
    name = next((name for name in framework.constructor_methods if instance.cls.find(name).__class__ is not Native), None)
    if name is None:
        return None
    return it.unknown_reason(f"what `{name}` of `{instance.cls.name}` makes of the layer's own weights")


def finish(it: Interpreter, instance: Instance, entry: Layer) -> None:
    """What a constructor does when the weights are there."""
    framework = instance.cls.fact("framework")
    calls = framework.constructor_calls.get(entry.KIND, ()) if framework is not None else ()
    if calls and getattr(entry, "_weight", None) is None:  # with weights that are given nothing is to be initialised
        _call_all(it, instance, calls)


def _call_all(it: Interpreter, instance: Any, names: Sequence[str]) -> None:
    for name in names:
        found = override(it, instance, name) if isinstance(instance, Instance) else ABSENT
        if found is not ABSENT:
            it.call(found)
        else:
            framework = instance.cls.fact("framework")
            methods = framework.layer_methods.get(instance.payload.entry.KIND, {}) if framework is not None else {}
            _call_all(it, instance, methods.get(name, ()))


def begin(it: Interpreter, instance: Instance, entry: Layer) -> None:
    """Arguments become attributes: one that a class of the analysed code has as a property is set there."""
    absent = instance.cls.fact("framework").absent.get(entry.KIND, ())
    for field in entry.signature().fields:
        declared = instance.cls.find(field.name)
        if isinstance(declared, Property) and declared.cached is None and field.name not in _UNKEPT and field.name not in absent:
            if declared.setter is None:
                it.throw("AttributeError", f"property '{field.name}' of '{instance.cls.name}' object has no setter")
            it.call(declared.setter, [instance, getattr(entry, field.name, None)])


def add(overlay: Overlay, it: Interpreter, instance: Instance, kind: str, name: str, value: Any) -> None:
    """Register a weight of a layer of the analysed code's class, by the methods that the framework calls."""
    from paramlint.analysis import registration

    word = "register_parameter" if kind == "_parameters" else "register_buffer"
    if not spelled(instance, word):
        registration.register(it, instance, kind, name, value)
    elif value is not None and kind == "_parameters" and instance.cls.find("__setattr__").__class__ is not Native:
        overlay.doubt(it, instance, it.unknown_reason(f"what `__setattr__` of `{instance.cls.name}` does with the layer's own attributes"))
        it.set(instance, name, value)
    elif value is not None and kind == "_parameters":
        registration.set_attribute(overlay, it, [instance, name, value], {})
    else:
        it.call(it.get(instance, spelled(instance, word)), [name, value])


def leave_out(instance: Instance, entry: Layer) -> None:
    """Note the weights that a layer does not have as None where the framework does."""
    framework = instance.cls.fact("framework")
    attrs = instance.attrs
    for name in framework.absent.get(entry.KIND, ()) if framework is not None else ():
        if name in attrs["_parameters"] or name in attrs["_buffers"] or name in attrs:
            continue
        if name in framework.absent_attributes:
            attrs[name] = None
        else:
            attrs["_buffers" if name in framework.absent_buffers else "_parameters"][name] = None


def without(it: Interpreter, overlay: Overlay, instance: Instance, entry: Layer, names: Sequence[str]) -> None:
    """Register the weights that a layer does not have as None, where a class of the analysed code may see it."""
    framework = instance.cls.fact("framework")
    if framework is None or not framework.dispatched:
        return
    seen = overrides(it, instance, "register_parameter", "register_buffer")
    for name in framework.absent.get(entry.KIND, ()):
        if name not in names and (seen or instance.cls.find(name) is not ABSENT):
            add(overlay, it, instance, "_buffers" if name in framework.absent_buffers else "_parameters", name, None)
