"""Functions, classes and type aliases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import classes, escape, expressions, metaclasses
from paramlint.interpreter.execution import handles
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.signals import Signal
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.values import ClassValue
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.FunctionDef)
def function(it: Interpreter, node: ir.FunctionDef, frame: Frame) -> Signal | None:
    decorators = evaluated(it, node.decorators, frame)
    value: Any = expressions.make_function(it, node.function, frame, node.at)
    bind_name(it, node.function.name, decorate(it, decorators, node.decorators, value, frame), frame)
    return None


@handles(ir.ClassDef)
def class_(it: Interpreter, node: ir.ClassDef, frame: Frame) -> Signal | None:
    decorators = evaluated(it, node.decorators, frame)
    frame.site = node.at
    value = classes.define(it, node, frame)
    bind_name(it, node.name, decorate(it, decorators, node.decorators, value, frame), frame)
    if isinstance(value, ClassValue) and metaclasses.has_hooks(value):
        it.modules.derived(value)
    return None


def evaluated(it: Interpreter, decorators: Sequence[ir.Expr], frame: Frame) -> list[Any]:
    """Decorators, which are evaluated before the defaults of a function and the bases of a class."""
    return [it.evaluate(decorator, frame) for decorator in decorators]


def decorate(it: Interpreter, functions: list[Any], decorators: Sequence[ir.Expr], value: Any, frame: Frame) -> Any:
    """Apply decorators. One of a package that is not in reach is taken to give back what it decorates, as most do, but perhaps changed."""
    for decorator, node in zip(reversed(functions), reversed(decorators), strict=True):
        frame.site = node.at
        if not (isinstance(decorator, Unknown) and decorator.reason.kind is Why.IMPORT):
            outer = it.registries.begin()
            try:
                value = it.call(decorator, [value])
            finally:
                it.registries.end(outer, tuple(decorators))
        else:
            escape.decorated(it, decorator, value)
    return value


@handles(ir.TypeAlias)
def type_alias(it: Interpreter, node: ir.TypeAlias, frame: Frame) -> Signal | None:
    frame.site = node.at
    bind_name(it, node.name, it.unknown(Why.UNSUPPORTED, f"the type alias `{node.name}`"), frame)
    return None
