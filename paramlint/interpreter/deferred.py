"""Methods whose body has been left out until it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from paramlint.interpreter.frames import Unit
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.module_values import ModuleValue


def read_method(code: ir.Function, module: ModuleValue, unit: Unit | None) -> tuple[ir.Function, Unit | None]:
    """A method with its body, and the unit that its anchors count in."""
    assert code.deferred is not None and module.source is not None and unit is not None
    try:
        (owner,) = module.source.lower(code.deferred)
    except SourceUnreadable as error:
        return replace(code, body=(ir.Unread(0, f"`{code.name}` cannot be read: {error}"),), deferred=None), unit
    assert isinstance(owner, ir.ClassDef) and isinstance(owner.body[0], ir.FunctionDef)
    return owner.body[0].function, Unit(unit.path, code.deferred)
