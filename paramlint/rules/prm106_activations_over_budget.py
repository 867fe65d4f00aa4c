"""PRM106."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.text import shown_bytes
from paramlint.model.facts import FileFacts, ModelFact
from paramlint.rules.base import Budgets, Rule


class ActivationsOverBudget(Rule):
    """Finds models whose activations take more memory than their budget.

    ## What it does

    Follows the data through every model whose input is known and reports one that has more than `max-activation-memory`
    (`"500kB"`, `"2GiB"`) of tensors alive at once in a forward pass in inference: inputs, results that something still needs,
    and the output of the layer that runs. Weights, what kernels need for themselves and what training keeps are not
    counted. An entry in `[[tool.paramlint.models]]` gives one model its own budget, and its `input`; the input may also
    stand in a comment `# paramlint: input=(1, 3, 224, 224)` on the class or its `forward`, or come from a call of the model
    in the same file. A model whose input is not known is never an alarm.

    ## Why is this bad?

    On small devices the largest pair of layers decides whether a model runs at all, not the number of its weights.

    ## Examples

    ```toml
    [tool.paramlint]
    max-activation-memory = "200kB"
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Sequential):  # error: PRM106 "take 274 kB at once, 74.4 kB more"
        # paramlint: input=(1, 3, 32, 32)
        def __init__(self):
            super().__init__(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 8, 3, stride=2))
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Net(nn.Sequential):
        # paramlint: input=(1, 3, 32, 32)
        def __init__(self):
            super().__init__(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(32, 8, 3, stride=2))
    ```
    """

    code = "PRM106"
    name = "activations-over-budget"
    message = "The activations of `{model}` take {size} at once, {excess} more than their budget of {budget}, with the input {input}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            own = fact.declared.max_activation_bytes if fact.declared is not None else None
            budget = own if own is not None else budgets.max_activation_bytes
            if budget is not None:
                yield from self._over(facts.path, fact, budget, own is not None)

    def _over(self, path: str, fact: ModelFact, budget: int, declared: bool) -> Iterator[Diagnostic]:
        peak = fact.model.memory.peak if fact.model.memory is not None else None
        if peak is None or not isinstance(peak.value, int) or peak.value <= budget:
            return
        key = "max-activation-memory of its entry in [[tool.paramlint.models]]" if declared else "max-activation-memory"
        yield self.report(path, fact.span, model=fact.name, size=("at least " if peak.bound else "") + shown_bytes(peak.value),
                          excess=shown_bytes(peak.value - budget), budget=shown_bytes(budget), input=fact.model.given,
                          detail=_largest(fact), help=f"Make the input or the largest layers smaller, work in place, or raise {key}.")


def _largest(fact: ModelFact) -> str:
    """The layers with the largest results: ``0 Conv2d 131 kB, 1 ReLU 131 kB``."""
    if fact.model.root is None:
        return ""
    found = [(node.output_bytes.value, node) for node in fact.model.root.walk()
             if not node.children and node.output_bytes is not None and isinstance(node.output_bytes.value, int) and node.output_bytes.value]
    found.sort(key=lambda entry: -entry[0])
    return ", ".join(f"{node.path or 'the model'} {node.type} {shown_bytes(size)}" for size, node in found[:3])
