"""Which bytes can hold a layer call; decides without parsing, and mostly without importing the tables."""

from __future__ import annotations

import re
from functools import cache

# A word that a file with models has somewhere. Wrappers of a package's own are called `nn` or `layers`.
_HINT = re.compile(rb"\b(?:torch|keras|tensorflow|tf|paddle|nn|layers)\b|\bPRM\d|paramlint:")
_SUPPRESSION = re.compile(rb"#.*(?:\bPRM\d|paramlint:)")
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how texts of two or four bytes a character begin, which Python does not read
_WORD = re.compile(rb"\b[A-Z_]\w*")  # classes are written with a capital


@cache
def _roots() -> tuple[tuple[str, tuple[bytes, ...]], ...]:
    """The frameworks, and the packages that a file must name to have anything of theirs."""
    from paramlint.frameworks import REGISTRY

    return tuple((framework.name, tuple(root.encode() for root in framework.roots)) for framework in REGISTRY.frameworks)


def named_in(data: bytes) -> tuple[str, ...]:
    """The frameworks that a file may use."""
    return tuple(name for name, roots in _roots() if any(root in data for root in roots))


@cache
def constructors(frameworks: tuple[str, ...]) -> frozenset[str]:
    """The last part of every name of a layer class of these frameworks; its classmethods are named after it."""
    from paramlint.frameworks import REGISTRY

    found: set[str] = set()
    for framework in REGISTRY.frameworks:
        if framework.name in frameworks:
            names = REGISTRY.table(framework).layers()
            found.update(name.rpartition(".")[2] for name in names if name.rpartition(".")[0] not in names)
    return frozenset(found)


@cache
def registering(frameworks: tuple[str, ...]) -> frozenset[str]:
    """The last part of every name of a class of parameters or containers of these frameworks."""
    from paramlint.frameworks import REGISTRY

    found = {name for framework in REGISTRY.frameworks if framework.name in frameworks
             for name in (*framework.parameter, *framework.buffer, *framework.containers)}
    return frozenset(name.rpartition(".")[2] for name in found)


@cache
def _as_bytes(frameworks: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in constructors(frameworks) | registering(frameworks))


def may_hold_models(data: bytes) -> bool:
    """Whether a file may make a model, also one of layers that other files make: it has a word of the trade."""
    return _HINT.search(data) is not None


def may_hold_layers(data: bytes) -> bool:
    """Whether a file is worth reading: it names a framework and a class of layers, parameters or containers, or has a suppression.

    So is one in an encoding in which no word can be found: it has a finding that says so.
    """
    if _HINT.search(data) is None:
        return data.startswith(_WIDE)
    frameworks = named_in(data)
    if frameworks:
        known = _as_bytes(frameworks)
        if any(word[0] in known for word in _WORD.finditer(data)):
            return True
    return _SUPPRESSION.search(data) is not None
