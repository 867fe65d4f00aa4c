"""The intermediate representation: frozen nodes, without trivia and without positions.

``at`` is a node's anchor: its number in the order in which the lowering of one top-level statement meets the nodes that may be
reported. ``syntax.positions`` turns anchors into spans when something is reported. Nodes pickle, so IR can be cached.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True):
    """Base of all nodes."""


# Expressions ----------------------------------------------------------------------------------------------------------


class Expr(Node, frozen=True):
    at: int


class Constant(Expr, frozen=True):
    """A literal: int, float, complex, str, bytes, bool, None or Ellipsis."""

    value: Any


class Name(Expr, frozen=True):
    id: str


class Attribute(Expr, frozen=True):
    value: Expr
    attr: str


class Subscript(Expr, frozen=True):
    value: Expr
    index: Expr  # a Slice, or a Sequence of kind "tuple" that may hold Slices


class Slice(Expr, frozen=True):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Call(Expr, frozen=True):
    func: Expr
    args: tuple[Expr, ...]  # Starred where the call has ``*``
    keywords: tuple[tuple[str | None, Expr], ...]  # None where the call has ``**``


class Unary(Expr, frozen=True):
    op: str  # "-", "+", "~", "not"
    operand: Expr


class Binary(Expr, frozen=True):
    op: str  # "+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^"
    left: Expr
    right: Expr


class Boolean(Expr, frozen=True):
    op: str  # "and", "or"
    values: tuple[Expr, ...]  # nested chains of one operator are flattened


class Compare(Expr, frozen=True):
    left: Expr
    ops: tuple[str, ...]  # "==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"
    right: tuple[Expr, ...]


class Conditional(Expr, frozen=True):
    test: Expr
    then: Expr
    otherwise: Expr


class Display(Expr, frozen=True):
    """A tuple, list or set display."""

    kind: str  # "tuple", "list", "set"
    items: tuple[Expr, ...]


class DictDisplay(Expr, frozen=True):
    items: tuple[tuple[Expr | None, Expr], ...]  # the key is None for ``**mapping``


class Starred(Expr, frozen=True):
    value: Expr


class Lambda(Expr, frozen=True):
    function: Function


class Clause(Node, frozen=True):
    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


class Comprehension(Expr, frozen=True):
    kind: str  # "list", "set", "dict", "generator"
    element: Expr  # the key of a dict comprehension
    value: Expr | None
    clauses: tuple[Clause, ...]


class Formatted(Expr, frozen=True):
    """A replacement field of an f-string; ``prefix`` is the text of ``{x=}``."""

    value: Expr
    conversion: str | None  # "r", "s", "a"
    spec: FString | None
    prefix: str


class FString(Expr, frozen=True):
    parts: tuple[Expr, ...]  # Constant strings and Formatted


class Await(Expr, frozen=True):
    value: Expr


class Yield(Expr, frozen=True):
    value: Expr | None


class YieldFrom(Expr, frozen=True):
    value: Expr


class Walrus(Expr, frozen=True):
    name: str
    value: Expr


# Functions ------------------------------------------------------------------------------------------------------------


class Parameter(Node, frozen=True):
    name: str
    default: Expr | None


class Function(Node, frozen=True):
    """What a ``def`` and a ``lambda`` share. A lambda's body is one Return."""

    name: str
    positional_only: tuple[Parameter, ...]
    parameters: tuple[Parameter, ...]
    star: str | None
    keyword_only: tuple[Parameter, ...]
    double_star: str | None
    body: tuple[Stmt, ...]
    locals: frozenset[str]  # every name the body binds, parameters too, without ``global`` and ``nonlocal`` ones
    global_names: frozenset[str]
    nonlocal_names: frozenset[str]
    is_generator: bool
    is_async: bool
    doc: str | None
    annotations: tuple[Expr, ...] = ()  # those whose evaluation may do something or raise, in their order
    is_annotated: bool = False  # whether a parameter or the result has an annotation that has been read
    deferred: int | None = None  # the number under which it is parsed, where its body has been left out


# Statements -----------------------------------------------------------------------------------------------------------


class Stmt(Node, frozen=True):
    at: int


class Evaluate(Stmt, frozen=True):
    value: Expr


class Assign(Stmt, frozen=True):
    targets: tuple[Expr, ...]  # Name, Attribute, Subscript, Starred or Display
    value: Expr


class AugAssign(Stmt, frozen=True):
    op: str
    target: Expr
    value: Expr


class AnnAssign(Stmt, frozen=True):
    target: Expr
    annotation: Expr
    value: Expr | None


class Delete(Stmt, frozen=True):
    targets: tuple[Expr, ...]


class Return(Stmt, frozen=True):
    value: Expr | None


class Raise(Stmt, frozen=True):
    exception: Expr | None
    cause: Expr | None


class Assert(Stmt, frozen=True):
    test: Expr
    message: Expr | None


class Break(Stmt, frozen=True):
    pass


class Continue(Stmt, frozen=True):
    pass


class If(Stmt, frozen=True):
    """``elif`` chains are flat: several branches, tested in order."""

    branches: tuple[tuple[Expr, tuple[Stmt, ...]], ...]
    orelse: tuple[Stmt, ...]


class While(Stmt, frozen=True):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class For(Stmt, frozen=True):
    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool


class Handler(Node, frozen=True):
    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]


class Try(Stmt, frozen=True):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    is_star: bool


class With(Stmt, frozen=True):
    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]
    is_async: bool


class Unread(Stmt, frozen=True):
    """The body of a method that cannot be parsed."""

    message: str


class FunctionDef(Stmt, frozen=True):
    function: Function
    decorators: tuple[Expr, ...]


class ClassDef(Stmt, frozen=True):
    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    doc: str | None
    locals: frozenset[str] = frozenset()  # every name the body binds, without ``global`` and ``nonlocal`` ones
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()


class Import(Stmt, frozen=True):
    names: tuple[tuple[str, str | None], ...]  # (dotted name, the name after ``as``)


class ImportFrom(Stmt, frozen=True):
    module: str  # "" for ``from . import x``
    level: int  # the number of leading dots
    names: tuple[tuple[str, str | None], ...]  # (("*", None),) for a star


class TypeAlias(Stmt, frozen=True):
    name: str
    value: Expr


# Patterns -------------------------------------------------------------------------------------------------------------


class Pattern(Node, frozen=True):
    pass


class MatchValue(Pattern, frozen=True):
    """A literal or dotted name, compared with ``==``; None, True and False with ``is``."""

    value: Expr


class MatchAs(Pattern, frozen=True):
    """A capture (``name``), a wildcard (both None), or ``pattern as name``."""

    pattern: Pattern | None
    name: str | None


class MatchStar(Pattern, frozen=True):
    name: str | None


class MatchSequence(Pattern, frozen=True):
    patterns: tuple[Pattern, ...]


class MatchMapping(Pattern, frozen=True):
    items: tuple[tuple[Expr, Pattern], ...]
    rest: str | None


class MatchClass(Pattern, frozen=True):
    cls: Expr
    patterns: tuple[Pattern, ...]
    keywords: tuple[tuple[str, Pattern], ...]


class MatchOr(Pattern, frozen=True):
    patterns: tuple[Pattern, ...]


class Case(Node, frozen=True):
    pattern: Pattern
    guard: Expr | None
    body: tuple[Stmt, ...]


class Match(Stmt, frozen=True):
    subject: Expr
    cases: tuple[Case, ...]
