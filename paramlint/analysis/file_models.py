"""The models of one file for rules: what it offers, and what the configuration declares of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from paramlint.analysis.conflicts import conflict, relocated
from paramlint.analysis.events import LayerEvent
from paramlint.analysis.feeds import Feed
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.run import joined
from paramlint.analysis.session import FileSource, Session
from paramlint.analysis.stated import feed_of
from paramlint.analysis.target_names import TargetProblem
from paramlint.analysis.targets import Wanted, evaluate, offered
from paramlint.core.spans import Span
from paramlint.core.text import shortened
from paramlint.model.conflicts import Conflict
from paramlint.model.facts import Declared, FileFacts, ModelFact, Problem
from paramlint.model.tree import Model

Named = tuple[str, Declared]  # an expression in the file, empty for every model that it offers, and what must hold for it


def with_models(facts: FileFacts, session: Session, declared: Iterable[Named], feeds: Mapping[str, Feed], *, every: bool,
                called: bool) -> FileFacts:
    """Facts with the models that are declared, or with every one there is; layer calls get the values that reach them when these are built.

    Models are called with their ``feeds``, by expression, or with what the file says itself. With ``called`` those of whose input a comment
    speaks are there too, and the file's own calls are followed. The session must have the file's text.
    """
    full = os.path.abspath(facts.path)
    loaded = session.module(full)
    if loaded is None:
        return facts
    loaded[1].turns.goes_on = True  # a linter reads what stands behind an error too
    overlay = loaded[0].library
    assert isinstance(overlay, Overlay)
    entries = list(declared)
    if called:
        known = {expression for expression, _ in entries}
        entries += [(name, Declared()) for name in session.comments(full).inputs if "." not in name and name not in known]
    events: list[LayerEvent] = []
    overlay.events = events
    try:
        models, found_problems = _models(facts.path, session, entries, Wanted(feeds), every)
    finally:
        overlay.events = None
    found = tuple(ModelFact(model, _span(session.sources[full], model.line), entry, session.sources[full]) for model, entry in models)
    calls = tuple(joined(call, reached) if (reached := _of(events, full, call.site)) else call for call in facts.calls)
    problems = [*found_problems, *(problem for model, entry in models if entry is not None and (problem := _not_taken(model)) is not None)]
    conflicts = [model.conflict for model, _ in models if model.conflict is not None] + list(_own_conflicts(session, full) if called else ())
    every_conflict = (*facts.conflicts, *(relocated(one, full, facts.path) for one in conflicts))
    return replace(facts, models=found, calls=calls, problems=(*facts.problems, *problems), conflicts=every_conflict)


def _not_taken(model: Model) -> Problem | None:
    """An input that somebody states and that the model does not take, for another reason than its shape."""
    if model.refusal is None or model.conflict is not None:
        return None
    kind = "comment" if model.origin.startswith("the comment") else "target"
    name = model.target.partition("::")[2] or model.name
    return Problem(f"{name} does not take the input {model.given}: {model.refusal.message}", model.line, kind=kind,
                   help="Correct the input that is stated, or the model.")


def _own_conflicts(session: Session, path: str) -> Iterator[Conflict]:
    """Shapes that do not fit where the file calls a model of its own."""
    for call in session.own_calls(path):
        if call.raised is not None and call.certain:
            feed = feed_of(call, session.line_of(call.site))
            found = conflict(call.raised, feed.given, feed.sizes)
            if found is not None:
                yield found


def _models(path: str, session: Session, declared: list[Named], wanted: Wanted,
            every: bool) -> tuple[list[tuple[Model, Declared | None]], list[Problem]]:
    models: list[tuple[Model, Declared | None]] = []
    problems: list[Problem] = []
    of_all = next((entry for expression, entry in declared if not expression), None)
    for expression, entry in declared:
        if expression:
            try:
                models.append((evaluate(session, path, expression, wanted), entry))
            except TargetProblem as problem:
                problems.append(Problem(f"[[tool.paramlint.models]] {shortened(expression)}: {problem}", kind="target"))
    if every or of_all is not None:
        own = {expression for expression, _ in declared}
        models += [(model, of_all) for model in offered(session, path, wanted) if model.target.partition("::")[2] not in own]
    return models, problems


def _of(events: list[LayerEvent], path: str, site: Any) -> list[LayerEvent]:
    """The events of one call."""
    return [event for event in events if event.direct and event.site is not None and event.site[1:] == site[1:] and event.site.path == path]


def _span(source: FileSource, number: int) -> Span:
    line = source.line(number)
    return Span(number, len(line) - len(line.lstrip()) + 1, number, len(line.rstrip()) + 1)
