"""PRM000."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.spans import Span
from paramlint.model.facts import FileFacts, Problem
from paramlint.rules.base import Budgets, Rule

_WAY_OUT = "This is a defect of paramlint, not of your code: please report it, with the file if you can."


class InternalError(Rule):
    """Reports that paramlint itself failed on a file.

    ## What it does

    Stands in for everything that could not be said because paramlint failed: the message names the part that failed and
    the error. All other files, and all other rules on this file, are checked as usual.

    ## Why is this bad?

    The file has not been checked completely, so its silence means nothing. It is always on, whatever rules are
    selected, and no comment silences it; `ignore = ["PRM000"]` does.

    ## Examples

    No source code should lead to this message. It looks like this:

    ```text
    models/net.py:1:1: PRM000 Internal error in rule PRM101 (layer-over-budget): TypeError: 'str' object is not callable
    ```
    """

    code = "PRM000"
    name = "internal-error"
    message = "Internal error in {part}: {error}"
    always = True
    suppressible = False

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for problem in facts.problems:
            if problem.kind == "internal":
                yield self.report(facts.path, _place(problem), help=problem.help or _WAY_OUT, part="this file", error=problem.message)

    def failure(self, path: str, part: str, error: BaseException) -> Diagnostic:
        """A finding about an exception."""
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return self.report(path, Span(1, 1, 1, 1), help=_WAY_OUT, part=part, error=text[:500])


def _place(problem: Problem) -> Span:
    return Span(problem.line, problem.column, problem.line, problem.column)
