"""Values that Python has and Python objects cannot stand for.

Numbers, strings, lists, tuples, dicts, sets, ranges and slices are Python's own objects (containers hold abstract values), so they are
exact for free. Everything here is what needs a stand-in: functions, classes, instances, modules, generators, and values that are
one of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import NoNumber
from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.orders import linearise

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter
    from paramlint.syntax import ir

SERIALS = count()  # what is made later has a higher number
NativeCode = Callable[..., Any]  # (interpreter, args: list, kwargs: dict) -> value


class Absent:
    """The value of a name or key that a branch has not bound."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<absent>"


ABSENT = Absent()
SIGNATURE = "<signature>"  # the attribute of a native function that says what it takes: a function without arguments that gives the rows
ANY = "<any>"  # the attribute that stands for one that was set under a name that is not known
DECORATOR = "<decorator>"  # the attribute of a function that keeps a decorator that is out of reach
REFERS = "<refers>"  # the attribute of a function of a library that keeps what it gives to who calls it
HANDED = "<handed>"  # the fact of a class, and the attribute of an object, that says why code out of reach may have changed it


class Either:
    """One of several values, by a condition that is not known. ``ABSENT`` may be among them."""

    __slots__ = ("alternatives", "reason")

    def __init__(self, alternatives: tuple[Any, ...], reason: Reason) -> None:
        self.alternatives = alternatives
        self.reason = reason

    def instead(self, other: Any) -> Either:
        """The same with another value where it is absent."""
        kept = [value for value in self.alternatives if value is not ABSENT]
        kept += [value for value in (other.alternatives if isinstance(other, Either) else (other,)) if not any(value is known for known in kept)]
        return Either(tuple(kept), self.reason)

    def __repr__(self) -> str:
        return "Either(" + ", ".join(map(repr, self.alternatives)) + ")"


class FunctionValue(NoNumber):
    """A function of the analysed code. A method whose body has been left out gets it when it is first needed."""

    __slots__ = ("attrs", "closure", "code", "defaults", "deferred", "keyword_defaults", "module", "name", "owner", "qualname", "site", "unit",
                 "within")

    def __init__(self, code: ir.Function, closure: Frame, defaults: list[Any], keyword_defaults: dict[str, Any], site: Any) -> None:
        if code.deferred is None:
            self.code = code
        else:
            self.deferred = code
        self.closure = closure
        self.module = closure.module
        self.unit = closure.unit
        self.defaults = defaults
        self.keyword_defaults = keyword_defaults
        self.name = code.name
        self.qualname = code.name
        self.owner: ClassValue | None = None  # the class whose body defines it, for super()
        self.attrs: dict[str, Any] = {}
        self.site = site
        self.within: Callable[[Interpreter, Callable[[], Any]], Any] | None = None  # what runs the body, where a decorator of a library says so

    def __getattr__(self, name: str) -> Any:
        if name != "code":
            raise AttributeError(name)
        from paramlint.interpreter.deferred import read_method

        self.code, self.unit = read_method(self.deferred, self.module, self.unit)
        return self.code

    def __repr__(self) -> str:
        return f"<function {self.qualname}>"


class Native(NoNumber):
    """A function implemented here. One that ``binds`` gets the instance when it is found in a class, as a Python function does."""

    __slots__ = ("attrs", "binds", "code", "name")

    def __init__(self, name: str, code: NativeCode, *, binds: bool = False) -> None:
        self.name = name
        self.code = code
        self.binds = binds
        self.attrs: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<native {self.name}>"


class BoundMethod(NoNumber):
    __slots__ = ("func", "self")

    def __init__(self, func: Any, self_: Any) -> None:
        self.func = func
        self.self = self_

    def __repr__(self) -> str:
        return f"<bound {self.func!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundMethod) and self.func is other.func and self.self is other.self

    def __hash__(self) -> int:
        return hash((id(self.func), id(self.self)))


