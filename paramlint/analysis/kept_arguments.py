"""What a framework's layer keeps of its arguments, as attributes of the analysed code."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import LayerState, to_entry
from paramlint.core.unknown import NeedsValue, Present, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import ABSENT, Instance
from paramlint.schema.fields import anything
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework


def changed(overlay: Overlay, it: Interpreter, instance: Instance, name: str, value: Any) -> None:
    """A plain attribute is set on a module: a layer whose argument it is goes by the new value from now on."""
    state = instance.payload
    if isinstance(state, LayerState) and state.entry is not None and name in state.entry.kept() and _has(state, name):
        if state.entry.BUILDS_ON_CALL and isinstance(value, int | list | tuple) and not isinstance(value, bool) and _is_built(instance):
            overlay.doubt(it, instance, it.unknown_reason(f"`{name}` of a layer that is built already is set"))
        entry = copy.copy(state.entry)
        setattr(entry, name, to_entry(overlay, it, value))
        instance.payload = LayerState(state.name, entry)


def _is_built(instance: Instance) -> bool:
    from paramlint.analysis.lazy_state import is_built

    return is_built(instance)


def read(it: Interpreter, instance: Instance, name: str) -> Any:
    """What a framework's layer keeps of its arguments (``conv.in_channels``)."""
    state = instance.payload
    if not isinstance(state, LayerState):
        return ABSENT
    if state.entry is None or not _has(state, name):
        return ABSENT
    framework = REGISTRY.framework_of(state.name)
    prefix = framework.private_prefix if framework is not None else ""
    if framework is not None and prefix and name.startswith(prefix) and not name.startswith("__"):
        return _private(it, state.entry, name, framework)
    if name in absent(instance):  # others have it as None where they have it
        return None if state.entry.BUILDS_ON_CALL else ABSENT
    if name not in state.entry.kept():
        return ABSENT
    if state.entry.BUILDS_ON_CALL and name in state.entry.DROPS and state.made:
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a layer that took its sizes from its first input")
    return _argument_of(state.entry, name)


def _has(state: LayerState, name: str) -> bool:
    """Whether the framework's layer has an attribute of that name, as far as its class is recorded."""
    framework = REGISTRY.framework_of(state.name)
    if framework is None:
        return True
    members, qualified = REGISTRY.members(framework), state.name
    if not members.known(qualified):  # made by a classmethod, such as Embedding.from_pretrained
        qualified = qualified.rpartition(".")[0]
    return not members.known(qualified) or members.has(qualified, name, on_instance=True)


def absent(instance: Instance) -> tuple[str, ...]:
    """The weights that a framework's layer has as None where it has none."""
    state = instance.payload
    framework = REGISTRY.framework_of(state.name) if isinstance(state, LayerState) else None
    return framework.absent.get(state.entry.KIND, ()) if framework is not None and state.entry is not None else ()


def _private(it: Interpreter, entry: Layer, name: str, framework: Framework) -> Any:
    """What a layer keeps of its arguments for itself: sizes and switches as they are, others in a form of its own."""
    if name in entry.ATTRIBUTES:
        return getattr(entry, name)
    message = f"`{name}` of a layer of the framework"
    plain = {field.name: field for field in entry.signature().fields}.get(name[len(framework.private_prefix):])
    if REGISTRY.members(framework).has(framework.module_bases[0], name, on_instance=True):
        value = None if plain is None else getattr(entry, plain.kept_as)
        default = next((default for attribute, default in framework.base_arguments.values() if attribute == name), None)
        return value if value is not None else default if default is not None else Unknown(Present(name, message, it.site()))
    if plain is None:
        return it.unknown(Why.UNSUPPORTED, message)
    if plain.converter is anything:
        return Unknown(Present(name, message, it.site()))
    found = _argument_of(entry, plain.kept_as)
    return it.made(list(found)) if isinstance(found, tuple) else found


def _argument_of(entry: Layer, name: str) -> Any:
    if name in entry.DERIVED:
        return Unknown.because(Why.UNSUPPORTED, f"`{name}` of a layer of the framework, which is made of its arguments")
    try:
        return getattr(entry, name, ABSENT)
    except NeedsValue as error:
        return error.unknown
