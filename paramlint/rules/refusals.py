"""What the rules about refused layer calls share."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.model.facts import Evaluation, FileFacts, LayerCall

FRAMEWORKS = {"torch": "PyTorch", "keras": "Keras", "paddle": "Paddle"}


def refused(facts: FileFacts, kind: str) -> Iterator[tuple[LayerCall, Evaluation, str]]:
    """Each layer call that is refused for this kind of reason, the first way to it, and a note on the other ways."""
    for call in facts.calls:
        ways = [evaluation for evaluation in call.evaluations if evaluation.refusal is not None and evaluation.refusal.kind == kind]
        if ways:
            more = len(ways) - 1
            yield call, ways[0], f"; the same call is refused in {more:,} more way{'s' * (more > 1)}" if more else ""


def framework_name(call: LayerCall) -> str:
    """The framework as people write it."""
    return FRAMEWORKS.get(call.framework, call.framework)
