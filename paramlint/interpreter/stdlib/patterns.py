"""``re``: real regular expressions, on texts and patterns whose worst case is bounded before they run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Why
from paramlint.interpreter.natives import Table, known, lazy, plain
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.stdlib.backtracking import cost
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_FLAGS = ("A", "ASCII", "I", "IGNORECASE", "L", "LOCALE", "M", "MULTILINE", "S", "DOTALL", "U", "UNICODE", "X", "VERBOSE")
_METHODS = ("match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn")
# What the objects of ``regex`` have besides.
_OF_REGEX = frozenset({
    "allcaptures", "allspans", "captures", "capturesdict", "detach_string", "ends", "expandf", "fuzzy_changes", "fuzzy_counts", "named_lists",
    "partial", "scanner", "spans", "splititer", "starts", "subf", "subfn",
})
MOST_PATTERN = 2_000  # characters
MOST_STEPS = 10**9  # of the worst case, which texts of real code are far from


def names(it: Interpreter) -> dict[str, Any]:
    error = ClassValue("error", (it.classes["Exception"],), {}, module="re")
    pattern = ClassValue("Pattern", (it.classes["object"],), {}, module="re")
    match = ClassValue("Match", (it.classes["object"],), {}, module="re")
    flags = {name: int(getattr(re, name)) for name in _FLAGS}
    return {**FUNCTIONS, **flags, "NOFLAG": 0, "error": error, "Pattern": pattern, "Match": match}


def _compiled(it: Interpreter, pattern: Any, flags: Any = 0) -> re.Pattern[Any]:
    if isinstance(pattern, Pattern):
        return pattern.pattern
    pattern, flags = plain(pattern), plain(flags)
    known(it, pattern, flags)
    if isinstance(pattern, str | bytes) and len(pattern) > MOST_PATTERN:
        it.limit(f"a regular expression of {len(pattern):,} characters")
    try:
        return re.compile(pattern, flags)
    except re.error as problem:
        cls = it.modules.library_attribute("re", "error")
        raise Raised(it.call(cls, [str(problem)]), it.site()) from None


def _run(it: Interpreter, name: str, pattern: re.Pattern[Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    args = [plain(value) for value in args]
    kwargs = {key: plain(value) for key, value in kwargs.items()}
    if name in ("sub", "subn"):
        return _substitute(it, name, pattern, *args, **kwargs)
    known(it, args, list(kwargs.values()))
    _check(it, pattern, kwargs.get("string", args[0] if args else ""))
    found = getattr(pattern, name)(*args, **kwargs)
    if name == "finditer":
        return lazy((Match(match) for match in found), "callable_iterator")
    if isinstance(found, list):
        return it.made(found)
    return Match(found) if found is not None else None


def _check(it: Interpreter, pattern: re.Pattern[Any], text: Any) -> None:
    """What would take too long is not known, and nothing else depends on it: an expression changes nothing."""
    if isinstance(text, str | bytes) and cost(pattern, len(text)) > MOST_STEPS:
        raise NeedsValue(it.unknown(Why.LIMIT, f"the regular expression `{pattern.pattern!s:.60}` on {len(text):,} characters"))


def _substitute(it: Interpreter, name: str, pattern: re.Pattern[Any], repl: Any, string: Any, count: Any = 0) -> Any:
    known(it, repl, string, count)
    _check(it, pattern, string)
    if isinstance(repl, str | bytes):
        places = len(pattern.findall(string))
        references = repr(repl).count("\\\\")
        if len(string) + places * (len(repl) + len(string) * references) > 10 * it.limits.text:
            it.limit("a substitution that makes a long text")
        return getattr(pattern, name)(repl, string, count)
    return getattr(pattern, name)(lambda match: _replacement(it, repl, match), string, count)


def _replacement(it: Interpreter, repl: Any, match: re.Match[Any]) -> Any:
    result = plain(it.call(repl, [Match(match)]))
    known(it, result)
    return result


class Pattern(Foreign):
    __slots__ = ("pattern",)

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self.pattern = pattern

    def type_name(self) -> str:
        return "re.Pattern"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.modules.library_attribute("re", "Pattern")  # type: ignore[no-any-return]

    def get(self, it: Interpreter, name: str) -> Any:
        if name in _METHODS:
            return Native(name, lambda it, args, kwargs: _run(it, name, self.pattern, args, kwargs))
        if name in ("pattern", "flags", "groups"):
            return getattr(self.pattern, name)
        if name == "groupindex":
            return it.made(dict(self.pattern.groupindex))
        return _further(it, name)


class Match(Foreign):
    __slots__ = ("match",)

    def __init__(self, match: re.Match[Any]) -> None:
        self.match = match

    def type_name(self) -> str:
        return "re.Match"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.modules.library_attribute("re", "Match")  # type: ignore[no-any-return]

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("group", "groups", "start", "end", "span", "expand"):
            return Native(name, lambda it, args, kwargs: getattr(self.match, name)(*args, **kwargs))
        if name == "groupdict":
            return Native(name, lambda it, args, kwargs: it.made(self.match.groupdict(*args, **kwargs)))
        if name in ("string", "pos", "endpos", "lastindex", "lastgroup"):
            return getattr(self.match, name)
        return Pattern(self.match.re) if name == "re" else _further(it, name)

    def item(self, it: Interpreter, index: Any) -> Any:
        known(it, index)
        try:
            return self.match[index]
        except IndexError:
            return it.throw("IndexError", "no such group")

    def truth(self, it: Interpreter) -> Any:
        return True


def _further(it: Interpreter, name: str) -> Any:
    return it.unknown(Why.UNSUPPORTED, f"`{name}` of a pattern or match") if name in _OF_REGEX else NotImplemented


@FUNCTIONS.raw("compile")
def compile_(it: Interpreter, pattern: Any, flags: Any = 0) -> Any:
    return Pattern(_compiled(it, pattern, flags))


@FUNCTIONS.pure("escape")
def escape(it: Interpreter, pattern: Any) -> Any:
    return re.escape(pattern)


@FUNCTIONS.raw("purge")
def purge(it: Interpreter) -> None:
    return None


def _define(name: str) -> None:
    @FUNCTIONS.raw(name)
    def apply(it: Interpreter, pattern: Any, /, *args: Any, flags: Any = 0, **kwargs: Any) -> Any:
        most = 3 if name in ("sub", "subn") else 2 if name == "split" else 1
        if len(args) > most:
            *args_, flags = args
            return _run(it, name, _compiled(it, pattern, flags), args_, kwargs)
        return _run(it, name, _compiled(it, pattern, flags), list(args), kwargs)


for _name in _METHODS:
    _define(_name)
