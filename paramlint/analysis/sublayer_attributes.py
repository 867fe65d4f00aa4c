"""Attributes and registration of layers that keep sublayers, parameters and buffers under names, and refuse what does not belong there.

As in Paddle: an attribute that is a tensor is a buffer, and a name that is taken takes only its own kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import kept_arguments, modules, registration
from paramlint.analysis.layers import LayerState
from paramlint.analysis.sublayer_calls import ALIASES, REQUIRED, UNSAVED, Args, Kwargs, bound, send
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter import setting
from paramlint.interpreter.hashing import put
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.unmodelled import unmodelled
from paramlint.interpreter.values import ABSENT, Either, Instance, Native, Property

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_ORDER = ("_parameters", "_modules", "_buffers")  # in which the tables are searched for a name
_KINDS = {"_parameters": ("parameter", "Parameter"), "_modules": ("sublayer", "Layer"), "_buffers": ("buffers", "core.DenseTensor")}


# Attributes ---------------------------------------------------------------------------------------------------------------


def set_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Parameters, layers and tensors register themselves; a taken name takes nothing else but None."""
    self, name, value = args
    if isinstance(self.cls.find(name), Property):
        setting.set_plain(it, self, name, value)  # and then as if it were none
    if value.__class__ is Either and _mixed(overlay, self, name, value):
        it.each(value, lambda one: set_attribute(overlay, it, [self, name, one], {}))
        return
    kind = _kind_of(overlay, value)
    taken = next((table for table in _ORDER if name in modules.table(self, table)), None)
    if kind == "_parameters" or (kind == "_modules" and taken != "_parameters") or (kind == "_buffers" and taken in (None, "_buffers")):
        _register(overlay, it, self, kind, name, value)
    elif taken is not None:
        known = modules.table(self, taken)
        if value is not None and not isinstance(value, Unknown | Either):
            noun, wanted = _KINDS[taken]
            it.throw("TypeError", f"assignment to {noun} '{name}' should be of type {wanted} or None, but got '{type_name(value)}'")
        it.write(known)
        known[name] = value
    elif isinstance(value, Unknown | Either) and overlay.may_hold_modules(value):
        modules.prepare(it, self)
        _register(overlay, it, self, "_modules", name, value)
    else:
        _set_plain(overlay, it, self, name, value)


def _mixed(overlay: Overlay, self: Instance, name: str, value: Either) -> bool:
    """Whether what an attribute may be is registered in different places, or may be refused."""
    kinds = {_kind_of(overlay, one) for one in value.alternatives if one is not None and one is not ABSENT}
    if any(isinstance(one, Unknown) for one in value.alternatives):
        return False
    return bool(kinds - {"", "_modules"}) or (len(kinds) > 1) or (kinds != {"_modules"} and any(name in modules.table(self, t) for t in _ORDER))


def _kind_of(overlay: Overlay, value: Any) -> str:
    """The table that a value belongs to."""
    if isinstance(value, TensorValue):
        return "_parameters" if value.is_parameter else "_buffers"
    return "_modules" if overlay.is_module(value) else ""


def _set_plain(overlay: Overlay, it: Interpreter, self: Instance, name: str, value: Any) -> None:
    framework = self.cls.fact("framework")
    tables = framework.tables if framework is not None else {}
    if name in tables or name in modules.TABLES:
        _set_table(overlay, it, self, name, tables.get(name, name), value)
        return
    kept_arguments.changed(overlay, it, self, name, value)
    setting.set_plain(it, self, name, value)


def _set_table(overlay: Overlay, it: Interpreter, self: Instance, name: str, table: str, value: Any) -> None:
    """A whole table is replaced; ``_modules`` is a property that fills the one that is there."""
    content = value.payload if isinstance(value, Instance) else value
    if not isinstance(content, dict):
        overlay.doubt(it, self, it.unknown_reason(f"`{name}` is replaced by what is no dict"))
    elif name == "_modules":
        known = modules.table(self, table)
        it.write(known)
        known.clear()
        known.update(content)
    else:
        it.write(self.attrs)
        self.attrs[table] = content


def require_init(overlay: Overlay, it: Interpreter, self: Instance, kind: str = "ValueError",
                 message: str = "super().__init__() should be called first") -> None:
    """Refuse what needs a layer's tables before the base class's ``__init__`` has made them."""
    if modules.is_ready(self):
        return
    if overlay.doubts(self) is None and self.cls.fact("unknown_base") is None and not overlay.uninitialised(it, self):
        it.throw(kind, message)
    modules.prepare(it, self)


def _register(overlay: Overlay, it: Interpreter, self: Instance, kind: str, name: str, value: Any) -> None:
    require_init(overlay, it, self)
    for other in (self.attrs, *(self.attrs[table] for table in _ORDER if table != kind)):
        if name in other:
            it.write(other)
            del other[name]
    known = self.attrs[kind]
    if kind == "_buffers" and name not in known:
        _save(it, self, name, saved=False)
    it.write(known)
    known[name] = value


def _save(it: Interpreter, self: Instance, name: Any, *, saved: Any) -> None:
    """Say of a buffer whether a state dict has it."""
    unsaved = self.attrs.setdefault(UNSAVED, it.made(set()))
    it.write(unsaved)
    if isinstance(saved, Unknown | Either):
        it.state.mark_open(unsaved, saved.reason)
    elif it.truth(saved) is True:
        unsaved.discard(name)
    else:
        unsaved.add(name)


