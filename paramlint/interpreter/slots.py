"""``__slots__``: classes whose objects have certain attributes and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.core.unknown import Unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FACT = "slots"  # of a class: the names that its objects may have as attributes, those of its bases too; there are no others
_WITHOUT_DICT = (int, float, str, tuple, list, dict, set, frozenset, bytes, complex)


def declare(it: Interpreter, cls: ClassValue) -> None:
    """Note the slots of a class body, unless its objects have a ``__dict__`` besides."""
    given = cls.attrs["__slots__"]
    names = [given] if isinstance(given, str) else list(given) if isinstance(given, dict) else it.elements(given)
    if not all(isinstance(name, str) for name in names):
        if any(isinstance(name, Unknown) for name in names):
            return
        it.throw("TypeError", "__slots__ items must be strings, not " + next(f"'{type_name(n)}'" for n in names if not isinstance(n, str)))
    own = {_mangled(cls.name, name) for name in names}
    for name in own:
        if name in cls.attrs:
            it.throw("ValueError", f"'{name}' in __slots__ conflicts with class variable")
    cls.facts["own slots"] = frozenset(own)
    inherited = [found for base in cls.mro[1:] if (found := _of(base)) is not None]
    if "__dict__" not in own and len(inherited) == len(cls.mro) - 1:
        cls.facts[FACT] = frozenset(own).union(*inherited) - {"__weakref__"}


def _of(base: ClassValue) -> frozenset[str] | None:
    """The slots of a base; None where its objects have any attributes."""
    if base.module == "builtins" and (base.name == "object" or base.python in _WITHOUT_DICT):
        return frozenset()
    found: frozenset[str] | None = base.facts.get(FACT)
    return found


def _mangled(cls: str, name: str) -> str:
    return f"_{cls.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") and cls.strip("_") else name


def has(cls: ClassValue, name: str) -> bool:
    """Whether a class has a slot of that name, which is a descriptor of its own."""
    return any(name in base.facts.get("own slots", ()) for base in cls.mro)


def refuse(it: Interpreter, value: Instance, name: str) -> None:
    """Raise the analysed code's AttributeError for an attribute that is set and has no slot."""
    if name in value.cls.facts[FACT]:
        return
    if value.cls.find(name) is not ABSENT:
        it.throw("AttributeError", f"'{value.cls.name}' object attribute '{name}' is read-only")
    it.throw("AttributeError", f"'{value.cls.name}' object has no attribute '{name}'")


_KEEPING = frozenset({"builtins", "collections", "functools", "enum", "types", "pathlib", "fractions", "decimal", "contextlib", "inspect"})
_OPEN = frozenset({"object", "SimpleNamespace", "ABC"})


def keeps_own(cls: ClassValue) -> bool:
    """Whether objects of a class of Python's own have attributes here that they have not in CPython."""
    return cls.site is None and cls.python is None and cls.module in _KEEPING and cls.name not in _OPEN
