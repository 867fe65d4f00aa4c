"""Limits of evaluation. They count steps and sizes, not seconds, so results do not depend on the machine.

All work goes to one account, in steps: a statement or call takes one or a few, native work takes one for every ``ELEMENTS`` elements or
``CHARACTERS`` characters that it goes through. A step is about four microseconds of CPU, so an evaluation ends within about two seconds.
"""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Each limit has a name; reaching one is an ordinary answer with that name in its reason."""

    steps: int = 250_000  # of one evaluation: statements, calls, elements that are gone through
    depth: int = 180  # calls within calls
    items: int = 100_000  # elements of one container, or of one iteration
    digits: int = 4_000  # bits of an integer
    text: int = 1_000_000  # characters of a string
    alternatives: int = 6  # values that one value may be, before it is not known
    classes: int = 300  # in the method resolution order of a class
    memory: int = 150_000_000  # bytes of the containers and texts that one evaluation makes, in sum


ELEMENTS = 32  # of a container, gone through natively in about the time of a step
MOVED = 4_096  # elements of a list that stand behind one that is put in or taken out
CHARACTERS = 4_096  # of a text
DEFAULT = Limits()
