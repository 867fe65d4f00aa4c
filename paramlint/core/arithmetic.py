"""Computations of sizes as a person writes them: ``(227 − 11 + 2·0)/4 + 1 = 55``.

The functions that compute sizes say what they have computed while somebody listens, so the text and the number are of one origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from paramlint.core.dims import Formula, Size, product, render
from paramlint.core.unknown import Unknown


class Computed(NamedTuple):
    """A computation and its result."""

    text: str
    result: Any

    @property
    def line(self) -> str:
        return f"{self.text} = {written(self.result)}"


_listeners: list[list[Computed]] = []


@contextmanager
def listening() -> Iterator[list[Computed]]:
    """What is computed inside of the block, in order."""
    found: list[Computed] = []
    _listeners.append(found)
    try:
        yield found
    finally:
        _listeners.pop()


def listened() -> bool:
    """Whether somebody listens."""
    return bool(_listeners)


def told(result: Size, text: Callable[[], str]) -> Size:
    """Say how a result was computed, if somebody listens; returns it."""
    if _listeners:
        _listeners[-1].append(Computed(text(), result))
    return result


def merged(sizes: Iterable[Size]) -> Size:
    """The product of sizes of axes that become one."""
    parts = list(sizes)
    return told(product(parts), lambda: "·".join(map(factor, parts)) or "1")


def written(size: Any) -> str:
    """A size; ``?`` where it is not known."""
    return "?" if isinstance(size, Unknown) else render(size)


def factor(size: Any) -> str:
    """A size in a product or a difference."""
    return f"({written(size)})" if isinstance(size, Formula) and len(size.terms) > 1 else written(size)


def quotient(over: str, value: Size, under: Size, *, up: bool = False) -> str:
    """``(…)/4``, with the brackets of rounding where it does not divide, or where that is not known."""
    text = f"({over})/{factor(under)}"
    if isinstance(under, int) and (under == 1 or (isinstance(value, int) and under and value % under == 0)):
        return text
    return f"⌈{text}⌉" if up else f"⌊{text}⌋"


def around(low: Size, high: Size) -> str:
    """Padding on both sides: ``2·3``, or ``0 + 1`` where they differ."""
    same = isinstance(low, int) and isinstance(high, int) and low == high
    return f"2·{factor(low)}" if same or low is high else f"{factor(low)} + {factor(high)}"


def covered(size: Size, kernel: Size, dilation: Size, pads: str) -> str:
    """What the first position of a kernel leaves of a padded axis."""
    if isinstance(dilation, int) and dilation == 1:
        return f"{factor(size)} − {factor(kernel)} + {pads}"
    return f"{factor(size)} − {factor(dilation)}·({factor(kernel)} − 1) − 1 + {pads}"
