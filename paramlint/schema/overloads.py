"""What a framework's compiled functions and methods take, as their own parser of arguments has it.

``overloads.json`` beside ``names.json`` holds it: signatures, separated by ";", as the framework writes them
(``(Tensor input, IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None)``) → the functions that have them, without the
framework's name and separated by spaces. A method's own tensor is not among its parameters;
those of functions that Python code defines are of the types "any", "flag" and "number", by their defaults.
``python tests/oracle/record_overloads.py`` writes the file.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import NamedTuple

import msgspec

from paramlint.schema.framework import Framework
from paramlint.schema.tables import folder

RECORD = "overloads.json"
_WORD = re.compile(r"(.+?)(?:\[(\d+)\])?(\?)? (\w+)(=.*)?")
_LISTS = frozenset({"IntArrayRef", "SymIntArrayRef"})


class Parameter(NamedTuple):
    """One parameter: what it takes, for a list how many a single value stands for, and whether it takes None or may be left out."""

    name: str
    kind: str
    size: int
    takes_none: bool
    optional: bool


class Overload(NamedTuple):
    """One signature: its parameters, the number of those by position, and whether sizes may be given one by one (``torch.ones(2, 3)``)."""

    parameters: tuple[Parameter, ...]
    positional: int
    spread: bool


def of(framework: Framework, name: str) -> tuple[Overload, ...]:
    """The signatures of a function or method; none where they are not recorded."""
    found = _FOUND.get(name)
    if found is None:
        text = _read(os.path.join(folder(framework), RECORD)).get(name) if framework.families else None
        found = _FOUND[name] = () if text is None else _parsed(text)
    return found


_FOUND: dict[str, tuple[Overload, ...]] = {}  # of the names that have been asked for


@cache
def _parsed(text: str) -> tuple[Overload, ...]:
    found = []
    for signature in text.split(";"):
        words = [word for word in signature[1:-1].split(", ") if word]
        positional = words.index("*") if "*" in words else len(words)
        parameters = tuple(_parameter(word) for word in words if word != "*")
        found.append(Overload(parameters, positional, positional == 1 and parameters[0].kind in _LISTS))
    return tuple(found)


def _parameter(word: str) -> Parameter:
    match = _WORD.fullmatch(word)
    if match is None:
        raise ValueError(f"{word}: no parameter")
    kind, size, none, name, default = match.groups()
    return Parameter(name, kind, int(size or 0), bool(none) or default == "=None", default is not None)


@cache
def _read(path: str) -> dict[str, str]:
    try:
        with open(path, "rb") as file:
            recorded = msgspec.json.decode(file.read(), type=dict[str, str])
    except OSError:
        return {}
    root = os.path.basename(os.path.dirname(path))
    return {f"{root}.{name}": text for text, names in recorded.items() for name in names.split()}
