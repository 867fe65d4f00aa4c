"""The module protocol: registration, traversal and containers, written once for all frameworks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import kept_arguments
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import setting
from paramlint.interpreter.abstract_classes import DECLARED
from paramlint.interpreter.hashing import put
from paramlint.interpreter.unmodelled import unmodelled
from paramlint.interpreter.values import ABSENT, ClassValue, Either, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework

TABLES = ("_parameters", "_buffers", "_modules")
Method = Callable[["Interpreter", list[Any], dict[str, Any]], Any]


def is_ready(instance: Instance) -> bool:
    return "_modules" in instance.attrs


def prepare(it: Interpreter, instance: Instance) -> None:
    """What the base class's ``__init__`` does: empty tables."""
    if not is_ready(instance):
        it.write(instance.attrs)
        for table in TABLES:
            instance.attrs[table] = it.made({})
        instance.attrs["training"] = True


# Walking ------------------------------------------------------------------------------------------------------------------


def table(instance: Instance, name: str) -> dict[str, Any]:
    found = instance.attrs.get(name)
    return found if isinstance(found, dict) else {}


def children(it: Interpreter, module: Any) -> list[tuple[str, Any]]:
    """The direct submodules that are there, by name. One of several alternatives is given as it is."""
    if not isinstance(module, Instance):
        return []
    reason = it.state.open_reason(table(module, "_modules"))
    if reason is not None:
        raise NeedsValue(Unknown(reason))
    return [(name, child) for name, child in table(module, "_modules").items() if child is not None]


