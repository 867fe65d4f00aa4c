"""How parameters, buffers and modules become a module's own, and what its framework refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import kept_arguments
from paramlint.analysis.dispatch import override, send, spelled
from paramlint.analysis.modules import TABLES, argument_of, is_ready, prepare, table
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.unknown_bases import may_be_module
from paramlint.core.unknown import Unknown
from paramlint.interpreter import setting
from paramlint.interpreter.hashing import put
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, Either, Foreign, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]
ASSIGNED = "<assigned>"  # the keyword of a registration by assignment, which has freed the name before
EXCLUDED = "_non_persistent_buffers_set"  # the attribute with the names of buffers that the state dict leaves out


# Attributes ---------------------------------------------------------------------------------------------------------------


def set_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Assigning a parameter or a module registers it; assigning something else to its name replaces it."""
    self, name, value = args
    if value.__class__ is Either and any(map(_registers, value.alternatives)):
        it.each(value, lambda one: set_attribute(overlay, it, [self, name, one], {}))
    elif isinstance(value, TensorValue) and value.is_parameter:
        require_init(overlay, it, self, "parameters uninitialised")
        _set_registered(overlay, it, self, "_parameters", name, value)
    elif overlay.is_module(value):
        require_init(overlay, it, self, "module uninitialised")
        if name in table(self, "_parameters") and not isinstance(table(self, "_parameters")[name], Either):
            refuse(it, self, "assigned parameter", name, value)
        register(it, self, "_modules", name, value)
    elif _registers(value):
        _set_registered(overlay, it, self, "_buffers", name, value)
    elif not _replaced(overlay, it, self, name, value):
        _set_plain(overlay, it, self, name, value)


def _registers(value: Any) -> bool:
    """Whether a tensor becomes one of a module's own where it is assigned."""
    return isinstance(value, TensorValue) and (value.is_parameter or "<registers>" in value.state)


def _set_registered(overlay: Overlay, it: Interpreter, self: Instance, kind: str, name: str, value: Any) -> None:
    """Register a parameter or a buffer that is assigned, by the method that the framework calls for it."""
    word = "register_parameter" if kind == "_parameters" else "register_buffer"
    if not spelled(self, word):
        register(it, self, kind, name, value)
        return
    if kind == "_parameters":
        clear(it, self, name, besides=kind)
    own = register_parameter if kind == "_parameters" else register_buffer
    found = override(it, self, spelled(self, word))
    if found is ABSENT:
        own(overlay, it, [self, name, value], {ASSIGNED: True} if kind == "_parameters" else {"persistent": _persists(self, name, value)})
    elif kind == "_buffers" and _takes_persistent(found):
        it.call(found, [name, value, _persists(self, name, value)])
    else:
        if kind == "_buffers" and it.truth(_persists(self, name, value)) is False:
            it.throw("RuntimeError", "Registering a non-persistent buffer on a Module subclass that implements register_buffer() "
                                     "without the persistent argument is not allowed.")
        it.call(found, [name, value])


def _persists(self: Instance, name: str, value: Any) -> Any:
    excluded = self.attrs.get(EXCLUDED)
    return value.state["<registers>"] if _registers(value) else not (isinstance(excluded, set) and name in excluded)


def _takes_persistent(method: Any) -> bool:
    function = getattr(method, "func", method)
    code = function.code if isinstance(function, FunctionValue) else None
    return code is None or any(p.name == "persistent" for p in (*code.parameters, *code.keyword_only))


def _replaced(overlay: Overlay, it: Interpreter, self: Instance, name: str, value: Any) -> bool:
    """Whether a name that is registered has been given another value; what may not stand there is refused."""
    for kind in TABLES:
        known = self.attrs.get(kind)
        if not isinstance(known, dict) or name not in known:
            continue
        if value is None or isinstance(value, Unknown | Either):
            if kind == "_parameters" and value is None and override(it, self, spelled(self, "register_parameter")) is not ABSENT:
                _set_registered(overlay, it, self, kind, name, value)
                return True
            it.write(known)
            known[name] = value
            return True
        before = known[name]
        if isinstance(before, Either) and ABSENT in before.alternatives:  # it may be free, so that nothing is refused
            overlay.doubt(it, self, before.reason)
        elif not (kind == "_buffers" and isinstance(value, TensorValue)):
            refuse(it, self, f"assigned {kind[1:-1]}", name, value)
        elif spelled(self, "register_buffer"):
            _set_registered(overlay, it, self, kind, name, value)
            return True
        it.write(known)
        if isinstance(value, TensorValue):
            known[name] = value
            return True
        del known[name]
        return False
    return False


