"""A convention of cost: what a tool calls a FLOP."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from paramlint.core import defects
from paramlint.core.dims import Size
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.schema.conditions import Refused

Formula = Callable[[CallFacts], Size]

# Kinds whose cost is matrix products. A tool's own rules for them read attributes of its own framework's layers.
_PRODUCTS = frozenset({"convolution", "transposed convolution", "linear", "bilinear", "attention", "matmul", "rnn", "lstm", "gru",
                       "rnn cell", "lstm cell", "gru cell"})


class Convention(msgspec.Struct, frozen=True):
    """What a tool counts.

    ``formula`` gives the cost of one call that is made of one piece. ``unit`` says what a count of 1 is, ``doc`` what is counted and
    where the tool differs from the exact number, ``source`` the tool and its version. ``frameworks`` are those that the tool reads; a
    matrix product of another one counts ``per_mac`` for each multiply-accumulate. With ``whole`` a layer counts as one, however many are
    inside it. ``note`` says where the tool prints another number than its own formulas give.
    """

    name: str
    unit: str
    doc: str
    source: str
    formula: Formula
    frameworks: tuple[str, ...] = ("torch",)
    per_mac: int = 1
    whole: bool = False
    note: str = ""

    def cost(self, call: CallFacts) -> Size | Unknown:
        """What the tool counts for a call: a number, a formula, or why that is not known. Raises nothing."""
        try:
            return self._cost(call)
        except NeedsValue as error:
            return error.unknown
        except Refused as error:
            return Unknown.because(Why.UNSUPPORTED, f"what {self.name} counts for this call ({error})")
        except defects.ERRORS as error:
            return Unknown.because(Why.UNSUPPORTED, f"what {self.name} counts for this call ({defects.noted(error)})")

    def _cost(self, call: CallFacts) -> Size:
        if self.whole:
            return self.formula(call)
        inner = call.inner()
        if inner:
            total: Size = 0
            for part, times in inner:
                total = total + times * self.cost(part)
            return total
        if call.entry is not None and call.name.framework not in self.frameworks and call.kind in _PRODUCTS:
            return self.per_mac * call.macs
        return self.formula(call)

    @property
    def explanation(self) -> str:
        """What ``--explain`` says: the unit, what is counted, and the source."""
        return f"{self.name}: {self.doc} Unit: {self.unit}. Source: {self.source}."
