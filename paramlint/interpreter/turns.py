"""The statements of a module in their turn, as Python executes them.

What has no effect but the names that it binds (``syntax/binding_only.py``) may wait until one of them is read: most of a library is that.
It is executed before something binds a name again that it reads, so that it sees what it would have seen in its turn.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.declared import declare
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.generic_types import takes_arguments
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.metaclasses import has_hooks
from paramlint.interpreter.protocols import Statement
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue


class Phase(Enum):
    NEW = "not begun"
    RUNNING = "running"
    DONE = "done"
    FAILED = "ended by an exception"


class Pending:
    """A name that an import binds, looked up in the other module when it is first read; without a ``name`` the module itself.

    ``index`` is the statement of the other module that binds it and waits, where that is known. Only ``ModuleValue`` has such values: whoever
    reads a global asks ``ModuleValue.lookup``.
    """

    __slots__ = ("index", "module", "name")

    def __init__(self, module: str, name: str | None, index: int | None = None) -> None:
        self.module = module
        self.name = name
        self.index = index


class Turns:
    """Where the execution of one module stands.

    With ``goes_on`` a statement that raises does not end the module: what a linter reads is not being run.
    """

    __slots__ = (
        "abandoned", "behind", "binding", "due", "error", "former", "goes_on", "module", "next", "origins", "phase", "postponed",
        "readers", "statements", "waiting",
    )

    def __init__(self, module: ModuleValue) -> None:
        self.module = module
        self.statements = module.source.statements if module.source is not None else ()
        self.next = 0  # the statement whose turn comes next
        self.phase = Phase.NEW
        self.error: Raised | None = None
        self.goes_on = False
        self.abandoned: Reason | None = None  # why a statement has not been executed to its end
        self.waiting: set[int] = set()
        self.postponed: dict[str, int] = {}  # by name: the statement that binds it, and waits
        self.readers: dict[str, list[int]] = {}  # by name: statements that read it, and wait
        self.origins: dict[str, int] = {}  # by name: the statement that has bound it, having waited
        self.binding: set[str] = set()  # names of statements that have waited and are being executed
        self.behind: dict[tuple[int, str], int] = {}  # the statement that waits behind one that binds a name to something made of it
        self.due: list[ClassValue] = []  # classes of which ``derived`` is to be told
        self.former: dict[tuple[int, str], Any] = {}  # what such statements have bound to names that have been bound again since

    # Going on ----------------------------------------------------------------------------------------------------

    def start(self, it: Interpreter) -> None:
        """Execute the module, unless that has begun. Raises what it raises, to whoever imports it."""
        if self.phase is Phase.DONE or self.phase is Phase.RUNNING:
            return
        if self.error is not None:
            raise Raised(self.error.value, self.error.site)
        with it.modules.apart() as outermost:
            if outermost:
                it.modules.bring_packages(self.module.name)
            while self.phase is Phase.NEW:
                try:
                    self.advance(it, len(self.statements))
                except Raised:
                    if not self.goes_on:
                        raise

    def advance(self, it: Interpreter, until: int) -> None:
        """Give each statement before ``until`` its turn. Raises what one of them raises; where it ``goes_on``, the next is to follow."""
        self.phase = Phase.RUNNING
        try:
            while self.next < until:
                statement = self.statements[self.next]
                self.next += 1
                if self._may_wait(it, statement):
                    self._postpone(it, statement)
                else:
                    self._execute(it, statement)
        except Raised as raised:
            if not self.goes_on:
                self.phase, self.error = Phase.FAILED, raised
            raise
        finally:
            if self.phase is Phase.RUNNING:
                self.phase = Phase.DONE if self.next >= len(self.statements) else Phase.NEW

    def _execute(self, it: Interpreter, statement: Statement) -> None:
        frame = Frame(self.module, None, Unit(self.module.path, statement.index), self.module.vars, "module")
        frame.caller = it.frame
        body = self.module.lowered(statement)
        if statement.index == 0 and body:
            self._document(body[0])
        try:
            self._run(it, statement, frame, body)
        except LimitReached as reached:
            self._abandon(it, statement, body, frame, reached.reason)
        except RecursionError:
            self._abandon(it, statement, body, frame, Reason(Why.LIMIT, "calls nested too deep", it.site()))

    def _document(self, first: ir.Stmt) -> None:
        if isinstance(first, ir.Evaluate) and isinstance(first.value, ir.Constant) and isinstance(first.value.value, str):
            self.module.vars["__doc__"] = first.value.value

    def _abandon(self, it: Interpreter, statement: Statement, body: Any, frame: Frame, reason: Reason) -> None:
        from paramlint.interpreter.unrun import abandoned

        self.abandoned = self.abandoned or reason
        abandoned(it, statement, body, frame, reason)

    def _run(self, it: Interpreter, statement: Statement, frame: Frame, body: Any) -> None:
        outer, it.watch = it.watch, None
        depth, guards, it.frame = it.depth, it.import_guards, frame
        if it.replay is not None:
            it.replay.enter_module()
        it.modules.running += 1
        entering = statement.kind != "other" or not statement.binds  # a definition, or there for its effect
        it.modules.entering += entering
        forks = it.state.suspend()  # what a module's statement leaves is there on every branch
        it.effects_known.clear()
        try:
            it.execute(body, frame)
        finally:
            it.effects_known.clear()
            it.modules.running -= 1
            it.modules.entering -= entering
            if it.replay is not None:
                it.replay.leave_module()
            it.state.keep(self.module.vars, statement.binds)
            it.state.resume(forks)
            it.frame, it.depth, it.import_guards, it.watch = frame.caller, depth, guards, outer

    # Waiting -----------------------------------------------------------------------------------------------------

    def _may_wait(self, it: Interpreter, statement: Statement) -> bool:
        """Whether nobody can tell that a statement has not been executed, until one of the names that it binds is read."""
        if statement.kind == "other" and "TYPE_CHECKING" in statement.reads and declare(self.module, statement) and "sys.modules" in statement.text:
            return True  # what type checkers read tells where the names come from that such a module makes in a way of its own
        needs = statement.binding_only
        if needs is None or not all(self._is_bound(it, name) for name in statement.reads - statement.binds):
            return False
        if any(self._may_be_descriptor(name) for name in needs.attributes) or any(self._has_hooks(name) for name in needs.bases):
            return False
        if any(self._may_refuse(it, name) for name in needs.annotations):
            return False
        return all(self._is_library(name) for name in needs.libraries) and not any(self._is_missing(it, name) for name in needs.dotted)

    def _is_bound(self, it: Interpreter, name: str) -> bool:
        return name in self.module.vars or name in self.postponed or name in it.builtins

    def _may_be_descriptor(self, name: str) -> bool:
        """Whether an object may act on being made an attribute of a class."""
        value = self.module.vars.get(name)
        return isinstance(value, Either | Pending) or (isinstance(value, Instance) and value.cls.find("__set_name__") is not ABSENT)

    def _is_library(self, name: str) -> bool:
        value = self.module.vars.get(name, ABSENT)
        if isinstance(value, ClassValue):
            return value.site is None
        return isinstance(value, LibraryModule | Native | Unknown)

    def _may_refuse(self, it: Interpreter, name: str) -> bool:
        """Whether an annotation that takes an attribute or an item of a value may do something, or raise."""
        value = self.module.vars.get(name, ABSENT)
        if value is ABSENT:
            index = self.postponed.get(name)
            return self.statements[index].kind == "class" if index is not None else not takes_arguments(it.builtins.get(name))
        return isinstance(value, Instance) or not takes_arguments(value)

    def _is_missing(self, it: Interpreter, dotted: str) -> bool:
        """Whether a library has no such name."""
        first, *names = dotted.split(".")
        value = self.module.vars.get(first, ABSENT)
        for name in names:
            if not isinstance(value, LibraryModule):
                return False
            value = it.library_attribute(value.name, name)
        return value is ABSENT

    def _has_hooks(self, name: str) -> bool:
        """Whether what is derived from a class may have effects of its own; of one that waits, too, this is told when it is made."""
        value = self.module.vars.get(name, ABSENT)
        return isinstance(value, ClassValue) and has_hooks(value)

    def _postpone(self, it: Interpreter, statement: Statement) -> None:
        declared = () if "TYPE_CHECKING" not in statement.reads else {alias or name for node in self.module.declared for name, alias in node.names}
        self.waiting.add(statement.index)
        for name in statement.binds.difference(declared):
            if name in self.postponed and name in statement.reads:
                self.behind[statement.index, name] = self.postponed[name]
            self.rebinding(it, name, behind=(statement.index, name) in self.behind)
            self.module.drop(it, name)
            self.postponed[name] = statement.index
        for name in statement.reads:
            self.readers.setdefault(name, []).append(statement.index)

    def demand(self, it: Interpreter, index: int) -> None:
        """Execute a statement that waits."""
        if index not in self.waiting:
            return
        self.waiting.discard(index)
        statement, variables = self.statements[index], self.module.vars
        own = {name for name in statement.binds if self.postponed.get(name) == index}
        others = {name: variables[name] for name in statement.binds - own if name in variables}
        for name in own:
            del self.postponed[name]
            if (index, name) in self.behind:  # the statement reads what the name stood for before
                self.postponed[name] = self.behind[index, name]
        binding, self.binding = self.binding, self.binding | statement.binds
        try:
            self._demanded(it, statement)
        finally:
            self.binding = binding
            for name in own:
                if self.postponed.get(name, index) != index:
                    self.postponed.pop(name)
        self.origins.update(dict.fromkeys(own, index))
        for name in statement.binds - own:
            if name in variables:
                self.former[index, name] = variables.pop(name)
        if others:
            variables.update(others)
            it.state.keep(variables, others)

    def _demanded(self, it: Interpreter, statement: Statement) -> None:
        frame = Frame(self.module, None, Unit(self.module.path, statement.index), self.module.vars, "module")
        frame.caller = it.frame
        try:
            self._run(it, statement, frame, self.module.lowered(statement))
        except LimitReached:  # with more room it may come to its end
            self.waiting.add(statement.index)
            self.postponed.update(dict.fromkeys(statement.binds - self.module.vars.keys(), statement.index))
            raise

    def rebinding(self, it: Interpreter, name: str, *, behind: bool = False) -> None:
        """A name is about to be bound again: what waits and reads it is executed before, and what it was bound to is kept for who asks.

        What waits ``behind`` the statement that binds it now executes that one itself.
        """
        if name in self.binding:
            return
        for index in self.readers.pop(name, ()):
            self.demand(it, index)
        if name in self.postponed and it.state.logs and not behind:
            self.demand(it, self.postponed[name])  # on another branch it may keep this value
        self.postponed.pop(name, None)
        origin = self.origins.pop(name, None)
        if origin is not None and name in self.module.vars:
            self.former[origin, name] = self.module.vars[name]

    def value_of(self, it: Interpreter, index: int, name: str) -> Any:
        """What a statement that waits, or has waited, binds to a name."""
        self.demand(it, index)
        found = self.former.get((index, name), ABSENT)
        return self.module.vars.get(name, ABSENT) if found is ABSENT else found

    def derived(self, it: Interpreter, cls: ClassValue) -> None:
        """A class has been made that acts on what is derived from it: classes that wait and may be are made, too."""
        if self.module.resolving:  # names that they need may be among those
            self.due.append(cls)
            return
        for index in sorted(self.waiting):
            statement = self.statements[index]
            if statement.kind == "class" and cls.name in statement.mentions:
                self.demand(it, index)
