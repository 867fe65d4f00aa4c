"""Yields inside larger expressions become assignments to temporaries before the statement.

Generators are executed a statement at a time, so ``x = f(g(), (yield a))`` becomes ``t1 = g(); t2 = yield a; x = f(t1, t2)``. A yield that
is the whole value of a statement stays where it is, and so do those in lambdas, comprehensions and assignment targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from paramlint.syntax import ir

SUSPENDING = (ir.Yield, ir.YieldFrom, ir.Await)
EFFECTS = (ir.Call, ir.Walrus, *SUSPENDING)


def lift(statement: ir.Stmt, temporary: Callable[[], str]) -> list[ir.Stmt]:
    """The statements that do the same as ``statement``, whose bodies have been lifted already."""
    lifter = _Lifter(temporary)
    lifted = lifter.statement(statement)
    return [*lifter.before, lifted]


def _children(node: ir.Expr) -> Iterator[ir.Expr]:
    """What is evaluated with the node itself; lambdas and comprehensions keep what is theirs."""
    pending = [getattr(node, name) for name in reversed(node.__struct_fields__)]
    while pending:
        value = pending.pop()
        if isinstance(value, ir.Expr):
            yield value
        elif isinstance(value, tuple):
            pending.extend(reversed(value))


def _holds(expr: ir.Expr, kinds: tuple[type[ir.Expr], ...]) -> bool:
    pending = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, kinds):
            return True
        if not isinstance(node, (ir.Lambda, ir.Comprehension)):
            pending.extend(_children(node))
    return False


def _suspends(expr: ir.Expr | None) -> bool:
    return expr is not None and _holds(expr, SUSPENDING)


def _rebuild(node: Any, change: Callable[[ir.Expr], ir.Expr]) -> Any:
    """The same node with each child expression changed, in the order of evaluation."""

    def convert(value: Any) -> Any:
        if isinstance(value, ir.Expr):
            return change(value)
        return tuple([convert(item) for item in value]) if isinstance(value, tuple) else value

    return type(node)(*[convert(getattr(node, name)) for name in node.__struct_fields__])


class _Lifter:
    def __init__(self, temporary: Callable[[], str]) -> None:
        self.temporary = temporary
        self.before: list[ir.Stmt] = []

    def statement(self, node: ir.Stmt) -> ir.Stmt:
        match node:
            case ir.Evaluate(at, value):
                return ir.Evaluate(at, self.whole(value))
            case ir.Assign(at, targets, value) if not any(_suspends(goal) for goal in targets):
                return ir.Assign(at, targets, self.whole(value))
            case ir.AugAssign(at, op, goal, value):
                return ir.AugAssign(at, op, goal, self.whole(value))
            case ir.AnnAssign(at, goal, annotation, value) if value is not None:
                return ir.AnnAssign(at, goal, annotation, self.whole(value))
            case ir.Return(at, value) if value is not None:
                return ir.Return(at, self.whole(value))
            case ir.If():
                return self.condition(node)
            case ir.While(at, test, body, ()) if _suspends(test):
                return self.loop(at, test, body)
            case ir.For(at, goal, iterable, body, orelse, is_async):
                return ir.For(at, goal, self.rewrite(iterable), body, orelse, is_async)
            case ir.Match(at, subject, cases):
                return ir.Match(at, self.rewrite(subject), cases)
            case ir.With(at, ((context, goal), *rest), body, is_async):
                return ir.With(at, ((self.rewrite(context), goal), *rest), body, is_async)
            case ir.Assert(at, test, message):
                return ir.Assert(at, self.rewrite(test), message)
            case ir.Raise(at, exception, cause) if exception is not None:
                return ir.Raise(at, self.rewrite(exception), cause)
        return node

    def condition(self, node: ir.If) -> ir.Stmt:
        """A later branch whose test yields moves into the ``else`` of those before it."""
        later = next((i for i, (test, _) in enumerate(node.branches) if i and _suspends(test)), None)
        if later is not None:
            inner = _Lifter(self.temporary)
            rest = inner.condition(ir.If(node.at, node.branches[later:], node.orelse))
            node = ir.If(node.at, node.branches[:later], (*inner.before, rest))
        (test, body), *others = node.branches
        return ir.If(node.at, ((self.rewrite(test), body), *others), node.orelse)

    def loop(self, at: int, test: ir.Expr, body: tuple[ir.Stmt, ...]) -> ir.Stmt:
        """``while (yield): …`` asks inside of an endless loop."""
        inner = _Lifter(self.temporary)
        leave = ir.Unary(at, "not", inner.rewrite(test))
        return ir.While(at, ir.Constant(at, True), (*inner.before, ir.If(at, ((leave, (ir.Break(at),)),), ()), *body), ())

    def whole(self, expr: ir.Expr) -> ir.Expr:
        """An expression that may be one yield, but hold none deeper."""
        if isinstance(expr, SUSPENDING):
            return self.operands(expr)
        return self.rewrite(expr)

    def rewrite(self, expr: ir.Expr) -> ir.Expr:
        """An expression without yields, after what has been put before it."""
        if not _suspends(expr):
            return expr
        if isinstance(expr, SUSPENDING):
            return self.save(self.operands(expr))
        if isinstance(expr, ir.Boolean):
            return self.boolean(expr)
        if isinstance(expr, ir.Conditional):
            return self.conditional(expr)
        if isinstance(expr, ir.Compare) and len(expr.ops) > 1:
            return expr
        return self.operands(expr)

    def operands(self, expr: ir.Expr) -> ir.Expr:
        children = list(_children(expr))
        last = max((i for i, child in enumerate(children) if _suspends(child)), default=-1)
        position = iter(range(len(children)))

        def change(child: ir.Expr) -> ir.Expr:
            if next(position) > last:
                return child
            if _suspends(child):
                return self.rewrite(child)
            return self.keep(child)

        changed: ir.Expr = _rebuild(expr, change)
        return changed

    def keep(self, expr: ir.Expr) -> ir.Expr:
        """Evaluate now what would otherwise be evaluated after the yield, if that can be told apart."""
        if not _holds(expr, EFFECTS):
            return expr
        if isinstance(expr, (ir.Starred, ir.Slice, ir.Formatted)):
            kept: ir.Expr = _rebuild(expr, self.keep)
            return kept
        return self.save(expr)

    def save(self, expr: ir.Expr) -> ir.Expr:
        name = self.temporary()
        self.before.append(ir.Assign(expr.at, (ir.Name(expr.at, name),), expr))
        return ir.Name(expr.at, name)

    def boolean(self, expr: ir.Boolean) -> ir.Expr:
        """``a and (yield b)`` becomes ``t = a; if t: t = yield b``."""
        first, *rest = expr.values
        name = self.temporary()
        read = ir.Name(expr.at, name)
        self.before.append(ir.Assign(expr.at, (read,), self.whole(first)))
        if rest:
            inner = _Lifter(self.temporary)
            value = inner.whole(rest[0] if len(rest) == 1 else ir.Boolean(expr.at, expr.op, tuple(rest)))
            test = read if expr.op == "and" else ir.Unary(expr.at, "not", read)
            body = (*inner.before, ir.Assign(expr.at, (read,), value))
            self.before.append(ir.If(expr.at, ((test, body),), ()))
        return read

    def conditional(self, expr: ir.Conditional) -> ir.Expr:
        read = ir.Name(expr.at, self.temporary())
        test = self.rewrite(expr.test)
        bodies = []
        for value in (expr.then, expr.otherwise):
            inner = _Lifter(self.temporary)
            changed = inner.whole(value)
            bodies.append((*inner.before, ir.Assign(expr.at, (read,), changed)))
        self.before.append(ir.If(expr.at, ((test, bodies[0]),), bodies[1]))
        return read
