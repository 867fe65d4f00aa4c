"""Objects without consequence whose classes' arguments are recorded: losses, metrics, optimizers, callbacks.

Where an argument is of a kind that the class has not been seen to take, whether it raises is not known, and the answer is not exact.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.analysis import older_versions, word_signatures
from paramlint.analysis.effects import Inert
from paramlint.analysis.tensors import TensorValue
from paramlint.core.dims import Formula
from paramlint.core.unknown import Unknown, UnknownArray
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import BoundMethod, Either, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_OLDER = ("lr", "schedule_decay")  # what older versions of optimizers take besides
_IGNORED = ("decay",)


def make(it: Interpreter, name: str, signature: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """An object of a class of which this is the signature."""
    older = [key for key in kwargs if key in _OLDER and ".optimizers." in name]
    if older and not older_versions.is_taken(it):
        it.library_throw("ValueError", f"Argument(s) not recognized: {older[0]}")
    if signature == "abstract" or not word_signatures.fits(signature, args, {key: kwargs[key] for key in kwargs if key not in (*older, *_IGNORED)}):
        hedge(it, f"`{name}` takes such arguments")
    rules, given = word_signatures.rules(signature), word_signatures.placed(signature, args, kwargs)
    for parameter, value in given.items():
        kinds, *apart = rules.get(parameter, "@x").removeprefix("@").split("!")
        if not _takes(*kinds.split("|"), value=value):
            shown = repr(value) if isinstance(value, str | int | float | None) else f"a {type_name(value)}"
            hedge(it, f"the `{parameter}` of `{name}` may be {shown}")
        if value is not None and any(given.get(other) is not None for other in apart):
            hedge(it, f"`{name}` takes `{parameter}` beside " + ", ".join(f"`{other}`" for other in apart))
    callbacks(it, (*args, *kwargs.values()), f"`{name}` may call what it is given")
    return Inert(f"{name}()", tuple(value for value in given.values() if isinstance(value, list | tuple | dict | TensorValue | Instance | Unknown)))


def _takes(letters: str, *words: str, value: Any) -> bool:
    """Whether a parameter that takes these kinds and texts takes a value; one that is not known is taken."""
    if letters == "x" or (isinstance(value, Unknown | Either | Formula) and not isinstance(value, UnknownArray)):
        return True
    return _kind(value) in letters or (isinstance(value, str) and value in words)


def _kind(value: Any) -> str:
    """The letter for the kind of a value; a line feed, which no record holds, for any other."""
    if value is None or value.__class__ is bool:
        return "n" if value is None else "b"
    if value.__class__ is int or isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return "t" if "/" not in value else "/"
    if isinstance(value, list | tuple):
        if value and all(isinstance(item, TensorValue | Unknown) for item in value):
            return "P"
        return "l" if all(isinstance(item, int | float) and item > 0 for item in value) else "\n"
    if isinstance(value, FunctionValue | BoundMethod | Native):
        return "c"
    return _object(value)


def _object(value: Any) -> str:
    """The letter for an object of the analysed code, or for one that a framework has made."""
    if isinstance(value, Instance) and value.cls.fact("object") is None:
        return "s" if value.cls.fact("module base") is None else "\n"
    made = value.cls.module if isinstance(value, Instance) else value.name if isinstance(value, Inert) and value.name.endswith("()") else ""
    found = (letter for words, letter in ((".schedules.", "s"), (".lr.", "s"), (".optimizer", "o"), (".ClipGrad", "k"), (".regularizer", "r"))
             if words in made)
    return next(found, "\n")


def _number(value: int | float) -> str:
    if not math.isfinite(value):
        return "\n"
    if value < 0:
        return "m"
    if isinstance(value, int):
        return "z" if value == 0 else "i" if value == 1 else "p"
    return "Z" if value == 0 else "f" if value < 1 else "g"
