"""PRM102."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.models import amount, by_kind


class ModelOverBudget(Rule):
    """Finds models with more parameters than their budget.

    ## What it does

    Adds up the parameters of every model that a file offers, tied weights and shared layers once, as `parameters()` does,
    and reports a model that has more than its budget allows: classes that can be built with their defaults, functions
    that return a model and need no arguments, models made at module level. `max-model-params` is the budget of every
    model; an entry in `[[tool.paramlint.models]]` gives one model its own, and arguments. Without a budget nothing is
    added up. A count that is not known is never an alarm; one that is known in part is, where the part is over the
    budget already.

    ## Why is this bad?

    A model grows by many small changes, each harmless. Nobody sees the sum in a review, because no line shows it.

    ## Examples

    ```toml
    [tool.paramlint]
    max-model-params = 10_000
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # error: PRM102 "20,200 parameters, 10,200 more"
        def __init__(self, width=100, depth=2):
            super().__init__()
            self.blocks = nn.Sequential(*(nn.Linear(width, width) for _ in range(depth)))
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self, width=50, depth=2):
            super().__init__()
            self.blocks = nn.Sequential(*(nn.Linear(width, width) for _ in range(depth)))
    ```
    """

    code = "PRM102"
    name = "model-over-budget"
    message = "`{model}` has {count} parameters, {excess} more than its budget of {budget}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            own = fact.declared.max_params if fact.declared is not None else None
            budget = own if own is not None else budgets.max_model_params
            count = fact.model.params
            if budget is None or fact.model.root is None or not isinstance(count.value, int) or count.value <= budget:
                continue
            key = "max-model-params" if own is None else "max-model-params of its entry in [[tool.paramlint.models]]"
            yield self.report(facts.path, fact.span, model=fact.name, count=amount(count), excess=f"{count.value - budget:,}",
                              budget=f"{budget:,}", detail=by_kind(fact.model), help=f"Make the model smaller, or raise {key}.")
