"""What the interpreter needs from outside: source text as IR, and libraries it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from paramlint.syntax import ir
from paramlint.syntax.binding_only import BindingOnly


class Statement(Protocol):
    """A top-level statement, known before it is parsed."""

    @property
    def index(self) -> int: ...
    @property
    def binds(self) -> frozenset[str]: ...
    @property
    def binding_only(self) -> BindingOnly | None: ...
    @property
    def touches(self) -> frozenset[str]: ...
    @property
    def reads(self) -> frozenset[str]: ...
    @property
    def decorators(self) -> frozenset[str]: ...
    @property
    def mentions(self) -> frozenset[str]: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def annotations(self) -> Sequence[Any]: ...
    @property
    def is_main_guard(self) -> bool: ...


class ModuleSource(Protocol):
    """The source of one module, parsed statement by statement."""

    name: str
    path: str
    is_package: bool

    @property
    def statements(self) -> Sequence[Statement]: ...

    def lower(self, index: int) -> tuple[ir.Stmt, ...]:
        """The IR of a top-level statement, or of a class with one method whose body has been left out. Raises SourceUnreadable."""
        ...


class SourceUnreadable(Exception):
    """A module whose text cannot be read or parsed."""


class ModuleLoader(Protocol):
    roots: tuple[str, ...]  # the folders that modules are looked up in

    @property
    def bounds(self) -> tuple[str, ...]:
        """The folders below which anything is read, as real paths, the project's root first."""
        ...

    def find(self, name: str) -> ModuleSource | None:
        """The source of a module by its dotted name; None where it is not in reach."""
        ...

    def exists(self, name: str) -> bool: ...

    def size(self, name: str) -> int:
        """The bytes of the file of a module; 0 where it has none."""
        ...

    def text(self, path: str, origin: str) -> str | None:
        """The text of a file of the project that the file ``origin`` names; None where there is none, or it is no text."""
        ...

    def source_at(self, name: str, path: str, origin: str) -> ModuleSource | None:
        """The file at a path as a module of that name; None where it is no file of the project that ``origin`` belongs to."""
        ...

    def entries(self, folder: str, origin: str) -> list[tuple[str, bool]] | None:
        """What stands in a folder of the project, by name, and whether it is a folder; None for folders outside, and where there is too much."""
        ...

    def look_beside(self, name: str, origin: str) -> bool:
        """Look for modules beside the file ``origin``, if a module of that name is there and is another file."""
        ...

    def reaches_above(self, path: str) -> bool:
        """Whether imports may also be looked up in a folder above that of a file and of its packages."""
        ...

    def look_in(self, folder: str, origin: str, *, first: bool) -> bool:
        """Look for modules in one more folder, which the file ``origin`` names; whether there is such a folder."""
        ...

    def writing(self, words: Sequence[str], packages: Iterable[str], also: str = "") -> Sequence[str] | None:
        """The modules of some top-level packages with statements or decorators that begin with one of the words; None if too many."""
        ...

    def may_define(self, name: str, word: str) -> bool:
        """Whether a module may have a global of that name: its text has the word, or takes all that another module has."""
        ...


class Library(Protocol):
    """Knows the values behind the names of libraries that are not evaluated from source."""

    def covers(self, name: str) -> bool:
        """Whether a top-level package is known to the library (and so counts as installed)."""
        ...

    def refuses(self, name: str, values: Iterable[Any]) -> bool:
        """Whether a call of a function that is not modelled may well raise; others are taken to succeed outside of a ``try``."""
        ...

    def require_arguments(self, it: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raise in the analysed code what a function that is not modelled certainly raises for such arguments."""
        ...

    def holds(self, name: str) -> bool:
        """Whether the library knows other names below a dotted name, which is that of a module then."""
        ...

    def leaves_alone(self, module: str) -> bool:
        """Whether the functions of a module that is not in reach are taken to leave alone what they are given."""
        ...

    def has(self, module: str, name: str) -> bool | None:
        """Whether a module of the library has a name; None where the library does not know."""
        ...

    def optional(self, package: str) -> bool:
        """Whether a package that the library covers may well be missing where the others are there."""
        ...

    def outdated(self, module: str, name: str) -> bool:
        """Whether a module of the library has no longer a name whose value the library knows."""
        ...

    def lookup(self, qualified: str) -> Any:
        """The value of a dotted name, or None where the library has none; asked once a name."""
        ...

    def known_base(self, name: str) -> Any:
        """The class that stands for a base class of this dotted name whose source is not in reach, or None."""
        ...
