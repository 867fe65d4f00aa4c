"""Shapes that do not fit in what the runs of a file make: layers in a row, a ``forward``, a model that is drawn from its inputs.

As for refusals, what hangs on how the code was run is no finding. See ``contradictions`` for how shapes that fit no input are found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.conflicts import clash_of, conflict
from paramlint.analysis.contradictions import Features, refuses_everything, suspicious
from paramlint.analysis.given import Given
from paramlint.analysis.stacks import ENDS
from paramlint.analysis.symbolic import tensors_in
from paramlint.analysis.tensor_ops import Clash
from paramlint.interpreter.values import ClassValue, FunctionValue, Instance
from paramlint.model.conflicts import Conflict

if TYPE_CHECKING:
    from paramlint.analysis.runs import Runner

_METHOD = re.compile(r"^([ \t]+)(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_EXPECTED = re.compile(r"\b(?:raises|assertRaises\w*|xfail|expectedFailure)\b")
_TAKEN_APART = re.compile(r"\b(?:named_)?children\(|\b_modules\b|\b(?:named_)?modules\(|\bgetattr\(")
_NAMED = re.compile(r"(\w+)[ \t]*(?::[^=\n]*)?=[ \t]*$")


class Shapes:
    """What one runner finds; ``found`` are conflicts, each at most once."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.found: list[Conflict] = []

    @property
    def _text(self) -> str:
        source: Any = self.runner.module.source
        return str(source.outline.source)

    def after(self, action: Callable[[Given], Any] | None) -> None:
        """Look at what a run has left. ``action`` runs the same with less given; None where nobody gives anything."""
        runner = self.runner
        raised, rows = runner.raised, [row for row in runner.rows if self._is_suspect(row)]
        if raised is not None and (clash := clash_of(raised)) is not None and _is_drawn(clash) and not runner.expected(clash):
            if action is not None:
                runner.collect(lambda: action(Given.VALUES))
            again = clash_of(runner.raised) if runner.raised is not None else None
            if again is not None and again.site == clash.site:
                self._keep(conflict(raised))
        if rows and not _EXPECTED.search(self._text):
            self._rows(rows, action)

    def _is_suspect(self, row: Instance) -> bool:
        if row.site is None or row.site.path != self.runner.path or "row" not in row.cls.facts:
            return False
        if row.cls.fact("lazy") is not None:
            return ENDS not in row.attrs and len(modules.table(row, "_modules")) > 1
        return Features(self.runner.overlay).through(row)

    def _rows(self, rows: list[Instance], action: Callable[[Given], Any] | None) -> None:
        runner = self.runner
        sites = dict.fromkeys(row.site for row in rows)
        if action is not None:
            runner.collect(lambda: action(Given.NOTHING))
            rows = runner.rows
        for site in sites:
            alike = [row for row in rows if row.site == site]
            found = [refuses_everything(runner.overlay, runner.it, row) for row in alike]
            if found and all(found) and not self._is_taken_apart(site):
                self._keep(found[0])

    def _is_taken_apart(self, site: Any) -> bool:
        """Whether the file may use the modules of a row one by one."""
        source: Any = self.runner.module.source
        statement = source.statement(site.statement)
        text = self._text
        from paramlint.syntax.positions import spans

        span = spans(source.outline, site.statement, [site.anchor])[site.anchor]
        before = "\n".join(text.split("\n")[:span.line])
        line = before.rpartition("\n")[2][:span.column - 1]
        named = _NAMED.search(line)
        in_class = _METHOD.search(statement.text) is not None and statement.text.lstrip().startswith(("class", "@"))
        if in_class and (_TAKEN_APART.search(text) or named is None):
            return True
        if named is None:
            return False
        name = named[1]
        used = rf"\b{name}\s*\[|\bin\s+{name}\b|\*{name}\b|\({name}\s*[,)]|\b{name}\.(?!forward\b|to\b|cuda\b|eval\b|train\b)"
        if re.search(used, text.replace(f"self.{name}", name)):
            return True
        return in_class and f"self.{name}(" not in text

    # Classes -----------------------------------------------------------------------------------------------------

    def of_class(self, cls: ClassValue, instance: Instance) -> None:
        """Look at the ``forward`` of a class whose ``__init__`` has run on ``instance``."""
        runner, overlay = self.runner, self.runner.overlay
        framework = cls.fact("framework")
        if framework is None or not modules.table(instance, "_modules") or cls.fact("lazy") is not None:
            return
        statement = self._statement(cls)
        text = dict(_methods(statement)).get(framework.call, "") if f"def {framework.call}(" in statement else ""
        if not text or not suspicious(overlay, instance, text) or not isinstance(cls.attrs.get("__init__"), FunctionValue):
            return
        if isinstance(cls.find("__call__"), FunctionValue) or _EXPECTED.search(self._text) or self._is_base(cls):
            return
        made = runner.made_of(cls, Given.NOTHING)
        found = refuses_everything(overlay, runner.it, made) if isinstance(made, Instance) else None
        if found is not None and not self._is_replaced(made, found, statement):
            self._keep(found)

    def _statement(self, cls: ClassValue) -> str:
        source: Any = self.runner.module.source
        return str(source.statement(cls.site.statement).text) if cls.site is not None else ""

    def _is_base(self, cls: ClassValue) -> bool:
        return re.search(rf"\bclass\s+\w+\s*\([^)]*\b{cls.name}\b", self._text) is not None

    def _is_replaced(self, instance: Instance, found: Conflict, statement: str) -> bool:
        """Whether the file may give an object other layers than its ``__init__`` does."""
        if "setattr(" in self._text:
            return True
        init = dict(_methods(statement)).get("__init__", "")
        elsewhere = self._text.replace(statement, "")
        for name, child in modules.table(instance, "_modules").items():
            inside = [inner.site for _, inner in modules.walk(self.runner.it, child) if isinstance(inner, Instance)]
            if found.site in inside or found.maker_site in inside:
                assigned = re.compile(rf"\.{re.escape(name)}\b(?:\[[^]]*\])*\s*=[^=]")
                if len(assigned.findall(statement)) > len(assigned.findall(init)):
                    return True
                if re.search(rf"(?<!\bself)\.{re.escape(name)}\b(?:\[[^]]*\])*\s*=[^=]", elsewhere):
                    return True
        return False

    def _keep(self, found: Conflict | None) -> None:
        if found is not None and all(other.site != found.site or other.call != found.call for other in self.found):
            self.found.append(found)


def _is_drawn(clash: Clash) -> bool:
    """Whether all tensors that meet come from an ``Input`` that the code itself makes."""
    tensors = tensors_in(clash.values)
    return bool(tensors) and all(tensor.step is not None for tensor in tensors)


def _methods(text: str) -> Iterator[tuple[str, str]]:
    """The methods of a class by name, with their text; the last of a name counts."""
    found = list(_METHOD.finditer(text))
    outer = min((len(match[1]) for match in found), default=0)
    own = [match for match in found if len(match[1]) == outer]
    for match, following in zip(own, [*own[1:], None], strict=True):
        yield match[2], text[match.start():following.start() if following is not None else len(text)]
