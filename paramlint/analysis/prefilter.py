"""Which bytes can hold a layer call; decides without parsing, and mostly without importing the tables."""

from __future__ import annotations

import re
from functools import cache

# A word that a file with layers, or with a suppression of ours, has somewhere. Wrappers of a package's own are called `nn` or `layers`.
_HINT = re.compile(rb"\b(?:torch|keras|tensorflow|tf|paddle|nn|layers)\b|\bPRM\d|paramlint:")
_SUPPRESSION = re.compile(rb"#.*(?:\bPRM\d|paramlint:)")
_WORD = re.compile(rb"\b[A-Z_]\w*")  # classes are written with a capital


@cache
def constructors() -> frozenset[str]:
    """The last part of every name of a layer class; its classmethods are named after it."""
    from paramlint.frameworks import REGISTRY
    from paramlint.schema.layer import Layer

    found: set[str] = set()
    for framework in REGISTRY.frameworks:
        entries = REGISTRY.entries(framework)
        names = {name for name, entry in entries.items() if issubclass(entry, Layer)}
        found.update(name.rpartition(".")[2] for name in names if name.rpartition(".")[0] not in names)
    return frozenset(found)


@cache
def _constructor_bytes() -> frozenset[bytes]:
    return frozenset(name.encode() for name in constructors())


def may_hold_models(data: bytes) -> bool:
    """Whether a file may make a model, also one of layers that other files make: it has a word of the trade."""
    return _HINT.search(data) is not None


def may_hold_layers(data: bytes) -> bool:
    """Whether a file is worth reading: it names a constructor, or has a suppression to account for."""
    if _HINT.search(data) is None:
        return False
    known = _constructor_bytes()
    if any(word[0] in known for word in _WORD.finditer(data)):
        return True
    return _SUPPRESSION.search(data) is not None
