"""What answers take for granted of the world in which the code runs: that its command line is empty.

Module-level code runs once for all the targets of a run, so a target has the assumptions of every module that its own module imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules, running
from paramlint.analysis.tensors import SUSPECT, TensorValue
from paramlint.core.unknown import Reason
from paramlint.interpreter.imported import imported
from paramlint.interpreter.values import HANDED, Either, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.model.tree import Model


class Granted:
    """What the answers of one interpreter take for granted, with the module at whose top level; "" for the evaluated code."""

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.assumptions: dict[Reason, str] = {}  # of the world in which the code runs
        self.hedges: dict[Reason, str] = {}  # of code that is not in reach, whose objects were used: the answer is not exact
        self.count = 0  # how often something was hedged

    def assumed(self, reason: Reason) -> None:
        self.assumptions.setdefault(reason, self._place())

    def hedged(self, reason: Reason) -> None:
        """The code uses what code out of reach may have changed; what may not happen at all is told by what it leaves."""
        overlay = self.overlay
        if overlay.it.perhaps:
            return
        self.count += 1
        if overlay.outside is not None:  # it is what a call costs that is not known for sure
            running.skipped(overlay, reason, None)
        else:
            self.hedges.setdefault(reason, self._place())

    def handed(self, value: Any, reason: Reason) -> bool:
        """Code that is not followed is given a value: whether it is a module or tensor, which keeps what it shows, with a doubt."""
        overlay = self.overlay
        if isinstance(value, TensorValue):
            if value.is_parameter:
                overlay.it.write(value.state)
                value.state.setdefault(SUSPECT, reason)
            return True
        if not overlay.is_module(value):
            return False
        overlay.it.suspects = True
        for inner in _below(value):
            overlay.it.write(inner.attrs)
            inner.attrs.setdefault(HANDED, reason)
            overlay.changed(inner, reason)
        return True

    def _place(self) -> str:
        frame = self.overlay.it.frame
        while frame is not None and frame.kind != "module":
            frame = frame.caller
        return "" if frame is None else frame.module.name

    def forget(self) -> None:
        """Another piece of code is evaluated; what modules took for granted at their top level stays."""
        self.assumptions = {reason: name for reason, name in self.assumptions.items() if name}
        self.hedges = {reason: name for reason, name in self.hedges.items() if name}


def _below(module: Instance) -> list[Instance]:
    """A module and all that is in it, also what is in it only perhaps."""
    found: dict[int, Instance] = {}
    pending: list[Any] = [module]
    while pending:
        value = pending.pop()
        if isinstance(value, Either):
            pending += value.alternatives
        elif isinstance(value, Instance) and id(value) not in found:
            found[id(value)] = value
            pending += modules.table(value, "_modules").values()
    return list(found.values())


def hedges(it: Interpreter, module: ModuleValue) -> list[Reason]:
    """Why an answer for a file is not exact, whatever its model holds."""
    overlay: Overlay = it.library  # type: ignore[assignment]
    if not overlay.granted.hedges:
        return []
    near = {"", *_imported(it, module)}
    return [reason for reason, name in overlay.granted.hedges.items() if name in near]


def noted(it: Interpreter, model: Model, module: ModuleValue) -> Model:
    """The model with what its answer takes for granted."""
    overlay: Overlay = it.library  # type: ignore[assignment]
    if overlay.granted.assumptions and model.root is not None:
        near, told = {"", *_imported(it, module)}, model.reasons
        model.reasons = (*told, *[reason for reason, name in overlay.granted.assumptions.items() if name in near and reason not in told])
    return model


def _imported(it: Interpreter, module: ModuleValue) -> set[str]:
    """The names of a module and of those that it imports, directly or not, as far as they have been needed."""
    found: set[str] = set()
    pending = [module]
    while pending:
        current = pending.pop()
        if current.name in found or current.source is None:
            continue
        found.add(current.name)
        for statement in current.source.statements:
            if statement.kind != "import":
                continue
            for name in imported(it, current, statement.index):
                loaded = it.modules.loaded.get(name)
                if loaded is not None:
                    pending.append(loaded)
    return found
