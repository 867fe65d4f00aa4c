"""What code may do besides giving a value: one answer for all who ask before, or instead of, running it.

A call of something that is known is told by what it is, a method of something that is not by its name, and by all functions of that name in classes
of the analysed code. ``footprint.py`` answers the same question of code that has run.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import reduce
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.nodes import bound_in, walk
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    FunctionValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter


class Effect(IntEnum):
    """What a call may do at most; each also what stands before it."""

    COMPUTES = 0  # gives a value made of its arguments
    READS = 1  # looks at objects, and asks them by their protocols (``__len__``, ``__iter__`` …)
    INITIALISES = 2  # sets what weights hold
    WRITES = 3  # changes objects that were there before, or may


_COMPUTING = frozenset({"abs", "bool", "divmod", "float", "int", "len", "max", "min", "pow", "range", "round", "sum"})
_LOOKING = frozenset({
    "all", "any", "ascii", "bin", "bytes", "callable", "chr", "complex", "dict", "enumerate", "format", "frozenset", "getattr", "hasattr", "hash",
    "hex", "id", "isinstance", "issubclass", "iter", "list", "oct", "ord", "print", "repr", "reversed", "set", "slice", "sorted", "str",
    "super", "tuple", "type", "zip",
})
_MODULES = {"math": Effect.COMPUTES, "re": Effect.READS, "os.path": Effect.READS, "warnings": Effect.READS, "logging": Effect.READS}

_NODES = 1_000  # that are read for one question; what takes more counts as writing
_UNCHANGING = (str, bytes, int, float, complex, tuple, frozenset, range, bool, type(None))
_OF_CONTAINERS: dict[type, frozenset[str]] = {
    list: frozenset({"copy", "count", "index"}),
    dict: frozenset({"copy", "get", "items", "keys", "values"}),
    set: frozenset({"copy", "difference", "intersection", "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union"}),
}
_OF_MATCHES = frozenset({"end", "findall", "finditer", "fullmatch", "group", "groupdict", "groups", "match", "search", "span", "start"})
_OF_MODULES = frozenset({
    "buffers", "children", "eval", "forward", "modules", "named_buffers", "named_children", "named_modules", "named_parameters", "parameters",
    "state_dict", "train", "__call__",
})  # a mode is nothing that is counted

# Methods of values that are not known, by name: those that only look wherever they exist.
_LOOKING_METHODS = (
    frozenset(name for kind in _UNCHANGING for name in dir(kind) if not name.startswith("_")).union(*_OF_CONTAINERS.values())
    | _OF_MATCHES | _OF_MODULES | (frozenset(dir(object)) - {"__init__", "__new__", "__init_subclass__", "__setattr__", "__delattr__"})
)
_NO_OPERATORS = frozenset({
    "__init__", "__new__", "__init_subclass__", "__set_name__", "__class_getitem__", "__post_init__", "__enter__", "__exit__", "__call__", "__del__",
    "__setattr__", "__delattr__", "__setitem__", "__delitem__", "__set__", "__delete__",
})
_ITERATES = ("__iter__", "__next__", "__getitem__", "__len__")
_COMPARES = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_CONTAINS = ("__contains__", "__eq__", *_ITERATES)
_COMPARED: dict[str, tuple[str, ...]] = {
    "is": (), "is not": (), "==": ("__eq__",), "!=": ("__eq__", "__ne__"), "in": _CONTAINS, "not in": _CONTAINS,
}
_TESTS = ("__bool__", "__len__")
_TEXT = ("__str__", "__repr__", "__format__")
# What asks objects by which methods; an operator that is not here, or a function, by any.
_ASKS: dict[type, tuple[str, ...]] = {
    ir.Boolean: _TESTS, ir.Conditional: _TESTS, ir.If: _TESTS, ir.While: _TESTS, ir.Assert: _TESTS, ir.FString: _TEXT,
    ir.Subscript: ("__getitem__", "__missing__"), ir.For: _ITERATES, ir.Clause: (*_ITERATES, *_TESTS), ir.Starred: _ITERATES,
}
_BINARY = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "&": "and", "|": "or",
           "^": "xor", "<<": "lshift", ">>": "rshift"}
_FUNCTIONS_ASK = {
    "isinstance": ("__instancecheck__",), "issubclass": ("__subclasscheck__",), "len": ("__len__",), "bool": _TESTS, "str": _TEXT, "repr": _TEXT,
    "print": _TEXT, "format": _TEXT, "list": _ITERATES, "tuple": _ITERATES, "enumerate": _ITERATES, "zip": _ITERATES, "hash": ("__hash__",),
    "hasattr": (), "getattr": (), "super": (), "iter": _ITERATES, "set": (*_ITERATES, "__hash__", "__eq__"), "dict": (*_ITERATES, "keys"),
    "id": (), "type": (), "callable": (), "any": (*_ITERATES, *_TESTS), "all": (*_ITERATES, *_TESTS),
    "max": (*_ITERATES, *_COMPARES), "min": (*_ITERATES, *_COMPARES), "sorted": (*_ITERATES, *_COMPARES),
}


# Calls --------------------------------------------------------------------------------------------------------------


def of_call(it: Interpreter, value: Any) -> Effect:
    """What a call of a value may do."""
    if isinstance(value, FunctionValue):
        return _kept(it, value.code, lambda reading: reading.function(value))
    if isinstance(value, BoundMethod) and isinstance(value.func, FunctionValue):
        return _Reading(it).function(value.func, value.self)
    if isinstance(value, Native | ClassValue):
        found = _of_python(it, value)
        if found is not None:
            return found
    kind = it.inertness.library.call_kind(value) if it.inertness is not None else None
    if kind is None:
        return Effect.WRITES
    return Effect.INITIALISES if kind == "initialises" else Effect.COMPUTES


def _of_python(it: Interpreter, value: Native | ClassValue) -> Effect | None:
    """What a function or class of Python's own does; None for any other."""
    name = value.name
    if it.builtins.get(name) is value:
        if isinstance(value, ClassValue) and it.classes["BaseException"] in value.mro:
            return Effect.COMPUTES
        return Effect.COMPUTES if name in _COMPUTING else Effect.READS if name in _LOOKING else Effect.WRITES
    if isinstance(value, ClassValue):
        return Effect.COMPUTES if (value.module, name) == ("functools", "partial") else None
    return next((effect for module, effect in _MODULES.items() if it.modules.members.get(f"{module}.{name}") is value), None)


