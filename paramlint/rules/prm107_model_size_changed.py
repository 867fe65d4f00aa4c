"""PRM107."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.models import amount, by_kind, why_not_exact


class ModelSizeChanged(Rule):
    """Finds models that no longer have exactly the parameters that the configuration says.

    ## What it does

    Counts the model of each entry in `[[tool.paramlint.models]]` that has `params`, and reports it when its number of
    parameters is another one, or can no longer be told exactly. `args` are the arguments of the class or function.

    ## Why is this bad?

    A changed default, a bias that a refactoring adds, a layer built twice: trained weights no longer load, and the number
    in the paper is wrong. With the number in the configuration the size cannot change unnoticed: a change that is meant
    changes both.

    ## Examples

    ```toml
    [[tool.paramlint.models]]
    target = "net.py::Net"
    args = {width = 10}
    params = 100
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # error: PRM107 "110 parameters, 10 more than the 100"
        def __init__(self, width):
            super().__init__()
            self.layer = nn.Linear(width, width)
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.layer = nn.Linear(width, width, bias=False)
    ```
    """

    code = "PRM107"
    name = "model-size-changed"
    message = "`{model}` {finding}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            wanted = fact.declared.params if fact.declared is not None else None
            count = fact.model.params
            if wanted is None or (fact.model.root is not None and count.exact and count.value == wanted):
                continue
            if fact.model.root is not None and isinstance(count.value, int) and (count.exact or count.value > wanted):
                more = count.value - wanted
                finding = (f"has {amount(count)} parameters, {abs(more):,} {'more' if more > 0 else 'fewer'} than the {wanted:,} "
                           "that the configuration says")
                way_out = "Undo what changed the size, or change `params` in the configuration with it."
            else:
                finding = f"should have {wanted:,} parameters, which cannot be told: {why_not_exact(fact)}"
                way_out = "Give the arguments with `args`, add packages that it imports to `search-path`, or take `params` out."
            yield self.report(facts.path, fact.span, model=fact.name, finding=finding, detail=by_kind(fact.model), help=way_out)
