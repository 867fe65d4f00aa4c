"""``re``: real regular expressions, on texts and patterns whose worst case is bounded before they run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import process_time
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Why
from paramlint.interpreter.natives import Table, known, lazy, plain
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.stdlib import timed_matching
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
_FEW_STEPS = 10**7  # of the worst case; what may take more is matched by who gives up in time, where that gives the same
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
    found = _found(it, name, pattern, kwargs.get("string", args[0] if args else ""), args, kwargs)
    if name == "finditer":
        return lazy((Match(match, pattern) for match in found), "callable_iterator")
    if isinstance(found, list):
        return it.made(found)
    return Match(found, pattern) if found is not None else None


def _found(it: Interpreter, name: str, pattern: re.Pattern[Any], text: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """What a method of a pattern gives. What would take too long is not known, and nothing else depends on it: an expression changes nothing."""
    steps = cost(pattern, len(text)) if isinstance(text, str | bytes) else 0
    long = steps > _FEW_STEPS and it.searching < timed_matching.SECONDS and timed_matching.is_shared(text)
    timed = timed_matching.timed(pattern) if long else None
    if timed is None and steps <= MOST_STEPS:
        return getattr(pattern, name)(*args, **kwargs)
    if timed is not None:
        began = process_time()
        try:
            found = getattr(timed, name)(*args, **kwargs, timeout=timed_matching.SECONDS)
            return list(found) if name == "finditer" else found
        except TimeoutError:
            pass
        finally:
            it.searching += process_time() - began
    raise NeedsValue(it.unknown(Why.LIMIT, f"the regular expression `{pattern.pattern!s:.60}` on {len(text):,} characters"))


def _substitute(it: Interpreter, name: str, pattern: re.Pattern[Any], repl: Any, string: Any, count: Any = 0) -> Any:
    known(it, repl, string, count)
    matches = list(_found(it, "finditer", pattern, string, (string,), {}))
    if not all(isinstance(match, re.Match) for match in matches):
        return _substituted(it, name, pattern, repl, string, matches[: count or None] if count >= 0 else [])
    if isinstance(repl, str | bytes):
        references = repr(repl).count("\\\\")
        if len(string) + len(matches) * (len(repl) + len(string) * references) > 10 * it.limits.text:
            it.limit("a substitution that makes a long text")
        return getattr(pattern, name)(repl, string, count)
    return getattr(pattern, name)(lambda match: _replacement(it, repl, match, pattern), string, count)


def _substituted(it: Interpreter, name: str, pattern: re.Pattern[Any], repl: Any, string: str, matches: Sequence[Any]) -> Any:
    """A text with something else in place of matches that have been found in time."""
    if isinstance(repl, str):
        pattern.sub(repl, "")  # raises for references to groups that there are not
        if not timed_matching.is_plain_template(repl):
            return it.unknown(Why.UNSUPPORTED, "such a replacement where the search may take long")
    parts, end = [], 0
    for match in matches:
        parts += [string[end : match.start()], match.expand(repl) if isinstance(repl, str) else _replacement(it, repl, match, pattern)]
        end = match.end()
    if len(string) + sum(len(part) for part in parts if isinstance(part, str)) > 10 * it.limits.text:
        it.limit("a substitution that makes a long text")
    text = "".join([*parts, string[end:]])
    return (text, len(matches)) if name == "subn" else text


def _replacement(it: Interpreter, repl: Any, match: re.Match[Any], pattern: re.Pattern[Any]) -> Any:
    result = plain(it.call(repl, [Match(match, pattern)]))
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
    __slots__ = ("match", "pattern")

    def __init__(self, match: re.Match[Any], pattern: re.Pattern[Any]) -> None:
        self.match = match  # or one of ``regex``
        self.pattern = pattern

    def type_name(self) -> str:
        return "re.Match"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.modules.library_attribute("re", "Match")  # type: ignore[no-any-return]

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("expand", "lastindex", "lastgroup") and not isinstance(self.match, re.Match):
            return it.unknown(Why.UNSUPPORTED, f"`{name}` of a match whose search may take long")
        if name in ("group", "groups", "start", "end", "span", "expand"):
            return Native(name, lambda it, args, kwargs: self._part(it, name, args, kwargs))
        if name == "groupdict":
            return Native(name, lambda it, args, kwargs: it.made(self.match.groupdict(*args, **kwargs)))
        if name in ("string", "pos", "endpos", "lastindex", "lastgroup"):
            return getattr(self.match, name)
        return Pattern(self.pattern) if name == "re" else _further(it, name)

    def _part(self, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        known(it, *args, *kwargs.values())
        try:
            return getattr(self.match, name)(*map(plain, args), **kwargs)
        except IndexError:
            return it.throw("IndexError", "no such group")

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
