"""Classes that count as subclasses without deriving: ``__subclasshook__``, and what is registered with an abstract class or one below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import abstract_classes
from paramlint.interpreter.values import BoundMethod, ClassMethod, ClassValue, FunctionValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

REGISTERED = "registered"  # the fact of an abstract class: what has been registered with it


def hooked(it: Interpreter, cls: ClassValue, kind: ClassValue) -> Any:
    """What ``ABCMeta`` says of a class that does not derive from ``kind``: True, False, an Unknown, or NotImplemented where it says nothing."""
    if kind.metaclass is None or not kind.metaclass.fact(abstract_classes.META):
        return NotImplemented
    hook = kind.find("__subclasshook__")
    hook = hook.func if isinstance(hook, ClassMethod) else hook
    if isinstance(hook, FunctionValue):
        found = it.call(BoundMethod(hook, kind), [cls])
        if found is not NotImplemented:
            return it.truth(found)
    unknown: Unknown | None = None
    for other in (*kind.facts.get(REGISTERED, ()), *kind.subclasses):
        verdict: Any = True if other in cls.mro else NotImplemented
        if verdict is NotImplemented and isinstance(other, ClassValue):
            verdict = hooked(it, cls, other)
            check = other.facts.get("subclass_check") if verdict is NotImplemented else None
            verdict = check(it, cls) if check is not None else verdict
        if verdict is True:
            return True
        if isinstance(verdict, Unknown):
            unknown = verdict if unknown is None else unknown
    return NotImplemented if unknown is None else unknown
