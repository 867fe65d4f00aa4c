"""PRM201."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic
from paramlint.model.facts import FileFacts
from paramlint.rules.base import Budgets, Rule, by_way_of, shown
from paramlint.rules.refusals import framework_name, refused


class RefusedArguments(Rule):
    """Finds layer calls that the framework refuses.

    ## What it does

    Checks the arguments of every layer call as the framework does when the layer is built: groups that do not divide the
    channels, heads that do not divide the embedding, `padding="same"` with a stride, an argument that does not exist
    or is missing. The message gives the framework's reason. Arguments that are not known are never an alarm.

    ## Why is this bad?

    The line raises an exception as soon as it runs. In code that is rarely run, a variant of a model or a branch of a
    configuration, that is long after it was written.

    ## Examples

    ```python
    import torch.nn as nn

    grouped = nn.Conv2d(10, 20, kernel_size=3, groups=3)  # error: PRM201 "groups"
    halved = nn.Conv2d(16, 32, 3, stride=2, padding="same")  # error: PRM201 "same"
    attention = nn.MultiheadAttention(embed_dim=100, num_heads=8)  # error: PRM201 "num_heads"
    ```

    Use instead:

    ```python
    import torch.nn as nn

    grouped = nn.Conv2d(9, 21, kernel_size=3, groups=3)
    halved = nn.Conv2d(16, 32, 3, stride=2, padding=1)
    attention = nn.MultiheadAttention(embed_dim=96, num_heads=8)
    ```
    """

    code = "PRM201"
    name = "refused-arguments"
    message = "{framework} refuses `{call}`: {reason}{others}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for call, evaluation, others in refused(facts, "arguments"):
            refusal = evaluation.refusal
            assert refusal is not None
            yield self.report(facts.path, call.span, help=refusal.help, framework=framework_name(call), call=shown(call),
                              reason=refusal.message, others=others,
                              detail=f"By way of {by_way_of(evaluation.way)}" if evaluation.way else "")
