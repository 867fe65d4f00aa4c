"""Patterns of ``match`` statements to IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from paramlint.syntax import ir
from paramlint.syntax.expressions import lower
from paramlint.syntax.scopes import State


def pattern(s: State, node: cst.CSTNode) -> ir.Pattern:
    return PATTERNS[type(node)](s, node)


def _bind(s: State, name: cst.Name | None) -> str | None:
    return None if name is None else s.bind(name.value)


def _value(s: State, node: cst.MatchValue | cst.MatchSingleton) -> ir.Pattern:
    return ir.MatchValue(lower(s, node.value))


def _sequence(s: State, node: cst.MatchSequence) -> ir.Pattern:
    return ir.MatchSequence(_elements(s, node.patterns))


def _elements(s: State, nodes: Sequence[Any]) -> tuple[ir.Pattern, ...]:
    return tuple([pattern(s, node) for node in nodes])


def _element(s: State, node: cst.MatchSequenceElement) -> ir.Pattern:
    return pattern(s, node.value)


def _star(s: State, node: cst.MatchStar) -> ir.Pattern:
    return ir.MatchStar(_bind(s, node.name))


def _mapping(s: State, node: cst.MatchMapping) -> ir.Pattern:
    items = tuple([(lower(s, item.key), pattern(s, item.pattern)) for item in node.elements])
    return ir.MatchMapping(items, _bind(s, node.rest))


def _class(s: State, node: cst.MatchClass) -> ir.Pattern:
    cls = lower(s, node.cls)
    keywords = tuple([(s.identifier(item.key.value), pattern(s, item.pattern)) for item in node.kwds])
    return ir.MatchClass(cls, _elements(s, node.patterns), keywords)


def _as(s: State, node: cst.MatchAs) -> ir.Pattern:
    inner = None if node.pattern is None else pattern(s, node.pattern)
    return ir.MatchAs(inner, _bind(s, node.name))


def _or(s: State, node: cst.MatchOr) -> ir.Pattern:
    return ir.MatchOr(tuple([pattern(s, item.pattern) for item in node.patterns]))


PATTERNS: dict[type[cst.CSTNode], Callable[[State, Any], ir.Pattern]] = {
    cst.MatchValue: _value,
    cst.MatchSingleton: _value,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchSequenceElement: _element,
    cst.MatchStar: _star,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}
