"""Targets: ``PATH::EXPR`` evaluated to a model, and every model that a file offers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from paramlint.analysis import assumptions, downloads, entry_points, listing
from paramlint.analysis.builder import Builder, totals
from paramlint.analysis.feeds import Feed, feeds
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.session import Session
from paramlint.analysis.target_names import TargetProblem, is_bound, module_of, name_of, nearest, parsed, root_of
from paramlint.core.counts import Count
from paramlint.core.frame_stack import in_one_piece
from paramlint.core.garbage import seldom_sought
from paramlint.core.refusal import failure_text
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.exceptions import TOLD
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, Either, Instance
from paramlint.model.tree import Model, ModuleNode
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.analysis.forward import Flow


def summarise(session: Session, target: str, feed: Feed | None = None, declared: Mapping[str, Feed] | None = None,
              convention: str = "macs", dtype: str | None = None, details: bool = False, arithmetic: bool = False) -> Iterator[Model]:
    """The models that a target names: one for ``PATH::EXPR``, every one that the file offers for ``PATH``. Raises TargetProblem.

    With a ``feed`` they are called with its inputs; where no model of the target takes them, that is a TargetProblem. Without one they are
    called with what is ``declared`` of them, by expression (the empty one for all), else with what the source says of its models;
    ``convention``, ``dtype``, ``details`` and ``arithmetic`` are then those of a ``Feed``.
    """
    if feed is None:
        yield from _summarised(session, target, Wanted(declared or {}, convention, dtype=dtype, details=details, arithmetic=arithmetic))
        return
    models = list(_summarised(session, target, Wanted({}, feed.convention, feed)))
    refused = [model for model in models if model.refusal is not None]
    if refused and all(model.refusal is not None or model.root is None for model in models):
        first = refused[0]
        assert first.refusal is not None
        path, line, column = first.places.get(first.refusal.site, (first.path, first.line, 1))
        raise TargetProblem(f"the model does not take the input {feed.text}: {first.refusal.message} ({path}:{line}:{column})")
    yield from models


def _summarised(session: Session, target: str, wanted: Wanted) -> Iterator[Model]:
    path, separator, expression = target.partition("::")
    session.account.spent = 0
    module_of(session, path)
    for problem in session.comments(os.path.abspath(path)).problems:
        raise TargetProblem(f"line {problem.line}: {problem.message}")
    if separator:
        yield evaluate(session, path, expression, wanted)
    else:
        yield from offered(session, path, wanted)


def offered(session: Session, path: str, wanted: Wanted) -> Iterator[Model]:
    """Every model that a file offers. Raises TargetProblem where it cannot be read."""
    it, module = module_of(session, path)
    overlay = it.library
    assert isinstance(overlay, Overlay)
    for name in entry_points.names(it, overlay, module):
        model = evaluate(session, path, name, wanted)
        if model.root is not None or module.turns.error is not None or _is_class(it, module, name):
            yield model
    for name, instance in entry_points.main_instances(it, overlay, module):
        place = Place(session, f"{path}::{name}", name, path, module, wanted)
        yield guarded(place, lambda place=place, instance=instance: build(place, it, instance))  # type: ignore[misc]


class Wanted(msgspec.Struct, frozen=True):
    """What models are to be called with: always, or by their expression; and the convention in which their cost is wanted too."""

    declared: Mapping[str, Feed]
    convention: str = "macs"
    always: Feed | None = None
    dtype: str | None = None
    details: bool = False
    arithmetic: bool = False

    def of(self, expression: str) -> Feed | None:
        return self.always or self.declared.get(expression) or self.declared.get("")


def evaluate(session: Session, path: str, expression: str, wanted: Wanted | None = None) -> Model:
    """The model of an expression in a file's namespace; never raises for what the analysed code does.

    A class or function is called: with its defaults, and with a free name for each argument that has none. Raises TargetProblem.
    """
    node = parsed(expression)
    it, module = module_of(session, path)
    name = name_of(expression)
    place = Place(session, f"{path}::{expression}", name, path, module, wanted)
    if name and isinstance(root_of(node), ir.Name) and not is_bound(it, module, name):
        raise TargetProblem(f"there is no `{name}` in this file{nearest(name, module)}")
    overlay = it.library
    assert isinstance(overlay, Overlay)
    instance = entry_points.main_instance(it, overlay, module, name) if isinstance(node, ir.Name) else None
    if instance is not None:
        return guarded(place, lambda: build(place, it, instance))
    return guarded(place, lambda: _settled(place, it, node))


class Place:
    """What is evaluated, where it stands, and what the model is called with."""

    def __init__(self, session: Session, target: str, name: str, path: str, module: ModuleValue, wanted: Wanted | None = None) -> None:
        self.session = session
        self.target = target
        self.name = name
        self.path = path
        self.module = module
        self.wanted = wanted or Wanted({})
        self.line = entry_points.line_of(module, name)

    def feeds(self, value: Instance) -> list[Feed]:
        """What a model is to be called with; several where its file calls objects of its class with this and with that."""
        wanted = self.wanted
        if wanted.always is not None:
            return [wanted.always]
        given = wanted.of(self.target.partition("::")[2])
        found = [given] if given is not None else feeds(self.session, self.path, value)
        return [replace(feed, convention=wanted.convention, dtype=wanted.dtype, details=wanted.details, arithmetic=wanted.arithmetic)
                for feed in found]

    @property
    def frame(self) -> Frame:
        return Frame(self.module, None, Unit(self.module.source.path if self.module.source else self.path, -1), {}, "expression")

    def failed(self, reason: Reason, framework: str = "") -> Model:
        model = Model(self.target, self.name, framework, self.path, self.line, None, reasons=(reason,))
        self.session.locate(model)
        return model


def guarded(place: Place, action: Callable[[], Model]) -> Model:
    """The model, or a model that says why there is none: a defect of ours in one costs no other."""
    try:
        with seldom_sought():
            return in_one_piece(action)
    except RecursionError:
        return place.failed(Reason(Why.LIMIT, "calls nested too deep"))
    except MemoryError:
        return place.failed(Reason(Why.LIMIT, "there is not enough memory"))
    except Exception as error:
        return place.failed(Reason(Why.UNSUPPORTED, failure_text(error)))


def _settled(place: Place, it: Interpreter, node: ir.Expr) -> Model:
    """The model of an expression; one that downloads weights while it is built is held against itself without."""
    overlay = it.library
    assert isinstance(overlay, Overlay)

    def again(changed: ir.Expr) -> tuple[Model, bool]:
        return _evaluated(place, it, changed), bool(overlay.downloads)

    model = _evaluated(place, it, node)
    found = list(overlay.downloads)
    if not found:
        return model
    answer = downloads.settled(model, found, node, again)
    place.session.locate(answer)
    return answer


def _evaluated(place: Place, it: Interpreter, node: ir.Expr) -> Model:
    frame = place.frame
    it.start(frame)
    it.library.downloads.clear()  # type: ignore[attr-defined]
    it.library.granted.forget()  # type: ignore[attr-defined]
    value: Any = None
    try:
        place.module.turns.start(it)  # whoever imports a module that raises gets nothing of it
        value = it.decide(lambda: it.evaluate(node, frame))
        return build(place, it, it.decide(lambda: entry_points.made(it, value)))
    except Raised as raised:
        for hedge in assumptions.hedges(it, place.module):  # what is taken for granted may not hold, and then it may not raise
            return place.failed(hedge, framework_of(value))
        early = "here, or before where it could not be followed: " if place.module.name in it.unfollowed else ""
        return place.failed(Reason(Why.ERROR, f"the code raises {early}{describe(it, raised)}", raised.site), framework_of(value))
    except LimitReached as reached:
        return place.failed(reached.reason, framework_of(value))
    finally:
        it.stop()


def build(place: Place, it: Interpreter, value: Any) -> Model:
    """The model of a value."""
    overlay = it.library
    assert isinstance(overlay, Overlay)
    if isinstance(value, Unknown):
        return place.failed(value.reason)
    if not overlay.is_module(value):
        from paramlint.interpreter.operators import type_name

        if isinstance(value, Either):
            return _either(place, it, value)
        if isinstance(value, Instance) and value.cls.fact("unknown_base") is not None:
            return place.failed(value.cls.fact("unknown_base"))
        return place.failed(Reason(Why.UNSUPPORTED, f"`{place.name}` gives no model but a {type_name(value)}"))
    assert isinstance(value, Instance)
    builder = Builder(overlay, it)
    framework = framework_of(value)
    flow: Flow | None = None
    feed: Feed | None = None
    try:
        before: ModuleNode | None = None
        given = place.feeds(value)
        if given:
            from paramlint.analysis import forward

            before = None if forward.builds_on_call(value) and not given[0].drawn else builder.build(value)
        for feed in given:
            it.start(place.frame)
            flow = forward.run(overlay, it, value, feed)
            if flow.raised is None:
                break
        root = before or builder.build(value)
        unlisted = listing.doubt(overlay, it, value)
        if unlisted is not None:
            builder.doubts.append(("", unlisted))
        builder.doubts += [("", reason) for reason in assumptions.hedges(it, place.module)]
    except NeedsValue as error:
        return place.failed(error.unknown.reason, framework)
    params, trainable, buffers, reasons = totals(root, builder.doubts)
    if unlisted is not None:  # it may list less than it holds
        params = trainable = buffers = Count(0, True, (unlisted,))
    if value.cls.fact("lazy") is not None:
        from paramlint.analysis import lazy_class

        trainable = lazy_class.masked(overlay, it, value, trainable)
    reasons = tuple(dict.fromkeys((*reasons, *params.reasons, *builder.assumed)))
    model = Model(place.target, place.name, framework, place.path, place.line, root, params, trainable, buffers, reasons)
    model.input, model.output = root.input, root.output
    if flow is not None and feed is not None:
        called(it, model, builder, flow, feed)
    if overlay.granted.assumptions:
        assumptions.noted(it, model, place.module)
    place.session.locate(model)
    return model


def _either(place: Place, it: Interpreter, value: Either) -> Model:
    """The model that is one of several: the answer is that of each, if it is the same."""
    overlay = it.library
    if not all(overlay.is_module(one) for one in value.alternatives):  # type: ignore[attr-defined]
        return place.failed(value.reason)
    models = [build(place, it, one) for one in value.alternatives]
    same = all(downloads.same(models[0], model) for model in models[1:])
    return models[0] if same else place.failed(value.reason)


def called(it: Interpreter, model: Model, builder: Builder, flow: Flow, feed: Feed) -> None:
    """Keep with a model what a call of it came to."""
    from paramlint.analysis import conflicts, forward

    why: Reason | None = None
    if flow.raised is not None:
        given = f"with the input {feed.given} the code raises"
        if feed.drawn:  # what is built is built
            given = f"the model is built, but on data of the shape {feed.given} it raises"
        why = Reason(Why.ERROR, f"{given} {describe(it, flow.raised)}", flow.raised.site)
        flow.ended(why)
    forward.fill(model, builder.nodes, flow, feed)
    if flow.raised is not None and why is not None:
        if model.macs is not None and not model.macs.bound:  # everything before was followed: it is the input
            model.refusal = Reason(Why.ERROR, describe(it, flow.raised), flow.raised.site)
        if not builder.doubts:  # else the model may hold other layers than are known
            model.conflict = conflicts.conflict(flow.raised, feed.given, feed.sizes)
        model.macs = Count(0, True, (why,)) + (model.macs or Count())
        model.cost = None if model.cost is None else Count(0, True, (why,)) + model.cost


def framework_of(value: Any) -> str:
    """The framework whose module class is the base of an object or a class; empty where there is none."""
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, ClassValue):
        return ""
    base = next((cls for cls in cls.mro if "module base" in cls.facts), None)
    framework = REGISTRY.framework_of(f"{base.module}.{base.name}") if base is not None else None
    return framework.name if framework is not None else ""


def describe(it: Interpreter, raised: Raised) -> str:
    """An exception of the analysed code as Python prints it."""
    value = raised.value
    if isinstance(value, Instance):
        args = value.attrs.get("args", ())
        told = value.attrs.get(TOLD)
        if told is not None:
            return told if value.cls is it.unknown_error else f"{value.cls.name}: {told}"
        message = args[0] if isinstance(args, tuple) and args else ""
        return f"{value.cls.name}: {message}" if isinstance(message, str | int | float) and message != "" else value.cls.name
    return str(value)


def _is_class(it: Interpreter, module: ModuleValue, name: str) -> bool:
    return isinstance(module.lookup(it, name), ClassValue)
