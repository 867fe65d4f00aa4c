"""What is noted of every layer that is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import LayerState
from paramlint.analysis.ways import trail, written
from paramlint.core.unknown import Reason
from paramlint.interpreter.values import ClassValue
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.conditions import Refused


class LayerEvent:
    """A framework's layer was built: where, which, and by which way."""

    __slots__ = ("branch", "calls", "cls", "direct", "entry", "reason", "refusal", "site", "state")

    def __init__(self, it: Interpreter, cls: ClassValue, site: Any, entry: Layer | None, reason: Reason | None, refusal: Refused | None,
                 direct: bool, state: LayerState | None = None) -> None:
        self.cls = cls
        self.site = site
        self.entry = entry
        self.reason = reason
        self.refusal = refusal
        self.state = state  # what it was built with later, where its framework builds on call
        self.direct = direct  # by a call of the class itself, not of a subclass
        self.calls = trail(it)
        self.branch = bool(it.state.logs) or it.loop_reason is not None  # on a way that may not be taken

    @property
    def way(self) -> tuple[str, ...]:
        """The calls that led here as a person writes them, outermost first."""
        return written(self.calls)
