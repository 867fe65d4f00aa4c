"""PRM204."""

from __future__ import annotations

from collections.abc import Iterator

from paramlint.core.diagnostic import Diagnostic, Edit, Fix
from paramlint.core.spans import Span
from paramlint.model.facts import FileFacts, MissingInit
from paramlint.rules.base import Budgets, Rule
from paramlint.rules.refusals import FRAMEWORKS


class MissingSuperInit(Rule):
    """Finds modules that register something before `super().__init__()`.

    ## What it does

    Reports a class of modules whose `__init__` assigns a layer, a parameter or a buffer before the `__init__` of the base
    class has run: because the call of `super().__init__()` is missing, or because it comes later.

    ## Why is this bad?

    The base class's `__init__` makes the tables in which a module keeps its layers and parameters. Without them the framework
    raises as soon as an object of the class is made.

    ## Examples

    ```python
    import torch.nn as nn

    class Head(nn.Module):
        def __init__(self, features):
            self.project = nn.Linear(features, 10)  # error: PRM204

    class Late(nn.Module):
        def __init__(self):
            self.norm = nn.LayerNorm(64)  # error: PRM204 "before"
            super().__init__()
    ```

    Use instead:

    ```python
    import torch.nn as nn

    class Head(nn.Module):
        def __init__(self, features):
            super().__init__()
            self.project = nn.Linear(features, 10)

    class Late(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(64)
    ```
    """

    code = "PRM204"
    name = "missing-super-init"
    message = "`{name}` registers this before `super().__init__()` has run{missing}: {framework} raises"

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        for found in facts.missing_inits:
            yield self.report(
                facts.path, found.source.span(found.site), help="Call `super().__init__()` as the first statement of `__init__`.",
                name=found.name, missing="" if found.late is not None else ", which it never calls",
                framework=FRAMEWORKS.get(found.framework, found.framework), fix=_fix(found))


def _fix(found: MissingInit) -> Fix | None:
    """Call it first; a call that comes later is moved."""
    if found.first is None:
        return None
    source = found.source
    at = source.span(found.first)
    line = source.line(at.line)
    if line[:at.column - 1].strip():  # the body stands on the line of the header
        return None
    place = Span(at.line, at.column, at.line, at.column)
    if found.late is None:
        text = "super().__init__()" if found.bare else ""
    else:
        text = source.text(found.late)
    if not text or "\n" in text:
        return None
    edits = [Edit(place, f"{text}\n{line[:at.column - 1]}")]
    if found.late is not None:
        late = source.span(found.late)
        if source.line(late.line).strip() != text:
            return None
        edits.append(Edit(Span(late.line, 1, late.line + 1, 1), ""))
    return Fix("call `super().__init__()` first", tuple(edits))
