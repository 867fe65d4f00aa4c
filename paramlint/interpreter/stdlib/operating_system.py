"""``os``: names and paths; whatever would look outside is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import texts
from paramlint.interpreter.natives import Table, effect, inert
from paramlint.interpreter.values import ClassValue, Foreign, Instance, LibraryModule, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return {
        **FUNCTIONS,
        "path": LibraryModule("os.path"),
        "environ": Environment(),
        "getenv": effect("os.getenv"),
        "sep": "/",
        "linesep": "\n",
        "name": "posix",
        "pathsep": ":",
        "devnull": "/dev/null",
        "curdir": ".",
        "pardir": "..",
        "makedirs": inert("makedirs"),
        "mkdir": inert("mkdir"),
        "putenv": inert("putenv"),
        "PathLike": ClassValue("PathLike", (it.classes["object"],), {}, module="os"),
        "error": it.classes["OSError"],
        "getcwd": effect("os.getcwd"),
        "listdir": effect("os.listdir"),
        "cpu_count": effect("os.cpu_count"),
    }


@FUNCTIONS.raw("fspath")
def fspath(it: Interpreter, path: Any) -> Any:
    return texts.text(it, path) if isinstance(path, Instance) else path


class Environment(Foreign):
    """``os.environ``: nothing in it is known, writing to it has no consequence."""

    __slots__ = ()

    def type_name(self) -> str:
        return "environ"

    def _unknown(self, it: Interpreter, key: Any = None) -> Any:
        return it.unknown(Why.EFFECT, f"the environment variable `{key}`" if isinstance(key, str) else "the environment")

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__contains__":
            return Native(name, lambda it, args, kwargs: self._unknown(it, args[0]))
        return Native(name, lambda it, args, kwargs: self._unknown(it, args[0] if args else None))

    def item(self, it: Interpreter, index: Any) -> Any:
        return self._unknown(it, index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return None

    def iterate(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def length(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def truth(self, it: Interpreter) -> Any:
        return self._unknown(it)
