"""Finding what a target names: a file, and an expression in its namespace."""

from __future__ import annotations

import os
import re

from paramlint.analysis.session import Session
from paramlint.core.reading import Unreadable
from paramlint.core.text import closest
from paramlint.core.unknown import NeedsValue
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ABSENT
from paramlint.syntax import ir
from paramlint.syntax.problem import SyntaxProblem

_NAME = re.compile(r"\s*([^\W\d]\w*)")


class TargetProblem(Exception):
    """A target that names nothing: no such file, no expression, no such name; the message says which and the way out."""


def module_of(session: Session, path: str) -> tuple[Interpreter, ModuleValue]:
    """A file as a module, and the interpreter that runs it. Raises TargetProblem."""
    if not path:
        raise TargetProblem("a target is PATH for every model of a file, or PATH::EXPRESSION for one")
    loaded = session.module(path)
    if loaded is not None:
        return loaded
    problem = session.problems.get(os.path.abspath(path))
    if isinstance(problem, SyntaxProblem):
        raise TargetProblem(f"line {problem.line}, column {problem.column}: {problem.message}")
    if isinstance(problem, Unreadable):
        raise TargetProblem(f"it cannot be read: {problem.why}")
    raise TargetProblem("it cannot be read")


def name_of(expression: str) -> str:
    """The name that an expression begins with; empty where it begins with none."""
    found = _NAME.match(expression)
    return found[1] if found else ""


def parsed(expression: str) -> ir.Expr:
    """The IR of an expression. Raises TargetProblem."""
    from paramlint.syntax.outline import outline
    from paramlint.syntax.parse import lower

    try:
        file = outline(expression.strip() + "\n", lossless=False)
        body = lower(file, 0) if len(file.statements) == 1 else ()
    except SyntaxProblem as problem:
        raise TargetProblem(f"`{expression}` is no Python expression: {problem.message}") from None
    if len(body) != 1 or not isinstance(body[0], ir.Evaluate):
        raise TargetProblem(f"`{expression}` is no Python expression")
    return body[0].value


def root_of(node: ir.Expr) -> ir.Expr:
    """``a`` of ``a.b(c).d``."""
    while isinstance(node, ir.Call | ir.Attribute):
        node = node.func if isinstance(node, ir.Call) else node.value
    return node


def is_bound(it: Interpreter, module: ModuleValue, name: str) -> bool:
    """Whether a module has a name, or may have it."""
    assert module.source is not None
    if name in it.builtins or any(name in statement.binds for statement in module.source.statements):
        return True
    it.start()
    try:
        return module.lookup(it, name) is not ABSENT
    except Raised:
        return False
    except (LimitReached, NeedsValue, RecursionError):
        return True
    finally:
        it.stop()


def nearest(name: str, module: ModuleValue) -> str:
    """``; did you mean `…`?``, or what there is."""
    assert module.source is not None
    own = [statement for statement in module.source.statements if statement.kind != "import"]
    names = [bound for statement in own for bound in sorted(statement.binds)]
    near = closest(name, names)
    if near:
        return f"; did you mean `{near}`?"
    return f"; it has {', '.join(f'`{bound}`' for bound in names[:8])}{' …' if len(names) > 8 else ''}" if names else ""
