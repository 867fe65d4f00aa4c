"""What answers take for granted of the world in which the code runs: that its command line is empty.

Module-level code runs once for all the targets of a run, so a target has the assumptions of every module that its own module imports.
"""

from __future__ import annotations

from paramlint.analysis.overlay import Overlay
from paramlint.interpreter.imported import imported
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.model.tree import Model


def noted(it: Interpreter, model: Model, module: ModuleValue) -> Model:
    """The model with what its answer takes for granted."""
    overlay = it.library
    assert isinstance(overlay, Overlay)
    if overlay.assumptions and model.root is not None:
        near = {"", *_imported(it, module)}
        model.reasons = (*model.reasons, *[reason for reason, name in overlay.assumptions.items() if name in near and reason not in model.reasons])
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
