"""Running one source text twice: by the interpreter, and by CPython, which is its oracle."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import texts
from paramlint.interpreter.limits import DEFAULT, Limits
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import Either, Native
from paramlint.syntax import ir, parse
from paramlint.syntax.outline import Outline, outline

NAME = "program"
_EXPECTED = re.compile(r"  # => (.*)$")


class Source:
    """A module that consists of a text."""

    is_package = False
    path = "program.py"
    name = NAME

    def __init__(self, text: str) -> None:
        self.outline: Outline = outline(text)

    @property
    def statements(self) -> Sequence[Any]:
        return self.outline.statements

    def lower(self, index: int) -> tuple[ir.Stmt, ...]:
        return parse.lower(self.outline, index)


class OneFile:
    """A loader that knows a single module."""

    roots = ("",)

    def __init__(self, source: Source) -> None:
        self.source = source

    def find(self, name: str) -> Source | None:
        return self.source if name == NAME else None

    def exists(self, name: str) -> bool:
        return name == NAME

    def size(self, name: str) -> int:
        return 0

    def text(self, path: str, origin: str) -> str | None:
        return None

    def look_beside(self, name: str, origin: str) -> bool:
        return False

    def reaches_above(self, path: str) -> bool:
        return False

    def look_in(self, folder: str, origin: str, *, first: bool) -> bool:
        return False

    def may_define(self, name: str, word: str) -> bool:
        return True

    def writing(self, words: Sequence[str], packages: Iterable[str], also: str = "") -> list[str]:
        return [NAME]


class NoLibrary:
    def require_arguments(self, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        pass

    def refuses(self, name: str, values: Iterable[Any]) -> bool:
        return False

    def covers(self, name: str) -> bool:
        return False

    def holds(self, name: str) -> bool:
        return False

    def optional(self, package: str) -> bool:
        return False

    def outdated(self, module: str, name: str) -> bool:
        return False

    def lookup(self, qualified: str) -> Any:
        return None

    def known_base(self, name: str) -> Any:
        return None


def interpreter(text: str, limits: Limits = DEFAULT) -> tuple[Interpreter, ModuleValue]:
    """An interpreter with a module of that text, not run yet."""
    source = Source(text)
    it = Interpreter(OneFile(source), NoLibrary(), limits)
    module = it.modules.load(NAME)
    assert module is not None
    return it, module


def interpreted(text: str) -> list[str]:
    """What ``reveal`` is told, as the interpreter runs the text; an exception that escapes is the last line."""
    it, module = interpreter(text)
    revealed: list[str] = []

    def reveal(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        revealed.extend(shown(it, value) for value in args)

    it.builtins["reveal"] = Native("reveal", reveal)
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # calls of the program are calls of Python
    try:
        module.turns.start(it)
    except Raised as raised:
        revealed.append(f"raises {it.class_of(raised.value).name}: {shown(it, raised.value)}")
    finally:
        sys.setrecursionlimit(usual)
    return revealed


def revealed(text: str) -> tuple[Interpreter, list[Any] | None]:
    """The abstract values that the last ``reveal`` is told, None where an exception or a limit ends the program. ``mystery()`` is Unknown."""
    it, module = interpreter(text)
    found: list[Any] = []
    it.builtins["reveal"] = Native("reveal", lambda it, args, kwargs: found.append(args))
    it.builtins["mystery"] = Native("mystery", lambda it, args, kwargs: it.unknown(Why.EFFECT, "a mystery"))
    try:
        module.turns.start(it)
    except (Raised, LimitReached):
        return it, None
    return it, found[-1] if found else None  # what a call is given that is not known is not told


def computed(text: str, mystery: Callable[[int], int] = lambda n: 0) -> tuple[list[Any], Exception | None]:
    """The same by CPython, and the exception that ends the program."""
    found: list[Any] = [None]
    namespace: dict[str, Any] = {"__name__": NAME, "reveal": lambda *values: found.append(list(values)), "mystery": mystery}
    try:
        exec(compile(text, "program.py", "exec", dont_inherit=True), namespace)
    except Exception as error:
        return [], error
    return found[-1], None


def shown(it: Interpreter, value: Any) -> str:
    found = texts.representation(it, value)
    if isinstance(found, Unknown):
        return f"Unknown({found.reason.message})"
    return repr(found) if isinstance(found, Either) else found


def executed(text: str) -> list[str]:
    """The same by CPython."""
    revealed: list[str] = []
    namespace: dict[str, Any] = {"__name__": NAME, "reveal": lambda *values: revealed.extend(map(repr, values))}
    module = type(sys)(NAME)
    module.__dict__.update(namespace)
    sys.modules[NAME] = module
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, "program.py", "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        revealed.append(f"raises {type(error).__name__}: {error!r}")
    finally:
        del sys.modules[NAME]
    return revealed


def expected(text: str) -> list[str]:
    """The values in the comments ``# => value`` of a fixture; a line that runs several times has several."""
    return [value for line in text.split("\n") if (match := _EXPECTED.search(line)) for value in match[1].split(" # => ")]
