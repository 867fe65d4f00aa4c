"""How much the functions of a file are given when they are run to see what they make."""

from __future__ import annotations

from enum import Enum


class Given(Enum):
    """What a function is run with, besides a free name for each argument that has no default."""

    DEFAULTS = 1
    VALUES = 2  # defaults, but open arguments for those that are None, and for ``*args`` and ``**kwargs``
    NOTHING = 3  # every argument is open
