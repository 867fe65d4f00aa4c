"""Which attributes a framework's classes have, as recorded from the framework itself.

What is modelled of a class is a part of what it has. The record says of every other name whether there is such an attribute: of one
that is recorded nothing else is known, one that is not recorded does not exist. ``members.json`` beside ``names.json`` holds it:
the qualified name of a class → ``bases`` (qualified), ``names`` (what its body declares), ``attributes`` (what its methods set on
instances) and ``fixed`` (properties that cannot be set), each separated by spaces; names and attributes without those of the bases.
``python tests/oracle/record_members.py FRAMEWORK`` writes it in the environment of the real framework; a function there gives the
framework's classes. A framework without the file is taken to have what is modelled and no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from paramlint.schema.framework import Framework
from paramlint.schema.tables import folder

RECORD = "members.json"


class Declared(msgspec.Struct, frozen=True):
    """What is recorded of one class."""

    bases: str = ""
    names: str = ""
    attributes: str = ""
    fixed: str = ""


class Members:
    """The attributes of one framework's classes, read when the first is asked for."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._record: dict[str, Declared] | None = None
        self._names: dict[tuple[str, bool], frozenset[str]] = {}

    def has(self, qualified: str, name: str, *, on_instance: bool) -> bool:
        """Whether a class, or an instance of it, may have an attribute of this name."""
        return name in self._of(qualified, on_instance)

    def is_fixed(self, qualified: str, name: str) -> bool:
        """Whether a class has a property of this name that cannot be set."""
        if not self.known(qualified):
            return False
        assert self._record is not None
        for owner in (qualified, *self.ancestors(qualified)):
            declared = self._record.get(owner)
            if declared is not None and name in declared.fixed.split():
                return True
        return False

    def known(self, qualified: str) -> bool:
        """Whether a class is in the record."""
        if self._record is None:
            self._record = read(self._framework)
        return qualified in self._record

    def ancestors(self, qualified: str) -> Iterator[str]:
        """The classes that a class derives from, as far as they are recorded."""
        if self.known(qualified):
            assert self._record is not None
            for base in self._record[qualified].bases.split():
                yield base
                yield from self.ancestors(base)

    def _of(self, qualified: str, on_instance: bool) -> frozenset[str]:
        found = self._names.get((qualified, on_instance))
        if found is None:
            found = self._names[qualified, on_instance] = self._collected(qualified, on_instance)
        return found

    def _collected(self, qualified: str, on_instance: bool) -> frozenset[str]:
        if not self.known(qualified):
            return frozenset()
        assert self._record is not None
        declared = self._record[qualified]
        own = [*declared.names.split(), *(declared.attributes.split() if on_instance else ())]
        return frozenset(own).union(*(self._of(base, on_instance) for base in declared.bases.split()))


def read(framework: Framework) -> dict[str, Declared]:
    if not framework.families:
        return {}
    try:
        with open(os.path.join(folder(framework), RECORD), "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, Declared])
    except OSError:
        return {}
