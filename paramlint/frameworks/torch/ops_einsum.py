"""``torch.einsum``: sums of products named by letters.

Source: the documentation of torch.einsum, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape, ShapeMismatch, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import decided, function, made, promoted, shape_of
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op

_DOTS = "."  # stands for the axes under "..." in a list of letters


class Einsum(Op):
    """Products of all operands, summed over the letters that the result does not have."""

    NAMES = function("einsum", "functional.einsum")
    KIND = "matmul"
    REST = "operands"
    equation: Value
    operands: Value
    ALIASES: ClassVar[dict[str, str]] = {}

    def result(self) -> Tensor:
        shapes, terms, output = self._parsed()
        sizes, dots = self._sizes(shapes, terms)
        result = [size for letter in output for size in (dots if letter == _DOTS else (self._known(sizes, letter),))]
        return made(result, promoted(*self._given()))

    def macs(self, y: Any) -> Size:
        """Operand by operand from the left, as torch multiplies; letters that nobody needs any more are summed at once."""
        shapes, terms, output = self._parsed()
        sizes, dots = self._sizes(shapes, terms)
        if len(terms) < 2:
            return 0
        total: Size = 0
        done = set(terms[0])
        for at, term in enumerate(terms[1:], start=1):
            later = set(output).union(*terms[at + 1:])
            one = {letter for letter in done if letter in later or letter in term}
            other = {letter for letter in term if letter in later or letter in done}
            union = one | other
            total = total + product(product(dots) if letter == _DOTS else sizes[letter] for letter in sorted(union))
            done = union & later
        return total

    def _given(self) -> list[Any]:
        given = list(self.operands)
        if len(given) == 1 and isinstance(given[0], list | tuple):
            given = list(given[0])
        return given

    def _parsed(self) -> tuple[list[Shape], list[str], str]:
        equation = decided(self.equation)
        if not isinstance(equation, str):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "an einsum whose letters are given as lists"))
        left, arrow, right = equation.replace(" ", "").replace("...", _DOTS).partition("->")
        terms = left.split(",")
        shapes = [shape_of(one, "operands") for one in self._given()]
        unfit(len(terms) != len(shapes), f"{shown(equation)} names {len(terms)} operands, got {len(shapes)}")
        if not arrow:
            letters = "".join(terms).replace(_DOTS, "")
            right = (_DOTS if _DOTS in left else "") + "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
        return shapes, terms, right

    def _sizes(self, shapes: list[Shape], terms: list[str]) -> tuple[dict[str, Any], Shape]:
        """The size of each letter, and the axes under the dots."""
        sizes: dict[str, Any] = {}
        dotted: list[tuple[Any, ...]] = []
        for term, shape in zip(terms, shapes, strict=True):
            named = len(term.replace(_DOTS, ""))
            unfit(shape.rank < named or (shape.rank > named and _DOTS not in term), f"{shape.text} has not the dimensions of {term!r}")
            at = 0
            for letter in term:
                if letter == _DOTS:
                    dotted.append(tuple(shape[at:at + shape.rank - named]))
                    at += shape.rank - named
                    continue
                self._meet(sizes, letter, shape[at])
                at += 1
        return sizes, broadcast(*dotted) if dotted else Shape()

    @staticmethod
    def _meet(sizes: dict[str, Any], letter: str, size: Any) -> None:
        known = sizes.get(letter)
        if known is None or (isinstance(known, int) and known == 1):
            sizes[letter] = size
        elif differs(known, size) and differs(size, 1):
            raise ShapeMismatch(f"the letter {letter!r} stands for {known} and for {size}")
        elif isinstance(size, int) and size != 1:
            sizes[letter] = size

    @staticmethod
    def _known(sizes: dict[str, Any], letter: str) -> Any:
        if letter not in sizes:
            raise ShapeMismatch(f"the letter {letter!r} of the result stands for no dimension")
        return sizes[letter]
