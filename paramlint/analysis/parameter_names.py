"""Names that code gives to parameters, where a framework refuses a name that is given twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.values import ABSENT, Either
from paramlint.schema.weights import Weight

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_COUNTED = re.compile(r"(linear|embedding|[a-z]+_norm\d?d?|conv\dd(_transpose)?|\w+_cell)_\d+\.[wb]_\d+")  # as parameters are named by themselves


class ParameterNames:
    """The names of one process. Those that a module gives at its top level stay from one evaluation to the next."""

    def __init__(self) -> None:
        self.taken: dict[str, Any] = {}  # name → the module at whose top level it was given; "" for the evaluated code
        self.given = 0
        self.scoped = False  # whether the code may open another space of names

    def start(self) -> None:
        """A new evaluation begins."""
        if self.given:
            self.taken = {name: module for name, module in self.taken.items() if module}

    def named(self, it: Interpreter, weight: Weight, *, certain: bool) -> Weight:
        """A weight with its name; a name that is taken is refused where it is ``certain`` that the code runs once."""
        name = weight.name
        if not isinstance(name, str):
            if isinstance(name, Unknown) or name is None:
                return weight
            return replace(weight, maybe=Reason(Why.ERROR, "a parameter whose name is no text", it.site()))
        known = self.taken.get(name, ABSENT)
        self.given += 1
        it.write(self.taken)
        self.taken[name] = self._module(it)
        if known is ABSENT and not _COUNTED.fullmatch(name):
            return weight
        if certain and known is not ABSENT and not isinstance(known, Unknown | Either) and not self.scoped and it.loop_reason is None:
            raise it.library_error("ValueError", f"parameter name [{name}] has been used: a name can be given once")
        return replace(weight, maybe=Reason(Why.ERROR, f"the parameter name `{name}` may be in use: a name can be given once", it.site()))

    def _module(self, it: Interpreter) -> str:
        frame = it.frame
        while frame is not None and frame.kind != "module":
            frame = frame.caller
        return "" if frame is None else frame.module.name
