"""Attributes of layers that build on call: what is tracked, and until when something may be added.

A layer tracks the layers and variables that are assigned to it, by themselves or inside lists, dicts, sets and tuples. Lists, dicts and
sets are copied: the attribute is a container of the framework's own that tracks what its methods put in. A layer that is built tracks
nothing more. Source: utils/tracking.py, Layer.__setattr__, Layer._lock_state of Keras 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import kept_arguments, lazy_state, missing_init, modules, older_versions
from paramlint.analysis.effects import Inert
from paramlint.analysis.layers import LayerState
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import setting
from paramlint.interpreter.addresses import Address
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.natives import share_openness
from paramlint.interpreter.unmodelled import is_fixed
from paramlint.interpreter.values import ClassValue, Either, FunctionValue, Instance, Property
from paramlint.interpreter.watched import TrackedDict, TrackedList, TrackedSet, Watched

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

ASIDE = "<aside>"  # layers that a model in a row is given as attributes: they are none of its layers
_TRACKED = (Instance, list, dict, set, tuple, TensorValue, Unknown, Either)
LOCKED = "You cannot add new elements of state (variables or sub-layers) to a layer that is already built."


def set_attribute(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self_, name, value = args
    modules.prepare(it, self_)
    if isinstance(value, TensorValue) and value.is_parameter:
        _rename(it, self_, name, value)
    if isinstance(value, Inert) and older_versions.is_older(overlay, it):
        overlay.doubt(it, self_, it.unknown(Why.UNSUPPORTED, f"`{name}`, which may be a metric with weights").reason)
    if "built" not in self_.attrs and not isinstance(self_.payload, LayerState) and overlay.is_module(value):
        missing_init.note_call(overlay, it, self_)
        overlay.doubt(it, self_, it.unknown_reason("a layer that is registered before `super().__init__()`, which not every backend allows"))
        may_raise(it, "AttributeError", "a layer can be registered before `super().__init__()`")
    if overlay.is_module(value) and isinstance(self_.cls.find("__getattr__"), FunctionValue):
        overlay.doubt(it, self_, it.unknown_reason(f"`{self_.cls.name}` has its own `__getattr__`, which not every backend allows"))
    value = Tracker(overlay, self_, name).tracked(it, value, name)
    if is_fixed(self_.cls, name):
        if not overlay.is_module(value):  # which one backend registers under the name all the same
            it.throw("AttributeError", f"property '{name}' of '{self_.cls.name}' object has no setter")
        overlay.doubt(it, self_, it.unknown(Why.UNSUPPORTED, f"a layer assigned to the property `{name}`").reason)
        return
    if isinstance(self_.cls.find(name), Property) and overlay.is_module(value):
        overlay.doubt(it, self_, it.unknown(Why.UNSUPPORTED, f"a layer assigned to the property `{name}`").reason)  # backends differ
    elif not isinstance(self_.cls.find(name), Property):
        kept_arguments.changed(overlay, it, self_, name, value)
    setting.set_plain(it, self_, name, value)


def delete_attribute(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A variable is not tracked any more; a layer stays."""
    self_, name = args
    value = it.get(self_, name)
    if isinstance(value, TensorValue):
        Tracker(overlay, self_, name).taken(it, value)
    it.write(self_.attrs)
    self_.attrs.pop(name, None)


def _rename(it: Interpreter, self_: Instance, name: str, value: TensorValue) -> None:
    """A variable of the layer's own is called as the attribute that it becomes."""
    own = self_.attrs["_parameters"]
    key = next((key for key, other in own.items() if other is value), None)
    if key is not None and key != name and name not in own:
        it.write(own)
        items = [(name if other is value else k, other) for k, other in own.items()]
        own.clear()
        own.update(items)


