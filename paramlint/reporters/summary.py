"""Whole models for people: the tree with its hand calculation, totals, and what stands in the way of an exact count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, TextIO

from paramlint.core import outgoing
from paramlint.core.counts import Count, Status
from paramlint.core.outgoing import safe
from paramlint.core.unknown import Harmless, Reason, Unknown, Why
from paramlint.model.formula import hand_calculation, term
from paramlint.model.totals import Row, largest, rows, tensors, weight_bytes
from paramlint.model.tree import Model
from paramlint.reporters.boundary import model_written
from paramlint.reporters.memory import bytes_text, memory_lines, memory_reasons
from paramlint.reporters.shapes import shape_text
from paramlint.reporters.text import Paint, columns, count_text, painter, shortened

WOULD_HELP = {
    Why.ARGUMENT: "give the argument in the target: PATH::Name(argument=…)",
    Why.IMPORT: "add the folder that holds the package with --search-path, or installed sources with --site-packages",
    Why.NAME: "bind the name in the file, or import it",
    Why.INPUT: "give the shape of the input",
    Why.LIMIT: "a documented limit was reached; a smaller model, or arguments that make it smaller, stay below it",
    Why.EFFECT: "give the value in the source: what is read from outside is not known before the program runs",
    Why.ERROR: "the code raises here with these arguments; give others",
}
_LONGEST = 60
_LONGEST_LINE = 120
_MOST_REASONS = 5  # about memory, of which every layer of a kind may have one


def write(models: Iterable[Model], out: TextIO, *, color: bool = False, layers: bool = True, depth: int | None = None,
          explain: bool = False, sort: str | None = None, dtype: str | None = None, **_: Any) -> None:
    """Each model: its tree as a table (or, with ``explain``, the calculation written out), totals, status and reasons."""
    paint = painter(color)

    def lines(model: Model) -> Iterator[str]:
        yield paint(outgoing.path(model.target), "bold") + (f"  {safe(model.name)}" if model.name else "") + "\n"
        if model.root is not None and explain:
            from paramlint.reporters.explain import explanation

            yield from map(safe, explanation(model))
            yield ""
        elif model.root is not None and layers:
            header, align, cells = _tree(model, depth, sort=sort)
            for index, row in enumerate(columns([header, *cells], align)):
                line = "  ".join(row).rstrip()
                yield f"  {paint(line, 'dim') if index == 0 else line}"
            yield ""
        yield from (*_totals(model, paint, dtype), *memory_lines(model, dtype, explain), *_reasons(model))
        yield ""

    _write_all(models, out, lines)


def write_markdown(models: Iterable[Model], out: TextIO, *, layers: bool = True, depth: int | None = None, explain: bool = False,
                   sort: str | None = None, dtype: str | None = None, **_: Any) -> None:
    """The same as Markdown, for a README or a pull request."""
    plain_text = painter(False)

    def lines(model: Model) -> Iterator[str]:
        yield f"## {outgoing.code(model.target)}\n"
        if model.root is not None and (layers or explain):
            header, align, cells = _tree(model, depth, indent="&nbsp;&nbsp;", sort=sort, escaped=outgoing.markdown)
            yield "| " + " | ".join(header) + " |\n|" + "|".join("---:" if side == "r" else "---" for side in align) + "|"
            yield from ("| " + " | ".join(row) + " |" for row in cells)
            yield ""
        found = (*_totals(model, plain_text, dtype), *memory_lines(model, dtype, explain), *_reasons(model, excerpts=True))
        yield from (f"- {outgoing.markdown(line.strip())}" for line in found)
        yield ""

    _write_all(models, out, lines)


def _write_all(models: Iterable[Model], out: TextIO, lines: Callable[[Model], Iterable[str]]) -> None:
    """Each model as it comes, in one piece: one that cannot be written leaves no half of it."""
    for model in models:
        out.write(model_written(model, lambda model: "".join(f"{line}\n" for line in lines(model))))


def _tree(model: Model, depth: int | None, indent: str = "", sort: str | None = None,
          escaped: Callable[[str], str] = safe) -> tuple[list[str], str, list[list[str]]]:
    assert model.root is not None
    printed = list(rows(model.root, depth)) if sort is None else largest(model.root, sort, depth)
    header, align = ["module", "type", "weights", "params", "not trained", "calculation"], "lllrrl"
    shapes = any(row.node.output is not None for row in printed)
    if shapes:
        header, align = [*header, "output"], align + "l"
    sizes = any(row.node.output_bytes is not None for row in printed)
    if sizes:
        header, align = [*header, "memory"], align + "r"
    if model.macs is not None:
        header, align = [*header, "MACs"], align + "r"
    if model.cost is not None:
        header, align = [*header, model.convention], align + "r"
    if sort is not None:
        names = [escaped(row.node.path or _name(row)) for row in printed]
    else:
        names = [indent * row.depth + escaped(_name(row)) for row in printed] if indent else [escaped(name) for name in _branches(printed)]
    cells = []
    for name, row in zip(names, printed, strict=True):
        cell = [name, *(escaped(text) for text in (shortened(_type(row), _LONGEST), shortened(_weights(row), _LONGEST), *_numbers(row)))]
        if shapes:
            cell.append("" if row.shared else escaped(shape_text(row.node.output, model.framework)))
        if sizes:
            cell.append("" if row.shared or row.node.output_bytes is None else escaped(bytes_text(row.node.output_bytes)))
        if model.macs is not None:
            cell.append(escaped(_cost(row.total.macs)))
        if model.cost is not None:
            cell.append(escaped(_cost(row.total.cost)))
        cells.append(cell)
    return header, align, cells


def _numbers(row: Row) -> tuple[str, str, str]:
    """Parameters, those that are not trained, and the calculation; empty for what has no weights of its own."""
    total = row.total
    if row.shared or not (row.weights or row.branch or total.params.bound):
        return "", "", ""
    rest = "" if not any(not weight.buffer for weight in row.weights) else count_text(untrained(total.params, total.trainable))
    calculation = "" if row.branch else hand_calculation(row.weights, total.params)
    return count_text(total.params), rest, shortened(calculation, 100)


def untrained(params: Count, trainable: Count) -> Count:
    """Parameters that are not trained; a bound where either number is one."""
    rest = params.value - trainable.value
    if params.bound or trainable.bound or isinstance(rest, Unknown):
        return Count(0, True)
    return Count(rest, assumed=params.assumed or trainable.assumed)


def _branches(printed: list[Row]) -> Iterator[str]:
    """The names with the lines of the tree before them."""
    last = [False] * len(printed)  # whether a row is the last child of its parent
    seen: set[int] = set()
    for index in range(len(printed) - 1, -1, -1):
        level = printed[index].depth
        last[index] = level not in seen
        seen = {other for other in seen if other < level} | {level}
    open_levels: dict[int, bool] = {}
    for row, is_last in zip(printed, last, strict=True):
        stem = "".join("│  " if open_levels.get(level) else "   " for level in range(1, row.depth))
        open_levels[row.depth] = not is_last
        yield (stem + ("└─ " if is_last else "├─ ") if row.depth else "") + _name(row)


def _name(row: Row) -> str:
    return row.node.path.rpartition(".")[2] or "(model)"


def _type(row: Row) -> str:
    node = row.node
    text = f"{node.type}({node.extra})" if node.extra and not node.children else node.type
    if row.shared:
        return f"{node.type}, counted above as {node.path or 'the model'}"
    if node.repeated is not None:
        return f"{text} × unknown times"
    return " or ".join([text, *(other.type for other in node.alternatives)])


def _weights(row: Row) -> str:
    if row.branch or row.shared:
        return "…" if row.branch else ""
    shapes = [f"{weight.name} {term(weight.shape).replace('·', '×') if weight.shape is not None else '?'}"
              for weight in row.weights if not weight.buffer]
    return ", ".join([*shapes, *(f"{weight.name} tied" for weight in row.tied)])


def _cost(count: Count | None) -> str:
    return "" if count is None else "?" if count.status is Status.UNKNOWN else count_text(count)


def _totals(model: Model, paint: Paint, dtype: str | None) -> Iterator[str]:
    yield f"Total parameters: {paint(count_text(model.params), 'bold')} ({model.status.value})" if model.root is not None else (
        "Total parameters: unknown")
    if model.root is None:
        return
    yield f"Trainable: {count_text(model.trainable)}"
    yield f"Non-trainable: {count_text(untrained(model.params, model.trainable))}"
    yield f"Buffers: {count_text(model.buffers)}"
    size = weight_bytes(tensors(model.root), dtype)
    if isinstance(size, int):
        dtypes = dict.fromkeys(safe(dtype or weight.dtype) for weight in tensors(model.root) if not weight.buffer)
        least = "≥ " if model.params.bound else ""
        yield f"Size of the parameters: {least}{_megabytes(size)} MB ({', '.join(dtypes) or 'none'})"
    if model.macs is not None:
        yield f"Input: {shape_text(model.input, model.framework)}{_origin(model)}"
        yield f"Output: {shape_text(model.output, model.framework) or 'unknown'}"
        yield f"Multiply-accumulates: {_total_cost(model.macs)}"
    if model.cost is not None:
        yield f"Cost as {model.convention} counts: {_total_cost(model.cost)}"
    if model.note:
        yield f"Note: {safe(model.note)}"


def _megabytes(size: int) -> str:
    """With two decimals, whatever the size: it may be larger than any float."""
    hundredths = round(Fraction(size, 10**4))
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


def _origin(model: Model) -> str:
    """Who says what the input is, where it is not the command line."""
    return f", from {safe(model.origin)}" if model.origin else ""


def _total_cost(count: Count) -> str:
    return "unknown" if count.status is Status.UNKNOWN else f"{count_text(count)} ({count.status.value})"


def _reasons(model: Model, *, excerpts: bool = False) -> Iterator[str]:
    """Which line stopped the count, with its source on request, and what would help."""
    if model.reasons:
        yield "Why the count is not exact:" if model.status is not Status.EXACT else "Notes:"
        yield from _listed(model, model.reasons, excerpts)
    told = list(model.reasons)
    for what, counts in (("trainable count", (model.trainable,)), ("count of the buffers", (model.buffers,)), ("cost", (model.macs, model.cost))):
        found = dict.fromkeys(reason for count in counts if count is not None for reason in count.reasons if what == "cost" or reason not in told)
        if found:
            yield f"Why the {what} is not exact:"
            yield from _listed(model, found, excerpts)
        told += found
    rest = [reason for reason in memory_reasons(model) if reason not in told]
    if rest:
        yield "Why the memory is not exact:"
        yield from _listed(model, rest[:_MOST_REASONS], excerpts)
        if len(rest) > _MOST_REASONS:
            yield f"  and {len(rest) - _MOST_REASONS} more"


def _listed(model: Model, reasons: Iterable[Reason], excerpts: bool) -> Iterator[str]:
    for reason in reasons:
        path, line, column = model.places.get(reason.site, (model.path, model.line, 1))
        yield safe(f"  {path}:{line}:{column}: {reason.message}")
        if excerpts and reason.site in model.excerpts:
            yield safe(f"    {shortened(model.excerpts[reason.site], _LONGEST_LINE)}")
        if reason.kind in WOULD_HELP and not isinstance(reason, Harmless):
            yield f"    help: {WOULD_HELP[reason.kind]}"
