"""What takes a module as a whole: an object that trains it, and a function that saves it as a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.values import Either, Foreign, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework


class Wrapper(Foreign):
    """An object around a module, which it gives back under a name. What its other methods do with the module is not known."""

    __slots__ = ("framework", "module", "name", "overlay")

    def __init__(self, overlay: Overlay, framework: Framework, name: str, module: Any) -> None:
        self.overlay = overlay
        self.framework = framework
        self.name = name
        self.module = module

    def type_name(self) -> str:
        return self.name.rpartition(".")[2]

    def get(self, it: Interpreter, name: str) -> Any:
        attribute, walk = self.framework.wrappers[self.name]
        if name == attribute:
            return self.module
        if name == walk:
            return it.get(self.module, walk)
        return NotImplemented if name.startswith("__") else Native(name, lambda it, args, kwargs: self._run(it, name, args))

    def _run(self, it: Interpreter, name: str, args: list[Any]) -> Any:
        return it.limit(f"what `{name}` of a `{self.name}` does, which is not modelled")


def wrap(overlay: Overlay, it: Interpreter, framework: Framework, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """An object around the module that comes first."""
    module = next(iter((*args, *kwargs.values())), None)
    if isinstance(module, Unknown | Either):
        return Unknown(module.reason)
    if not overlay.is_module(module):
        it.library_throw("AttributeError", f"`{name}` takes a module")
    return Wrapper(overlay, framework, name, module)


def save(overlay: Overlay, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Save a module as a program, which needs to know what it is called on: by the third argument, or by a call before."""
    given = {**dict(zip(("module", "path", "input_spec"), args, strict=False)), **kwargs}
    module = next(iter(given.values()), None)
    if module is None or isinstance(module, str | int | float | list | tuple | dict):
        it.library_throw("TypeError", f"`{name}` takes a module or a function")
    if given.get("input_spec") is None:
        it.limit(f"whether what `{name}` is given has been called before")
    return it.unknown(Why.UNSUPPORTED, f"what `{name}` gives")
