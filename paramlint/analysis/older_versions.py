"""Code for an older version of a framework, which takes other arguments and tracks other things: what differs is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import may_raise

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue


def is_older(overlay: Overlay, it: Interpreter) -> bool:
    """Whether one of the modules whose code runs names an older version."""
    if not overlay.older:
        return False
    frame = it.frame
    while frame is not None:
        if _names_one(overlay, frame.module):
            return True
        frame = frame.caller
    return False


def is_taken(it: Interpreter) -> bool:
    """Whether the code may be one for an older version: what it gives and this version refuses is taken, except inside a ``try``."""
    overlay: Overlay = it.library  # type: ignore[assignment]
    if not (runs_in(overlay, it, "tensorflow") or is_older(overlay, it)):
        return False
    may_raise(it, "ValueError", "an older version runs, which takes such arguments")
    return True


def note(overlay: Overlay, qualified: str) -> None:
    """A name is looked up: one of an older version makes the question worth asking."""
    root = qualified.partition(".")[0]
    framework = REGISTRY.framework_of(qualified)
    if framework is not None and root in framework.older:
        overlay.older.add(root)


def names(overlay: Overlay, module: ModuleValue, root: str) -> bool:
    """Whether the code of a module names a package."""
    return module.source is not None and any(root in statement.text for statement in module.source.statements)


def runs_in(overlay: Overlay, it: Interpreter, root: str) -> bool:
    """Whether one of the modules whose code runs names a package."""
    frame = it.frame
    while frame is not None:
        if names(overlay, frame.module, root):
            return True
        frame = frame.caller
    return False


def _names_one(overlay: Overlay, module: ModuleValue) -> bool:
    known = overlay.older_modules.get(id(module))
    if known is None or known[1] != len(overlay.older):
        texts = () if module.source is None else [statement.text for statement in module.source.statements]
        known = overlay.older_modules[id(module)] = (any(root in text for text in texts for root in overlay.older), len(overlay.older), module)
    return known[0]
