"""Layer calls in a file: where they stand, and what they make by every way in which the file's own code reaches them.

Functions and classes with layer calls are run (see ``runs``). A call that no run reaches is evaluated where it stands, with what its module
and its function's parameters say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from paramlint.analysis import missing_init
from paramlint.analysis.events import LayerEvent
from paramlint.analysis.given import Given
from paramlint.analysis.missing_init import MissingInitEvent
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.runs import Runner
from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Reason, Why
from paramlint.interpreter.frames import Frame, Site, Unit
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.limits import Limits
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.nodes import names_in
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, Native
from paramlint.model.conflicts import Conflict
from paramlint.syntax import ir

# Steps for the run of one function of the file; what a call is worth in an editor, and far more than any constructor takes.
LIMITS = replace(Limits(), steps=20_000, depth=60)
_CLASS_NAME = re.compile(r"\b[A-Z_]\w*")
_CALLED = re.compile(r"[\s\\]*\(")
_CALLED_OR_OWNER = re.compile(r"[\s\\]*[(.]")


class Candidate(msgspec.Struct):
    """A call whose callee is written as the name of a layer class."""

    site: Site
    node: ir.Call
    cls: ClassValue
    functions: tuple[ir.Function, ...]  # the functions around it, outermost first


class Found(msgspec.Struct):
    """A layer call and the events of its runs; ``reason`` where it could not be evaluated at all."""

    site: Site
    cls: ClassValue
    events: list[LayerEvent]
    reason: Reason | None = None


def find(it: Interpreter, overlay: Overlay, module: ModuleValue, words: frozenset[str], *,
         callers: bool = False) -> tuple[list[Found], list[Conflict], list[MissingInitEvent]]:
    """Every layer call of a module, and the shapes that do not fit whatever goes in.

    ``words`` are the last parts of layer names: statements without one are not parsed.

    With ``callers`` the statements that use those with layers run too, so that the values which reach a layer through them are seen.
    """
    source = module.source
    assert source is not None
    overlay.forgiving = True
    it.limits = LIMITS
    runner = Runner(it, overlay, module)
    candidates: list[Candidate] = []
    run: list[Any] = []
    words = words.intersection(_CLASS_NAME.findall(source.outline.source))  # type: ignore[attr-defined]
    words |= _other_names(source.statements, words)
    source.outline.reported = lambda statement: _worth_parsing(statement, words)  # type: ignore[attr-defined]
    runner.whole_module()
    for statement in source.statements:
        forgets = missing_init.possible(statement)
        if statement.kind == "import" or not (forgets or _worth_parsing(statement, words)):
            continue
        try:
            body = source.lower(statement.index)
        except SourceUnreadable:
            continue
        layers: list[Candidate] = []
        runner.at_module_level(lambda: layers.extend(_candidates(it, module, body, Unit(source.path, statement.index), words)))
        candidates += layers
        if layers or forgets or statement.is_main_guard:
            builders = frozenset(id(function) for layer in layers for function in layer.functions) | {layer.site.statement for layer in layers}
            runner.run(statement, body, builders)
            run.append(statement)
    for statement in _users(source.statements, run) if callers else ():
        try:
            runner.run(statement, source.lower(statement.index), frozenset())
        except SourceUnreadable:
            continue
    missing = {event.site: event for event in runner.events if isinstance(event, MissingInitEvent)}
    runner.events = [event for event in runner.events if not isinstance(event, MissingInitEvent)]
    return _grouped(runner, candidates), runner.shapes.found, list(missing.values())


def _other_names(statements: Any, words: frozenset[str]) -> set[str]:
    """What a file calls layers besides: ``from torch.nn import Linear as Affine``, ``Affine = nn.Linear``, ``LAYERS = {"fc": nn.Linear}``."""
    found: set[str] = set()
    for statement in statements:
        if statement.kind in ("def", "class") or statement.is_main_guard:
            continue
        named = [name for name in words if name in statement.text]
        if named and not statement.mentions.isdisjoint(named) and (
                statement.kind == "import" or any(_is_passed_on(statement.text, name) for name in named)):
            found |= statement.binds
    return found


def _worth_parsing(statement: Any, words: frozenset[str]) -> bool:
    """Whether a statement or method may call a layer, by its text; a main guard also where it only passes one on."""
    named = [name for name in words if name in statement.text]
    if not (named and (getattr(statement, "is_main_guard", False) or _may_call(statement.text, named))):
        return False
    return not statement.mentions.isdisjoint(named)  # and not in a comment or string only


def _is_passed_on(text: str, name: str) -> bool:
    """Whether a name stands somewhere without being called."""
    return any(_CALLED.match(text, match.end()) is None for match in re.finditer(rf"\b{name}\b", text))


def _may_call(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names stands somewhere where it, or something that it has, may be called."""
    for name in names:
        at = text.find(name)
        while at >= 0:
            at += len(name)
            if _CALLED_OR_OWNER.match(text, at) is not None:
                return True
            at = text.find(name, at)
    return False


