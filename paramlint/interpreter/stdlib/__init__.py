"""The standard library as an allow-list: pure functions work, effects have no consequence, the rest is Unknown by its name.

One file a module, loaded when one of its names is needed. A file offers ``names(it)``: the module's names with their values.
"""

from __future__ import annotations

import importlib
import itertools
import sys
import types
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Succeeds, Unknown, Why
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.stdlib import recorded
from paramlint.interpreter.unmodelled import UNMODELLED, Verdict
from paramlint.interpreter.values import ABSENT, ClassValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paramlint.interpreter.machine import Interpreter

# Modules that are modelled, by their dotted names → the file that has them.
_FILES = {
    "__future__": "features",
    "abc": "abstract",
    "argparse": "command_lines",
    "atexit": "exit_functions",
    "bisect": "bisection",
    "builtins": "builtins_module",
    "collections": "collections",
    "collections.abc": "collections_abc",
    "contextlib": "contexts",
    "contextvars": "context_variables",
    "copy": "copying",
    "copyreg": "reduction",
    "dataclasses": "dataclasses",
    "decimal": "decimal_numbers",
    "enum": "enums",
    "fractions": "rational_numbers",
    "functools": "functions",
    "glob": "globs",
    "heapq": "heaps",
    "importlib": "imports",
    "importlib.metadata": "imports_metadata",
    "imp": "imports_by_path",
    "importlib.machinery": "imports_by_path",
    "importlib.util": "imports_util",
    "inspect": "inspection",
    "itertools": "iterators",
    "json": "json_text",
    "logging": "logs",
    "math": "mathematics",
    "numbers": "numeric_tower",
    "operator": "operations",
    "os": "operating_system",
    "os.path": "paths",
    "packaging.version": "versions",
    "pathlib": "pure_paths",
    "pkgutil": "packages",
    "random": "randomness",
    "re": "patterns",
    "regex": "regex_package",
    "runpy": "imports_by_path",
    "string": "strings",
    "statistics": "statistic",
    "sys": "system",
    "textwrap": "strings",
    "threading": "threads",
    "types": "kinds",
    "typing": "typing_names",
    "typing_extensions": "typing_names",
    "unittest.mock": "mocks",
    "warnings": "logs",
    "weakref": "references",
    "posixpath": "paths",
}
# Packages that are not in the standard library and yet everywhere, and small enough to be known.
_UNIVERSAL = frozenset({"typing_extensions", "packaging", "regex"})
_PACKAGES = frozenset({"os", "importlib", "collections", "packaging", "xml", "urllib", "concurrent", "multiprocessing", "unittest", "email",
                       "http", "logging", "json", "concurrent.futures"})
# What reads or changes the outside world, or differs from run to run: the reason says so.
_OUTSIDE = frozenset(
    {
        "random",
        "time",
        "datetime",
        "os",
        "subprocess",
        "socket",
        "shutil",
        "tempfile",
        "urllib",
        "http",
        "uuid",
        "secrets",
        "platform",
        "getpass",
        "glob",
        "pickle",
        "sqlite3",
        "multiprocessing",
        "signal",
        "select",
        "ssl",
        "zipfile",
        "tarfile",
        "gzip",
        "io",
        "locale",
        "gc",
        "calendar",
    }
)

_SUCCEEDS = frozenset({"time", "random", "platform", "getpass", "secrets", "locale"})  # what does not fail
_OBJECTS = frozenset({"pickle", "multiprocessing", "signal", "gc"})  # those that hand over objects, which may be anything


def covers(name: str) -> bool:
    """Whether a top-level module is the standard library's."""
    return name in sys.stdlib_module_names or name in _UNIVERSAL


def lookup(it: Interpreter, qualified: str) -> Any:
    """The value of a dotted name of the standard library: a value, a module, or an Unknown that names it; ABSENT where there is none."""
    if qualified in _FILES or qualified in _PACKAGES:
        return LibraryModule(qualified)
    module, _, name = qualified.rpartition(".")
    if recorded.has(module, name) is False:
        return ABSENT
    if module in _FILES:
        found = namespace(it, module).get(name, ABSENT)
        if found is not ABSENT:
            return found
    if name == "__name__":
        return module
    package = qualified.partition(".")[0]
    if package in _OUTSIDE:
        message = f"`{qualified}` depends on the outside world"
        if package in _SUCCEEDS:
            return Unknown(Succeeds(Why.EFFECT, message, it.site()), data=True)
        return it.unknown(Why.EFFECT, message) if package in _OBJECTS else it.outside(message)
    return it.unknown(Why.UNSUPPORTED, f"`{qualified}` is not modelled")


