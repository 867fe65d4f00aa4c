"""What autograd saves of operations that are made of others: products, attention, normalised vectors.

The steps are followed as PyTorch takes them: each has a result of its own or looks at that of another, and says what it saves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paramlint.core.dims import product
from paramlint.core.shapes import broadcast
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import strides as lie
from paramlint.frameworks.strides import Strides


class Piece:
    """A tensor on the way: ``memory`` is what it lies in, the position of an input or an object of its own."""

    __slots__ = ("bytes", "memory", "shape", "strides", "trained")

    def __init__(self, shape: Sequence[Any], strides: Strides | None, memory: Any, size: int, trained: bool) -> None:
        self.shape = tuple(shape)
        self._check(strides)
        self.strides = strides
        self.memory = memory
        self.bytes = size  # of an element
        self.trained = trained  # whether it has a derivative that training asks for

    def _check(self, strides: Strides | None) -> None:
        assert strides is None or len(strides) == len(self.shape)

    @property
    def steps(self) -> Strides:
        if self.strides is None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "how a tensor lies in memory"))
        return self.strides

    def seen(self, shape: Sequence[Any], strides: Strides | None) -> Piece:
        return Piece(shape, strides, self.memory, self.bytes, self.trained)


class Own:
    """The memory of a weight of the layer itself, which does not count."""


class Tape:
    """The steps of one operation, and what they save."""

    def __init__(self) -> None:
        self.inputs: dict[int, None] = {}
        self.loose: list[int] = []  # inputs of which one or a copy is saved
        self.copied: Any = 0  # bytes of copies that are made to see a tensor in another shape
        self.sizes: dict[Any, Any] = {}  # bytes of the memory that is saved, by the object that stands for it

    @property
    def extra(self) -> Any:
        total: Any = 0
        for size in self.sizes.values():
            total = total + size
        return total

    def save(self, piece: Piece) -> None:
        if isinstance(piece.memory, int):
            self.inputs.setdefault(piece.memory)
        elif isinstance(piece.memory, Memory):
            self.sizes.setdefault(piece.memory, piece.memory.size)

    def new(self, shape: Sequence[Any], strides: Strides | None = None, *, like: Sequence[Piece], trained: bool | None = None) -> Piece:
        """A result of its own."""
        made = any(one.trained for one in like) if trained is None else trained
        size = max(one.bytes for one in like)
        return Piece(shape, lie.in_order(shape) if strides is None else strides, Memory(size * product(shape)), size, made)

    # Views --------------------------------------------------------------------------------------------------------------

    def permute(self, one: Piece, order: Sequence[int]) -> Piece:
        return one.seen([one.shape[at] for at in order], None if one.strides is None else tuple(one.strides[at] for at in order))

    def transpose(self, one: Piece, left: int, right: int) -> Piece:
        order = list(range(len(one.shape)))
        order[left], order[right] = order[right], order[left]
        return self.permute(one, order)

    def expand(self, one: Piece, shape: Sequence[Any]) -> Piece:
        return one.seen(shape, lie.expanded(one.shape, one.steps, shape))

    def reshape(self, one: Piece, shape: Sequence[Any]) -> Piece:
        """Another shape: a view where the elements lie so that one is possible, else a copy."""
        found = lie.viewed(one.shape, one.steps, shape)
        if found is not None:
            return one.seen(shape, found)
        copy = self.new(shape, like=[one])
        self.copied = self.copied + copy.memory.size
        return copy

    def contiguous(self, one: Piece) -> Piece:
        return one if lie.is_in_order(one.shape, one.steps) else self.new(one.shape, like=[one])

    # Steps --------------------------------------------------------------------------------------------------------------

    def scale(self, one: Piece) -> Piece:
        """A multiple of a tensor, or the sum of it and a number."""
        return self.new(one.shape, lie.elementwise(one.shape, [(one.shape, one.steps)]), like=[one])

    def mul(self, one: Piece, other: Piece) -> Piece:
        self._cross(one, other)
        shape = broadcast(one.shape, other.shape)
        return self.new(shape, lie.elementwise(shape, [(one.shape, one.steps), (other.shape, other.steps)]), like=[one, other])

    def add(self, one: Piece, other: Piece) -> Piece:
        shape = broadcast(one.shape, other.shape)
        return self.new(shape, lie.elementwise(shape, [(one.shape, one.steps), (other.shape, other.steps)]), like=[one, other])

    def softmax(self, one: Piece) -> Piece:
        found = self.new(one.shape, like=[one])
        if one.trained:
            self.save(found)
        return found

    def dropout(self, one: Piece) -> Piece:
        """A product with a mask of the type of the elements."""
        strides = lie.elementwise(one.shape, [(one.shape, one.steps)])
        if one.trained:
            self.save(self.new(one.shape, strides, like=[one]))
        return self.new(one.shape, strides, like=[one])

    def total(self, one: Piece, axes: Sequence[int]) -> Piece:
        """A sum along axes, which stay with one element each."""
        return self.new([1 if at in axes else size for at, size in enumerate(one.shape)], like=[one])

    def mm(self, one: Piece, other: Piece) -> Piece:
        self._cross(one, other)
        return self.new([*one.shape[:-1], other.shape[-1]], like=[one, other])

    def _cross(self, one: Piece, other: Piece) -> None:
        """Each is saved for the derivative of the other."""
        if other.trained:
            self.save(one)
        if one.trained:
            self.save(other)

    def matmul(self, one: Piece, other: Piece) -> Piece:
        """A product of any numbers of axes (``_matmul_impl``)."""
        left, right = len(one.shape), len(other.shape)
        if left == right == 1:
            self._cross(one, other)
            return self.new([], like=[one, other])
        if (left, right) == (2, 1):
            self._cross(one, other)
            return self.new(one.shape[:1], like=[one, other])
        if (left, right) == (1, 2):
            found = self.mm(one.seen([1, *one.shape], (0, *one.steps)), other)
            return found.seen(found.shape[1:], lie.in_order(found.shape[1:]))
        if (left, right) == (2, 2):
            return self.mm(one, other)
        if left >= 3 and right <= 2 and self._folds(one, other):
            return self._folded(one, other)
        if right >= 3 and left <= 2 and self._folds(other, one, reverse=True):
            return self._folded_right(one, other)
        return self._batches(one, other)

    def _folds(self, large: Piece, small: Piece, *, reverse: bool = False) -> bool:
        """Whether the larger operand is made a matrix (``should_fold``)."""
        if small.trained:
            return True
        if reverse and len(small.shape) == 2:
            return False
        if any(map(lie.is_zero, large.shape)):
            return True
        seen = self.transpose(large, -1, -2) if reverse else large
        return all(lie.same(seen.steps[at], seen.steps[at + 1] * seen.shape[at + 1]) for at in range(len(seen.shape) - 2))

    def _folded(self, large: Piece, small: Piece) -> Piece:
        matrix = self.reshape(large, [product(large.shape[:-1]), large.shape[-1]])
        self._cross(matrix, small)
        shape = [*large.shape[:-1], *small.shape[1:]]
        return self.new(shape, like=[large, small])

    def _folded_right(self, small: Piece, large: Piece) -> Piece:
        turned = self.transpose(large, -1, -2)
        two = len(small.shape) == 2
        found = self._folded(turned, self.transpose(small, 0, 1) if two else small)
        return self.contiguous(self.transpose(found, -1, -2)) if two else found

    def _batches(self, one: Piece, other: Piece) -> Piece:
        if len(one.shape) == len(other.shape) == 3 and not lie.same(one.shape[0], other.shape[0]):
            if lie.is_one(one.shape[0]) and one.trained:
                return self.matmul(one.seen(one.shape[1:], one.steps[1:]), other)
            if lie.is_one(other.shape[0]) and other.trained:
                return self.matmul(one, other.seen(other.shape[1:], other.steps[1:]))
        rows = one.shape[-2:] if len(one.shape) > 1 else (1, *one.shape)
        columns = other.shape[-2:] if len(other.shape) > 1 else (*other.shape, 1)
        batch = tuple(broadcast(one.shape[:-2], other.shape[:-2]))
        whole = product(batch)
        left = self.reshape(self.expand(one, (*batch, *rows)), [whole, *rows])
        right = self.reshape(self.expand(other, (*batch, *other.shape[-2:])), [whole, *columns])
        self._cross(left, right)
        shape = (*batch, *(rows[:1] if len(one.shape) > 1 else ()), *(columns[1:] if len(other.shape) > 1 else ()))
        return self.new(shape, like=[one, other])

    def linear(self, one: Piece, weight: Piece, bias: Piece | None) -> Piece:
        """``one @ weight.T + bias`` (``at::linear``)."""
        turned = self.transpose(weight, 0, 1) if len(weight.shape) == 2 else weight
        if bias is not None and len(one.shape) > 1 and (len(one.shape) == 2 or lie.is_in_order(one.shape, one.steps)):
            self._cross(one, turned)
            found = self.new([*one.shape[:-1], weight.shape[0]], like=[one])
        else:
            found = self.matmul(one, turned)
        found.trained = one.trained or weight.trained or (bias is not None and bias.trained)
        return found


class Memory:
    """Memory that a step has filled."""

    __slots__ = ("size",)

    def __init__(self, size: Any) -> None:
        self.size = size
