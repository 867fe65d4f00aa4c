"""The calculation of a whole model, as a person does it on paper."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.counts import Count
from paramlint.core.dims import Formula, render
from paramlint.model.formula import hand_calculation
from paramlint.model.totals import Row, rows, subtotals
from paramlint.model.tree import Model
from paramlint.reporters.text import columns, count_text


def explanation(model: Model) -> Iterator[str]:
    """Each layer's formula with its numbers, subtotals by kind of layer, the sum; nothing for a model without a tree."""
    if model.root is None:
        return
    yield "Each layer:"
    printed = list(rows(model.root))
    yield from _aligned([(row.node.path or "(model)", row.node.type, _calculation(row)) for row in printed
                         if any(not weight.buffer for weight in row.weights)])
    yield from (f"  {row.node.path}: counted above, because it is the same module or has the same weights as another part"
                for row in printed if any(not weight.buffer for weight in row.tied))
    kinds = subtotals(model.root)
    yield from _sizes(printed)
    yield ""
    yield "By kind of layer:"
    lines = [(kind, f"{modules:,} layer{'' if modules == 1 else 's'}", count_text(count)) for kind, (modules, count) in kinds.items()]
    yield from _aligned(lines, "lrr")
    yield ""
    yield "Sum:"
    yield f"  {_sum([count for _, count in kinds.values()], model.params)}"
    if model.counted and model.macs is not None:
        yield ""
        yield "What the cost counts:"
        yield f"  {model.counted}"


def _sizes(printed: list[Row]) -> Iterator[str]:
    """How the sizes of each layer's output follow from those of its input."""
    rows = [row for row in printed if row.node.arithmetic and not row.shared]
    if rows:
        yield ""
        yield "Output sizes:"
        yield from _aligned([(row.node.path or "(model)", row.node.type, "; ".join(row.node.arithmetic)) for row in rows])


def _aligned(cells: list[tuple[str, str, str]], align: str = "lll") -> Iterator[str]:
    for row in columns(cells, align):
        yield "  " + "  ".join(row).rstrip()


def _calculation(row: Row) -> str:
    """The calculation with its result; a single term is its own result."""
    text, total = hand_calculation(row.weights, row.total.params), row.total.params
    return text if isinstance(total.value, Formula) or "=" in text or "≥" in text else count_text(total)


def _sum(parts: list[Count], total: Count) -> str:
    terms = [f"({render(part.value)})" if isinstance(part.value, Formula) else f"{part.value:,}" for part in parts]
    if len(terms) < 2:
        return count_text(total)
    sign = "≥" if total.bound else "="
    return f"{' + '.join(terms)} {sign} {render(total.value) if isinstance(total.value, Formula) else f'{total.value:,}'}"
