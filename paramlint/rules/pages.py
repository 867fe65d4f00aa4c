"""What a rule's docstring says: its page, its entry in the list, the examples that are its tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc

from paramlint.rules.base import Rule
from paramlint.rules.registry import ALL, find

SECTIONS = ("What it does", "Why is this bad?", "Examples")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"# error: (PRM\d{3})(?: \"([^\"]*)\")?")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A finding that a line of an example must have; ``words`` are part of its message."""

    line: int
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A Python file, the TOML configuration that it is checked with, and all that must be found in it."""

    source: str
    configuration: str
    expected: tuple[Expectation, ...]


def page(code: str) -> str:
    """A rule's page in Markdown, by its code or name. Raises KeyError where there is no such rule."""
    rule = find(code)
    if rule is None:
        raise KeyError(code)
    return f"# {rule.name} ({rule.code})\n\n{_status(rule)}\n\n{_text(rule)}\n"


def listing() -> list[dict[str, object]]:
    """All rules, as JSON can hold them."""
    return [{"code": rule.code, "name": rule.name, "message": rule.message, "default": rule.default, "severity": rule.severity.value,
             "summary": _text(rule).partition("\n")[0], "doc": _text(rule)} for rule in ALL]


def examples(rule: Rule) -> list[RuleExample]:
    """The Python blocks of a rule's page; a TOML block holds for those after it."""
    found: list[RuleExample] = []
    configuration = ""
    for language, body in _BLOCK.findall(_text(rule)):
        if language == "toml":
            configuration = body
        elif language == "python":
            found.append(RuleExample(body, configuration, expectations(body)))
    return found


def expectations(source: str) -> tuple[Expectation, ...]:
    """The findings that the ``# error: CODE "words"`` marks of a file ask for."""
    return tuple(Expectation(number, code, words)
                 for number, line in enumerate(source.splitlines(), 1) for code, words in _MARK.findall(line))


def _text(rule: Rule) -> str:
    return cleandoc(rule.__doc__ or "")


def _status(rule: Rule) -> str:
    if rule.always:
        return "Always on, unless ignored by its code."
    return "On by default." if rule.default else f'Off by default; `extend-select = ["{rule.code}"]` turns it on.'
