"""Code that only sets what weights hold, and so need not run.

Models walk their own tree to initialise it (``self.apply(init)``, ``for m in self.modules(): …``). A call or a loop is skipped if,
whichever way it took, it would do nothing but call the library's initialisers: it binds only names of its own, calls only what is
known to change nothing else, and so do the methods of the modules that it can reach. This is read from the code, without running it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from paramlint.interpreter.filled import Fill, Filling
from paramlint.interpreter.inert_code import Needs, NotInert, Reader
from paramlint.interpreter.purity import Effect, of_call
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, FunctionValue, Instance, Native, Property, StaticMethod
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter


class Initialisers(Protocol):
    """What a library says of its initialisers."""

    def call_kind(self, value: Any) -> str | None:
        """Of a function of the library: "initialises", "harmless" (nothing is changed), or None."""
        ...

    def method_kind(self, name: str, path: tuple[str, ...] | None = None) -> str | None:
        """Of a method of the library's tensors and modules; "applies" calls its argument with each module of a tree.

        ``path`` are the attributes that lead to what it is called on: with them it may be "in place", which is refused while gradients
        are recorded.
        """
        ...

    def filling(self, value: Any) -> Filling | None:
        """What a function of the library takes that fills a tensor; None for any other."""
        ...

    def records(self, value: Any) -> bool | None:
        """Whether gradients are recorded in the context that a function of the library makes; None where it says nothing of that."""
        ...

    def recording(self) -> bool:
        """Whether gradients are recorded now, or may be."""
        ...

    def within(self, roots: Iterable[Any]) -> Within | None:
        """What modules these trees are made of; None where they are not known, or so small that what initialises them may as well run."""
        ...


class Within(Protocol):
    """Trees of modules."""

    @property
    def classes(self) -> set[ClassValue]: ...

    def takes(self, fill: Fill, value: Any) -> bool:
        """Whether a tensor can be filled so: ``value``, or else the attribute of whatever module it may be."""
        ...

    def forget(self) -> None:
        """The tensors have been initialised: what they hold is not known."""
        ...


class Inertness:
    """Decides what is skipped, for one interpreter."""

    def __init__(self, it: Interpreter, library: Initialisers) -> None:
        self.it = it
        self.library = library
        self._functions: dict[int, tuple[Any, Needs | None]] = {}  # by the identity of their code, which is kept alive with it
        self._loops: dict[int, tuple[Any, Needs | None]] = {}
        self._open: dict[int, Needs] = {}  # functions that are being read, with what is known of them
        self._leaned: set[int] = set()  # those of them that others asked for meanwhile

    # Calls and loops ---------------------------------------------------------------------------------------------

    def skips(self, callee: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
        """Whether a call whose result nobody reads may be left out. What it would initialise is forgotten then."""
        if self.it.dropped is not None:  # a handler may be there for what is refused
            return False
        if callee.__class__ is BoundMethod:
            callee, args = callee.func, (callee.self, *args)
        if callee.__class__ is FunctionValue:
            needs = self.function(callee)
        elif callee.__class__ is Native and len(args) == 2 and not kwargs and self.library.method_kind(callee.name) == "applies" and callee.binds:
            needs = self._of_value(args[1])
            if needs is None or needs.asks_arguments:  # it would call the modules themselves
                return False
            needs = needs._replace(methods=needs.methods | {callee.name})
        else:
            return False
        if needs is None:
            return False
        given: dict[str, Any] = {}
        if needs.asks_arguments:
            positional = [p.name for p in (*callee.code.positional_only, *callee.code.parameters)]
            given = {**dict(zip(positional, args, strict=False)), **kwargs}
        return self._holds(needs, [*args, *kwargs.values()], given)

    def skips_loop(self, node: ir.For, frame: Frame) -> bool:
        """Whether the turns of a loop may be left out."""
        needs = self._loop(node, frame) if self.it.dropped is None else None
        return needs is not None and self._holds(needs, list(frame.vars.values()), frame.vars)

    def _holds(self, needs: Needs, values: list[Any], given: Mapping[str, Any]) -> bool:
        """Whether what is called is inert too, with the values ``given`` for parameters, and all that is filled can be."""
        for name in needs.parameters:
            found = self._of_value(given.get(name))
            if found is None or found.asks_arguments:
                return False
            needs = needs | found
        at_hand = {value.cls for value in values if value.__class__ is Instance}
        if not needs.initialises or self._with_methods(needs, at_hand, whole=False) is None:
            return False  # told without walking the tree
        within = self.library.within(values)
        all_needs = self._with_methods(needs, within.classes) if within is not None else None
        if within is None or all_needs is None or (all_needs.in_place and self.library.recording()):
            return False
        if not all(within.takes(fill, given.get(fill.parameter)) for fill in all_needs.fills):
            return False
        within.forget()
        return True

    def _with_methods(self, needs: Needs, classes: set[ClassValue], *, whole: bool = True) -> Needs | None:
        """The needs with those of the methods and properties that may be met; None where these do more than to initialise.

        ``whole``: whether there are no other classes.
        """
        if any(cls.fact("getattribute") for cls in classes):
            return None
        checked: set[str] = set()
        while left := (needs.methods | needs.attributes) - checked:
            name = next(iter(left))
            checked.add(name)
            known = self.library.method_kind(name) is not None
            for cls in classes:
                found = cls.find(name)
                if found is ABSENT:
                    continue
                inner = self._of_member(found, name)
                if inner is None:
                    return None
                known = True
                needs |= inner
            if whole and not known and name in needs.methods:
                return None
        return needs

    def _of_member(self, found: Any, name: str) -> Needs | None:
        """What a member of a class needs to be inert when it is called or read."""
        if found.__class__ is Property:
            found = found.getter
        if found.__class__ is StaticMethod:
            found = found.func
        if found.__class__ is FunctionValue:
            needs = self.function(found)
            return None if needs is None or needs.asks_arguments else needs
        if found.__class__ is Native:
            return Needs() if self.library.method_kind(name) is not None else None
        return None if isinstance(found, Instance) else Needs()

    # Values ------------------------------------------------------------------------------------------------------

    def _of_value(self, value: Any) -> Needs | None:
        """What a value needs to be inert when it is called."""
        if value.__class__ is BoundMethod:
            value = value.func
        if value.__class__ is FunctionValue:
            return self.function(value)
        if value.__class__ is Native:
            effect = Effect.WRITES if self.library.filling(value) is not None else of_call(self.it, value)
            return Needs(initialises=effect is Effect.INITIALISES) if effect <= Effect.INITIALISES else None
        if value.__class__ is Instance and value.cls.name == "partial" and value.cls.module == "functools":
            return self._of_value(value.attrs.get("func"))
        return None

    # Code --------------------------------------------------------------------------------------------------------

    def function(self, function: FunctionValue) -> Needs | None:
        """What the calls of a function need to be inert; None where they are not."""
        code = function.code
        key = id(code)
        if key in self._open:  # a function that calls itself is as inert as the rest of it
            self._leaned.add(key)
            return self._open[key]
        if key not in self._functions:
            needs = self._settled(function, key)
            self._leaned.discard(key)
            if self._leaned & self._open.keys():  # it is as inert as a function around it, of which nothing is known yet
                return needs
            self._functions[key] = (code, needs)
        return self._functions[key][1]

    def _settled(self, function: FunctionValue, key: int) -> Needs | None:
        """Read a function until what it needs does not change: it may hand other things over to itself."""
        needs: Needs | None = Needs()
        code = function.code
        for _ in range(3):
            assert needs is not None
            self._open[key] = needs
            try:
                found = self._read(Reader(self, function.module, code.locals, function.closure), lambda reader: reader.function(code))
            finally:
                del self._open[key]
            if found is None or found == needs:
                return found
            needs = found
        return None

    def _loop(self, node: ir.For, frame: Frame) -> Needs | None:
        known = self._loops.get(id(node))
        if known is None:
            found = None
            if frame.kind == "function" and frame.function is not None and not node.orelse:
                code = frame.function.code
                found = self._read(Reader(self, frame.module, code.locals, frame.parent), lambda reader: reader.loop(node, code))
            known = self._loops[id(node)] = (node, found)
        return known[1]

    def _read(self, reader: Reader, read: Any) -> Needs | None:
        try:
            read(reader)
        except (NotInert, Raised, LimitReached):
            return None
        return reader.needs
