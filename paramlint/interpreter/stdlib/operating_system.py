"""``os``: names and paths; whatever would look outside is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import texts
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import Table, effect, inert, without_absent
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.stdlib import folders
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    environment = Environment(it)
    return {
        **FUNCTIONS,
        **folders.OS,
        "path": LibraryModule("os.path"),
        "environ": environment,
        "getenv": Native("getenv", lambda it, args, kwargs: environment.look(it, *args, **kwargs)),
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
        "unsetenv": inert("unsetenv"),
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

    One that code insists on (``os.environ["NAME"]``) has a value that is not known, unless the code has set it before.
    """

    __slots__ = ("variables",)

    def __init__(self, it: Interpreter) -> None:
        self.variables: dict[str, Any] = it.made({})  # by name: what the code has set; absent where it has deleted it

    def type_name(self) -> str:
        return "environ"

    def _unknown(self, it: Interpreter, key: Any = None) -> Any:
        return it.outside(f"the environment variable `{key}`" if isinstance(key, str) else "the environment")

    def get(self, it: Interpreter, name: str) -> Any:
        method = _METHODS.get(name)
        if method is not None:
            return Native(name, lambda it, args, kwargs: method(self, it, *args, **kwargs))
        if name not in _MAPPING and hasattr(dict, name):
            return NotImplemented
        return Native(name, lambda it, args, kwargs: self._changed(it, args, kwargs))

    def _changed(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What any other method does: it may set and delete variables."""
        it.write(self.variables)
        it.state.mark_open(self.variables, it.unknown_reason("the environment"), 0)
        return self._unknown(it)

    def has(self, it: Interpreter, key: Any) -> Any:
        """Whether a variable is set: True, False or an Unknown."""
        if not isinstance(key, str) or it.state.open_reason(self.variables) is not None:
            return self._unknown(it, key)
        found = self.variables.get(key)
        if found is None:
            return self._unknown(it, key) if key in _ALWAYS_SET else False
        if found.__class__ is Either and any(value is ABSENT for value in found.alternatives):
            return self._unknown(it, key)
        return found is not ABSENT

    def value(self, it: Interpreter, key: Any) -> Any:
        """What a variable is, if it is set."""
        found = self.variables.get(key) if isinstance(key, str) and it.state.open_reason(self.variables) is None else None
        return self._unknown(it, key) if found is None else without_absent(it, found, self._unknown(it, key)) if found is not ABSENT else ABSENT

    def look(self, it: Interpreter, key: Any, default: Any = None) -> Any:
        """``os.environ.get(key, default)`` and ``os.getenv``."""
        return default if self.has(it, key) is False else self.value(it, key)

    def item(self, it: Interpreter, index: Any) -> Any:
        if self.has(it, index) is not True:
            if isinstance(index, str) and self.variables.get(index) is ABSENT:
                raise it.error("KeyError", index)
            may_raise(it, "KeyError", f"the environment has `{index}`")
        return self.value(it, index)

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        if not isinstance(index, str):
            self._changed(it, [], {})
            return None
        if isinstance(value, int | float | list | dict | tuple | None):
            it.throw("TypeError", f"str expected, not {type_name(value)}")
        it.write(self.variables)
        self.variables[index] = value
        return None

    def set_default(self, it: Interpreter, key: Any, value: Any) -> Any:
        if self.has(it, key) is False:
            self.set_item(it, key, value)
        return self.value(it, key)

    def pop(self, it: Interpreter, key: Any, default: Any = ABSENT) -> Any:
        found = self.item(it, key) if default is ABSENT else self.look(it, key, default)
        if isinstance(key, str):
            it.write(self.variables)
            self.variables[key] = ABSENT
        else:
            self._changed(it, [], {})
        return found

    def remove(self, it: Interpreter, key: Any) -> None:
        self.pop(it, key)

    def iterate(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def length(self, it: Interpreter) -> Any:
        return self._unknown(it)

    def truth(self, it: Interpreter) -> Any:
        return self._unknown(it)


_METHODS: dict[str, Any] = {"__contains__": Environment.has, "get": Environment.look, "setdefault": Environment.set_default, "pop": Environment.pop,
                            "__getitem__": Environment.item, "__setitem__": Environment.set_item, "__delitem__": Environment.remove}
_MAPPING = frozenset({"keys", "values", "items", "copy", "update", "clear", "popitem", "__iter__", "__len__", "__or__", "__ior__", "__ror__",
                      "__eq__"})
