"""PRM104."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.models import amount, macs_by_kind


class ModelCostOverBudget(Rule):
    """Finds models that cost more multiply-accumulates than their budget.

    ## What it does

    Follows the data through every model whose input is known, adds up the multiply-accumulates of its convolutions, matrix
    products and attention, and reports a model that costs more than its budget allows. `max-model-macs` is the budget of
    every model; an entry in `[[tool.paramlint.models]]` gives one model its own, and its `input`. The input may also stand
    in a comment `# paramlint: input=(1, 3, 224, 224)` on the class or its `forward`, or come from a call of the model in the
    same file. A model whose input is not known is never an alarm; one whose cost is known in part is, where the part is
    over the budget already.

    ## Why is this bad?

    Latency and energy follow the multiply-accumulates, and nothing in the source shows them: a stride that was lost doubles
    them twice.

    ## Examples

    ```toml
    [tool.paramlint]
    max-model-macs = "1M"
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # error: PRM104 "2,322,432 multiply-accumulates, 1,322,432 more"
        # paramlint: input=(1, 3, 32, 32)
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 12, 3, padding=1)
            self.second = nn.Conv2d(12, 18, 3, padding=1)

        def forward(self, x):
            return self.second(self.first(x))
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Module):
        # paramlint: input=(1, 3, 32, 32)
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 12, 3, padding=1, stride=2)
            self.second = nn.Conv2d(12, 18, 3, padding=1)

        def forward(self, x):
            return self.second(self.first(x))
    ```
    """

    code = "PRM104"
    name = "model-cost-over-budget"
    message = "`{model}` costs {count} multiply-accumulates, {excess} more than its budget of {budget}, with the input {input}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            own = fact.declared.max_macs if fact.declared is not None else None
            budget = own if own is not None else budgets.max_model_macs
            count = fact.model.macs
            if budget is None or count is None or not isinstance(count.value, int) or count.value <= budget:
                continue
            key = "max-model-macs" if own is None else "max-model-macs of its entry in [[tool.paramlint.models]]"
            yield self.report(facts.path, fact.span, model=fact.name, count=amount(count), excess=f"{count.value - budget:,}",
                              budget=f"{budget:,}", input=fact.model.given, detail=macs_by_kind(fact.model),
                              help=f"Make the model or its input smaller, or raise {key}.")
