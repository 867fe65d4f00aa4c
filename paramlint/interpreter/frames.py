"""Frames: where names live while code runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paramlint.core.unknown import Reason
    from paramlint.interpreter.modules import ModuleValue
    from paramlint.interpreter.values import ClassValue, FunctionValue


class Unit:
    """The top-level statement that code stands in; with an anchor it is a site."""

    __slots__ = ("index", "path")

    def __init__(self, path: str, index: int) -> None:
        self.path = path
        self.index = index


class Frame:
    """Variables of one running block.

    ``parent`` is the enclosing function's frame (class bodies are skipped, as Python does), None at module level.
    """

    __slots__ = ("caller", "doubt", "function", "kind", "leftovers", "module", "owner", "parent", "parked", "resumable", "result",
                 "self_value", "site", "unit", "vars")

    def __init__(self, module: ModuleValue, parent: Frame | None, unit: Unit | None, variables: dict[str, Any], kind: str) -> None:
        self.module = module
        self.parent = parent
        self.unit = unit
        self.vars = variables
        self.kind = kind  # "function", "class", "module", "comprehension"
        self.function: FunctionValue | None = None
        self.owner: ClassValue | None = None  # for super()
        self.self_value: Any = None
        self.result: Any = None
        self.parked: list[Any] | None = None  # ways that have already returned, see state.py
        self.leftovers: list[tuple[Any, Reason]] | None = None  # values that the function may also have returned
        self.doubt: Reason | None = None  # a loop's turn that may have left the loop
        self.resumable = False  # a generator's frame, which cannot keep a way parked
        self.caller: Frame | None = None
        self.site: int = 0  # anchor of the call that is being made, for tracebacks