def get_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """What is registered under a name, parameters first; then as modules have it everywhere."""
    self, name = args
    maybe: Either | None = None
    for table in _ORDER:
        known = self.attrs.get(table)
        if isinstance(known, dict) and name in known:
            value = known[name] if maybe is None else maybe.instead(known[name])
            if not (isinstance(value, Either) and ABSENT in value.alternatives):
                return value
            maybe = value
    if maybe is not None:
        return maybe
    framework = self.cls.fact("framework")
    if modules.is_ready(self) and framework is not None and name in framework.tables:
        table = self.attrs[framework.tables[name]]
        it.ordered[id(table)] = table
        return table
    if not modules.is_ready(self) and not name.startswith("__") and overlay.doubts(self) is None and self.cls.fact("unknown_base") is None:
        it.throw("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
    if framework is not None and name == framework.call:
        return Native(name, lambda it, args, kwargs: it.throw("NotImplementedError", ""))
    if name == "_built" and modules.is_ready(self):
        return False
    if _was_deleted(self, name):
        it.throw("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
    return modules.get_attribute(overlay, it, args, kwargs)


def _was_deleted(self: Instance, name: str) -> bool:
    """Whether a layer of the framework has had a parameter of this name."""
    state = self.payload
    if not isinstance(state, LayerState) or state.entry is None or not modules.is_ready(self):
        return False
    return name not in self.attrs and any(name == weight for weight in state.entry.weights())


def delete_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self, name = args
    for table in _ORDER:
        known = self.attrs.get(table)
        if isinstance(known, dict) and name in known:
            it.write(known)
            del known[name]
            return
    registration.delete_attribute(overlay, it, args, kwargs)


# Registration -------------------------------------------------------------------------------------------------------------


def init(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """``__init__`` of the base class: empty tables, whatever was there."""
    self = args[0]
    scope, dtype = bound(it, "Layer.__init__", args, kwargs, name_scope=None, dtype="float32")
    if scope is not None and not isinstance(scope, str | Unknown | Either):
        it.throw("TypeError", f"unsupported operand type(s) for +: 'str' and '{type_name(scope)}'")
    it.write(self.attrs)
    for table in modules.TABLES:
        self.attrs[table] = it.made({})
    self.attrs.update({"training": True, "_dtype": dtype, UNSAVED: it.made(set())})


def add_sublayer(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """Put a layer, or None, under any name."""
    self = args[0]
    name, value = bound(it, "Layer.add_sublayer", args, kwargs, name=REQUIRED, sublayer=REQUIRED)
    if value is not None and not overlay.is_module(value) and not isinstance(value, Unknown | Either):
        it.throw("AssertionError", "")
    require_init(overlay, it, self, "AttributeError", f"'{self.cls.name}' object has no attribute '_sub_layers'")
    known = modules.table(self, "_modules")
    put(it, known, name, value)
    return value


def add_module(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    name, module = bound(it, "Layer.add_module", args, kwargs, name=REQUIRED, module=REQUIRED)
    send(it, args[0], "add_sublayer", name, module)


def add_parameter(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    self = args[0]
    name, value = bound(it, "Layer.add_parameter", args, kwargs, name=REQUIRED, parameter=REQUIRED)
    require_init(overlay, it, self, "RuntimeError", "super().__init__() should be called firstly.")
    if isinstance(value, Either):
        return it.each(value, lambda one: add_parameter(overlay, it, [self, name, one], {}))
    _check_name(it, self, name, "parameter", "_parameters", f"The parameter '{name}' already exists.")
    if value is not None and not isinstance(value, Unknown) and not (isinstance(value, TensorValue) and value.is_parameter):
        it.throw("TypeError", f"The parameter to be added should be a Parameter, but received {type_name(value)}.")
    put(it, self.attrs["_parameters"], name, value)
    return value


def register_parameter(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    name, value = bound(it, "Layer.register_parameter", args, kwargs, name=REQUIRED, param=REQUIRED)
    send(it, args[0], "add_parameter", name, value)


def register_buffer(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self = args[0]
    name, value, saved = bound(it, "Layer.register_buffer", args, kwargs, ALIASES, name=REQUIRED, tensor=REQUIRED, persistable=True)
    require_init(overlay, it, self)
    if isinstance(value, Either):
        it.each(value, lambda one: register_buffer(overlay, it, [self, name, one, saved], {}))
        return
    _check_name(it, self, name, "buffer", "_buffers", f"attribute '{name}' already exists.")
    if value is not None and not isinstance(value, Unknown) and not (isinstance(value, TensorValue) and not value.is_parameter):
        it.throw("TypeError", f"The registered buffer should be a Paddle.Tensor, but received {type_name(value)}.")
    put(it, self.attrs["_buffers"], name, value)
    if isinstance(name, str):
        _save(it, self, name, saved=saved)


def _check_name(it: Interpreter, self: Instance, name: Any, noun: str, table: str, taken: str) -> None:
    if isinstance(name, Unknown | Either):
        return
    if not isinstance(name, str):
        it.throw("TypeError", f"The name of {noun} should be a string, but received {type_name(name)}.")
    if "." in name:
        it.throw("KeyError", f"The name of {noun} can not contain `.`, because when you access the newly added {noun} in the form of "
                             "`self.**.**`, it will cause AttributeError.")
    if name == "":
        it.throw("KeyError", f"The name of {noun} can not be empty.")
    if name not in self.attrs[table]:
        found = it.get_or(self, name, ABSENT)
        doubtful = isinstance(found, Unknown | Either) and unmodelled(self.cls, name, self) is ABSENT
        if found is not ABSENT and not doubtful:
            it.throw("KeyError", taken)
