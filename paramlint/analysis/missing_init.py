"""Modules that register something before the ``__init__`` of their base class has run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.analysis.events import LayerEvent
from paramlint.interpreter.frames import Site
from paramlint.interpreter.values import ABSENT, FunctionValue, Instance, Native
from paramlint.schema.conditions import Uninitialised
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.protocols import Statement


_NOTED = "<noted>"  # the attribute of a layer that has been noted
_DERIVED = re.compile(r"^class\s+\w+\s*\((?!\s*(?:object)?\s*\))", re.MULTILINE)
_REGISTERS = re.compile(r"^[ \t]+self\.\w+\s*=\s*[\w.]*(?:Parameter|Buffer|Module|Layer|Sequential)\w*\(", re.MULTILINE)


def possible(statement: Statement) -> bool:
    """Whether a top-level statement may be a class that leaves out its base class's ``__init__``, by its text."""
    if statement.kind != "class":
        return False
    text = statement.text
    start = text.find("def __init__(")
    if start < 0 or _DERIVED.search(text) is None:
        return False
    called = text.find(".__init__(", start)
    return called < 0 or _REGISTERS.search(text, start, called) is not None


class MissingInitEvent(LayerEvent):
    """``first`` is the first statement of the ``__init__``; ``late`` is the statement that calls the base class's, where one does;
    ``bare`` says whether that needs no arguments."""

    __slots__ = ("bare", "first", "late")

    def __init__(self, it: Interpreter, instance: Instance, frame: Frame, function: FunctionValue) -> None:
        super().__init__(it, function.owner or instance.cls, it.site(), None, None, Uninitialised(instance.cls.name), True)
        body = function.code.body[function.code.doc is not None:]
        late = next((node for node in body if _initialises(node)), None)
        self.first = _site(frame, body[0]) if body else None
        self.late = _site(frame, late) if late is not None else None
        self.bare = function.owner is not None and _needs_nothing(instance.cls.find_after(function.owner, "__init__"))


def event(it: Interpreter, instance: Instance) -> MissingInitEvent | None:
    """What is noted, where the ``__init__`` that has left it out runs; methods that are run by themselves have not."""
    frame = it.frame
    while frame is not None:
        function = frame.function
        if frame.kind == "function" and isinstance(function, FunctionValue) and function.name == "__init__" and frame.self_value is instance:
            return MissingInitEvent(it, instance, frame, function)
        frame = frame.caller
    return None


def note_call(overlay: Overlay, it: Interpreter, instance: Instance) -> None:
    """Note a layer that tracks something although its class never calls the base class's ``__init__``: its first call raises."""
    if overlay.events is None or it.dropped is not None or _NOTED in instance.attrs:
        return
    found = event(it, instance)
    if found is not None and found.late is None:
        it.write(instance.attrs)
        instance.attrs[_NOTED] = True
        overlay.events.append(found)


def _site(frame: Frame, node: ir.Stmt) -> Site | None:
    return Site(frame.unit.path, frame.unit.index, node.at) if frame.unit is not None else None


def _initialises(node: Any) -> bool:
    """Whether a statement is ``super().__init__(…)``, or the same of a class by its name."""
    call = node.value if isinstance(node, ir.Evaluate) else None
    return isinstance(call, ir.Call) and isinstance(call.func, ir.Attribute) and call.func.attr == "__init__"


def _needs_nothing(init: Any) -> bool:
    """Whether an ``__init__`` can be called without arguments."""
    if not isinstance(init, FunctionValue):
        return init is not ABSENT and isinstance(init, Native)
    code = init.code
    plain = len(code.positional_only) + len(code.parameters) - 1 - len(init.defaults)
    return plain <= 0 and all(p.default is not None for p in code.keyword_only)
