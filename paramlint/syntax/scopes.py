"""What the lowering keeps while it walks: anchors, scopes, and the class whose private names are being mangled."""

from __future__ import annotations

from typing import Any, Literal

ScopeKind = Literal["module", "class", "function", "comprehension"]


class Scope:
    """The names that one scope binds."""

    __slots__ = ("bound", "globals", "is_generator", "kind", "nonlocals", "outer", "suspensions", "temporaries")

    def __init__(self, kind: ScopeKind, outer: Scope | None) -> None:
        self.kind: ScopeKind = kind
        self.outer = outer
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.is_generator = False
        self.suspensions = 0  # yields and awaits met so far
        self.temporaries = 0

    def names(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """What the scope binds itself, and what ``global`` and ``nonlocal`` say of it."""
        return frozenset(self.bound - self.globals - self.nonlocals), frozenset(self.globals), frozenset(self.nonlocals)

    def temporary(self) -> str:
        """A fresh local name that no source can spell."""
        self.temporaries += 1
        name = f"<yield {self.temporaries}>"
        self.bound.add(name)
        return name


class State:
    """One lowering of one top-level statement. ``nodes[anchor]`` is the node that the anchor stands for."""

    __slots__ = ("feature", "nodes", "private", "scope", "type_names")

    def __init__(self) -> None:
        self.nodes: list[Any] = []  # of LibCST's tree, or of the standard library's
        self.scope = Scope("module", None)
        self.private = ""  # the class name that mangles ``__names``, without its leading underscores
        self.type_names: frozenset[str] = frozenset()  # type parameters in reach
        self.feature = (3, 0)  # the oldest Python that reads what was met, as far as it is newer than 3.11

    def at(self, node: object) -> int:
        nodes = self.nodes
        nodes.append(node)
        return len(nodes) - 1

    def needs(self, version: tuple[int, int]) -> None:
        self.feature = max(self.feature, version)

    def identifier(self, text: str) -> str:
        """The name as Python stores it: NFKC-normalised, private names mangled."""
        if not text.isascii():
            from unicodedata import normalize

            text = normalize("NFKC", text)
        if self.private and text[:2] == "__" and text[-2:] != "__":
            return f"_{self.private}{text}"
        return text

    def bind(self, text: str) -> str:
        name = self.identifier(text)
        self.scope.bound.add(name)
        return name

    def bind_outside(self, text: str) -> str:
        """Bind in the nearest scope that is no comprehension, as ``:=`` does."""
        name = self.identifier(text)
        scope = self.scope
        while scope.kind == "comprehension" and scope.outer is not None:
            scope = scope.outer
        scope.bound.add(name)
        return name

    def push(self, kind: ScopeKind) -> Scope:
        self.scope = Scope(kind, self.scope)
        return self.scope

    def pop(self) -> None:
        outer = self.scope.outer
        assert outer is not None
        self.scope = outer
