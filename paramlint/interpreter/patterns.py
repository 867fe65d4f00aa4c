"""Structural pattern matching. Source: PEP 634."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import comparison, containers, equality, iteration
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance
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


def _all(verdicts: list[Any]) -> Any:
    if False in [v for v in verdicts if not isinstance(v, Unknown)]:
        return False
    return next((v for v in verdicts if isinstance(v, Unknown)), True)


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
        return False
    items = iteration.elements_or_unknown(it, subject)
    if isinstance(items, Unknown):
        return items
    star = next((i for i, part in enumerate(pattern.patterns) if isinstance(part, ir.MatchStar)), None)
    count = len(pattern.patterns)
    if (star is None and len(items) != count) or len(items) < count - 1:
        return False
    if star is None:
        return _all([matches(it, part, item, bound, frame) for part, item in zip(pattern.patterns, items, strict=True)])
    after = count - star - 1
    verdicts = [matches(it, part, item, bound, frame) for part, item in zip(pattern.patterns[:star], items, strict=False)]
    rest = pattern.patterns[star]
    if isinstance(rest, ir.MatchStar) and rest.name is not None:
        bound[rest.name] = it.made(items[star:len(items) - after])
    verdicts += [matches(it, part, item, bound, frame)
                 for part, item in zip(pattern.patterns[star + 1:], items[len(items) - after:], strict=True)]
    return _all(verdicts)


def _mapping(it: Interpreter, pattern: ir.MatchMapping, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    if isinstance(subject, Instance) and isinstance(subject.payload, dict):
        subject = subject.payload
    if not isinstance(subject, dict):
        return False
    verdicts: list[Any] = []
    keys = []
    for expression, part in pattern.items:
        key = it.evaluate(expression, frame)
        keys.append(key)
        found = it.truth(comparison.contains(it, subject, key))
        verdicts.append(found)
        if found is True:
            verdicts.append(matches(it, part, containers.get_item(it, subject, key), bound, frame))
    if pattern.rest is not None:
        bound[pattern.rest] = it.made({key: value for key, value in subject.items() if key not in keys})
    return _all(verdicts)


def _class(it: Interpreter, pattern: ir.MatchClass, subject: Any, bound: dict[str, Any], frame: Frame) -> Any:
    cls = it.evaluate(pattern.cls, frame)
    if not isinstance(cls, ClassValue):
        return cls if isinstance(cls, Unknown) else False
    found = it.class_of(subject)
    if isinstance(found, Unknown):
        return found
    if cls not in found.mro:
        return False
    verdicts: list[Any] = []
    if pattern.patterns:
        if cls.name in _SELF_MATCHING and cls.module == "builtins":
            verdicts.append(matches(it, pattern.patterns[0], subject, bound, frame))
        else:
            names = it.elements(it.get(cls, "__match_args__"))
            for part, name in zip(pattern.patterns, names, strict=False):
                verdicts.append(matches(it, part, it.get(subject, name), bound, frame))
    for name, part in pattern.keywords:
        value = it.get_or(subject, name, ABSENT)
        verdicts.append(False if value is ABSENT else matches(it, part, value, bound, frame))
    return _all(verdicts)
