"""Layer calls in a file: where they stand, and what they make by every way in which the file's own code reaches them.

A function is run with its defaults, and with a free name for each argument that has none; a class's ``__init__`` first, so that its other methods see
what it leaves. A call that no run reaches is evaluated where it stands, with what its module and its function's parameters say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from paramlint.analysis.overlay import LayerEvent, Overlay
from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Reason, Why
from paramlint.interpreter import expressions
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.limits import Limits
from paramlint.interpreter.machine import Interpreter, Site
from paramlint.interpreter.modules import ModuleValue
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, FunctionValue, LibraryModule, StaticMethod
from paramlint.syntax import ir

# Steps for the run of one function of the file; what a call is worth in an editor, and far more than any constructor takes.
LIMITS = replace(Limits(), steps=60_000, depth=60)


@dataclass
class Candidate:
    """A call whose callee is written as the name of a layer class."""

    site: Site
    node: ir.Call
    functions: tuple[ir.Function, ...]  # the functions around it, outermost first


@dataclass
class Found:
    """A layer call and the events of its runs; ``reason`` where it could not be evaluated at all."""

    site: Site
    cls: ClassValue
    events: list[LayerEvent]
    reason: Reason | None = None


def find(it: Interpreter, overlay: Overlay, module: ModuleValue, words: frozenset[str], *, callers: bool = False) -> list[Found]:
    """Every layer call of a module. ``words`` are the last parts of layer names: statements without one are not parsed.

    With ``callers`` the statements that use those with layers run too, so that the values which reach a layer through them are seen.
    """
    source = module.source
    assert source is not None
    events: list[LayerEvent] = []
    overlay.events, overlay.forgiving = events, True
    candidates: list[Candidate] = []
    run: list[Any] = []
    it.limits = LIMITS
    words = words.union(*(s.binds for s in source.statements if s.kind == "import" and not words.isdisjoint(s.mentions)))  # type: ignore[attr-defined]
    for statement in source.statements:
        if words.isdisjoint(statement.mentions):  # type: ignore[attr-defined]
            continue
        try:
            body = source.lower(statement.index)
        except SourceUnreadable:
            continue
        here = list(_calls(body, Unit(source.path, statement.index), ()))
        layers = [c for c in here if _layer_class(it, module, c) is not None]
        candidates += layers
        if layers or statement.is_main_guard:
            _Runner(it, module, events).run(statement, body)
            run.append(statement)
    for statement in _users(source.statements, run) if callers else ():
        try:
            _Runner(it, module, events).run(statement, source.lower(statement.index))
        except SourceUnreadable:
            continue
    overlay.events = None
    return _grouped(it, overlay, module, events, candidates)


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


def _grouped(it: Interpreter, overlay: Overlay, module: ModuleValue, events: list[LayerEvent], candidates: list[Candidate]) -> list[Found]:
    assert module.source is not None
    found: dict[Site, Found] = {}
    for event in events:
        if event.direct and event.site is not None and event.site.path == module.source.path and event.site.statement >= 0:
            found.setdefault(event.site, Found(event.site, event.cls, [])).events.append(event)
    for candidate in candidates:
        if candidate.site not in found:
            found[candidate.site] = _where_it_stands(it, overlay, module, candidate)
    return sorted(found.values(), key=lambda f: (f.site.statement, f.site.anchor))


# Candidates ---------------------------------------------------------------------------------------------------------------


def _calls(node: Any, unit: Unit, functions: tuple[ir.Function, ...]) -> Iterator[Candidate]:
    """Calls of dotted names in a piece of IR, in the order of the source."""
    stack: list[tuple[Any, tuple[ir.Function, ...]]] = [(node, functions)]
    while stack:
        item, around = stack.pop()
        if isinstance(item, tuple):
            stack.extend((part, around) for part in reversed(item) if isinstance(part, tuple | ir.Node))
            continue
        if isinstance(item, ir.Call) and isinstance(item.func, ir.Name | ir.Attribute):
            yield Candidate(Site(unit.path, unit.index, item.at), item, around)
        inner = (*around, item) if isinstance(item, ir.Function) else around
        for name in reversed(item.__struct_fields__):
            part = getattr(item, name)
            if isinstance(part, tuple | ir.Node):
                stack.append((part, inner))


def _layer_class(it: Interpreter, module: ModuleValue, candidate: Candidate) -> ClassValue | None:
    """The layer class that a call's dotted name stands for at module level; None for anything else."""
    parts: list[str] = []
    node: ir.Expr = candidate.node.func
    while isinstance(node, ir.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ir.Name) or any(node.id in function.locals for function in candidate.functions):
        return None
    try:
        value = module.lookup(it, node.id)
        for part in reversed(parts):
            if not isinstance(value, LibraryModule):
                return None
            value = it.get(value, part)
    except (Raised, LimitReached, NeedsValue, RecursionError):
        return None
    return value if isinstance(value, ClassValue) and "entry" in value.facts else None


# Runs ---------------------------------------------------------------------------------------------------------------------


