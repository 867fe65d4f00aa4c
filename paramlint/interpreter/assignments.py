"""Statements that assign and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.interpreter import containers, evaluation, hints, setting
from paramlint.interpreter.execution import handles
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.in_place import in_place
from paramlint.interpreter.signals import Signal
from paramlint.interpreter.targets import assign, binding_frame, declared
from paramlint.interpreter.values import ABSENT
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Assign)
def assign_statement(it: Interpreter, node: ir.Assign, frame: Frame) -> Signal | None:
    value = evaluation.EVALUATE[node.value.__class__](it, node.value, frame)
    for target in node.targets:
        assign(it, target, value, frame)
    return None


@handles(ir.AugAssign)
def augmented(it: Interpreter, node: ir.AugAssign, frame: Frame) -> Signal | None:
    target = node.target
    if isinstance(target, ir.Attribute):
        owner = it.evaluate(target.value, frame)
        frame.site = target.at
        old = it.get(owner, target.attr)
        new = in_place(it, node.op, old, it.evaluate(node.value, frame))
        setting.set_(it, owner, target.attr, new)
    elif isinstance(target, ir.Subscript):
        owner = it.evaluate(target.value, frame)
        index = it.evaluate(target.index, frame)
        frame.site = target.at
        old = containers.get_item(it, owner, index)
        containers.set_item(it, owner, index, in_place(it, node.op, old, it.evaluate(node.value, frame)))
    else:
        old = it.evaluate(target, frame)
        right = it.evaluate(node.value, frame)
        frame.site = node.at
        assign(it, target, in_place(it, node.op, old, right), frame)
    return None


@handles(ir.AnnAssign)
def annotated(it: Interpreter, node: ir.AnnAssign, frame: Frame) -> Signal | None:
    if frame.kind in ("class", "module") and isinstance(node.target, ir.Name):
        hints.note(it, node, node.target.id, frame)
    if node.value is not None:
        assign(it, node.target, it.evaluate(node.value, frame), frame)
    if frame.kind in ("class", "module"):
        hints.run(it, node, frame)
    return None


@handles(ir.Delete)
def delete(it: Interpreter, node: ir.Delete, frame: Frame) -> Signal | None:
    for target in node.targets:
        frame.site = node.at
        if isinstance(target, ir.Name):
            _delete_name(it, target.id, frame)
        elif isinstance(target, ir.Attribute):
            setting.delete(it, it.evaluate(target.value, frame), target.attr)
        elif isinstance(target, ir.Subscript):
            containers.delete_item(it, it.evaluate(target.value, frame), it.evaluate(target.index, frame))
        elif isinstance(target, ir.Display):
            for item in target.items:
                delete(it, ir.Delete(node.at, (item,)), frame)
    return None


def _delete_name(it: Interpreter, name: str, frame: Frame) -> None:
    scope = declared(frame)
    space: Frame | None = frame
    if scope is not None and name in scope.nonlocal_names:
        space = binding_frame(frame, name)
    if space is not None and space.kind != "module" and not (scope is not None and name in scope.global_names):
        it.write(space.vars)
        if space.vars.pop(name, ABSENT) is not ABSENT:
            return
        if frame.kind == "function":
            it.throw("UnboundLocalError", f"cannot access local variable '{name}' where it is not associated with a value")
        if frame.kind == "class":
            it.throw("NameError", f"name '{name}' is not defined")
    frame.module.forget(it, name)
