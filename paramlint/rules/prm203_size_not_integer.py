"""PRM203."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule, by_way_of, shown
from paramlint.rules.refusals import refused

_WAY_OUT = "Divide with `//`, or round with `int(…)`: a size is a whole number."


class SizeNotInteger(Rule):
    """Finds sizes that are not whole numbers.

    ## What it does

    Reports a layer call with a size, such as a number of channels or features, that is a `float` or another value that
    is no integer, where the framework does not accept that.

    ## Why is this bad?

    `/` gives a `float` in Python, also where the division leaves no rest: `64 / 4` is `16.0`. The framework
    raises when it makes the weight, with a message that speaks of tensor sizes and not of this line's division.

    ## Examples

    ```python
    import torch.nn as nn

    planes = 64
    squeeze = nn.Conv2d(planes, planes / 4, kernel_size=1)  # error: PRM203
    head = nn.Linear(128 * 0.5, 10)  # error: PRM203
    ```

    Use instead:

    ```python
    import torch.nn as nn

    planes = 64
    squeeze = nn.Conv2d(planes, planes // 4, kernel_size=1)
    head = nn.Linear(int(128 * 0.5), 10)
    ```
    """

    code = "PRM203"
    name = "size-not-integer"
    message = "`{call}`: {reason}{others}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for call, evaluation, others in refused(facts, "integer"):
            refusal = evaluation.refusal
            assert refusal is not None
            yield self.report(facts.path, call.span, help=refusal.help or _WAY_OUT, call=shown(call), reason=refusal.message,
                              others=others, detail=f"By way of {by_way_of(evaluation.way)}" if evaluation.way else "")
