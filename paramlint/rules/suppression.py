"""Comments that silence rules.

``# noqa``, ``# noqa: PRM101,PRM2`` and ``# paramlint: ignore``, ``# paramlint: ignore[PRM101]`` silence the findings whose
span touches the comment's line: on a call over several lines the comment may stand on any of them, the closing
bracket's included. Codes may be shortened to their beginning. A ``# noqa`` with other tools' codes is not ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import Suppression
from paramlint.rules.base import Rule


def is_ours(code: str) -> bool:
    """Whether a code in a comment is meant for paramlint."""
    return code.upper().startswith("PRM")


def is_blanket(comment: Suppression) -> bool:
    """Whether the comment silences every rule."""
    return not comment.codes and (comment.blanket or comment.marker != "noqa")


class Silencer:
    """Sorts findings into those that are shown and those that a comment silences, and remembers which comment did."""

    def __init__(self, comments: Iterable[Suppression], rules: Iterable[Rule], *, noqa: bool) -> None:
        self.rules = {rule.code: rule for rule in rules}
        self.comments = [(place, comment) for place, comment in enumerate(comments) if noqa or comment.marker != "noqa"]
        self.used: dict[int, set[str]] = {}

    def shown(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings that no comment silences."""
        for finding in findings:
            rule = self.rules[finding.code]
            places = self._silencing(finding, rule) if rule.suppressible else []
            for place in places:
                self.used.setdefault(place, set()).add(finding.code)
            if not places:
                yield finding

    def _silencing(self, finding: Diagnostic, rule: Rule) -> list[int]:
        first, last = finding.span.line, max(finding.span.line, finding.span.end_line)
        return [place for place, comment in self.comments if first <= comment.span.line <= last and _covers(comment, finding, rule)]


def _covers(comment: Suppression, finding: Diagnostic, rule: Rule) -> bool:
    if finding.span == comment.span:  # it is about this very comment, which answers for itself only by the rule's whole code
        return any(code.upper() == rule.code for code in comment.codes)
    return is_blanket(comment) or any(rule.named_by(code) for code in comment.codes if is_ours(code))
