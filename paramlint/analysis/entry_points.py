"""What a file offers: classes, builder functions and instances that are models."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from paramlint.analysis.overlay import Overlay
from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue
from paramlint.interpreter import abstract_classes
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, FunctionValue, Instance
from paramlint.syntax import ir


def names(it: Interpreter, overlay: Overlay, module: ModuleValue) -> list[str]:
    """The names of a module that stand for models, in the order of the source.

    A class of modules; a public function that needs no argument; a module made at module level. Whether a function returns a model is
    known only when it is called.
    """
    assert module.source is not None
    found: dict[str, None] = {}
    for statement in module.source.statements:
        if statement.kind == "import":
            continue
        for name in sorted(statement.binds):
            if name not in found and not name.startswith("__") and _may_be_model(it, overlay, module, name, statement.kind):
                found[name] = None
    return list(found)


def _may_be_model(it: Interpreter, overlay: Overlay, module: ModuleValue, name: str, kind: str) -> bool:
    it.count_anew()
    with suppress(Raised, LimitReached, NeedsValue, RecursionError):  # what stands before a statement that raises is bound all the same
        module.turns.start(it)
    try:
        value = module.lookup(it, name)
    except (Raised, LimitReached, NeedsValue, RecursionError):
        return False
    if isinstance(value, ClassValue):
        return kind == "class" and value.fact("module base") is not None and value.module == module.name and not abstract_classes.left(value)
    if isinstance(value, FunctionValue):
        return kind == "def" and not name.startswith("_") and not _required(_undecorated(value))
    return kind == "other" and overlay.is_module(value)


def _undecorated(function: FunctionValue) -> FunctionValue:
    """The function behind decorators that say what they wrap."""
    for _ in range(20):
        wrapped = function.attrs.get("__wrapped__")
        if not isinstance(wrapped, FunctionValue):
            break
        function = wrapped
    return function


def _required(function: FunctionValue) -> list[str]:
    code = function.code
    names_ = [p.name for p in (*code.positional_only, *code.parameters)]
    return names_[:len(names_) - len(function.defaults)] + [p.name for p in code.keyword_only if p.name not in function.keyword_defaults]


def line_of(module: ModuleValue, name: str) -> int:
    """The line in which a module defines a name; 1 where it does not."""
    assert module.source is not None
    if not name:
        return 1
    word = re.escape(name)
    definition = re.compile(rf"\s*(?:async\s+def|def|class)\s+{word}\b|.*\b{word}\b\s*(?::[^=]*)?=(?!=)")
    for statement in reversed(module.source.statements):
        if name in statement.binds or statement.is_main_guard:
            start = int(statement.start)  # type: ignore[attr-defined]
            for number, line in enumerate(statement.text.split("\n"), start):
                if definition.match(line):
                    return number
            if name in statement.binds:
                return start
    return 1


def made(it: Interpreter, value: Any) -> Any:
    """The model that a class or a builder function makes, with a free name for each argument that has no default."""
    if isinstance(value, FunctionValue):
        return it.call(value, *_arguments(value, 0))
    if isinstance(value, ClassValue):
        init = value.find("__init__")
        if isinstance(init, FunctionValue):
            return it.call(value, *_arguments(init, 1))
        return it.call(value)
    return value


def _arguments(function: FunctionValue, skip: int) -> tuple[list[Any], dict[str, Any]]:
    code = function.code
    positional = [p.name for p in (*code.positional_only, *code.parameters)]
    required = positional[skip:max(skip, len(positional) - len(function.defaults))]
    keywords = {p.name: Formula.free(p.name) for p in code.keyword_only if p.name not in function.keyword_defaults}
    return [Formula.free(name) for name in required], keywords


def main_instances(it: Interpreter, overlay: Overlay, module: ModuleValue) -> list[tuple[str, Instance]]:
    """Models that stand in variables after ``if __name__ == "__main__":`` has run."""
    assert module.source is not None
    found: list[tuple[str, Instance]] = []
    for statement in module.source.statements:
        if not statement.is_main_guard:
            continue
        frame = Frame(module, None, Unit(module.source.path, statement.index), {}, "main")
        it.count_anew()
        it.frame, it.is_script = frame, True
        for node in module.source.lower(statement.index):
            if isinstance(node, ir.If):
                _run_each(it, node.branches[0][1], frame)
        it.is_script = False
        found += [(name, value) for name, value in frame.vars.items()
                  if isinstance(value, Instance) and overlay.is_module(value)]
    return found


def main_instance(it: Interpreter, overlay: Overlay, module: ModuleValue, name: str) -> Instance | None:
    """The model of a name that nothing but the code after ``if __name__ == "__main__":`` binds."""
    assert module.source is not None
    binding = [statement for statement in module.source.statements if name in statement.binds]
    if not binding or not all(statement.is_main_guard for statement in binding):
        return None
    return dict(main_instances(it, overlay, module)).get(name)


def _run_each(it: Interpreter, body: tuple[ir.Stmt, ...], frame: Frame) -> None:
    """Run statements one by one: one that fails (no data, no arguments) does not hide the models of the others."""
    for statement in body:
        try:
            it.execute((statement,), frame)
        except (Raised, LimitReached, NeedsValue, RecursionError):
            continue
        finally:
            it.state.logs.clear()
            it.frame, it.depth = frame, 0


