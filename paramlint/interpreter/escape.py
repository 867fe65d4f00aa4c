"""What escapes to code that is not in reach: such code may change what it is given, and call what can be called.

What it can reach are the objects that it is given, what those hold, and what their methods change; not the class of an object, nor the globals
around a function. Objects of a library's classes keep what they show, with a doubt: ``it.handed``. Who makes an object of a class, or reads an
attribute, that such code may have changed, hedges the answer: ``it.hedged``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, Harmless, LeavesAlone, NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.handed import forget, loosened
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.iteration import is_error
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.purity import changes_nothing
from paramlint.interpreter.repetition import maybe_repeated
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import (
    DECORATOR,
    HANDED,
    REFERS,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_DEPTH = 4  # objects within objects
_VIEWS = frozenset({type({}.values()), type({}.items())})
_PLAIN = frozenset({int, str, float, bool, type(None), bytes})
_MANY = 1_000  # elements that are looked into
_STEPS = 20_000  # that a function may take of which it is not known whether it is called


def over(it: Interpreter, callee: Reason, values: Sequence[Any]) -> None:
    """Values are arguments of a call that is not followed, for this reason.

    Code of a package that is not in reach may change whatever it gets hold of. What is only not modelled is taken to change lists,
    dicts and sets at most, as functions of libraries do, and nothing behind them, besides modules and what a function does that it may call.
    """
    if isinstance(callee, Harmless) or callee.kind not in (Why.IMPORT, Why.UNSUPPORTED, Why.LOOP, Why.EFFECT):
        return
    if isinstance(callee, LeavesAlone):
        if reach(values):
            it.assumed(Harmless(callee.kind, f"{callee.message}: what it is given is taken to stay as it is", callee.site))
        return
    reason = Escaped(callee.kind, f"passed to code that is not known: {callee.message}", callee.site or it.site())
    watch, it.watch = it.watch, None  # who calls it later calls code as little known
    if callee.kind is not Why.LOOP:
        Escape(it, reason, foreign=callee.kind is Why.IMPORT, functions=callee.kind is Why.EFFECT).take(values)
    for value in () if callee.kind is Why.EFFECT else values:
        forget(it, value, reason, 1 if callee.kind is Why.UNSUPPORTED else _DEPTH)
    it.watch = watch


def into(it: Interpreter, callee: Reason, values: tuple[Any, ...]) -> None:
    """Values are operands of an object of code out of reach, or kept in it."""
    if not isinstance(callee, Harmless | LeavesAlone):
        reason = Escaped(callee.kind, f"passed to code that is not known: {callee.message}", callee.site or it.site())
        Escape(it, reason, foreign=True).take(values)


def decorated(it: Interpreter, decorator: Unknown, value: Any) -> None:
    """Code that is not in reach decorates a function or class: it may wrap or change it, and a function may be called."""
    while isinstance(value, StaticMethod | ClassMethod | Property):
        value = value.getter if isinstance(value, Property) else value.func
    if isinstance(value, FunctionValue):
        value.attrs[DECORATOR] = decorator
    if isinstance(decorator.reason, LeavesAlone) or not isinstance(value, FunctionValue | ClassValue):
        return
    reason = Escaped(decorator.reason.kind, f"decorated with code that is not known: {decorator.reason.message}", it.site())
    if isinstance(value, ClassValue):
        it.suspects = True
        value.facts.setdefault(HANDED, reason)
        return

    def within(it: Interpreter, body: Callable[[], Any], inner: Any = value.within) -> Any:
        it.hedged(reason)
        try:
            return body() if inner is None else inner(it, body)
        except Raised as raised:  # which it may catch
            it.not_taken(raised, reason)
            return Unknown(reason)

    value.within = within
    if it.frame is not None and it.frame.kind != "class":
        may_call(it, value, reason)


class Escape:
    """What is given to code that is not followed, for one reason."""

    def __init__(self, it: Interpreter, reason: Reason, *, foreign: bool = False, functions: bool = False) -> None:
        self.it = it
        self.reason = reason
        self.foreign = foreign  # code of a package that is not in reach, and not only what is not modelled
        self.only_functions = functions  # code that calls what it is given, and changes nothing itself
        self.seen: dict[int, Any] = {}
        self.functions: list[Any] = []

    def take(self, values: Sequence[Any]) -> None:
        for value in values:
            self._take(value, _DEPTH)
        held = reach(values)
        for function in self.functions:
            may_call(self.it, function, self.reason, held, self.returned if self.foreign else None)

    def returned(self, value: Any) -> None:
        """What a function gives to the code that calls it."""
        self._take(value, _DEPTH)

    def _take(self, value: Any, depth: int) -> None:
        kind = value.__class__
        if depth == 0 or kind is int or kind is str or kind is float or value is None or kind is bool or id(value) in self.seen:
            return
        self.seen[id(value)] = value
        if kind is Instance:
            self._instance(value, depth)
        elif isinstance(value, list | tuple | set | frozenset):
            self._each(value, depth)
        elif kind is dict:
            self._each(value.values(), depth)
        elif kind in _VIEWS:
            self._each(value, depth)
        elif kind in (StaticMethod, ClassMethod, Property):
            self._take(value.getter if kind is Property else value.func, depth)
        elif kind is Native:
            if "__self__" in value.attrs:  # a method of a list, dict or set
                forget(self.it, value.attrs["__self__"], self.reason)
            self._each(value.attrs.get(REFERS, ()), depth + 1)
        elif kind is Either:
            self._each(value.alternatives, depth + 1)
        elif kind is BoundMethod:
            self._take(value.self, depth)
            self.functions.append(value)
        elif kind is FunctionValue:
            self.functions.append(value)
        elif kind is ClassValue:
            if self.foreign:
                self._class(value)
        elif kind is ModuleValue:
            if self.foreign:
                self._module(value)
        elif kind is GeneratorValue and not self.only_functions:
            self._each(self._elements(value), depth)
        elif isinstance(value, Foreign) and self.foreign:
            self.it.handed(value, self.reason)

    def _class(self, cls: ClassValue) -> None:
        """A class may get other attributes; a library's own by whatever uses it."""
        if cls.site is not None:
            self.it.suspects = True
            cls.facts.setdefault(HANDED, self.reason)
        elif self.it.library.covers(f"{cls.module}.{cls.name}"):
            self.it.hedged(self.reason)

    def _each(self, values: Any, depth: int) -> None:
        for item in islice(list(values), _MANY):
            self._take(item, depth - 1)

    def _instance(self, value: Instance, depth: int) -> None:
        if self.foreign and depth == _DEPTH and _while_imported(self.it):
            for cls in value.cls.mro:
                if cls.site is not None:
                    self._class(cls)
        if not self.only_functions and self.it.handed(value, self.reason):
            return
        self._each([*value.attrs.values(), value.payload], depth)
        method = value.cls.find("__call__")
        if isinstance(method, FunctionValue):
            self.functions.append(BoundMethod(method, value))

    def _elements(self, value: GeneratorValue) -> Any:
        found: list[Any] = []
        with suppress(Raised, NeedsValue):
            found.extend(islice(self.it.iterate(value), _MANY))
        value.lost = value.lost or Unknown(self.reason)
        return found

    def _module(self, module: ModuleValue) -> None:
        """Any global may have another value."""
        for name in module.names(self.it):
            value = module.lookup(self.it, name)
            if not name.startswith("__") and not isinstance(value, ModuleValue | FunctionValue | ClassValue):
                module.assign(self.it, name, loose(self.reason, (value,)))


