"""PRM202."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramlint.core.diagnostic import Diagnostic, Edit, Fix
from paramlint.core.spans import Span
from paramlint.core.text import one_line
from paramlint.model.conflicts import Argument, Conflict
from paramlint.model.facts import FileFacts, Source
from paramlint.rules.arguments import is_number, span_of
from paramlint.rules.base import Budgets, Rule

_LONGEST_CALL = 60


class ShapesDoNotFit(Rule):
    """Finds layers that are called with a shape that they do not take.

    ## What it does

    Follows the data through every model whose input is known, and reports the layer that breaks: the shape that comes,
    the layer that it comes from, the shape that would fit, and the number that would (`in_features should be 400`). An
    input is known by a comment `# paramlint: input=(1, 3, 32, 32)` on the class or its `forward`, by `input` of an entry
    in `[[tool.paramlint.models]]`, by `Input(shape)` in Keras, and by a call in the same file on a tensor that the file
    itself makes. Without one, what fits no input at all is found all the same. What is not known is never an alarm.

    ## Why is this bad?

    The line raises an exception as soon as it runs: after the data is loaded, on the machine that was paid for.

    ## Examples

    ```python
    import torch
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(nn.Conv2d(3, 16, 5), nn.MaxPool2d(5), nn.Flatten())
            self.classifier = nn.Linear(256, 10)  # error: PRM202 "in_features should be 400"

        def forward(self, x):  # paramlint: input=(1, 3, 32, 32)
            return self.classifier(self.features(x))

    head = nn.Sequential(nn.Linear(10, 20), nn.Linear(30, 5))  # error: PRM202 "in_features should be 20"
    ```

    Use instead:

    ```python
    import torch
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(nn.Conv2d(3, 16, 5), nn.MaxPool2d(5), nn.Flatten())
            self.classifier = nn.Linear(400, 10)

        def forward(self, x):  # paramlint: input=(1, 3, 32, 32)
            return self.classifier(self.features(x))

    head = nn.Sequential(nn.Linear(10, 20), nn.Linear(20, 5))
    ```
    """

    code = "PRM202"
    name = "shapes-do-not-fit"
    message = "`{layer}` gets {got}{maker}{takes}: {answer}"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        source = facts.source
        if source is None:
            return
        seen: dict[Any, list[Conflict]] = {}
        for conflict in facts.conflicts:
            site = _site(conflict, source)
            if site is not None:
                seen.setdefault(site, []).append(conflict)
        for site, found in seen.items():
            yield self._finding(source, site, found[0], alone=all(other.argument == found[0].argument for other in found))

    def _finding(self, source: Source, site: Any, conflict: Conflict, *, alone: bool) -> Diagnostic:
        span = source.span(site)
        answer = f"{conflict.argument.name} should be {conflict.argument.number}" if conflict.argument is not None else conflict.message
        made = site == conflict.site
        layer = _shown(source, site, conflict.what) if made else conflict.what
        where = [f"called in line {source.span(conflict.call).line}"] if made and conflict.call is not None and _here(conflict.call, source) else []
        where += [f"with the input {conflict.given}"] if conflict.given else ["with every input"]
        fix = _fix(source, site, span, conflict.argument) if made and alone and conflict.argument is not None else None
        return self.report(
            source.path, span, layer=layer, got=conflict.got, maker=_maker(conflict, source),
            takes=f" but takes {conflict.takes}" if conflict.takes else "",
            answer=answer, detail=", ".join(where)[:1].upper() + ", ".join(where)[1:], help=_way_out(conflict, made), fix=fix)


def _site(conflict: Conflict, source: Source) -> Any:
    """Where to report: the layer that breaks, else the call that does, else the nearest call that leads there from this file."""
    places = (conflict.site, conflict.call, *conflict.calls)
    return next((place for place in places if place is not None and _here(place, source)), None)


def _here(site: Any, source: Source) -> bool:
    return bool(site.path == source.path and site.statement >= 0)


def _maker(conflict: Conflict, source: Source) -> str:
    if not conflict.maker:
        return ""
    site = conflict.maker_site
    place = f" (line {source.span(site).line})" if site is not None and _here(site, source) else ""
    return f" from `{conflict.maker}`{place}"


def _shown(source: Source, site: Any, name: str) -> str:
    text = one_line(source.text(site))
    return text if len(text) <= _LONGEST_CALL else f"{name}(…)"


def _way_out(conflict: Conflict, made: bool) -> str:
    if conflict.argument is None:
        return "Make the shapes fit, or correct the input that is stated." if conflict.given else "Make the shapes fit."
    name, number = conflict.argument.name, conflict.argument.number
    if conflict.argument.alone:
        return f"Set {name}={number}."
    other = f"the layer `{conflict.maker}` before it" if conflict.maker else "the input"
    return f"Set {name}={number}, or change {other}."


def _fix(source: Source, site: Any, span: Span, argument: Argument) -> Fix | None:
    """The edit, where there is one right answer and the argument is written as a number."""
    if not argument.alone:
        return None
    text = source.text(site)
    found = span_of(text, argument)
    if found is None or not is_number(text, found):
        return None
    return Fix(f"set {argument.name} to {argument.number}", (Edit(found.moved(span), str(argument.number)),))
