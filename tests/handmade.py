"""Facts about a source text, made by hand, for tests of what only reads facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from paramlint.core.counts import Count
from paramlint.core.dims import product
from paramlint.core.spans import Span
from paramlint.core.unknown import Reason
from paramlint.model.facts import Evaluation, FileFacts, LayerCall, Refusal, Suppression, WeightFact


@dataclass
class TextSource:
    """A source whose sites are pieces of its text."""

    text_: str
    path: str = "net.py"
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text_.split("\n")

    def span(self, site: str) -> Span:
        start = self.text_.index(site)
        end = start + len(site)
        return Span(*self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.text_[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def text(self, site: str) -> str:
        return site

    def line(self, number: int) -> str:
        return self.lines[number - 1]


def evaluation(*shapes: tuple[Any, ...], refusal: Refusal | None = None, way: tuple[str, ...] = ()) -> Evaluation:
    """What a call makes: trainable tensors of these shapes, the first called weight and the second bias."""
    weights = tuple(WeightFact(name, shape, True, False) for name, shape in zip(("weight", "bias"), shapes, strict=False))
    count = Count()
    for shape in shapes:
        count = count + Count.of(product(shape))
    return Evaluation(weights, count, count, Count(), refusal, way)


def call(source: TextSource, text: str, *evaluations: Evaluation, name: str = "torch.nn.Linear", reason: Reason | None = None) -> LayerCall:
    return LayerCall(source, text, name, name.partition(".")[0], evaluations, reason)


def comment(source: TextSource, text: str, *codes: str, marker: str = "noqa") -> Suppression:
    return Suppression(source.span(text), codes, blanket=not codes, marker=marker)


def facts(source: TextSource, *calls: LayerCall, suppressions: tuple[Suppression, ...] = ()) -> FileFacts:
    return FileFacts(source.path, source, calls, suppressions=suppressions)
