"""What makes a class: its metaclass, the namespace that this prepares, and the call that turns both into a class."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.frames import ClassFrame
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassMethod, ClassValue, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

CONFLICT = "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
_NOT_BASES = frozenset({"bool", "NoneType", "ellipsis", "NotImplementedType", "function", "builtin_function_or_method", "method", "generator",
                        "range", "slice", "memoryview", "dict_keys", "dict_values", "dict_items", "mappingproxy"})


class PendingClass(NamedTuple):
    """A ``class`` statement whose metaclass is at work: the body that has run, and what is not known of the bases."""

    body: ClassFrame
    kind: ClassValue
    unknown: Reason | None


def winner(it: Interpreter, metaclass: Any, bases: Sequence[ClassValue]) -> ClassValue:
    """The most derived metaclass. Raises the analysed code's TypeError where there is none."""
    best: ClassValue = metaclass if isinstance(metaclass, ClassValue) else it.classes["type"]
    for base in bases:
        kind = base.metaclass or it.classes["type"]
        if kind in best.mro:
            continue
        if best not in kind.mro and best.fact("unknown_base") is None and kind.fact("unknown_base") is None:
            it.throw("TypeError", CONFLICT)
        best = kind
    return best


def refuse_bases(it: Interpreter, name: str, bases: Sequence[ClassValue]) -> None:
    """Built-in classes that nothing may derive from, and enumerations that have members."""
    for base in bases:
        if base.name in _NOT_BASES and it.classes.get("builtin_function" if base.name.startswith("builtin_") else base.name) is base:
            it.throw("TypeError", f"type '{base.name}' is not an acceptable base type")
        if base.facts.get("members"):
            it.throw("TypeError", f"<enum '{name}'> cannot extend <enum '{base.name}'>")


def refuse_layouts(it: Interpreter, bases: Sequence[ClassValue]) -> None:
    """Raise the analysed code's TypeError for bases whose objects keep different things in the same place."""
    if len(bases) < 2:
        return
    best = it.classes["object"]
    for base in bases:
        found = solid(it, base)
        if best in found.mro:
            best = found
        elif found not in best.mro:
            it.throw("TypeError", "multiple bases have instance lay-out conflict")


def _layout(python: type) -> tuple[int, int]:
    return python.__basicsize__, python.__itemsize__


def solid(it: Interpreter, cls: ClassValue) -> ClassValue:
    """The class in the order of another that says how its objects are laid out."""
    if cls.site is None:
        python = cls.python or (getattr(builtins, cls.name, None) if cls.module == "builtins" else None)
        above = python.__base__ if isinstance(python, type) else None
        adds = isinstance(python, type) and above is not None and _layout(python) != _layout(above)
    else:
        adds = bool(set(cls.facts.get("own slots", ())) - {"__dict__", "__weakref__"})
    if adds:
        return cls
    best = it.classes["object"]
    for base in cls.bases:
        found = solid(it, base)
        best = found if best in found.mro else best
    return best


def prepared(it: Interpreter, kind: Any, name: str, bases: tuple[ClassValue, ...], keywords: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What ``__prepare__`` gives, and the dict in which the body runs. Raises NeedsValue for a mapping that does more than a dict."""
    if isinstance(kind, ClassValue) and isinstance(kind.find("mro"), FunctionValue):
        raise it.not_followed("a class whose metaclass says in which order its bases are")
    method = kind.find("__prepare__") if isinstance(kind, ClassValue) else ABSENT
    function = method.func if isinstance(method, ClassMethod) else method
    if not isinstance(function, FunctionValue):
        space: dict[str, Any] = it.made({})
        return space, space
    given = it.call(BoundMethod(function, kind) if isinstance(method, ClassMethod) else function, [name, bases], keywords)
    if isinstance(given, dict):
        return given, given
    if isinstance(given, Instance) and isinstance(given.payload, dict) \
            and not any(isinstance(given.cls.find(hook), FunctionValue) for hook in ("__setitem__", "__getitem__", "__missing__", "__delitem__")):
        return given, given.payload
    raise it.not_followed("a class body in a namespace of its metaclass's own")


def is_hooked(kind: ClassValue) -> bool:
    """Whether code of a metaclass runs when a class is made."""
    own = any(isinstance(kind.find(name), FunctionValue) for name in ("__new__", "__init__"))
    return own or (kind.metaclass is not None and isinstance(kind.metaclass.find("__call__"), FunctionValue))


def has_hooks(cls: ClassValue) -> bool:
    """Whether code of the program runs when another class is derived from a class."""
    hook = cls.find("__init_subclass__")
    hook = getattr(hook, "func", hook)
    metaclass = cls.metaclass
    return isinstance(hook, FunctionValue) or (isinstance(metaclass, ClassValue) and metaclass.site is not None)


def claim(it: Interpreter, kind: ClassValue) -> PendingClass | None:
    """The ``class`` statement for which ``type.__new__`` is asked to make a class."""
    pending = it.pending_classes[-1] if it.pending_classes else None
    return pending if pending is not None and pending.body.owner is None and pending.kind is kind else None


def unknown_metaclass(it: Interpreter, metaclass: Any) -> Reason | None:
    if isinstance(metaclass, Unknown):
        return metaclass.reason
    return it.unknown(Why.UNSUPPORTED, "a metaclass that is one of several").reason if metaclass.__class__.__name__ == "Either" else None
