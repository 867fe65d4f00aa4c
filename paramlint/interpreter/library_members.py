"""What a library's modules have: what is known of them, and what their own source binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def find(it: Interpreter, qualified: str) -> Any:
    """What a library or the standard library has by a dotted name; ABSENT where it has none."""
    from paramlint.interpreter import stdlib

    found = it.library.lookup(qualified)
    if found is not None:
        return found
    owner, _, name = qualified.rpartition(".")
    if it.library.holds(qualified):  # a module of whose names the library knows some
        return LibraryModule(qualified)
    source = it.modules.load(owner)
    if source is not None and _may_bind(source, name):
        try:
            found = source.attribute(it, name)
        except Raised:  # what a library's own source needs is more than is modelled
            return it.unknown(Why.UNSUPPORTED, f"`{qualified}` is not modelled")
        if found is not ABSENT:
            return _library_first(it, found)
    submodule = it.modules.load(qualified)
    if submodule is not None:
        return _library_first(it, submodule)
    if stdlib.covers(qualified.partition(".")[0]):
        return stdlib.lookup(it, qualified)
    if it.library.covers(qualified):
        if it.library.has(owner, name) is False:
            return ABSENT
        return LibraryModule(qualified, certain=it.library.holds(qualified))
    return it.unknown(Why.UNSUPPORTED, f"`{qualified}` is not modelled")


def _library_first(it: Interpreter, found: Any) -> Any:
    """A module of a library whose source is in reach: what the library knows of it comes before the source."""
    return LibraryModule(found.name) if isinstance(found, ModuleValue) and it.library.covers(found.name) else found


def _may_bind(module: ModuleValue, name: str) -> bool:
    """Whether a top-level statement of a library's own source may bind a name."""
    return any(name in part.binds or "__getattr__" in part.binds or (part.kind == "import" and "*" in part.text) for part in module.turns.statements)
