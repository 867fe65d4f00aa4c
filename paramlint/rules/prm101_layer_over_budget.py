"""PRM101."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import Evaluation, FileFacts
from paramlint.rules.base import Budgets, Rule, by_way_of, shown


class LayerOverBudget(Rule):
    """Finds layers with more parameters than their budget.

    ## What it does

    Counts the parameters of every layer call, as the framework would make them, and reports a layer that has more than
    its budget allows. `max-layer-params` is the budget of every layer; the table `layer-budgets` gives types of layers
    their own, by qualified name or pattern, and the most specific pattern wins. Without a budget the rule says
    nothing. Where a call is reached with several values, the largest layer that it makes counts. A count that is not
    known, or only as a formula, is never an alarm.

    ## Why is this bad?

    One line is often most of a model: the first dense layer after a flattened image, an embedding for a large
    vocabulary. Nothing in the line shows it, and it is noticed when memory runs out or a paper's table is wrong.

    ## Examples

    ```toml
    [tool.paramlint]
    max-layer-params = "10M"

    [tool.paramlint.layer-budgets]
    "torch.nn.Conv2d" = 1_000
    ```

    ```python
    import torch.nn as nn

    features = nn.Conv2d(3, 64, kernel_size=7)  # error: PRM101 "9,472 parameters"
    classifier = nn.Linear(512 * 7 * 7, 4096)  # error: PRM101 "102,764,544 parameters"
    ```

    Use instead:

    ```python
    import torch.nn as nn

    features = nn.Conv2d(3, 16, kernel_size=3)  # 16·3·3·3 + 16 = 448
    pool = nn.AdaptiveAvgPool2d(1)  # averages every channel, so that the classifier reads 512 values and not 25,088
    classifier = nn.Linear(512, 4096)  # 4096·512 + 4096 = 2,101,248
    ```
    """

    code = "PRM101"
    name = "layer-over-budget"
    message = "`{call}` has {count} parameters, {excess} more than its budget of {budget}{way}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        if budgets.max_layer_params is None and not budgets.by_type:
            return
        for call in facts.calls:
            pattern, budget = budget_for(call.name, budgets.max_layer_params, budgets.by_type)
            best = call.largest
            if budget is None or best is None or best.refusal is not None or not _over(best, budget):
                continue
            count = int(best.params.value)
            yield self.report(
                facts.path, call.span, help=_way_out(call.name, pattern), detail=best.formula, call=shown(call),
                count=f"{'at least ' if best.params.bound else ''}{count:,}", excess=f"{count - budget:,}", budget=f"{budget:,}",
                way=f" (by way of {by_way_of(best.way)})" if best.way else "")


def budget_for(name: str, general: int | None, by_type: Mapping[str, int | None]) -> tuple[str, int | None]:
    """The pattern that sets a layer's budget ("" for the general one), and the budget.

    The most specific pattern wins: a full name before a pattern, then the one with more characters that are no wildcard.
    """
    fitting = [pattern for pattern in by_type if pattern == name or fnmatchcase(name, pattern)]
    if not fitting:
        return "", general
    best = max(fitting, key=lambda pattern: (pattern == name, sum(character not in "*?[]" for character in pattern)))
    return best, by_type[best]


def _over(evaluation: Evaluation, budget: int) -> bool:
    return isinstance(evaluation.params.value, int) and evaluation.params.value > budget


def _way_out(name: str, pattern: str) -> str:
    if pattern:
        return f'Make the layer smaller, or raise the budget of "{pattern}" in the table `layer-budgets`.'
    return f'Make the layer smaller, raise `max-layer-params`, or give this type its own budget in the table `layer-budgets`: "{name}" = …'