def walk(it: Interpreter, module: Any, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """A module and all below it, each once, with dotted names, in the order of registration."""
    seen = set() if seen is None else seen
    if id(module) in seen:
        return
    seen.add(id(module))
    it.step()
    yield prefix, module
    for name, child in children(it, module):
        yield from walk(it, child, f"{prefix}.{name}" if prefix else name, seen)


def named_tensors(it: Interpreter, module: Instance, *, buffers: bool = True) -> Iterator[tuple[str, TensorValue, bool]]:
    """Parameters and buffers of a module and all below it, each tensor once."""
    seen: set[int] = set()
    for prefix, inner in walk(it, module):
        if not isinstance(inner, Instance):
            continue
        for kind in ("_parameters", "_buffers") if buffers else ("_parameters",):
            for name, value in table(inner, kind).items():
                if isinstance(value, TensorValue) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{prefix}.{name}" if prefix else name, value, kind == "_buffers"


# Attributes ---------------------------------------------------------------------------------------------------------------


def set_attribute(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Assigning a parameter or a module registers it; assigning something else to its name replaces it."""
    self, name, value = args
    tables = self.attrs
    if _registers(value):
        _register(overlay, it, self, "_parameters" if value.is_parameter else "_buffers", name, value)
        return
    if overlay.is_module(value):
        _register(overlay, it, self, "_modules", name, value)
        return
    if value.__class__ is Either and any(map(_registers, value.alternatives)):
        it.each(value, lambda one: set_attribute(overlay, it, [self, name, one], {}))
        return
    for kind in TABLES:
        known = tables.get(kind)
        if isinstance(known, dict) and name in known:
            if value is None or isinstance(value, TensorValue | Unknown | Either):
                it.write(known)
                known[name] = value
                return
            it.write(known)
            del known[name]
            break
    else:
        if isinstance(value, Unknown | Either) and overlay.may_hold_modules(value):
            prepare(it, self)
            _register(overlay, it, self, "_modules", name, value)
            return
    framework = self.cls.fact("framework")
    if framework is not None:
        if framework.keeps_tensors and isinstance(value, TensorValue):
            _register(overlay, it, self, "_buffers", name, value)
            return
        name = framework.tables.get(name, name)
    kept_arguments.changed(overlay, it, self, name, value)
    setting.set_plain(it, self, name, value)


def _registers(value: Any) -> bool:
    """Whether a tensor becomes one of a module's own where it is assigned."""
    return isinstance(value, TensorValue) and (value.is_parameter or "<registers>" in value.state)


def _register(overlay: Overlay, it: Interpreter, self: Instance, kind: str, name: str, value: Any) -> None:
    prepare(it, self)
    for other in TABLES:
        known = self.attrs[other]
        if other != kind and name in known:
            it.write(known)
            del known[name]
    if name in self.attrs:
        it.write(self.attrs)
        del self.attrs[name]
    known = self.attrs[kind]
    it.write(known)
    known[name] = value


def get_attribute(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    self, name = args
    maybe: Either | None = None  # what another table has, or not
    for kind in TABLES:
        known = self.attrs.get(kind)
        if isinstance(known, dict) and name in known:
            value = known[name] if maybe is None else maybe.instead(known[name])
            if not (isinstance(value, Either) and ABSENT in value.alternatives):
                return value
            maybe = value
    if maybe is not None:
        return maybe
    found = kept_arguments.read(it, self, name)
    if found is not ABSENT:
        return found
    framework = self.cls.fact("framework")
    if framework is not None:
        if name in framework.tables and is_ready(self):
            return self.attrs[framework.tables[name]]
        for attribute, default in framework.base_arguments.values():
            if name == attribute:
                return default
    modules = self.attrs.get("_modules")
    if isinstance(modules, dict):
        reason = it.state.open_reason(modules) or overlay.doubts(self)
        if reason is not None and not name.startswith("__"):
            return Unknown(reason)
    unknown = self.cls.fact("unknown_base")
    if unknown is not None and not name.startswith("__"):
        return Unknown(unknown)
    found = unmodelled(self.cls, name, on_instance=True)
    if found is ABSENT:
        raise it.error("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
    return found


def delete_attribute(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self, name = args
    for kind in TABLES:
        known = self.attrs.get(kind)
        if isinstance(known, dict) and name in known:
            it.write(known)
            del known[name]
            return
    it.write(self.attrs)
    if self.attrs.pop(name, ABSENT) is ABSENT:
        raise it.error("AttributeError", name)


# Registration -------------------------------------------------------------------------------------------------------------


def argument_of(args: list[Any], kwargs: dict[str, Any], position: int, name: str, default: Any = None) -> Any:
    return args[position] if len(args) > position else kwargs.get(name, default)


def register_parameter(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "param")
    prepare(it, self)
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_parameters"], name, value)
        return
    if isinstance(value, TensorValue) and not value.is_parameter:
        it.throw("TypeError", f"`{name}`: a plain Tensor is no Parameter")
    _register(overlay, it, self, "_parameters", name, value)


def register_buffer(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "tensor")
    prepare(it, self)
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_buffers"], name, value)
        return
    _register(overlay, it, self, "_buffers", name, value)


def register_module(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    self, name, value = args[0], argument_of(args, kwargs, 1, "name"), argument_of(args, kwargs, 2, "module")
    prepare(it, self)
    if isinstance(name, str) and name in self.attrs and overlay.is_module(value):
        it.throw("KeyError", f"attribute '{name}' already exists")
    if isinstance(name, Unknown | Either):
        put(it, self.attrs["_modules"], name, value)
        return value
    if isinstance(value, Unknown):
        it.write(self.attrs["_modules"])
        self.attrs["_modules"][name] = value
        return value
    if value is not None and not overlay.is_module(value) and not isinstance(value, Either):
        it.throw("TypeError", f"{_shown(value)} is not a Module subclass")
    _register(overlay, it, self, "_modules", name, value)
    return value


def _shown(value: Any) -> str:
    from paramlint.interpreter.operators import type_name

    return type_name(value)


FORWARD_HOOKS = ("register_forward_hook", "register_forward_pre_hook", "register_forward_post_hook")
HOOKED = "<hooked>"  # the attribute that says why calls of a module do more than its own code
HOOKS = ("register_full_backward_hook", "register_backward_hook",
         "_register_load_state_dict_pre_hook", "register_load_state_dict_post_hook", "_register_state_dict_hook",
         "register_load_state_dict_pre_hook", "register_state_dict_pre_hook", "register_state_dict_post_hook")


def register_hook(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A function that runs around each call of a module, and may give it other inputs or another result."""
    it.write(args[0].attrs)
    args[0].attrs[HOOKED] = it.unknown_reason(f"a hook runs with each call of `{args[0].cls.name}`")
    return overlay.handle()


def _init(framework: Framework, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """``__init__`` of the base class: empty tables, and what it keeps of its arguments."""
    prepare(it, args[0])
    given = {**dict(zip(framework.base_arguments, args[1:], strict=False)), **kwargs}
    for argument, (attribute, _) in framework.base_arguments.items():
        if given.get(argument) is not None:
            args[0].attrs[attribute] = given[argument]


def _words(overlay: Overlay, framework: Framework) -> dict[str, Method]:
    """The methods of modules, by the framework's names."""
    from paramlint.analysis import traversal

    def with_overlay(code: Any) -> Method:
        return lambda it, args, kwargs: code(overlay, it, args, kwargs)

    own = {"register_parameter": register_parameter, "register_buffer": register_buffer, "register_module": register_module,
           "add_module": register_module, **dict.fromkeys(FORWARD_HOOKS, register_hook)}
    words = {**{name: with_overlay(code) for name, code in own.items()}, **traversal.methods(overlay),
             **dict.fromkeys(HOOKS, lambda it, args, kwargs: overlay.handle())}
    if not framework.method_names:
        return words
    words.update(traversal.further(overlay))
    return {name: words[word] for name, word in framework.method_names.items()}


def _spoken(framework: Framework, name: str, code: Method) -> Method:
    """A method as the framework calls it: with its keywords, and with a list where it returns one."""
    renames, listed = framework.argument_names, name in framework.lists
    if not renames and not listed:
        return code

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        found = code(it, args, {renames.get(key, key): value for key, value in kwargs.items()})
        return it.decide(lambda: it.made(list(found.steps))) if listed and isinstance(found, GeneratorValue) else found

    return run


def base_class(overlay: Overlay, framework: Framework, qualified: str) -> ClassValue:
    """The base class of a framework's modules, with methods under the framework's own names."""
    owner, _, name = qualified.rpartition(".")
    if framework.module_bases[0] != qualified and not framework.builds_on_call:  # another base class, which derives from the first
        cls = ClassValue(name, (overlay.module_base(framework),), {}, module=owner)
        cls.facts["qualified"] = qualified
        return cls
    cls = ClassValue(name, (overlay.it.classes["object"],), {}, module=owner)
    cls.facts["module base"] = True
    cls.facts["framework"] = framework
    if not framework.builds_on_call:
        cls.facts[DECLARED] = (framework.call,)

    from paramlint.analysis.running import run

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, code, binds=True)

    for name, attribute in (("__setattr__", set_attribute), ("__getattr__", get_attribute), ("__delattr__", delete_attribute)):
        native(name, lambda it, args, kwargs, code=attribute: code(overlay, it, args, kwargs))
    native("__init__", lambda it, args, kwargs: _init(framework, it, args, kwargs))
    native("__call__", lambda it, args, kwargs: run(overlay, it, args[0], framework.call, args[1:], kwargs))
    for name, code in _words(overlay, framework).items():
        native(name, _spoken(framework, name, code))
    for name, operation in overlay.operations_of(framework, qualified).items():
        native(name, lambda it, args, kwargs, operation=operation: it.call(operation, args[1:], kwargs))
    return cls


__all__ = ["ABSENT", "Why", "base_class", "children", "is_ready", "named_tensors", "prepare", "table", "walk"]
