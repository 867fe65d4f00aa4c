"""Refusals that the code itself expects: what a test asserts to be refused, or an ``except`` clause is prepared for, is no defect."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from paramlint.syntax import ir

# Exceptions that no layer raises when it is refused: a handler for these alone is prepared for something else.
_OTHERS = (ImportError, AttributeError, LookupError, OSError, KeyboardInterrupt, StopIteration, NotImplementedError, UnicodeError)
_REFUSALS = (TypeError, ValueError, RuntimeError, AssertionError, ArithmeticError)
_DECORATORS = frozenset({"xfail", "expectedFailure"})


def expecting(body: Iterable[ir.Node]) -> frozenset[int]:
    """The anchors of the calls in some statements at which an error is prepared for."""
    found: set[int] = set()
    called: set[str] = set()  # functions that are passed to something that expects an error
    _walk(tuple(body), False, found, called)
    if called:
        _walk_functions(tuple(body), called, found)
    return frozenset(found)


def _walk(node: Any, guarded: bool, found: set[int], called: set[str]) -> None:
    stack: list[tuple[Any, bool]] = [(node, guarded)]
    while stack:
        item, inside = stack.pop()
        if isinstance(item, tuple):
            stack.extend((part, inside) for part in item)
            continue
        if not isinstance(item, ir.Node):
            continue
        if isinstance(item, ir.Call):
            if inside:
                found.add(item.at)
            if _expects(item):
                called.update(arg.id for arg in item.args if isinstance(arg, ir.Name))
                inside = True
        elif isinstance(item, ir.Try) and any(_catches(handler.type) for handler in item.handlers):
            stack.append((item.body, True))
            stack.extend((part, inside) for part in (item.handlers, item.orelse, item.final))
            continue
        elif (isinstance(item, ir.With) and any(_expects(context) for context, _ in item.items)) or (
                isinstance(item, ir.FunctionDef) and any(_last(decorator) in _DECORATORS for decorator in item.decorators)):
            inside = True
        stack.extend((getattr(item, name), inside) for name in item.__struct_fields__)


def _walk_functions(node: Any, names: set[str], found: set[int]) -> None:
    stack: list[Any] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, ir.FunctionDef) and item.function.name in names:
            _walk(item.function.body, True, found, set())
        elif isinstance(item, ir.Node):
            stack.extend(getattr(item, name) for name in item.__struct_fields__)


def _expects(node: ir.Expr) -> bool:
    """``pytest.raises(…)``, ``self.assertRaisesRegex(…)``, ``contextlib.suppress(…)``: by name, since test frameworks are not read."""
    name = _last(node).lower().replace("_", "")
    return name in ("raises", "suppress") or name.startswith(("assertraises", "asserterror"))


def _last(node: ir.Expr) -> str:
    while isinstance(node, ir.Call):
        node = node.func
    return node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""


def _catches(handler: ir.Expr | None) -> bool:
    """Whether a handler may be meant for a refusal: by the built-in exceptions that it names; of others nothing is known."""
    if isinstance(handler, ir.Display):
        return any(map(_catches, handler.items))
    if handler is None:
        return True
    kind = getattr(builtins, _last(handler), None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return True
    return any(issubclass(refusal, kind) for refusal in _REFUSALS) or not issubclass(kind, _OTHERS)