class Property:
    __slots__ = ("cached", "deleter", "getter", "setter")

    def __init__(self, getter: Any, setter: Any = None, deleter: Any = None, *, cached: str | None = None) -> None:
        self.getter = getter
        self.setter = setter
        self.deleter = deleter
        self.cached = cached  # the attribute that a cached_property writes


class StaticMethod:
    __slots__ = ("func",)

    def __init__(self, func: Any) -> None:
        self.func = func


class ClassMethod:
    __slots__ = ("func",)

    def __init__(self, func: Any) -> None:
        self.func = func


class ClassValue(NoNumber):
    """A class: of the analysed code, a built-in, or one that a library supplies.

    ``make`` makes a bare instance (``object.__new__`` for most). ``python`` is the type whose objects stand for instances
    themselves (int, list …). ``facts`` belongs to whoever made the class (dataclass fields, enum members, a library's entry).
    """

    __slots__ = ("attrs", "bases", "facts", "is_metaclass", "make",
                 "metaclass", "module", "mro", "name", "python", "qualname", "site", "subclasses", "unit")

    def __init__(self, name: str, bases: tuple[ClassValue, ...], attrs: dict[str, Any], *, module: str = "builtins",
                 python: type | None = None, site: Any = None) -> None:
        self.name = name
        self.qualname = name
        self.bases = bases
        self.attrs = attrs
        self.module = module
        self.python = python
        self.site = site
        self.unit: Any = None
        self.metaclass: ClassValue | None = next((b.metaclass for b in bases if b.metaclass is not None), None)
        self.is_metaclass: bool = python is type or any(base.is_metaclass for base in bases)
        self.make: NativeCode | None = None
        self.facts: dict[str, Any] = {}
        self.subclasses: list[ClassValue] = []
        self.mro: tuple[ClassValue, ...] = ()
        self.reorder()
        for base in bases:
            base.subclasses.append(self)

    def reorder(self) -> None:
        """Find the method resolution order anew, and that of the classes that derive from this one."""
        one = len(self.bases) == 1
        self.mro = (self, *(self.bases[0].mro if one else linearise([list(base.mro) for base in self.bases] + [list(self.bases)])))
        for derived in self.subclasses:
            derived.reorder()

    def __repr__(self) -> str:
        return f"<class {self.module}.{self.name}>"

    def find(self, name: str) -> Any:
        """The attribute along the method resolution order, unbound; ABSENT where there is none."""
        for cls in self.mro:
            if name in cls.attrs:
                found = cls.attrs[name]
                return found if found.__class__ is not Either else self._if_absent(found, cls, name)
        return ABSENT

    def _if_absent(self, found: Either, cls: ClassValue, name: str) -> Any:
        """An attribute that a class may not have is then that of the classes after it."""
        if ABSENT not in found.alternatives:
            return found
        behind = self.find_after(cls, name)
        return found.instead(behind)

    def find_after(self, cls: ClassValue, name: str) -> Any:
        """As ``find``, from the class that follows ``cls`` in the order: what super() sees."""
        after = self.mro[self.mro.index(cls) + 1:] if cls in self.mro else ()
        for base in after:
            if name in base.attrs:
                found = base.attrs[name]
                return found if found.__class__ is not Either else self._if_absent(found, base, name)
        return ABSENT

    def derives(self, other: ClassValue) -> bool:
        return other in self.mro

    def fact(self, key: str) -> Any:
        """The nearest fact of that name along the order, or None."""
        for cls in self.mro:
            if key in cls.facts:
                return cls.facts[key]
        return None


_KEYS = (str, int, float, bytes, tuple)
_NUMBERS = frozenset({"decimal", "fractions"})  # modules of numbers, which are keys as Python's own numbers are


def is_key(payload: Any) -> bool:
    """Whether what is behind an object decides what it equals as a key."""
    return isinstance(payload, _KEYS) or (payload is not None and payload.__class__.__module__ in _NUMBERS)


