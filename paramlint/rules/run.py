"""From facts to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules import registry
from paramlint.rules.base import Budgets, Outcome, Rule
from paramlint.rules.prm000_internal_error import InternalError
from paramlint.rules.selection import Selection
from paramlint.rules.suppression import Silencer


def diagnose(facts: FileFacts, budgets: Budgets | None = None, selection: Selection | None = None, *, suppress: bool = True,
             ) -> tuple[Diagnostic, ...]:
    """What the selected rules find in a file, in the order of the source.

    A rule that fails costs its own findings only: it becomes a PRM000 that names it. With ``suppress=False`` the
    ``# noqa`` comments are left to whoever calls (flake8 reads them itself); ``# paramlint: ignore`` holds in any case.
    """
    budgets, selection = budgets or Budgets(), selection or Selection()
    rules = registry.ALL
    enabled = [rule for rule in rules if selection.enabled(rule)]
    silencer = Silencer(facts.suppressions, rules, noqa=suppress)
    found = list(silencer.shown(_asked(facts, enabled, lambda rule: rule.check(facts, budgets))))
    outcome = Outcome(rules=rules, enabled=frozenset(rule.code for rule in enabled),
                      used={place: frozenset(codes) for place, codes in silencer.used.items()},
                      judged=tuple(place for place, _ in silencer.comments))
    found += silencer.shown(_asked(facts, enabled, lambda rule: rule.review(facts, outcome)))
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.span, finding.code, finding.message)))


def internal_error(path: str, error: BaseException) -> Diagnostic:
    """The finding that stands for a file that paramlint itself failed on."""
    return InternalError().failure(path, "reading this file", error)


def _asked(facts: FileFacts, rules: list[Rule], ask: Callable[[Rule], Iterator[Diagnostic]]) -> Iterator[Diagnostic]:
    reports_failures = any(isinstance(rule, InternalError) for rule in rules)
    for rule in rules:
        try:
            yield from ask(rule)
        except Exception as error:  # whatever is wrong with one rule must not hide the others
            if reports_failures:
                yield InternalError().failure(facts.path, f"rule {rule.code} ({rule.name})", error)