def _users(statements: Any, known: list[Any]) -> list[Any]:
    """The statements that use, by way of whatever others, what some statements bind; in the order of the source."""
    names = set().union(*(statement.binds for statement in known))
    waiting = [statement for statement in statements if statement.kind != "import" and statement not in known]
    found: list[Any] = []
    while True:
        more = [statement for statement in waiting if not names.isdisjoint(statement.mentions)]
        if not more:
            return sorted(found, key=lambda statement: statement.index)
        found += more
        waiting = [statement for statement in waiting if statement not in more]
        names.update(*(statement.binds for statement in more))


def _grouped(runner: Runner, candidates: list[Candidate]) -> list[Found]:
    found: dict[Site, Found] = {}
    for event in runner.events:
        if event.direct and event.site is not None and event.site.path == runner.path and event.site.statement >= 0:
            found.setdefault(event.site, Found(event.site, event.cls, [])).events.append(event)
    for candidate in candidates:
        if candidate.site not in found:
            found[candidate.site] = _where_it_stands(runner, candidate)
    return sorted(found.values(), key=lambda f: (f.site.statement, f.site.anchor))


# Candidates ---------------------------------------------------------------------------------------------------------------


def _candidates(it: Interpreter, module: ModuleValue, body: Any, unit: Unit, words: frozenset[str]) -> Iterator[Candidate]:
    """Calls of layer classes by their names in a piece of IR, in the order of the source."""
    stack: list[tuple[Any, tuple[ir.Function, ...]]] = [(body, ())]
    while stack:
        item, around = stack.pop()
        kind = item.__class__
        if kind is tuple:
            stack.extend([(part, around) for part in reversed(item)])
            continue
        if kind is ir.Call:
            cls = _layer_class(it, module, item.func, around) if _is_named(item.func, words) else None
            if cls is not None:
                yield Candidate(Site(unit.path, unit.index, item.at), item, cls, around)
        elif kind is ir.Function:
            if item.deferred is not None:
                yield from _candidates_of_method(it, module, item.deferred, unit, words)
                continue
        inside = (*around, item) if kind is ir.Function else around
        for name in _parts(kind):
            part = getattr(item, name)
            if part.__class__ not in _LEAVES:
                stack.append((part, inside if name == "body" else around))  # defaults belong to the code around a function


def _candidates_of_method(it: Interpreter, module: ModuleValue, index: int, unit: Unit, words: frozenset[str]) -> Iterator[Candidate]:
    """Those in a method that is parsed by itself."""
    source = module.source
    assert source is not None
    method = source.statement(index)  # type: ignore[attr-defined]
    if not _worth_parsing(method, words):
        return
    try:
        yield from _candidates(it, module, source.lower(index), Unit(unit.path, index), words)
    except SourceUnreadable:
        return


def _is_named(func: Any, words: frozenset[str]) -> bool:
    """Whether a callee may be a layer class, or a classmethod of one, by its last two names."""
    if func.__class__ is ir.Attribute:
        if func.attr in words:
            return True
        func = func.value
    name = func.id if func.__class__ is ir.Name else func.attr if func.__class__ is ir.Attribute else ""
    return name in words


