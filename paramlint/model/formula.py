"""Counts as a person works them out on paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramlint.core.counts import Count
from paramlint.core.dims import Formula, render
from paramlint.core.unknown import Unknown


def term(shape: Iterable[Any]) -> str:
    """``(16, 3, 3, 3)`` is ``16·3·3·3``; a scalar is ``1``, a size that is not known ``?``."""
    return "·".join(map(_factor, shape)) or "1"


def _factor(size: Any) -> str:
    if isinstance(size, Unknown):
        return "?"
    return f"({render(size)})" if isinstance(size, Formula) and len(size.terms) > 1 else render(size)


def hand_calculation(weights: Iterable[Any], total: Count) -> str:
    """``16·3·3·3 + 16 = 448``: a term a parameter, then the sum; empty for a layer without parameters.

    ``weights`` have ``shape`` and ``buffer``. A count that is no number is shown as its formula alone.
    """
    terms = [term(weight.shape) for weight in weights if not weight.buffer and weight.shape is not None]
    if not terms:
        return ""
    if isinstance(total.value, Formula):
        return render(total.value)
    if len(terms) == 1 and "·" not in terms[0]:
        return terms[0]
    sign = "≥" if total.bound else "="
    return f"{' + '.join(terms)} {sign} {total.value:,}"
