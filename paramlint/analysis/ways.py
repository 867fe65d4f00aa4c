"""By which way code was reached: the calls, outermost first, as a person writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.core.dims import Formula
from paramlint.interpreter.values import BoundMethod, ClassValue, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_LONGEST_TEXT = 24
_LONGEST_CALL = 60
_FEW = 4  # elements of a list that are written out


Arguments = tuple[list[Any], dict[str, Any]]


class Step(NamedTuple):
    """A running frame: the place of the call that it makes, and, where it is a function's, the function and its arguments."""

    path: str
    statement: int
    anchor: int
    function: FunctionValue | None
    given: Arguments


def trail(it: Interpreter) -> tuple[Step, ...]:
    """The running frames, innermost first. Cheap, for every layer that is built; the words are made for what is reported."""
    steps: list[Step] = []
    frame = it.frame
    while frame is not None:
        function = frame.function if frame.kind == "function" and isinstance(frame.function, FunctionValue) else None
        unit = frame.unit
        steps.append(Step(unit.path if unit is not None else "", unit.index if unit is not None else -1, frame.site, function, frame.given))
        frame = frame.caller
    return tuple(steps)


def written(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The calls of functions, outermost first, such as ``("Net()", "make_stage(64, 128)")``."""
    return tuple(_call(step.function, step.given) for step in reversed(steps) if step.function is not None)


def _call(function: FunctionValue, given: Arguments) -> str:
    args, kwargs = given
    name = function.qualname
    if args and isinstance(args[0], Instance | ClassValue) and function.owner is not None:
        owner = args[0].cls if isinstance(args[0], Instance) else args[0]
        if function.name == "__init__":  # of a base class too: what is made is what is called
            name = owner.name if function.owner in owner.mro else name
        args = args[1:]
    written = [_text(value) for value in args] + [f"{key}={_text(value)}" for key, value in kwargs.items()]
    text = f"{name}({', '.join(written)})"
    return text if len(text) <= _LONGEST_CALL else f"{name}(…)"


def _text(value: Any) -> str:
    """A short text for an argument; ``…`` for what has none."""
    if value is None or isinstance(value, bool | int | float | str | Formula):
        text = repr(value) if not isinstance(value, int) or value.bit_length() < 200 else "…"
        return text if len(text) <= _LONGEST_TEXT else "…"
    if isinstance(value, ClassValue | FunctionValue | Native):
        return value.name
    if isinstance(value, BoundMethod):
        return _text(value.func)
    if isinstance(value, Instance):
        return f"{value.cls.name}(…)"
    if isinstance(value, tuple | list) and len(value) <= _FEW and not any(isinstance(item, tuple | list) for item in value):
        inner = ", ".join(map(_text, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    return "…"
