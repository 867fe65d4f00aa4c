"""Operations of torch that leave out what is there already.

Source: the documentation of torch ("comparison ops"), torch 2.13.
"""

from __future__ import annotations

import math
from typing import Any

from paramlint.core.contents import Lost, flat
from paramlint.core.nearly import Nearly
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import at_axis, both, decided, dtype_of, made, shape_of, tensor
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


class Unique(Op):
    """The different elements in order, or slices along an axis; with their places and counts if asked."""

    NAMES = both("unique")
    input: Value
    sorted: Value = True
    return_inverse: Value = False
    return_counts: Value = False
    dim: Value = None

    def result(self) -> Any:
        shape = shape_of(tensor(self.input))
        wanted = (decided(self.return_inverse), decided(self.return_counts))
        axis = None if self.dim is None else at_axis(self.dim, shape.rank)
        if axis is not None:
            unfit(not shape, "a tensor without dimensions has no slices")
            unfit(lambda: any(size == 0 for at, size in enumerate(shape) if at != axis), f"slices without elements cannot be compared: {shape.text}")
        places = shape if axis is None else Shape((shape[axis],))
        try:
            if axis is not None and shape.rank != 1:  # slices are not compared
                raise Lost
            found, inverse, counts = self._found(_certain(flat(self.input)))
        except (Lost, ArithmeticError):
            open_ = Unknown.because(Why.INPUT, "how many different elements there are")
            kept = (open_,) if axis is None else shape.replace(axis, open_)
            results = [made(kept, dtype_of(self.input)), made(places, "int64"), made((open_,), "int64")]
        else:
            count = len(found)
            ordered = self._ordered() or count < 2
            results = [
                made((count,), dtype_of(self.input), (lambda: found) if ordered else None),
                made(places, "int64", (lambda: inverse) if ordered else None),
                made((count,), "int64", (lambda: counts) if ordered else None),
            ]
        asked = [results[0], *(result for result, want in zip(results[1:], wanted, strict=True) if want)]
        return asked[0] if len(asked) == 1 else tuple(asked)

    def _ordered(self) -> bool:
        """Whether the order of the elements is promised."""
        return not isinstance(self.sorted, Unknown) and bool(self.sorted)

    def _found(self, values: list[Any]) -> tuple[list[Any], list[int], list[int]]:
        """The elements that stay, where among them each element is, and how often each of them occurs."""
        found = sorted(set(values))
        places = {value: at for at, value in enumerate(found)}
        counts = [0] * len(found)
        for value in values:
            counts[places[value]] += 1
        return found, [places[value] for value in values], counts


class UniqueConsecutive(Unique):
    """The elements without those that are equal to the one before."""

    NAMES = both("unique_consecutive")
    sorted = True
    DROPS = ("sorted",)

    def _found(self, values: list[Any]) -> tuple[list[Any], list[int], list[int]]:
        found: list[Any] = []
        counts: list[int] = []
        inverse = []
        for value in values:
            if found and found[-1] == value:
                counts[-1] += 1
            else:
                found.append(value)
                counts.append(1)
            inverse.append(len(found) - 1)
        return found, inverse, counts


def _certain(values: list[Any]) -> list[Any]:
    """The numbers themselves. Raises Lost where one is not certain, or where it is open which of two zeros stays."""
    if any(isinstance(value, Nearly) for value in values):
        raise Lost
    if len({math.copysign(1, value) for value in values if value == 0}) > 1:
        raise Lost
    return values