class _Runner:
    """Runs the functions and classes of one top-level statement."""

    def __init__(self, it: Interpreter, module: ModuleValue, events: list[LayerEvent]) -> None:
        self.it = it
        self.module = module
        self.events = events

    def run(self, statement: Any, body: tuple[ir.Stmt, ...]) -> None:
        if statement.kind not in ("def", "class"):
            self._try(lambda: self._statement(statement))
            return
        for node in body:
            if isinstance(node, ir.FunctionDef):
                self._try(lambda node=node: self._function(self._made(node.function, statement.index)))
            elif isinstance(node, ir.ClassDef):
                self._try(lambda node=node: self._class(node))
            else:
                self._try(lambda: self._statement(statement))

    def _try(self, action: Any) -> None:
        """Run something; how it ends does not matter, what it built on the way does."""
        it = self.it
        it.start()
        try:
            action()
        except (Raised, LimitReached, NeedsValue, RecursionError):
            pass
        finally:
            it.stop()

    def _statement(self, statement: Any) -> None:
        if statement.is_main_guard:
            frame = Frame(self.module, None, Unit(self.module.source.path, statement.index), {}, "main")  # type: ignore[union-attr]
            self.it.frame = frame
            for node in self.module.source.lower(statement.index):  # type: ignore[union-attr]
                if isinstance(node, ir.If) and len(node.branches) == 1:
                    self.it.execute(node.branches[0][1], frame)
        else:
            self.module.run(self.it, statement.index)

    def _made(self, code: ir.Function, index: int) -> FunctionValue:
        """A function as its ``def`` makes it, without its decorators."""
        assert self.module.source is not None
        frame = Frame(self.module, None, Unit(self.module.source.path, index), self.module.vars, "module")
        return expressions.make_function(self.it, code, frame, 0)

    def _function(self, function: FunctionValue, self_: Any = ABSENT) -> Any:
        code = function.code
        args = [] if self_ is ABSENT else [self_]
        names = [p.name for p in (*code.positional_only, *code.parameters)]
        required = names[len(args):max(len(args), len(names) - len(function.defaults))]
        args += [Formula.free(name) for name in required]
        kwargs = {p.name: Formula.free(p.name) for p in code.keyword_only if p.name not in function.keyword_defaults}
        return self.it.call(function, args, kwargs)

    def _class(self, node: ir.ClassDef) -> None:
        cls = self.module.lookup(self.it, node.name)
        if not isinstance(cls, ClassValue):
            return
        instance = self.it.instance(cls)
        methods = [item.function.name for item in node.body if isinstance(item, ir.FunctionDef)]
        methods.sort(key=lambda name: name != "__init__")
        for name in methods:
            method = cls.attrs.get(name)
            if isinstance(method, FunctionValue) and self._has_calls(method.code):
                self._try(lambda method=method: self._function(method, instance))
            elif isinstance(method, StaticMethod) and isinstance(method.func, FunctionValue):
                self._try(lambda method=method: self._function(method.func))
            elif isinstance(method, ClassMethod) and isinstance(method.func, FunctionValue):
                self._try(lambda method=method: self._function(method.func, cls))

    def _has_calls(self, code: ir.Function) -> bool:
        """Whether a method builds a layer that no run has reached yet; ``__init__`` always runs."""
        if code.name == "__init__":
            return True
        reached = {event.site for event in self.events}
        return any(c.site not in reached and _layer_class(self.it, self.module, c) is not None
                   for c in _calls(code.body, Unit("", 0), (code,)))


# Calls that no run has reached --------------------------------------------------------------------------------------------


def _where_it_stands(it: Interpreter, overlay: Overlay, module: ModuleValue, candidate: Candidate) -> Found:
    """Evaluate a call by itself: parameters of the functions around it are their defaults or free names, other locals are not known."""
    cls = _layer_class(it, module, candidate)
    assert cls is not None and module.source is not None
    events: list[LayerEvent] = []
    overlay.events = events
    reason: Reason | None = None
    frame = Frame(module, None, Unit(module.source.path, candidate.site.statement), {}, "expression")
    it.start(frame)
    try:
        for function in candidate.functions:
            _bind_parameters(it, function, frame)
        value = it.decide(lambda: it.evaluate(candidate.node, frame))
        reason = getattr(value, "reason", None)
    except (Raised, LimitReached, RecursionError) as error:
        reason = error.reason if isinstance(error, LimitReached) else Reason(Why.NAME, "its arguments depend on code that is not reached", candidate.site)
    finally:
        overlay.events = None
        it.stop()
    mine = [event for event in events if event.site == candidate.site]
    return Found(candidate.site, cls, mine, None if mine else reason or Reason(Why.NAME, "it is never reached", candidate.site))


def _bind_parameters(it: Interpreter, code: ir.Function, frame: Frame) -> None:
    for parameter in (*code.positional_only, *code.parameters, *code.keyword_only):
        if parameter.default is None:
            frame.vars[parameter.name] = Formula.free(parameter.name)
        else:
            frame.vars[parameter.name] = it.decide(lambda default=parameter.default: it.evaluate(default, frame))  # type: ignore[misc]
    unknown = it.unknown(Why.NAME, "a local variable of code that is not reached")
    for name in code.locals - frame.vars.keys():
        frame.vars[name] = unknown
