"""``open`` of the texts that a project has beside its code: configurations. They are read as the code itself is, as text.

What may be written, is no text, or lies outside of the project is not known.
"""

from __future__ import annotations

import io
import os.path
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Harmless, Unknown, Why
from paramlint.interpreter import library_names
from paramlint.interpreter.natives import known, raw
from paramlint.interpreter.values import Foreign, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class TextFile(Foreign):
    """A file that is open for reading. It is read once: where it stands after that is not followed."""

    __slots__ = ("name", "spent", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.spent = False

    def type_name(self) -> str:
        return "TextIOWrapper"

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__enter__":
            return Native(name, lambda it, args, kwargs: self)
        if name in ("__exit__", "close"):
            return Native(name, lambda it, args, kwargs: None)
        if name == "read":
            return Native(name, lambda it, args, kwargs: it.outside(f"a part of `{self.name}`") if args else self.whole(it))
        if name == "readlines":
            return Native(name, lambda it, args, kwargs: it.call(it.classes["list"], [self]))
        if name == "name":
            return self.name
        return Native(name, lambda it, args, kwargs: it.outside(f"`{name}` of the file `{self.name}`"))

    def whole(self, it: Interpreter) -> Any:
        """The text that has not been read."""
        if self.spent:
            return it.outside(f"what is left of the file `{self.name}`")
        self.spent = True
        return self.text

    def iterate(self, it: Interpreter) -> Any:
        text = self.whole(it)
        return text if isinstance(text, Unknown) else iter(text.splitlines(keepends=True))


def open_text(it: Interpreter, file: Any, mode: Any = "r", buffering: Any = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
              closefd: Any = True, opener: Any = None) -> Any:
    """A file of the project to read, or what is not known."""
    known(it, file, mode, encoding)
    path = it.call(it.get(file, "__fspath__")) if isinstance(file, Instance) and file.cls.find("__fspath__") else file
    text = read(it, path) if mode in ("r", "rt") and encoding in (None, "utf-8", "utf8", "UTF-8", "utf-8-sig") else None
    if text is not None:
        return TextFile(str(path), text)
    library_names.may_raise(it, "OSError*", "there is such a file")
    return it.outside("`open()` depends on the outside world")


def read(it: Interpreter, path: Any) -> str | None:
    """The text of a file of the project; None where there is none."""
    source = it.frame.module.source if it.frame is not None else None
    if not isinstance(path, str) or source is None:
        return None
    text = it.loader.text(path, source.path)
    if text is not None:
        shown = os.path.relpath(path, os.path.dirname(source.path)) if os.path.isabs(path) else path
        it.assumed(Harmless(Why.EFFECT, f"`{shown}` is read as it stands beside the code", it.site()))
        text = io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
    return text


def read_path(it: Interpreter, self: Any, encoding: Any = None, errors: Any = None) -> Any:
    """``Path.read_text``."""
    made = open_text(it, self, "r", -1, encoding, errors)
    if isinstance(made, TextFile):
        return made.whole(it)
    library_names.may_raise(it, "UnicodeDecodeError", "the file is text")
    return made


OPEN = raw("open", open_text)
__all__ = ["OPEN", "TextFile", "open_text", "read_path"]
