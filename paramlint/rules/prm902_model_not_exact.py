"""PRM902."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.counts import Status
from paramlint.core.diagnostic import Diagnostic, Severity
from paramlint.model.facts import FileFacts, ModelFact
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.models import why_not_exact
from paramlint.rules.prm901_layer_not_evaluated import WAYS_OUT

_MOST_REASONS = 5


class ModelNotExact(Rule):
    """Says which models have no exact count, and why.

    ## What it does

    Evaluates every model that a file offers and reports those whose parameters paramlint knows only in part or not at
    all, with the line that is in the way: an argument that is not given, a package that is not in reach, a limit. The
    rule is off by default; select it with `extend-select = ["PRM902"]`. A class that needs arguments and has a formula
    in them is no such case.

    ## Why is this bad?

    It need not be. But no budget holds for what is not counted, and where budgets are to hold one wants to know which
    models they do not reach.

    ## Examples

    ```toml
    [tool.paramlint]
    extend-select = ["PRM902"]
    ```

    ```python
    import torch.nn as nn
    from somewhere.else_ import Backbone

    class Net(nn.Module):  # error: PRM902 "somewhere"
        def __init__(self):
            super().__init__()
            self.backbone = Backbone()
            self.head = nn.Linear(512, 10)
    ```

    This one has a formula, `10*features + 10`:

    ```python
    import torch.nn as nn

    class Head(nn.Module):
        def __init__(self, features):
            super().__init__()
            self.head = nn.Linear(features, 10)
    ```
    """

    code = "PRM902"
    name = "model-not-exact"
    message = "`{model}` has {what}: {reason}"
    default = False
    severity = Severity.NOTE

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            status = fact.model.status
            if status in (Status.EXACT, Status.SYMBOLIC):
                continue
            value = fact.model.params.value
            known = f"{value:,}" if isinstance(value, int) else str(value)
            said = {Status.LOWER_BOUND: f"at least {known} parameters", Status.ASSUMED: f"{known} parameters if nothing changes them"}
            first = fact.model.reasons[0] if fact.model.reasons else None
            yield self.report(facts.path, fact.span, model=fact.name, reason=why_not_exact(fact), detail=_others(fact),
                              what=said.get(status, "no count"),
                              help=WAYS_OUT.get(first.kind, "") if first is not None else "")


def _others(fact: ModelFact) -> str:
    """The reasons after the first, a line each."""
    others = [reason.message for reason in fact.model.reasons[1:]]
    more = [f"and {len(others) - _MOST_REASONS:,} more reasons"] if len(others) > _MOST_REASONS else []
    return "\n".join([f"also: {message}" for message in others[:_MOST_REASONS]] + more)
