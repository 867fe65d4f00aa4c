"""The classes of containers that add their elements through methods of the layer protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlint.analysis.sublayer_calls import method
from paramlint.analysis.sublayer_elements import Elements
from paramlint.analysis.sublayer_lists import LayerList, Sequential
from paramlint.analysis.sublayer_tables import LayerDict, ParameterDict, ParameterList
from paramlint.interpreter.values import ClassValue

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay

_KINDS: dict[tuple[str, str], type[Elements]] = {
    ("_modules", "named sequential"): Sequential, ("_modules", "list"): LayerList, ("_modules", "dict"): LayerDict,
    ("_parameters", "list"): ParameterList, ("_parameters", "dict"): ParameterDict,
}


def make(overlay: Overlay, name: str, kind: tuple[str, str], base: ClassValue) -> ClassValue:
    """A container class; ``kind`` is the table of its elements and their form, as a framework's record has them."""
    cls = ClassValue(name.rpartition(".")[2], (base,), {}, module=name.rpartition(".")[0])
    cls.facts["qualified"] = name
    elements = _KINDS[kind](overlay)
    elements.cls = cls
    for word, code in elements.methods().items():
        cls.attrs[word] = method(word, code)
    if isinstance(elements, Sequential):
        cls.facts["row"] = cls.attrs["forward"]
    return cls
