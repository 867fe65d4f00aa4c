"""The module protocol: registration, traversal and containers, written once for all frameworks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from paramlint.analysis import kept_arguments
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.abstract_classes import DECLARED
from paramlint.interpreter.natives import known, lazy
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.unanswered import may_lack
from paramlint.interpreter.unmodelled import unmodelled
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, FunctionValue, GeneratorValue, Instance, Native, Super

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework

TABLES = ("_parameters", "_buffers", "_modules")
FORWARD_HOOKS = ("_forward_pre_hooks", "_forward_hooks")  # where a module keeps them; see hooks.py
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


def renew(it: Interpreter, instance: Instance) -> None:
    """Empty tables; what they held before is the module's no more."""
    if is_ready(instance) and instance.cls.fact("lazy") is None:
        it.write(instance.attrs)
        for table in TABLES:
            del instance.attrs[table]
    prepare(it, instance)


# Walking ------------------------------------------------------------------------------------------------------------------


def table(instance: Instance, name: str) -> dict[str, Any]:
    found = instance.attrs.get(name)
    return found if isinstance(found, dict) else {}


# What has been put among the modules by hand and is none.
_OTHERS = (bool, int, float, str, bytes, list, tuple, dict, set, FunctionValue, ClassValue, Native, BoundMethod)


def children(it: Interpreter, module: Any, *, others: bool = False) -> list[tuple[str, Any]]:
    """The direct submodules that are there, by name. One of several alternatives is given as it is.

    What is no module has none of the methods that are called on it, and how that fails depends on who asks: raises NeedsValue, unless
    ``others`` are wanted too.
    """
    if not isinstance(module, Instance):
        return []
    reason = it.state.open_reason(table(module, "_modules"))
    if reason is not None:
        raise NeedsValue(Unknown(reason))
    found = [(name, child) for name, child in table(module, "_modules").items() if child is not None]
    if not others and any(isinstance(child, _OTHERS) for _, child in found):
        raise it.not_followed(f"what is called on the parts of a `{module.cls.name}`, one of which is no module")
    return found


def lacks(it: Interpreter, child: Any, method: str) -> NoReturn:
    """A method of modules is called on a part of one that is none. Raises NeedsValue where it is not known what it is."""
    known(it, child)
    if isinstance(child, ClassValue) and child.fact("module base") is not None:
        it.throw("TypeError", f"{child.name}.{method}() missing 1 required positional argument: 'self'")
    it.throw("AttributeError", f"'{type_name(child)}' object has no attribute '{method}'")


