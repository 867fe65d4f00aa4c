"""Limits of evaluation. They count steps and sizes, not seconds, so results do not depend on the machine."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Each limit has a name; reaching one is an ordinary answer with that name in its reason."""

    steps: int = 400_000  # statements and calls in one evaluation
    depth: int = 180  # calls within calls
    items: int = 100_000  # elements of one container, or of one iteration
    digits: int = 4_000  # bits of an integer
    text: int = 1_000_000  # characters of a string
    alternatives: int = 6  # values that one value may be, before it is not known


DEFAULT = Limits()
