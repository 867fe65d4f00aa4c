"""PRM003."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.spans import Span
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule


class UnreadableComment(Rule):
    """Finds `# paramlint:` comments that say nothing.

    ## What it does

    Reports a `# paramlint:` comment that cannot be understood: a word that means nothing, an input that is no shape, a
    dtype that does not exist, an input that stands on no class and no `forward` or `call`. The message says what was
    expected. An input is written as a shape, with a dtype where it is not float32, several with commas between them:
    `# paramlint: input=(1, 3, 224, 224)`, `# paramlint: input=int64[1, 128], mask=bool[1, 128]`.

    ## Why is this bad?

    The comment is there so that something is checked, and nothing is.

    ## Examples

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # paramlint: input=(1, 3, x!, 224)  # error: PRM003 "no size"
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 16, 3)

        def forward(self, x):
            return self.first(x)
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # paramlint: input=(1, 3, 224, 224)
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 16, 3)

        def forward(self, x):
            return self.first(x)
    ```
    """

    code = "PRM003"
    name = "unreadable-comment"
    message = "{problem}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for problem in facts.problems:
            if problem.kind == "comment":
                place = Span(problem.line, problem.column, problem.line, problem.column)
                yield self.report(facts.path, place, help=problem.help, problem=problem.message)
