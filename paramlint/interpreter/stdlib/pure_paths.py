"""``pathlib``: paths as text; what would look at a file is not known."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.natives import Table, effect, known, plain, raw
from paramlint.interpreter.stdlib import folders, text_files
from paramlint.interpreter.values import ClassValue, Instance, Property

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_METHODS = Table()
_TEXTS = ("name", "stem", "suffix", "anchor", "root", "drive", "parts")
_OUTSIDE = {  # what they may raise
    **dict.fromkeys(("read_bytes", "stat", "mkdir", "write_text", "write_bytes", "unlink", "touch", "cwd", "samefile", "rename"), "OSError*"),
    **dict.fromkeys(("expanduser", "home"), "RuntimeError"),
}


def names(it: Interpreter) -> dict[str, Any]:
    pure = ClassValue("PurePosixPath", (it.classes["object"],), dict(_METHODS), module="pathlib")
    pure.make = lambda it, args, kwargs: it.instance(args[0], payload=PurePosixPath(*(_text(it, part) for part in args[1:])))
    for name in _TEXTS:
        getter = Table()
        getter.raw(name)(lambda it, self, name=name: getattr(self.payload, name))
        pure.attrs[name] = Property(getter[name])
    for name in ("parent", "parents", "suffixes"):
        pure.attrs[name] = Property(_METHODS[f"_{name}"])
    path = ClassValue("PosixPath", (pure,), {name: effect(f"Path.{name}", raises=kind) for name, kind in _OUTSIDE.items()}, module="pathlib")
    for name, word in (("exists", "exists"), ("is_file", "isfile"), ("is_dir", "isdir")):
        path.attrs[name] = raw(name, lambda it, self, /, word=word: folders.stands(it, self, word), binds=True)
    for name in ("glob", "rglob"):
        path.attrs[name] = raw(name, lambda it, self, pattern, /, word=name: folders.of_path(it, self, pattern, word), binds=True)
    path.attrs["iterdir"] = raw("iterdir", lambda it, self, /: folders.of_path(it, self, "*", "iterdir"), binds=True)
    path.attrs["open"] = raw("open", text_files.open_text, binds=True)
    path.attrs["read_text"] = raw("read_text", text_files.read_path, binds=True)
    return {"Path": path, "PosixPath": path, "PurePath": pure, "PurePosixPath": pure}


def _text(it: Interpreter, value: Any) -> str:
    known(it, value)
    value = plain(value)
    if isinstance(value, Instance) and isinstance(value.payload, PurePosixPath):
        return str(value.payload)
    return value if isinstance(value, str) else it.throw("TypeError", "argument should be a str or an os.PathLike object")


def _made(it: Interpreter, self: Instance, path: PurePosixPath) -> Instance:
    return it.instance(self.cls, payload=path)


@_METHODS.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, /, *parts: Any) -> None:
    return None


@_METHODS.raw("__str__", "__fspath__", "as_posix", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    return str(self.payload)


@_METHODS.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    return f"{self.cls.name}({str(self.payload)!r})"


@_METHODS.raw("__truediv__", binds=True)
def _div(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _made(it, self, self.payload / _text(it, other))


@_METHODS.raw("__rtruediv__", binds=True)
def _rdiv(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _made(it, self, _text(it, other) / self.payload)


@_METHODS.raw("joinpath", binds=True)
def _join(it: Interpreter, self: Instance, /, *others: Any) -> Any:
    return _made(it, self, self.payload.joinpath(*(_text(it, other) for other in others)))


def _with(it: Interpreter, self: Instance, name: str, suffix: Any) -> Any:
    return _made(it, self, getattr(self.payload, name)(_text(it, suffix)))


for _name in ("with_suffix", "with_name", "with_stem"):
    _METHODS.raw(_name, binds=True)(lambda it, self, part, /, _name=_name: _with(it, self, _name, part))


@_METHODS.raw("relative_to", binds=True)
def _relative(it: Interpreter, self: Instance, /, *others: Any) -> Any:
    return _made(it, self, self.payload.relative_to(*(_text(it, other) for other in others)))


@_METHODS.raw("__eq__", binds=True)
def _equal(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return self.payload == other.payload if isinstance(other, Instance) and isinstance(other.payload, PurePosixPath) else NotImplemented


def _ordering(name: str) -> None:
    @_METHODS.raw(name, binds=True)
    def compare(it: Interpreter, self: Instance, other: Any, /) -> Any:
        comparable = isinstance(other, Instance) and isinstance(other.payload, PurePosixPath)
        return getattr(self.payload, name)(other.payload) if comparable else NotImplemented


for _name in ("__lt__", "__le__", "__gt__", "__ge__"):
    _ordering(_name)


@_METHODS.raw("resolve", "absolute", binds=True)
def _absolute(it: Interpreter, self: Instance, strict: Any = False) -> Any:
    if strict is not False:
        may_raise(it, "OSError*", "there is such a file")
    if not self.payload.is_absolute():
        return it.unknown(Why.EFFECT, "the folder in which the program runs")
    return _made(it, self, PurePosixPath(posixpath.normpath(str(self.payload))))


@_METHODS.raw("is_absolute", binds=True)
def _is_absolute(it: Interpreter, self: Instance, /) -> Any:
    return self.payload.is_absolute()


@_METHODS.raw("_parent")
def _parent(it: Interpreter, self: Instance, /) -> Any:
    return _made(it, self, self.payload.parent)


@_METHODS.raw("_parents")
def _parents(it: Interpreter, self: Instance, /) -> Any:
    return tuple(_made(it, self, parent) for parent in self.payload.parents)


@_METHODS.raw("_suffixes")
def _suffixes(it: Interpreter, self: Instance, /) -> Any:
    return it.made(list(self.payload.suffixes))
