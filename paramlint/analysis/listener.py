"""Where a run is told what it does with tensors, while somebody wants to know what memory a call takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Reason

if TYPE_CHECKING:
    from paramlint.analysis.memory import Trace
    from paramlint.interpreter.machine import Interpreter


class Listener:
    """Passes on to a trace what no operation tells: views, tensors of other tensors' memory, replaced elements."""

    def __init__(self) -> None:
        self.trace: Trace | None = None  # the tensors that calls make and read
        self.grading: Reason | None = None  # why derivatives may not be asked for at all

    def shares(self, value: TensorValue, other: TensorValue) -> None:
        """Another tensor has the memory of a tensor, and a derivative of its own or none."""
        if self.trace is not None:
            self.trace.data(value, other)

    def regraded(self, reason: Reason) -> None:
        """From now on derivatives are asked for, or not."""
        if self.trace is not None:
            self.trace.lose(reason)
        else:
            self.grading = reason

    def seen(self, value: TensorValue, views: list[TensorValue]) -> None:
        """Views of a tensor were made."""
        if self.trace is not None:
            self.trace.seen(value, views)

    def assigned(self, it: Interpreter, value: TensorValue, index: Any, given: Any) -> None:
        """Elements of a tensor got new values."""
        if self.trace is not None:
            self.trace.assigned(it, value, index, given)
