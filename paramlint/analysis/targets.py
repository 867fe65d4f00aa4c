"""Targets: ``PATH::EXPR`` evaluated to a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paramlint.analysis import entry_points
from paramlint.analysis.builder import Builder, totals
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.session import Session
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.modules import ModuleValue
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, Instance
from paramlint.model.tree import Model
from paramlint.syntax import ir


def summarise(session: Session, target: str) -> Iterator[Model]:
    """The models that a target names: one for ``PATH::EXPR``, every one that the file offers for ``PATH``."""
    path, separator, expression = target.partition("::")
    if separator:
        yield evaluate(session, path, expression)
        return
    loaded = session.module(path)
    if loaded is None:
        yield _failed(session, target, path, path, _unread(session, path))
        return
    it, module = loaded
    overlay = it.library
    assert isinstance(overlay, Overlay)
    for name in entry_points.names(it, overlay, module):
        model = evaluate(session, path, name)
        if model.root is not None or _is_class(it, module, name):
            yield model
    for name, instance in entry_points.main_instances(it, overlay, module):
        yield build(session, it, overlay, instance, f"{path}::{name}", name, path)


def _is_class(it: Interpreter, module: ModuleValue, name: str) -> bool:
    return isinstance(module.lookup(it, name), ClassValue)


def _unread(session: Session, path: str) -> Reason:
    return Reason(Why.IMPORT, f"{path} cannot be read: {session.problems.get(path, 'no such file')}")


def evaluate(session: Session, path: str, expression: str) -> Model:
    """The model of an expression in a file's namespace; never raises for what the analysed code does.

    A class or function is called: with its defaults, and with a free name for each argument that has none. Raises SyntaxProblem for an
    expression that is none.
    """
    target = f"{path}::{expression}"
    name = expression.partition("(")[0].strip()
    node = parse_expression(expression)
    loaded = session.module(path)
    if loaded is None:
        return _failed(session, target, name, path, _unread(session, path))
    it, module = loaded
    overlay = it.library
    assert isinstance(overlay, Overlay)
    frame = Frame(module, None, Unit(path, -1), {}, "expression")
    it.start(frame)
    try:
        value = it.decide(lambda: entry_points.made(it, it.evaluate(node, frame)))
        return build(session, it, overlay, value, target, name, path)
    except Raised as raised:
        return _failed(session, target, name, path, Reason(Why.ERROR, f"the code raises {describe(it, raised)}", raised.site))
    except LimitReached as reached:
        return _failed(session, target, name, path, reached.reason)
    except RecursionError:
        return _failed(session, target, name, path, Reason(Why.LIMIT, "calls nested too deep"))
    finally:
        it.stop()


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
