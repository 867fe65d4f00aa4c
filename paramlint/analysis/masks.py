"""Masks of tensors: which steps of a sequence count. Only whether there is one, and its shape, is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Symbol, leaves, mapped
from paramlint.analysis.tensor_ops import located
from paramlint.core import defects
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.values import ABSENT, Either, FunctionValue, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

SUPPORTS = "supports_masking"


def hand_on(framework: Framework, it: Interpreter, self_: Instance, first: Any, outputs: Any, previous: Any) -> Any:
    """The outputs of a call with the masks that the layer gives them; ``previous`` are those of the input."""
    supports = _supports(it, self_)
    if supports is False or not any(isinstance(leaf, Symbol) for leaf in leaves(outputs)):
        return outputs
    own = self_.attrs.get("compute_mask", ABSENT)
    if own is ABSENT and isinstance(self_.cls.find("compute_mask"), FunctionValue):
        own = it.get(self_, "compute_mask")
    state = self_.payload
    if own is not ABSENT:
        made = it.call(own, [first, previous])
    elif isinstance(state, LayerState) and state.entry is not None:
        made = _of_entry(framework, it, self_, state.entry, first, previous)
    else:
        made = previous
    if isinstance(supports, Unknown | Either) and any(leaf is not None for leaf in leaves(made)):
        made = mapped(outputs, lambda leaf: Unknown(supports.reason))
    return _attached(it, outputs, made)


def _supports(it: Interpreter, self_: Instance) -> Any:
    said = self_.attrs.get(SUPPORTS, ABSENT)
    if said is not ABSENT:
        return said if isinstance(said, Unknown | Either) else it.truth(said)
    state = self_.payload
    if isinstance(state, LayerState):
        return state.entry is not None and (bool(state.entry.MASKS) or isinstance(self_.cls.find("compute_mask"), FunctionValue))  # type: ignore[attr-defined]
    return isinstance(self_.cls.find("compute_mask"), FunctionValue)


def _of_entry(framework: Framework, it: Interpreter, self_: Instance, entry: Any, first: Any, previous: Any) -> Any:
    """The mask of a framework's own layer."""
    if any(isinstance(leaf, Unknown | Either) for leaf in leaves(previous)):
        return it.unknown(Why.UNSUPPORTED, f"the mask of the output of `{self_.cls.name}`")
    shapes = mapped(first, lambda leaf: leaf.tensor.shape if isinstance(leaf, Symbol) else None)
    try:
        found = entry.masked(shapes, mapped(previous, lambda leaf: leaf.tensor.shape if isinstance(leaf, Symbol) else None))
    except NeedsValue as error:
        return located(it, error.unknown)
    except (ShapeMismatch, *defects.ERRORS) as error:
        return it.unknown(Why.UNSUPPORTED, f"the mask of the output of `{self_.cls.name}` ({defects.noted(error)})")
    return mapped(found, lambda leaf: Symbol(Tensor(leaf, "bool"), framework) if isinstance(leaf, Shape) else leaf)


def _attached(it: Interpreter, outputs: Any, made: Any) -> Any:
    flat = list(leaves(outputs))
    masks = list(leaves(made)) if not isinstance(made, Unknown | Either) else [made] * len(flat)
    if all(mask is None for mask in masks):
        return outputs
    pairs = [(tensor, mask) for tensor, mask in zip(flat, masks, strict=False) if isinstance(tensor, Symbol) and tensor.mask is None]
    wanted = {id(tensor): mask for tensor, mask in pairs if mask is not None}

    def masked(leaf: Any) -> Any:
        if id(leaf) not in wanted:
            return leaf
        leaf.mask = wanted[id(leaf)]
        return leaf

    return mapped(outputs, masked)