class Tracker:
    """What one attribute of a layer tracks."""

    __slots__ = ("name", "overlay", "owner")

    def __init__(self, overlay: Overlay, owner: Instance, name: str) -> None:
        self.overlay = overlay
        self.owner = owner
        self.name = name

    def deep_copy(self, it: Interpreter, memo: dict[Any, Any]) -> Tracker:
        return Tracker(self.overlay, memo.get(Address(self.owner), self.owner), self.name)

    # The containers' side ----------------------------------------------------------------------------------------

    def put(self, it: Interpreter, value: Any) -> Any:
        tables, at = (self._tables()[-1], self.owner.attrs["_parameters"]), 0
        while any(f"{self.name}.{at}" in table for table in tables):
            at += 1
        return self.tracked(it, value, f"{self.name}.{at}")

    def taken(self, it: Interpreter, value: Any) -> None:
        for table in (*self._tables(), self.owner.attrs["_parameters"]):
            for key, known in list(table.items()):
                if known is value:
                    it.write(table)
                    del table[key]
        if isinstance(value, Unknown | Either) and self.overlay.may_hold_modules(value):
            self.overlay.doubt(it, self.owner, value.reason)

    # The layer's side --------------------------------------------------------------------------------------------

    def tracked(self, it: Interpreter, value: Any, name: str) -> Any:
        """Track a value and what is in it; what the layer keeps in its place."""
        if not isinstance(value, _TRACKED):
            return value
        it.step()
        if self.overlay.is_module(value):
            self._add(it, self._tables()[-1], name, value)
        elif isinstance(value, TensorValue):
            if value.is_parameter:
                self._add(it, self.owner.attrs["_parameters"], name, value)
        elif isinstance(value, Unknown | Either):
            if self.overlay.may_hold_modules(value):
                self._add(it, self._tables()[-1], name, value)
            elif isinstance(value, Either) and any(isinstance(one, TensorValue) and one.is_parameter for one in value.alternatives):
                self._add(it, self.owner.attrs["_parameters"], name, value)
        elif isinstance(value, Instance):
            return self._object(it, value, name)
        elif isinstance(value, tuple):
            items = tuple(self.tracked(it, item, f"{name}.{at}") for at, item in enumerate(value))
            return items if type(value) is tuple and any(new is not old for new, old in zip(items, value, strict=True)) else value
        elif isinstance(value, list | dict | set):
            return self._container(it, value, name)
        return value

    def _object(self, it: Interpreter, value: Instance, name: str) -> Any:
        """Named tuples, and objects of classes that derive from list, dict or set: those become the framework's own containers."""
        payload = value.payload
        if isinstance(payload, tuple) and type(payload) is tuple:
            items = self.tracked(it, payload, name)
            return value if items is payload else it.instance(value.cls, payload=items)
        derived = any(cls.module == "builtins" and cls.name in ("list", "dict", "set") for cls in value.cls.mro)
        if derived and isinstance(payload, list | dict | set) and not self.overlay.is_module(value):
            made = self._container(it, payload, name)
            ordered = any(cls.name == "OrderedDict" and cls.module == "collections" for cls in value.cls.mro)
            return it.instance(next(cls for cls in value.cls.mro if cls.name == "OrderedDict"), payload=made) if ordered else made
        return value

    def _container(self, it: Interpreter, value: Any, name: str) -> Watched:
        made: Watched
        if isinstance(value, list):
            made = TrackedList(self.tracked(it, item, f"{name}.{at}") for at, item in enumerate(value))
        elif isinstance(value, dict):
            made = TrackedDict({key: self.tracked(it, item, f"{name}.{key}") for key, item in value.items()})
        else:
            made = TrackedSet(self.tracked(it, item, f"{name}.{at}") for at, item in enumerate(value))
        made.watcher = self
        kind = type(made).__name__
        if kind not in it.classes:
            it.classes[kind] = ClassValue(kind, (it.classes[kind.removeprefix("Tracked").lower()],), {}, module="keras.src.utils.tracking")
        it.made(made)
        share_openness(it, value, made)
        unknown = it.state.element(value)
        if unknown is not None:
            it.state.mark_open(self._tables()[-1], unknown.reason, None, unknown.held)
        return made

    def _tables(self) -> list[dict[str, Any]]:
        """The tables of layers; new ones go into the last."""
        if self.owner.cls.fact("tracks layers only"):
            return [self.owner.attrs["_modules"], self.owner.attrs.setdefault(ASIDE, {})]
        return [self.owner.attrs["_modules"]]

    def _add(self, it: Interpreter, table: dict[str, Any], name: str, value: Any) -> None:
        if any(known is value for known in table.values()):
            return
        if lazy_state.is_locked(self.owner) and not older_versions.is_older(self.overlay, it):
            it.throw("ValueError", LOCKED)
        key, count = name, 0
        while key in table:
            count += 1
            key = f"{name}_{count}"
        it.write(table)
        table[key] = value
