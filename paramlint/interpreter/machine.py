"""The interpreter: its state, its limits, and the one entry to each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import (
    assignments,
    attributes,
    builtins,
    calls,
    comprehensions,
    conditions,
    containers,
    definitions,
    escape,
    evaluation,
    exceptions,
    execution,
    expressions,
    import_statements,
    iteration,
    loops,
    operators,
    setting,
    statements,
    tries,
)
from paramlint.interpreter.frames import Frame, Site, Unit
from paramlint.interpreter.held import reach
from paramlint.interpreter.inert import Inertness
from paramlint.interpreter.limits import CHARACTERS, DEFAULT, ELEMENTS, Account, Limits
from paramlint.interpreter.metaclasses import PendingClass
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.modules import Modules
from paramlint.interpreter.natives import only_data
from paramlint.interpreter.protocols import Library, ModuleLoader
from paramlint.interpreter.registries import Registries
from paramlint.interpreter.replay import Replay
from paramlint.interpreter.set_order import Shuffled
from paramlint.interpreter.signals import LimitReached, Raised, Signal
from paramlint.interpreter.state import State
from paramlint.interpreter.values import ABSENT, HANDED, BoundMethod, ClassValue, Either, FunctionValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.footprint import Footprint
    from paramlint.interpreter.rows import Numbers

# What the tables refer to.
HANDLERS = (assignments, comprehensions, conditions, definitions, expressions, import_statements, loops, statements, tries)


_SMALL = 63  # elements of containers that the steps account for
_INSTANCE = 600  # bytes of an object with its attributes
_OPERANDS = frozenset({Instance, list})  # what an operator of an object that is not known may change
_KEPT = frozenset({Instance, list, tuple, dict, ClassValue, FunctionValue, BoundMethod})
_NAMING = frozenset({"AttributeError", "NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError"})  # they keep names besides


class Interpreter:
    """Evaluates IR over abstract values.

    Everything that runs gets this object first. ``started`` is told of every evaluation that begins, ``escaped`` of every object that
    code which is not known gets hold of, ``changed`` of every object of a library's class that may have been changed by a name that is not known,
    ``handed`` of what code that is not followed is given, and says whether it is of a library's class, ``hedged`` of every use of what such code
    may have changed, ``assumed`` of what is taken for granted of the world in which the code runs,
    ``skipped`` of every piece of code that is not run because something is not known, with the values that it would work on (None: any).
    """

    def __init__(self, loader: ModuleLoader, library: Library, limits: Limits = DEFAULT) -> None:
        self.loader = loader
        self.library = library
        self.limits = limits
        self.state = State(limits, self.charge)
        self.steps = 0
        self.account = Account()
        self.memory = 0  # bytes of the containers and texts that have been made
        self.tables = 0  # steps of tables of numbers; see foreseen.py
        self.shuffled = Shuffled()
        self.listed: dict[int, list[Any]] = {}  # what stands in folders, by identity: in the order of the alphabet here
        self.ordered: dict[int, dict[Any, Any]] = {}  # dicts that are walked as OrderedDicts are, which know the next key before it is asked for
        self.searching = 0.0  # seconds that regular expressions have taken whose worst case is long
        self.ordered_writes = 0  # changes of them so far
        self.rows: dict[int, Numbers] = {}  # lists of numbers that are not known; see rows.py
        self.depth = 0
        self.frame: Frame | None = None  # the innermost running frame
        self.classes = builtins.classes()
        self.unknown_error = exceptions.unknown_class(self.classes)  # of which exceptions are whose class is not known
        self.builtins: dict[str, Any] = builtins.namespace(self.classes)
        self.modules = Modules(self)
        self.equal_keys: dict[ClassValue, list[tuple[Instance, int | None]]] = {}  # by class: keys so far, where equal is what the class says
        self.started: Callable[[], None] = lambda: None
        self.escaped: Callable[[Any, Reason], None] = lambda value, reason: None
        self.assumed: Callable[[Reason], None] = lambda reason: None
        self.changed: Callable[[Instance, Reason], None] = lambda value, reason: None
        self.handed: Callable[[Any, Reason], bool] = lambda value, reason: False
        self.hedged: Callable[[Reason], None] = lambda reason: None
        self.suspects = False  # whether code out of reach has been given a class, or an object of a library's class; see escape.py
        self.unfollowed: set[str] = set()  # the modules in which a statement could not be run to its end, which may raise
        self.perhaps: list[Any] = []  # functions that run because code that is not followed may call them
        self.rebound: Callable[[Any, str, Any], None] = lambda owner, name, value: None  # a name of a library's module or class gets another value
        self.skipped: Callable[[Reason, Sequence[Any] | None], None] = lambda reason, values: None
        self.of_plain: Callable[[Any, str], Any] = lambda value, name: ABSENT  # what a library's tuples and numbers have besides
        self.unheard: Callable[[], AbstractContextManager[None]] = nullcontext  # the library listens to nothing meanwhile
        self.is_script = False  # whether what runs is a file's own calls, or stands under its main guard
        self.closed: dict[int, Any] = {}  # loops of many turns that have been closed, by the identity of their nodes
        self.constructed = 0  # modules of a library that have been built
        self.raising = 0  # statements that raise, and have run
        self.counting: Callable[[], bool] = lambda: False  # whether the library counts what each turn of a loop does
        self.loop_reason: Reason | None = None  # set while the body of a loop runs that may run any number of times
        self.registries = Registries()
        self.watch: Footprint | None = None  # is told what code writes to that is running
        self.defined: dict[str, list[Any]] = {}  # by name: the functions in the classes of the analysed code
        self.effects_known: dict[str | int, Any] = {}  # what code does (purity.py), until a method is defined or a global bound
        self.dropped: list[tuple[Raised, Reason]] | None = None  # inside a ``try``: ways that raised and were taken not to be taken
        self.import_guards = 0  # enclosing ``try`` statements that are prepared for an ImportError
        self.pending_classes: list[PendingClass] = []  # class statements whose metaclass is at work
        self.inertness: Inertness | None = None  # says what need not run, where the library has initialisers
        self.replay: Replay | None = None  # copies what is built again, where the library wants it
        self.effects_noted: Callable[[], int] = lambda: 0  # how many effects of the evaluated code the library has noted

    # Running -----------------------------------------------------------------------------------------------------

    def start(self, frame: Frame | None = None) -> None:
        """Begin an evaluation: its steps are counted from here."""
        self.count_anew()
        self.tables, self.depth, self.import_guards, self.loop_reason, self.dropped = 0, 0, 0, None, None
        self.memory = self.modules.memory
        self.closed = {}
        self.rows = {}
        self._forget_ways()
        if self.replay is not None:
            self.replay.start()
        self.frame = frame
        self.started()

    def count_anew(self) -> None:
        """Enter the steps so far into the account, and count from nothing; from the limit, where nothing is left."""
        self.account.spent += self.steps
        self.steps = self.limits.steps if self.exhausted else 0

    @property
    def exhausted(self) -> bool:
        """Whether all steps are taken that a file may take."""
        return self.account.spent > self.limits.file_steps

    def stop(self) -> None:
        """End an evaluation, however it went."""
        self._forget_ways()
        self.frame = None

    def _forget_ways(self) -> None:
        self.state.logs = []
        self.state.suspended.clear()
        self.modules.start()

    def evaluate(self, node: ir.Expr, frame: Frame) -> Any:
        return evaluation.EVALUATE[node.__class__](self, node, frame)

    def execute(self, body: Sequence[ir.Stmt], frame: Frame) -> Signal | None:
        return execution.execute(self, body, frame)

    def call(self, callee: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None) -> Any:
        return calls.call(self, callee, list(args), kwargs or {})

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.limits.steps:
            self.exceeded()

    def charge(self, steps: int) -> None:
        """Charge work to the account, before it is done."""
        self.steps += steps
        if self.steps > self.limits.steps:
            self.exceeded()

    def exceeded(self) -> NoReturn:
        """Say which limit of steps is reached."""
        self.limit(f"more than {self.limits.file_steps:,} steps in one file" if self.exhausted else f"more than {self.limits.steps:,} steps")

    @contextmanager
    def half(self) -> Iterator[None]:
        """Give the evaluation of what is not wanted most half of the steps that are left."""
        kept = max(0, self.limits.steps - self.steps) // 2
        self.steps += kept
        try:
            yield
        finally:
            self.steps -= kept

    def reserve(self, size: int) -> None:
        """Charge the memory in bytes that a new value takes; where its size can be told, before it is made."""
        self.memory += size
        if self.memory > self.limits.memory:
            self.limit(f"values of more than {self.limits.memory // 1_000_000:,} MB in sum")

    def limit(self, message: str) -> NoReturn:
        raise LimitReached(Reason(Why.LIMIT, message, self.site()))

    # Values ------------------------------------------------------------------------------------------------------

    def get(self, value: Any, name: str) -> Any:
        return attributes.get(self, value, name)

    def get_or(self, value: Any, name: str, default: Any) -> Any:
        return attributes.get_or(self, value, name, default)

    def set(self, value: Any, name: str, new: Any) -> None:
        setting.set_(self, value, name, new)

    def item(self, value: Any, index: Any) -> Any:
        return containers.get_item(self, value, index)

    def iterate(self, value: Any) -> Iterator[Any]:
        return iteration.iterate(self, value)

    def elements(self, value: Any) -> list[Any]:
        return iteration.elements(self, value)

    def truth(self, value: Any) -> Any:
        """True, False, or an Unknown."""
        return operators.truth(self, value)

    def binary(self, op: str, left: Any, right: Any) -> Any:
        return operators.binary(self, op, left, right)

    def class_of(self, value: Any) -> ClassValue | Unknown:
        return attributes.class_of(self, value)

    def is_instance(self, value: Any, cls: ClassValue) -> bool:
        found = self.class_of(value)
        return isinstance(found, ClassValue) and cls in found.mro

    def library_attribute(self, owner: str, name: str) -> Any:
        return self.modules.library_attribute(owner, name)

    # Writing -----------------------------------------------------------------------------------------------------

    def write(self, container: Any) -> None:
        """Call before every change of a list, dict or set that analysed code can see, or of the attributes of an object, class or function."""
        if self.registries.written is not None:
            self.registries.written[id(container)] = container
        if self.watch is not None:
            self.watch.written(container)
        if self.rows:
            self.rows.pop(id(container), None)
        if id(container) in self.ordered:
            self.ordered_writes += 1
        if self.replay is not None:
            self.replay.written(container)
        if self.state.logs:
            self.state.save(container)

    def outlives(self) -> None:
        """Call before every change of what is a library's, or Python's own: the next evaluation would meet it, too."""
        if self.replay is not None:
            self.replay.global_written()

    def made(self, container: Any) -> Any:
        """Call on every new list, dict or set that analysed code can see."""
        if len(container) > _SMALL:
            self.charge(len(container) // ELEMENTS)
            self.reserve(container.__sizeof__())
        if self.watch is not None:
            self.watch.made(container)
        if self.state.logs:
            self.state.born(container)
        if self.replay is not None and (self.modules.running or self.replay.recordings):
            self.replay.made(container)
        return container

    def computed(self, value: Any) -> Any:
        """Call on every new text or tuple that analysed code can see and that may be long."""
        if len(value) > _SMALL:
            self.charge(len(value) // (ELEMENTS if value.__class__ is tuple or value.__class__ is frozenset else CHARACTERS))
            self.reserve(value.__sizeof__())
        return value

    def instance(self, cls: ClassValue, attrs: dict[str, Any] | None = None, payload: Any = None) -> Instance:
        instance = Instance(cls, attrs, payload)
        self.memory += _INSTANCE
        if self.watch is not None:
            self.watch.made(instance.attrs)
        if self.state.logs:
            self.state.born(instance.attrs)
        if self.replay is not None and (self.modules.running or self.replay.recordings):
            self.replay.made(instance.attrs)
        return instance

    def used(self, cls: ClassValue, attrs: dict[str, Any] | None = None) -> None:
        """A class is used, or an attribute of an object with these attributes: code out of reach may have changed it."""
        reason = (attrs.get(HANDED) if attrs is not None else None) or cls.fact(HANDED)
        if reason is not None:
            self.hedged(reason.reason if isinstance(reason, Either) else reason)

    def given(self, unknown: Unknown, *values: Any, kept: bool = False) -> None:
        """An operator hands values to an object that is not known, or they are ``kept`` in it."""
        if unknown.reason.kind is Why.IMPORT and any(value.__class__ in (_KEPT if kept else _OPERANDS) for value in values):
            escape.into(self, unknown.reason, values)

    # Reasons and errors ------------------------------------------------------------------------------------------

    def site(self) -> Site | None:
        """Where the innermost call stands."""
        frame = self.frame
        while frame is not None and frame.unit is None:
            frame = frame.caller
        return Site(frame.unit.path, frame.unit.index, frame.site) if frame is not None and frame.unit is not None else None

    def unknown(self, kind: Why, message: str) -> Unknown:
        return Unknown(Reason(kind, message, self.site()))

    def located(self, unknown: Unknown) -> Unknown:
        """The same with a place, if it had none."""
        reason = unknown.reason
        return unknown if reason.site is not None else Unknown(Reason(reason.kind, reason.message, self.site()), unknown.held, data=unknown.data)

    def result_of(self, unknown: Unknown, values: Sequence[Any]) -> Unknown:
        """What a call gives that is not followed for something that is not known: it may be, or hold, what it was given."""
        unknown = self.located(unknown.result)
        held = reach((*values, unknown))
        data = unknown.data and only_data(values)
        return Unknown(unknown.reason, held, data=data) if held or unknown.member or data != unknown.data else unknown

    def not_followed(self, message: str) -> NeedsValue:
        """What to raise where something is not modelled: what it gives is not known."""
        return NeedsValue(self.unknown(Why.UNSUPPORTED, message))

    def outside(self, message: str) -> Unknown:
        """Text or a number that comes from outside: a file, the clock, the machine."""
        return Unknown(Reason(Why.EFFECT, message, self.site()), data=True)

    def unknown_reason(self, message: str, kind: Why = Why.UNSUPPORTED) -> Reason:
        return Reason(kind, message, self.site())

    def throw(self, kind: str, message: str) -> NoReturn:
        """Raise a built-in exception in the analysed code."""
        raise self.error(kind, message)

    def error(self, kind: str, message: Any) -> Raised:
        cls = self.classes[kind]
        about = exceptions.named(self, kind, message) if kind in _NAMING else {}
        return Raised(self.instance(cls, {"args": (message,), **about}), self.site())

    def library_error(self, kind: str, message: str) -> Raised:
        """An exception that a library raises, in words of its own: ``message`` is how it is told here. ``kind`` "Exception" or none is any.

        A class of the library's own is "Name(Base)"; "OSError*" is any kind of OSError.
        """
        if kind.endswith((")", "*")):
            cls = exceptions.library_class(self.classes, kind)
        else:
            cls = self.classes[kind] if kind not in ("", "Exception") else self.unknown_error
        words = self.unknown(Why.UNSUPPORTED, "the text of an exception that a library raises")
        text = Unknown(words.reason, data=True)
        about = exceptions.named(self, kind, text) if kind in _NAMING else {}
        return Raised(self.instance(cls, {"args": (text,), exceptions.TOLD: message, **about}), self.site())

    def library_throw(self, kind: str, message: str) -> NoReturn:
        """Raise an exception of a library in the analysed code."""
        raise self.library_error(kind, message)

    def not_taken(self, raised: Raised, reason: Reason) -> None:
        """A way raises and is left out, because another does not; an enclosing ``try`` may yet have to do with it."""
        if self.dropped is not None:
            self.dropped.append((raised, reason))

    def fork(self, ways: Sequence[Callable[[], Any]], reason: Reason) -> Any:
        """Run several ways that exclude each other, join what they leave and what they give.

        A way that raises is one that is not taken; if all raise, the first error counts.
        """
        outcomes: list[Any] = []
        merged: Any = None
        error: Raised | None = None
        for way in ways:
            try:
                outcome, after, log = self.state.run(way)
            except Raised as raised:
                error = error or raised
                self.not_taken(raised, reason)
                continue
            outcomes.append(outcome)
            if merged is None:
                merged = (after, [log])
            else:
                # Joined pairwise on a scratch log, so that a third way joins with what the first two leave.
                self.state.begin()
                self.state.merge(merged[0], after, reason)
                joined, scratch = self.state.undo()
                merged = (joined, [*merged[1], log, scratch])
        if merged is None:
            assert error is not None
            raise error
        self.state.apply(merged[0], merged[1][0])
        for log in merged[1][1:]:
            self.state.adopt(log)
        result = outcomes[0]
        for outcome in outcomes[1:]:
            result = self.state.join(result, outcome, reason)
        return result

    def each(self, value: Either, way: Callable[[Any], Any]) -> Any:
        """Do something with each thing that a value may be; what is absent is left out."""
        present = [item for item in value.alternatives if item is not ABSENT]
        if len(present) == 1:
            return way(present[0])
        return self.fork([lambda item=item: way(item) for item in present], value.reason)  # type: ignore[misc]

    def decide(self, action: Callable[[], Any]) -> Any:
        """The result, or the Unknown on which it would depend."""
        try:
            return action()
        except NeedsValue as error:
            return self.located(error.unknown)


__all__ = ["Frame", "Interpreter", "ModuleValue", "Site", "Unit"]
