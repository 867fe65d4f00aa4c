"""PRM105."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.core.text import shown_bytes
from paramlint.model.facts import FileFacts, ModelFact
from paramlint.model.totals import least_bytes, tensors, weight_bytes
from paramlint.rules.base import Budgets, Rule


class WeightsOverBudget(Rule):
    """Finds models whose weights take more memory than their budget.

    ## What it does

    Adds up the bytes of the parameters of every model that a file offers and reports a model with more than
    `max-weight-memory` (`"500MB"`, `"2GiB"`). Each weight counts in the type that the source gives it, usually `float32`
    with 4 bytes; `weight-dtype = "float16"` counts all of them in one type, such as that of the deployed file. An entry
    in `[[tool.paramlint.models]]` gives one model its own budget and type. Buffers and activations are not counted.

    ## Why is this bad?

    Weights that do not fit a phone, a download limit or the memory of the card are noticed after training.

    ## Examples

    ```toml
    [tool.paramlint]
    max-weight-memory = "30kB"
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Sequential):  # error: PRM105 "40.4 kB"
        def __init__(self, width=100):
            super().__init__(nn.Linear(width, width))
    ```

    In half precision it fits:

    ```toml
    [tool.paramlint]
    max-weight-memory = "30kB"
    weight-dtype = "float16"
    ```

    ```python
    import torch.nn as nn

    class Net(nn.Sequential):
        def __init__(self, width=100):
            super().__init__(nn.Linear(width, width))
    ```
    """

    code = "PRM105"
    name = "weights-over-budget"
    message = "The weights of `{model}` take {size}{dtype}, {excess} more than their budget of {budget}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for fact in facts.models:
            own = fact.declared.max_weight_bytes if fact.declared is not None else None
            budget = own if own is not None else budgets.max_weight_bytes
            dtype = (fact.declared.dtype if fact.declared is not None else None) or budgets.weight_dtype
            if budget is not None and fact.model.root is not None:
                yield from self._over(facts.path, fact, budget, dtype)

    def _over(self, path: str, fact: ModelFact, budget: int, dtype: str | None) -> Iterator[Diagnostic]:
        assert fact.model.root is not None
        weights = [weight for weight in tensors(fact.model.root) if not weight.buffer]
        size = least_bytes(weights, dtype)
        if size <= budget:
            return
        exact = isinstance(weight_bytes(weights, dtype), int) and fact.model.params.exact
        kinds = [dtype] if dtype else list(dict.fromkeys(weight.dtype for weight in weights))
        yield self.report(path, fact.span, model=fact.name, size=("" if exact else "at least ") + shown_bytes(size),
                          dtype=f" as {' and '.join(kinds)}" if len(kinds) <= 2 else "", excess=shown_bytes(size - budget),
                          budget=shown_bytes(budget), detail=f"{fact.model.params.value:,} parameters" if exact else "",
                          help="Make the model smaller, keep its weights in a smaller type (`weight-dtype`), or raise `max-weight-memory`.")
