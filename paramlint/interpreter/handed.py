"""What code that is not known may have done to the plain objects that it has got hold of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.held import blurred, loose, reach
from paramlint.interpreter.nodes import names_in
from paramlint.interpreter.purity import Effect, of_method
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter

_DEPTH = 4  # objects within objects
_MANY = 1000  # elements that are looked into
_WHOLE = frozenset({int, str, float, bool, bytes, type(None)})
_NEVER = (0, None)


Seen = dict[int, tuple[int, Any]]  # by identity: down to which depth an object has been forgotten


def forget(it: Interpreter, value: Any, reason: Reason, depth: int = 1, seen: Seen | None = None) -> None:
    """Nothing that an object holds is certain any more, nor that it holds no more; also of the objects in it, down to ``depth``."""
    kind = value.__class__
    if depth == 0 or kind in _WHOLE:
        return
    seen = {} if seen is None else seen
    if seen.get(id(value), _NEVER)[0] >= depth:
        return
    seen[id(value)] = (depth, value)
    if kind is Either:
        for item in value.alternatives:
            forget(it, item, reason, depth, seen)
    elif kind is tuple:
        _inside(it, value, reason, depth, seen)
    elif kind is list or kind is dict or kind is set:
        _inside(it, value.values() if kind is dict else value, reason, depth, seen)
        it.write(value)
        if kind is list:
            value[:] = blurred(value, reason)
        elif kind is dict:
            value.update(blurred(value, reason))
        it.state.mark_open(value, reason, 0)
    elif kind is Instance and depth > 1 and is_plain(value):
        forget(it, value.payload, reason, depth, seen)
        _inside(it, value.attrs.values(), reason, depth, seen)
        it.write(value.attrs)
        value.attrs.update(blurred({**shown_of_class(value), **value.attrs}, reason))
        it.state.mark_open(value.attrs, reason, shown=True)  # what the class has the object need not have
    elif kind is Unknown:
        for item in value.held:
            forget(it, item, reason, depth, seen)
    elif kind is BoundMethod:
        forget(it, value.self, reason, depth, seen)
        forget(it, value.func, reason, depth, seen)
    elif kind is FunctionValue and depth > 1:
        loosened(it, value, reason, depth)
    elif kind is GeneratorValue:
        value.lost = Unknown(reason) if value.lost is None else value.lost


def shown_of_class(value: Instance) -> dict[str, Any]:
    """What an object shows of its class's body and may get a value of its own for."""
    own = [cls.attrs for cls in reversed(value.cls.mro) if cls.site is not None]
    return {name: item for attrs in own for name, item in attrs.items()
            if not name.startswith("__") and not isinstance(item, FunctionValue | Native | Property | StaticMethod | ClassMethod | ClassValue)}


_RUNNING: list[FunctionValue] = []


def loosened(it: Interpreter, function: FunctionValue, reason: Reason, depth: int = _DEPTH, *, everywhere: bool = False) -> None:
    """A function of the analysed code may be run, any number of times: what it may change besides its arguments.

    Its module's globals keep what they hold, unless it counts ``everywhere``.
    """
    code, frame = function.code, function.closure
    if function in _RUNNING:
        return
    _RUNNING.append(function)
    try:
        for name in (*code.global_names, *code.nonlocal_names):
            if name in code.global_names:
                value = function.module.lookup(it, name)
                if value is not ABSENT:
                    function.module.bind(it, name, loose(reason, (value,)))
                continue
            scope: Frame | None = frame
            while scope is not None and name not in scope.vars:
                scope = scope.parent
            if scope is not None:
                it.write(scope.vars)
                scope.vars[name] = loose(reason, (scope.vars[name],))
        for value in function.defaults:
            forget(it, value, reason, depth - 1)
        outer: Frame | None = frame.parent if frame.kind == "class" else frame if frame.kind in ("function", "comprehension") else None
        free = names_in(code.body, inside=True) - set(code.locals) if outer is not None or everywhere else set()
        for name in sorted(free & function.module.vars.keys()) if everywhere else ():
            if not isinstance(function.module.vars[name], FunctionValue | ClassValue):
                forget(it, function.module.vars[name], reason, depth - 1)
        while outer is not None:
            for name in sorted(free & outer.vars.keys()):
                forget(it, outer.vars[name], reason, depth - 1)
            outer = outer.parent
    finally:
        _RUNNING.pop()


def called(it: Interpreter, callee: Unknown, args: tuple[Any, ...]) -> None:
    """What is not known is called: a method of one of the objects that it stands for, or one of them."""
    if callee.member:
        if of_method(it, callee.member, callee) > Effect.READS:
            through(it, callee)
        return
    reason = Reason(callee.reason.kind, f"called by a name that is not known: {callee.reason.message}", callee.reason.site or it.site())
    seen: Seen = {}
    for item in callee.held:
        if isinstance(item, FunctionValue | BoundMethod):
            for value in args:
                forget(it, value, reason, _DEPTH, seen)
        forget(it, item, reason, _DEPTH, seen)


def through(it: Interpreter, unknown: Unknown) -> None:
    """Something is changed that is not known: any of the objects that it stands for, or what is reached through them."""
    if not unknown.held:
        return
    reason = Reason(unknown.reason.kind, f"changed by a name that is not known: {unknown.reason.message}", unknown.reason.site or it.site())
    seen: Seen = {}
    for item in unknown.held:
        forget(it, item, reason, _DEPTH, seen)
        if isinstance(item, ClassValue) and item.site is not None:
            _forget_class(it, item, reason)
        elif isinstance(item, Instance) and not is_plain(item):
            it.changed(item, reason)


def _forget_class(it: Interpreter, cls: ClassValue, reason: Reason) -> None:
    """What a class's body has bound to names, other than its methods."""
    it.write(cls.attrs)
    for name, value in cls.attrs.items():
        if not name.startswith("__") and not isinstance(value, FunctionValue | Native | Property):
            cls.attrs[name] = loose(reason, (value,))


def obscure(it: Interpreter, container: Any, reason: Reason) -> None:
    """Forget which elements a container holds: something that is not known has changed it."""
    it.write(container)
    held = reach(container.values() if isinstance(container, dict) else container)
    container.clear()
    it.state.mark_open(container, reason, None, held)


def _inside(it: Interpreter, values: Any, reason: Reason, depth: int, seen: Seen) -> None:
    if depth > 1 and len(values) <= _MANY:
        for item in list(values):
            forget(it, item, reason, depth - 1, seen)


def is_plain(value: Any) -> bool:
    """Whether an object is one of the analysed code's own that code may change: no module, no member of an enumeration, nothing frozen."""
    if not isinstance(value, Instance):
        return False
    facts = value.cls.fact
    if value.cls.facts.get("attributes only"):
        return True
    options = facts("dataclass_options") or {}
    return value.cls.site is not None and facts("module base") is None and facts("members") is None and options.get("frozen") is not True