def changes_nothing(it: Interpreter, value: Any) -> bool:
    """Whether a call of a value gives something and does nothing else."""
    return of_call(it, value) <= Effect.READS


def of_method(it: Interpreter, name: str, receiver: Any = ABSENT) -> Effect:
    """What a method does to an object, or to any that has a method of that name."""
    if receiver is not ABSENT and not isinstance(receiver, Unknown):
        return _Reading(it).method(name, receiver)
    return _kept(it, name, lambda reading: reading.method(name, receiver))


def _kept(it: Interpreter, asked: Any, read: Callable[[_Reading], Effect]) -> Effect:
    """The answer to a question that may be asked again soon."""
    key = asked if isinstance(asked, str) else id(asked)
    known: tuple[Any, Effect] | None = it.effects_known.get(key)
    if known is not None:
        return known[1]
    reading = _Reading(it)
    found = read(reading)
    if not reading.enclosed or (found is Effect.WRITES and key is asked):  # the same code may stand in other functions, too
        it.effects_known[key] = asked, found
    return found


def only_reads(it: Interpreter, nodes: Any, frame: Frame) -> bool:
    """Whether statements bind names at most, and call nothing but what only looks."""
    return _Reading(it).statements(nodes, frame) <= Effect.READS


def looked_up(it: Interpreter, frame: Frame, name: str) -> Any:
    """What a name stands for where a frame's code runs; ABSENT where it has not been bound so far."""
    scope: Frame | None = frame
    while scope is not None and scope.kind != "module":
        if name in scope.vars:
            return scope.vars[name]
        scope = scope.parent
    try:
        return frame.module.lookup(it, name)
    except Raised:
        return ABSENT  # it comes from a module that cannot be imported


# Code ---------------------------------------------------------------------------------------------------------------


