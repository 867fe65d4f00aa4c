"""Layers of torch.nn that only arrange: Identity, Flatten, Unflatten.

Source: the documentation of torch.nn and of torch.Tensor.flatten and unflatten, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.arithmetic import merged
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.schema.conditions import WrongKind, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.layer import Layer


def axis(name: str, value: Any, rank: int) -> Any:
    """An axis counted from the front; a scalar counts as having one axis. Unknown stays Unknown.

    Raises ShapeMismatch for what is no integer or out of range.
    """
    if open_value(value):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ShapeMismatch(f"`{name}` must be an integer, got {shown(value)}", error="TypeError")
    axes = max(rank, 1)
    if not -axes <= value < axes:
        raise ShapeMismatch(f"`{name}` is {value}, but the input has {rank} dimensions: the range is {-axes} to {axes - 1}",
                            error="IndexError")
    return value % axes


def _undecided(value: Any) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown.because(Why.ARGUMENT, f"which dimension `{value}` is depends on an argument")


def flattened(input: Any, start_dim: Any, end_dim: Any) -> Any:
    """The shape with the axes from ``start_dim`` to ``end_dim`` made one."""
    if isinstance(input, Unknown):
        return input
    start, end = axis("start_dim", start_dim, input.rank), axis("end_dim", end_dim, input.rank)
    if open_value(start) or open_value(end):
        return _undecided(start if open_value(start) else end)
    if start > end:
        raise ShapeMismatch(f"`start_dim` ({start_dim}) comes after `end_dim` ({end_dim})")
    return Shape((*input[:start], merged(input[start:end + 1]), *input[end + 1:]))


def unflattened(input: Any, dim: Any, sizes: Any) -> Any:
    """The shape with the axis ``dim`` split into ``sizes``, one of which may be -1."""
    if isinstance(input, Unknown):
        return input
    if not input:
        raise ShapeMismatch("a scalar has no dimension to unflatten")
    at = axis("dim", dim, input.rank)
    if open_value(at):
        return _undecided(at)
    return Shape((*input[:at], *split(input[at], sizes), *input[at + 1:]))


def split(size: Any, sizes: Any) -> tuple[Any, ...]:
    """``sizes`` with its -1 filled in, so that their product is ``size``."""
    unfit(len(sizes) == 0, "`unflattened_size` is empty")
    unfit(isinstance(sizes[0], bool), f"`unflattened_size` must hold integers, got {shown(sizes)}")
    inferred = [i for i, item in enumerate(sizes) if certainly(lambda item=item: item == -1)]
    unfit(len(inferred) > 1, f"only one size can be -1, got {shown(sizes)}")
    unfit(any(certainly(lambda item=item: item < -1) for item in sizes), f"sizes cannot be negative, got {shown(sizes)}")
    if not inferred:
        unfit(lambda: product(sizes) != size, f"{shown(sizes)} does not multiply up to {size}")
        return tuple(sizes)
    rest = product(sizes[:inferred[0]]) * product(sizes[inferred[0] + 1:])
    unfit(rest == 0, f"a -1 cannot be told from {shown(sizes)}")
    unfit(lambda: size % rest != 0, f"{shown(sizes)} does not divide {size}")
    return (*sizes[:inferred[0]], size // rest, *sizes[inferred[0] + 1:])


class Identity(Layer):
    """Gives back its input. Takes any arguments and ignores them."""

    NAMES = ("torch.nn.Identity",)
    KIND = "identity"
    REST = "args"
    EXTRA = "kwargs"

    args: Value
    kwargs: Value

    EXAMPLES = (Example("Identity()", params=0, input=(2, 3), output=(2, 3)), Example("Identity(54, unused=1)", params=0))

    def shape(self, input: Any) -> Any:
        return input


class Flatten(Layer):
    """Makes the axes from ``start_dim`` to ``end_dim`` one; by default all but the first."""

    NAMES = ("torch.nn.Flatten",)
    KIND = "shape"

    start_dim: Value = 1
    end_dim: Value = -1

    EXAMPLES = (
        Example("Flatten()", params=0, input=(2, 512, 7, 7), output=(2, 25_088)),
        Example("Flatten(1, 2)", input=(2, 3, 4, 5), output=(2, 12, 5)),
        Rejects("Flatten()", input=(3,), says="start_dim"),
        Rejects("Flatten(2, 1)", input=(2, 3, 4), says="comes after"),
    )

    def shape(self, input: Any) -> Any:
        return flattened(input, self.start_dim, self.end_dim)


class Unflatten(Layer):
    """Splits the axis ``dim`` into ``unflattened_size``, one of which may be -1."""

    NAMES = ("torch.nn.Unflatten",)
    KIND = "shape"

    dim: Value
    unflattened_size: Value

    EXAMPLES = (
        Example("Unflatten(1, (2, 5, 5))", params=0, input=(2, 50), output=(2, 2, 5, 5)),
        Example("Unflatten(-1, (2, -1))", input=(3, 4), output=(3, 2, 2)),
        Rejects("Unflatten(1, 6)", says="tuple of integers"),
        Rejects("Unflatten(1, (2, 4))", input=(2, 6), says="does not multiply up"),
    )

    def check(self) -> None:
        sizes = self.unflattened_size
        if isinstance(sizes, Unknown):
            return
        if not isinstance(sizes, list | tuple):
            raise WrongKind(f"`unflattened_size` must be a tuple of integers, got {shown(sizes)}", field="unflattened_size")
        for item in sizes:
            if not (open_value(item) or isinstance(item, int)):
                raise WrongKind(f"`unflattened_size` must hold integers, got {shown(item)}", field="unflattened_size")

    def shape(self, input: Any) -> Any:
        if isinstance(self.unflattened_size, Unknown):
            return self.unflattened_size
        return unflattened(input, self.dim, self.unflattened_size)
