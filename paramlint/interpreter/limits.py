"""Limits of evaluation. They count steps and sizes, not seconds, so results do not depend on the machine.

All work goes to one account, in steps: a statement or call takes one or a few, native work takes one for every ``ELEMENTS`` elements or
``CHARACTERS`` characters that it goes through. A step is about five microseconds of CPU, so an evaluation ends within about two seconds.
"""

from __future__ import annotations

from typing import Annotated

import msgspec


def _what(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Limits(msgspec.Struct, frozen=True):
    """Each limit has a name; reaching one is an ordinary answer with that name in its reason."""

    steps: Annotated[int, _what("steps of one evaluation: statements, calls, elements that are gone through")] = 400_000
    file_steps: Annotated[int, _what("steps of all that is evaluated for one target, or to check one file")] = 4_000_000
    depth: Annotated[int, _what("calls within calls, and iterators over iterators")] = 180
    items: Annotated[int, _what("elements of one container, or of one iteration")] = 100_000
    digits: Annotated[int, _what("bits of an integer")] = 4_000
    text: Annotated[int, _what("characters of a text")] = 1_000_000
    alternatives: Annotated[int, _what("values that one value may be, before it is unknown")] = 6
    classes: Annotated[int, _what("classes in the method resolution order of a class")] = 300
    memory: Annotated[int, _what("bytes of the containers and texts that one evaluation makes, in sum")] = 150_000_000


class Account:
    """The steps that all evaluations for a target, or of a file that is checked, have taken together."""

    __slots__ = ("spent",)

    def __init__(self) -> None:
        self.spent = 0


ELEMENTS = 32  # of a container, gone through natively in about the time of a step
MOVED = 4_096  # elements of a list that stand behind one that is put in or taken out
CHARACTERS = 4_096  # of a text
DEFAULT = Limits()
