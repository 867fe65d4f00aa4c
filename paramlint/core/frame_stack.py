"""Room for Python's own frames, in one piece.

CPython keeps the frames of a thread in chunks of 16 KiB. A call that does not fit into the last one maps another, and its return unmaps it:
a loop of deeply nested code that happens to run at such an edge takes twice its time and more. A frame that asks for much gets a
chunk of that size, and the frames of all that it calls lie in what it leaves of it. Memory is only taken by what is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SLOTS = 1 << 20  # as chunks double, what is left is as much again: 8 MiB, some 16,000 frames


def in_one_piece(work: Callable[[], T]) -> T:
    """What ``work()`` returns or raises."""
    return work()


in_one_piece.__code__ = in_one_piece.__code__.replace(co_stacksize=_SLOTS)
