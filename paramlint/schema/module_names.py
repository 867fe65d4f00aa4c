"""Which public names a framework's modules have, as recorded from the framework itself.

``modules.json`` beside ``names.json`` holds them: the qualified name of a module → its names, separated by spaces, those of its
submodules among them. A name that a recorded module lacks does not exist; of names with an underscore and of modules that are not
recorded nothing is said. ``python tests/oracle/record_members.py FRAMEWORK`` writes the file in the environment of the framework.
"""

from __future__ import annotations

import os

import msgspec

from paramlint.schema.framework import Framework
from paramlint.schema.tables import folder

RECORD = "modules.json"


class ModuleNames:
    """The names in one framework's modules, read when the first is asked for."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._record: dict[str, str] | None = None
        self._names: dict[str, frozenset[str]] = {}

    def has(self, module: str, name: str) -> bool | None:
        """Whether a module has a name; None where that is not recorded."""
        if name.startswith("_"):
            return None
        if self._record is None:
            self._record = read(self._framework)
        if module not in self._record:
            owner, _, last = module.rpartition(".")
            return False if owner and self.has(owner, last) is False else None
        found = self._names.get(module)
        if found is None:
            found = self._names[module] = frozenset(self._record[module].split())
        return name in found


def read(framework: Framework) -> dict[str, str]:
    if not framework.families:
        return {}
    try:
        with open(os.path.join(folder(framework), RECORD), "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, str])
    except OSError:
        return {}
