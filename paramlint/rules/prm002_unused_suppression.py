"""PRM002."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic, Severity
from paramlint.model.facts import FileFacts, Suppression
from paramlint.rules.base import Outcome, Rule
from paramlint.rules.suppression import is_blanket, is_ours


class UnusedSuppression(Rule):
    """Finds comments that silence a rule where the rule has nothing to say.

    ## What it does

    Looks at `# noqa: PRM…` and `# paramlint: ignore[…]` comments and reports those that silence nothing, code by code,
    and codes that no rule has. A comment works on every line of the call that it is meant for. Left alone are
    a plain `# noqa` and the codes of other tools, which paramlint cannot judge, and codes of rules that are not
    selected. Under flake8 only `# paramlint: ignore` comments are looked at, because `# noqa` is flake8's own.

    ## Why is this bad?

    The comment says that something is wrong here although nothing is; and the day that something is, it hides it.

    ## Examples

    With a budget for every layer

    ```toml
    [tool.paramlint]
    max-layer-params = 1_000
    ```

    the first comment is needed and the second is not:

    ```python
    import torch.nn as nn

    large = nn.Linear(100, 100)  # noqa: PRM101
    small = nn.Linear(10, 10)  # noqa: PRM101  # error: PRM002
    plain = nn.Linear(10, 10)  # paramlint: ignore  # error: PRM002
    ```
    """

    code = "PRM002"
    name = "unused-suppression"
    message = "Unused suppression: {problem}"
    severity = Severity.WARNING

    def review(self, facts: FileFacts, outcome: Outcome) -> Iterator[Diagnostic]:
        if facts.problems:  # what is not read might have used it
            return
        for place in outcome.judged:
            comment = facts.suppressions[place]
            problem = self._problem(comment, outcome.used.get(place, frozenset()), outcome)
            if problem:
                yield self.report(facts.path, comment.span, problem=problem, help="Remove the comment, or the codes that are not needed.")

    def _problem(self, comment: Suppression, used: frozenset[str], outcome: Outcome) -> str:
        if is_blanket(comment):
            return "" if used or comment.marker == "noqa" else "no rule finds anything here"
        idle: list[str] = []
        for code in dict.fromkeys(comment.codes):
            rules = [rule for rule in outcome.rules if rule.named_by(code)]
            if not is_ours(code) and comment.marker == "noqa":
                continue
            if not rules:
                idle.append(f"{code} is no rule")
            elif any(rule.code in outcome.enabled and rule.code != self.code for rule in rules) and not any(
                    rule.code in used for rule in rules):
                idle.append(f"{code} finds nothing here")
        return ", ".join(idle)
