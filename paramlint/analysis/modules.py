"""The module protocol: registration, traversal and containers, written once for all frameworks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import attributes
from paramlint.interpreter.values import ABSENT, ClassValue, Either, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

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
    if isinstance(value, TensorValue) and value.is_parameter:
        _register(overlay, it, self, "_parameters", name, value)
        return
    if overlay.is_module(value):
        _register(overlay, it, self, "_modules", name, value)
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
    overlay.changed(it, self, name, value)
    attributes.set_plain(it, self, name, value)


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
    for kind in TABLES:
        known = self.attrs.get(kind)
        if isinstance(known, dict) and name in known:
            return known[name]
    found = overlay.entry_attribute(it, self, name)
    if found is not ABSENT:
        return found
    modules = self.attrs.get("_modules")
    if isinstance(modules, dict):
        reason = it.state.open_reason(modules) or overlay.doubts(self)
        if reason is not None and not name.startswith("__"):
            return Unknown(reason)
    unknown = self.cls.fact("unknown_base")
    if unknown is not None and not name.startswith("__"):
        return Unknown(unknown)
    raise it.error("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")


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


def _argument(args: list[Any], kwargs: dict[str, Any], position: int, name: str, default: Any = None) -> Any:
    return args[position] if len(args) > position else kwargs.get(name, default)


def register_parameter(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self, name, value = args[0], _argument(args, kwargs, 1, "name"), _argument(args, kwargs, 2, "param")
    prepare(it, self)
    if isinstance(name, Unknown | Either):
        it.state.mark_open(self.attrs["_parameters"], name.reason)
        return
    _register(overlay, it, self, "_parameters", name, value)


def register_buffer(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self, name, value = args[0], _argument(args, kwargs, 1, "name"), _argument(args, kwargs, 2, "tensor")
    prepare(it, self)
    if isinstance(name, Unknown | Either):
        it.state.mark_open(self.attrs["_buffers"], name.reason)
        return
    _register(overlay, it, self, "_buffers", name, value)


def register_module(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    self, name, value = args[0], _argument(args, kwargs, 1, "name"), _argument(args, kwargs, 2, "module")
    prepare(it, self)
    if isinstance(name, Unknown | Either):
        it.state.mark_open(self.attrs["_modules"], name.reason)
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


# Traversal methods --------------------------------------------------------------------------------------------------------


def _lazily(it: Interpreter, items: Iterator[Any], name: str) -> GeneratorValue:
    return GeneratorValue(items, name)


def methods(overlay: Overlay) -> dict[str, Method]:
    """Methods of a module that walk its tree."""

    def modules(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, (module for _, module in walk(it, args[0])), "modules")

    def named_modules(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, walk(it, args[0], kwargs.get("prefix", "")), "named_modules")

    def named_children(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, iter(children(it, args[0])), "named_children")

    def children_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, iter([child for _, child in children(it, args[0])]), "children")

    def tensors(kind: str, named: bool) -> Method:
        def found(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
            recurse = _argument(args, kwargs, 2 if named else 1, "recurse", True)
            prefix = kwargs.get("prefix", "") if named else ""
            seen: set[int] = set()
            result = []
            for path, module in walk(it, args[0], prefix) if recurse is not False else [(prefix, args[0])]:
                for name, value in table(module, kind).items() if isinstance(module, Instance) else ():
                    if value is None or id(value) in seen:
                        continue
                    seen.add(id(value))
                    result.append((f"{path}.{name}" if path else name, value) if named else value)
            return _lazily(it, iter(result), "parameters")

        return found

    def state_dict(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return {name: value for name, value, _ in named_tensors(it, args[0])}

    def apply(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self, function = args
        for _, child in list(children(it, self)):
            apply(it, [child, function], {})
        overlay.initialise(it, function, self)
        return self

    def get_submodule(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        found = args[0]
        for part in str(_argument(args, kwargs, 1, "target")).split("."):
            found = it.get(found, part) if part else found
        return found

    def requires_grad_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        wanted = _argument(args, kwargs, 1, "requires_grad", True)
        for _, tensor, buffer in named_tensors(it, args[0]):
            if not buffer:
                it.write(tensor.state)
                tensor.state["requires_grad"] = wanted
        return args[0]

    def train(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        mode = _argument(args, kwargs, 1, "mode", True)
        for _, module in walk(it, args[0]):
            if isinstance(module, Instance):
                it.write(module.attrs)
                module.attrs["training"] = mode
        return args[0]

    def eval_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return train(it, [args[0], False], {})

    def itself(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return args[0]

    def nothing(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return None

    def load_state_dict(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        state = _argument(args, kwargs, 1, "state_dict")
        if isinstance(state, Unknown) and state.reason.kind is Why.DOWNLOAD:
            overlay.doubt(it, args[0], Reason(Why.DOWNLOAD, f"it is built for downloaded weights: {state.reason.message}", state.reason.site))
        return None

    def get_name(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return args[0].cls.name

    return {
        "modules": modules, "named_modules": named_modules, "children": children_, "named_children": named_children,
        "parameters": tensors("_parameters", False), "named_parameters": tensors("_parameters", True),
        "buffers": tensors("_buffers", False), "named_buffers": tensors("_buffers", True),
        "state_dict": state_dict, "apply": apply, "get_submodule": get_submodule, "get_parameter": get_submodule, "get_buffer": get_submodule,
        "requires_grad_": requires_grad_, "train": train, "eval": eval_, "_get_name": get_name,
        "load_state_dict": load_state_dict,
        **dict.fromkeys(("to", "cuda", "cpu", "half", "float", "double", "bfloat16", "type", "to_empty", "share_memory", "compile"), itself),
        **dict.fromkeys(("extra_repr", "zero_grad", "_load_from_state_dict", "__setstate__"), nothing),
    }


HOOKS = ("register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook", "register_backward_hook",
         "_register_load_state_dict_pre_hook", "register_load_state_dict_post_hook", "_register_state_dict_hook",
         "register_load_state_dict_pre_hook", "register_state_dict_pre_hook", "register_state_dict_post_hook")


def base_class(overlay: Overlay, qualified: str, call: str, names: Mapping[str, str]) -> ClassValue:
    """The base class of a framework's modules. ``names`` renames methods to the framework's own words."""
    cls = ClassValue(qualified.rpartition(".")[2], (overlay.it.classes["object"],), {}, module=qualified.rpartition(".")[0])
    cls.facts["module base"] = True

    def native(name: str, code: Any, *, needs_overlay: bool = True) -> None:
        function = (lambda it, args, kwargs: code(overlay, it, args, kwargs)) if needs_overlay else code
        cls.attrs[name] = Native(name, function, binds=True)

    native("__init__", lambda overlay, it, args, kwargs: prepare(it, args[0]))
    native("__setattr__", set_attribute)
    native("__getattr__", get_attribute)
    native("__delattr__", delete_attribute)
    native("register_parameter", register_parameter)
    native("register_buffer", register_buffer)
    native("register_module", register_module)
    native("add_module", register_module)
    native("__call__", lambda overlay, it, args, kwargs: overlay.run(it, args[0], call, args[1:], kwargs))
    for name, method in methods(overlay).items():
        native(name, method, needs_overlay=False)
    for name in HOOKS:
        native(name, lambda it, args, kwargs: overlay.handle(), needs_overlay=False)
    for ours, theirs in names.items():
        cls.attrs[theirs] = cls.attrs[ours]
    return cls


__all__ = ["ABSENT", "Why", "base_class", "children", "is_ready", "named_tensors", "prepare", "table", "walk"]
