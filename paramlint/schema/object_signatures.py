"""What the classes of a framework's plain objects (losses, metrics, optimizers …) take for arguments, as recorded from the framework itself.

``objects.json`` beside ``names.json`` holds them: the qualified name of a class → its signature in words (``analysis.word_signatures``), or
"abstract". Behind the "@" of a parameter stand the kinds of values that it takes, one letter each, and behind each "|" a text that it takes;
behind each "!" a parameter that does not go with it. ``python tests/oracle/record_objects.py FRAMEWORK`` writes the file.
"""

from __future__ import annotations

import os
from functools import cache

import msgspec

from paramlint.schema.framework import Framework
from paramlint.schema.tables import folder

RECORD = "objects.json"


def signature_of(framework: Framework, name: str) -> str | None:
    """The signature of a class; None where it is not recorded."""
    return _read(os.path.join(folder(framework), RECORD)).get(name) if framework.families else None


@cache
def _read(path: str) -> dict[str, str]:
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, str])
    except OSError:
        return {}
