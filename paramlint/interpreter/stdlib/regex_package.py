"""``regex``, the package: what it shares with ``re``, whose patterns mean the same in its default version 0.

Source: the documentation of regex ("VERSION0", "Additional features").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.values import Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Syntax that ``re`` refuses, or reads otherwise: fuzzy matching, classes in sets, properties, recursion, branches that are reset.
_OF_ITS_OWN = re.compile(r"\{[a-z<]|\[\[|\\[a-zA-Z](?<![dDsSwWbBAZnrtfvax0-9])|\(\?[|&R\d+(]|\(\?<(?![=!])|\(\?[a-zA-Z]*[VbepfwrR]")


def of_regex_alone(pattern: str) -> bool:
    """Whether a pattern may mean to ``regex`` what it does not mean to ``re``."""
    return _OF_ITS_OWN.search(pattern) is not None


def names(it: Interpreter) -> dict[str, Any]:
    from paramlint.interpreter.stdlib import patterns

    found = patterns.names(it)
    for name, value in found.items():
        if isinstance(value, Native) and name != "purge":
            found[name] = _shared(name, value)
    return found


def _shared(name: str, of_re: Native) -> Native:
    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        pattern = args[0] if args else kwargs.get("pattern")
        if isinstance(pattern, str | bytes):
            text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
            if name == "escape" or of_regex_alone(text):
                return it.unknown(Why.UNSUPPORTED, f"`regex.{name}` with such a pattern")
        return it.call(of_re, args, kwargs)

    return Native(f"regex.{name}", call)
