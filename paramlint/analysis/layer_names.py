"""Names of layers: those that the framework gives, and that none is used twice in a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import lazy
from paramlint.analysis.lazy_state import GIVEN
from paramlint.core.unknown import Reason, Why
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def check_unique(overlay: Overlay, it: Interpreter, model: Instance, operations: Iterable[Any]) -> None:
    """Raises ValueError in the analysed code where two layers of a model have one name."""
    first: dict[str, Instance] = {}
    for layer in operations:
        name = layer.attrs.get("name") if isinstance(layer, Instance) else None
        if isinstance(name, str):
            check_pair(overlay, it, model, first.setdefault(name, layer), layer)


def check_pair(overlay: Overlay, it: Interpreter, model: Instance, one: Instance, other: Instance) -> None:
    """Raises ValueError in the analysed code where two layers that a model takes have one name.

    The numbers in names that the framework gives follow the order in which layers are made. Where such a name meets one that the code
    says, whether they are the same is not known.
    """
    name = one.attrs.get("name")
    if one is other or not isinstance(name, str) or other.attrs.get("name") != name:
        return
    given, others = one.attrs.get(GIVEN), other.attrs.get(GIVEN)
    if (given is None) != (others is None):
        lazy.not_followed(overlay, it, model, Reason(Why.UNSUPPORTED, f"whether two layers have the name {name!r}", it.site()))
    elif given == others:  # the code says both, or one is a copy of the other
        it.throw("ValueError", f'The name "{name}" is used more than once in the model. All operation names should be unique.')
