"""Functions whose body something runs: what a library's decorator does around each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import FunctionValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def decorated(function: FunctionValue, within: Callable[[Interpreter, Callable[[], Any]], Any]) -> FunctionValue:
    """The same function, whose body ``within`` runs."""
    found = FunctionValue.__new__(FunctionValue)
    for name in FunctionValue.__slots__:
        if name not in ("code", "deferred"):
            setattr(found, name, getattr(function, name))
    found.code = function.code
    found.attrs = dict(function.attrs)
    inner = function.within
    found.within = within if inner is None else lambda it, body: within(it, lambda: inner(it, body))
    return found