def depends(module: str, name: str) -> bool:
    """Whether a module of the standard library has a name in some versions or on some systems only, or may not have it."""
    return module.partition(".")[0] in sys.stdlib_module_names and recorded.depends(module, name)


def exports(it: Interpreter, module: str, name: str) -> bool:
    """Whether ``from module import *`` brings a name: as the running Python has it, for the modules that are known here."""
    if module not in _FILES:
        return False
    try:
        real = importlib.import_module(module)
    except ImportError:
        return not name.startswith("_") and name in namespace(it, module)
    public = getattr(real, "__all__", None)
    return name in public if public is not None else not name.startswith("_") and hasattr(real, name)


def namespace(it: Interpreter, module: str) -> dict[str, Any]:
    """The names of a module, made once an interpreter."""
    file = _FILES[module]
    names = it.modules.standard.get(file)
    if names is None:
        names = it.modules.standard[file] = {}
        with it.modules.at_top():
            names.update(importlib.import_module(f"{__name__}.{file}").names(it))
        for name, value in names.items():
            if isinstance(value, ClassValue) and value.site is None and value.module != "builtins":
                value.facts.setdefault(UNMODELLED, _real_names(module, name))
    return names


_IMMUTABLE, _HEAP = 1 << 8, 1 << 9  # flags of a class: its attributes may not be set; it was made by a ``class`` statement, or as if


def is_immutable(module: str, name: str) -> bool:
    """Whether a class of Python or of its standard library refuses new attributes, as those written in C do."""
    real = real_class(module, name)
    return real is not None and (bool(real.__flags__ & _IMMUTABLE) or not real.__flags__ & _HEAP)


def real_class(module: str, name: str) -> type | None:
    """The class of that name of the running Python; None where there is none, and of modules that are not modelled.

    A file may be named as any module is, and some do things when they are imported (``this``, ``antigravity``).
    """
    if module != "builtins" and (module not in _FILES or module not in sys.stdlib_module_names):
        return None
    if module == "builtins" and name in _NAMED:
        return _NAMED[name]
    module = "itertools" if module == "builtins" and name in _ITERATORS else module
    try:
        real = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    return real if isinstance(real, type) else None


_ITERATORS = frozenset(name for name, kind in vars(itertools).items() if isinstance(kind, type))  # their classes here say no module
_EMPTY: tuple[Iterator[object], ...] = (iter([]), iter(()), iter(""), iter("\xe9"), iter(b""), iter(set()), iter({}), iter({}.values()),
                                        iter({}.items()), iter(range(0)), reversed([]), iter(int, 0))
_KINDS_OF_ITERATORS = {type(one) for one in _EMPTY}
# Classes that are not called as they are named here.
_NAMED = {
    "function": types.FunctionType, "builtin_function_or_method": types.BuiltinFunctionType, "method": types.MethodType, "module": types.ModuleType,
    **{kind.__name__: kind for kind in _KINDS_OF_ITERATORS},
    "generator": types.GeneratorType, "mappingproxy": types.MappingProxyType, "method-wrapper": types.MethodWrapperType,
    "wrapper_descriptor": types.WrapperDescriptorType, "method_descriptor": types.MethodDescriptorType,
    "classmethod_descriptor": types.ClassMethodDescriptorType, "code": types.CodeType, "cell": types.CellType,
}


def _real_names(module: str, name: str) -> Verdict:
    """Attributes that a class of the running Python has are not known where they are not modelled."""
    def verdict(attribute: str, instance: bool) -> Reason | None:
        if attribute.startswith("__"):
            return None
        try:
            real = getattr(importlib.import_module(module), name, None)
        except ImportError:
            return None
        known = isinstance(real, type) and hasattr(real, attribute)
        return Reason(Why.UNSUPPORTED, f"`{module}.{name}.{attribute}` is not modelled") if known else None

    return verdict
