"""Structural pattern matching. Source: PEP 634."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import comparison, containers, equality, iteration
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_SELF_MATCHING = ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")


def matches(it: Interpreter, pattern: ir.Pattern, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    """True, False, or an Unknown; captures go to ``bound``."""
    if isinstance(pattern, ir.MatchAs):
        verdict = True if pattern.pattern is None else matches(it, pattern.pattern, subject, bound, frame)
        if pattern.name is not None:
            bound[pattern.name] = subject
        return verdict
    if isinstance(pattern, ir.MatchOr):
        return _either(it, pattern, subject, bound, frame)
    if isinstance(subject, Unknown):
        return subject
    if isinstance(subject, Either):
        return Unknown(subject.reason)
    if isinstance(pattern, ir.MatchValue):
        value = it.evaluate(pattern.value, frame)
        if isinstance(pattern.value, ir.Constant) and (value is None or isinstance(value, bool)):
            return equality.identical(it, subject, value)
        return it.truth(equality.equal(it, subject, value))
    if isinstance(pattern, ir.MatchSequence):
        return _sequence(it, pattern, subject, bound, frame)
    if isinstance(pattern, ir.MatchMapping):
        return _mapping(it, pattern, subject, bound, frame)
    if isinstance(pattern, ir.MatchClass):
        return _class(it, pattern, subject, bound, frame)
    return False


def _all(it: Interpreter, pairs: Iterable[tuple[ir.Pattern, Any]], bound: dict[str, Any], frame: Frame) -> Any:
    """Whether each pattern matches its subject; the first that does not ends it."""
    unknown: Unknown | None = None
    for part, item in pairs:
        verdict = matches(it, part, item, bound, frame)
        if verdict is False:
            return False
        if isinstance(verdict, Unknown):
            unknown = verdict if unknown is None else unknown
    return True if unknown is None else unknown


def _either(it: Interpreter, pattern: ir.MatchOr, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    unknown: Any = False
    for part in pattern.patterns:
        captured: dict[str, Any] = {}
        verdict = matches(it, part, subject, captured, frame)
        if verdict is True or isinstance(verdict, Unknown):
            bound.update(captured)
        if verdict is True:
            return True
        if isinstance(verdict, Unknown):
            unknown = verdict
    return unknown


def _sequence(it: Interpreter, pattern: ir.MatchSequence, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    if isinstance(subject, Instance) and isinstance(subject.payload, list | tuple):
        subject = subject.payload
    if not isinstance(subject, list | tuple | range):
        return _refused(it, subject, _SEQUENCES)
    items = iteration.elements_or_unknown(it, subject)
    if isinstance(items, Unknown):
        return items
    star = next((i for i, part in enumerate(pattern.patterns) if isinstance(part, ir.MatchStar)), None)
    count = len(pattern.patterns)
    if (star is None and len(items) != count) or len(items) < count - 1:
        return False
    if star is None:
        return _all(it, zip(pattern.patterns, items, strict=True), bound, frame)
    after = count - star - 1
    rest = pattern.patterns[star]
    pairs = [*zip(pattern.patterns[:star], items, strict=False),
             *zip(pattern.patterns[star + 1:], items[len(items) - after:], strict=True)]
    verdict = _all(it, pairs, bound, frame)
    if isinstance(rest, ir.MatchStar) and rest.name is not None:
        bound[rest.name] = it.made(items[star:len(items) - after])
    return verdict


_SEQUENCES = frozenset({"Sequence", "MutableSequence", "UserList", "deque", "array"})
_MAPPINGS = frozenset({"Mapping", "MutableMapping", "UserDict", "ChainMap", "mappingproxy"})


def _refused(it: Interpreter, subject: Any, kinds: frozenset[str]) -> Any:
    """False, unless the subject is of a class that counts as a sequence or mapping without being a list or dict."""
    cls = it.class_of(subject)
    if isinstance(cls, Unknown):
        return cls
    known = cls.fact("unknown_base") is None and not any(base.name in kinds and base.site is None for base in cls.mro)
    return False if known and not isinstance(subject, Foreign) else it.unknown(Why.UNSUPPORTED, f"whether a `{cls.name}` matches the pattern")


def _mapping(it: Interpreter, pattern: ir.MatchMapping, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    if isinstance(subject, Instance) and isinstance(subject.payload, dict):
        subject = subject.payload
    if not isinstance(subject, dict):
        return _refused(it, subject, _MAPPINGS)
    keys = []
    unknown: Unknown | None = None
    for expression, part in pattern.items:
        key = it.evaluate(expression, frame)
        keys.append(key)
        found = it.truth(comparison.contains(it, subject, key))
        if found is True:
            found = matches(it, part, containers.get_item(it, subject, key), bound, frame)
        if found is False:
            return False
        if isinstance(found, Unknown):
            unknown = found if unknown is None else unknown
    if pattern.rest is not None:
        bound[pattern.rest] = it.made({key: value for key, value in subject.items() if key not in keys})
    return True if unknown is None else unknown


def _class(it: Interpreter, pattern: ir.MatchClass, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    cls = it.evaluate(pattern.cls, frame)
    if not isinstance(cls, ClassValue):
        if isinstance(cls, int | float | str | list | tuple | dict | None):
            it.throw("TypeError", "called match pattern must be a class")
        return cls if isinstance(cls, Unknown) else it.unknown(Why.UNSUPPORTED, "whether a value is of a class that is not known")
    found = it.truth(it.call(it.builtins["isinstance"], [subject, cls]))
    if found is not True:
        return found
    pairs: list[tuple[ir.Pattern, Any]] = []
    if pattern.patterns:
        if any(base.name in _SELF_MATCHING and base.module == "builtins" for base in cls.mro) and cls.find("__match_args__") is ABSENT:
            if len(pattern.patterns) > 1:
                it.throw("TypeError", f"{cls.name}() accepts 1 positional sub-pattern ({len(pattern.patterns)} given)")
            pairs.append((pattern.patterns[0], subject))
        else:
            names = _match_args(it, cls, len(pattern.patterns))
            pairs += [(part, name) for part, name in zip(pattern.patterns, names, strict=False)]
            pairs = [(part, it.get_or(subject, name, ABSENT)) for part, name in pairs]
    pairs += [(part, it.get_or(subject, name, ABSENT)) for name, part in pattern.keywords]
    return False if any(value is ABSENT for _, value in pairs) else _all(it, pairs, bound, frame)


def _match_args(it: Interpreter, cls: ClassValue, given: int) -> list[Any]:
    names = it.get_or(cls, "__match_args__", ())
    if isinstance(names, Unknown):
        raise NeedsValue(names)
    if not isinstance(names, tuple):
        it.throw("TypeError", f"{cls.name}.__match_args__ must be a tuple (got {type_name(names)})")
    if given > len(names):
        it.throw("TypeError", f"{cls.name}() accepts {len(names)} positional sub-pattern{'s' * (len(names) != 1)} ({given} given)")
    return list(names)
