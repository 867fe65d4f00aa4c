"""How tensors lie in memory: told of the result of each operation, and what PyTorch refuses of a tensor that does not lie so that it works.

A tensor's ``lies`` is None where its elements lie in the order of its axes, which nearly all do; else its strides, or UNCLEAR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.alive import given_tensors, tensors_in
from paramlint.analysis.tensors import UNCLEAR, TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.unknown import NeedsValue
from paramlint.frameworks import layouts, memory
from paramlint.frameworks import strides as lie
from paramlint.schema.fields import truth

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay


def strided(values: Any) -> bool:
    """Whether a tensor among arguments may not lie in order."""
    for value in values:
        if value.__class__ is TensorValue:
            if value.lies is not None:
                return True
        elif (value.__class__ is list or value.__class__ is tuple) and strided(value):
            return True
    return False


def _moves(entry: Any, name: str) -> bool:
    """Whether results of tensors that lie in order may lie otherwise."""
    kind = entry if isinstance(entry, type) else type(entry)
    found = _MOVES.get((kind, name))
    if found is None:
        found = _MOVES[kind, name] = _may_move(entry, name)
    return found


_MOVES: dict[tuple[type, str], bool] = {}


def _may_move(entry: Any, name: str) -> bool:
    word = memory.word(entry, name)
    if name.startswith("einops."):
        return True
    looks = getattr(entry, "SHARES", False) or word in memory.LOOKS
    return name.startswith("torch.") and ((looks and word not in layouts.KEEPS_ORDER) or word in layouts.TURNS)


def note(overlay: Overlay, entry: Any, name: str, args: list[Any], kwargs: dict[str, Any], result: Any, *, changes: bool = False) -> str | None:
    """Keep how the results of a call lie. Returns why PyTorch refuses the call, empty where it may, None where it does not.

    Raises ShapeMismatch where it certainly does.
    """
    if not (_moves(entry, name) or strided(args) or (kwargs and (strided(kwargs.values()) or "memory_format" in kwargs))):
        return None
    made = list(tensors_in(result))
    if name.startswith("einops."):
        for value in made:
            value.lies = UNCLEAR
        return None
    if not name.startswith("torch."):
        return None
    given = given_tensors(args, kwargs)
    used = memory.Used(
        memory.word(entry, name), name.rpartition(".")[2], "torch", entry, [value.tensor for _, value in given], [value.tensor for value in made],
        args[1:], kwargs, args[0] if args else None, [key for key, _ in given], strides=[of(value) for _, value in given],
        training=getattr(entry, "training", None), changes=changes)
    unclear = (overlay.moved and layouts.depends_on_device(used)) or (used.word == "attention" and truth(used.training) is not True)
    inputs = {id(value) for _, value in given}
    for value, steps in zip(made, layouts.of_results(used), strict=True):
        if id(value) not in inputs:
            value.lies = UNCLEAR if unclear or steps is None else _named(value, steps)
    return layouts.refusal(used)


def of(value: TensorValue) -> Any:
    """The strides of a tensor; None where they are not known."""
    shape = value.tensor.shape
    if value.lies is UNCLEAR or not isinstance(shape, Shape):
        return None
    return lie.in_order(shape) if value.lies is None else value.lies


def _named(value: TensorValue, steps: Any) -> Any:
    shape = value.tensor.shape
    assert isinstance(shape, Shape)
    try:
        return None if all(map(lie.same, steps, lie.in_order(shape))) else steps
    except NeedsValue:
        return steps
