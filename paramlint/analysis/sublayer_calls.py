"""Calls within the module protocol of layers that go through methods which the analysed code may override."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.interpreter.values import Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]
Code = Callable[["Overlay", "Interpreter", Args, Kwargs], Any]

REQUIRED: Any = object()  # the default of a parameter that has none
UNSAVED = "_non_persistable_buffer_names_set"  # names of the buffers that a state dict leaves out
ALIASES = {"recurse": "include_sublayers", "persistent": "persistable", "module": "layer"}


def bound(it: Interpreter, owner: str, args: Args, kwargs: Kwargs, aliases: Mapping[str, str] | None = None, /, **fields: Any) -> list[Any]:
    """The arguments behind ``self`` in the order of a method's parameters, which are given with their defaults."""
    given = args[1:]
    if len(given) > len(fields):
        it.throw("TypeError", f"{owner}() takes {len(fields) + 1} positional arguments but {len(args)} were given")
    values = dict(zip(fields, given, strict=False))
    for key, value in kwargs.items():
        key = aliases.get(key, key) if aliases else key
        if key not in fields:
            it.throw("TypeError", f"{owner}() got an unexpected keyword argument '{key}'")
        if key in values:
            it.throw("TypeError", f"{owner}() got multiple values for argument '{key}'")
        values[key] = value
    for field, default in fields.items():
        if field not in values and default is REQUIRED:
            it.throw("TypeError", f"{owner}() missing 1 required positional argument: '{field}'")
    return [values.get(field, default) for field, default in fields.items()]


def require_tables(it: Interpreter, module: Any) -> None:
    """Refuse a layer whose base class's ``__init__`` has not run."""
    if isinstance(module, Instance) and not modules.is_ready(module) and module.cls.fact("unknown_base") is None:
        it.throw("AttributeError", f"'{module.cls.name}' object has no attribute '_sub_layers'")


def method(name: str, code: Callable[[Interpreter, Args, Kwargs], Any]) -> Native:
    """A method of a class, which may be called with nothing where it is read from the class."""
    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return code(it, args, kwargs) if args else it.throw("TypeError", f"{name}() missing 1 required positional argument: 'self'")

    return Native(name, run, binds=True)


def send(it: Interpreter, value: Any, method: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call a method by its name: the framework's, or what the analysed code has in its place."""
    return it.call(it.get(value, method), list(args), kwargs)


def overrides(module: Instance, *names: str) -> bool:
    """Whether the analysed code has something of its own in place of one of some methods of the framework."""
    return any(name in module.attrs or not isinstance(module.cls.find(name), Native) for name in names)
