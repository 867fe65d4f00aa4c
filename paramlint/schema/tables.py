"""The entries of one framework, read a family at a time: when one of the family's names is asked for.

Which family has which name is recorded beside the families, in ``names.json``, by ``python -m paramlint.frameworks``. The record is only
a short cut: it holds the size of each family's file, and a family of another size is read to see what it has.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

Entry = type[Layer] | type[Op]
RECORD = "names.json"


class Family(NamedTuple):
    """What the record says of a family: the bytes of its file, and the names of its layers and operations."""

    size: int
    layers: tuple[str, ...]
    operations: tuple[str, ...]


class Table:
    """Finds the entry behind a documented name or one of its other names."""

    def __init__(self, framework: Framework) -> None:
        self._read: dict[str, dict[str, Entry]] = {}  # what families declare, as far as they have been read
        self._family: dict[str, str] = {}  # where each name is declared
        self._layers: set[str] = set()
        self._starts: dict[str, bool] = {}  # how names have been asked to begin, and whether any does
        self._families = framework.families
        recorded = record(framework)
        for family in framework.families:
            known = recorded.get(family)
            if known is None:
                self._declared(family)
            else:
                self._layers.update(known.layers)
                self._family.update(dict.fromkeys((*known.layers, *known.operations), family))

    def find(self, name: str) -> Entry | None:
        family = self._family.get(name)
        return None if family is None else self._declared(family).get(name)

    def layers(self) -> frozenset[str]:
        """The names of all layers."""
        return frozenset(self._layers)

    def methods(self, owner: str) -> tuple[str, ...]:
        """The operations that are methods of a class: their whole names."""
        start = f"{owner}."
        return tuple(name for name in self._family if name.startswith(start) and name not in self._layers)

    def holds(self, start: str) -> bool:
        """Whether any name begins so."""
        if start not in self._starts:
            self._starts[start] = any(name.startswith(start) for name in self._family)
        return self._starts[start]

    def entries(self) -> dict[str, Entry]:
        """Every entry, by each of its names, in the order of the families."""
        return {name: entry for family in self._families for name, entry in self._declared(family).items()}

    def _declared(self, family: str) -> dict[str, Entry]:
        found = self._read.get(family)
        if found is None:
            found = self._read[family] = declared(family)
            self._starts.clear()
            for name, entry in found.items():
                other = self._family.setdefault(name, family)
                if other != family:
                    raise ValueError(f"{name}: declared in {other} and in {family}")
                if issubclass(entry, Layer):
                    self._layers.add(name)
        return found


def declared(family: str) -> dict[str, Entry]:
    """The entries that a family declares, by each of their names."""
    found: dict[str, Entry] = {}
    for value in vars(importlib.import_module(family)).values():
        if isinstance(value, type) and issubclass(value, Layer | Op) and value.__module__ == family:
            for name in value.__dict__.get("NAMES", ()):
                if name in found:
                    raise ValueError(f"{name}: declared by {found[name].__name__} and by {value.__name__}")
                found[name] = value
    return found


def record(framework: Framework) -> Mapping[str, Family]:
    """What is recorded of the families whose files are as they were."""
    if not framework.families:
        return {}
    try:
        with open(os.path.join(folder(framework), RECORD), "rb") as file:
            recorded = {f"{_package(framework)}.{name}": Family(*found) for name, found in msgspec.json.decode(file.read()).items()}
    except OSError:
        return {}
    return {family: found for family, found in recorded.items() if family in framework.families and found.size == size(family)}


def size(family: str) -> int | None:
    """The bytes of a family's file; None where there is none to measure."""
    package, _, name = family.rpartition(".")
    try:
        return os.stat(os.path.join(_path(package), f"{name}.py")).st_size
    except OSError:
        return None


def write_record(framework: Framework) -> None:
    """Record the names of a framework's families beside them."""
    import json

    lines = []
    for family in framework.families:
        found = declared(family)
        layers = [name for name, entry in found.items() if issubclass(entry, Layer)]
        known = Family(size(family) or 0, tuple(layers), tuple(name for name in found if name not in layers))
        lines.append(f"{json.dumps(family.rpartition('.')[2])}: {json.dumps(known)}")
    with open(os.path.join(folder(framework), RECORD), "w", encoding="utf-8", newline="\n") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def _package(framework: Framework) -> str:
    return framework.families[0].rpartition(".")[0]


def folder(framework: Framework) -> str:
    return _path(_package(framework))


def _path(package: str) -> str:
    return str((sys.modules.get(package) or importlib.import_module(package)).__path__[0])
