"""What code that is not known may have done to the plain objects that it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Harmless, Reason, Unknown, Why
from paramlint.interpreter.values import Either, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_DEPTH = 4  # objects within objects
_MANY = 1000  # elements that are looked into


def over(it: Interpreter, callee: Reason, values: tuple[Any, ...]) -> None:
    """Values are arguments of a call that is not followed, for this reason.

    Code of a package that is not in reach may change whatever it gets hold of. What is only not modelled is taken to change lists,
    dicts and sets at most, as functions of libraries do, and nothing behind them.
    """
    if isinstance(callee, Harmless) or callee.kind not in (Why.IMPORT, Why.UNSUPPORTED):
        return
    reason = Reason(callee.kind, f"passed to code that is not known: {callee.message}", callee.site or it.site())
    for value in values:
        forget(it, value, reason, _DEPTH if callee.kind is Why.IMPORT else 1)


def forget(it: Interpreter, value: Any, reason: Reason, depth: int = 1) -> None:
    """Nothing that an object holds is certain any more, nor that it holds no more; also of the objects in it, down to ``depth``."""
    if depth == 0:
        return
    kind = value.__class__
    if kind is Either:
        for item in value.alternatives:
            forget(it, item, reason, depth)
    elif kind is tuple:
        _inside(it, value, reason, depth)
    elif kind is list or kind is dict or kind is set:
        _inside(it, value.values() if kind is dict else value, reason, depth)
        it.write(value)
        if kind is list:
            value[:] = [Unknown(reason)] * len(value)
        elif kind is dict:
            value.update(dict.fromkeys(value, Unknown(reason)))
        it.state.mark_open(value, reason)
    elif kind is Instance and depth > 1 and is_plain(value):
        forget(it, value.payload, reason, depth)
        _inside(it, value.attrs.values(), reason, depth)
        it.write(value.attrs)
        value.attrs.update(dict.fromkeys(value.attrs, Unknown(reason)))


def _inside(it: Interpreter, values: Any, reason: Reason, depth: int) -> None:
    if depth > 1 and len(values) <= _MANY:
        for item in list(values):
            forget(it, item, reason, depth - 1)


def is_plain(value: Any) -> bool:
    """Whether an object is one of the analysed code's own that code may change: no module, no member of an enumeration, nothing frozen."""
    if not isinstance(value, Instance):
        return False
    facts = value.cls.fact
    if value.cls.facts.get("attributes only"):
        return True
    options = facts("dataclass_options") or {}
    return value.cls.site is not None and facts("module base") is None and facts("members") is None and options.get("frozen") is not True


SHUFFLE = Native("shuffle", lambda it, args, kwargs: forget(it, args[0], it.unknown(Why.EFFECT, "the order after `random.shuffle`").reason))
