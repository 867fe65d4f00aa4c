"""Classes with abstract methods left, of which ``object.__new__`` makes no objects.

What counts is what ``ABCMeta`` finds when it makes the class: a method that is put in place later changes nothing. A class without that
metaclass may have abstract methods and be instantiated all the same, and so may one whose objects a built-in type other than ``object``
makes (a list, an exception).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import DECORATOR, ClassMethod, ClassValue, FunctionValue, Instance, Native, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

META = "notes abstract methods"  # the fact of a metaclass that does, and of those that derive from it
DECLARED = "declared"  # the fact of a library's class whose methods are known: those that it has besides its attributes
MARK = "__isabstractmethod__"
_KEPT = "__abstractmethods__"


def is_abstract(value: Any) -> bool:
    """Whether something in a class is certainly marked as abstract."""
    if isinstance(value, FunctionValue | Native | Instance):
        return value.attrs.get(MARK) is True and DECORATOR not in value.attrs
    if isinstance(value, StaticMethod | ClassMethod):
        return is_abstract(value.func)
    return isinstance(value, Property) and value.cached is None and any(map(is_abstract, (value.getter, value.setter, value.deleter)))


def note(cls: ClassValue) -> None:
    """What ``ABCMeta`` does when a class has been made: keep the names of the abstract methods that it has left."""
    if cls.metaclass is None or not cls.metaclass.fact(META):
        return
    names = {name for name, value in cls.attrs.items() if is_abstract(value)}
    for base in cls.bases:
        names |= {name for name in left(base) if name not in cls.attrs and _is_left(cls, name)}
    cls.attrs[_KEPT] = frozenset(names)


def _is_left(cls: ClassValue, name: str) -> bool:
    """Whether nothing stands in for an inherited method; a library's class that comes first may have one of which nothing is known."""
    for base in cls.mro[1:]:
        if name in base.attrs:
            return is_abstract(base.attrs[name])
        if base.site is None and (name.startswith("_") or name in base.facts.get(DECLARED, (name,))):
            return False
    return False


def left(cls: ClassValue) -> list[str]:
    """The abstract methods that a class certainly has left."""
    names = cls.attrs.get(_KEPT, ())
    return sorted(name for name in names if isinstance(name, str)) if isinstance(names, frozenset | set | list | tuple) else []


def refuse(it: Interpreter, cls: ClassValue) -> None:
    """What ``object.__new__`` does first. Raises the analysed code's TypeError for a class that is abstract, but none where a base is not known."""
    names = left(cls) if _KEPT in cls.attrs and cls.fact("unknown_base") is None else ()
    if names:
        it.throw("TypeError", f"Can't instantiate abstract class {cls.name} with abstract method{'s' * (len(names) > 1)} {', '.join(names)}")