class Instance:
    """An object of a class. ``payload`` is the Python object behind a subclass of int, dict, list …, or a library's own state.

    ``site`` is the call of the class that made it; None for what was made otherwise.
    """

    __slots__ = ("attrs", "cls", "payload", "site")

    def __init__(self, cls: ClassValue, attrs: dict[str, Any] | None = None, payload: Any = None) -> None:
        self.cls = cls
        self.attrs: dict[str, Any] = {} if attrs is None else attrs
        self.payload = payload
        self.site: Any = None

    def __repr__(self) -> str:
        return f"<{self.cls.name} instance>"

    def __eq__(self, other: object) -> bool:
        """As Python objects, for keys of dicts and sets: a member of a str enumeration finds what its value finds."""
        if self is other:
            return True
        value = other.payload if isinstance(other, Instance) else other
        return is_key(self.payload) and is_key(value) and self.payload == value

    def __hash__(self) -> int:
        return hash(self.payload) if is_key(self.payload) else id(self) >> 4


class Super:
    __slots__ = ("cls", "object")

    def __init__(self, cls: ClassValue, object_: Any) -> None:
        self.cls = cls
        self.object = object_


class GeneratorValue:
    """A running generator of the analysed code, or any lazy iterator.

    ``moved`` are the logs of the ways on which it has been moved, as that cannot be undone; ``lost`` is why it is not known any more where it stands.
    """

    __slots__ = ("done", "forgets", "is_generator", "kind", "lost", "moved", "name", "serial", "started", "steps", "unordered")

    def __init__(self, steps: Iterator[Any], name: str = "generator") -> None:
        self.serial = next(SERIALS)
        self.steps = steps
        self.name = name
        self.kind = "generator"  # the name of its class
        self.is_generator = True  # not an iterator of another kind
        self.started = False
        self.done = False
        self.moved: tuple[Any, ...] = ()
        self.lost: Unknown | None = None
        self.forgets: Callable[[Unknown], None] | None = None  # makes unknown what running on may change
        self.unordered: Callable[[], list[Any] | None] | None = None  # the same elements, where their order is not known; see set_order.py


class Foreign:
    """A value that a library supplies, with behaviour of its own. Methods return NotImplemented for "no such thing".

    ``CHANGES`` says whether it has a state; then it has a ``serial`` number too.
    """

    __slots__ = ()
    CHANGES: ClassVar[bool] = False
    serial: int

    def again(self, it: Interpreter, memo: dict[int, Any]) -> Any:
        """A copy of a value that changes; ``memo`` has the copies so far by the originals' ids."""
        return NotImplemented

    def type_name(self) -> str:
        return type(self).__name__

    def get(self, it: Interpreter, name: str) -> Any:
        return NotImplemented

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        return NotImplemented

    def delete(self, it: Interpreter, name: str) -> None:
        """``del value.name``; nothing, where what a library's object has is not followed."""

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return NotImplemented

    def is_callable(self, it: Interpreter) -> Any:
        """What ``callable`` says of it."""
        return type(self).call is not Foreign.call or self.get(it, "__call__") is not NotImplemented

    def unary(self, it: Interpreter, op: str) -> Any:
        return NotImplemented

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return NotImplemented

    def same_as(self, other: Any) -> bool:
        """Whether another value is certainly the same, although it is another object."""
        return False

    def identity(self, it: Interpreter, other: Any) -> Any:
        """Whether another value is the same object; NotImplemented where this is that very value alone."""
        return NotImplemented

    def merged(self, other: Any) -> Any:
        """One value that stands for this one and another of its class where either may be there; None where that would lose too much."""
        return None

    def in_place(self, it: Interpreter, op: str, other: Any) -> Any:
        """``self op= other``."""
        return NotImplemented

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return NotImplemented

    def item(self, it: Interpreter, index: Any) -> Any:
        return NotImplemented

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return NotImplemented

    def iterate(self, it: Interpreter) -> Any:
        return NotImplemented

    def length(self, it: Interpreter) -> Any:
        return NotImplemented

    def truth(self, it: Interpreter) -> Any:
        return NotImplemented

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return None
