"""Shapes that do not fit, as data: where, which, and the number that would."""

from __future__ import annotations

from typing import Any

import msgspec


class Argument(msgspec.Struct, frozen=True):
    """An argument of a layer and the number that would fit: ``in_features`` should be 400."""

    name: str
    number: int
    position: int | None  # among the positional ones; None for keyword only
    aliases: tuple[str, ...] = ()
    alone: bool = False  # whether this is the one right answer: no other number in the code makes the shape what it is


class Conflict(msgspec.Struct, frozen=True):
    """A call of a layer or an operation whose input does not fit."""

    what: str  # "Linear", "torch.cat"
    message: str  # the reason, in the framework's terms
    got: str  # the shapes that come: "(1, 400)"
    takes: str = ""  # the shape that would fit: "(1, 256)"
    maker: str = ""  # the layer that made the input: "MaxPool2d"
    maker_site: Any = None  # the call that makes that layer
    site: Any = None  # the call that makes the layer that breaks; None for an operation
    call: Any = None  # the call that breaks
    calls: tuple[Any, ...] = ()  # the places of the calls that lead there, innermost first
    argument: Argument | None = None
    given: str = ""  # the model's input, and who says so; empty where no input fits
