"""Runs of a file's functions and classes, which show what its layer calls make.

A function is run with its defaults, and with a free name for each argument that has none; a class's ``__init__`` first, so that its other
methods see what it leaves. A refusal on the way counts only if it does not hang on how the code was run: it must come again where
arguments that default to None, which says "not given", are open; and on a branch that may not be taken, where all of them are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlint.analysis.events import LayerEvent
from paramlint.analysis.expected import expecting
from paramlint.analysis.given import Given
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.own_calls import OwnCall
from paramlint.analysis.shape_checks import Shapes
from paramlint.analysis.tensor_ops import Clash
from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Why
from paramlint.interpreter import calls, expressions
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, Instance, StaticMethod
from paramlint.syntax import ir


class Runner:
    """Runs the functions and classes of a module."""

    def __init__(self, it: Interpreter, overlay: Overlay, module: ModuleValue) -> None:
        self.it = it
        self.overlay = overlay
        self.module = module
        self.events: list[LayerEvent] = []
        self.rows: list[Instance] = []  # of the last run: the modules it made that call others one after the other
        self.raised: Raised | None = None  # how the last run ended, if not by its end
        self.shapes = Shapes(self)
        self._expecting: dict[int, frozenset[int]] = {}

    @property
    def path(self) -> str:
        return str(self.module.source.path) if self.module.source is not None else ""

    def run(self, statement: Any, body: tuple[ir.Stmt, ...], builders: frozenset[int]) -> None:
        """Run a top-level statement; ``builders`` are the functions in it that have layer calls, by the id or number of their IR."""
        if statement.kind not in ("def", "class"):
            self._module_level(statement)
            return
        for node in body:
            if isinstance(node, ir.FunctionDef):
                self._root(lambda given, node=node: self._function(self._made(node.function, statement.index), given))  # type: ignore[misc]
            elif isinstance(node, ir.ClassDef):
                self._class(node, builders)
            else:
                self._module_level(statement)

    # One run -----------------------------------------------------------------------------------------------------

    def _root(self, action: Callable[[Given], Any]) -> None:
        """Run something, and again with less given where that decides whether a refusal counts."""
        first = self.collect(lambda: action(Given.DEFAULTS))
        self.shapes.after(action)
        doubtful = {event.site for event in first if event.refusal is not None and self._reportable(event)}
        if not doubtful:
            self.events += first
            return
        again = self.collect(lambda: action(Given.VALUES))
        certain = {event.site for event in again if event.refusal is not None and not event.branch}
        if not doubtful <= certain:
            again += (more := self.collect(lambda: action(Given.NOTHING)))
            certain |= {event.site for event in more if event.refusal is not None}
        certain -= {event.site for event in first if event.refusal is not None and self.expected(event)}
        self.events += [event for event in first if event.refusal is None or event.site in certain]
        shown = {event.site for event in self.events}
        self.events += [event for event in again if event.refusal is None and event.site in doubtful - shown]

    def _module_level(self, statement: Any) -> None:
        """Nobody calls a top-level statement with anything else."""
        self.at_module_level(lambda: self._statement(statement))

    def at_module_level(self, action: Callable[[], Any]) -> None:
        """Do what runs top-level statements, be it only to look a name up."""
        self.events += [event for event in self.collect(action) if event.refusal is None or not self.expected(event)]
        self.shapes.after(None)

    def _reportable(self, event: LayerEvent) -> bool:
        return event.direct and event.site is not None and event.site.path == self.path

    def collect(self, action: Callable[[], Any]) -> list[LayerEvent]:
        """The layers that a run builds. How it ends does not matter, what it built on the way does."""
        it, overlay = self.it, self.overlay
        events: list[LayerEvent] = []
        overlay.events = events
        self.raised = None
        overlay.rows = self.rows = []
        it.start()
        try:
            action()
        except Raised as raised:
            self.raised = raised
        except (LimitReached, NeedsValue, RecursionError):
            pass
        finally:
            it.stop()
            overlay.events = overlay.rows = None
        return events

    def expected(self, event: LayerEvent | OwnCall | Clash) -> bool:
        """Whether the code around the call, or around one of those that led to it, is prepared for an error."""
        return any(step.path == self.path and step.anchor in self._expecting_in(step.statement) for step in event.calls)

    def _expecting_in(self, index: int) -> frozenset[int]:
        if index not in self._expecting:
            assert self.module.source is not None
            try:
                self._expecting[index] = expecting(self.module.source.lower(index)) if index >= 0 else frozenset()
            except SourceUnreadable:
                self._expecting[index] = frozenset()
        return self._expecting[index]

    def whole_module(self) -> None:
        """Execute the module, each statement in limits of its own; one that raises does not hide what stands behind it."""
        turns = self.module.turns
        turns.goes_on = True
        for statement in turns.statements[turns.next:]:
            self.at_module_level(lambda statement=statement: turns.advance(self.it, statement.index + 1))  # type: ignore[misc]

    # What is run -------------------------------------------------------------------------------------------------

    def _statement(self, statement: Any) -> None:
        if not statement.is_main_guard:
            self.module.turns.demand(self.it, statement.index)
            return
        assert self.module.source is not None
        frame = Frame(self.module, None, Unit(self.path, statement.index), {}, "main")
        self.it.frame = frame
        for node in self.module.source.lower(statement.index):
            if isinstance(node, ir.If) and len(node.branches) == 1:
                self.it.execute(node.branches[0][1], frame)

    def _made(self, code: ir.Function, index: int) -> FunctionValue:
        """A function as its ``def`` makes it, without its decorators."""
        frame = Frame(self.module, None, Unit(self.path, index), self.module.vars, "module")
        return expressions.make_function(self.it, code, frame, 0)

    def _function(self, function: FunctionValue, given: Given, *first: Any) -> Any:
        code = function.code
        plain = [p.name for p in (*code.positional_only, *code.parameters)]
        defaults = dict(zip(plain[len(plain) - len(function.defaults):], function.defaults, strict=True)) | function.keyword_defaults
        variables: dict[str, Any] = dict(zip(plain, first, strict=False))
        for name in (*plain, *(p.name for p in code.keyword_only)):
            if name not in variables:
                variables[name] = _argument(name, defaults, given)
        if given is Given.DEFAULTS:
            rest: tuple[Any, Any] = (), {}
        else:
            unknown = self.it.unknown(Why.ARGUMENT, "what else a caller passes")
            rest = unknown, unknown
        for star, value in zip((code.star, code.double_star), rest, strict=True):
            if star is not None:
                variables[star] = value
        required = [variables[name] for name in plain[len(first):] if name not in defaults]
        named = {p.name: variables[p.name] for p in code.keyword_only if p.name not in defaults}
        return calls.enter(self.it, function, [*first, *required], named, variables)

    def _class(self, node: ir.ClassDef, builders: frozenset[int]) -> None:
        cls: Any = None
        def look_up() -> None:
            nonlocal cls
            cls = self.module.lookup(self.it, node.name)

        self.events += self.collect(look_up)
        if not isinstance(cls, ClassValue):
            return
        instance = self.it.instance(cls)
        methods = [item.function for item in node.body if isinstance(item, ir.FunctionDef)]
        methods.sort(key=lambda code: code.name != "__init__")
        for code in methods:
            if code.name == "__init__" or id(code) in builders or code.deferred in builders:
                self._method(cls, code, instance)
        self.shapes.of_class(cls, instance)

    def made_of(self, cls: ClassValue, given: Given) -> Any:
        """An object of a class whose own ``__init__`` has run; None where it has none."""
        method = cls.attrs.get("__init__")
        if not isinstance(method, FunctionValue):
            return None
        instance = self._self(cls, method.code, None, given)
        self.collect(lambda: self._function(method, given, instance))
        return instance

    def _method(self, cls: ClassValue, code: ir.Function, instance: Any) -> None:
        method = cls.attrs.get(code.name)
        if isinstance(method, StaticMethod) and isinstance(method.func, FunctionValue):
            self._root(lambda given: self._function(method.func, given))
        elif isinstance(method, ClassMethod) and isinstance(method.func, FunctionValue):
            self._root(lambda given: self._function(method.func, given, cls))
        elif isinstance(method, FunctionValue):
            self._root(lambda given: self._function(method, given, self._self(cls, code, instance, given)))

    def _self(self, cls: ClassValue, code: ir.Function, instance: Any, given: Given) -> Any:
        """The object of a method's run: other methods than ``__init__`` may be called on one that has changed meanwhile."""
        if given is Given.DEFAULTS:
            return instance
        unknown = self.it.unknown(Why.ARGUMENT, "what a subclass or another method sets")
        if code.name != "__init__":
            return unknown
        unset = {name for base in cls.mro if self.overlay.is_user_class(base) for name, value in base.attrs.items()
                 if value is None and not name.startswith("__")}
        return self.it.instance(cls, dict.fromkeys(unset, unknown))


def _argument(name: str, defaults: dict[str, Any], given: Given) -> Any:
    if name not in defaults or given is Given.NOTHING or (given is Given.VALUES and defaults[name] is None):
        return Formula.free(name)
    return defaults[name]