_LEAVES = frozenset({type(None), ir.Name, ir.Constant, ir.Break, ir.Continue, str, int})


@cache
def _parts(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes, last first."""
    if not issubclass(kind, ir.Node):
        return ()
    plain = ("str", "int", "bool", "frozenset", "Any")
    return tuple(name for name in reversed(kind.__struct_fields__) if not str(_annotation(kind, name)).startswith(plain))


def _annotation(kind: type[Any], name: str) -> str:
    return next((str(base.__annotations__[name]) for base in kind.__mro__ if name in base.__dict__.get("__annotations__", {})), "")


def _layer_class(it: Interpreter, module: ModuleValue, func: ir.Expr, functions: tuple[ir.Function, ...]) -> ClassValue | None:
    """The layer class that a dotted name stands for at module level; None for anything else."""
    parts: list[str] = []
    while isinstance(func, ir.Attribute):
        parts.append(func.attr)
        func = func.value
    if not isinstance(func, ir.Name) or any(func.id in function.locals for function in functions):
        return None
    try:
        value = module.lookup(it, func.id)
        while parts and isinstance(value, LibraryModule):
            value = it.get(value, parts.pop())
    except (Raised, LimitReached, NeedsValue, RecursionError):
        return None
    if not (isinstance(value, ClassValue) and "entry" in value.facts):
        return None
    maker = value.attrs.get(parts[0]) if len(parts) == 1 else None  # a classmethod such as Embedding.from_pretrained
    return value if not parts or (isinstance(maker, Native) and not maker.binds) else None


# Calls that no run has reached --------------------------------------------------------------------------------------------


def _where_it_stands(runner: Runner, candidate: Candidate) -> Found:
    """Evaluate a call by itself: parameters of the functions around it are their defaults or free names, other locals are not known.

    No run has come here with the defaults, so a refusal counts only if it does not need them.
    """
    events, reason = _alone(runner, candidate, Given.VALUES)
    if any(event.refusal is not None for event in events):
        events, reason = _alone(runner, candidate, Given.NOTHING)
        if any(event.refusal is not None for event in events) and any(runner.expected(event) for event in events):
            events, reason = [], Reason(Why.ERROR, "it is refused, as the code around it expects", candidate.site)
    return Found(candidate.site, candidate.cls, events, None if events else reason or Reason(Why.NAME, "it is never reached", candidate.site))


def _alone(runner: Runner, candidate: Candidate, given: Given) -> tuple[list[LayerEvent], Reason | None]:
    it = runner.it
    reason: Reason | None = Reason(Why.NAME, "its arguments depend on code that is not reached", candidate.site)

    def action() -> None:
        nonlocal reason
        frame = Frame(runner.module, None, Unit(candidate.site.path, candidate.site.statement), {}, "expression")
        it.frame = frame
        names = names_in(candidate.node, inside=True)
        for function in candidate.functions:
            _bind_parameters(it, function, frame, given, names)
        try:
            value = it.decide(lambda: it.evaluate(candidate.node, frame))
        except LimitReached as error:
            reason = error.reason
            return
        reason = getattr(value, "reason", None)

    events = runner.collect(action)
    return [event for event in events if event.site == candidate.site], reason


def _bind_parameters(it: Interpreter, code: ir.Function, frame: Frame, given: Given, names: Set[str]) -> None:
    """Bind those parameters of a function that a call mentions; its other locals are not known."""
    for parameter in (*code.positional_only, *code.parameters, *code.keyword_only):
        if parameter.name not in names:
            continue
        value: Any = None
        if parameter.default is not None and given is not Given.NOTHING:
            value = it.decide(lambda default=parameter.default: it.evaluate(default, frame))  # type: ignore[misc]
        frame.vars[parameter.name] = Formula.free(parameter.name) if value is None else value
    unknown = it.unknown(Why.NAME, "a local variable of code that is not reached")
    for name in code.locals.intersection(names) - frame.vars.keys():
        frame.vars[name] = unknown
