"""Methods of modules that the framework's own code calls: those of the analysed code's class where it overrides them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.binding import bind
from paramlint.interpreter.values import ABSENT, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Method = Callable[["Interpreter", list[Any], dict[str, Any]], Any]


def spelled(module: Instance, word: str) -> str:
    """The name by which the framework's own code calls a method that we know by a word of ours; empty where it does not call it."""
    framework = module.cls.fact("framework")
    return framework.dispatched.get(word, "") if framework is not None else ""


def override(it: Interpreter, module: Instance, name: str) -> Any:
    """What the analysed code has put in place of a framework's method, on the object or in a class; ABSENT where it has not."""
    if not name:
        return ABSENT
    found = module.attrs.get(name, ABSENT)
    if found is not ABSENT:
        return found
    found = module.cls.find(name)
    if found is ABSENT or (found.__class__ is Native and found.name == name):
        return ABSENT
    return bind(it, found, module, module.cls)


def overrides(it: Interpreter, module: Any, *words: str) -> bool:
    """Whether the analysed code overrides one of some methods of a module."""
    return isinstance(module, Instance) and any(override(it, module, spelled(module, word)) is not ABSENT for word in words)


def send(it: Interpreter, module: Instance, word: str, own: Method, args: list[Any], kwargs: dict[str, Any] | None = None) -> Any:
    """Call a method as the framework's code does; ``own`` is the framework's."""
    found = override(it, module, spelled(module, word))
    if found is ABSENT:
        return own(it, [module, *args], kwargs or {})
    return it.call(found, args, kwargs)


def checked(owner: str, name: str, signature: str | None, code: Method) -> Method:
    """A method that takes what its signature says: names, with ``=`` behind one that may be left out. Its arguments come by position."""
    if signature is None:
        return code
    fields = [field.rstrip("=") for field in signature.split()]
    least = sum(not field.endswith("=") for field in signature.split())

    def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = len(args) - 1
        if given < 0:
            it.throw("TypeError", f"{owner}.{name}() missing 1 required positional argument: 'self'")
        if given > len(fields):
            takes = f"{len(fields) + 1}" if least == len(fields) else f"from {least + 1} to {len(fields) + 1}"
            it.throw("TypeError", f"{owner}.{name}() takes {takes} positional argument{'s' if fields else ''} but {given + 1} were given")
        for key in kwargs:
            if key not in fields:
                it.throw("TypeError", f"{owner}.{name}() got an unexpected keyword argument '{key}'")
            if key in fields[:given]:
                it.throw("TypeError", f"{owner}.{name}() got multiple values for argument '{key}'")
        missing = [field for field in fields[given:least] if field not in kwargs]
        if missing:
            words = ", ".join(f"'{field}'" for field in missing)
            it.throw("TypeError", f"{owner}.{name}() missing {len(missing)} required positional argument{'s' * (len(missing) > 1)}: {words}")
        while kwargs and len(args) - 1 < len(fields) and fields[len(args) - 1] in kwargs:
            field = fields[len(args) - 1]
            args, kwargs = [*args, kwargs[field]], {key: value for key, value in kwargs.items() if key != field}
        return code(it, args, kwargs)

    return run
