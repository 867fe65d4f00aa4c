"""What is not known, and why.

An ``Unknown`` flows through arithmetic like NaN does: whatever it touches becomes Unknown and keeps the first reason.
Asking it for a decision (``if unknown:``) raises ``NeedsValue``, which whoever evaluates turns into an answer.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, Final, NoReturn


class Why(StrEnum):
    """The families of reasons; each says what would help."""

    ARGUMENT = "argument"  # an argument without a default, or of unknown value: give it
    IMPORT = "import"  # a package or module that is not in reach: add a search path
    NAME = "name"  # a name that nothing binds
    UNSUPPORTED = "unsupported"  # Python or a library that is not modelled
    INPUT = "input"  # depends on the input or its shape: give one
    BRANCH = "branch"  # decided by a condition that is not known
    LOOP = "loop"  # repeated an unknown number of times
    LIMIT = "limit"  # a documented limit was reached
    EFFECT = "effect"  # read from the outside world (files, environment, clock)
    DOWNLOAD = "download"  # fetched from the network
    ERROR = "error"  # the code raises here


class Reason:
    """Why something is not known: a family, a sentence, and the place (an opaque token until it is reported)."""

    __slots__ = ("kind", "message", "site")

    def __init__(self, kind: Why, message: str, site: Any = None) -> None:
        self.kind: Final = kind
        self.message: Final = message
        self.site: Final = site

    def __repr__(self) -> str:
        return f"Reason({self.kind.value}: {self.message})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.kind, self.message, self.site) == (other.kind, other.message, other.site)

    def __hash__(self) -> int:
        return hash((self.kind, self.message, self.site))


class UnmodelledBase(Reason):
    """A base class of a library that has no entry; ``name`` is its dotted name."""

    __slots__ = ("name",)

    def __init__(self, name: str, site: Any = None) -> None:
        super().__init__(Why.UNSUPPORTED, f"the base class `{name}` is not modelled", site)
        self.name: Final = name


class Harmless(Reason):
    """Of code that is not in reach and is taken to leave alone what it is given: the methods of well-known base classes."""

    __slots__ = ()


class Escaped(Reason):
    """Of what code that is not followed may have changed: what is counted holds if it has not."""

    __slots__ = ()


class LeavesAlone(Reason):
    """Of a well-known package that is not in reach, whose functions are taken to leave alone what they are given."""

    __slots__ = ()


class Succeeds(Reason):
    """Of what reads the clock or draws at random, and does not fail."""

    __slots__ = ()


class Present(Reason):
    """Of an attribute, by its ``name``, of which nothing else is known than that it is there."""

    __slots__ = ("name",)

    def __init__(self, name: str, message: str, site: Any = None) -> None:
        super().__init__(Why.UNSUPPORTED, message, site)
        self.name: Final = name


class NeedsValue(Exception):
    """A decision was asked of something that is not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason.message)
        self.unknown = unknown.picked  # what comes of the decision may be anything


class MayRefuse(NeedsValue):
    """A library may raise an exception for what it is given, or not: nothing that follows is known."""


class Unknown:
    """A value that is not known. Arithmetic keeps it; a decision on it raises ``NeedsValue``.

    ``data`` says that it is certainly text, a number or made of those (what a file holds, what the clock says) and so no object of the
    analysed code. What such a value picks (``models[name]``) or decides may be one: that is not known as ``picked``.

    ``held`` are objects of the analysed code that it may be, or that may be reached through it: who changes the one changes the other.
    ``member`` is the name under which it was found in another value that is not known. ``owner`` is the object in whose class it was found:
    a function that it may be is a method, which gets the object when it is called.
    """

    __slots__ = ("data", "held", "member", "owner", "reason")

    def __init__(self, reason: Reason, held: tuple[Any, ...] = (), member: str = "", *, data: bool = False) -> None:
        self.reason: Final = reason
        self.data: Final = data
        self.held: Final = held
        self.member: Final = member
        self.owner: Any = None

    @classmethod
    def because(cls, kind: Why, message: str, site: Any = None) -> Unknown:
        return cls(Reason(kind, message, site))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (self.reason, self.data))

    @property
    def picked(self) -> Unknown:
        """What is not known for the same reason, and may be anything."""
        return Unknown(self.reason) if self.data else self

    @property
    def result(self) -> Unknown:
        """What an operation on it gives: not known for the same reason."""
        return self

    def __repr__(self) -> str:
        return f"Unknown({self.reason.message})"

    def _same(self, *_: object) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _same
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _same

    def __eq__(self, other: object) -> Any:
        return self

    def __ne__(self, other: object) -> Any:
        return self

    __hash__ = object.__hash__

    def _decide(self, *_: object) -> NoReturn:
        raise NeedsValue(self)

    __bool__ = __int__ = __index__ = __float__ = __len__ = __iter__ = __getitem__ = __contains__ = _decide


class Row(Unknown):
    """A list of numbers that are not known, as an argument of an operation: ``length`` of them, each an "int", a "float" or either ("number")."""

    __slots__ = ("kind", "length")

    def __init__(self, reason: Reason, length: int, kind: str) -> None:
        super().__init__(reason, data=True)
        self.length: Final = length
        self.kind: Final = kind


class UnknownArray(Unknown):
    """An array of numbers of which the sizes of its axes are known, and the type of its elements, or "unknown"."""

    __slots__ = ("dtype", "sizes")

    def __init__(self, reason: Reason, sizes: tuple[int, ...], dtype: str) -> None:
        super().__init__(reason, data=True)
        self.sizes: Final = sizes
        self.dtype: Final = dtype

    @property
    def result(self) -> Unknown:
        return Unknown(self.reason, data=True)

    def _plain(self, *_: object) -> Unknown:
        return self.result

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _plain
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _plain
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _plain
    __lt__ = __le__ = __gt__ = __ge__ = _plain

    def attribute(self, name: str) -> Any:
        """What is known of an attribute."""
        known = {"shape": self.sizes, "ndim": len(self.sizes), "size": math.prod(self.sizes)}
        return known.get(name, Unknown(self.reason))


UNKNOWNS = frozenset({Unknown, Row, UnknownArray})


def _restored(reason: Reason, data: bool) -> Unknown:
    """What is left of an Unknown that goes to another process."""
    return Unknown(reason, data=data)
