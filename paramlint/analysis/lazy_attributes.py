"""Attributes of layers that build on call which they make of what they are: shapes of models, the layers inside wrappers, cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import data_format, kept_arguments, layer_setup, lazy_state, modules
from paramlint.analysis.inner_modules import InnerModule
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Args, Kwargs, mapped, written
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import ABSENT, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

CELL = "<cell>"  # the cell of a recurrent layer, once code has asked for it
# Weights that layers have as attributes once they are built, as None where they have none.
_WEIGHTS = frozenset({"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance", "embeddings", "recurrent_kernel",
                      "depthwise_kernel", "pointwise_kernel"})
_ENDS = {"input_shape": "inputs", "output_shape": "outputs"}


def get_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """What is found nowhere else on a layer."""
    self_, name = args
    if name in _ENDS and ("<inputs>" in self_.attrs or self_.cls.fact("row")):
        found = it.get(self_, _ENDS[name])
        shapes = mapped(found, lambda leaf: written(lazy_state.shape_of(leaf)))
        return shapes[0] if isinstance(shapes, list) and len(shapes) == 1 else shapes
    state = self_.payload
    if isinstance(state, LayerState) and state.entry is not None:
        framework: Framework = self_.cls.fact("lazy")
        members = REGISTRY.members(framework)
        if not members.known(state.name) or members.has(state.name, name, on_instance=True):
            found = _of_entry(overlay, it, self_, framework, state.entry, name)
            if found is not ABSENT:
                return found
    return modules.missing(overlay, it, self_, name)


def _of_entry(overlay: Overlay, it: Interpreter, self_: Instance, framework: Framework, entry: Layer, name: str) -> Any:
    """What a framework's own layer has under a name: a layer inside it, a weight, or what it keeps of an argument."""
    for kind in ("_modules", "_parameters", "_buffers"):
        found = modules.table(self_, kind).get(name)
        if found is not None:
            return found
    made = _child(overlay, it, self_, entry, name)
    if made is not None:
        return made
    if name in _WEIGHTS:
        if self_.attrs.get("built") is not True and entry.KIND != "batch norm":
            raise it.error("AttributeError", f"'{self_.cls.name}' object has no attribute '{name}'")
        return None
    if name == "lora_enabled" and hasattr(entry, "lora_rank"):
        return bool(entry.lora_rank) if isinstance(entry.lora_rank, int | None) else it.unknown(Why.ARGUMENT, "whether there is a rank")
    return _argument(overlay, it, self_, framework, entry, name)


def _argument(overlay: Overlay, it: Interpreter, self_: Instance, framework: Framework, entry: Layer, name: str) -> Any:
    """What a layer keeps of an argument: names of functions are the functions, those of other objects the objects."""
    field = next((field for field in entry.signature().fields if field.name == name), None)
    found = kept_arguments.read(it, self_, name)
    if field is None or found is ABSENT:
        return found
    kind = getattr(field.converter, "kind", "")
    if kind == "activation" and isinstance(found, str | None):
        function = overlay.lookup(f"{framework.activations}.{found or 'linear'}")
        return function if isinstance(function, Native) else it.unknown(Why.UNSUPPORTED, f"the activation `{found}`")
    if kind == "data format" and found is None:
        return data_format.LAST  # another default has been filled in when the layer was made
    if isinstance(found, list | tuple) and any(isinstance(item, Layer | InnerModule) for item in found):
        table = modules.table(self_, "_modules")
        held = [table.get(f"{name}.{index}") for index in range(len(found))]
        return it.made(held) if None not in held else it.unknown(Why.UNSUPPORTED, f"`{name}` of `{self_.cls.name}`")
    if isinstance(found, Layer | InnerModule) or (kind and isinstance(found, str) and kind != "data format"):
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of `{self_.cls.name}`")
    return found


def adopt(overlay: Overlay, it: Interpreter, self_: Instance, entry: Layer, inner: list[Instance]) -> None:
    """Give a layer the layers that its entry holds: those among its arguments, or copies of them."""
    children = entry.children()
    if not children:
        return
    table = self_.attrs["_modules"]
    it.write(table)
    for name, child in children.items():
        if isinstance(child, InnerModule):
            table[name] = child.instance
        elif isinstance(child, Layer):
            table[name] = _adopted(overlay, it, entry, name, child, inner)


def _adopted(overlay: Overlay, it: Interpreter, entry: Layer, name: str, child: Layer, inner: list[Instance]) -> Instance:
    owner = next((item for item in inner if isinstance(item.payload, LayerState) and item.payload.entry is child), None)
    copied = name in entry.copies()  # type: ignore[attr-defined]
    if owner is not None and not copied:
        return owner
    made = fresh(overlay, it, child, trainable=True if owner is None else owner.attrs.get("trainable", True))
    adopt(overlay, it, made, child, [] if copied else inner)
    return made


def is_as_given(owner: Instance, child: Layer) -> bool:
    """Whether a layer inside another is still what it was when that one was made; whether it is trained is its own affair."""
    state = owner.payload
    if not isinstance(state, LayerState) or state.entry is None or type(state.entry) is not type(child):
        return False
    ignored = ("trainable", "name")
    now, then = ({key: value for key, value in entry.arguments().items() if key not in ignored} for entry in (state.entry, child))
    return now.keys() == then.keys() and all(now[key] is then[key] or _same(now[key], then[key]) for key in now)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and isinstance(one, int | float | str | tuple) and bool(one == other)


def _child(overlay: Overlay, it: Interpreter, self_: Instance, entry: Layer, name: str) -> Any:
    """The cell of a layer that runs one."""
    cell = entry.cell_of() if hasattr(entry, "cell_of") and name == "cell" else None
    return None if cell is None else _cell(overlay, it, self_, cell)


def _cell(overlay: Overlay, it: Interpreter, self_: Instance, cell: Layer) -> Instance:
    """The cell of a recurrent layer; its weights are the layer's."""
    found = self_.attrs.get(CELL)
    if isinstance(found, Instance):
        return found
    made = fresh(overlay, it, cell, trainable=self_.attrs.get("trainable", True))
    made.attrs["_parameters"] = modules.table(self_, "_parameters")
    made.attrs["built"] = self_.attrs.get("built", False)
    it.write(self_.attrs)
    self_.attrs[CELL] = made
    return made


def activation_layers(self_: Instance, inner: list[Instance]) -> list[tuple[str, Instance]]:
    """The layers among a layer's arguments that it uses as functions, by the name of the argument: it tracks them as its own."""
    state = self_.payload
    if not inner or not isinstance(state, LayerState) or state.entry is None:
        return []
    found = []
    for field in state.entry.signature().fields:
        value = getattr(state.entry, field.kept_as, None) if getattr(field.converter, "kind", "") == "activation" else None
        layer = value.instance if isinstance(value, InnerModule) else next(
            (one for one in inner if value is not None and isinstance(one.payload, LayerState) and one.payload.entry is value), None)
        if layer is not None:
            found.append((field.name, layer))
    return found


def fresh(overlay: Overlay, it: Interpreter, entry: Layer, *, trainable: Any = True) -> Instance:
    """A layer of its own with an entry."""
    name = type(entry).NAMES[0]
    made = it.instance(overlay.module_class(name))
    overlay.prepare(it, made)
    made.payload = LayerState(name, entry)
    told = it.unknown(Why.UNSUPPORTED, f"the name of a `{type(entry).__name__}` that the framework makes")
    layer_setup.set_up(overlay, it, made, {"name": Unknown(told.reason, data=True), "trainable": trainable})
    return made
