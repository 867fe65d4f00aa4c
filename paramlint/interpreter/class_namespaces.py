"""``vars(cls)``: what a class itself has, with what Python adds to each class that a statement makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter import metaclasses, methods
from paramlint.interpreter.values import ABSENT, ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

DEFINED = "defined"  # of a class: how many names it had when its statement was done
_OWN = ("__dict__", "__weakref__")


def contents(it: Interpreter, cls: ClassValue) -> dict[str, Any]:
    """The names in the order that Python has them in, with their values."""
    real = real_class(cls)
    if real is not None:
        found = {name: _of_python(it, cls, name) for name in vars(real)}
        return found | {name: value for name, value in cls.attrs.items() if name not in found and not isinstance(value, Native)}
    if cls.fact("unknown_base") is not None or DEFINED not in cls.facts:
        return dict(cls.attrs)
    names = list(cls.attrs)
    count = cls.facts[DEFINED]
    added = [*sorted(cls.facts.get("own slots", ())), *_added(it, cls), "__doc__"]
    last = [name for name in ("__hash__",) if name in names[:count] and cls.attrs[name] is None]
    body = [name for name in names[:count] if name not in last]
    order = dict.fromkeys([*body, *added, *last, *names[count:]])
    return {name: cls.attrs[name] if name in cls.attrs else None if name == "__doc__" else _descriptor(it, name) for name in order}


def _descriptor(it: Interpreter, name: str) -> Any:
    from paramlint.interpreter.native_kinds import named

    return it.instance(named(it, "getset_descriptor" if name in _OWN else "member_descriptor"), attrs={"__name__": name})


def _of_python(it: Interpreter, cls: ClassValue, name: str) -> Any:
    found = cls.attrs.get(name, ABSENT)
    if found is ABSENT and name not in ("__doc__", "__module__", *_OWN):
        found = methods.unbound(it, cls, name)
    return it.unknown(Why.UNSUPPORTED, f"`{cls.name}.{name}`") if found is ABSENT else found


def real_class(cls: ClassValue) -> type | None:
    """The class of the running Python that a class stands for."""
    if cls.site is not None or DEFINED in cls.facts:
        return None
    from paramlint.interpreter import stdlib

    return cls.python or stdlib.real_class(cls.module, cls.name)


def _added(it: Interpreter, cls: ClassValue) -> list[str]:
    """What Python adds to a class so that its objects can have attributes, and be referred to weakly."""
    slots = cls.attrs.get("__slots__", ABSENT)
    return [name for name, had, may in zip(_OWN, _had(it, cls), _may(it, cls), strict=True)
            if not had and may and (slots is ABSENT or name in cls.facts.get("own slots", ()))]


def _base(it: Interpreter, cls: ClassValue) -> ClassValue | None:
    wanted = metaclasses.solid(it, cls) if cls.bases else None
    return next((base for base in cls.bases if metaclasses.solid(it, base) is wanted), cls.bases[0] if cls.bases else None)


def _had(it: Interpreter, cls: ClassValue) -> tuple[bool, bool]:
    """Whether the base that decides has a ``__dict__`` and weak references."""
    base = _base(it, cls)
    if base is None:
        return False, False
    real = real_class(base)
    if real is not None:
        return real.__dictoffset__ != 0, real.__weakrefoffset__ != 0
    if DEFINED not in base.facts:
        return True, True
    had = _had(it, base)
    added = _added(it, base)
    return had[0] or _OWN[0] in added, had[1] or _OWN[1] in added


def _may(it: Interpreter, cls: ClassValue) -> tuple[bool, bool]:
    sized = any(real is not None and real.__itemsize__ for real in map(real_class, cls.mro))
    return True, not sized