class _Reading:
    """One question. Functions that are being read count as doing nothing more where they are met again."""

    def __init__(self, it: Interpreter) -> None:
        self.it = it
        self.nodes = 0
        self.asked: set[str] = set()
        self.seen: set[tuple[int, int]] = set()
        self.enclosed = False  # whether the answer hangs on names of functions that run, which are bound again at any time
        self.itself: tuple[str, Any] = ("", ABSENT)  # the first parameter of the method that is read, and its object

    def function(self, function: FunctionValue, itself: Any = ABSENT) -> Effect:
        """What a call does; as a method of an object that is known, what that holds is known, too."""
        code = function.code
        key = (id(code), id(itself))
        if key in self.seen:
            return Effect.COMPUTES
        self.seen.add(key)
        if code.global_names or code.nonlocal_names or code.is_generator or code.is_async:
            return Effect.WRITES
        first = next((parameter.name for parameter in (*code.positional_only, *code.parameters)), "")
        outer, self.itself = self.itself, (first, ABSENT if itself is ABSENT or first in bound_in(code.body) else itself)
        try:
            return self.statements(code.body, function.closure, code.locals)
        finally:
            self.itself = outer

    def statements(self, nodes: Any, frame: Frame, own: frozenset[str] = frozenset()) -> Effect:
        """``own`` are names that are bound when the code runs."""
        found = Effect.COMPUTES
        for part in walk(nodes):
            self.nodes += 1
            found = max(found, self._node(part, frame, own)) if self.nodes <= _NODES else Effect.WRITES
            if found is Effect.WRITES:
                break
        return found

    def _node(self, part: ir.Node, frame: Frame, own: frozenset[str]) -> Effect:
        if isinstance(part, ir.Call):
            return self._call(part, frame, own)
        if isinstance(part, ir.Attribute):
            return self._getters(part.attr)
        if isinstance(part, ir.AugAssign | ir.With | ir.Await | ir.Yield | ir.YieldFrom | ir.Unread | ir.Import | ir.ImportFrom | ir.ClassDef):
            return Effect.WRITES
        targets: tuple[ir.Expr, ...] = ()
        if isinstance(part, ir.Assign | ir.Delete):
            targets = part.targets
        elif isinstance(part, ir.AnnAssign | ir.For | ir.Clause):
            targets = (part.target,)
        if not all(map(_binds_names, targets)):
            return Effect.WRITES
        if isinstance(part, ir.Compare):
            return self._protocol(tuple(name for op in part.ops for name in _COMPARED.get(op, _COMPARES)))
        if isinstance(part, ir.Binary) and part.op in _BINARY:
            return self._protocol((f"__{_BINARY[part.op]}__", f"__r{_BINARY[part.op]}__"))
        asked = _ASKS.get(part.__class__)
        return self._protocol(asked) if asked is not None or isinstance(part, ir.Binary | ir.Unary | ir.Match) else Effect.COMPUTES

    def _call(self, call: ir.Call, frame: Frame, own: frozenset[str]) -> Effect:
        function = call.func
        if isinstance(function, ir.Attribute):
            owner = self._value(function.value, frame, own)
            return self.method(function.attr, owner)
        value = self._value(function, frame, own)
        if value is ABSENT:
            return Effect.WRITES
        effect = self.function(value) if isinstance(value, FunctionValue) else of_call(self.it, value)
        if isinstance(value, FunctionValue) or effect > Effect.READS:
            return effect
        return max(effect, self._protocol(_FUNCTIONS_ASK.get(getattr(value, "name", ""))))

    def _value(self, node: ir.Expr, frame: Frame, own: frozenset[str]) -> Any:
        """What an expression stands for that is not more than names; ABSENT for any other."""
        if isinstance(node, ir.Constant):
            return node.value
        if isinstance(node, ir.Name):
            if node.id in own:
                return self.itself[1] if node.id == self.itself[0] else ABSENT
            self.enclosed = self.enclosed or frame.kind != "module"
            value = looked_up(self.it, frame, node.id)
            return self.it.builtins.get(node.id, ABSENT) if value is ABSENT else value
        if isinstance(node, ir.Attribute):
            owner = self._value(node.value, frame, own)
            if isinstance(owner, LibraryModule):
                return self.it.get(owner, node.attr)
            if isinstance(owner, Instance):
                found = owner.attrs.get(node.attr, ABSENT)
                found = owner.cls.find(node.attr) if found is ABSENT else found
                return ABSENT if isinstance(found, FunctionValue | Native | Property | StaticMethod | ClassMethod) else found
        return ABSENT

    # By name -----------------------------------------------------------------------------------------------------

    def method(self, name: str, receiver: Any) -> Effect:
        if isinstance(receiver, Either):
            return max(self.method(name, item) for item in receiver.alternatives)
        if isinstance(receiver, LibraryModule):
            return of_call(self.it, self.it.get(receiver, name))
        if isinstance(receiver, _UNCHANGING):
            return Effect.READS
        known = _OF_CONTAINERS.get(receiver.__class__)
        if known is not None:
            return Effect.READS if name in known else Effect.WRITES
        if isinstance(receiver, Instance) and receiver.payload is None and name not in receiver.attrs:
            found = receiver.cls.find(name)
            if isinstance(found, FunctionValue):
                return self.function(found, receiver)
        return max(self._defined(name), Effect.READS) if name in _LOOKING_METHODS else Effect.WRITES

    def _defined(self, name: str) -> Effect:
        """What the functions of that name do that stand in classes of the analysed code; nothing more, if that has been asked before."""
        if name in self.asked:
            return Effect.COMPUTES
        self.asked.add(name)
        return reduce(max, map(self._member, self.it.defined.get(name, ())), Effect.COMPUTES)

    def _getters(self, name: str) -> Effect:
        """What reading an attribute of that name does that there is."""
        getters = (value for value in self.it.defined.get(name, ()) if isinstance(value, Property))
        return max(reduce(max, map(self._member, getters), Effect.COMPUTES), self._defined("__getattribute__"))

    def _member(self, value: Any) -> Effect:
        if isinstance(value, Property):
            value = value.getter
        if isinstance(value, StaticMethod | ClassMethod):
            value = value.func
        return self.function(value) if isinstance(value, FunctionValue) else Effect.WRITES

    def _protocol(self, names: tuple[str, ...] | None) -> Effect:
        """What those methods do of the classes of the analysed code; by default all that an operator or function may ask for."""
        if names is None:
            names = tuple(name for name in self.it.defined if name.startswith("__") and name.endswith("__") and name not in _NO_OPERATORS)
        return reduce(max, map(self._defined, names), Effect.COMPUTES)


def _binds_names(target: ir.Expr) -> bool:
    return all(isinstance(part, ir.Name | ir.Display | ir.Starred) for part in walk(target))


__all__ = ["Effect", "changes_nothing", "looked_up", "of_call", "of_method", "only_reads"]
