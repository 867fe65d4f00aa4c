"""``torch.einsum`` step by step: pair by pair from the left, each a product of two batches of matrices (``sumproduct_pair``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from paramlint.core.dims import product
from paramlint.frameworks import strides as lie
from paramlint.frameworks.tape import Piece, Tape


def contracted(tape: Tape, equation: str, pieces: Sequence[Piece]) -> Piece | None:
    """The result of an einsum of at least two operands; None for forms that are not followed."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    counts = Counter("".join(terms))
    if "." in equation or len(terms) < 2 or any(len(set(term)) < len(term) for term in terms):
        return None
    output = right if arrow else "".join(sorted(letter for letter, count in counts.items() if count == 1))
    order = [*output, *sorted(letter for letter in counts if letter not in output)]
    found = [_spread(piece, term, order) for piece, term in zip(pieces, terms, strict=True)]
    holders = [sum(not lie.is_one(piece.shape[axis]) for piece in found) for axis in range(len(order))]
    while len(found) > 1:
        one, other, *rest = found
        found = [_pair(tape, *_summed(tape, one, other, holders, len(output))), *rest]
    return tape.reshape(found[0], found[0].shape[:len(output)])


def _spread(piece: Piece, term: str, order: Sequence[str]) -> Piece:
    """An operand with an axis for each letter, in one order for all."""
    at = [term.find(letter) for letter in order]
    return piece.seen([1 if place < 0 else piece.shape[place] for place in at], tuple(1 if place < 0 else piece.steps[place] for place in at))


def _summed(tape: Tape, one: Piece, other: Piece, holders: list[int], kept: int) -> tuple[Piece, Piece, list[int]]:
    """Two operands without the axes that nobody else has, and the axes that their product is summed over."""
    both: list[int] = []
    alone: tuple[list[int], list[int]] = ([], [])
    for axis in range(kept, len(holders)):
        wide = [not lie.is_one(piece.shape[axis]) for piece in (one, other)]
        if all(wide):
            holders[axis] -= 1
            if holders[axis] == 1:
                both.append(axis)
                holders[axis] = 0
        elif holders[axis] == 1 and any(wide):
            alone[wide.index(True)].append(axis)
            holders[axis] = 0
    return (tape.total(one, alone[0]) if alone[0] else one), (tape.total(other, alone[1]) if alone[1] else other), both


def _pair(tape: Tape, one: Piece, other: Piece, summed: list[int]) -> Piece:
    if not summed:
        return tape.mul(one, other)
    axes = [axis for axis in range(len(one.shape)) if axis not in summed]
    wide = {axis: (not lie.is_one(one.shape[axis]), not lie.is_one(other.shape[axis])) for axis in axes}
    shared = [axis for axis in axes if all(wide[axis])]
    left = [axis for axis in axes if wide[axis] == (True, False)]
    right = [axis for axis in axes if axis not in shared and axis not in left]
    inner = product(one.shape[axis] for axis in summed)
    batch, rows, columns = (product(piece.shape[axis] for axis in some) for piece, some in ((one, shared), (one, left), (other, right)))
    first = tape.reshape(tape.permute(one, [*shared, *left, *summed, *right]), [batch, rows, inner])
    second = tape.reshape(tape.permute(other, [*shared, *summed, *right, *left]), [batch, inner, columns])
    found = tape.mm(first, second)
    sizes = [one.shape[axis] for axis in (*shared, *left)] + [1] * len(summed) + [other.shape[axis] for axis in right]
    order = [*shared, *left, *summed, *right]
    return tape.permute(tape.reshape(found, sizes), [order.index(axis) for axis in range(len(order))])
