"""Targets: ``PATH::EXPR`` evaluated to a model."""

from __future__ import annotations

from typing import Any

from paramlint.analysis.builder import Builder, totals
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.session import Session
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import Instance
from paramlint.model.tree import Model
from paramlint.syntax import ir


def evaluate(session: Session, target: str) -> Model:
    """The model that a target names; never raises for what the analysed code does."""
    path, _, expression = target.partition("::")
    loaded = session.module(path)
    name = expression.partition("(")[0] or path
    if loaded is None:
        problem = session.problems.get(path)
        return _failed(session, target, name, path, Reason(Why.IMPORT, f"{path} cannot be read: {problem}"))
    it, module = loaded
    overlay = it.library
    assert isinstance(overlay, Overlay)
    it.steps = 0
    try:
        frame = Frame(module, None, Unit(path, -1), {}, "expression")
        frame.caller, it.frame, it.depth = None, frame, 0
        it.state.logs.clear()
        value = it.decide(lambda: it.evaluate(parse_expression(expression), frame))
        return build(session, it, overlay, value, target, name, path)
    except Raised as raised:
        return _failed(session, target, name, path, Reason(Why.ERROR, f"the code raises {describe(it, raised)}", raised.site))
    except LimitReached as reached:
        return _failed(session, target, name, path, reached.reason)
    except RecursionError:
        return _failed(session, target, name, path, Reason(Why.LIMIT, "calls nested too deep"))
    finally:
        it.frame = None
        it.state.logs.clear()


def parse_expression(text: str) -> ir.Expr:
    """The IR of an expression. Raises SyntaxProblem."""
    from paramlint.syntax.outline import outline
    from paramlint.syntax.parse import lower

    statement = lower(outline(text.strip() + "\n"), 0)[0]
    assert isinstance(statement, ir.Evaluate)
    return statement.value


def build(session: Session, it: Interpreter, overlay: Overlay, value: Any, target: str, name: str, path: str) -> Model:
    if isinstance(value, Unknown):
        return _failed(session, target, name, path, value.reason)
    if not overlay.is_module(value):
        from paramlint.interpreter.operators import type_name
        from paramlint.interpreter.values import Either

        reason = value.reason if isinstance(value, Either) else Reason(Why.UNSUPPORTED, f"`{target}` is no model but a {type_name(value)}")
        return _failed(session, target, name, path, reason)
    assert isinstance(value, Instance)
    builder = Builder(overlay, it)
    try:
        root = builder.build(value)
    except NeedsValue as error:
        return _failed(session, target, name, path, error.unknown.reason)
    params, trainable, buffers, reasons = totals(root, builder.doubts)
    reasons = tuple(dict.fromkeys((*reasons, *params.reasons)))
    model = Model(target, name, "torch", path, 1, root, params, trainable, buffers, reasons)
    model.places = {reason.site: place for reason in reasons if reason.site is not None and (place := session.place(reason)) is not None}
    return model


def describe(it: Interpreter, raised: Raised) -> str:
    """An exception of the analysed code as Python prints it."""
    value = raised.value
    if isinstance(value, Instance):
        args = value.attrs.get("args", ())
        message = args[0] if isinstance(args, tuple) and args else ""
        return f"{value.cls.name}: {message}" if isinstance(message, str | int | float) and message != "" else value.cls.name
    return str(value)


def _failed(session: Session, target: str, name: str, path: str, reason: Reason) -> Model:
    model = Model(target, name, "", path, 1, None, reasons=(reason,))
    place = session.place(reason)
    if place is not None:
        model.places = {reason.site: place}
    return model