def _set_plain(overlay: Overlay, it: Interpreter, self: Instance, name: str, value: Any) -> None:
    if isinstance(value, Unknown | Either) and overlay.may_hold_modules(value):
        prepare(it, self)
        register(it, self, "_modules", name, value)
        return
    reason = may_be_module(overlay, value)
    if reason is not None:
        overlay.doubt(it, self, reason)
    framework = self.cls.fact("framework")
    if framework is not None:
        if framework.keeps_tensors and isinstance(value, TensorValue):
            register(it, self, "_buffers", name, value)
            return
        name = framework.tables.get(name, name)
    kept_arguments.changed(overlay, it, self, name, value)
    setting.set_plain(it, self, name, value)


def delete_attribute(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self, name = args
    for kind in TABLES:
        known = self.attrs.get(kind)
        if isinstance(known, dict) and name in known:
            it.write(known)
            del known[name]
            return
    it.write(self.attrs)
    if self.attrs.pop(name, ABSENT) is ABSENT:
        if kept_arguments.read(it, self, name) is not ABSENT and name not in kept_arguments.absent(self):
            overlay.doubt(it, self, it.unknown_reason(f"a layer whose `{name}` is deleted"))
            return
        raise it.error("AttributeError", name)


# Registration -------------------------------------------------------------------------------------------------------------


def clear(it: Interpreter, self: Instance, name: str, *, besides: str) -> None:
    """Free a name for one of a module's tables."""
    for other in TABLES:
        known = self.attrs.get(other)
        if other != besides and isinstance(known, dict) and name in known:
            it.write(known)
            del known[name]
    if name in self.attrs:
        it.write(self.attrs)
        del self.attrs[name]


def register(it: Interpreter, self: Instance, kind: str, name: str, value: Any) -> None:
    prepare(it, self)
    clear(it, self, name, besides=kind)
    known = self.attrs[kind]
    it.write(known)
    known[name] = value


def register_parameter(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "param")
    require_init(overlay, it, self, "parameter uninitialised")
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_parameters"], name, value)
        return
    require_name(overlay, it, self, "parameter", name, assigned=ASSIGNED in kwargs)
    if value is not None and not isinstance(value, Unknown | Either) and not (isinstance(value, TensorValue) and value.is_parameter):
        refuse(it, self, "parameter", name, value)
    register(it, self, "_parameters", name, value)


def register_buffer(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "tensor")
    require_init(overlay, it, self, "buffer uninitialised")
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_buffers"], name, value)
        return
    require_name(overlay, it, self, "buffer", name)
    if value is not None and not isinstance(value, TensorValue | Unknown | Either):
        refuse(it, self, "buffer", name, value)
    register(it, self, "_buffers", name, value)
    _exclude(it, self, name, argument_of(args, kwargs, 3, "persistent", True))


def _exclude(it: Interpreter, self: Instance, name: str, persistent: Any) -> None:
    """Note a buffer that is no part of the state dict."""
    excluded = self.attrs.get(EXCLUDED)
    if persistent is True and excluded is None:
        return
    if not isinstance(excluded, set):
        it.write(self.attrs)
        excluded = self.attrs[EXCLUDED] = it.made(set())
    it.write(excluded)
    truth = it.truth(persistent)
    if isinstance(truth, Unknown):
        it.state.mark_open(excluded, truth.reason)
    elif truth:
        excluded.discard(name)
    else:
        excluded.add(name)


def register_module(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``add_module``."""
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "module")
    if value is not None and not isinstance(value, Unknown | Either) and not overlay.is_module(value):
        refuse(it, self, "module", name, value)
    if isinstance(name, str) and (not name or "." in name):
        require_name(overlay, it, self, "module", name)
    require_init(overlay, it, self, "tables uninitialised")
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_modules"], name, value)
        return value
    if isinstance(value, Unknown):
        it.write(self.attrs["_modules"])
        self.attrs["_modules"][name] = value
        return value
    require_name(overlay, it, self, "module", name)
    register(it, self, "_modules", name, value)
    return value


def add_module(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """``register_module``, which calls ``add_module``."""
    name, value = argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "module")
    return send(it, args[0], "add_module", lambda it, args, kwargs: register_module(overlay, it, args, kwargs), [name, value])


# Refusals -----------------------------------------------------------------------------------------------------------------


def refuse(it: Interpreter, self: Instance, word: str, name: Any, value: Any = None, **words: Any) -> None:
    """Raise what the framework raises; nothing where it accepts it."""
    framework = self.cls.fact("framework")
    found = framework.registration.get(word) if framework is not None else None
    if found is not None:
        kind, text = found
        message = text.format(name=name, type=type_name(value), cls=self.cls.name, **words)
        if "{type}" in text and not isinstance(value, int | float | str | bytes | list | tuple | dict | set):  # whose types have longer names
            raise it.library_error(kind, message)
        it.throw(kind, message)


def require_init(overlay: Overlay, it: Interpreter, self: Instance, word: str) -> None:
    """Refuse what needs a module's tables before the base class's ``__init__`` has made them."""
    if self.attrs.get("_modules").__class__ is dict:
        return
    if is_ready(self):
        _settle(overlay, it, self)
    elif overlay.doubts(self) is None and self.cls.fact("unknown_base") is None and not overlay.uninitialised(it, self):
        refuse(it, self, word, "")
    prepare(it, self)


def _settle(overlay: Overlay, it: Interpreter, self: Instance) -> None:
    """Tables that one of two branches has made, and the other has not."""
    it.write(self.attrs)
    for kind in TABLES:
        found = self.attrs.get(kind)
        reason = found.reason if isinstance(found, Unknown | Either) else it.unknown_reason("what replaces a module's tables")
        if not isinstance(found, dict):
            overlay.doubt(it, self, reason)
            made = next((one for one in found.alternatives if isinstance(one, dict)), None) if isinstance(found, Either) else None
            self.attrs[kind] = it.made({}) if made is None else made


def require_name(overlay: Overlay, it: Interpreter, self: Instance, kind: str, name: Any, *, assigned: bool = False) -> None:
    """Refuse a name under which nothing can be registered."""
    if not isinstance(name, str):
        if not isinstance(name, Instance | Foreign):
            refuse(it, self, "name", name, name, kind=kind)
        return
    taken = kind == "module" and _is_taken(it, self, kind, name)
    if taken:
        refuse(it, self, "taken", name)
    if "." in name:
        refuse(it, self, f"{kind} dotted", name)
    elif not name:
        refuse(it, self, "empty", name, kind=kind)
    elif kind != "module" and _is_taken(it, self, kind, name, assigned=assigned):
        refuse(it, self, "taken", name)


def _is_taken(it: Interpreter, self: Instance, kind: str, name: str, *, assigned: bool = False) -> bool:
    """Whether a module certainly has another attribute of that name; one that is ``assigned`` replaces what it had."""
    if name in table(self, f"_{kind}s"):
        return False
    framework = self.cls.fact("framework")
    if framework is not None and name == framework.call:
        return True
    absent = name in kept_arguments.absent(self) and not _is_registered(self, name)
    if self.cls.find(name) is ABSENT and (absent or _is_free(self, name, assigned=assigned)):
        return False
    found = it.get_or(self, name, ABSENT)
    return not (found is ABSENT or isinstance(found, Unknown) or (isinstance(found, Either) and (
        ABSENT in found.alternatives or any(isinstance(one, Unknown) for one in found.alternatives))))


def _is_free(self: Instance, name: str, *, assigned: bool) -> bool:
    """Whether an object has no attribute of that name, and no code of its own that looks it up."""
    return (self.cls.find("__getattr__").__class__ is Native and "getattribute" not in self.cls.facts and (assigned or self.payload is None)
            and not _is_registered(self, name))


def _is_registered(self: Instance, name: str) -> bool:
    return name in self.attrs or any(name in table(self, kind) for kind in TABLES)
