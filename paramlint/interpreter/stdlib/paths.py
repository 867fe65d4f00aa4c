"""``os.path``: what needs no file system."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import texts
from paramlint.interpreter.natives import Table, effect, known, raw
from paramlint.interpreter.stdlib import folders
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_PURE = ("join", "basename", "dirname", "split", "splitext", "normpath", "normcase", "isabs", "splitdrive")
_OUTSIDE = {  # what they may raise
    **dict.fromkeys(("islink", "expanduser", "expandvars", "relpath"), ""),
    **dict.fromkeys(("getsize", "getmtime", "samefile"), "OSError*"),
}


_STANDING = ("exists", "lexists", "isfile", "isdir")


def names(it: Interpreter) -> dict[str, Any]:
    return {
        **FUNCTIONS,
        **{name: effect(f"os.path.{name}", raises=kind) for name, kind in _OUTSIDE.items()},
        **{name: raw(name, lambda it, path, /, word=name: folders.stands(it, path, word)) for name in _STANDING},
        "sep": "/",
        "pathsep": ":",
        "extsep": ".",
        "curdir": ".",
        "pardir": "..",
    }


def _define(name: str) -> None:
    function = getattr(posixpath, name)

    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, /, *args: Any) -> Any:
        return function(*(texts.text(it, value) if isinstance(value, Instance) else value for value in args))


for _name in _PURE:
    _define(_name)


@FUNCTIONS.raw("abspath", "realpath")
def absolute(it: Interpreter, path: Any, /, **options: Any) -> Any:
    """A path that is absolute; where a relative one leads depends on the folder in which the program runs."""
    known(it, path)
    text = texts.text(it, path) if isinstance(path, Instance) else path
    if isinstance(text, str) and posixpath.isabs(text):
        return posixpath.normpath(text)
    return it.unknown(Why.EFFECT, "the folder in which the program runs")


@FUNCTIONS.raw("commonprefix", "commonpath")
def common(it: Interpreter, paths: Any, /) -> Any:
    known(it, paths)
    return posixpath.commonprefix(it.elements(paths))
