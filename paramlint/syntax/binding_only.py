"""Statements that do nothing but bind names, told by their syntax.

A ``def`` without decorators, a class of such functions and constants, a name for a table of constants: nobody can tell whether they have
been executed before one of their names is read, as long as what they read themselves has not changed meanwhile.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from paramlint.syntax.signatures import acting

_DESCRIPTORS = frozenset({"property", "staticmethod", "classmethod"})
_ACCESSORS = frozenset({"setter", "getter", "deleter"})
_DEEPEST = 40  # expressions within expressions; what is nested deeper is executed in its turn
_HOOKS = frozenset({"__init_subclass__", "__class_getitem__", "__set_name__"})


class BindingOnly(NamedTuple):
    """What must hold besides, for a statement to have no effect: where the names come from that it takes attributes of.

    ``libraries`` are the first names of dotted names in defaults, class bodies and decorators, ``bases`` the names that bases begin with,
    ``attributes`` the names whose values become attributes of a class, ``annotations`` those of which annotations take an attribute or an item,
    ``dotted`` what is named in modules.
    """

    libraries: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()
    dotted: frozenset[str] = frozenset()


def binding_only(nodes: Sequence[ast.stmt]) -> BindingOnly | None:
    """What a top-level statement needs to have no effect but the names that it binds; None where it may have others."""
    if len(nodes) != 1:
        return None
    found = _Reader()
    if not found.statement(nodes[0]):
        return None
    return BindingOnly(*map(frozenset, (found.libraries, found.bases, found.attributes, found.annotations, found.dotted)))


class _Reader:
    def __init__(self) -> None:
        self.libraries: set[str] = set()
        self.bases: set[str] = set()
        self.attributes: set[str] = set()
        self.annotations: set[str] = set()
        self.dotted: set[str] = set()

    def statement(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return not node.decorator_list and self._defaults(node.args) and not acting(node)
        if isinstance(node, ast.ClassDef):
            return not node.decorator_list and self._class(node)
        if isinstance(node, ast.Assign):
            return all(isinstance(target, ast.Name) for target in node.targets) and _is_literal(node.value, 0)
        return False

    def _defaults(self, arguments: ast.arguments) -> bool:
        return all(self._expression(part, 0) for part in (*arguments.defaults, *arguments.kw_defaults) if part is not None)

    def _class(self, node: ast.ClassDef) -> bool:
        if node.keywords or getattr(node, "type_params", None):
            return False
        for base in node.bases:
            root = self._root(base)
            if root is None:
                return False
            self.bases.add(root)
        return all(map(self._member, node.body))

    def _member(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return node.name not in _HOOKS and all(map(self._decorator, node.decorator_list)) and self._defaults(node.args) and not acting(node)
        if isinstance(node, ast.ClassDef):
            return not node.decorator_list and self._class(node)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Name):
            self.attributes.add(node.value.id)
        if isinstance(node, ast.Assign):
            return all(isinstance(target, ast.Name) for target in node.targets) and self._expression(node.value, 0)
        if isinstance(node, ast.AnnAssign):
            self._annotated(node.annotation)
            return isinstance(node.target, ast.Name) and not _calls(node.annotation) and (node.value is None or self._expression(node.value, 0))
        return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))

    def _annotated(self, node: ast.expr) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                self._root(part)
        whole = node
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name) and node is not whole:
            self.annotations.add(node.id)

    def _decorator(self, node: ast.expr) -> bool:
        """A descriptor, or what a library has: ``@property``, ``@size.setter``, ``@torch.no_grad()``."""
        if isinstance(node, ast.Name) and node.id in _DESCRIPTORS:
            return True
        if isinstance(node, ast.Attribute) and node.attr in _ACCESSORS and isinstance(node.value, ast.Name):
            return True
        if isinstance(node, ast.Call):
            if not all(isinstance(part, ast.Constant) for part in (*node.args, *(keyword.value for keyword in node.keywords))):
                return False
            node = node.func
        root = self._root(node)
        if root is not None:
            self.libraries.add(root)
        return root is not None

    def _root(self, node: ast.expr) -> str | None:
        """``a`` of ``a.b.c``, which is noted; None for any other expression."""
        path = ""
        while isinstance(node, ast.Attribute):
            path = f".{node.attr}{path}"
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        if path:
            self.dotted.add(node.id + path)
        return node.id

    def _expression(self, node: ast.expr, depth: int) -> bool:
        """Whether an expression calls nothing: constants, names, what libraries have, and new containers of them."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, ast.Attribute):
            root = self._root(node)
            if root is not None:
                self.libraries.add(root)
            return root is not None
        if isinstance(node, ast.Name):
            return True
        if isinstance(node, (ast.Tuple, ast.List)):
            return all(self._expression(part, depth + 1) for part in node.elts)
        if isinstance(node, ast.Dict):
            return all(key is not None and _is_literal(key, 0) and self._expression(part, depth + 1)
                       for key, part in zip(node.keys, node.values, strict=True))
        if isinstance(node, ast.Lambda):
            return self._defaults(node.args)
        return _is_literal(node, depth)


def _is_literal(node: ast.expr, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, int | float) and not isinstance(node.op, ast.Invert)
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_literal(part, depth + 1) for part in node.elts)
    if isinstance(node, ast.Set):
        return all(isinstance(part, ast.Constant) for part in node.elts)
    if isinstance(node, ast.Dict):
        return all(key is not None and (isinstance(key, ast.Constant) or _is_flat(key)) and _is_literal(part, depth + 1)
                   for key, part in zip(node.keys, node.values, strict=True))
    return False


def _is_flat(node: ast.expr) -> bool:
    """A tuple of constants, which can be a key."""
    return isinstance(node, ast.Tuple) and all(isinstance(part, ast.Constant) for part in node.elts)


def _calls(node: ast.expr) -> bool:
    return any(isinstance(part, (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)) for part in ast.walk(node))
