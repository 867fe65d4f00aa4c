"""PRM901."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.counts import Status
from paramlint.core.diagnostic import Diagnostic, Severity
from paramlint.core.unknown import Reason, Why
from paramlint.model.facts import FileFacts, LayerCall
from paramlint.rules.base import Budgets, Rule, shown

WAYS_OUT = {
    Why.ARGUMENT: "Give the argument a default or a value that the source shows.",
    Why.IMPORT: "Add the folder that holds the package to `search-path`.",
    Why.NAME: "Bind the name in this file, or import it.",
    Why.INPUT: "Give the shape of the input.",
    Why.LIMIT: "The limit keeps strange code from taking all the time; simpler code stays below it.",
    Why.EFFECT: "Give the value in the source: what is read from outside is not known before the program runs.",
}


class LayerNotEvaluated(Rule):
    """Says which layer calls have no count, and why.

    ## What it does

    Reports every layer call whose parameters paramlint could not count, not even as a formula, with the reason: an
    argument that is read from a file, a package that is not in reach, Python that it does not follow. The rule
    is off by default; select it with `extend-select = ["PRM901"]`.

    ## Why is this bad?

    It need not be. But no budget holds for a layer without a count, and where budgets are to hold for all
    of a model one wants to know which lines they do not reach.

    ## Examples

    ```toml
    [tool.paramlint]
    extend-select = ["PRM901"]
    ```

    ```python
    import json
    import torch.nn as nn

    with open("sizes.json") as file:
        sizes = json.load(file)

    hidden = nn.Linear(sizes["inputs"], 128)  # error: PRM901
    ```

    A size that is a free argument is no such case, because its count is a formula (`128*inputs + 128`):

    ```python
    import torch.nn as nn

    def hidden(inputs):
        return nn.Linear(inputs, 128)
    ```
    """

    code = "PRM901"
    name = "layer-not-evaluated"
    message = "`{call}` could not be evaluated: {reason}"
    default = False
    severity = Severity.NOTE

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for call in facts.calls:
            uncounted = call.status is Status.UNKNOWN or any(evaluation.params.bound for evaluation in call.built)
            if uncounted and all(evaluation.refusal is None for evaluation in call.evaluations):
                reason = why_unknown(call)
                yield self.report(facts.path, call.span, call=shown(call),
                                  reason=reason.message if reason else "nothing in reach calls the code around it",
                                  help=WAYS_OUT.get(reason.kind, "") if reason else "")


def why_unknown(call: LayerCall) -> Reason | None:
    """The first reason why a call has no count."""
    return call.reason or next((reason for evaluation in call.evaluations for reason in evaluation.params.reasons), None)