def walk(it: Interpreter, module: Any, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """A module and all below it, each once, with dotted names, in the order of registration."""
    seen = set() if seen is None else seen
    waiting = [(prefix, module)]
    while waiting:
        path, inner = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        it.step()
        yield path, inner
        below = children(it, inner)
        if below:
            waiting += [(f"{path}.{name}" if path else name, child) for name, child in reversed(below)]


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
        if name in FORWARD_HOOKS and is_ready(self) and not framework.keeps_tensors:
            it.write(self.attrs)
            self.attrs[name] = it.made({})
            return self.attrs[name]
        if name in framework.tables and is_ready(self):
            return self.attrs[framework.tables[name]]
        for attribute, default in framework.base_arguments.values():
            if name == attribute:
                return default
    return missing(overlay, it, self, name)


def missing(overlay: Overlay, it: Interpreter, self: Instance, name: str) -> Any:
    """An attribute that is found nowhere: it may be one that is not known, else there is none."""
    modules = self.attrs.get("_modules")
    if isinstance(modules, dict):
        reason = it.state.open_reason(modules) or overlay.doubts(self)
        if reason is not None and not name.startswith("__"):
            may_lack(it, reason, "AttributeError")
            return Unknown(reason)
    unknown = self.cls.fact("unknown_base")
    if unknown is not None and not name.startswith("__"):
        may_lack(it, unknown, "AttributeError")
        return Unknown(unknown)
    made = is_ready(self) or name not in ("training", *TABLES)  # by the base class's ``__init__``
    found = unmodelled(self.cls, name, self) if made and self.cls.find(name) is ABSENT else ABSENT  # else its getter has raised
    if found is ABSENT:
        raise it.error("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
    return found


# Registration -------------------------------------------------------------------------------------------------------------


def argument_of(args: list[Any], kwargs: dict[str, Any], position: int, name: str, default: Any = None) -> Any:
    return args[position] if len(args) > position else kwargs.get(name, default)


def _init(overlay: Overlay, framework: Framework, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """``__init__`` of the base class: empty tables, also where there were some before, and what it keeps of its arguments."""
    from paramlint.analysis.registration import refuse

    self = args[0]
    renew(it, self)
    if not framework.base_arguments:
        if self.cls.find("call_super_init") is True:
            it.call(it.get(Super(overlay.module_base(framework), self), "__init__"), args[1:], kwargs)
        elif kwargs:
            refuse(it, self, "keywords", next(iter(kwargs)))
        elif len(args) > 1:
            refuse(it, self, "arguments", "", count=len(args))
    given = {**dict(zip(framework.base_arguments, args[1:], strict=False)), **kwargs}
    for argument, (attribute, _) in framework.base_arguments.items():
        if given.get(argument) is not None:
            args[0].attrs[attribute] = given[argument]


def _words(overlay: Overlay, framework: Framework) -> dict[str, Method]:
    """The methods of modules, by the framework's names."""
    from paramlint.analysis import hooks, traversal
    from paramlint.analysis.registration import add_module, register_buffer, register_module, register_parameter

    def with_overlay(code: Any) -> Method:
        return lambda it, args, kwargs: code(overlay, it, args, kwargs)

    own = {"register_parameter": register_parameter, "register_buffer": register_buffer, "register_module": add_module,
           "add_module": register_module}
    words = {**{name: with_overlay(code) for name, code in own.items()}, **traversal.methods(overlay),
             **{name: hooks.method(name) for name in hooks.TABLES}, **{name: hooks.backward(name) for name in hooks.BACKWARD}}
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


def after_init(overlay: Overlay, code: Method) -> Method:
    """A method that needs what the base class's ``__init__`` makes."""
    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if not args:
            it.throw("TypeError", "missing 1 required positional argument: 'self'")
        self = args[0]
        if isinstance(self, Instance) and not is_ready(self) and not (overlay.forgiving and it.dropped is None):
            if overlay.doubts(self) is None and self.cls.fact("unknown_base") is None:
                return _without_tables(overlay, it, code, args, kwargs)
        return code(it, args, kwargs)

    return run


def _without_tables(overlay: Overlay, it: Interpreter, code: Method, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What a method comes to that finds no tables: an AttributeError, at its first step where it is a generator.

    It may refuse its arguments before it looks for a table: a module that has tables is asked whether it does.
    """
    said, framework = f"'{args[0].cls.name}' object has no attribute '_modules'", args[0].cls.fact("framework")
    blank, walked = Instance(overlay.module_base(framework)), list[Any]()

    def attempt() -> Any:
        prepare(it, blank)
        try:
            made = code(it, [blank, *args[1:]], kwargs)
            walked.extend(it.elements(made) if isinstance(made, GeneratorValue) else ())
            return made
        except (Raised, NeedsValue):
            return ABSENT

    with it.unheard():
        found = it.state.tried(attempt)
    if isinstance(found, GeneratorValue):
        return lazy(_then_fails(it, [_instead(args[0], blank, item) for item in walked], said), found.name)
    if found is ABSENT or ((len(args) > 1 or kwargs) and not framework.takes):  # it is not recorded what the framework's methods take
        raise it.library_error("", said)
    return it.throw("AttributeError", said)


def _instead(module: Instance, blank: Instance, value: Any) -> Any:
    return module if value is blank else tuple(_instead(module, blank, item) for item in value) if isinstance(value, tuple) else value


def _then_fails(it: Interpreter, items: list[Any], said: str) -> Iterator[Any]:
    """A module is the first of its modules: it comes before the tables are asked for."""
    yield from items
    it.throw("AttributeError", said)


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

    from paramlint.analysis.dispatch import checked
    from paramlint.analysis.registration import delete_attribute, set_attribute
    from paramlint.analysis.running import run

    def native(name: str, code: Any) -> None:
        cls.attrs[name] = Native(name, code, binds=True)

    for name, attribute in (("__setattr__", set_attribute), ("__getattr__", get_attribute), ("__delattr__", delete_attribute)):
        native(name, lambda it, args, kwargs, code=attribute: code(overlay, it, args, kwargs))
    native("__init__", lambda it, args, kwargs: _init(overlay, framework, it, args, kwargs))
    native("__call__", lambda it, args, kwargs: run(overlay, it, args[0], framework.call, args[1:], kwargs))
    for name, code in _words(overlay, framework).items():
        spoken = _spoken(framework, name, code)
        native(name, checked(cls.name, name, framework.takes.get(name), spoken if name in framework.before_init else after_init(overlay, spoken)))
    for name, operation in overlay.operations_of(framework, qualified).items():
        native(name, lambda it, args, kwargs, operation=operation: it.call(operation, args[1:], kwargs))
    if framework.keeps_tensors:
        from paramlint.analysis import sublayers

        sublayers.extend(overlay, cls)
    return cls


__all__ = ["ABSENT", "Why", "base_class", "children", "is_ready", "named_tensors", "prepare", "table", "walk"]
