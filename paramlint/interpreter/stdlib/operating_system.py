"""``os``: names and paths; whatever would look outside is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import texts
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import Table, effect, inert
from paramlint.interpreter.stdlib import folders
from paramlint.interpreter.values import ClassValue, Foreign, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return {
        **FUNCTIONS,
        **folders.OS,
        "path": LibraryModule("os.path"),
        "environ": Environment(),
        "getenv": Native("getenv", Environment().look),
        "sep": "/",
        "linesep": "\n",
        "name": "posix",
        "pathsep": ":",
        "devnull": "/dev/null",
        "curdir": ".",
        "pardir": "..",
        "makedirs": inert("makedirs", raises="OSError*"),
        "mkdir": inert("mkdir", raises="OSError*"),
        "putenv": inert("putenv"),
        "PathLike": ClassValue("PathLike", (it.classes["object"],), {}, module="os"),
        "error": it.classes["OSError"],
        "getcwd": effect("os.getcwd", raises="OSError*"),
        "cpu_count": effect("os.cpu_count"),
    }


@FUNCTIONS.raw("fspath")
def fspath(it: Interpreter, path: Any) -> Any:
    return texts.text(it, path) if isinstance(path, Instance) else path


# What a shell always sets: whether it is there is no question, its value is not known.
_ALWAYS_SET = frozenset({"HOME", "PATH", "PWD", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "TMPDIR", "HOSTNAME"})


class Environment(Foreign):
    """``os.environ``: a variable that code can do without counts as not set, so that an answer does not depend on the machine.

    One that code insists on (``os.environ["NAME"]``) has a value that is not known. Writing has no consequence.
    """

    __slots__ = ()

    def type_name(self) -> str:
        return "environ"

    def _unknown(self, it: Interpreter, key: Any = None) -> Any:
        return it.outside(f"the environment variable `{key}`" if isinstance(key, str) else "the environment")

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__contains__":
            return Native(name, lambda it, args, kwargs: self.has(it, args[0]))
        if name in ("get", "setdefault"):
            return Native(name, self.look)
        return Native(name, lambda it, args, kwargs: self._unknown(it, args[0] if args else None))

    def has(self, it: Interpreter, key: Any) -> Any:
        return False if isinstance(key, str) and key not in _ALWAYS_SET else self._unknown(it, key)

    def look(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """``os.environ.get(key, default)`` and ``os.getenv``."""
        key, default = ([*args, None, None])[:2] if args else (kwargs.get("key"), None)
        return kwargs.get("default", default) if self.has(it, key) is False else self._unknown(it, key)

    def item(self, it: Interpreter, index: Any) -> Any:
        may_raise(it, "KeyError", f"the environment has `{index}`")
        return self._unknown(it, index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return None

    def iterate(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def length(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def truth(self, it: Interpreter) -> Any:
        return self._unknown(it)
