"""``sys``. ``version_info`` is that of the oldest Python that this package supports, so results do not depend on the one that runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import inert, known
from paramlint.interpreter.stdlib import named_tuples
from paramlint.interpreter.stdlib.silent import Silent
from paramlint.interpreter.values import Foreign, Native

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
        "stdout": Silent("TextIO"),
        "stderr": Silent("TextIO"),
        "exit": it.builtins["exit"],
        "intern": Native("intern", lambda it, args, kwargs: args[0]),
        "float_info": Silent("float_info", max=limits.max, min=limits.min, epsilon=limits.epsilon, dig=limits.dig),
        "dont_write_bytecode": False,
    }
    for name in ("setrecursionlimit", "settrace", "setprofile", "displayhook", "excepthook"):
        result[name] = inert(name)
    result["getrecursionlimit"] = inert("getrecursionlimit", 1000)
    return result


class LoadedModules(Foreign):
    """``sys.modules``: the modules that are in reach."""

    __slots__ = ()

    def type_name(self) -> str:
        return "dict"

    def _find(self, it: Interpreter, name: Any) -> Any:
        known(it, name)
        module = it.modules.load(name) if isinstance(name, str) else None
        return module if module is not None else it.unknown(Why.EFFECT, f"the module `{name}`, if it has been imported")

    def item(self, it: Interpreter, index: Any) -> Any:
        return self._find(it, index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return None

    def iterate(self, it: Interpreter) -> Any:
        return it.unknown(Why.EFFECT, "the modules that have been imported")

    def length(self, it: Interpreter) -> Any:
        return it.unknown(Why.EFFECT, "the modules that have been imported")

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "get":
            return Native(name, lambda it, args, kwargs: self._find(it, args[0]))
        return Native(name, lambda it, args, kwargs: it.unknown(Why.EFFECT, "the modules that have been imported"))
