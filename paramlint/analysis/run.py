"""Files in, facts out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from paramlint.analysis import sites
from paramlint.analysis.events import LayerEvent
from paramlint.analysis.missing_init import MissingInitEvent
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.prefilter import constructors, named_in
from paramlint.analysis.session import FileSource, Session, Settings
from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.core.frame_stack import in_one_piece
from paramlint.core.garbage import not_sought
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.model.facts import Evaluation, FileFacts, LayerCall, MissingInit, Problem, Refusal, Suppression, WeightFact
from paramlint.schema.conditions import NotAnInteger, Refused
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights
from paramlint.syntax.decode import decode
from paramlint.syntax.directives import directives
from paramlint.syntax.problem import SyntaxProblem


def read_file(path: str, data: bytes, settings: Settings) -> FileFacts:
    """The layer calls, problems and suppressions of one file."""
    with not_sought():  # a file makes many objects that live as long as it is read: looking for garbage among them costs a tenth
        return in_one_piece(lambda: _read_file(path, data, settings))


def _read_file(path: str, data: bytes, settings: Settings) -> FileFacts:
    session = Session(settings)
    try:
        text = decode(data)
        source = session.add(path, text)
    except SyntaxProblem as problem:
        return FileFacts(path, None, problems=(_problem(problem),))
    it, module = session.alone(path, source.outline)
    overlay = it.library
    assert isinstance(overlay, Overlay)
    found, conflicts, missing = sites.find(it, overlay, module, constructors(named_in(data)), callers=settings.callers)
    calls = tuple(_call(source, item) for item in found)
    unread = tuple(_problem(found) for found in source.outline.lowered.values() if isinstance(found, SyntaxProblem))
    return FileFacts(path, source, calls, conflicts=tuple(conflicts), missing_inits=tuple(_missing_init(source, event) for event in missing),
                     problems=(*unread, *_unreadable_comments(text)),
                     suppressions=suppressions(text))


def _unreadable_comments(text: str) -> tuple[Problem, ...]:
    if "paramlint:" not in text:
        return ()
    from paramlint.analysis.stated import comments

    return comments(text).problems


def suppressions(text: str) -> tuple[Suppression, ...]:
    """The comments of a file that silence rules."""
    return tuple(Suppression(found.span, tuple(code.name for code in found.codes), found.kind == "noqa" and not found.codes,
                             "noqa" if found.kind == "noqa" else "paramlint")
                 for found in directives(text) if found.kind in ("noqa", "ignore"))


def _problem(problem: SyntaxProblem) -> Problem:
    return Problem(problem.message, problem.line, problem.column, problem.kind)


def _missing_init(source: FileSource, event: MissingInitEvent) -> MissingInit:
    framework = event.cls.fact("framework")
    return MissingInit(source, event.site, event.cls.name, framework.name if framework is not None else "", event.first, event.late, event.bare)


def _call(source: FileSource, found: sites.Found) -> LayerCall:
    qualified = str(found.cls.facts["qualified"])
    framework = REGISTRY.framework_of(qualified)
    call = LayerCall(source, found.site, qualified, framework.name if framework is not None else "", (), found.reason)
    return joined(call, found.events)


def joined(call: LayerCall, events: Iterable[LayerEvent]) -> LayerCall:
    """The call with what it makes in some runs added to what is known of it."""
    evaluations = {_result(evaluation): evaluation for evaluation in call.evaluations}
    reason = call.reason
    seen: set[str] = set()  # a call in a loop builds the same layer again and again
    for event in events:
        given = _given(event)
        if given in seen:
            continue
        seen.add(given)
        for made in outcomes(event):
            if isinstance(made, Reason):
                reason = reason or made
            else:
                evaluations.setdefault(_result(made), made)
    if reason is None:
        reason = next((r for e in evaluations.values() for r in e.params.reasons), None)
    return replace(call, evaluations=tuple(evaluations.values()), reason=reason)


def _given(event: LayerEvent) -> str:
    """A text that tells apart whatever makes a difference to what a layer call makes."""
    made = event.state.made if event.state is not None else ()
    return repr((event.reason, event.refusal, event.entry.__class__.__name__, vars(event.entry) if event.entry is not None else None, made))


def _result(made: Evaluation) -> str:
    return repr((made.params, made.weights, made.refusal))


def outcomes(event: LayerEvent) -> list[Evaluation | Reason]:
    """What a layer call makes: for one that is built later, with each input that reaches it."""
    if event.state is None or not event.state.made:
        return [evaluation(event)]
    return [_evaluated(event, weights) for weights in event.state.made]


def evaluation(event: LayerEvent) -> Evaluation | Reason:
    """What a layer call makes, or why that is not known."""
    if event.refusal is not None:
        kind = "integer" if isinstance(event.refusal, NotAnInteger) else "arguments"
        return Evaluation((), Count(), Count(), Count(), Refusal(kind, event.refusal.message, event.refusal.help), _way(event))
    if event.entry is None:
        return event.reason or Reason(Why.UNSUPPORTED, "the layer is not known")
    try:
        weights = layer_weights(event.entry)
    except NeedsValue as error:
        return error.unknown.reason
    except Refused as error:
        return Evaluation((), Count(), Count(), Count(), Refusal("arguments", error.message, error.help), _way(event))
    except ShapeMismatch as error:  # which the framework says when the layer is called
        return Reason(Why.ERROR, str(error), event.site)
    return _evaluated(event, weights)


def _evaluated(event: LayerEvent, weights: Weights) -> Evaluation:
    facts = tuple(_fact(name, weight) for name, weight in weights.items())
    return Evaluation(facts, weights.total(), weights.total(trainable=True), weights.total(buffers=True), None, _way(event))


def layer_weights(entry: Layer) -> Weights:
    """The weights of a layer by itself. Raises NeedsValue where they depend on an input that is not given."""
    if not entry.BUILDS_ON_CALL:
        return entry.weights()
    found: Weights | None = None
    for rank in range(2, 6):
        try:
            weights = entry.weights(_free_input(rank))
        except (Refused, ShapeMismatch, NeedsValue, TypeError):
            continue
        if found is not None and repr(found) != repr(weights):
            found = None
            break
        found = weights
    if found is None:
        raise NeedsValue(Unknown.because(Why.INPUT, "its weights depend on the shape of its input"))
    return found


def _free_input(rank: int) -> Shape:
    """An input of which nothing is known but its rank; what the weights depend on stays in their formula by its name."""
    names = ["batch", *("in_channels" if axis == 1 else f"size_{axis}" for axis in range(1, rank - 1)), "input_dim"]
    return Shape(Formula.free(name) for name in names)


def _way(event: LayerEvent) -> tuple[str, ...]:
    return (*event.way, event.cls.name) if event.way else ()


def _fact(name: str, weight: Any) -> WeightFact:
    shape = None if isinstance(weight.shape, Unknown) or weight.maybe is not None else tuple(weight.shape)
    return WeightFact(name, shape, bool(weight.trainable) if not isinstance(weight.trainable, Unknown) else True, weight.buffer, weight.dtype)
