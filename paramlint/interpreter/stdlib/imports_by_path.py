"""Modules that are executed by the path of their file: ``importlib.util``'s specs, and ``runpy``.

A file of the project is executed as a module of its own, whatever has been imported from it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib.folders import path_text
from paramlint.interpreter.turns import Phase
from paramlint.interpreter.values import ABSENT, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.protocols import ModuleSource

_FUNCTIONS = Table()
BY_PATH = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return {**_FUNCTIONS, **BY_PATH}


class Spec(Foreign):
    """A ``ModuleSpec`` of a file of the project."""

    __slots__ = ("attrs", "source")

    def __init__(self, name: str, source: ModuleSource, places: Any) -> None:
        self.source = source
        self.attrs = {"name": name, "origin": source.path, "loader": _Loader(source), "submodule_search_locations": places, "loader_state": None,
                      "has_location": True, "parent": name if places is not None else name.rpartition(".")[0]}

    def type_name(self) -> str:
        return "ModuleSpec"

    def get(self, it: Interpreter, name: str) -> Any:
        return self.attrs.get(name, NotImplemented)


class _Loader(Foreign):
    """Executes the file that it has been made for."""

    __slots__ = ("source",)

    def __init__(self, source: ModuleSource) -> None:
        self.source = source

    def type_name(self) -> str:
        return "SourceFileLoader"

    def get(self, it: Interpreter, name: str) -> Any:
        values = {"path": self.source.path, "name": self.source.name}
        methods = {"exec_module": _exec_module, "create_module": lambda it, args, kwargs: None}
        return values[name] if name in values else Native(name, methods[name]) if name in methods else NotImplemented


def _exec_module(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    module = args[0] if args else kwargs.get("module")
    if not isinstance(module, ModuleValue):
        _unnamed(it)
    elif module.turns.phase is Phase.NEW:
        module.turns.start(it)
    else:
        module.again(it)


@BY_PATH.raw("spec_from_file_location")
def spec_from_file_location(it: Interpreter, name: Any, location: Any = None, *, loader: Any = None, submodule_search_locations: Any = None) -> Any:
    path = path_text(location)
    source = _source(it, name, path) if isinstance(name, str) and path is not None and loader is None else None
    if source is None:
        return _unnamed(it)
    places = it.made([path.rpartition("/")[0]]) if source.is_package and submodule_search_locations is None else submodule_search_locations  # type: ignore[union-attr]
    return Spec(name, source, places)


@BY_PATH.raw("module_from_spec")
def module_from_spec(it: Interpreter, spec: Any) -> Any:
    if not isinstance(spec, Spec):
        return it.unknown(Why.UNSUPPORTED, "a module that is made for a spec")
    module = ModuleValue(spec.attrs["name"], spec.source, imported=True)
    module.vars.update(__spec__=spec, __loader__=spec.attrs["loader"])
    return module


@_FUNCTIONS.raw("run_path")
def run_path(it: Interpreter, path_name: Any, init_globals: Any = None, run_name: Any = None) -> Any:
    path = path_text(path_name)
    name = "<run_path>" if run_name is None else run_name
    source = _source(it, name, path) if path is not None and isinstance(name, str) else None
    return _executed(it, name, source, init_globals)


@_FUNCTIONS.raw("run_module")
def run_module(it: Interpreter, mod_name: Any, init_globals: Any = None, run_name: Any = None, alter_sys: Any = False) -> Any:
    source = it.loader.find(mod_name) if isinstance(mod_name, str) and not it.modules.covered(mod_name) else None
    name = mod_name if run_name is None else run_name
    return _executed(it, name, None if source is None or source.is_package else source, init_globals)


def _executed(it: Interpreter, name: Any, source: ModuleSource | None, init_globals: Any) -> Any:
    """The globals that a file leaves that is executed."""
    if source is None or not isinstance(name, str) or not isinstance(init_globals, dict | None):
        return _unnamed(it)
    module = ModuleValue(name, source, imported=True)
    module.vars.update(init_globals or {})
    module.turns.start(it)
    return it.made({key: value for key in module.names(it) if (value := module.lookup(it, key)) is not ABSENT})


@_FUNCTIONS.raw("load_source", "SourceFileLoader", "spec_from_loader")
def execute(it: Interpreter, *args: Any, **kwargs: Any) -> Any:
    return _unnamed(it)


def _source(it: Interpreter, name: str, path: str) -> ModuleSource | None:
    origin = it.frame.module.source if it.frame is not None else None
    return None if origin is None else it.loader.source_at(name, path, origin.path)


def _unnamed(it: Interpreter) -> Any:
    unknown = it.unknown(Why.UNSUPPORTED, "a module is found by the path of its file")
    it.modules.import_unnamed(unknown.reason)
    return unknown
