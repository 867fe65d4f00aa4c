"""What one top-level statement binds, changes and reads, from the standard library's tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

_Part = tuple[Any, bool]  # a node, and whether it stands in a class body


class Names:
    """Sets of names, filled without recursion over expressions: the tree may be deeper than Python's stack."""

    __slots__ = ("binds", "decorators", "reads", "touches")

    def __init__(self, nodes: Iterable[ast.AST] = ()) -> None:
        self.binds: set[str] = set()
        self.touches: set[str] = set()
        self.reads: set[str] = set()
        self.decorators: set[str] = set()
        self._walk([(node, False) for node in nodes])

    def _walk(self, pending: list[_Part]) -> None:
        while pending:
            node, in_class = pending.pop()
            special = _SPECIAL.get(type(node))
            if special is not None:
                special(self, node, in_class, pending)
                continue
            for field in node._fields:
                value = getattr(node, field)
                if isinstance(value, list):
                    pending.extend([(item, in_class) for item in value if isinstance(item, ast.AST)])
                elif isinstance(value, ast.AST):
                    pending.append((value, in_class))

    def _bind(self, name: str | None, in_class: bool) -> None:
        if name is not None and not in_class:
            self.binds.add(name)

    def _name(self, node: ast.Name, in_class: bool, pending: list[_Part]) -> None:
        if isinstance(node.ctx, ast.Load):
            self.reads.add(node.id)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id, in_class)
        elif not in_class:
            self.touches.add(node.id)

    def _function(self, node: ast.FunctionDef, in_class: bool, pending: list[_Part]) -> None:
        self._bind(node.name, in_class)
        self._decorated(node, in_class)
        pending.extend([(part, in_class) for part in node.decorator_list])
        self._defaults(node, in_class, pending)

    def _decorated(self, node: ast.FunctionDef | ast.ClassDef, in_class: bool) -> None:
        if not in_class:
            self.decorators |= {name for decorator in node.decorator_list for name in _root(decorator)}

    def _defaults(self, node: ast.FunctionDef | ast.Lambda, in_class: bool, pending: list[_Part]) -> None:
        pending.extend([(part, in_class) for part in (*node.args.defaults, *node.args.kw_defaults) if part is not None])

    def _class(self, node: ast.ClassDef, in_class: bool, pending: list[_Part]) -> None:
        self._bind(node.name, in_class)
        self._decorated(node, in_class)
        pending.extend([(part, in_class) for part in (*node.decorator_list, *node.bases, *node.keywords)])
        pending.extend([(part, True) for part in node.body])

    def _import(self, node: ast.Import, in_class: bool, pending: list[_Part]) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0], in_class)

    def _import_from(self, node: ast.ImportFrom, in_class: bool, pending: list[_Part]) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name, in_class)

    def _place(self, node: ast.Attribute | ast.Subscript, in_class: bool, pending: list[_Part]) -> None:
        pending.append((node.value, in_class))
        if isinstance(node, ast.Subscript):
            pending.append((node.slice, in_class))
        if not isinstance(node.ctx, ast.Load):
            self._touch_root(node)

    def _touch_root(self, node: ast.AST) -> None:
        self.touches |= _root(node)

    def _augmented(self, node: ast.AugAssign, in_class: bool, pending: list[_Part]) -> None:
        if isinstance(node.target, ast.Name):
            self.reads.add(node.target.id)
            if not in_class:
                self.touches.add(node.target.id)
        else:
            pending.append((node.target, in_class))
        pending.append((node.value, in_class))

    def _annotated(self, node: ast.AnnAssign, in_class: bool, pending: list[_Part]) -> None:
        pending.append((node.annotation, in_class))
        if node.value is not None:
            pending.extend([(node.target, in_class), (node.value, in_class)])

    def _evaluate(self, node: ast.Expr, in_class: bool, pending: list[_Part]) -> None:
        """Whatever an expression statement names may be changed by it; that is what such statements are for."""
        if isinstance(node.value, ast.Constant):
            return
        inner = Names((node.value,))
        self.binds |= inner.binds
        self.reads |= inner.reads
        self.touches |= inner.touches | inner.reads

    def _comprehension(self, node: ast.ListComp | ast.DictComp, in_class: bool, pending: list[_Part]) -> None:
        inner, targets = Names(), Names()
        parts: list[Any] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for clause in node.generators:
            parts += [clause.iter, *clause.ifs]
            targets._walk([(clause.target, False)])
        inner._walk([(part, False) for part in parts])
        self.binds |= inner.binds
        self.touches |= inner.touches - targets.binds
        self.reads |= (inner.reads - targets.binds) | targets.reads

    def _handler(self, node: ast.ExceptHandler, in_class: bool, pending: list[_Part]) -> None:
        self._bind(node.name, in_class)
        pending.extend([(part, in_class) for part in (node.type, *node.body) if part is not None])

    def _capture(self, node: ast.MatchAs | ast.MatchStar, in_class: bool, pending: list[_Part]) -> None:
        self._bind(node.name, in_class)
        if isinstance(node, ast.MatchAs) and node.pattern is not None:
            pending.append((node.pattern, in_class))

    def _mapping(self, node: ast.MatchMapping, in_class: bool, pending: list[_Part]) -> None:
        self._bind(node.rest, in_class)
        pending.extend([(part, in_class) for part in (*node.keys, *node.patterns)])


def _root(node: ast.AST) -> set[str]:
    """``a`` of ``a.b[c](d).e``; nothing where the root is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


_SPECIAL: dict[type[ast.AST], Any] = {
    ast.Name: Names._name,
    ast.FunctionDef: Names._function,
    ast.AsyncFunctionDef: Names._function,
    ast.Lambda: Names._defaults,
    ast.ClassDef: Names._class,
    ast.Import: Names._import,
    ast.ImportFrom: Names._import_from,
    ast.Attribute: Names._place,
    ast.Subscript: Names._place,
    ast.AugAssign: Names._augmented,
    ast.AnnAssign: Names._annotated,
    ast.Expr: Names._evaluate,
    ast.ListComp: Names._comprehension,
    ast.SetComp: Names._comprehension,
    ast.GeneratorExp: Names._comprehension,
    ast.DictComp: Names._comprehension,
    ast.ExceptHandler: Names._handler,
    ast.MatchAs: Names._capture,
    ast.MatchStar: Names._capture,
    ast.MatchMapping: Names._mapping,
    ast.Constant: lambda *_: None,
    ast.Global: lambda self, node, in_class, pending: self.binds.update(node.names),  # in a class body: it binds them outside
}
if hasattr(ast, "TypeAlias"):  # Python 3.12
    _SPECIAL[ast.TypeAlias] = lambda self, node, in_class, pending: pending.append((node.name, in_class))
