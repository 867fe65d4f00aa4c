"""``sys``. ``version_info`` is that of the oldest Python that this package supports, so results do not depend on the one that runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Harmless, Why
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import inert, known, raw
from paramlint.interpreter.search_path import SearchPath
from paramlint.interpreter.stdlib import named_tuples
from paramlint.interpreter.stdlib.silent import Silent
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

VERSION = (3, 11, 0, "final", 0)


def names(it: Interpreter) -> dict[str, Any]:
    version = named_tuples.build(it, "sys.version_info", ("major", "minor", "micro", "releaselevel", "serial"), {}, "sys")
    limits = sys.float_info
    result = {
        "version_info": it.instance(version, payload=VERSION),
        "version": "3.11.0",
        "hexversion": 0x030B00F0,
        "maxsize": 2**63 - 1,
        "maxunicode": 0x10FFFF,
        "byteorder": "little",
        "platform": "linux",
        "modules": LoadedModules(),
        "argv": CommandLine(),
        "path": SearchPath(),
        "stdout": Silent("TextIO"),
        "stderr": Silent("TextIO"),
        "exit": it.builtins["exit"],
        "intern": raw("intern", lambda it, string, /: string),
        "float_info": Silent("float_info", max=limits.max, min=limits.min, epsilon=limits.epsilon, dig=limits.dig),
        "dont_write_bytecode": False,
    }
    for name in ("settrace", "setprofile", "displayhook", "excepthook"):
        result[name] = inert(name)
    _settings(it, result)
    return result


def _settings(it: Interpreter, result: dict[str, Any]) -> None:
    """What is set is what is told then; no limit is enforced."""
    for name, default in (("recursionlimit", 1000), ("switchinterval", 0.005)):
        result[f"set{name}"], result[f"get{name}"] = _setting(name, it.made([default]))


def _setting(name: str, kept: list[Any]) -> tuple[Native, Native]:
    def put(it: Interpreter, value: Any, /) -> None:
        it.write(kept)
        kept[0] = value

    return raw(f"set{name}", put), raw(f"get{name}", lambda it, /: kept[0])


class LoadedModules(Foreign):
    """``sys.modules``: the modules that are in reach."""

    __slots__ = ()

    def type_name(self) -> str:
        return "dict"

    def _find(self, it: Interpreter, name: Any) -> Any:
        known(it, name)
        if name in it.modules.replaced:
            return it.modules.replaced[name]
        module = it.modules.load(name) if isinstance(name, str) else None
        return module if module is not None else it.unknown(Why.EFFECT, f"the module `{name}`, if it has been imported")

    def item(self, it: Interpreter, index: Any) -> Any:
        return self._find(it, index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        known(it, index)
        it.write(it.modules.replaced)
        it.outlives()
        it.modules.replaced[index] = value

    def _remove(self, it: Interpreter, name: Any, *default: Any) -> Any:
        """Take a module out: who imports it next gets a new one."""
        found = self._find(it, name)
        it.write(it.modules.replaced)
        it.outlives()
        if not isinstance(found, ModuleValue):
            it.modules.replaced.pop(name, None)
        elif it.state.logs or "." in name or found.source is None or found.own_package == name:
            it.modules.replaced[name] = it.unknown(Why.EFFECT, f"the module `{name}`, which is imported again")
        else:
            it.modules.renew(name)
        return found

    def iterate(self, it: Interpreter) -> Any:
        return it.unknown(Why.EFFECT, "the modules that have been imported")

    def length(self, it: Interpreter) -> Any:
        return it.unknown(Why.EFFECT, "the modules that have been imported")

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "get":
            return Native(name, lambda it, args, kwargs: self._find(it, args[0]))
        if name in ("pop", "__delitem__"):
            return Native(name, lambda it, args, kwargs: self._remove(it, *args))
        return Native(name, lambda it, args, kwargs: it.unknown(Why.EFFECT, "the modules that have been imported"))


class CommandLine(Foreign):
    """``sys.argv``: nothing stands behind the name of the program, so that an answer does not depend on how it is started.

    The name, and an argument that code insists on (``sys.argv[1]``), are not known; what code writes there makes the whole unknown.
    """

    __slots__ = ("changed",)

    def __init__(self) -> None:
        self.changed = False

    def type_name(self) -> str:
        return "list"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["list"]

    def _unknown(self, it: Interpreter) -> Any:
        return it.outside("the arguments of the command line")

    def item(self, it: Interpreter, index: Any) -> Any:
        known(it, index)
        if isinstance(index, slice) and isinstance(index.start, int) and index.start > 0 and not self.changed:
            it.assumed(Harmless(Why.EFFECT, "nothing stands on the command line: options have their defaults", it.site()))
            return it.made([])
        return self._unknown(it)

    def length(self, it: Interpreter) -> Any:
        if self.changed:
            return self._unknown(it)
        it.assumed(Harmless(Why.EFFECT, "nothing stands on the command line", it.site()))
        return 1

    def iterate(self, it: Interpreter) -> Any:
        return self._unknown(it) if self.changed else iter([self._unknown(it)])

    def truth(self, it: Interpreter) -> Any:
        return True

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return self._unknown(it)

    def _change(self, it: Interpreter) -> None:
        it.outlives()
        self.changed = True

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        self._change(it)

    def in_place(self, it: Interpreter, op: str, other: Any) -> Any:
        self._change(it)
        return self

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("index", "count", "copy", "__contains__", "__getitem__", "__len__"):
            return Native(name, lambda it, args, kwargs: self.item(it, args[0]) if name == "__getitem__" else self._unknown(it))
        self._change(it)  # a method that writes
        return Native(name, lambda it, args, kwargs: self._unknown(it))
