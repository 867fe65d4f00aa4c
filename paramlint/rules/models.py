"""What the rules about whole models share."""

from __future__ import annotations

from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.model.facts import ModelFact
from paramlint.model.totals import subtotals
from paramlint.model.tree import Model

_MOST_KINDS = 6


def amount(count: Count) -> str:
    """``1,234`` or ``at least 1,234``."""
    return f"{'at least ' if count.bound else ''}{count.value:,}"


def by_kind(model: Model) -> str:
    """The sum by kind of layer, largest first: ``Linear 2,049,000 + Conv2d 9,408 = 2,058,408``; empty for a single kind."""
    if model.root is None:
        return ""
    found = [(kind, count.value) for kind, (_, count) in subtotals(model.root).items() if not isinstance(count.value, Formula)]
    return _sum(found, model.params.bound)


def macs_by_kind(model: Model) -> str:
    """Multiply-accumulates by kind of layer, largest first: ``Conv2d 4,087,136,256 + Linear 2,048,000 = 4,089,184,256``."""
    found: dict[str, int] = {}
    for node in model.root.walk() if model.root is not None else ():
        if node.macs is not None and isinstance(node.macs.value, int) and node.macs.value:
            found[node.type] = found.get(node.type, 0) + node.macs.value
    return _sum(list(found.items()), model.macs is not None and model.macs.bound)


def _sum(found: list[tuple[str, int]], bound: bool) -> str:
    """The sum of numbers by kind, the largest first; empty for a single kind."""
    found.sort(key=lambda entry: -entry[1])
    rest = sum(value for _, value in found[_MOST_KINDS:])
    terms = [f"{kind} {value:,}" for kind, value in found[:_MOST_KINDS]] + ([f"others {rest:,}"] if rest else [])
    return f"{' + '.join(terms)} {'≥' if bound else '='} {sum(value for _, value in found):,}" if len(terms) > 1 else ""


def why_not_exact(fact: ModelFact) -> str:
    """The first reason, with its place: ``package zoo is not in reach (net.py:3:1)``."""
    model = fact.model
    if not model.reasons:
        value = model.params.value
        return f"it depends on {', '.join(sorted(value.names))}" if isinstance(value, Formula) else "nothing says how big it is"
    reason = model.reasons[0]
    place = model.places.get(reason.site)
    return f"{reason.message} ({place[0]}:{place[1]}:{place[2]})" if place is not None else reason.message
