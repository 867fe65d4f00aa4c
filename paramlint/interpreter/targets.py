"""What is assigned to: names, attributes, items, displays of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import containers, iteration, setting
from paramlint.interpreter.frames import ClassFrame, Frame
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.unanswered import may_fail
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def assign(it: Interpreter, target: ir.Expr, value: Any, frame: Frame) -> None:
    if target.__class__ is ir.Name:
        bind_name(it, target.id, value, frame)
    elif target.__class__ is ir.Attribute:
        owner = it.evaluate(target.value, frame)
        frame.site = target.at
        setting.set_(it, owner, target.attr, value)
    elif target.__class__ is ir.Subscript:
        owner = it.evaluate(target.value, frame)
        index = it.evaluate(target.index, frame)
        frame.site = target.at
        containers.set_item(it, owner, index, value)
    elif target.__class__ is ir.Display:
        unpack(it, target, value, frame)
    elif target.__class__ is ir.Starred:
        assign(it, target.value, it.made(it.elements(value)), frame)


def bind_name(it: Interpreter, name: str, value: Any, frame: Frame) -> None:
    function = frame.function
    if frame.kind == "function" and function is not None:
        scope: ir.Function | ir.ClassDef = function.code
        if name not in scope.global_names and name not in scope.nonlocal_names:
            if it.state.logs:
                it.state.save(frame.vars)
            frame.vars[name] = value
            return
    elif isinstance(frame, ClassFrame):
        scope = frame.node
        if name not in scope.global_names and name not in scope.nonlocal_names:
            _write_name(it, frame, name, value if frame.assigned is None else frame.assigned(it, frame, name, value))
            return
    elif frame.kind == "comprehension":  # nothing else can reach its variables
        if it.state.logs:
            it.state.save(frame.vars)
        frame.vars[name] = value
        return
    else:
        _write_name(it, frame, name, value)
        return
    if name in scope.global_names:
        frame.module.assign(it, name, value)
        return
    around = binding_frame(frame, name)
    if around is not None:
        _write_around(it, around)
        around.vars[name] = value


def declared(frame: Frame) -> ir.Function | ir.ClassDef | None:
    """The code that says where its names are bound: of a function or of a class body."""
    if frame.kind == "function" and frame.function is not None:
        return frame.function.code
    return frame.node if isinstance(frame, ClassFrame) else None


def unbind_name(it: Interpreter, name: str, frame: Frame) -> None:
    """Forget the name of a handler at its end, if it is there still."""
    scope = declared(frame)
    if scope is not None and name in scope.global_names:
        frame.module.forget(it, name)
        return
    around = binding_frame(frame, name) if scope is not None and name in scope.nonlocal_names else frame
    if around is not None:
        _write_around(it, around)
        around.vars.pop(name, None)


def binding_frame(frame: Frame, name: str) -> Frame | None:
    """The frame of the enclosing function that a ``nonlocal`` name belongs to, bound there or not."""
    parent = frame.parent
    while parent is not None and name not in parent.vars:
        if parent.kind == "function" and parent.function is not None and name in parent.function.code.locals:
            break
        parent = parent.parent
    return parent


def _write_around(it: Interpreter, frame: Frame) -> None:
    """A variable of a function is about to be changed by one inside of it; of one that has returned, whoever comes next finds it changed."""
    it.write(frame.vars)
    running = it.frame
    while running is not None and running is not frame:
        running = running.caller
    if running is None:
        it.outlives()


def _write_name(it: Interpreter, frame: Frame, name: str, value: Any) -> None:
    if frame.kind == "module":
        frame.module.bind(it, name, value)
    else:
        it.write(frame.vars)
        frame.vars[name] = value


def bind_pair(it: Interpreter, target: ir.Expr, value: Any, frame: Frame) -> bool:
    """``for key, value in …`` of a comprehension, where most time goes into that of some programs; False where it is anything else."""
    if target.__class__ is not ir.Display or value.__class__ is not tuple or len(value) != 2 or frame.kind != "comprehension" or it.state.logs:
        return False
    items = target.items
    if len(items) != 2 or items[0].__class__ is not ir.Name or items[1].__class__ is not ir.Name:
        return False
    frame.vars[items[0].id], frame.vars[items[1].id] = value
    return True


def unpack(it: Interpreter, target: ir.Display, value: Any, frame: Frame) -> None:
    frame.site = target.at
    if value.__class__ is tuple and len(value) == len(target.items):
        for part, item in zip(target.items, value, strict=True):
            if part.__class__ is ir.Starred:
                assign(it, part.value, it.made([item]), frame)
            else:
                assign(it, part, item, frame)
        return
    if isinstance(value, int | float | None):
        it.throw("TypeError", f"cannot unpack non-iterable {type_name(value)} object")
    items = iteration.elements_or_unknown(it, value)
    if isinstance(items, Unknown):
        may_fail(it, items, "ValueError")
        for part in target.items:
            if isinstance(part, ir.Starred):
                assign(it, part.value, items, frame)
            else:
                assign(it, part, items, frame)
        return
    star = next((i for i, part in enumerate(target.items) if isinstance(part, ir.Starred)), None)
    count = len(target.items)
    if star is None:
        if len(items) != count:
            few = f"not enough values to unpack (expected {count}, got {len(items)})"
            it.throw("ValueError", few if len(items) < count else f"too many values to unpack (expected {count})")
        for part, item in zip(target.items, items, strict=True):
            assign(it, part, item, frame)
        return
    if len(items) < count - 1:
        it.throw("ValueError", f"not enough values to unpack (expected at least {count - 1}, got {len(items)})")
    after = count - star - 1
    for part, item in zip(target.items[:star], items, strict=False):
        assign(it, part, item, frame)
    starred = target.items[star]
    assert isinstance(starred, ir.Starred)
    assign(it, starred.value, it.made(items[star:len(items) - after]), frame)
    for part, item in zip(target.items[star + 1:], items[len(items) - after:], strict=True):
        assign(it, part, item, frame)
