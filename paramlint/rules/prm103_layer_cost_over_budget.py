"""PRM103."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.spans import Span
from paramlint.core.text import one_line
from paramlint.model.facts import FileFacts, ModelFact
from paramlint.model.tree import ModuleNode
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.models import amount
from paramlint.rules.prm101_layer_over_budget import budget_for

_LONGEST_CALL = 72


class LayerCostOverBudget(Rule):
    """Finds layers that cost more multiply-accumulates than their budget.

    ## What it does

    Follows the data through every model whose input is known and reports a layer whose calls cost more multiply-accumulates
    than its budget allows. `max-layer-macs` is the budget of every layer; the table `layer-mac-budgets` gives types of layers
    their own, by qualified name or pattern, and the most specific pattern wins; an entry in `[[tool.paramlint.models]]`
    may have its own `max-layer-macs`. A layer that is called several times counts with all of them. The input comes from
    an entry's `input`, from a comment `# paramlint: input=(1, 3, 224, 224)` on the class or its `forward`, or from a call of
    the model in the same file. Without a known input and without a budget the rule says nothing.

    ## Why is this bad?

    A large kernel on a large image, or attention over a long sequence, is often most of the time that a model takes,
    and looks as harmless in its line as any other layer.

    ## Examples

    ```toml
    [tool.paramlint]
    max-layer-macs = "10M"

    [tool.paramlint.layer-mac-budgets]
    "torch.nn.Linear" = "none"
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # paramlint: input=(1, 3, 64, 64)
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 32, 7, padding=3)  # error: PRM103 "19,267,584 multiply-accumulates"
            self.pool = nn.AdaptiveAvgPool2d(32)
            self.head = nn.Linear(32 * 32 * 32, 1000)

        def forward(self, x):
            return self.head(self.pool(self.stem(x)).flatten(1))
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Module):  # paramlint: input=(1, 3, 64, 64)
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 32, 7, stride=2, padding=3)  # a quarter of the positions: 4,816,896
            self.head = nn.Linear(32 * 32 * 32, 1000)

        def forward(self, x):
            return self.head(self.stem(x).flatten(1))
    ```
    """

    code = "PRM103"
    name = "layer-cost-over-budget"
    message = "`{call}` costs {count} multiply-accumulates, {excess} more than its budget of {budget}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        worst: dict[Span, tuple[int, Diagnostic]] = {}
        for fact in facts.models:
            for node, budget, pattern in _over(fact, budgets):
                assert node.macs is not None
                span = _place(fact, node) or fact.span
                count = int(node.macs.value)
                if span not in worst or worst[span][0] < count:
                    worst[span] = count, self.report(
                        facts.path, span, call=_shown(fact, node), count=amount(node.macs), excess=f"{count - budget:,}",
                        budget=f"{budget:,}", help=_way_out(node, pattern), detail=_where(fact, node))
        yield from (finding for _, finding in worst.values())


def _over(fact: ModelFact, budgets: Budgets) -> Iterator[tuple[ModuleNode, int, str]]:
    """The modules of a model that was called whose own calls cost too much, their budgets and what sets these."""
    own = fact.declared.max_layer_macs if fact.declared is not None else None
    general = own if own is not None else budgets.max_layer_macs
    if fact.model.root is None or fact.model.macs is None or (general is None and not budgets.macs_by_type):
        return
    for node in fact.model.root.walk():
        pattern, budget = budget_for(node.qualified, general, budgets.macs_by_type)
        if budget is not None and node.macs is not None and isinstance(node.macs.value, int) and node.macs.value > budget:
            yield node, budget, pattern


def _place(fact: ModelFact, node: ModuleNode) -> Span | None:
    """Where the call stands that makes a layer; the model itself is made by nobody's call."""
    return fact.place(node) if node is not fact.model.root else None


def _shown(fact: ModelFact, node: ModuleNode) -> str:
    """The call that makes the layer, where it stands in this file and is short."""
    text = one_line(fact.source.text(node.site)) if fact.source is not None and _place(fact, node) is not None else ""
    return text if 0 < len(text) <= _LONGEST_CALL else node.type


def _where(fact: ModelFact, node: ModuleNode) -> str:
    part = f"`{node.path}` of " if node.path else ""
    return f"{part}{fact.name} with the input {fact.model.given}"


def _way_out(node: ModuleNode, pattern: str) -> str:
    if pattern:
        return f'Make the layer or its input smaller, or raise the budget of "{pattern}" in the table `layer-mac-budgets`.'
    return ("Make the layer or its input smaller, raise `max-layer-macs`, or give this type its own budget in the table `layer-mac-budgets`: "
            f'"{node.qualified}" = …')
