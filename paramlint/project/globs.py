"""Patterns as in ``.gitignore``, matched by an engine that is linear in the path and in the patterns, whatever they are.

pathspec translates the patterns into regular expressions, which may take for ever in Python's own engine; so RE2 matches them. pathspec has
a backend for RE2 too, which makes one automaton of all the patterns: it cannot be made of some thousands of them, and one that does not fit
into its memory matches nothing, without an error. Here patterns are grouped into automata of a size for which the memory is known to suffice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import re2
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

MOST_PATTERNS = 10_000  # of one list
LONGEST_PATTERN = 4_096  # characters, as many as a path may have
MOST_TEXT = 128 << 10  # characters of all patterns of one list

_GROUP = re.compile(r"\(\?P<\w+>/\)")  # with which pathspec marks the slash behind a folder that holds the path
_MOST_OF_A_SET, _TEXT_OF_A_SET = 200, 12_000  # expressions and their characters in one automaton
_MEMORY = 400  # bytes for each character of an expression: 256 suffice for twenty states of an automaton, the least that RE2 asks for
_LEAST_MEMORY = 1 << 18


class BadPatternError(ValueError):
    """A pattern that is none, or one too many; the message says which."""


class _Rule(msgspec.Struct, frozen=True):
    """A pattern: in which list it stands, whether it takes paths in or out, and the expression for a path and for folders that hold one."""

    owner: int
    include: bool
    expression: str
    whole: str  # the expression for the path itself; empty where only a folder can match


class Globs:
    """Several lists of patterns, of which each gives its own verdict on a path."""

    def __init__(self, lists: Sequence[Sequence[str]], *, strict: bool) -> None:
        """With ``strict`` a pattern that is none raises BadPatternError, which names it; else it is passed over, as git does."""
        self._rules: list[_Rule] = []
        for owner, globs in enumerate(lists):
            for glob in _within_limits(globs):
                rule = _rule(owner, glob, strict=strict)
                if rule is not None:
                    self._rules.append(rule)
        self._negating = frozenset(rule.owner for rule in self._rules if not rule.include)
        self._sets = [*_sets(self._rules)]

    def verdicts(self, name: str) -> dict[int, bool]:
        """By list, whether it takes a relative path in or out; a path that ends with a slash is a folder. Lists without a match are missing."""
        name = _encodable(name)
        if not self._negating:
            return {self._rules[number].owner: True for number in self._matching(name)}
        found: dict[int, tuple[bool, bool]] = {}
        for number in sorted(self._matching(name)):
            rule = self._rules[number]
            itself = bool(rule.whole) and rule.owner in self._negating and _expression(rule.whole).search(name) is not None
            # The last one decides; but what takes a folder out leaves those of its files in that a pattern of their own takes in.
            if rule.owner not in found or itself or rule.include or not found[rule.owner][1]:
                found[rule.owner] = (rule.include, itself)
        return {owner: include for owner, (include, _) in found.items()}

    def _matching(self, name: str) -> Iterator[int]:
        for first, automaton in self._sets:
            yield from (first + number - 1 for number in automaton.Match(name) if number)  # number 0 is the one that always matches


def _within_limits(globs: Sequence[str]) -> Sequence[str]:
    if len(globs) > MOST_PATTERNS:
        raise BadPatternError(f"more than {MOST_PATTERNS:,} patterns, the limit")
    if sum(map(len, globs)) > MOST_TEXT:
        raise BadPatternError(f"patterns of more than {MOST_TEXT:,} characters in all, the limit")
    return globs


def _rule(owner: int, glob: str, *, strict: bool) -> _Rule | None:
    """The rule of a pattern; None for comments and blank lines, and, if not ``strict``, for what is no pattern."""
    rule = _translated(owner, glob) if len(glob) <= LONGEST_PATTERN else None
    if rule is None and strict and glob.strip() and not glob.startswith("#"):
        raise BadPatternError(f'not a pattern: "{glob if len(glob) <= 60 else glob[:57] + "…"}"')
    return rule


def _translated(owner: int, glob: str) -> _Rule | None:
    try:
        expression, include = GitIgnoreSpecPattern.pattern_to_regex(_encodable(glob))
    except ValueError:
        return None
    if expression is None or include is None:
        return None
    mark = _GROUP.search(expression)
    if mark is None:
        rule = _Rule(owner, include, expression, expression)
    elif mark.end() == len(expression):
        rule = _Rule(owner, include, f"{expression[:mark.start()]}/", "")
    else:  # "(?:" before the mark and "|$)" behind it: the path itself, or a folder above it
        base = expression[:mark.start()].removesuffix("(?:")
        rule = _Rule(owner, include, f"{base}(?:/|$)", f"{base}$")
    return rule if _is_usable(rule) else None


def _is_usable(rule: _Rule) -> bool:
    try:
        return _set([rule]) is not None
    except re2.error:
        return False


def _sets(rules: Sequence[_Rule]) -> Iterator[tuple[int, Any]]:
    """Automata for the rules in their order, each with the number of its first rule."""
    first = 0
    while first < len(rules):
        end, text = first, 0
        while end < len(rules) and end - first < _MOST_OF_A_SET and (end == first or text + len(rules[end].expression) <= _TEXT_OF_A_SET):
            text += len(rules[end].expression)
            end += 1
        yield first, _set(rules[first:end])
        first = end


def _set(rules: Sequence[_Rule]) -> Any:
    """An automaton, or None where the rules do not fit into one."""
    options = _options(max(_LEAST_MEMORY, _MEMORY * sum(len(rule.expression) for rule in rules)))
    made = re2.Set.SearchSet(options)
    made.Add("")
    for rule in rules:
        made.Add(rule.expression)
    made.Compile()
    return made if made.Match("") else None


def _expression(text: str) -> Any:
    return re2.compile(text, _options(max(_LEAST_MEMORY, _MEMORY * len(text))))


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors, options.never_capture, options.dot_nl, options.max_mem = False, True, True, memory
    return options


def _encodable(text: str) -> str:
    """The text with a mark for what is no character: names of files may be any bytes."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
