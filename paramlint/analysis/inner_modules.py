"""Modules of the analysed code as arguments of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import to_entry
from paramlint.analysis.modules import named_tensors
from paramlint.core.dims import NoNumber
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.values import ABSENT, Instance
from paramlint.schema.layer import Origin
from paramlint.schema.weights import Weight, Weights

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


class InnerModule(NoNumber):
    """A module of the analysed code as an argument of an entry (the layer that a TransformerEncoder repeats)."""

    BUILDS_ON_CALL = False

    def __init__(self, overlay: Overlay, it: Interpreter, instance: Instance) -> None:
        self.overlay = overlay
        self.it = it
        self.instance = instance
        self.origin: Origin | None = Origin(instance)

    def weights(self, *inputs: Any, **options: Any) -> Weights:
        found: dict[str, Weight] = {}
        for name, tensor, buffer in named_tensors(self.it, self.instance):
            shape: Any = tensor.tensor.shape
            found[name] = Weight(shape, trainable=bool(tensor.state.get("requires_grad", False)), buffer=buffer, dtype=tensor.tensor.dtype)
        return Weights(found)

    def shape(self, *inputs: Any, **options: Any) -> Any:
        raise NeedsValue(Unknown.because(Why.INPUT, "the shape that a module of your own returns"))

    def macs(self, *inputs: Any, **options: Any) -> Any:
        return Unknown.because(Why.INPUT, "the cost of a module of your own")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = self.it.get_or(self.instance, name, ABSENT)
        if found is ABSENT:
            raise AttributeError(name)
        return to_entry(self.overlay, self.it, found)
