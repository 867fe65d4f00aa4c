"""Frames: where names live while code runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.core.unknown import Reason

if TYPE_CHECKING:
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.interpreter.values import ClassValue, FunctionValue
    from paramlint.syntax import ir


class Unit:
    """The top-level statement that code stands in; with an anchor it is a site."""

    __slots__ = ("index", "path")

    def __init__(self, path: str, index: int) -> None:
        self.path = path
        self.index = index


class Site(NamedTuple):
    """A place in the source: a top-level statement and an anchor in it."""

    path: str
    statement: int
    anchor: int


CONTINUED, BROKEN, RETURNED = 1, 2, 3
LEFT: Any = object()  # the result of a way on which the function has returned before


class Doubt(NamedTuple):
    """A ``continue``, ``break`` or ``return`` that may have been executed: what follows may not happen."""

    reason: Reason
    level: int  # CONTINUED, BROKEN or RETURNED: how far what follows reaches


def stronger(left: Doubt | None, right: Doubt | None) -> Doubt | None:
    if left is None or right is None:
        return left or right
    return left if left.level >= right.level else right


_NOTHING: tuple[list[Any], dict[str, Any]] = ([], {})


class Frame:
    """Variables of one running block.

    ``parent`` is the enclosing function's frame (class bodies are skipped, as Python does), None at module level.
    """

    __slots__ = (
        "caller",
        "doubt",
        "function",
        "given",
        "kind",
        "leftovers",
        "module",
        "owner",
        "parent",
        "parked",
        "result",
        "resumable",
        "self_value",
        "site",
        "unit",
        "vars",
    )

    def __init__(self, module: ModuleValue, parent: Frame | None, unit: Unit | None, variables: dict[str, Any], kind: str) -> None:
        self.module = module
        self.parent = parent
        self.unit = unit
        self.vars = variables
        self.kind = kind  # "function", "class", "module", "comprehension"
        self.function: FunctionValue | None = None
        self.given: tuple[list[Any], dict[str, Any]] = _NOTHING  # the arguments of the call, as they were
        self.owner: ClassValue | None = None  # for super()
        self.self_value: Any = None
        self.result: Any = None
        self.parked: list[Any] | None = None  # ways that have already returned, see state.py
        self.leftovers: list[tuple[Any, Reason]] | None = None  # values that the function may also have returned
        self.doubt: Doubt | None = None  # whether the block that runs may have been left before its end
        self.resumable = False  # a generator's frame, which cannot keep a way parked
        self.caller: Frame | None = None
        self.site: int = 0  # anchor of the call that is being made, for tracebacks


class ClassFrame(Frame):
    """Variables of a running class body; ``owner`` is the class once there is one, which the functions in the body know as ``__class__``."""

    __slots__ = ("annotated", "around", "assigned", "bases", "counted", "node")

    def __init__(self, node: ir.ClassDef, frame: Frame, variables: dict[str, Any], bases: tuple[ClassValue, ...]) -> None:
        parent = frame if frame.kind in ("function", "comprehension") else frame.parent
        super().__init__(frame.module, parent, frame.unit, variables, "class")
        self.node = node
        self.annotated: dict[str, Any] = {}  # by name
        self.around = frame
        self.bases = bases
        self.counted = False  # whether an enumeration has had ``auto()``
        self.assigned: Any = None  # what the metaclass makes of what is bound to a name: (interpreter, frame, name, value) -> value
