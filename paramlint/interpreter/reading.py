"""Code that changes nothing of what it names, told by what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.frames import Frame
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.nodes import walk
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Methods that only read, by name: of lists, dicts, sets and texts, and of modules.
READING = frozenset({
    "get", "keys", "values", "items", "copy", "index", "count", "union", "intersection", "difference", "issubset", "issuperset", "isdisjoint",
    "match", "search", "fullmatch", "findall", "group", "groups", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix", "title",
    "isdigit", "isidentifier", "capitalize", "casefold", "encode", "decode", "zfill", "splitlines", "find",
    "join", "format", "startswith", "endswith", "split", "replace", "lower", "upper", "strip", "lstrip", "rstrip",
    "forward", "__call__", "parameters", "named_parameters", "buffers", "named_buffers", "children", "named_children", "modules", "named_modules",
    "state_dict", "eval", "train",
})


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


def only_reads(it: Interpreter, node: Any, frame: Frame, seen: frozenset[FunctionValue] = frozenset()) -> bool:
    """Whether statements bind names at most, and call nothing but what only reads."""
    for part in walk(node):
        if isinstance(part, ir.Call):
            if not _reading_call(it, part, frame, seen):
                return False
        elif isinstance(part, ir.Assign | ir.Delete):
            if not all(map(_names, part.targets)):
                return False
        elif isinstance(part, ir.AnnAssign | ir.For | ir.Clause):
            if not _names(part.target):
                return False
        elif isinstance(part, ir.AugAssign | ir.With | ir.Await | ir.Unread):
            return False
    return True


def only_calls(it: Interpreter, function: Any) -> bool:
    """Whether a call of a function does nothing but give a value."""
    if isinstance(function, FunctionValue):
        code = function.code
        changes = code.global_names or code.nonlocal_names or code.is_generator
        return not changes and only_reads(it, code.body, function.closure, frozenset({function}))
    if isinstance(function, ClassValue):
        return function.module == "builtins" and function.python is not None
    return isinstance(function, Native) and function.name in _BUILT_IN


def _names(target: ir.Expr) -> bool:
    return all(isinstance(part, ir.Name | ir.Display | ir.Starred) for part in walk(target))


def _reading_call(it: Interpreter, call: ir.Call, frame: Frame, seen: frozenset[FunctionValue]) -> bool:
    function = call.func
    if isinstance(function, ir.Attribute):
        owner = looked_up(it, frame, function.value.id) if isinstance(function.value, ir.Name) else ABSENT
        return function.attr in READING or (isinstance(owner, LibraryModule) and owner.name in _PURE)
    value = looked_up(it, frame, function.id) if isinstance(function, ir.Name) else ABSENT
    if value is ABSENT and isinstance(function, ir.Name):
        return function.id in _BUILT_IN
    if isinstance(value, FunctionValue):
        code = value.code
        if code.global_names or code.nonlocal_names:
            return False
        return value in seen or only_reads(it, code.body, value.closure, seen | {value})
    return False


_PURE = frozenset({"re", "math", "operator", "os.path"})  # modules whose functions only read
_BUILT_IN = frozenset({
    "abs", "all", "any", "bool", "callable", "dict", "enumerate", "float", "getattr", "hasattr", "int", "isinstance", "issubclass", "len", "list",
    "max", "min", "print", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip",
})
