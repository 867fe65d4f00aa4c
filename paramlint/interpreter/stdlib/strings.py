"""``string`` and ``textwrap``."""

from __future__ import annotations

import string
import textwrap
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import Table

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_CONSTANTS = (
    "ascii_letters",
    "ascii_lowercase",
    "ascii_uppercase",
    "digits",
    "hexdigits",
    "octdigits",
    "printable",
    "punctuation",
    "whitespace",
)


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, **{name: getattr(string, name) for name in _CONSTANTS}}


def _define(name: str, function: Any) -> None:
    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, text: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(text, str) and len(text) > 50_000:
            it.limit(f"a text of {len(text):,} characters to wrap")
        if any(callable(value) for value in (*args, *kwargs.values())):
            return it.unknown(Why.UNSUPPORTED, f"`{name}` with a function")
        result = function(text, *args, **kwargs)
        return it.made(result) if isinstance(result, list) else result


for _name in ("dedent", "indent", "fill", "wrap", "shorten"):
    _define(_name, getattr(textwrap, _name))
_define("capwords", string.capwords)