def _while_imported(it: Interpreter) -> bool:
    """Whether a module's own statements run, which do so once for all that is asked of it."""
    frame = it.frame
    while frame is not None and frame.kind != "module":
        frame = frame.caller
    return frame is not None


def callbacks(it: Interpreter, values: Sequence[Any], message: str) -> None:
    """Functions among these values may be called by what is not followed in the rest."""
    if not all(value.__class__ in _PLAIN for value in values):
        Escape(it, it.unknown_reason(message), functions=True).take(tuple(values))


def through_base(it: Interpreter, callee: Unknown) -> None:
    """A method of a base class that is not known is called: it may call the methods that classes below it define."""
    for item in callee.held:
        if not isinstance(item, Instance) or item.cls.fact("unknown_base") is not callee.reason:
            continue
        own = {name: value for cls in reversed(item.cls.mro) if cls.site is not None for name, value in cls.attrs.items()}
        for name, value in own.items():
            if isinstance(value, FunctionValue) and not name.startswith("__"):
                may_call(it, BoundMethod(value, item), callee.reason)


def may_call(it: Interpreter, function: Any, reason: Reason, held: tuple[Any, ...] = (), returned: Callable[[Any], None] | None = None) -> None:
    """Code that is not followed may call a function, any number of times and with anything; its arguments may be what else it was given.

    ``returned`` is told what the function gives.
    """
    frame = it.frame
    if frame is None or function in it.perhaps or (returned is None and changes_nothing(it, getattr(function, "func", function))):
        return
    rest = Unknown(reason, held)
    early: list[Raised] = []
    it.perhaps.append(function)
    try:
        with _briefly(it), it.unheard():
            maybe_repeated(it, frame, (), reason, lambda: _called(it, function, rest, early, returned))
    finally:
        it.perhaps.pop()
    if early:  # it uses names that are bound later, and may be called later
        it.hedged(reason)


def _called(it: Interpreter, function: Any, rest: Unknown, early: list[Raised], returned: Callable[[Any], None] | None) -> None:
    from paramlint.interpreter.calls import call_with_unknown_rest

    try:
        result = call_with_unknown_rest(it, function, [], {}, rest)
        if returned is not None:
            returned(result)
    except Raised as raised:
        if is_error(it, raised, "NameError"):
            early.append(raised)
        raise
    except NeedsValue as error:
        _give_up(it, function, error.unknown.reason)
    except LimitReached as reached:
        it.steps = min(it.steps, it.limits.steps - _STEPS // 10)
        _give_up(it, function, reached.reason)


def _give_up(it: Interpreter, function: Any, reason: Reason) -> None:
    """A function that cannot be followed: what it may change is told by what it names."""
    if isinstance(function, BoundMethod):
        it.changed(function.self, reason)
        function = function.func
    if isinstance(function, FunctionValue):
        loosened(it, function, reason)


@contextmanager
def _briefly(it: Interpreter) -> Iterator[None]:
    """Only so many steps are left meanwhile."""
    steps = it.steps
    it.steps = max(steps, it.limits.steps - _STEPS)
    began = it.steps
    try:
        yield
    finally:
        it.steps = steps + (it.steps - began)
