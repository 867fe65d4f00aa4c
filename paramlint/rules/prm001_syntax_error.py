"""PRM001."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.spans import Span
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule

_WAYS_OUT = {
    "syntax": "Correct the syntax. If it is newer than the Python that runs paramlint, run paramlint with a newer one.",
    "encoding": "Save the file as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-",
    "limit": "Code of this size is usually generated: move the data out of the source, or leave the file out with `exclude`.",
    "target": "Correct the target of the entry in [[tool.paramlint.models]], or take the entry out.",
    "read": "Check the path and its permissions, or leave the file out with `exclude`.",
}


class SyntaxErrorRule(Rule):
    """Reports files that cannot be read as Python.

    ## What it does

    Reports the first place where a file is not Python: a syntax error, bytes that do not fit the encoding, a file that
    cannot be opened. Statements beyond paramlint's documented limits of size and nesting are reported as well; the
    message names the limit. So is an entry of `[[tool.paramlint.models]]` whose class or function the file does not have.

    ## Why is this bad?

    Nothing is known about the layers of a file that cannot be read, so nothing in it is checked. The rule is always on,
    whatever rules are selected, and no comment silences it; `ignore = ["PRM001"]` does.

    ## Examples

    ```python
    import torch.nn as nn

    layer = nn.Linear(10, 20  # error: PRM001
    ```

    Use instead:

    ```python
    import torch.nn as nn

    layer = nn.Linear(10, 20)
    ```
    """

    code = "PRM001"
    name = "syntax-error"
    message = "{problem}"
    always = True
    suppressible = False

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for problem in facts.problems:
            if problem.kind not in ("internal", "comment"):
                place = Span(problem.line, problem.column, problem.line, problem.column)
                text = problem.message if problem.kind != "syntax" or "yntax" in problem.message else f"Syntax error: {problem.message}"
                yield self.report(facts.path, place, help=problem.help or _WAYS_OUT.get(problem.kind, ""), problem=text)
