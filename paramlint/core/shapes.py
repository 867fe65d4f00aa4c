"""Shapes: tuples of sizes, and the checks that layers make on them."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType
from typing import Any

from paramlint.core.dims import Size, product
from paramlint.core.unknown import NeedsValue, Unknown, Why

# The most axes that operations on tensors walk over in PyTorch (``TensorIterator``, c10/core), and that are followed here.
MOST_AXES = 64


def check_rank(rank: int) -> None:
    """Raise NeedsValue for so many axes that each operation on them takes long."""
    if rank > MOST_AXES:
        raise NeedsValue(Unknown.because(Why.LIMIT, f"a tensor of more than {MOST_AXES} dimensions"))


MOST_PARTS = 10_000


def check_parts(count: int) -> None:
    """Raise NeedsValue for more parts of a tensor than are listed, before they are."""
    if count > MOST_PARTS:
        raise NeedsValue(Unknown.because(Why.LIMIT, f"{count:,} parts of a tensor"))


class ShapeMismatch(Exception):
    """A shape that the operation refuses; ``fits`` is the number that would fit, where there is one.

    ``error`` is the built-in exception that the framework raises, where it is another than its usual one for shapes, "Exception" where
    that is not known.
    """

    kind = "mismatch"

    def __init__(self, message: str, *, fits: int | None = None, error: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fits = fits
        self.error = error


class Shape(tuple[Any, ...]):
    """The sizes of a tensor's axes, outermost first."""

    __slots__ = ()

    @property
    def rank(self) -> int:
        return len(self)

    @property
    def numel(self) -> Size:
        return product(self)

    def __add__(self, other: tuple[Any, ...]) -> Shape:
        return Shape(tuple(self) + tuple(other))

    def head(self, stop: int) -> Shape:
        return Shape(self[:stop])

    def replace(self, axis: int, size: Size) -> Shape:
        sizes = list(self)
        sizes[axis] = size
        return Shape(sizes)

    def expect(self, *pattern: Any) -> tuple[Any, ...]:
        """The sizes, if they fit the pattern: a number must be equal, None is any size, one ``...`` any number of axes.

        Returns the sizes one by one, those under ``...`` too, so ``*batch, _ = x.expect(..., 20)`` unpacks.
        Raises ShapeMismatch for a contradiction; a size that is not known contradicts nothing.
        """
        at = next((i for i, item in enumerate(pattern) if isinstance(item, EllipsisType)), None)
        if at is None:
            if len(pattern) != len(self):
                raise ShapeMismatch(f"expected {len(pattern)} dimensions, got {len(self)}: {self.text}")
            wanted = pattern
        else:
            if len(self) < len(pattern) - 1:
                raise ShapeMismatch(f"expected at least {len(pattern) - 1} dimensions, got {len(self)}: {self.text}")
            wanted = pattern[:at] + (None,) * (len(self) - len(pattern) + 1) + pattern[at + 1:]
        for axis, (want, size) in enumerate(zip(wanted, self, strict=True)):
            if want is not None and differs(size, want):
                raise ShapeMismatch(
                    f"expected {want} at dimension {axis - len(self) if at is not None and axis > at else axis}, "
                    f"got {size}: {self.text}", fits=size if isinstance(size, int) else None)
        return tuple(self)

    def expect_rank(self, *ranks: int, error: str = "") -> Shape:
        """The shape itself, if it has one of these numbers of dimensions."""
        if len(self) not in ranks:
            raise ShapeMismatch(f"expected {_either(ranks)} dimensions, got {len(self)}: {self.text}", error=error)
        return self

    @property
    def text(self) -> str:
        return "(" + ", ".join(str(size) for size in self) + ("," if len(self) == 1 else "") + ")"


def differs(left: Size, right: Size) -> bool:
    """Whether two sizes certainly differ."""
    try:
        return bool(left != right)
    except NeedsValue:
        return False


def agrees(left: Size, right: Size) -> bool:
    """Whether two sizes are certainly equal."""
    try:
        return bool(left == right)
    except NeedsValue:
        return False


def broadcast(*shapes: Iterable[Size]) -> Shape:
    """The shape that numpy's rules give for an element-wise operation; sizes that are not known stay unknown."""
    lists = [list(shape) for shape in shapes]
    rank = max((len(sizes) for sizes in lists), default=0)
    result: list[Any] = []
    for axis in range(-rank, 0):
        size: Any = 1
        for sizes in lists:
            if len(sizes) >= -axis:
                size = _broadcast_sizes(size, sizes[axis], lists)
        result.append(size)
    return Shape(result)


def _broadcast_sizes(left: Size, right: Size, shapes: list[list[Any]]) -> Size:
    if agrees(left, 1) or agrees(left, right):
        return right
    if agrees(right, 1):
        return left
    if isinstance(left, int) and isinstance(right, int):
        raise ShapeMismatch("cannot broadcast " + " with ".join(Shape(shape).text for shape in shapes))
    if isinstance(left, int) or isinstance(right, int):  # a known size other than 1 wins over one that must fit it
        return left if isinstance(left, int) else right
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    return Unknown.because(Why.INPUT, f"`{left}` and `{right}` broadcast to a size that is not known")


def _either(ranks: tuple[int, ...]) -> str:
    return " or ".join(str(rank) for rank in ranks)
